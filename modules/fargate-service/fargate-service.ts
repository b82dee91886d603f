import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { EcsService } from "@cdktf/provider-aws/lib/ecs-service";
import { EcsTaskDefinition } from "@cdktf/provider-aws/lib/ecs-task-definition";
import type { LbTargetGroup } from "@cdktf/provider-aws/lib/lb-target-group";
import { Construct } from "constructs";

import {
  nameLimits,
  partitionOf,
  resourceName,
  type IConnectable,
  type IGrantable,
  type SecretReference,
} from "../../core";
import { validate } from "../parts";
import { capacityProviderStrategy } from "./capacity";
import { DeploymentAlarms } from "./deployment-alarms";
import { fargateServiceRules } from "./fargate-service-rules";
import { resolveHealthCheck, type ResolvedHealthCheck } from "./health-check";
import { defaultLogRetentionDays } from "./log-retention";
import { secretReference } from "./secret-reference";
import { ServiceIngress } from "./service-ingress";
import { isScaled, ServiceScaling } from "./service-scaling";
import { defaultDeregistrationDelaySeconds, stopTimeoutSecondsFor } from "./shutdown";
import { containerDefinitions, mainContainerName, scratchVolumeName } from "./task-definition";
import { repositoryArnOfImage, TaskRoles } from "./task-roles";
import type { FargateServiceProps } from "./fargate-service-props";

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
