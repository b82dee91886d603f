import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { EcsService } from "@cdktf/provider-aws/lib/ecs-service";
import { EcsTaskDefinition } from "@cdktf/provider-aws/lib/ecs-task-definition";
import type { LbTargetGroup } from "@cdktf/provider-aws/lib/lb-target-group";
import { Construct } from "constructs";

import {
  nameLimits,
  partitionOf,
  resourceName,
  type IAlarmTopic,
  type IConnectable,
  type IGrantable,
  type IImageRepository,
  type ILoadBalancer,
  type INetwork,
  type SecretReference,
} from "../../core";
import { validate } from "../parts";
import { capacityProviderStrategy, type Capacity } from "./capacity";
import { DeploymentAlarms, type AlarmThresholds } from "./deployment-alarms";
import type { IFargateCluster } from "./fargate-cluster";
import { fargateServiceRules } from "./fargate-service-rules";
import { resolveHealthCheck, type ResolvedHealthCheck, type ServiceHealthCheck } from "./health-check";
import { defaultLogRetentionDays } from "./log-retention";
import { secretReference } from "./secret-reference";
import { ServiceIngress, type ListenerRuleOptions } from "./service-ingress";
import { isScaled, ServiceScaling, type ScalingOptions } from "./service-scaling";
import { defaultDeregistrationDelaySeconds, stopTimeoutSecondsFor } from "./shutdown";
import { containerDefinitions, mainContainerName, scratchVolumeName, type Sidecar } from "./task-definition";
import { repositoryArnOfImage, TaskRoles } from "./task-roles";

/** Settings of a {@link FargateService}. */
export interface FargateServiceProps {
  /** Name, unique in its account and region: lower-case letters, digits and single hyphens. */
  readonly name: string;
  /** The account that it stands in, 12 digits. */
  readonly account: string;
  /** The cluster that its tasks run in. */
  readonly cluster: IFargateCluster;
  /** The network whose private tier its tasks are in; its region is the service's. */
  readonly network: INetwork;
  /** The load balancer that its requests come from. */
  readonly loadBalancer: ILoadBalancer;
  /** Which of the load balancer's requests are its own. */
  readonly listenerRule: ListenerRuleOptions;
  /** The image with registry and tag or digest; for an image of Amazon ECR exactly its repository may be pulled. */
  readonly image: string;
  /** Port that the container listens on. */
  readonly containerPort: number;
  /** CPU units of a task, 1024 a processor. */
  readonly cpu: number;
  /** Memory of a task; see {@link fargateSizes} for what goes with which CPU. */
  readonly memoryMiB: number;
  /** How many tasks run. */
  readonly capacity: Capacity;
  /** How the load balancer asks a task whether it is well. */
  readonly healthCheck: ServiceHealthCheck;
  /**
   * When more or fewer tasks run. Nothing scales while minimum and maximum are equal and nothing is scheduled.
   *
   * @default - holds 60 percent CPU
   */
  readonly scaling?: ScalingOptions;
  /**
   * The repository of the image, where the image's registry is not written in its name.
   *
   * @default - read from the image
   */
  readonly repository?: IImageRepository;
  /**
   * What the container runs instead of the image's command.
   *
   * @default - the image's command
   */
  readonly command?: readonly string[];
  /**
   * Environment variables, never secrets.
   *
   * @default - none
   */
  readonly environment?: Readonly<Record<string, string>>;
  /**
   * Secrets by the variable that the container sees. A value that starts with `/` names an SSM parameter,
   * any other a Secrets Manager secret, `name:key` one key of its JSON; an ARN of either is taken as it is.
   * An ARN that is known at apply only is taken for a secret of Secrets Manager.
   *
   * @default - none
   * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/specifying-sensitive-data.html
   */
  readonly secrets?: Readonly<Record<string, string>>;
  /**
   * ARNs of the KMS keys of those secrets, where they are not encrypted with AWS's own.
   *
   * @default - none
   */
  readonly secretKeyArns?: readonly string[];
  /**
   * Containers that run beside it in each task.
   *
   * @default - none
   */
  readonly sidecars?: readonly Sidecar[];
  /**
   * Processor architecture of the image.
   *
   * @default "X86_64"
   */
  readonly cpuArchitecture?: "X86_64" | "ARM64";
  /**
   * Whether the containers' files cannot be changed, except below `scratchPaths`.
   *
   * @default true
   */
  readonly readonlyRootFilesystem?: boolean;
  /**
   * Directories that are writable and empty at the start of each task, such as `/tmp`. All containers
   * of the task share them. A user other than root can write only where the image declares the
   * directory as a `VOLUME` of that user.
   *
   * @default - none
   */
  readonly scratchPaths?: readonly string[];
  /**
   * Whether operators may open a shell in a task (ECS Exec). The cluster has to permit it, and the
   * file system has to be writable for its agent.
   *
   * @default false
   */
  readonly exec?: boolean;
  /**
   * Days that the containers' output is kept.
   *
   * @default 30
   */
  readonly logRetentionDays?: number;
  /**
   * ARN of the KMS key that encrypts the containers' output. Its key policy must let CloudWatch Logs of the
   * region use it.
   *
   * @default - encrypted with a key that AWS owns
   */
  readonly logKeyArn?: string;
  /**
   * Seconds that a leaving task may finish the requests it has, 0 to 3600.
   *
   * @default 30
   */
  readonly deregistrationDelaySeconds?: number;
  /**
   * Seconds between the signal to stop and the kill, 2 to 120.
   *
   * @default - the deregistration delay, at least 30 and at most 120
   */
  readonly stopTimeoutSeconds?: number;
  /**
   * Healthy tasks below which DNS records that evaluate target health lead elsewhere, 1 to the minimum
   * capacity; `off` where the load balancer stands behind Global Accelerator.
   *
   * @default - half the minimum capacity, rounded up
   * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-target-groups.html#target-group-health
   */
  readonly dnsFailoverMinimumHealthyTargets?: number | "off";
  /**
   * When the service is too bad to go on with a deployment.
   *
   * @default - 5 percent server errors, 2 seconds for the slowest hundredth
   */
  readonly alarmThresholds?: AlarmThresholds;
  /**
   * Who hears of the alarms.
   *
   * @default - nobody; they roll deployments back only
   */
  readonly alarmTopic?: IAlarmTopic;
  /**
   * Whether a failed deployment goes back to the last one that worked.
   *
   * @default true
   */
  readonly automaticRollback?: boolean;
  /**
   * Whether a deploy ends only when the new tasks serve, or were rolled back, instead of when ECS has
   * taken the order.
   *
   * @default false
   */
  readonly waitForSteadyState?: boolean;
}

/**
 * A service of containers on Fargate behind a load balancer.
 *
 * Creates the ECS service, its task definition and log group; a task role without permissions and an
 * execution role with exactly those it needs; a target group, listener rule and security group;
 * alarms that roll deployments back; scaling.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_services.html
 */
export class FargateService extends Construct implements IConnectable, IGrantable {
  /** The service, for settings that this module does not model. */
  public readonly resource: EcsService;
  /** The task definition, likewise. */
  public readonly taskDefinition: EcsTaskDefinition;
  /** The target group, likewise. */
  public readonly targetGroup: LbTargetGroup;
  /** The service's name in its cluster. */
  public readonly serviceName: string;
  /** The log group of its containers. */
  public readonly logGroupName: string;
  /** The alarms that roll its deployments back. */
  public readonly alarmNames: readonly string[];
  /** The security group of its tasks. */
  public readonly securityGroupId: string;
  /** The task role: what the application may do. */
  public readonly roleName: string;
  public readonly roleArn: string;

  public constructor(scope: Construct, id: string, props: FargateServiceProps) {
    super(scope, id);
    validate(this, fargateServiceRules, props);

    const healthCheck = resolveHealthCheck(props.healthCheck);
    const secrets = referencesOf(props, props.secrets);
    const sidecarSecrets = Object.fromEntries(
      (props.sidecars ?? []).map((sidecar) => [sidecar.name, referencesOf(props, sidecar.secrets)]),
    );
    const logGroup = new CloudwatchLogGroup(this, "LogGroup", {
      name: `/meridian/service/${props.name}`,
      retentionInDays: props.logRetentionDays ?? defaultLogRetentionDays,
      kmsKeyId: props.logKeyArn,
    });
    const roles = this.createRoles(props, logGroup, [secrets, ...Object.values(sidecarSecrets)]);
    const ingress = this.createIngress(props, healthCheck);
    const alarms = new DeploymentAlarms(this, "Alarms", {
      name: props.name,
      loadBalancerArnSuffix: props.loadBalancer.loadBalancerArnSuffix,
      targetGroupArnSuffix: ingress.targetGroup.arnSuffix,
      healthCheck,
      thresholds: props.alarmThresholds ?? {},
      alarmTopic: props.alarmTopic,
    });
    this.taskDefinition = this.createTaskDefinition(props, logGroup, roles, { secrets, sidecarSecrets });
    this.resource = this.createService(props, { roles, ingress, alarms, healthCheck });
    this.createScaling(props, ingress);

    this.targetGroup = ingress.targetGroup;
    this.serviceName = this.resource.name;
    this.logGroupName = logGroup.name;
    this.alarmNames = alarms.alarmNames;
    this.securityGroupId = ingress.securityGroup.id;
    this.roleName = roles.task.name;
    this.roleArn = roles.task.arn;
  }

  private createRoles(
    props: FargateServiceProps,
    logGroup: CloudwatchLogGroup,
    secrets: readonly SecretsByVariable[],
  ): TaskRoles {
    const { region } = props.network;
    return new TaskRoles(this, "Roles", {
      name: props.name,
      account: props.account,
      region,
      repositoryArns: repositoryArnsOf(props),
      logGroupArn: `arn:${partitionOf(region)}:logs:${region}:${props.account}:log-group:${logGroup.name}`,
      secrets: secrets.flatMap((byVariable) => Object.values(byVariable)),
      secretKeyArns: props.secretKeyArns ?? [],
      execAudit: props.exec === true ? props.cluster.execAudit : undefined,
    });
  }

  private createIngress(props: FargateServiceProps, healthCheck: ResolvedHealthCheck): ServiceIngress {
    const {
      deregistrationDelaySeconds = defaultDeregistrationDelaySeconds,
      dnsFailoverMinimumHealthyTargets = Math.max(Math.ceil(props.capacity.minimum / 2), 1),
    } = props;
    return new ServiceIngress(this, "Ingress", {
      name: props.name,
      network: props.network,
      loadBalancer: props.loadBalancer,
      listenerRule: props.listenerRule,
      containerPort: props.containerPort,
      healthCheck,
      deregistrationDelaySeconds,
      dnsFailoverMinimumHealthyTargets,
    });
  }

  private createTaskDefinition(
    props: FargateServiceProps,
    logGroup: CloudwatchLogGroup,
    roles: TaskRoles,
    injected: {
      secrets: SecretsByVariable;
      sidecarSecrets: Readonly<Record<string, SecretsByVariable>>;
    },
  ): EcsTaskDefinition {
    const { sidecars = [], scratchPaths = [], readonlyRootFilesystem = true } = props;
    return new EcsTaskDefinition(this, "TaskDefinition", {
      family: resourceName(nameLimits.ecs, props.name),
      requiresCompatibilities: ["FARGATE"],
      networkMode: "awsvpc",
      cpu: String(props.cpu),
      memory: String(props.memoryMiB),
      runtimePlatform: {
        operatingSystemFamily: "LINUX",
        cpuArchitecture: props.cpuArchitecture ?? "X86_64",
      },
      executionRoleArn: roles.execution.arn,
      taskRoleArn: roles.task.arn,
      volume: scratchPaths.map((path) => ({ name: scratchVolumeName(path) })),
      containerDefinitions: JSON.stringify(
        containerDefinitions({
          image: props.image,
          containerPort: props.containerPort,
          command: props.command,
          environment: props.environment ?? {},
          secrets: valuesOf(injected.secrets),
          sidecarSecrets: Object.fromEntries(
            Object.entries(injected.sidecarSecrets).map(([name, secrets]) => [name, valuesOf(secrets)]),
          ),
          sidecars,
          readonlyRootFilesystem,
          scratchPaths,
          stopTimeoutSeconds: stopTimeoutSecondsFor(props),
          logGroupName: logGroup.name,
          region: props.network.region,
        }),
      ),
      // What ECS rolls back to: it takes no inactive revision for a service, and Terraform would deregister the
      // old one as soon as ECS has taken the order to leave it.
      // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deregister-task-definition-v2.html
      skipDestroy: true,
      lifecycle: { createBeforeDestroy: true },
    });
  }

  private createService(
    props: FargateServiceProps,
    parts: {
      roles: TaskRoles;
      ingress: ServiceIngress;
      alarms: DeploymentAlarms;
      healthCheck: ResolvedHealthCheck;
    },
  ): EcsService {
    const { capacity, network, automaticRollback = true } = props;
    const { roles, ingress, alarms, healthCheck } = parts;
    return new EcsService(this, "Resource", {
      name: resourceName(nameLimits.ecs, props.name),
      cluster: props.cluster.clusterArn,
      taskDefinition: this.taskDefinition.arn,
      desiredCount: capacity.minimum,
      // Once anything scales the service, the number of tasks is no longer Terraform's to set.
      lifecycle: isScaled(capacity, props.scaling ?? {}) ? { ignoreChanges: ["desired_count"] } : undefined,
      capacityProviderStrategy: capacityProviderStrategy(capacity),
      // The provider would replace the service, not update it, when the strategy changes without this.
      forceNewDeployment: true,
      deploymentMinimumHealthyPercent: 100,
      deploymentMaximumPercent: 200,
      deploymentCircuitBreaker: { enable: true, rollback: automaticRollback },
      alarms: { enable: true, rollback: automaticRollback, alarmNames: alarms.alarmNames },
      availabilityZoneRebalancing: "ENABLED",
      healthCheckGracePeriodSeconds: healthCheck.gracePeriodSeconds,
      networkConfiguration: {
        subnets: network.subnetIds("private"),
        securityGroups: [ingress.securityGroup.id],
        assignPublicIp: false,
      },
      loadBalancer: [
        {
          targetGroupArn: ingress.targetGroup.arn,
          containerName: mainContainerName,
          containerPort: props.containerPort,
        },
      ],
      enableExecuteCommand: props.exec ?? false,
      enableEcsManagedTags: true,
      propagateTags: "SERVICE",
      waitForSteadyState: props.waitForSteadyState ?? false,
      // ECS takes no target group that no listener uses, and tasks need their grants to start.
      dependsOn: [ingress.listenerRule, roles.executionPolicy],
    });
  }

  private createScaling(props: FargateServiceProps, ingress: ServiceIngress): void {
    const { capacity, scaling = {} } = props;
    if (!isScaled(capacity, scaling)) {
      return;
    }
    new ServiceScaling(this, "Scaling", {
      name: props.name,
      clusterName: props.cluster.clusterName,
      serviceName: this.resource.name,
      capacity,
      scaling,
      requestCountLabel: `${props.loadBalancer.loadBalancerArnSuffix}/${ingress.targetGroup.arnSuffix}`,
      listenerRule: ingress.listenerRule,
    });
  }
}

type SecretsByVariable = Readonly<Record<string, SecretReference>>;

/** What ECS calls the secrets. */
function valuesOf(secrets: SecretsByVariable): Record<string, string> {
  return Object.fromEntries(
    Object.entries(secrets).map(([variable, { valueFrom }]) => [variable, valueFrom]),
  );
}

/** The secrets by variable; all are readable, since validation refused the others. */
function referencesOf(
  { account, network }: FargateServiceProps,
  secrets: Readonly<Record<string, string>> = {},
): SecretsByVariable {
  const scope = { account, region: network.region, partition: partitionOf(network.region) };
  return Object.fromEntries(
    Object.entries(secrets).flatMap(([variable, text]) => {
      const reference = secretReference(text, scope);
      return reference === undefined ? [] : [[variable, reference]];
    }),
  );
}

/** The repositories of Amazon ECR that images are pulled from, each once. */
function repositoryArnsOf({ image, sidecars = [], repository, network }: FargateServiceProps): string[] {
  const images = [image, ...sidecars.map((sidecar) => sidecar.image)];
  const arns = [...images.map(repositoryArnOfImage), repository?.repositoryArn(network.region)];
  return [...new Set(arns.filter((arn) => arn !== undefined))].sort();
}
