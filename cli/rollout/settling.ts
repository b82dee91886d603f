import type { AwsAccess } from "../aws/access";
import { CommandError, messageOf } from "../base/errors";
import type { Stack } from "../stacks/manifest";
import type { Session } from "../session/session";
import type { StateHome } from "../state/state-home";
import {
  type DeployedAppRunnerService,
  type DeployedEcsService,
  type Workload,
  workloadsOf,
} from "./workload-places";
import {
  judgeAppRunner,
  judgeDeployment,
  judgeDomains,
  judgeTargets,
  type Verdict,
} from "./workload-verdicts";

/** Seconds between two looks at a service. */
const lookEverySeconds = 10;

/** Looks in a row that may fail before the rollout does: a network may fail for a moment. */
const failedLooks = 3;

/** Events of ECS that a refusal shows. */
const shownEvents = 3;

/** Characters of a line that somebody else wrote. */
const shownLineLength = 300;

/**
 * Waits until what stacks run serves. Terraform is content once AWS has taken an order; whether tasks
 * start, a deployment is rolled back or a name gets its certificate shows minutes later.
 */
export class Settling {
  public constructor(
    private readonly session: Session,
    private readonly home: StateHome,
  ) {}

  /** What a stack runs. */
  public async workloadsOf(stack: Stack): Promise<Workload[]> {
    return workloadsOf(await this.home.stateOf(stack));
  }

  /**
   * Waits until all of it serves, at most `rollout.settleSeconds`. Returns early when the user wants to stop.
   *
   * @param isChanged - whether this run has changed the stack. Of another only what an earlier run may have
   * left under way is waited for: a region that is ill must not keep a mend from the others
   * @throws CommandError with all that failed, and the reasons that AWS and the containers give.
   */
  public async wait(workloads: readonly Workload[], isChanged: boolean): Promise<void> {
    const failures = await Promise.all(workloads.map((workload) => this.failureOf(workload, isChanged)));
    const told = failures.filter((failure) => failure !== undefined);
    if (told.length > 0) {
      throw new CommandError(
        told.join("\n"),
        "Fix what the reasons name, or revert the change, and deploy again. No later region and no record was changed.",
      );
    }
  }

  private async failureOf(workload: Workload, isChanged: boolean): Promise<string | undefined> {
    const { context, environment } = this.session;
    const watch = new Watch(this.session, workload, isChanged);
    let verdict = await watch.look();
    for (let second = 1; verdict.kind === "not yet" && !context.interrupts.requested; second += 1) {
      if (second > environment.rollout.settleSeconds) {
        return this.told(workload, `after ${environment.rollout.settleSeconds} s ${verdict.why}`);
      }
      await context.sleep(1000);
      if (second % lookEverySeconds === 0) {
        verdict = await watch.look();
      }
    }
    return verdict.kind === "failed" ? this.told(workload, verdict.why) : undefined;
  }

  private async told(workload: Workload, why: string): Promise<string> {
    const lines = workload.kind === "ecs" ? await this.reasonsOf(workload) : [];
    return [
      `${workload.name} in ${workload.region} does not serve: ${why.replace(/\.+$/, "")}.`,
      ...lines,
    ].join("\n");
  }

  /** Why tasks of a service did not start or did not stay. What cannot be read must not hide the failure. */
  private async reasonsOf(service: DeployedEcsService): Promise<string[]> {
    const { context, access } = this.session;
    const { workloads } = context.aws;
    try {
      const [tasks, now] = await Promise.all([
        workloads.stoppedTasks(access, service),
        workloads.ecsService(access, service),
      ]);
      return [
        ...tasks.flatMap(({ id, reason, containers, logLines }) => [
          `  task ${id} stopped: ${oneLine(reason === "" ? "ECS gives no reason" : reason)}`,
          ...containers.map((container) => `    ${oneLine(container)}`),
          ...logLines.map((line) => `    | ${oneLine(line)}`),
        ]),
        ...(now?.events ?? []).slice(0, shownEvents).map((event) => `  event: ${oneLine(event)}`),
      ];
    } catch (error) {
      return [`  (the reasons cannot be read: ${oneLine(messageOf(error))})`];
    }
  }
}

/** One service, looked at again and again. */
class Watch {
  private readonly access: AwsAccess;
  private began: string | undefined;
  private wasUnderWay = false;
  private failures = 0;

  public constructor(
    private readonly session: Session,
    private readonly workload: Workload,
    private readonly isChanged: boolean,
  ) {
    this.access = session.access;
  }

  public async look(): Promise<Verdict> {
    try {
      const verdict = await this.judge();
      this.failures = 0;
      this.wasUnderWay ||= verdict.kind === "not yet";
      return verdict;
    } catch (error) {
      this.failures += 1;
      if (this.failures >= failedLooks || isRefused(error)) {
        throw error;
      }
      return { kind: "not yet", why: messageOf(error) };
    }
  }

  private judge(): Promise<Verdict> {
    return this.workload.kind === "ecs" ? this.judgeEcs(this.workload) : this.judgeAppRunner(this.workload);
  }

  private async judgeEcs(service: DeployedEcsService): Promise<Verdict> {
    const { workloads } = this.session.context.aws;
    const now = await workloads.ecsService(this.access, service);
    const verdict = judgeDeployment(service, now, this.began);
    this.began ??= now?.deployments.find(({ isPrimary }) => isPrimary)?.id;
    if (verdict.kind !== "serves" || now === undefined || !(this.isChanged || this.wasUnderWay)) {
      return verdict;
    }
    for (const targetGroupArn of now.targetGroupArns) {
      const health = judgeTargets(now, await workloads.targets(this.access, service.region, targetGroupArn));
      if (health.kind !== "serves") {
        return health;
      }
    }
    return verdict;
  }

  private async judgeAppRunner(service: DeployedAppRunnerService): Promise<Verdict> {
    const { workloads } = this.session.context.aws;
    const now = await workloads.appRunnerService(this.access, service.region, service.arn);
    return this.isChanged ? judgeAppRunner(service, now) : judgeDomains(service, now);
  }
}

function isRefused(error: unknown): boolean {
  return /AccessDenied|not authorized|ExpiredToken/.test(messageOf(error));
}

/**
 * A line that a container or AWS wrote, safe to show: without characters that move a terminal's cursor,
 * and short. The bar before it keeps GitHub from reading it as a command of a workflow.
 */
function oneLine(text: string): string {
  const plain = text
    .replace(/\u001b\[[0-9;?]*[ -/]*[@-~]/g, "")
    .replace(/[\u0000-\u001f\u007f-\u009f]+/g, " ");
  const short = plain.trim();
  return short.length > shownLineLength ? `${short.slice(0, shownLineLength)}…` : short;
}
