import { riskRank, type Action, type ResourceChange, type Risk } from "../change";
import { attributeLines } from "./attribute-lines";
import type { Level } from "./budget";
import type { Detail } from "./detail";
import { regionless } from "./parity";
import type { PlanReport } from "./report";
import type { StackReport } from "./stack-report";
import { fold, heading, more, plural, type Part } from "./section";
import { byteLength, code, fence, prose } from "./text";

/** Headings, in the words of the consequence. */
export const titles: Readonly<Record<Risk, string>> = {
  data: "Data destroyed, replaced or removed from the state",
  protection: "Protection switched off",
  access: "Permissions widened",
  network: "More traffic gets through",
  routing: "Routing, health and capacity",
  destructive: "Other resources destroyed or replaced",
  change: "Other changes",
  tags: "Tags only",
};

/** Sections that a reader opens only if he wants to. */
const folded: ReadonlySet<Risk> = new Set<Risk>(["change", "tags"]);

/** One change, and all stacks in which it is the same. */
export interface GroupedChange {
  readonly change: ResourceChange;
  readonly stacks: StackReport[];
}

/** The changes of one risk; the same change in several regions is one entry. */
export function riskSection(report: PlanReport, risk: Risk, detail: Detail): Part {
  const groups = grouped(report.stacks, ({ changes }) => changes.filter((change) => change.risk === risk));
  const title = `${titles[risk]} (${groups.reduce((sum, { stacks }) => sum + stacks.length, 0)})`;
  return {
    section: folded.has(risk) ? fold(title) : heading(title),
    pieces: groups.map((group, index) => ({
      // The position keeps equal risks in their order without letting one reach the next risk.
      rank: riskRank(risk) + index / (groups.length * 4),
      best: risk === "tags" ? "names" : "diff",
      render: (level) => (risk === "tags" && level === "diff" ? undefined : changeText(group, level, detail)),
    })),
  };
}

/** Changes that are the same in several regions, once. */
export function grouped(
  stacks: readonly StackReport[],
  changesOf: (stack: StackReport) => readonly ResourceChange[],
): GroupedChange[] {
  const groups = new Map<string, GroupedChange>();
  for (const stack of stacks) {
    for (const change of changesOf(stack)) {
      const { address, body } = regionless(change, stack);
      const key = `${stack.layer} ${stack.state} ${address} ${body}`;
      const found = groups.get(key);
      if (found === undefined) {
        groups.set(key, { change, stacks: [stack] });
      } else {
        found.stacks.push(stack);
      }
    }
  }
  return [...groups.values()];
}

/** What a resource does, in the middle of a sentence. */
export const verbs: Readonly<Record<Action, string>> = {
  create: "is created",
  update: "is updated",
  replace: "is replaced",
  destroy: "is destroyed",
  forget: "is dropped from the state",
  import: "is imported",
  move: "moves",
  "no-op": "stays",
};

function changeText(group: GroupedChange, level: Exclude<Level, "hidden">, detail: Detail): string {
  const { change } = group;
  const title = changeTitle(group, detail);
  if (level === "address") {
    return `- ${title}\n`;
  }
  const because = reasonText(change, detail);
  const findings = findingTexts(change, level === "names" ? 200 : 600, detail);
  if (level === "names") {
    const touched = [...new Set(change.attributes.map(({ path }) => path))];
    const parts = [because, ...findings, touched.length === 0 ? "" : `changes ${namesText(touched, detail)}`];
    return `- ${[title, ...parts.filter((part) => part !== "")].join("; ")}\n`;
  }
  const lines = withinLines(change, detail);
  return [
    `${title}${because === "" ? "" : `; ${because}`}\n`,
    ...(findings.length === 0 ? [] : [findings.map((finding) => `- ${finding}\n`).join("")]),
    ...(lines.length === 0 ? [] : [fence("diff", lines)]),
    "",
  ].join("\n");
}

function changeTitle({ change, stacks }: GroupedChange, detail: Detail): string {
  const where = stacks.map(({ name }) => name);
  return [
    `${code(change.address, detail.address)} ${verbs[change.action]}`,
    ...(change.movedFrom === undefined ? [] : [`from ${code(change.movedFrom, detail.address)}`]),
    ...(change.imported === undefined ? [] : [`(imported: ${code(change.imported, 120)})`]),
    `in ${namesText(where, detail)}`,
    ...(stacks[0]?.fromCode === true && stacks[0].state !== "changes" ? ["(from the code)"] : []),
  ].join(" ");
}

function reasonText({ attributes, because }: ResourceChange, detail: Detail): string {
  const forced = attributes.filter(({ forcesReplacement }) => forcesReplacement === true);
  return [
    ...(forced.length === 0
      ? []
      : [
          `forced by ${namesText(
            forced.map(({ path }) => path),
            detail,
          )}`,
        ]),
    ...(because === undefined ? [] : [`because ${prose(because)}`]),
  ].join(", ");
}

function findingTexts({ findings }: ResourceChange, maximum: number, detail: Detail): string[] {
  const shown = findings.slice(0, detail.findings).map(({ summary }) => prose(summary, maximum));
  return findings.length > shown.length ? [...shown, `and ${findings.length - shown.length} more`] : shown;
}

function namesText(names: readonly string[], detail: Detail): string {
  const shown = names.slice(0, detail.names).map((name) => code(name, 80));
  return shown.join(", ") + more(names.length - shown.length);
}

function withinLines({ attributes }: ResourceChange, detail: Detail): string[] {
  const lines: string[] = [];
  let bytes = 0;
  for (const [index, attribute] of attributes.entries()) {
    const added = attributeLines(attribute, detail.value);
    bytes += added.reduce((sum, line) => sum + byteLength(line) + 1, 0);
    if (bytes > detail.itemBytes || lines.length + added.length > detail.lines) {
      return [...lines, `! and ${plural(attributes.length - index, "more attribute")}`];
    }
    for (const line of added) {
      lines.push(line);
    }
  }
  return lines;
}

/** What was changed behind Terraform's back. */
export function driftSection(report: PlanReport, detail: Detail): Part {
  const drifted = report.stacks.flatMap((stack) =>
    stack.drift.map((change) => ({ change, stacks: [stack] })),
  );
  return {
    section: heading(
      `Drift (${report.counts.drift})`,
      "Changed by somebody else since the last apply; not asked for by this change.",
    ),
    pieces: drifted.map((group, index) => ({
      rank: riskRank("change") - 0.5 + index / (drifted.length * 4),
      best: "diff",
      render: (level) => driftText(group, level, detail),
    })),
  };
}

function driftText(
  { change, stacks }: GroupedChange,
  level: Exclude<Level, "hidden">,
  detail: Detail,
): string {
  const happened = change.action === "destroy" ? "was deleted" : "was changed";
  const title = `${code(change.address, detail.address)} ${happened} in ${namesText(
    stacks.map(({ name }) => name),
    detail,
  )}`;
  const lines = level === "diff" ? withinLines(change, detail) : [];
  if (lines.length > 0) {
    return `${title}\n\n${fence("diff", lines)}\n`;
  }
  const names = change.attributes.slice(0, detail.names).map(({ path }) => code(path, 80));
  const rest =
    level === "address" || names.length === 0
      ? ""
      : `: ${names.join(", ")}${more(change.attributes.length - detail.names)}`;
  return `- ${title}${rest}\n`;
}
