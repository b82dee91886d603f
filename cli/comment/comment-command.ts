import { readFileSync } from "node:fs";
import { Command } from "commander";

import { type DeployReport, parseDeployReport, parseReport, type PlanReport } from "../../analysis/report";
import type { Context } from "../session/context";
import { CommandError, exitCodes, messageOf, quoted, UsageError } from "../base/errors";
import { forgeFor } from "./forge";
import type { ForgeTarget, Forge } from "./forge-contract";
import { parsePreflight, postPreflight, type PreflightResult } from "./post-preflight";
import { postDeploy, postDrift, postReport } from "./post-report";
import { targetOf, type TargetOptions } from "./target";

interface CommentOptions extends TargetOptions {
  readonly key: string;
  readonly fullReport?: string;
  readonly issues?: boolean;
  readonly commit?: string;
}

/** `meridian comment <report…>`. */
export function commentCommand(context: Context, done: (exitCode: number) => void): Command {
  return new Command("comment")
    .description(
      "create or update the one comment of a pull request from the reports of its plans or deploys",
    )
    .argument(
      "<report...>",
      "reports as JSON, one for each environment; with --issues also results of preflights",
    )
    .option("--commit <sha>", "the pull request that was merged as this commit")
    .option("--provider <name>", "github or gitlab (default: what the pipeline runs on)")
    .option("--repository <name>", "owner/name, or the project's id on GitLab")
    .option("--number <number>", "the pull request")
    .option("--url <url>", "the REST API")
    .option("--key <text>", "distinguishes several comments on one pull request", "plan")
    .option("--full-report <text>", "where the full report is")
    .option(
      "--issues",
      "keep one issue for each environment's drift, and one for its preflight, instead of a comment",
    )
    .action(async (files: string[], options: CommentOptions) => {
      const onlyIssues = options.issues === true;
      const told = reportsIn(files, onlyIssues);
      const { commit } = options;
      const isNumbered = !onlyIssues && commit === undefined;
      const target = targetOf({ ...options, onlyIssues: !isNumbered }, context.variables);
      try {
        const forge =
          commit === undefined || onlyIssues ? await forgeFor(target) : await forgeOfMerged(target, commit);
        if (forge === undefined) {
          context.terminal.out(`No pull request was merged as ${commit ?? ""}: nothing is written.\n`);
        } else {
          await post(forge, told, options, (line) => {
            context.terminal.out(`${line}\n`);
          });
        }
      } catch (error) {
        throw error instanceof CommandError ? error : unreachable(error, target.url);
      }
      done(exitCodes.success);
    });
}

interface Told {
  readonly plans: readonly PlanReport[];
  readonly deploys: readonly DeployReport[];
  readonly preflights: readonly PreflightResult[];
}

async function post(
  forge: Forge,
  { plans, deploys, preflights }: Told,
  options: CommentOptions,
  say: (line: string) => void,
): Promise<void> {
  for (const report of deploys) {
    say(`${report.environment}: ${await postDeploy(forge, report)}`);
  }
  if (options.issues === true) {
    for (const result of preflights) {
      say(`preflight of ${result.environment}: ${await postPreflight(forge, result)}`);
    }
    for (const report of plans) {
      say(`${report.environment}: ${await postDrift(forge, report)}`);
    }
  } else if (plans.length > 0) {
    say(`comment: ${await postReport(forge, { ...options, reports: plans })}`);
  }
}

/** The forge at the pull request that was merged as a commit; nothing where none was. */
async function forgeOfMerged(target: ForgeTarget, commit: string): Promise<Forge | undefined> {
  const number = await (await forgeFor(target)).mergedAs(commit);
  return number === undefined ? undefined : forgeFor({ ...target, number });
}

function reportsIn(files: readonly string[], onlyIssues: boolean): Told {
  const contents = files.map(readContent);
  const deploys = contents.flatMap(({ content }) => parseDeployReport(content) ?? []);
  const preflights = contents.flatMap(({ content }) => parsePreflight(content) ?? []);
  if (deploys.length > 0 && deploys.length < files.length) {
    throw new UsageError(
      "Reports of plans and of deploys cannot be combined.",
      "Give the reports of deploys to a command of their own.",
    );
  }
  if (preflights.length > 0 && !onlyIssues) {
    throw new UsageError(
      "Results of preflights are kept as issues, not written as comments.",
      "Add --issues, or leave them out.",
    );
  }
  const isPlan = ({ content }: ReportFile): boolean => parsePreflight(content) === undefined;
  return { deploys, preflights, plans: deploys.length > 0 ? [] : contents.filter(isPlan).map(readReport) };
}

interface ReportFile {
  readonly file: string;
  readonly content: unknown;
}

function readContent(file: string): ReportFile {
  try {
    return { file, content: JSON.parse(readFileSync(file, "utf8")) };
  } catch (error) {
    throw new CommandError(
      (error as { code?: string }).code === "ENOENT"
        ? `The report ${file} does not exist.`
        : `The report ${file} cannot be read: ${messageOf(error)}`,
      `Write one with \`meridian plan <env> --report ${quoted(file)}\`.`,
    );
  }
}

function readReport({ file, content }: ReportFile): PlanReport {
  if (typeof content !== "object" || content === null || !("version" in content) || content.version !== 1) {
    throw new CommandError(
      `${file} is not a report of this version.`,
      "Make it with 'meridian plan --report' or 'meridian deploy --report'.",
    );
  }
  const report = parseReport(content);
  if (isProblems(report)) {
    throw new CommandError(
      `${file} is not a report:\n${report.map((problem) => `  - ${problem}`).join("\n")}`,
      "Make it with 'meridian plan --report'.",
    );
  }
  return report;
}

function isProblems(report: PlanReport | readonly string[]): report is readonly string[] {
  return Array.isArray(report);
}

/**
 * The status that a forge answered with. Octokit says 500 also where no answer came; its error then has no
 * `response`. Gitbeaker has the status in its cause.
 */
function statusOf(error: unknown): number | undefined {
  if (typeof error !== "object" || error === null) {
    return undefined;
  }
  if (
    "response" in error &&
    error.response !== undefined &&
    "status" in error &&
    typeof error.status === "number"
  ) {
    return error.status;
  }
  const cause =
    "cause" in error ? (error.cause as { response?: { status?: unknown } } | undefined) : undefined;
  const status = cause?.response?.status;
  return typeof status === "number" ? status : undefined;
}

/** The libraries' messages may quote the request; a status and a sentence are enough, and hold no token. */
function unreachable(error: unknown, url: string): CommandError {
  const status = statusOf(error);
  const said = messageOf(error).split("\n")[0]?.slice(0, 300) ?? "";
  if (status === undefined) {
    return new CommandError(
      `${url} cannot be reached: ${said}`,
      "Check --url, and that this machine reaches it (proxy, firewall, DNS); then run the command again.",
    );
  }
  if (status >= 500) {
    return new CommandError(
      `${url} failed (HTTP ${status}): ${said}`,
      "The forge itself has an outage; run the command again once its status page is green.",
    );
  }
  return new CommandError(
    `${url} refused the report (HTTP ${status}): ${said}`,
    "The token needs to write pull requests (GitHub: 'pull-requests: write', for issues 'issues: write'; GitLab: scope 'api').",
  );
}
