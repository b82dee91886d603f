import { Command, Option } from "commander";

import type { Context } from "../session/context";
import { planEnvironment, type PlanSettings } from "../runs/environment-plan";
import { exitCodes, UsageError } from "../base/errors";
import { changeList, type StackResult, summary } from "../terminal/report";
import { writeResult } from "../base/result-file";
import { failureCodeOf } from "../runs/results";
import { withSession } from "../runs/open-session";
import { addRunOptions, type RunOptions } from "../runs/run-options";
import { StateHome } from "../state/state-home";

interface PlanCommandOptions extends RunOptions, PlanSettings {
  readonly detailedExitcode?: boolean;
}

/** `meridian plan <env>`. */
export function planCommand(context: Context, done: (exitCode: number) => void): Command {
  const command = new Command("plan")
    .description("show what a deploy would change, for all stacks of an environment")
    .argument("<env>")
    .option("--detailed-exitcode", "exit with 2 when there is something to change")
    .option(
      "--changed-since <revision>",
      "plan only stacks that changed since a commit, and those after them",
    )
    .option("--no-lock", "read the states without locking them, as a read-only role must")
    .addOption(
      new Option("--state <copy>", "read this copy of the states, and lock and change none of them").choices([
        "replica",
      ]),
    )
    .option("--report <file>", "write the report as JSON, for `meridian comment`")
    .option("--markdown <file>", "write the report as Markdown, short enough for a comment")
    .option("--summary <file>", "write the report as Markdown of at most 1 MiB, for the summary of a job")
    .option("--full-report <file>", "write the report as Markdown with nothing left out")
    .option("--save <directory>", "save the plans, encrypted, for `meridian deploy --plan`")
    .action(async (name: string, options: PlanCommandOptions) => {
      if (options.state !== undefined && options.save !== undefined) {
        throw new UsageError(
          "--state and --save cannot be combined.",
          "A plan over the replica is to be read; to change something, see `meridian state promote-replica`.",
        );
      }
      const { results, digest } = await withSession(
        context,
        name,
        options.state === undefined ? options : { ...options, lock: false },
        { command: "plan", cloud: "require" },
        async (session) => planEnvironment(session, await StateHome.find(session), options),
      );
      for (const result of results.filter(({ outcome }) => outcome === "changes")) {
        context.terminal.out(`${changeList(result)}\n`);
      }
      const exitCode = context.interrupts.requested ? exitCodes.interrupted : planExitCode(results, options);
      context.terminal.out(summary(results, context.terminal.outColumns));
      if (options.save !== undefined) {
        context.terminal.out(
          digest === undefined
            ? "\nNothing was saved: not every stack could be planned.\n"
            : `\nSaved in ${options.save}. Digest: ${digest}\n`,
        );
      }
      // The files of the plans are gone by now.
      const stacks = results.map((result) => ({ ...result, plan: undefined }));
      writeResult(options.json, { command: "plan", environment: name, exitCode, digest, stacks });
      done(exitCode);
    });
  return addRunOptions(command);
}

/** As Terraform has it; a blocked stack is something that a deploy would change. */
export function planExitCode(
  results: readonly StackResult[],
  { detailedExitcode }: PlanCommandOptions,
): number {
  if (results.some(({ outcome }) => outcome === "failed")) {
    return failureCodeOf(results);
  }
  const hasChanges = results.some(({ outcome }) => outcome !== "no changes");
  return detailedExitcode === true && hasChanges ? exitCodes.changes : exitCodes.success;
}
