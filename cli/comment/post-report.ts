import {
  commentLimit,
  type DeployReport,
  type PlanReport,
  renderDeployReport,
  renderMarkdown,
} from "../../analysis/report";
import { CommandError } from "../base/errors";
import type { ForgeComment, Forge } from "./forge-contract";

/** What became of the comment or the issue. */
export type PostOutcome = "created" | "updated" | "unchanged" | "nothing to say" | "closed";

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

/**
 * Keeps one issue for the drift of an environment: opened with the first drift, updated while it lasts,
 * closed when it is gone, and opened again rather than made anew.
 */
export async function postDrift(forge: Forge, report: PlanReport): Promise<PostOutcome> {
  const mark = markOf(`drift ${report.environment}`);
  const hasDrift = !report.empty;
  const existing = (await forge.issues(driftLabel)).find(
    (issue) => issue.isOurs && issue.body.startsWith(mark),
  );
  if (existing === undefined) {
    if (!hasDrift) {
      return "nothing to say";
    }
    await forge.createIssue(
      `Drift in ${report.environment}`,
      bodyOf(mark, { reports: [report] }),
      driftLabel,
    );
    return "created";
  }
  const body = bodyOf(mark, { reports: [report] });
  if (existing.isOpen === hasDrift && (!hasDrift || isSameText(existing.body, body))) {
    return "unchanged";
  }
  await forge.updateIssue(existing.number, { body, isOpen: hasDrift });
  return hasDrift ? "updated" : "closed";
}

/** The hidden first line by which a comment is found again. */
export function markOf(key: string): string {
  if (!/^[\w][\w ./-]*$/.test(key) || key.includes("--")) {
    throw new CommandError(
      `The comment's key '${key}' cannot be hidden in a comment.`,
      "Use letters, digits, blanks, dots, slashes and single hyphens.",
    );
  }
  return `<!-- meridian: ${key} -->`;
}

function bodyOf(mark: string, { reports, fullReport }: PostReportOptions): string {
  const limitBytes = commentLimit - 536 - Buffer.byteLength(mark);
  const text = reports.every(({ empty }) => empty)
    ? quiet(reports)
    : renderMarkdown(
        reports.filter(({ empty }) => !empty),
        { limitBytes, ...(fullReport === undefined ? {} : { fullReport }) },
      );
  return `${mark}\n${text}`;
}

function quiet(reports: readonly PlanReport[]): string {
  return reports.length <= 12
    ? renderMarkdown(reports)
    : `Nothing changes in any of the ${reports.length} environments.\n`;
}

/** The forges trim what they keep and may change line ends. */
function isSameText(kept: string, wanted: string): boolean {
  return kept.replaceAll("\r\n", "\n").trim() === wanted.trim();
}
