import { Command } from "commander";

import { diffSynthesized } from "../../analysis/diff";
import { buildCodeReport, renderTerminal } from "../../analysis/report";
import { outputOf } from "../plan/affected-stacks";
import { synthesizeAt } from "../stacks/base-synthesis";
import { environmentNamed, type Context } from "../session/context";
import { exitCodes } from "../base/errors";
import { regionOfStack, writeReport, type ReportFiles } from "../plan/report-input";
import { refuseUnwritable } from "../base/result-file";
import { commitOf } from "../base/repository";
import { synthesize } from "../session/synthesis";

interface DiffOptions extends ReportFiles {
  readonly base: string;
  readonly detailedExitcode?: boolean;
}

/** `meridian diff <env>`. */
export function diffCommand(context: Context, done: (exitCode: number) => void): Command {
  return new Command("diff")
    .description("what the code changes since a commit, without state or credentials")
    .argument("<env>")
    .option("--base <revision>", "the commit to compare with", "HEAD")
    .option("--detailed-exitcode", "exit with 2 when something changes")
    .option("--report <file>", "write the report as JSON, for `meridian comment`")
    .option("--markdown <file>", "write the report as Markdown, short enough for a comment")
    .action(async (name: string, options: DiffOptions) => {
      const environment = await environmentNamed(context, name);
      refuseUnwritable(context.workspace, [options.report, options.markdown]);
      const { projectDirectory } = context.workspace;
      const { stacks } = await synthesize(context, name);
      const base = synthesizeAt(projectDirectory, options.base).filter((stack) =>
        stack.name.startsWith(`${name}-`),
      );
      const commit = commitOf(projectDirectory);
      const report = buildCodeReport({
        environment: name,
        ...(commit === undefined ? {} : { commit }),
        diff: diffSynthesized(outputOf(base), outputOf(stacks)),
        regions: Object.fromEntries(
          [...base, ...stacks].flatMap((stack) => {
            const region = regionOfStack(environment, stack.name);
            return region === undefined ? [] : [[stack.name, region]];
          }),
        ),
      });
      context.terminal.out(`${renderTerminal(report, { colour: context.terminal.isInteractive })}\n`);
      writeReport(report, options);
      done(options.detailedExitcode === true && !report.empty ? exitCodes.changes : exitCodes.success);
    });
}
