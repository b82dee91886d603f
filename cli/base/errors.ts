/** What a command exits with. */
export const exitCodes = {
  success: 0,
  failure: 1,
  usage: 2,
  /** `plan --detailed-exitcode` with something to change, as Terraform has it. */
  changes: 2,
  interrupted: 130,
} as const;

/** Something that stopped a command, in words for the person who ran it: no stack trace is printed. */
export class CommandError extends Error {
  public override readonly name: string = "CommandError";

  public constructor(
    message: string,
    /** What to do about it, as a sentence in the imperative. */
    public readonly remedy?: string,
    public readonly exitCode: number = exitCodes.failure,
  ) {
    super(message);
  }
}

/** The command line itself is wrong; nothing was started. */
export class UsageError extends CommandError {
  public override readonly name = "UsageError";

  public constructor(message: string, remedy?: string) {
    super(message, remedy, exitCodes.usage);
  }
}

/** The user pressed Ctrl-C. */
export class InterruptedError extends CommandError {
  public override readonly name = "InterruptedError";

  public constructor(message = "Interrupted.") {
    super(message, undefined, exitCodes.interrupted);
  }
}

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** A word of a command line as a shell takes it, for advice that is copied. */
export function quoted(word: string): string {
  return /^[\w./:@%+=,-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
