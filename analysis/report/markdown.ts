import { risks } from "../change";
import { allot, type Allotted, type Piece } from "./budget";
import { driftSection, riskSection } from "./change-sections";
import { brief, full, type Detail } from "./detail";
import {
  approvalSection,
  billingSection,
  blockedSection,
  failureSection,
  orphanSection,
  outputSection,
  paritySection,
  stackTable,
  unreviewedSection,
  warningSection,
} from "./other-sections";
import { totalCounts, type PlanReport } from "./report";
import { countsText, plural, type Section } from "./section";
import { byteLength, code, prose } from "./text";

/** GitHub refuses a comment of more characters. No text has more characters than bytes. */
export const commentLimit = 65_536;

/** What a comment may take, so that its key and a link to the full report fit too. */
export const defaultLimitBytes = 64_000;

/** GitHub refuses a summary of more bytes from one step. */
export const summaryLimit = 1_048_576;

/** From here on the values of the full report are shown where there is room, not those of a comment. */
const spaciousBytes = 200_000;

/** How to render reports. */
export interface MarkdownOptions {
  /**
   * The most bytes of UTF-8 that the Markdown may have; `Infinity` for the full report.
   *
   * @default 64000
   */
  readonly limitBytes?: number;
  /**
   * Where the full report is, said when something was left out.
   *
   * @default "the full report of this run"
   */
  readonly fullReport?: string;
}

/**
 * Renders the reports of one or more environments as Markdown that GitHub and GitLab take.
 *
 * The result never has more than `limitBytes` bytes, and is valid whatever the plans hold: content is
 * either in a code span, in character references, or in a fence that none of its lines can close. What
 * does not fit loses detail from the least dangerous up: first the whole difference, then the names of
 * the attributes, then the address; what is left is counted.
 */
export function renderMarkdown(reports: readonly PlanReport[], options: MarkdownOptions = {}): string {
  const limit = options.limitBytes ?? defaultLimitBytes;
  const detail = limit >= spaciousBytes ? full : brief;
  const shown = reports.slice(0, detail.environments);
  const documents = shown.map((report) => environmentDocument(report, detail));
  const tail = closing(
    reports.slice(detail.environments),
    options.fullReport ?? "the full report of this run",
  );
  const skeleton = byteLength(assembled(documents, [], tail));
  const pieces = documents.flatMap((document) => document.pieces);
  const text = assembled(documents, allot(pieces, limit - skeleton), tail);
  return byteLength(text) <= limit ? text : totalsOnly(reports, limit);
}

/** A piece and the section that it stands in. */
interface PlacedPiece extends Piece {
  readonly section: Section;
}

interface EnvironmentDocument {
  readonly head: string;
  readonly sections: readonly Section[];
  readonly pieces: readonly PlacedPiece[];
}

/** The sections as they stand, each followed by what is said of its hidden pieces. */
function assembled(
  documents: readonly EnvironmentDocument[],
  allotted: readonly Allotted<PlacedPiece>[],
  tail: (isComplete: boolean) => string,
): string {
  const bySection = new Map<Section, Allotted<PlacedPiece>[]>();
  for (const entry of allotted) {
    const found = bySection.get(entry.piece.section);
    if (found === undefined) {
      bySection.set(entry.piece.section, [entry]);
    } else {
      found.push(entry);
    }
  }
  const sectionText = (section: Section, count: number): string => {
    const entries = bySection.get(section) ?? [];
    const hidden = allotted.length === 0 ? count : entries.filter(({ level }) => level === "hidden").length;
    const body = (["diff", "names", "address"] as const).flatMap((level) =>
      entries.filter((entry) => entry.level === level).map(({ text }) => text),
    );
    return `${section.opening}${body.join("")}${hidden === 0 ? "" : section.more(hidden)}${section.ending}`;
  };
  const text = documents.map(({ head, sections, pieces }) => {
    const counts = new Map<Section, number>();
    for (const { section } of pieces) {
      counts.set(section, (counts.get(section) ?? 0) + 1);
    }
    return head + sections.map((section) => sectionText(section, counts.get(section) ?? 0)).join("");
  });
  const isComplete =
    allotted.length > 0 && allotted.every(({ level, piece }) => level !== "hidden" && level === piece.best);
  // No line of a fence is empty, so blank lines are only ever between blocks.
  const body = text.join("\n").replaceAll(/\n{3,}/g, "\n\n");
  return body + tail(isComplete || documents.every(({ pieces }) => pieces.length === 0));
}

function environmentDocument(report: PlanReport, detail: Detail): EnvironmentDocument {
  const parts = report.empty
    ? []
    : [
        stackTable(report, detail),
        orphanSection(report),
        approvalSection(report, detail),
        failureSection(report, detail),
        blockedSection(report, detail),
        unreviewedSection(report, detail),
        ...risks.map((risk) => riskSection(report, risk, detail)),
        billingSection(report, detail),
        paritySection(report, detail),
        driftSection(report, detail),
        warningSection(report, detail),
        outputSection(report, detail),
      ].filter(({ pieces }) => pieces.length > 0);
  return {
    head: headOf(report),
    sections: parts.map(({ section }) => section),
    pieces: parts.flatMap(({ section, pieces }) => pieces.map((piece) => ({ ...piece, section }))),
  };
}

function headOf(report: PlanReport): string {
  const { environment, commit, digest, counts, empty, source } = report;
  const bound = [
    ...(source === "code" && !empty ? ["Compared in the code alone; the plan also knows the state."] : []),
    ...(commit === undefined ? [] : [`Commit ${code(commit, 64)}.`]),
    ...(digest === undefined ? [] : [`Plan digest ${code(digest, 100)}.`]),
  ];
  const lost = report.stacks.flatMap(({ changes }) => changes).filter(({ risk }) => risk === "data").length;
  return [
    `## ${code(environment, 60)}: ${empty ? "nothing changes" : countsText(counts)}\n`,
    ...(bound.length === 0 ? [] : [`${bound.join(" ")}\n`]),
    ...(lost === 0
      ? []
      : [
          `> [!CAUTION]\n> ${plural(lost, "change")} to resources with data: destroyed, replaced or removed from the state. Read them first.\n`,
        ]),
  ].join("\n");
}

function closing(beyond: readonly PlanReport[], fullReport: string): (isComplete: boolean) => string {
  const others =
    beyond.length === 0
      ? ""
      : `\n${plural(beyond.length, "more environment")}: ${countsText(totalCounts(beyond.map(({ counts }) => counts)))}.\n`;
  return (isComplete) =>
    `${others}${isComplete && beyond.length === 0 ? "" : `\nShortened to fit; everything is in ${place(fullReport)}.\n`}`;
}

/** Where the full report is; the address of a page stays a link. */
function place(text: string): string {
  return text
    .split(" ")
    .map((word) => (/^https:\/\/[\w.-]+(:\d+)?(\/[\w.~/#?=&%+-]*)?$/.test(word) ? word : prose(word, 300)))
    .join(" ");
}

/** The last resort, for more environments or stacks than a comment has room to name. */
function totalsOnly(reports: readonly PlanReport[], limit: number): string {
  const counts = totalCounts(reports.map((report) => report.counts));
  const text = `${plural(reports.length, "environment")}: ${countsText(counts)}. Nothing else fits here.\n`;
  return byteLength(text) <= limit ? text : "";
}
