import { commentLimit, type PlanReport, renderMarkdown } from "../../analysis/report";
import { CommandError } from "../errors";
import type { Forge } from "./forge";

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
  const existing = (await forge.comments()).find(
    (comment) => comment.isOurs && comment.body.startsWith(mark),
  );
  if (existing === undefined) {
    if (options.reports.every(({ empty }) => empty)) {
      return "nothing to say";
    }
    await forge.createComment(body);
    return "created";
  }
  if (isSameText(existing.body, body)) {
    return "unchanged";
  }
  await forge.updateComment(existing.id, body);
  return "updated";
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
