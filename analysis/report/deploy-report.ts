import { z } from "zod";

import { redactValue, type Scrubber } from "../redact";
import { plural } from "./section";
import { byteLength, code, fence, prose, shorten, visible } from "./text";

/** What a deploy did with one stack. Holds no secret. */
export interface DeployedStack {
  readonly name: string;
  /** How it came out, in the words of the runner: `applied`, `already applied`, `failed`, … */
  readonly outcome: string;
  readonly counts?: { readonly add: number; readonly change: number; readonly remove: number };
  readonly seconds: number;
  /** Stacks that it waits for. */
  readonly needs?: readonly string[];
  /** Addresses of the resources that failed. */
  readonly failedResources?: readonly string[];
  readonly message?: string;
  readonly remedy?: string;
}

/** The report on a deploy, as data. Holds no secret, and can be kept and rendered later. */
export interface DeployReport {
  /** Version of this format. */
  readonly version: 1;
  readonly kind: "deploy";
  readonly environment: string;
  readonly commit?: string;
  /** Digest of the saved plans that were applied. */
  readonly digest?: string;
  /** `begun` until the end of the deploy was seen: one that was killed stays so. */
  readonly state: "begun" | "done" | "failed";
  readonly stacks: readonly DeployedStack[];
  /** Why nothing was applied at all. */
  readonly message?: string;
  readonly remedy?: string;
}

const text = z.string();
const schema = z.object({
  version: z.literal(1),
  kind: z.literal("deploy"),
  environment: text,
  commit: text.optional(),
  digest: text.optional(),
  state: z.enum(["begun", "done", "failed"]),
  stacks: z.array(
    z.object({
      name: text,
      outcome: text,
      counts: z.object({ add: z.number(), change: z.number(), remove: z.number() }).optional(),
      seconds: z.number(),
      needs: z.array(text).optional(),
      failedResources: z.array(text).optional(),
      message: text.optional(),
      remedy: text.optional(),
    }),
  ),
  message: text.optional(),
  remedy: text.optional(),
});

/** Reads a report that was kept as JSON; nothing where it is none. */
export function parseDeployReport(content: unknown): DeployReport | undefined {
  return schema.safeParse(content).data;
}

/** The report without any secret that a scrubber knows. */
export function redactDeployReport(report: DeployReport, scrubber: Scrubber): DeployReport {
  const { stacks, message, remedy } = report;
  return {
    ...report,
    stacks: stacks.map((stack) => ({
      ...stack,
      ...redactValue(
        {
          ...(stack.failedResources === undefined ? {} : { failedResources: stack.failedResources }),
          ...(stack.message === undefined ? {} : { message: stack.message }),
          ...(stack.remedy === undefined ? {} : { remedy: stack.remedy }),
        },
        scrubber,
      ),
    })),
    ...(message === undefined ? {} : { message: scrubber.text(message) }),
    ...(remedy === undefined ? {} : { remedy: scrubber.text(remedy) }),
  };
}

/** What went wrong in more stacks than these went wrong in all of them. */
const mostFailures = 20;

/** Characters of each message and rows of the table, from the most to what always fits. */
const sizes = [
  [8000, 300],
  [2000, 300],
  [500, 200],
  [100, 100],
  [0, 20],
] as const;

/** Renders the report as Markdown of at most so many bytes, with what went wrong and what to do about it. */
export function renderDeployReport(report: DeployReport, limitBytes: number): string {
  for (const [messageLength, rows] of sizes) {
    const text = rendered(report, messageLength, rows);
    if (byteLength(text) <= limitBytes) {
      return text;
    }
  }
  return headOf(report);
}

function rendered(report: DeployReport, messageLength: number, mostRows: number): string {
  const { stacks, message, remedy } = report;
  const rows = stacks.slice(0, mostRows).map(rowOf);
  const failed = stacks.filter((stack) => stack.message !== undefined || stack.outcome === "failed");
  const hidden = stacks.length - rows.length;
  return [
    headOf(report),
    ...(message === undefined ? [] : [cause(message, remedy, messageLength)]),
    ...(rows.length === 0
      ? []
      : [
          "| Stack | Result | Add | Change | Destroy | Took |\n| --- | --- | ---: | ---: | ---: | ---: |\n" +
            rows.join("") +
            (hidden > 0 ? `\n${plural(hidden, "more stack")}.\n` : ""),
        ]),
    ...(failed.length === 0 ? [] : [`### What went wrong (${failed.length})\n`]),
    ...failed.slice(0, mostFailures).map((stack) => failureOf(stack, messageLength)),
    ...(failed.length > mostFailures ? [`${failed.length - mostFailures} more failed.\n`] : []),
  ].join("\n");
}

function headOf({ environment, state, stacks, commit, digest }: DeployReport): string {
  const isResumed = stacks.some(({ outcome }) => outcome === "already applied");
  const said =
    state === "begun"
      ? "the deploy was started, and its end was not recorded"
      : state === "failed"
        ? "the deploy did not finish"
        : "deployed";
  const bound = [
    ...(commit === undefined ? [] : [`Commit ${code(commit, 64)}.`]),
    ...(digest === undefined ? [] : [`Plan digest ${code(digest, 100)}.`]),
    ...(isResumed ? ["It continued an earlier run of the same plans."] : []),
    ...(state === "begun"
      ? [`If its run is over, \`meridian recover\` shows what it left, and the same run again continues.`]
      : []),
  ];
  return `## ${code(environment, 60)}: ${said}\n${bound.length === 0 ? "" : `\n${bound.join(" ")}\n`}`;
}

function rowOf({ name, outcome, counts, seconds, needs = [] }: DeployedStack): string {
  const { add, change, remove } = counts ?? {};
  const waits =
    needs.length === 0
      ? ""
      : `: needs ${needs
          .slice(0, 3)
          .map((need) => code(need, 60))
          .join(", ")}`;
  const cells = [code(name, 80), `${prose(outcome, 60)}${waits}`, ...[add, change, remove].map(shown)];
  return `| ${[...cells, duration(seconds)].join(" | ")} |\n`;
}

function shown(count: number | undefined): string {
  return count === undefined ? "" : String(count);
}

function failureOf(
  { name, outcome, failedResources = [], message, remedy }: DeployedStack,
  length: number,
): string {
  const resources = failedResources.slice(0, 5).map((address) => code(address, 160));
  const more = failedResources.length > 5 ? ` and ${failedResources.length - 5} more` : "";
  const where = resources.length === 0 ? "" : `, failed in ${resources.join(", ")}${more}`;
  return `${code(name, 80)}: ${prose(outcome, 60)}${where}\n\n${cause(message ?? "", remedy, length)}`;
}

function cause(message: string, remedy: string | undefined, length: number): string {
  const lines = shorten(message, length)
    .split(/\r\n|[\n\r]/)
    .map((line) => visible(line));
  return [
    ...(message === "" || length === 0 ? [] : [fence("text", lines)]),
    ...(remedy === undefined || length === 0 ? [] : [`To do:\n\n${fence("text", todo(remedy, length))}`]),
  ].join("\n");
}

function todo(remedy: string, length: number): string[] {
  return shorten(remedy, length)
    .split("\n")
    .map((line) => visible(line));
}

function duration(seconds: number): string {
  const whole = Math.round(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
