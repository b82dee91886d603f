import picocolors from "picocolors";
import { risks, type ResourceChange, type Risk } from "../change";
import { attributeLines } from "./attribute-lines";
import { billedChanges, billedText } from "./billing";
import { grouped, titles, verbs, type GroupedChange } from "./change-sections";
import type { PlanReport } from "./report";
import type { StackReport } from "./stack-report";
import { countsText, more } from "./section";
import { shorten, visible } from "./text";

/** How to print a report. */
export interface TerminalOptions {
  /** Whether the terminal shows colours. */
  readonly colour: boolean;
  /**
   * How many attributes of a resource are printed; the rest is counted.
   *
   * @default 30
   */
  readonly attributes?: number;
}

type Palette = ReturnType<typeof picocolors.createColors>;

/** Prints a report for a terminal, the dangerous part first. Control characters of a plan are spelt out. */
export function renderTerminal(report: PlanReport, options: TerminalOptions): string {
  const palette = picocolors.createColors(options.colour);
  const { environment, empty, counts, stacks } = report;
  const lines = [
    palette.bold(`${visible(environment)}: ${empty ? "nothing changes" : countsText(counts)}`),
    ...(empty ? [] : stacks.flatMap((stack) => stackLines(stack, palette))),
    ...risks.flatMap((risk) => riskLines(report, risk, palette, options.attributes ?? 30)),
    ...billingLines(report, palette),
    ...stacks.flatMap((stack) => remarks(stack, palette)),
  ];
  return `${lines.join("\n")}\n`;
}

function stackLines(stack: StackReport, palette: Palette): string[] {
  const name = `  ${visible(stack.name)}`;
  switch (stack.state) {
    case "changes":
      return [`${name}: ${countsText(stack.counts)}`];
    case "blocked":
      return [`${name}: ${palette.yellow(`blocked on ${stack.blockedOn.map(visible).join(", ")}`)}`];
    case "failed":
      return [`${name}: ${palette.red("failed")}`];
    default:
      return [palette.dim(`${name}: ${stack.state}`)];
  }
}

function riskLines(report: PlanReport, risk: Risk, palette: Palette, attributes: number): string[] {
  const groups = grouped(report.stacks, ({ changes }) => changes.filter((change) => change.risk === risk));
  if (groups.length === 0) {
    return [];
  }
  const colour =
    risk === "data" || risk === "protection"
      ? palette.red
      : risk === "change" || risk === "tags"
        ? palette.reset
        : palette.yellow;
  return [
    "",
    colour(palette.bold(titles[risk])),
    ...groups.flatMap((group) => changeLines(group, palette, attributes)),
  ];
}

function billingLines(report: PlanReport, palette: Palette): string[] {
  const changes = billedChanges(report);
  return changes.length === 0
    ? []
    : [
        "",
        palette.bold("Billed by the hour or month, what usually costs most first"),
        ...changes.map((change) => `  ${billedText(change)} (${change.pricing})`),
      ];
}

function changeLines({ change, stacks }: GroupedChange, palette: Palette, attributes: number): string[] {
  const origin = change.movedFrom === undefined ? "" : ` from ${visible(change.movedFrom)}`;
  const where =
    stacks
      .slice(0, 6)
      .map(({ name }) => visible(name))
      .join(", ") + more(stacks.length - 6);
  return [
    `  ${palette.bold(shorten(visible(change.address), 200))} ${verbs[change.action]}${origin} in ${where}`,
    ...change.findings.map(({ summary }) => `    ${palette.yellow("!")} ${shorten(visible(summary), 400)}`),
    ...attributeTexts(change, palette, attributes),
  ];
}

function attributeTexts({ attributes }: ResourceChange, palette: Palette, maximum: number): string[] {
  const lines = attributes.slice(0, maximum).flatMap((attribute) => attributeLines(attribute, 160));
  const left = attributes.length - maximum;
  return [
    ...lines.map((line) => `      ${line.startsWith("-") ? palette.red(line) : palette.green(line)}`),
    ...(left > 0 ? [`      and ${left} more attributes`] : []),
  ];
}

function remarks({ name, drift, warnings, unreviewed, error }: StackReport, palette: Palette): string[] {
  const at = `in ${visible(name)}`;
  return [
    ...unreviewed.map(
      ({ address, what }) => `${palette.yellow("not reviewed")} ${visible(address)} ${visible(what)} ${at}`,
    ),
    ...drift.map(({ address, attributes }) => {
      const names = attributes
        .slice(0, 10)
        .map(({ path }) => visible(path))
        .join(", ");
      return `${palette.yellow("drift")} ${visible(address)} ${at}${names === "" ? "" : `: ${names}`}`;
    }),
    ...warnings.map(
      ({ address, messages }) =>
        `${palette.yellow("check")} ${visible(address)} ${at}: ${messages.map(visible).join("; ")}`,
    ),
    ...(error === undefined
      ? []
      : [`${palette.red("error")} ${at}`, ...error.split("\n").map((line) => `  ${visible(line)}`)]),
  ];
}
