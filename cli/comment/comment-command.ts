import { readFileSync } from "node:fs";
import { Command } from "commander";

import { parseReport, type PlanReport } from "../../analysis/report";
import type { Context } from "../context";
import { CommandError, exitCodes, messageOf } from "../errors";
import { forgeFor } from "./forge";
import { postDrift, postReport } from "./post-report";
import { targetOf, type TargetOptions } from "./target";

interface CommentOptions extends TargetOptions {
  readonly key: string;
  readonly fullReport?: string;
  readonly issues?: boolean;
}

/** `meridian comment <report…>`. */
export function commentCommand(context: Context, done: (exitCode: number) => void): Command {
  return new Command("comment")
    .description("create or update the one comment of a pull request from the reports of its plans")
    .argument("<report...>", "reports as JSON, one for each environment")
    .option("--provider <name>", "github or gitlab (default: what the pipeline runs on)")
    .option("--repository <name>", "owner/name, or the project's id on GitLab")
    .option("--number <number>", "the pull request")
    .option("--url <url>", "the REST API")
    .option("--key <text>", "tells several comments on one pull request apart", "plan")
    .option("--full-report <text>", "where the full report is")
    .option("--issues", "keep one issue for each environment's drift instead of a comment")
    .action(async (files: string[], options: CommentOptions) => {
      const reports = files.map(readReport);
      const onlyIssues = options.issues === true;
      const target = targetOf({ ...options, onlyIssues }, context.variables);
      try {
        const forge = await forgeFor(target);
        if (onlyIssues) {
          for (const report of reports) {
            context.terminal.out(`${report.environment}: ${await postDrift(forge, report)}\n`);
          }
        } else {
          context.terminal.out(`comment: ${await postReport(forge, { ...options, reports })}\n`);
        }
      } catch (error) {
        throw error instanceof CommandError ? error : unreachable(error, target.url);
      }
      done(exitCodes.success);
    });
}

function readReport(file: string): PlanReport {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new CommandError(`The report ${file} cannot be read: ${messageOf(error)}`);
  }
  if (typeof content !== "object" || content === null || !("version" in content) || content.version !== 1) {
    throw new CommandError(
      `${file} is not a report of this version.`,
      "Make it with 'meridian plan --report'.",
    );
  }
  const report = parseReport(content);
  if (isProblems(report)) {
    throw new CommandError(
      `${file} is no report:\n${report.map((problem) => `  - ${problem}`).join("\n")}`,
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
      "The forge itself has trouble; run the command again once its status page is green.",
    );
  }
  return new CommandError(
    `${url} refused the report (HTTP ${status}): ${said}`,
    "The token needs to write pull requests (GitHub: 'pull-requests: write', for issues 'issues: write'; GitLab: scope 'api').",
  );
}
