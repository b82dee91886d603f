import { code, prose } from "../../report";
import type { Finding, Grade } from "../rules";
import type { Delta } from "../delta";
import type { Summary } from "./summary";

const titles: Readonly<Record<Grade, string>> = {
  broken: "Broken promises",
  unproved: "Not proved",
  weak: "Kept, but weak",
};

/** What a proof came to. */
export interface ProofReport {
  readonly environment: string;
  readonly rtoSeconds: number;
  readonly survives: number;
  readonly scenarios: number;
  readonly summary: Summary;
  readonly findings: readonly Finding[];
  /** What changed since another commit, where one was named. */
  readonly delta?: Delta;
}

/** The report as Markdown, for a pull request or a file. */
export function proofMarkdown(report: ProofReport): string {
  const { environment, rtoSeconds, survives, scenarios, summary, findings, delta } = report;
  const promise = `Promised: ${survives} ${survives === 1 ? "region" : "regions"} lost, users elsewhere within ${rtoSeconds} s. Looked at: ${scenarios} cases.`;
  const sections =
    delta === undefined
      ? (["broken", "unproved", "weak"] as const).map((grade) =>
          section(
            titles[grade],
            findings.filter((finding) => finding.grade === grade),
          ),
        )
      : [section("Worse than before", delta.worse), section("Better than before", delta.better)];
  return [`## Failover proof of ${prose(environment)}\n`, `${promise}\n`, tableOf(summary), ...sections]
    .filter((part) => part !== "")
    .join("\n");
}

function tableOf({ head, rows }: Summary): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return `${[line(head), line(head.map(() => "---")), ...rows.map((row) => line(row.map((cell) => prose(cell))))].join("\n")}\n`;
}

function section(title: string, findings: readonly Finding[]): string {
  if (findings.length === 0) {
    return "";
  }
  const lines = findings.map(({ rule, address, says, remedy }) =>
    [
      `- **${rule}** ${prose(says)}`,
      ...(address === undefined ? [] : [`  ${code(address)}`]),
      `  ${prose(remedy)}`,
    ].join("  \n"),
  );
  return `### ${title}\n\n${lines.join("\n")}\n`;
}
