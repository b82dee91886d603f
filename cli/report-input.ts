import { writeFileSync } from "node:fs";

import { buildReport, renderMarkdown, type PlannedStack, type PlanReport } from "../analysis/report";
import type { TargetEnvironment } from "./context";
import { CommandError, messageOf } from "./errors";
import type { StackResult } from "./report";
import { commitOf } from "./saved-plan";
import type { Session } from "./session";

/** The region of a stack that is for one: its layer is the region's name. */
export function regionOfStack(environment: TargetEnvironment, stack: string): string | undefined {
  return Object.keys(environment.regions).find((region) => stack === `${environment.name}-${region}`);
}

/** The report on what was planned, read from the saved plans. It holds no secret. */
export async function reportOf(session: Session, results: readonly StackResult[]): Promise<PlanReport> {
  const { context, environment } = session;
  const stacks = await Promise.all(results.map((result) => plannedStack(session, result)));
  const commit = commitOf(context.workspace.projectDirectory);
  return buildReport({
    environment: environment.name,
    ...(commit === undefined ? {} : { commit }),
    stacks,
  });
}

async function plannedStack(session: Session, result: StackResult): Promise<PlannedStack> {
  const { environment, selected, terraform } = session;
  const region = regionOfStack(environment, result.stack);
  const stack = selected.find(({ name }) => name === result.stack);
  const plan =
    stack === undefined || result.plan === undefined ? undefined : await terraform.show(stack, result.plan);
  const blockedOn = result.outcome === "blocked" ? result.needs : undefined;
  return {
    name: result.stack,
    ...(region === undefined ? {} : { region, layer: "regional" }),
    ...(plan === undefined ? {} : { plan }),
    ...(blockedOn === undefined ? {} : { blockedOn }),
    ...(result.outcome === "failed" ? { error: result.message ?? "planning failed" } : {}),
  };
}

/** Where a report is written, in which form. */
export interface ReportFiles {
  /** File for machines: `meridian comment` reads it. */
  readonly report?: string;
  /** File for people, short enough for a comment. */
  readonly markdown?: string;
}

/** Writes a report where it was asked for. */
export function writeReport(report: PlanReport, files: ReportFiles): void {
  write(files.report, () => `${JSON.stringify(report, null, 2)}\n`);
  write(files.markdown, () => renderMarkdown([report]));
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
