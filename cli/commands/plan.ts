import { Command } from "commander";

import type { Context } from "../context";
import { exitCodes } from "../errors";
import { planStack } from "../planning";
import { changeList, type StackResult, summary } from "../report";
import { reportOf, writeReport, type ReportFiles } from "../report-input";
import { writeResult } from "../result-file";
import { affectedStacks } from "../affected-stacks";
import { addRunOptions, forEachStack, type RunOptions, withSession } from "../session";
import { StateHome } from "../state-home";

interface PlanCommandOptions extends RunOptions, ReportFiles {
  readonly changedSince?: string;
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
    .option("--report <file>", "write the report as JSON, for `meridian comment`")
    .option("--markdown <file>", "write the report as Markdown, short enough for a comment")
    .action(async (name: string, options: PlanCommandOptions) => {
      const results = await withSession(
        context,
        name,
        options,
        { command: "plan", cloud: "require" },
        async (session) => {
          const home = await StateHome.find(session);
          const wanted = affectedStacks(session, options.changedSince);
          const planned = await forEachStack(session, wanted, (stack) => planStack(session, home, stack));
          if (options.report !== undefined || options.markdown !== undefined) {
            writeReport(await reportOf(session, planned), options);
          }
          return planned;
        },
      );
      for (const result of results.filter(({ outcome }) => outcome === "changes")) {
        context.terminal.out(`${changeList(result)}\n`);
      }
      const exitCode = context.interrupts.requested ? exitCodes.interrupted : planExitCode(results, options);
      context.terminal.out(summary(results));
      writeResult(options.json, { command: "plan", environment: name, exitCode, stacks: results });
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
    return exitCodes.failure;
  }
  const hasChanges = results.some(({ outcome }) => outcome !== "no changes");
  return detailedExitcode === true && hasChanges ? exitCodes.changes : exitCodes.success;
}
