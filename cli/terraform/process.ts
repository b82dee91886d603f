import { spawn } from "node:child_process";
import { createWriteStream } from "node:fs";
import { dirname } from "node:path";
import { createInterface } from "node:readline";

import type { Interrupts } from "../interrupts";
import { ensurePrivateDirectory } from "../workspace";

/** A program to run to its end. */
export interface ProcessRequest {
  readonly command: string;
  readonly args: readonly string[];
  readonly directory: string;
  readonly variables: NodeJS.ProcessEnv;
  /** Where everything it says is kept. */
  readonly log: string;
  /**
   * Turns a line of standard output into what the log keeps.
   *
   * @default - the line itself
   */
  readonly humanLine?: (line: string) => string;
  /**
   * Called for each line of standard output.
   *
   * @default - nothing is called
   */
  readonly onLine?: (line: string) => void;
}

/** How a program ended. */
export interface ProcessResult {
  /** Exit code; 128 and more for a signal. */
  readonly exitCode: number;
  /** Standard output. */
  readonly output: string;
  /** Standard error. */
  readonly errors: string;
}

/** Starts a program, follows what it says, and waits for it. */
export type RunProcess = (request: ProcessRequest) => Promise<ProcessResult>;

/** Runs programs out of reach of the terminal's own Ctrl-C; `interrupts` tells them. */
export function processRunner(interrupts: Interrupts): RunProcess {
  return async (request) => {
    ensurePrivateDirectory(dirname(request.log));
    const log = createWriteStream(request.log, { flags: "a", mode: 0o600 });
    const child = spawn(request.command, request.args, {
      cwd: request.directory,
      env: request.variables,
      stdio: ["ignore", "pipe", "pipe"],
      detached: process.platform !== "win32",
    });
    const untrack = interrupts.track(child);
    const output: string[] = [];
    const errors: string[] = [];
    log.write(`$ ${request.command} ${request.args.join(" ")}\n`);
    createInterface({ input: child.stdout }).on("line", (line) => {
      output.push(line);
      log.write(`${request.humanLine?.(line) ?? line}\n`);
      request.onLine?.(line);
    });
    createInterface({ input: child.stderr }).on("line", (line) => {
      errors.push(line);
      log.write(`${line}\n`);
    });
    try {
      const exitCode = await new Promise<number>((resolve, reject) => {
        child.on("error", reject);
        child.on("close", (code) => {
          resolve(code ?? 128);
        });
      });
      return { exitCode, output: output.join("\n"), errors: errors.join("\n") };
    } finally {
      untrack();
      await new Promise((resolve) => log.end(resolve));
    }
  };
}
