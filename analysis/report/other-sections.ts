import { riskRank } from "../change";
import { billedChanges, billedText } from "./billing";
import { verbs } from "./change-sections";
import type { Detail } from "./detail";
import type { LayerParity } from "./parity";
import type { PlanReport } from "./report";
import type { StackReport } from "./stack-report";
import { fold, heading, hiddenPiece, more, plural, row, type Part, type Section } from "./section";
import { byteLength, code, fence, prose, shorten, visible } from "./text";

/** The index: one row a stack, those with something to say first. */
export function stackTable({ stacks }: PlanReport, detail: Detail): Part {
  const section: Section = {
    opening:
      "\n| Stack | Region | Create | Update | Replace | Destroy | Import | Drift | State |\n| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | --- |\n",
    ending: "",
    more: (hidden) => `\n${plural(hidden, "more stack")}.\n`,
  };
  const busy = (stack: StackReport): number =>
    stack.state === "no changes" || stack.state === "not planned" ? 1 : 0;
  const rows = [...stacks].map((stack, index) => ({ stack, index }));
  rows.sort((left, right) => busy(left.stack) - busy(right.stack) || left.index - right.index);
  return {
    section,
    pieces: rows
      .slice(0, detail.stacks)
      .map(({ stack }) => row(riskRank("routing") - 0.5, stackRow(stack)))
      .concat(rows.slice(detail.stacks).map(() => hiddenPiece)),
  };
}

function stackRow(stack: StackReport): string {
  const { create, update, replace, destroy, import: imported, drift } = stack.counts;
  const numbers = [create, update, replace, destroy, imported, drift].map((count) =>
    count === 0 ? "" : String(count),
  );
  const state =
    stack.state === "blocked"
      ? `blocked on ${stack.blockedOn
          .slice(0, 3)
          .map((name) => code(name, 60))
          .join(", ")}`
      : stack.state;
  return `| ${[code(stack.name, 80), stack.region === undefined ? "" : code(stack.region, 40), ...numbers, state].join(" | ")} |\n`;
}

/** Stacks whose planning failed, with what was printed. */
export function failureSection({ stacks }: PlanReport, detail: Detail): Part {
  const failed = stacks.filter(({ error }) => error !== undefined);
  return {
    section: heading(`Not planned because of an error (${failed.length})`),
    pieces: failed.map((stack) => ({
      rank: -1,
      best: "diff",
      render: (level) => {
        const lines = (stack.error ?? "")
          .split(/\r\n|[\n\r]/)
          .map((line) => `  ${shorten(visible(line), 400)}`);
        return level === "address"
          ? `- ${code(stack.name, 80)}\n`
          : level === "diff"
            ? `${code(stack.name, 80)}\n\n${fence("text", withinBytes(lines, detail.error))}\n`
            : undefined;
      },
    })),
  };
}

/** Stacks that go as a whole: nothing in a plan is worse. */
export function orphanSection({ stacks }: PlanReport): Part {
  const orphans = stacks.filter(({ isOrphan }) => isOrphan === true);
  return {
    section: heading(
      `Whole stacks destroyed (${orphans.length})`,
      "These stacks exist, but are no longer in the code.",
    ),
    pieces: orphans.map((stack) =>
      row(
        -2,
        `- ${code(stack.name, 80)}${stack.region === undefined ? "" : ` in ${code(stack.region, 40)}`}: ${plural(stack.counts.destroy, "resource")} destroyed\n`,
      ),
    ),
  };
}

/** What a deploy does only with an approval in the repository. */
export function approvalSection({ approvals = [] }: PlanReport, detail: Detail): Part {
  return {
    section: heading(
      `Needs an approval (${approvals.length})`,
      "A deploy refuses until a dated approval is committed in approvals/.",
    ),
    pieces: approvals.map(({ summary, approvedBy }) =>
      row(
        -1.5,
        `- ${code(summary, detail.address * 2)}: ${
          approvedBy.length === 0
            ? "not approved yet"
            : `approved by ${approvedBy
                .slice(0, 3)
                .map((file) => code(file, 80))
                .join(", ")}`
        }\n`,
      ),
    ),
  };
}

/** What AWS bills for standing, and begins, ends or changes its size. */
export function billingSection(report: PlanReport, detail: Detail): Part {
  const changes = billedChanges(report);
  return {
    section: heading(
      `Billed by the hour or month (${changes.length})`,
      "What usually costs most comes first; traffic, requests and storage come on top.",
    ),
    pieces: changes.map((change, index) => {
      const where = change.stacks.slice(0, detail.names).map((name) => code(name, 80));
      return row(
        riskRank("destructive") + 0.5 + index / (changes.length * 4),
        `- ${billedText(change)} in ${where.join(", ")}${more(change.stacks.length - where.length)} ([prices](${change.pricing}))\n`,
      );
    }),
  };
}

/** Stacks that wait for others. */
export function blockedSection({ stacks }: PlanReport, detail: Detail): Part {
  const blocked = stacks.filter(({ state }) => state === "blocked");
  return {
    section: heading(
      `Blocked (${blocked.length})`,
      "These stacks read outputs of stacks that are not applied yet. What is said of them below comes from the code, not from a plan.",
    ),
    pieces: blocked.map((stack) =>
      row(
        -0.5,
        `- ${code(stack.name, 80)} is blocked on ${stack.blockedOn
          .slice(0, detail.names)
          .map((name) => code(name, 80))
          .join(", ")}${more(stack.blockedOn.length - detail.names)}\n`,
      ),
    ),
  };
}

/** Whether the regions of a layer get the same changes. */
export function paritySection({ parity: layers }: PlanReport, detail: Detail): Part {
  const busy = layers.filter(({ same, differences }) => same > 0 || differences.length > 0);
  return {
    section: heading("Regions compared"),
    pieces: busy.map((layer) => ({
      rank: riskRank("routing") + 0.6,
      best: "names",
      render: (level) =>
        level === "address"
          ? `- ${paritySentence(layer)}\n`
          : level === "names"
            ? parityText(layer, detail)
            : undefined,
    })),
  };
}

function paritySentence({ layer, regions, same, differences }: LayerParity): string {
  const names =
    regions
      .slice(0, 8)
      .map((region) => code(region, 40))
      .join(", ") + more(regions.length - 8);
  const count = (kind: string): number => differences.filter((difference) => difference.kind === kind).length;
  const parts = [
    ...(same === 0 ? [] : [`${plural(same, "change")} alike everywhere`]),
    ...(count("missing") === 0 ? [] : [`${count("missing")} only in some`]),
    ...(count("shape") === 0 ? [] : [`${count("shape")} of another kind`]),
    ...(count("values") === 0 ? [] : [`${count("values")} with other values`]),
  ];
  return `${code(layer, 80)} in ${names}: ${differences.length === 0 ? "the same change in all regions" : parts.join(", ")}`;
}

function parityText(layer: LayerParity, detail: Detail): string {
  const telling = layer.differences.filter(({ kind }) => kind !== "values");
  const lines = telling.slice(0, detail.rows).map(({ address, regions }) => {
    const each = layer.regions
      .slice(0, 8)
      .map(
        (region) =>
          `${code(region, 40)} ${Object.hasOwn(regions, region) ? (regions[region] ?? "nothing") : "nothing"}`,
      );
    return `  - ${code(address, 120)}: ${each.join(", ")}\n`;
  });
  const rest = telling.length - lines.length;
  return `- ${paritySentence(layer)}\n${lines.join("")}${rest > 0 ? `  - and ${rest} more\n` : ""}`;
}

/** Checks and conditions that fail. */
export function warningSection({ stacks }: PlanReport, detail: Detail): Part {
  const found = stacks.flatMap((stack) => stack.warnings.map((warning) => ({ warning, stack })));
  return {
    section: heading(`Checks that do not hold (${found.length})`),
    pieces: found.map(({ warning, stack }) => ({
      rank: riskRank("routing") + 0.5,
      best: "names",
      render: (level) => {
        const title = `- ${code(warning.address, detail.address)} in ${code(stack.name, 60)}`;
        const messages = warning.messages.slice(0, 5).map((message) => code(message, 300));
        return level === "address"
          ? `${title}\n`
          : level === "names"
            ? `${title}: ${messages.join("; ") || code(warning.status, 40)}${more(warning.messages.length - 5)}\n`
            : undefined;
      },
    })),
  };
}

/** Actions, what waits, and what is not known: shown as Terraform says it. */
export function unreviewedSection({ stacks }: PlanReport, detail: Detail): Part {
  const found = stacks.flatMap((stack) => stack.unreviewed.map((each) => ({ each, stack })));
  return {
    section: heading(
      `Not reviewed (${found.length})`,
      "No rule covers what this does; the counts above leave it out.",
    ),
    pieces: found.map(({ each, stack }) =>
      row(
        riskRank("data") - 0.5,
        `- ${code(each.address, detail.address)} ${prose(each.what, 300)} in ${code(stack.name, 60)}\n`,
      ),
    ),
  };
}

/** Outputs that change. */
export function outputSection({ stacks, source }: PlanReport, detail: Detail): Part {
  const changed = stacks.filter((stack) => stack.outputs.length > 0);
  const count = changed.reduce((sum, stack) => sum + stack.outputs.length, 0);
  return {
    section: fold(`${source === "code" ? "Outputs and settings" : "Outputs"} (${count})`),
    pieces: changed.map((stack) =>
      row(
        riskRank("tags") + 0.5,
        `- ${code(stack.name, 80)}: ${stack.outputs
          .slice(0, detail.names)
          .map(({ name, action }) => `${code(name, 80)} ${verbs[action]}`)
          .join(", ")}${more(stack.outputs.length - detail.names)}\n`,
      ),
    ),
  };
}

function withinBytes(lines: readonly string[], maximum: number): string[] {
  let bytes = 0;
  const count = lines.findIndex((line) => (bytes += byteLength(line) + 1) > maximum);
  return count < 0
    ? [...lines]
    : [...lines.slice(0, count), `  and ${plural(lines.length - count, "more line")}`];
}
