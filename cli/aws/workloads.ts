import type { AwsAccess } from "./access";
import { clientSettings } from "./client";
import { CommandError, messageOf } from "../base/errors";

/** Where an ECS service is. */
export interface EcsServicePlace {
  readonly region: string;
  /** Name or ARN of its cluster. */
  readonly cluster: string;
  readonly name: string;
}

/** One deployment of an ECS service. */
export interface EcsDeployment {
  readonly id: string;
  /** Whether it is the one that ECS works towards. */
  readonly isPrimary: boolean;
  /** ARN of the task definition that it runs. */
  readonly taskDefinition: string;
  /** `IN_PROGRESS`, `COMPLETED` or `FAILED`; nothing where something else than ECS deploys the service. */
  readonly rolloutState: string | undefined;
  readonly reason: string;
  readonly runningTasks: number;
  readonly desiredTasks: number;
  readonly failedTasks: number;
}

/** An ECS service as it runs now. */
export interface EcsServiceNow {
  readonly desiredTasks: number;
  readonly deployments: readonly EcsDeployment[];
  /** ARNs of the target groups that its tasks are registered in. */
  readonly targetGroupArns: readonly string[];
  /** What ECS says of it, the newest first. */
  readonly events: readonly string[];
}

/** The health of one target of a load balancer. */
export interface TargetHealth {
  /** Its address and port. */
  readonly target: string;
  /** `healthy`, `unhealthy`, `initial`, `draining`, … */
  readonly state: string;
  readonly reason: string;
}

/** A task that ended. */
export interface StoppedTask {
  readonly id: string;
  readonly taskDefinition: string;
  /** Why ECS says that it stopped. */
  readonly reason: string;
  /** Why each of its containers ended, as far as ECS knows. */
  readonly containers: readonly string[];
  /** The last lines of its containers' logs, the oldest first. */
  readonly logLines: readonly string[];
}

/** An App Runner service as it runs now. */
export interface AppRunnerServiceNow {
  /** `RUNNING`, `OPERATION_IN_PROGRESS`, `CREATE_FAILED`, … */
  readonly status: string;
  /**
   * The last thing that was done to it, and how that ended.
   *
   * @default - App Runner remembers nothing
   */
  readonly lastOperation?: { readonly type: string; readonly status: string };
  /** Its own names, with `active` once App Runner answers to them with their certificate. */
  readonly domains: readonly { readonly name: string; readonly status: string }[];
}

/** What runs of what was deployed. */
export interface Workloads {
  /** An ECS service, or nothing where there is none. */
  ecsService(access: AwsAccess, place: EcsServicePlace): Promise<EcsServiceNow | undefined>;
  /** The last tasks of an ECS service that ended, the newest first, with their last log lines. */
  stoppedTasks(access: AwsAccess, place: EcsServicePlace): Promise<StoppedTask[]>;
  /** The targets of a target group. */
  targets(access: AwsAccess, region: string, targetGroupArn: string): Promise<TargetHealth[]>;
  /** An App Runner service, or nothing where there is none. */
  appRunnerService(
    access: AwsAccess,
    region: string,
    serviceArn: string,
  ): Promise<AppRunnerServiceNow | undefined>;
}

/** Stopped tasks that are looked at; ECS remembers them for an hour. */
const shownTasks = 3;

/** Log lines of each container of a task that are shown. */
const shownLogLines = 10;

/** The SDK's answers, loaded on first use. */
export const runningWorkloads: Workloads = {
  async ecsService(access, { region, cluster, name }) {
    const { DescribeServicesCommand, ECSClient } = await import("@aws-sdk/client-ecs");
    const client = new ECSClient(clientSettings(access, region));
    const { services = [] } = await asked(
      client.send(new DescribeServicesCommand({ cluster, services: [name] })),
      `The service ${name} in ${region}`,
      "ecs:DescribeServices",
    );
    const service = services.find(({ status }) => status !== "INACTIVE");
    return service === undefined
      ? undefined
      : {
          desiredTasks: service.desiredCount ?? 0,
          deployments: (service.deployments ?? []).map((deployment) => ({
            id: deployment.id ?? "",
            isPrimary: deployment.status === "PRIMARY",
            taskDefinition: deployment.taskDefinition ?? "",
            rolloutState: deployment.rolloutState,
            reason: deployment.rolloutStateReason ?? "",
            runningTasks: deployment.runningCount ?? 0,
            desiredTasks: deployment.desiredCount ?? 0,
            failedTasks: deployment.failedTasks ?? 0,
          })),
          targetGroupArns: (service.loadBalancers ?? []).flatMap(({ targetGroupArn }) =>
            targetGroupArn === undefined ? [] : [targetGroupArn],
          ),
          events: (service.events ?? []).map(({ message = "" }) => message),
        };
  },

  async stoppedTasks(access, { region, cluster, name }) {
    const { DescribeTasksCommand, ECSClient, ListTasksCommand } = await import("@aws-sdk/client-ecs");
    const client = new ECSClient(clientSettings(access, region));
    const what = `The stopped tasks of ${name} in ${region}`;
    const { taskArns = [] } = await asked(
      client.send(new ListTasksCommand({ cluster, serviceName: name, desiredStatus: "STOPPED" })),
      what,
      "ecs:ListTasks",
    );
    if (taskArns.length === 0) {
      return [];
    }
    const { tasks = [] } = await asked(
      client.send(new DescribeTasksCommand({ cluster, tasks: taskArns.slice(0, 100) })),
      what,
      "ecs:DescribeTasks",
    );
    const newest = tasks
      .sort((left, right) => (right.stoppedAt?.getTime() ?? 0) - (left.stoppedAt?.getTime() ?? 0))
      .slice(0, shownTasks);
    return Promise.all(
      newest.map(async (task) => {
        const id = task.taskArn?.split("/").at(-1) ?? "";
        const taskDefinition = task.taskDefinitionArn ?? "";
        return {
          id,
          taskDefinition,
          reason: [task.stoppedReason ?? "", task.stopCode ?? ""].filter((text) => text !== "").join(" - "),
          containers: (task.containers ?? []).flatMap(({ name: container = "", exitCode, reason }) =>
            exitCode === undefined && reason === undefined
              ? []
              : [
                  [
                    `${container} ended`,
                    exitCode === undefined ? "" : ` with exit code ${exitCode}`,
                    reason === undefined ? "" : `: ${reason}`,
                  ].join(""),
                ],
          ),
          logLines: await lastLogLines(access, region, taskDefinition, id),
        };
      }),
    );
  },

  async targets(access, region, targetGroupArn) {
    const { DescribeTargetHealthCommand, ElasticLoadBalancingV2Client } =
      await import("@aws-sdk/client-elastic-load-balancing-v2");
    const client = new ElasticLoadBalancingV2Client(clientSettings(access, region));
    const { TargetHealthDescriptions = [] } = await asked(
      client.send(new DescribeTargetHealthCommand({ TargetGroupArn: targetGroupArn })),
      `The targets of ${targetGroupArn}`,
      "elasticloadbalancing:DescribeTargetHealth",
    );
    return TargetHealthDescriptions.map(({ Target, TargetHealth }) => ({
      target: `${Target?.Id ?? ""}:${Target?.Port ?? ""}`,
      state: TargetHealth?.State ?? "",
      reason: TargetHealth?.Description ?? TargetHealth?.Reason ?? "",
    }));
  },

  async appRunnerService(access, region, serviceArn) {
    const { AppRunnerClient, DescribeCustomDomainsCommand, DescribeServiceCommand, ListOperationsCommand } =
      await import("@aws-sdk/client-apprunner");
    const client = new AppRunnerClient(clientSettings(access, region));
    const what = `The service ${serviceArn}`;
    try {
      const { Service } = await client.send(new DescribeServiceCommand({ ServiceArn: serviceArn }));
      const { OperationSummaryList = [] } = await client.send(
        new ListOperationsCommand({ ServiceArn: serviceArn, MaxResults: 1 }),
      );
      const { CustomDomains = [] } = await client.send(
        new DescribeCustomDomainsCommand({ ServiceArn: serviceArn }),
      );
      const [last] = OperationSummaryList;
      return {
        status: Service?.Status ?? "",
        domains: CustomDomains.map(({ DomainName = "", Status = "" }) => ({
          name: DomainName,
          status: Status.toLowerCase(),
        })),
        ...(last === undefined
          ? {}
          : { lastOperation: { type: last.Type ?? "", status: last.Status ?? "" } }),
      };
    } catch (error) {
      if ((error as Error).name === "ResourceNotFoundException") {
        return undefined;
      }
      throw unreadable(
        error,
        what,
        "apprunner:DescribeService, apprunner:ListOperations and apprunner:DescribeCustomDomains",
      );
    }
  },
};

/** What the containers of a task wrote last, where they write to CloudWatch Logs. */
async function lastLogLines(
  access: AwsAccess,
  region: string,
  taskDefinition: string,
  taskId: string,
): Promise<string[]> {
  const { DescribeTaskDefinitionCommand, ECSClient } = await import("@aws-sdk/client-ecs");
  const { CloudWatchLogsClient, GetLogEventsCommand } = await import("@aws-sdk/client-cloudwatch-logs");
  const ecs = new ECSClient(clientSettings(access, region));
  try {
    const { taskDefinition: found } = await ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition }));
    const lines = await Promise.all(
      (found?.containerDefinitions ?? []).map(async ({ name = "", logConfiguration }) => {
        const group = logConfiguration?.options?.["awslogs-group"];
        const prefix = logConfiguration?.options?.["awslogs-stream-prefix"];
        if (group === undefined || prefix === undefined) {
          return [];
        }
        const logRegion = logConfiguration?.options?.["awslogs-region"] ?? region;
        const logs = new CloudWatchLogsClient(clientSettings(access, logRegion));
        const { events = [] } = await logs.send(
          new GetLogEventsCommand({
            logGroupName: group,
            logStreamName: `${prefix}/${name}/${taskId}`,
            limit: shownLogLines,
            startFromHead: false,
          }),
        );
        return events.map(({ message = "" }) => `${name}: ${message}`);
      }),
    );
    return lines.flat();
  } catch (error) {
    // A task that never started wrote nothing, and the reason is worth showing without the log.
    return (error as Error).name === "ResourceNotFoundException"
      ? []
      : [`(its log cannot be read: ${messageOf(error)})`];
  }
}

async function asked<Answer>(answer: Promise<Answer>, what: string, action: string): Promise<Answer> {
  try {
    return await answer;
  } catch (error) {
    throw unreadable(error, what, action);
  }
}

function unreadable(error: unknown, what: string, actions: string): CommandError {
  return new CommandError(`${what} cannot be read: ${messageOf(error)}`, `Allow the credentials ${actions}.`);
}
