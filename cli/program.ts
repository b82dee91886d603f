import { Command, CommanderError } from "commander";
import pc from "picocolors";

import { bootstrapCommand, deployCommand } from "./commands/deploy";
import { destroyCommand } from "./commands/destroy";
import { diffCommand } from "./commands/diff";
import { doctorCommand } from "./commands/doctor";
import { environmentsCommand } from "./commands/environments";
import { hpcCommand } from "./commands/hpc";
import { localCommand } from "./commands/local";
import { outputCommand } from "./commands/output";
import { planCommand } from "./commands/plan";
import { recoverCommand, unlockCommand } from "./commands/recover";
import { preflightCommand } from "./commands/preflight";
import { proveCommand } from "./commands/prove";
import { regionCommand } from "./commands/region";
import { stateCommand } from "./commands/state";
import { synthCommand } from "./commands/synth";
import { validateCommand } from "./commands/validate";
import { commentCommand } from "./comment";
import type { Context } from "./session/context";
import { explain } from "./base/diagnose";
import { CommandError, exitCodes, messageOf } from "./base/errors";

/** Makes a command; it reports its exit code through `done`. */
type MakeCommand = (context: Context, done: (exitCode: number) => void) => Command;

const commands: readonly MakeCommand[] = [
  environmentsCommand,
  synthCommand,
  validateCommand,
  diffCommand,
  proveCommand,
  planCommand,
  preflightCommand,
  commentCommand,
  deployCommand,
  destroyCommand,
  outputCommand,
  regionCommand,
  stateCommand,
  recoverCommand,
  unlockCommand,
  bootstrapCommand,
  hpcCommand,
  localCommand,
  doctorCommand,
];

/** Runs one command line and gives its exit code. Nothing is thrown. */
export async function run(context: Context, args: readonly string[]): Promise<number> {
  let exitCode: number = exitCodes.success;
  const program = new Command("meridian")
    .description("Multi-region AWS environments: synthesized, proved, planned and deployed, wave by wave.")
    .option("--no-color", "plain text (NO_COLOR does the same)");
  for (const make of commands) {
    program.addCommand(
      make(context, (code) => {
        exitCode = code;
      }),
    );
  }
  inherit(program, context);
  try {
    await program.parseAsync(args, { from: "user" });
    return exitCode;
  } catch (error) {
    return report(context, error);
  }
}

/** Errors become exceptions, text goes to the context's terminal, for the program and all below it. */
function inherit(command: Command, context: Context): void {
  command.exitOverride().configureOutput({
    outputError: (text, write) => {
      write(text.replace(/^error: /, "Error: "));
    },
    writeOut: (text) => {
      context.terminal.out(text);
    },
    writeErr: (text) => {
      context.terminal.err(text);
    },
  });
  command.showHelpAfterError("(--help shows the options)");
  command.commands.forEach((child) => {
    inherit(child, context);
  });
}

function report(context: Context, error: unknown): number {
  if (error instanceof CommanderError) {
    return error.exitCode === 0 ? exitCodes.success : exitCodes.usage;
  }
  if (error instanceof CommandError) {
    print(context, error.message, error.remedy);
    return error.exitCode;
  }
  reportUnknown(context, error);
  return exitCodes.failure;
}

/** What nobody has put into words: words for it where its cause is known, else all that is known of it. */
function reportUnknown(context: Context, error: unknown): void {
  const missing = missingModule(error);
  if (missing !== undefined) {
    print(context, missing, "Correct the import, or install what it names (`npm ci`).");
    return;
  }
  const isUsers = error instanceof Error && (error.name === "ValidationError" || isSourceError(error));
  const known = systemRemedy(error) ?? explain(messageOf(error));
  if (isUsers || known !== undefined) {
    print(context, messageOf(error), known?.remedy);
  } else {
    print(context, error instanceof Error ? (error.stack ?? error.message) : String(error));
  }
}

/** A file of the project that does not even parse: esbuild, which reads TypeScript, names file and line. */
function isSourceError(error: Error): boolean {
  return error.name === "TransformError" || error.name === "SyntaxError";
}

/** An import that leads nowhere, and the file that has it. */
function missingModule(error: unknown): string | undefined {
  const { code, requireStack } = (error ?? {}) as { code?: string; requireStack?: string[] };
  if (code !== "MODULE_NOT_FOUND" || requireStack === undefined) {
    return undefined;
  }
  const [first = ""] = messageOf(error).split("\n");
  return `${first}, which is imported in ${requireStack[0] ?? "a file that is not known"}`;
}

/** What to do about a refusal of the operating system; its message names the file. */
function systemRemedy(error: unknown): { remedy: string } | undefined {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return Object.hasOwn(systemRemedies, code) ? { remedy: systemRemedies[code] ?? "" } : undefined;
}

const systemRemedies: Readonly<Record<string, string>> = {
  EACCES: "Let this user read and write the path, or run where it may; Meridian writes below .meridian/.",
  EPERM: "Let this user change the path, or run where it may; Meridian writes below .meridian/.",
  EROFS:
    "The file system is read-only. Run in a checkout that can be written; Meridian writes below .meridian/.",
  ENOSPC:
    "The disk is full. Free some space (old logs and plans are below .meridian/), then run the command again.",
  EMFILE: "Too many files are open. Raise the limit (`ulimit -n 4096`), or lower --parallelism.",
};

function print(context: Context, message: string, remedy?: string): void {
  context.terminal.err(`${pc.red("Error:")} ${message}\n`);
  if (remedy !== undefined) {
    context.terminal.err(`${pc.bold("To do:")} ${remedy}\n`);
  }
}
