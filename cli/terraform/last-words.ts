import { statfsSync } from "node:fs";

import { type Explanation, explain } from "../base/diagnose";
import { parseEvent } from "./events";
import { exitCodeOfSignal, type ProcessResult } from "./process";

/** The errors in what a program wrote for people, without what stands before them and without events. */
export function errorsIn(output: string): string {
  const plain = output
    .split("\n")
    .filter((line) => parseEvent(line) === undefined)
    .join("\n")
    .replace(/^[│╷╵] ?/gm, "");
  const start = plain.search(/^Error: /m);
  return (start < 0 ? plain : plain.slice(start)).trim();
}

/** Less room than this is none: logs and locks need some. */
const leastBytes = 65_536;

/** A disk that is full takes no last words either: Terraform failed and could not write why. */
export function explainSilence(directory: string, freeBytesIn = freeBytes): Explanation | undefined {
  try {
    return freeBytesIn(directory) < leastBytes ? explain("ENOSPC") : undefined;
  } catch {
    // How full it is, is not known.
    return undefined;
  }
}

function freeBytes(directory: string): number {
  const { bavail, bsize } = statfsSync(directory);
  return bavail * bsize;
}

/** What a signal that ended Terraform most likely means. The kernel's own killer sends SIGKILL. */
const likely: Readonly<Partial<Record<NodeJS.Signals, readonly [cause: string, remedy: string]>>> = {
  SIGKILL: [
    "probably out of memory",
    "Give the machine more memory, or run fewer stacks at once (`--parallelism 1`; each takes about 1 GiB). `dmesg` shows what the kernel killed.",
  ],
  SIGTERM: [
    "something asked it to end, such as the time limit of a job or a shutdown",
    "Find out what ended it (a job's time limit, a shutdown), and give the run more time.",
  ],
};

const crashed: readonly [string, string] = [
  "it crashed",
  "The log shows its last output. If it happens again, report them to Terraform or the provider.",
];

/** Ended by itself, told twice to, with what it had not stored. */
export const stoppedAtOnce: Explanation = {
  kind: "killed",
  message: "Terraform was stopped at once.",
  remedy: "Run `meridian recover <env>`, which repairs what was in progress, then the command again.",
};

/** What it means that a signal ended Terraform, and what to do about it. */
export function explainSignal(signal: NodeJS.Signals, operation: string): Explanation {
  const [cause, remedy] = likely[signal] ?? crashed;
  return {
    kind: "killed",
    message: `Terraform was killed (${signal}, exit code ${exitCodeOfSignal(signal)}): ${cause}.`,
    remedy:
      operation === "apply"
        ? `${remedy} Then run \`meridian recover <env>\`, which imports what it had created into the state, and the command again.`
        : `${remedy} Then run the command again: a ${operation} changes nothing in AWS.`,
  };
}

/** Why a Terraform failed, if that is known: how it ended tells more than what it said. */
export function explainEnd(
  { signal, wasHurried }: Pick<ProcessResult, "signal" | "wasHurried">,
  operation: string,
  said: string,
  directory: string,
): Explanation | undefined {
  if (signal !== undefined) {
    return explainSignal(signal, operation);
  }
  return wasHurried === true ? stoppedAtOnce : (explain(said) ?? explainSilence(directory));
}
