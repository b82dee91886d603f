import { account, listAt, objectAt, randomHex, textAt, type Context, type JsonObject } from "../../toolkit";

/** What runs of one service. */
interface Running {
  /** The revision that the last complete deployment runs. */
  revision: string | undefined;
  deployments: JsonObject[];
  /** What is seen from the second look on; a deployment that fails takes its time. */
  outcome: JsonObject[] | undefined;
  readonly events: JsonObject[];
  readonly stopped: JsonObject[];
  /** Addresses of its tasks by target group. */
  readonly targets: Map<string, string[]>;
}

/**
 * The deployments, tasks and targets of ECS services. No container runs: a deployment is complete at once
 * and its tasks are healthy, or, where deployments are to fail, every task of it exits, and ECS goes back
 * to the revision before.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html
 */
export class EcsDeployments {
  private readonly services = new Map<string, Running>();

  /** @param isFailing - whether deployments fail at the moment. */
  constructor(private readonly isFailing: () => boolean) {}

  /** Deploys a service that was just created or updated. */
  async deploy(service: JsonObject, input: JsonObject, context: Context): Promise<void> {
    const running = this.of(service);
    // What moto holds may be a revision that was rolled back.
    const before = input.taskDefinition === undefined ? running.revision : undefined;
    const revision = before ?? String(service.taskDefinition);
    const isNew = running.deployments.length === 0;
    if (isNew || revision !== running.revision || input.forceNewDeployment === true) {
      if (this.isFailing() && desiredOf(service) > 0) {
        await this.fail(service, running, revision, context);
        return;
      }
      running.revision = revision;
      running.deployments = [deployment(service, revision)];
      running.outcome = undefined;
      tell(running, `(service ${String(service.serviceName)}) has reached a steady state.`);
    }
    await balance(service, running, context);
  }

  /** Forgets a service of the same name that was deleted. */
  forget(serviceArn: string): void {
    this.services.delete(serviceArn);
  }

  /** The service with what runs of it. */
  overlay(service: JsonObject, isLook: boolean): JsonObject {
    const running = this.services.get(String(service.serviceArn));
    if (running === undefined || service.status === "INACTIVE") {
      return service;
    }
    const { deployments, events, revision } = running;
    if (isLook && running.outcome !== undefined) {
      running.deployments = running.outcome;
      running.outcome = undefined;
    }
    const desired = desiredOf(service);
    return {
      ...service,
      taskDefinition:
        running.outcome === undefined ? (revision ?? service.taskDefinition) : service.taskDefinition,
      deployments: deployments.map((each) => ({
        ...each,
        ...(each.rolloutState === "COMPLETED" ? { desiredCount: desired, runningCount: desired } : {}),
      })),
      events,
      runningCount: revision === undefined ? 0 : desired,
      pendingCount: 0,
    };
  }

  /** ARNs of the stopped tasks of a service by its name or ARN. */
  stoppedTasksOf(service: string | undefined): unknown[] {
    return [...this.services]
      .filter(([arn]) => arn === service || arn.endsWith(`/${service ?? ""}`))
      .flatMap(([, { stopped }]) => stopped.map(({ taskArn }) => taskArn));
  }

  /** The stopped task with an ARN. */
  stoppedTask(arn: string): JsonObject | undefined {
    return [...this.services.values()]
      .flatMap(({ stopped }) => stopped)
      .find(({ taskArn }) => taskArn === arn);
  }

  private of(service: JsonObject): Running {
    const arn = String(service.serviceArn);
    const running = this.services.get(arn) ?? {
      revision: undefined,
      deployments: [],
      outcome: undefined,
      events: [],
      stopped: [],
      targets: new Map<string, string[]>(),
    };
    this.services.set(arn, running);
    return running;
  }

  private async fail(
    service: JsonObject,
    running: Running,
    revision: string,
    context: Context,
  ): Promise<void> {
    const name = String(service.serviceName);
    const failed = deployment(service, revision, {
      rolloutState: "FAILED",
      rolloutStateReason: "ECS deployment circuit breaker: tasks failed to start.",
      failedTasks: 3,
      runningCount: 0,
    });
    running.deployments = [
      {
        ...failed,
        rolloutState: "IN_PROGRESS",
        rolloutStateReason: `ECS deployment ${String(failed.id)} in progress.`,
      },
    ];
    // ECS rolls back to the last deployment that was complete; the first one has none.
    running.outcome =
      running.revision === undefined
        ? [failed]
        : [deployment(service, running.revision), { ...failed, status: "ACTIVE" }];
    tell(
      running,
      `(service ${name}) (deployment ${String(failed.id)}) deployment failed: tasks failed to start.`,
    );
    running.stopped.unshift(await stoppedTask(service, revision, context));
  }
}

function desiredOf(service: JsonObject): number {
  return Number(service.desiredCount ?? 0);
}

function deployment(service: JsonObject, revision: string, changes: JsonObject = {}): JsonObject {
  const id = `ecs-svc/${String(Math.floor(Math.random() * 10 ** 16))}`;
  const now = Date.now() / 1000;
  return {
    id,
    status: "PRIMARY",
    taskDefinition: revision,
    desiredCount: desiredOf(service),
    pendingCount: 0,
    runningCount: desiredOf(service),
    failedTasks: 0,
    createdAt: now,
    updatedAt: now,
    rolloutState: "COMPLETED",
    rolloutStateReason: `ECS deployment ${id} completed.`,
    ...changes,
  };
}

function tell({ events }: Running, message: string): void {
  events.unshift({ id: randomHex(32), createdAt: Date.now() / 1000, message });
}

/** Registers as many targets as tasks are wanted, as ECS does with their addresses. */
async function balance(service: JsonObject, running: Running, context: Context): Promise<void> {
  const groups = listAt(service, "loadBalancers").flatMap((each) => textAt(each, "targetGroupArn") ?? []);
  for (const group of new Set([...groups, ...running.targets.keys()])) {
    const before = running.targets.get(group) ?? [];
    const wanted = groups.includes(group) ? desiredOf(service) : 0;
    const added = Array.from({ length: Math.max(0, wanted - before.length) }, address);
    await register("RegisterTargets", group, added, context);
    await register("DeregisterTargets", group, before.slice(wanted), context);
    running.targets.set(group, [...before, ...added].slice(0, wanted));
  }
}

async function register(action: string, group: string, addresses: readonly string[], context: Context) {
  if (addresses.length > 0) {
    const targets = addresses.map((each, index) => [`Targets.member.${index + 1}.Id`, each]);
    await context.motoQuery("elasticloadbalancing", {
      Action: action,
      Version: "2015-12-01",
      TargetGroupArn: group,
      ...(Object.fromEntries(targets) as Record<string, string>),
    });
  }
}

function address(): string {
  const part = (): number => 1 + Math.floor(Math.random() * 253);
  return `10.${part()}.${part()}.${part()}`;
}

/** A task whose containers ended by themselves, with what they wrote before. */
async function stoppedTask(service: JsonObject, revision: string, context: Context): Promise<JsonObject> {
  const { region } = context;
  const cluster = String(service.clusterArn);
  const id = randomHex(32);
  const { taskDefinition } = await context.motoJson("DescribeTaskDefinition", { taskDefinition: revision });
  const containers = listAt((taskDefinition ?? {}) as JsonObject, "containerDefinitions");
  for (const container of containers) {
    const options = objectAt(objectAt(container, "logConfiguration"), "options");
    if (options["awslogs-group"] !== undefined) {
      await log(context, {
        logGroupName: options["awslogs-group"],
        logStreamName: `${String(options["awslogs-stream-prefix"])}/${String(container.name)}/${id}`,
      });
    }
  }
  const now = Date.now() / 1000;
  return {
    taskArn: `arn:aws:ecs:${region}:${account}:task/${cluster.split("/").at(-1) ?? ""}/${id}`,
    clusterArn: cluster,
    taskDefinitionArn: revision,
    group: `service:${String(service.serviceName)}`,
    launchType: "FARGATE",
    lastStatus: "STOPPED",
    desiredStatus: "STOPPED",
    stopCode: "EssentialContainerExited",
    stoppedReason: "Essential container in task exited",
    createdAt: now,
    stoppedAt: now,
    containers: containers.map(({ name }) => ({ name, lastStatus: "STOPPED", exitCode: 1 })),
  };
}

/** Writes the last line of a container that cannot start. */
async function log(context: Context, stream: JsonObject): Promise<void> {
  const logEvents = [{ timestamp: Date.now(), message: "The local cloud lets deployments fail." }];
  await context.motoJsonOf("logs", "Logs_20140328.CreateLogStream", stream);
  await context.motoJsonOf("logs", "Logs_20140328.PutLogEvents", { ...stream, logEvents });
}
