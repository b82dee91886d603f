import { relative } from "node:path";

import Table from "cli-table3";
import pc from "picocolors";

import { type ChangeCounts, indent, type PlannedChange } from "../terraform/events";
import { fitRows, widthOf, wrapped } from "./cells";
import { duration } from "./frame";

/** How a stack came out of a command. */
export type Outcome =
  | "valid"
  | "no changes"
  | "changes"
  | "applied"
  | "partly applied"
  | "already applied"
  | "destroyed"
  | "partly destroyed"
  | "nothing to destroy"
  | "recovered"
  | "nothing lost"
  | "blocked"
  | "not begun"
  | "not approved"
  | "refused"
  | "stopped"
  | "interrupted"
  | "failed";

/** What a command did with one stack. */
export interface StackResult {
  readonly stack: string;
  readonly outcome: Outcome;
  /** What is to be done (`changes`), or what was really done, also by an apply that failed. */
  readonly counts?: ChangeCounts;
  readonly changes?: readonly PlannedChange[];
  readonly elapsedMilliseconds: number;
  /** Stacks that must be deployed first (`blocked`) or that went wrong (`not begun`). */
  readonly needs?: readonly string[];
  /** Addresses of the resources that failed. */
  readonly failedResources?: readonly string[];
  readonly message?: string;
  readonly remedy?: string;
  readonly log?: string;
  /** The signal that ended Terraform. */
  readonly signal?: NodeJS.Signals;
  /** The saved plan. */
  readonly plan?: string;
}

const colours: Readonly<Record<Outcome, (text: string) => string>> = {
  valid: pc.green,
  "no changes": pc.green,
  changes: pc.yellow,
  applied: pc.green,
  "partly applied": pc.red,
  "already applied": pc.green,
  destroyed: pc.green,
  "partly destroyed": pc.red,
  "nothing to destroy": pc.dim,
  recovered: pc.green,
  "nothing lost": pc.dim,
  blocked: pc.yellow,
  "not begun": pc.yellow,
  "not approved": pc.yellow,
  refused: pc.red,
  stopped: pc.yellow,
  interrupted: pc.yellow,
  failed: pc.red,
};

const columnGap = 2;

/** A table without lines, aligned; in a window of a given width, long cells lose their middle. */
export function table(
  head: readonly string[],
  rows: readonly (readonly (string | number)[])[],
  width = Number.POSITIVE_INFINITY,
): string {
  const [titles = [], ...fitting] = fitRows([head, ...rows.map((row) => row.map(String))], width, columnGap);
  const printed = new Table({
    head: titles.map((text) => pc.bold(text)),
    chars: noLines,
    style: { head: [], border: [], "padding-left": 0, "padding-right": columnGap },
  });
  printed.push(...fitting.map((row) => [...row]));
  return `${printed.toString().replace(/ +$/gm, "")}\n`;
}

const noLines = Object.fromEntries(
  "top top-mid top-left top-right bottom bottom-mid bottom-left bottom-right left left-mid mid mid-mid right right-mid middle"
    .split(" ")
    .map((name) => [name, ""]),
);

/** The table at the end of a command, and below it what failed and why. */
export function summary(results: readonly StackResult[], width?: number): string {
  const figures = results.every(({ outcome }) => onlyRead.has(outcome))
    ? ["Add", "Change", "Destroy"]
    : ["Added", "Changed", "Destroyed"];
  const rowsWith = (outcomeIn: (result: StackResult) => string): string[][] => [
    ["Stack", ...figures, "Elapsed", "Result"],
    ...results.map((result) => [
      result.stack,
      ...counts(result.counts),
      result.elapsedMilliseconds === 0 ? "-" : duration(result.elapsedMilliseconds),
      colours[result.outcome](outcomeIn(result)),
    ]),
  ];
  const whole = rowsWith((result) => outcomeOf(result, results));
  const fits = width === undefined || widthOf(whole, columnGap) <= width;
  const [head = [], ...rows] = fits ? whole : rowsWith(({ outcome }) => outcome);
  // What finds no room in the table stands below it, where lines may be broken.
  const reasons = results.filter(({ outcome }) => !fits && ["blocked", "not begun"].includes(outcome));
  const below = [
    ...(reasons.length === 0
      ? []
      : [reasons.map((result) => `${result.stack} ${outcomeOf(result, results)}\n`).join("")]),
    ...results
      .filter(({ outcome, message }) => outcome === "failed" || message !== undefined)
      .map((result) => failureOf(result, results)),
  ];
  const shown = width === undefined ? below : below.map((text) => wrapped(text, width));
  return [table(head, rows, width), ...shown].join("\n");
}

/** Outcomes of commands that change nothing. */
const onlyRead: ReadonlySet<Outcome> = new Set(["valid", "no changes", "changes", "blocked", "failed"]);

function counts(changes: ChangeCounts | undefined): string[] {
  return changes === undefined ? ["-", "-", "-"] : [changes.add, changes.change, changes.remove].map(String);
}

function outcomeOf({ outcome, needs = [] }: StackResult, all: readonly StackResult[]): string {
  switch (outcome) {
    case "blocked":
      return `blocked on ${needs.join(", ")}`;
    case "not begun":
      return `not begun: waits for ${needs.map((name) => causeOf(name, all)).join(", ")}`;
    default:
      return outcome;
  }
}

/** A stack that others wait for, and why they do so in vain. */
function causeOf(name: string, all: readonly StackResult[]): string {
  const outcome = all.find(({ stack }) => stack === name)?.outcome;
  const reason = outcome === undefined ? undefined : reasons[outcome];
  return reason === undefined ? name : `${name} (${reason})`;
}

const reasons: Readonly<Partial<Record<Outcome, string>>> = {
  failed: "failed",
  "partly applied": "failed",
  "partly destroyed": "failed",
  blocked: "blocked",
  refused: "refused",
  stopped: "stopped",
  interrupted: "interrupted",
  "not approved": "not approved",
};

function failureOf(result: StackResult, all: readonly StackResult[]): string {
  const lines = [
    pc.red(`${result.stack} ${outcomeOf(result, all)}${inResources(result.failedResources)}`),
    indent(result.message ?? ""),
    result.remedy === undefined ? "" : `  ${pc.bold("To do:")} ${result.remedy}`,
    result.log === undefined ? "" : `  Log: ${fromHere(result.log)}`,
  ];
  return `${lines.filter((line) => line !== "").join("\n")}\n`;
}

/** A path as short as it can be copied from here. */
function fromHere(path: string): string {
  const short = relative(process.cwd(), path);
  return short.startsWith("..") ? path : short;
}

function inResources(resources: readonly string[] = []): string {
  return resources.length === 0 ? "" : ` in ${resources.join(", ")}`;
}

const marks: Readonly<Record<PlannedChange["action"], string>> = {
  delete: pc.red("-  "),
  replace: pc.red("-/+"),
  forget: pc.red(".  "),
  remove: pc.red(".  "),
  update: pc.yellow("~  "),
  create: pc.green("+  "),
  import: pc.green("<  "),
  move: pc.dim(">  "),
};
const order = Object.keys(marks);
const shownChanges = 25;

/** What a stack's plan would do, the dangerous part first. */
export function changeList({ stack, changes = [], log }: StackResult): string {
  const sorted = [...changes].sort((a, b) => order.indexOf(a.action) - order.indexOf(b.action));
  const lines = sorted.slice(0, shownChanges).map(({ action, address }) => `  ${marks[action]} ${address}`);
  const rest = sorted.length - lines.length;
  return [
    pc.bold(stack),
    ...(sorted.length === 0 ? ["  only outputs change"] : lines),
    ...(rest > 0 ? [`  … and ${rest} more${log === undefined ? "" : ` (${log})`}`] : []),
    "",
  ].join("\n");
}
