import type { Folding } from "../base/terminal";
import { oneLine } from "./cells";

/** What a pipeline's own variables say of its log; nothing where it folds nothing. */
export function foldingOf(variables: NodeJS.ProcessEnv): Folding | undefined {
  if (variables.GITHUB_ACTIONS === "true") {
    return "github";
  }
  return variables.GITLAB_CI === "true" ? "gitlab" : undefined;
}

/**
 * Lines folded under a title, as one text, so that what other stacks say does not come between.
 *
 * @param name - unique in a log.
 */
export function folded(
  folding: Folding,
  name: string,
  title: string,
  lines: readonly string[],
  secondsSinceEpoch: number,
): string {
  const body = lines.map((line) => `  ${oneLine(line)}\n`).join("");
  if (folding === "github") {
    // https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
    return `::group::${title}\n${body}::endgroup::\n`;
  }
  // https://docs.gitlab.com/ci/jobs/job_logs/#custom-collapsible-sections
  const section = name.replace(/[^\w.-]/g, "_");
  const mark = (kind: "start" | "end", options: string): string =>
    `\u001b[0Ksection_${kind}:${secondsSinceEpoch}:${section}${options}\r\u001b[0K`;
  return `${mark("start", "[collapsed=true]")}${title}\n${body}${mark("end", "")}\n`;
}
