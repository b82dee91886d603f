import { copyFileSync, existsSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";

import pc from "picocolors";

import type { Context } from "./context";
import { CommandError } from "../base/errors";
import { filesOf, readStacks, type Stack } from "../stacks/manifest";
import { ensurePrivateDirectory } from "../base/workspace";
import { wavesOf } from "../stacks/waves";

/** What a synthesis gave. */
export interface Synthesis {
  /** The environment's stacks, each after those it depends on. */
  readonly stacks: readonly Stack[];
  /** Stacks whose bytes differ from the synthesis before. */
  readonly changed: ReadonlySet<string>;
  /** Where they are. */
  readonly directory: string;
}

/**
 * Synthesizes one environment into the workspace. It is made beside the last synthesis and
 * then moved over it file by file, so a failed synthesis leaves the last one as it was and a
 * stack that did not change keeps its files.
 */
export async function synthesize(
  context: Context,
  environment: string,
  blockListDay?: string,
  location?: "home" | "replica",
): Promise<Synthesis> {
  const target = context.workspace.synthesis(environment);
  const before = existsSync(join(target, "manifest.json")) ? readStacks(target) : [];
  ensurePrivateDirectory(dirname(target));
  const fresh = mkdtempSync(`${target}.new-`);
  try {
    await context.synthesize(environment, fresh, blockListDay, location);
    replaceTree(fresh, target);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
  printWarnings(context, target);
  const stacks = wavesOf(readStacks(target)).flat();
  const digests = new Map(before.map((stack) => [stack.name, stack.digest]));
  const changed = stacks.filter((stack) => digests.get(stack.name) !== stack.digest);
  return { stacks, changed: new Set(changed.map((stack) => stack.name)), directory: target };
}

/** Prints what constructs warned of. Errors have ended the synthesis before. */
function printWarnings(context: Context, directory: string): void {
  const { stacks } = JSON.parse(readFileSync(join(directory, "manifest.json"), "utf8")) as {
    stacks: Record<string, { annotations?: { constructPath: string; level: string; message: string }[] }>;
  };
  for (const { constructPath, level, message } of Object.values(stacks).flatMap(
    ({ annotations = [] }) => annotations,
  )) {
    if (level === "@cdktf/warn") {
      context.terminal.err(`${pc.yellow("Warning:")} ${constructPath}: ${message}\n`);
    }
  }
}

/** Makes `target` hold the synthesized files of `source`; Terraform's own files in it stay. */
function replaceTree(source: string, target: string): void {
  ensurePrivateDirectory(target);
  const wanted = filesOf(source);
  for (const file of wanted) {
    const from = join(source, file);
    const to = join(target, file);
    if (!existsSync(to) || !readFileSync(from).equals(readFileSync(to))) {
      ensurePrivateDirectory(dirname(to));
      copyFileSync(from, `${to}.tmp`);
      renameSync(`${to}.tmp`, to);
    }
  }
  const kept = new Set(wanted);
  for (const file of filesOf(target).filter((name) => !kept.has(name))) {
    rmSync(join(target, file));
  }
}

/**
 * Refuses to work on a stack whose last apply could not store its state: Terraform left it in
 * a file, and planning again would forget those resources.
 */
export function refuseUnsavedState(environment: string, stacks: readonly Stack[]): void {
  for (const stack of stacks) {
    const file = unsavedStateOf(stack);
    if (existsSync(file)) {
      throw new CommandError(
        `The last apply of ${stack.name} could not store its state; Terraform kept it in ${file}. Nothing was changed.`,
        `Store it with \`meridian recover ${environment}\`.`,
      );
    }
  }
}

/** Where Terraform leaves a state that it could not store. */
export function unsavedStateOf({ directory }: Stack): string {
  return join(directory, "errored.tfstate");
}
