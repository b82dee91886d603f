import { execFile } from "node:child_process";
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";

import pc from "picocolors";
import { z } from "zod";

import { redactPlan, scrubberFor, type Scrubber } from "../../analysis/redact";
import { shorten, visible } from "../../analysis/report";
import { CommandError } from "../base/errors";
import type { PlansByStack } from "../plan/plan-reading";
import type { Session } from "../session/session";
import { writePrivateFile } from "../base/workspace";

/** What policies deny, by stack, each as a sentence without its full stop. */
export type Denials = ReadonlyMap<string, readonly string[]>;

/** The evaluator of Rego policies: https://www.conftest.dev */
const program = "conftest";

/** One that has not answered by then hangs. */
const patienceMilliseconds = 5 * 60_000;

const longestMessage = 300;

const finding = z.object({ msg: z.string() });
const results = z.array(
  z.object({
    namespace: z.string().default("main"),
    successes: z.number().default(0),
    warnings: z.array(finding).nullish(),
    failures: z.array(finding).nullish(),
    exceptions: z.array(finding).nullish(),
  }),
);
type Results = z.infer<typeof results>;

/**
 * Asks the policies of the repository about plans. The evaluator reads each plan without its secrets, as
 * `redactPlan` leaves it.
 *
 * @throws CommandError when the policies cannot be asked: what was not judged does not pass.
 */
export async function denialsOf(session: Session, plans: PlansByStack): Promise<Denials> {
  const { context, environment, progress } = session;
  const { policies } = environment.rollout;
  if (policies === undefined || plans.size === 0) {
    return new Map();
  }
  if (!existsSync(join(context.workspace.projectDirectory, policies))) {
    throw new CommandError(
      `The policies of '${environment.name}' should be in ${policies}, and there is no such directory. Nothing was changed.`,
      `Correct \`rollout.policies\` in environments/${environment.name}.ts.`,
    );
  }
  const scrubber = scrubberFor([...plans.values()]);
  const denials = new Map<string, readonly string[]>();
  for (const [stack, plan] of plans) {
    const file = join(context.workspace.root, "policy-input", environment.name, `${stack}.json`);
    try {
      writePrivateFile(file, JSON.stringify(redactPlan(plan, scrubber)));
      const found = await ask(session, policies, file, stack);
      const inWords = (namespace: string, message: string) => sentence(`${namespace}: ${message}`, scrubber);
      for (const { namespace, warnings } of found) {
        for (const { msg } of warnings ?? []) {
          progress.note(pc.yellow(`${stack}: a policy warns: ${inWords(namespace, msg)}`));
        }
      }
      denials.set(
        stack,
        found.flatMap(({ namespace, failures }) =>
          (failures ?? []).map(({ msg }) => inWords(namespace, msg)),
        ),
      );
    } finally {
      rmSync(file, { force: true });
    }
  }
  return denials;
}

async function ask(
  { context, environment }: Session,
  policies: string,
  file: string,
  stack: string,
): Promise<Results> {
  const args = ["test", "--policy", policies, "--all-namespaces", "--no-color", "--output", "json", file];
  const { exitCode, output, errors } = await run(context.workspace.projectDirectory, context.variables, args);
  const found = resultsIn(output);
  const refuse = (why: string): CommandError =>
    new CommandError(
      `The policies in ${policies} could not check ${stack}: ${why}. Nothing of it was changed.`,
      `Run \`${program} test --policy ${policies} --all-namespaces\` on a plan to see what it says, or take \`rollout.policies\` out of environments/${environment.name}.ts.`,
    );
  if (exitCode === "absent") {
    throw new CommandError(
      `The policies in ${policies} must check ${stack}, but ${program} is not installed. Nothing of it was changed.`,
      `Install ${program} (https://www.conftest.dev/install), so that it is on the PATH.`,
    );
  }
  if (found === undefined) {
    throw refuse(`${program} ended with ${exitCode} and gave no result (${lastLine(errors, output)})`);
  }
  const failures = found.flatMap((each) => each.failures ?? []).length;
  // It exits with 1 where a policy denies, and only there.
  if (exitCode !== (failures > 0 ? 1 : 0)) {
    throw refuse(`${program} ended with ${exitCode} where ${failures} rules deny (${lastLine(errors, "")})`);
  }
  const judged = found.reduce(
    (sum, each) => sum + each.successes + (each.warnings ?? []).length + (each.exceptions ?? []).length,
    failures,
  );
  if (judged === 0) {
    throw refuse("no rule covers it");
  }
  return found;
}

function resultsIn(output: string): Results | undefined {
  try {
    return results.parse(JSON.parse(output));
  } catch {
    return undefined;
  }
}

interface Ended {
  readonly exitCode: number | string;
  readonly output: string;
  readonly errors: string;
}

function run(directory: string, variables: NodeJS.ProcessEnv, args: readonly string[]): Promise<Ended> {
  return new Promise((resolve) => {
    const options = {
      cwd: directory,
      env: variables,
      maxBuffer: 64 * 2 ** 20,
      timeout: patienceMilliseconds,
      killSignal: "SIGKILL",
    } as const;
    execFile(program, args, options, (error, output, errors) => {
      const code =
        error === null
          ? 0
          : error.code === "ENOENT"
            ? "absent"
            : (error.signal ?? error.code ?? "an unknown error");
      resolve({ exitCode: code, output, errors });
    });
  });
}

function lastLine(...texts: string[]): string {
  const lines = texts.flatMap((text) => text.trim().split("\n")).filter((line) => line !== "");
  return shorten(visible(lines.at(-1) ?? "it says nothing"), longestMessage);
}

/** A message of a policy, which may quote what it has read. */
function sentence(text: string, scrubber: Scrubber): string {
  const line = scrubber.text(text).replace(/\s+/g, " ").trim();
  return shorten(visible(line), longestMessage).replace(/\.$/, "");
}
