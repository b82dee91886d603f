import { createRequire } from "node:module";
import { createInterface } from "node:readline/promises";
import { setTimeout as sleep } from "node:timers/promises";

import { awsSdk } from "./aws/aws";
import type { Context, LocalCloud } from "./session/context";
import type { Terminal } from "./base/terminal";
import { InterruptedError } from "./base/errors";
import { Interrupts } from "./base/interrupts";
import { askUrl } from "./runs/answers";
import { findingsOf } from "./preflight";
import { run } from "./program";
import { foldingOf } from "./terminal/folding";
import { processRunner } from "./terraform/process";
import { Workspace } from "./base/workspace";

/** Runs the command line of this process. */
export function main(projectDirectory: string): void {
  // The SDK is pinned to a version that supports this Node; its outlook on later ones is no help here.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";
  // picocolors reads --no-color itself; it may stand anywhere.
  const args = process.argv.slice(2).filter((arg) => arg !== "--no-color");
  const context = realContext(projectDirectory);
  void run(context, args).then((exitCode) => {
    process.exitCode = exitCode;
    if (context.interrupts.stopped) {
      // What was let go of would keep this process alive.
      process.exit();
    }
  });
}

/** The context of a real run. What is large is loaded when a command needs it. */
export function realContext(projectDirectory: string): Context {
  const terminal = processTerminal();
  const interrupts = new Interrupts((line) => {
    terminal.err(`${line}\n`);
  });
  return {
    workspace: new Workspace(projectDirectory),
    terminal,
    interrupts,
    aws: awsSdk,
    localCloud,
    preflight: findingsOf,
    run: processRunner(interrupts),
    askUrl,
    variables: process.env,
    now: () => new Date(),
    sleep,
    environments: async () => Promise.resolve(environments().environments),
    synthesize: async (environment, directory, blockListDay, location) => {
      const { buildApp } = load("../stacks/app") as typeof import("../stacks/app");
      const named = environments().environmentNamed(environment);
      const chosen = [location === undefined ? named : { ...named, state: { ...named.state, location } }];
      buildApp({ environments: chosen, outdir: directory, blockListDay }).synth();
      return Promise.resolve();
    },
  };
}

/** Loads what is large or slow when it is needed; in a checkout that is TypeScript, which `import()` cannot read. */
const load = createRequire(__filename);

function environments(): typeof import("../environments") {
  return load("../environments") as typeof import("../environments");
}

function cloud(): typeof import("../local-cloud") {
  return load("../local-cloud") as typeof import("../local-cloud");
}

const localCloud: LocalCloud = {
  start: (options) => cloud().startLocalCloud(options),
  stop: (directory) => cloud().stopLocalCloud(directory),
  status: (directory) => cloud().localCloudStatus(directory),
  environment: (status) => cloud().localCloudEnvironment(status),
  setUnkindness: (status, names) => cloud().setUnkindness(status, names),
  switches: () => cloud().switches,
};

/** What is assumed of a window that does not tell its size. */
const plainColumns = 80;

/** A stream that is no terminal and no log of a pipeline is plain, though the other stream may be one. */
function inColoursOf(stream: NodeJS.WriteStream, text: string): string {
  const { CI, FORCE_COLOR } = process.env;
  return stream.isTTY || CI !== undefined || FORCE_COLOR !== undefined
    ? text
    : text.replace(/\u001b\[[0-9;]*m/g, "");
}

function processTerminal(): Terminal {
  // A reader that went away (`| head`) must not cut a deploy short.
  process.stdout.on("error", () => undefined);
  process.stderr.on("error", () => undefined);
  return {
    isInteractive:
      process.stdin.isTTY &&
      process.stderr.isTTY &&
      process.env.CI === undefined &&
      process.env.TERM !== "dumb",
    // A window may change its size.
    get columns() {
      return (process.stderr.columns as number | undefined) ?? plainColumns;
    },
    get rows() {
      return process.stderr.rows as number | undefined;
    },
    get outColumns() {
      return process.stdout.isTTY ? process.stdout.columns : undefined;
    },
    folding: foldingOf(process.env),
    out: (text) => process.stdout.write(inColoursOf(process.stdout, text)),
    err: (text) => process.stderr.write(inColoursOf(process.stderr, text)),
    async ask(question) {
      const prompt = createInterface({ input: process.stdin, output: process.stderr });
      try {
        return await new Promise<string>((resolve, reject) => {
          prompt.on("SIGINT", () => {
            reject(new InterruptedError("Interrupted: nothing was approved."));
          });
          prompt.on("close", () => {
            reject(new InterruptedError("The input ended: nothing was approved."));
          });
          void prompt.question(question).then(resolve);
        });
      } finally {
        prompt.close();
      }
    },
  };
}
