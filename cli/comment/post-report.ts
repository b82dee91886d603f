import {
  commentLimit,
  type DeployReport,
  type PlanReport,
  renderDeployReport,
  renderMarkdown,
} from "../../analysis/report";
import type { ForgeComment, Forge } from "./forge-contract";
import { keepIssue, type PostOutcome } from "./kept-issue";
import { isSameText, markOf } from "./mark";

/** What to post. */
export interface PostReportOptions {
  /** The reports, one for each environment. */
  readonly reports: readonly PlanReport[];
  /**
   * Tells this comment from others of ours on the same pull request. Nothing that changes between runs
   * belongs in it, least of all versions: the comment of yesterday must be found tomorrow.
   *
   * @default "plan"
   */
  readonly key?: string;
  /**
   * Where the full report is.
   *
   * @default "the full report of this run"
   */
  readonly fullReport?: string;
}

/**
 * Creates the comment with the plan, or brings it up to date: one comment a pull request.
 *
 * When nothing changes and there is no comment yet, none is made; one that is there says so.
 */
export async function postReport(forge: Forge, options: PostReportOptions): Promise<PostOutcome> {
  const mark = markOf(options.key ?? "plan");
  const body = bodyOf(mark, options);
  const isQuiet = options.reports.every(({ empty }) => empty);
  if (isQuiet && (await commentOf(forge, mark)) === undefined) {
    return "nothing to say";
  }
  return postBody(forge, mark, body);
}

async function postBody(forge: Forge, mark: string, body: string): Promise<PostOutcome> {
  const existing = await commentOf(forge, mark);
  if (existing === undefined) {
    await forge.createComment(body);
    return "created";
  }
  return update(forge, existing, body);
}

async function commentOf(forge: Forge, mark: string): Promise<ForgeComment | undefined> {
  return (await forge.comments()).find((comment) => comment.isOurs && comment.body.startsWith(mark));
}

async function update(forge: Forge, existing: ForgeComment, body: string): Promise<PostOutcome> {
  if (isSameText(existing.body, body)) {
    return "unchanged";
  }
  await forge.updateComment(existing.id, body);
  return "updated";
}

/**
 * Writes what a deploy came to as a comment on the pull request that it deploys, or brings it up to date: one
 * comment an environment, however often the deploy is run.
 */
export async function postDeploy(forge: Forge, report: DeployReport): Promise<PostOutcome> {
  const mark = markOf(`deploy ${report.environment}`);
  const body = `${mark}\n${renderDeployReport(report, commentLimit - 536 - Buffer.byteLength(mark))}`;
  return postBody(forge, mark, body);
}

/** The label of the issues that report drift. */
export const driftLabel = "drift";

/** Keeps one issue for the drift of an environment. */
export async function postDrift(forge: Forge, report: PlanReport): Promise<PostOutcome> {
  const key = `drift ${report.environment}`;
  return keepIssue(forge, {
    key,
    label: driftLabel,
    title: `Drift in ${report.environment}`,
    text: textOf(markOf(key), { reports: [report] }),
    isOpen: !report.empty,
  });
}

function bodyOf(mark: string, options: PostReportOptions): string {
  return `${mark}\n${textOf(mark, options)}`;
}

function textOf(mark: string, { reports, fullReport }: PostReportOptions): string {
  const limitBytes = commentLimit - 536 - Buffer.byteLength(mark);
  return reports.every(({ empty }) => empty)
    ? quiet(reports)
    : renderMarkdown(
        reports.filter(({ empty }) => !empty),
        { limitBytes, ...(fullReport === undefined ? {} : { fullReport }) },
      );
}

function quiet(reports: readonly PlanReport[]): string {
  return reports.length <= 12
    ? renderMarkdown(reports)
    : `Nothing changes in any of the ${reports.length} environments.\n`;
}
