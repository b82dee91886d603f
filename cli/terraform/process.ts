import { type ChildProcess, spawn } from "node:child_process";
import { appendFileSync, closeSync, fstatSync, openSync } from "node:fs";
import { constants } from "node:os";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import type { Interrupts } from "../base/interrupts";
import { FollowedFile } from "./followed-file";
import { endGroupOf, identityOf, type ProcessIdentity } from "../base/process-identity";
import { ensurePrivateDirectory } from "../base/workspace";

/** What is known of a program that was started. */
export interface StartedProcess extends ProcessIdentity {
  /** The file that it writes to, and the byte at which it began. */
  readonly output: string;
  readonly offset: number;
}

/** A program to run to its end. */
export interface ProcessRequest {
  readonly command: string;
  readonly args: readonly string[];
  readonly directory: string;
  readonly variables: NodeJS.ProcessEnv;
  /** Where everything it says is kept; it writes to `<log>.out` and `<log>.err` itself. */
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
  /**
   * Called once it runs.
   *
   * @default - nothing is called
   */
  readonly onStart?: (started: StartedProcess) => void;
}

/** How a program ended. */
export interface ProcessResult {
  /** Exit code; 128 and the signal's number for one that a signal ended, as shells have it. */
  readonly exitCode: number;
  /** Standard output. */
  readonly output: string;
  /** Standard error. */
  readonly errors: string;
  /**
   * The signal that ended it.
   *
   * @default - it ended by itself
   */
  readonly signal?: NodeJS.Signals;
  /**
   * Whether it was told to end at once, and did by itself.
   *
   * @default false
   */
  readonly wasHurried?: boolean;
}

/** Starts a program, follows what it says, and waits for it. */
export type RunProcess = (request: ProcessRequest) => Promise<ProcessResult>;

const lookEveryMilliseconds = 50;

/**
 * Runs programs out of reach of the terminal's own Ctrl-C; `interrupts` tells them.
 *
 * They write into files, which are followed here: a program whose reader was killed would end by its next
 * word into a pipe, with all it had made and not saved.
 */
export function processRunner(interrupts: Interrupts): RunProcess {
  return async (request) => {
    ensurePrivateDirectory(dirname(request.log));
    const log = patientLog(request.log);
    log(`$ ${request.command} ${request.args.join(" ")}`);
    const output: string[] = [];
    const errors: string[] = [];
    const out = sink(`${request.log}.out`, (line) => {
      output.push(line);
      log(request.humanLine?.(line) ?? line);
      request.onLine?.(line);
    });
    const err = sink(`${request.log}.err`, (line) => {
      errors.push(line);
      log(line);
    });
    const child = spawn(request.command, request.args, {
      cwd: request.directory,
      env: request.variables,
      stdio: ["ignore", out.descriptor, err.descriptor],
      detached: process.platform !== "win32",
    });
    const ended = endOf(child);
    closeSync(out.descriptor);
    closeSync(err.descriptor);
    const identity = child.pid === undefined ? undefined : identityOf(child.pid);
    if (identity !== undefined) {
      const started = { ...identity, output: `${request.log}.out`, offset: out.offset };
      orNot(() => request.onStart?.(started));
    }
    const untrack = interrupts.track(groupOf(child));
    try {
      const { code, signal } = await followed(ended, () => {
        orNot(() => {
          out.file.read();
          err.file.read();
        });
      });
      orNot(() => {
        out.file.finish();
        err.file.finish();
      });
      return {
        exitCode: code ?? exitCodeOfSignal(signal),
        output: output.join("\n"),
        errors: errors.join("\n"),
        ...(signal === null ? {} : { signal }),
        ...(interrupts.insisted ? { wasHurried: true } : {}),
      };
    } finally {
      untrack();
      if (child.pid !== undefined) {
        endGroupOf({ pid: child.pid });
      }
    }
  };
}

/** What a shell says of a program that a signal ended: 137 for SIGKILL. */
export function exitCodeOfSignal(signal: NodeJS.Signals | null): number {
  return 128 + (signal === null ? 0 : constants.signals[signal]);
}

interface End {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

function endOf(child: ChildProcess): Promise<End> {
  const ended = new Promise<End>((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (code, signal) => {
      resolve({ code, signal });
    });
  });
  // It is awaited later: until then, a failure to start is nobody's.
  ended.catch(() => undefined);
  return ended;
}

async function followed(ended: Promise<End>, look: () => void): Promise<End> {
  const timer = new AbortController();
  let result: End | undefined;
  const done = ended.then((end) => {
    result = end;
    timer.abort();
  });
  while (result === undefined) {
    await Promise.race([
      done,
      sleep(lookEveryMilliseconds, undefined, { signal: timer.signal }).catch(() => undefined),
    ]);
    look();
  }
  return result;
}

/** A signal that is to be obeyed goes to the program, which tells its own; one that kills goes to all of them. */
function groupOf(child: ChildProcess): { kill(signal: NodeJS.Signals): void } {
  return {
    kill: (signal) => {
      child.kill(signal);
      if (signal === "SIGKILL" && child.pid !== undefined) {
        endGroupOf({ pid: child.pid });
      }
    },
  };
}

function sink(
  path: string,
  onLine: (line: string) => void,
): { readonly descriptor: number; readonly offset: number; readonly file: FollowedFile } {
  const descriptor = openSync(path, "a", 0o600);
  const offset = fstatSync(descriptor).size;
  return { descriptor, offset, file: new FollowedFile(path, offset, onLine) };
}

/** Writes lines as long as there is room: a full disk is no reason to let go of an apply. */
function patientLog(path: string): (line: string) => void {
  return (line) => {
    orNot(() => {
      appendFileSync(path, `${line}\n`, { mode: 0o600 });
    });
  };
}

/** Does what may fail while a program runs that has to be waited for whatever happens. */
function orNot(act: () => void): void {
  try {
    act();
  } catch {
    // The program's own end says how it went.
  }
}
