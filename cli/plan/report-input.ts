import { writeFileSync } from "node:fs";

import type { StackDiff } from "../../analysis/diff";
import {
  buildReport,
  renderMarkdown,
  summaryLimit,
  type NeededApproval,
  type PlannedStack,
  type PlanReport,
} from "../../analysis/report";
import type { TargetEnvironment } from "../base/target-environment";
import { CommandError, messageOf } from "../base/errors";
import type { PlansByStack } from "./plan-reading";
import type { StackResult } from "../terminal/report";
import { commitOf } from "../base/repository";
import type { Session } from "../session/session";
import { networkStackOf } from "../stacks/layers";

/** The region of a stack that is for one: its layer is the region's name, or that of the region's network. */
export function regionOfStack({ name, regions }: TargetEnvironment, stack: string): string | undefined {
  return Object.keys(regions).find((region) =>
    [`${name}-${region}`, networkStackOf(`${name}-${region}`)].includes(stack),
  );
}

/** What a report tells besides the plans. */
export interface ReportContext {
  /** Names of the stacks that the code does not have any more. */
  readonly orphans?: ReadonlySet<string>;
  /** What the code changes in stacks that could not be planned. */
  readonly codeChanges?: ReadonlyMap<string, StackDiff>;
  /** Digest of the saved plans. */
  readonly digest?: string;
  /** What needs an approval. */
  readonly approvals?: readonly NeededApproval[];
}

/** The report on what was planned. It holds no secret. */
export function reportOf(
  session: Session,
  results: readonly StackResult[],
  plans: PlansByStack,
  about: ReportContext = {},
): PlanReport {
  const { context, environment } = session;
  const commit = commitOf(context.workspace.projectDirectory);
  const { digest, approvals } = about;
  const report = buildReport({
    environment: environment.name,
    ...(commit === undefined ? {} : { commit }),
    ...(digest === undefined ? {} : { digest }),
    stacks: results.map((result) => plannedStack(environment, result, plans, about)),
  });
  return approvals === undefined ? report : { ...report, approvals };
}

function plannedStack(
  environment: TargetEnvironment,
  { stack: name, outcome, needs, message }: StackResult,
  plans: PlansByStack,
  { orphans, codeChanges }: ReportContext,
): PlannedStack {
  const region = regionOfStack(environment, name);
  const plan = plans.get(name);
  const synthDiff = codeChanges?.get(name);
  return {
    name,
    ...(region === undefined ? {} : { region, layer: name.endsWith(region) ? "regional" : "network" }),
    ...(plan === undefined ? {} : { plan }),
    ...(outcome === "blocked" && needs !== undefined ? { blockedOn: needs } : {}),
    ...(synthDiff === undefined ? {} : { synthDiff }),
    ...(orphans?.has(name) === true ? { isOrphan: true } : {}),
    ...(outcome === "failed" ? { error: message ?? "planning failed" } : {}),
  };
}

/** Where a report is written, in which form. */
export interface ReportFiles {
  /** File for machines: `meridian comment` reads it. */
  readonly report?: string;
  /** File for people, short enough for a comment. */
  readonly markdown?: string;
  /** File for people with all of it, however long that is. */
  readonly fullReport?: string;
  /** File for people that GitHub takes as the summary of a job: all of it up to 1 MiB. */
  readonly summary?: string;
}

/** The report with nothing left out. */
export function fullReport(report: PlanReport): string {
  return renderMarkdown([report], { limitBytes: Number.POSITIVE_INFINITY });
}

/**
 * Writes a report where it was asked for.
 *
 * @param savedDigest - SHA-256 of the full report that is saved with the plans.
 */
export function writeReport(report: PlanReport, files: ReportFiles, savedDigest?: string): void {
  const place =
    savedDigest === undefined
      ? {}
      : { fullReport: `report.md beside the saved plans (SHA-256 ${savedDigest})` };
  write(files.report, () => `${JSON.stringify(report, null, 2)}\n`);
  write(files.markdown, () => renderMarkdown([report], place));
  write(files.summary, () => renderMarkdown([report], { limitBytes: summaryLimit, ...place }));
  write(files.fullReport, () => fullReport(report));
}

function write(file: string | undefined, content: () => string): void {
  if (file === undefined) {
    return;
  }
  try {
    writeFileSync(file, content());
  } catch (error) {
    throw new CommandError(
      `The report cannot be written to ${file}: ${messageOf(error)}`,
      "Name a file in a directory that exists.",
    );
  }
}
