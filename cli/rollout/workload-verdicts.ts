import type { AppRunnerServiceNow, EcsServiceNow, TargetHealth } from "../aws/workloads";
import type { DeployedAppRunnerService, DeployedEcsService } from "./workload-places";

/** Whether users may be led to a service: yes, not yet, or not at all. */
export type Verdict =
  | { readonly kind: "serves" }
  | { readonly kind: "not yet"; readonly why: string }
  | { readonly kind: "failed"; readonly why: string };

const serves: Verdict = { kind: "serves" };

function notYet(why: string): Verdict {
  return { kind: "not yet", why };
}

function failed(why: string): Verdict {
  return { kind: "failed", why };
}

/**
 * What the deployments of an ECS service say. ECS takes an order at once and rolls back later, and then
 * the service is as steady as after a success: only what it runs tells the two apart.
 *
 * @param began - the primary deployment when this run first looked
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html
 */
export function judgeDeployment(
  service: DeployedEcsService,
  now: EcsServiceNow | undefined,
  began: string | undefined,
): Verdict {
  if (now === undefined) {
    return failed("it no longer exists");
  }
  const primary = now.deployments.find(({ isPrimary }) => isPrimary);
  if (primary === undefined) {
    return notYet("it has no deployment yet");
  }
  const given = now.deployments.find(
    ({ rolloutState, id, taskDefinition }) =>
      rolloutState === "FAILED" && (id === began || isSameRevision(taskDefinition, service.taskDefinition)),
  );
  if (given !== undefined) {
    const what = given.isPrimary ? "its deployment failed" : "ECS rolled its deployment back";
    return failed(`${what}: ${given.reason === "" ? `${given.id} failed` : given.reason}`);
  }
  if (!isSameRevision(primary.taskDefinition, service.taskDefinition)) {
    return failed(
      `ECS rolled its deployment back: it runs ${revisionOf(primary.taskDefinition)} and not ${revisionOf(service.taskDefinition)}`,
    );
  }
  if (began !== undefined && primary.id !== began) {
    return failed(`deployment ${began} was rolled back or replaced by ${primary.id}`);
  }
  return primary.rolloutState === "IN_PROGRESS"
    ? notYet(`${primary.runningTasks} of ${primary.desiredTasks} tasks run, ${primary.failedTasks} failed`)
    : serves;
}

/** What a load balancer says of the tasks of a service that is deployed. */
export function judgeTargets(now: EcsServiceNow, targets: readonly TargetHealth[]): Verdict {
  const healthy = targets.filter(({ state }) => state === "healthy").length;
  const ill = targets.filter(({ state }) => state !== "healthy" && state !== "draining");
  const reasons = ill.map(({ target, state, reason }) => `${target} is ${state}${inBrackets(reason)}`);
  return healthy >= now.desiredTasks
    ? serves
    : notYet([`${healthy} of ${now.desiredTasks} targets are healthy`, ...reasons].join("; "));
}

const operationsUnderWay: ReadonlySet<string> = new Set(["PENDING", "IN_PROGRESS", "ROLLBACK_IN_PROGRESS"]);

/**
 * What an App Runner service says. A deployment that failed is rolled back, and the service is `RUNNING`
 * again: only its last operation tells.
 *
 * @see https://docs.aws.amazon.com/apprunner/latest/api/API_OperationSummary.html
 */
export function judgeAppRunner(
  service: DeployedAppRunnerService,
  now: AppRunnerServiceNow | undefined,
): Verdict {
  if (now === undefined) {
    return failed("it no longer exists");
  }
  const { status, lastOperation } = now;
  if (status === "OPERATION_IN_PROGRESS" || operationsUnderWay.has(lastOperation?.status ?? "")) {
    return notYet("App Runner is still working on it");
  }
  if (status !== "RUNNING") {
    return failed(`it is ${status}`);
  }
  if (lastOperation !== undefined && lastOperation.status !== "SUCCEEDED") {
    return failed(`its last operation, ${lastOperation.type}, ended as ${lastOperation.status}`);
  }
  return judgeDomains(service, now);
}

/** What App Runner says of a service's own names, which have no certificate before they are `active`. */
export function judgeDomains(
  { domains }: DeployedAppRunnerService,
  now: AppRunnerServiceNow | undefined,
): Verdict {
  const states = domains.map((name) => ({
    name,
    status: now?.domains.find((domain) => domain.name === name)?.status ?? "absent",
  }));
  const lost = states.filter(({ status }) => /failed|deleting|absent/.test(status));
  const open = states.filter(({ status }) => status !== "active");
  const inWords = (domain: { readonly name: string; readonly status: string }): string =>
    `its domain ${domain.name} is ${domain.status}`;
  if (lost.length > 0) {
    return failed(lost.map(inWords).join("; "));
  }
  return open.length > 0 ? notYet(open.map(inWords).join("; ")) : serves;
}

/** A task definition is written as an ARN or as family and revision. */
function isSameRevision(left: string, right: string): boolean {
  return revisionOf(left) === revisionOf(right);
}

function revisionOf(taskDefinition: string): string {
  return taskDefinition.split("/").at(-1) ?? "";
}

function inBrackets(text: string): string {
  return text === "" ? "" : ` (${text})`;
}
