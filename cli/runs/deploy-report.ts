import { writeFileSync } from "node:fs";

import { scrubberFor } from "../../analysis/redact";
import { type DeployReport, redactDeployReport } from "../../analysis/report";
import type { TerraformPlanJson } from "../../analysis/plan";
import { messageOf } from "../base/errors";
import type { PlansByStack } from "../plan/plan-reading";
import type { StackResult } from "../terminal/report";
import { refuseUnwritable } from "../base/result-file";
import { commitOf } from "../base/repository";
import type { Session } from "../session/session";

/**
 * Keeps the report on a deploy in a file, for `meridian comment`: from its beginning, so that one that is killed
 * has a report that says so. Holds no secret of any plan that the deploy has read.
 */
export class DeployReporter {
  private readonly plans: TerraformPlanJson[] = [];

  public constructor(
    private readonly session: Session,
    private readonly file: string | undefined,
    private readonly digest: string | undefined,
  ) {
    refuseUnwritable(session.context.workspace, [file]);
    this.write({ state: "begun", stacks: [] });
  }

  /** Whether somebody wants a report. */
  public get isWanted(): boolean {
    return this.file !== undefined;
  }

  /** Takes plans whose secrets must not be in the report. */
  public read(plans: PlansByStack): void {
    this.plans.push(...plans.values());
  }

  /** Tells how the deploy ended. */
  public done(results: readonly StackResult[], isGood: boolean): void {
    this.write({ state: isGood ? "done" : "failed", stacks: results.map(deployed) });
  }

  /** Tells why it ended before anything was applied. */
  public refused(error: unknown): void {
    const remedy = (error as { remedy?: string }).remedy;
    const told = { message: messageOf(error), ...(remedy === undefined ? {} : { remedy }) };
    this.write({ state: "failed", stacks: [], ...told });
  }

  private write(about: Pick<DeployReport, "state" | "stacks" | "message" | "remedy">): void {
    if (this.file === undefined) {
      return;
    }
    const { context, environment } = this.session;
    const commit = commitOf(context.workspace.projectDirectory);
    const report: DeployReport = {
      version: 1,
      kind: "deploy",
      environment: environment.name,
      ...(commit === undefined ? {} : { commit }),
      ...(this.digest === undefined ? {} : { digest: this.digest }),
      ...about,
    };
    const redacted = redactDeployReport(report, scrubberFor(this.plans));
    try {
      writeFileSync(this.file, `${JSON.stringify(redacted, null, 2)}\n`);
    } catch (error) {
      // What was applied is applied: a report that cannot be written fails nothing.
      context.terminal.err(`The report cannot be written to ${this.file}: ${messageOf(error)}\n`);
    }
  }
}

function deployed(result: StackResult): DeployReport["stacks"][number] {
  const { stack, outcome, counts, elapsedMilliseconds, needs, failedResources, message, remedy } = result;
  return {
    name: stack,
    outcome,
    seconds: elapsedMilliseconds / 1000,
    ...(counts === undefined
      ? {}
      : { counts: { add: counts.add, change: counts.change, remove: counts.remove } }),
    ...(needs === undefined ? {} : { needs }),
    ...(failedResources === undefined || failedResources.length === 0 ? {} : { failedResources }),
    ...(message === undefined ? {} : { message }),
    ...(remedy === undefined ? {} : { remedy }),
  };
}
