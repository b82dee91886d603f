import { InvalidArgumentError, type Command } from "commander";

export const defaultLockTimeout = "30s";

/** Reads an option that is a whole number above zero. */
export function positiveInteger(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1) {
    throw new InvalidArgumentError("Give a whole number above zero.");
  }
  return number;
}

/** Reads an option that is a length of time as Terraform writes it. */
export function duration(text: string): string {
  if (!/^(\d+(\.\d+)?(ms|s|m|h))+$|^0$/.test(text)) {
    throw new InvalidArgumentError("Give a duration such as 30s, 10m or 1h30m.");
  }
  return text;
}

/** Reads an option that is a day of the calendar. */
export function existingDay(text: string): string {
  const day = /^\d{4}-\d{2}-\d{2}$/.test(text) ? new Date(`${text}T00:00:00Z`) : undefined;
  // The 31st of February becomes another day, or none.
  if (day === undefined || Number.isNaN(day.getTime()) || !day.toISOString().startsWith(text)) {
    throw new InvalidArgumentError("Give a day that exists, such as 2026-11-30.");
  }
  return text;
}

/** Adds what a synthesis may be told; it has no clock. */
export function addSynthesisOptions(command: Command): Command {
  return command.option(
    "--block-list-day <day>",
    "leave out what has expired of the block lists by this day, such as 2026-11-30 (default: nothing)",
    existingDay,
  );
}

/** Options of every command that runs Terraform. */
export interface RunOptions {
  /** `--stack <glob...>`. */
  readonly stack?: readonly string[];
  /** `--parallelism <n>`. */
  readonly parallelism?: number;
  /** `--lock-timeout <duration>`. */
  readonly lockTimeout?: string;
  /** `--block-list-day <day>`. */
  readonly blockListDay?: string;
  /** Which copy of the states is read, whatever the environment says. */
  readonly state?: "home" | "replica";
  /** False where the state is read without being locked. */
  readonly lock?: boolean;
  /** `--json <file>`. */
  readonly json?: string;
  /** `--verbose`. */
  readonly verbose?: boolean;
}

/** Adds the options that {@link RunOptions} describes. */
export function addRunOptions(command: Command): Command {
  return addSynthesisOptions(command)
    .option("--stack <glob...>", "only stacks whose name matches")
    .option("--parallelism <number>", "stacks at once (default: by memory and processors)", positiveInteger)
    .option(
      "--lock-timeout <duration>",
      `how long to wait for a locked state (default: ${defaultLockTimeout})`,
      duration,
    )
    .option("--json <file>", "write a machine-readable result")
    .option("--verbose", "show everything that Terraform says");
}
