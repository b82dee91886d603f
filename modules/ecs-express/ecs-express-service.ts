import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { EcsExpressGatewayService } from "@cdktf/provider-aws/lib/ecs-express-gateway-service";
import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group";
import { VpcSecurityGroupEgressRule } from "@cdktf/provider-aws/lib/vpc-security-group-egress-rule";
import { Construct } from "constructs";

import {
  fargateMemoryMiB,
  fargateSizes,
  isFargateSize,
  literalText,
  nameLimits,
  partitionOf,
  resourceName,
  type IConnectable,
  type IGrantable,
  type IImageRepository,
  type INetwork,
} from "../../core";
import {
  accountId,
  healthCheckPath,
  isWholeWithin,
  kebabName,
  mostTasks,
  parameterArnPattern,
  pinnedImage,
  port,
  secretArnPattern,
  secretSuffixPattern,
} from "../../core/forms";
import { hasForm, validate, type ValidationRule } from "../parts";
import { ExpressRoles } from "./express-roles";

/** The versions of `hashicorp/aws` that know this service; a stack with one must ask for them. */
export const ecsExpressProviderVersion = ">= 6.23.0, < 7.0.0";

/** What makes more or fewer tasks run. */
export interface EcsExpressScaling {
  /** The figure that is held: a percentage, or requests a task and minute. */
  readonly metric: "AVERAGE_CPU" | "AVERAGE_MEMORY" | "REQUEST_COUNT_PER_TARGET";
  /** The value that it is held at. */
  readonly target: number;
}

/** Settings of an {@link EcsExpressService}. */
export interface EcsExpressServiceProps {
  /** Name, unique in its account and region: lower-case letters, digits and single hyphens. */
  readonly name: string;
  /** The account that it stands in, 12 digits. */
  readonly account: string;
  /** The network of its tasks and its load balancer; its region is the service's. */
  readonly network: INetwork;
  /** The image with registry and tag or digest. */
  readonly image: string;
  /** Port that the container listens on. */
  readonly containerPort: number;
  /** CPU units of a task, 1024 a processor. */
  readonly cpu: number;
  /** Memory of a task; see {@link fargateSizes} for what goes with which CPU. */
  readonly memoryMiB: number;
  /** How many tasks run. */
  readonly capacity: { readonly minimum: number; readonly maximum: number };
  /**
   * The private repository of the image.
   *
   * @default - the image is public
   */
  readonly repository?: IImageRepository;
  /**
   * The tier of the network: `public` has a load balancer that the internet reaches and tasks with
   * addresses of their own, `private` a load balancer that only the network reaches.
   *
   * @default "public"
   */
  readonly tier?: "public" | "private";
  /**
   * Name of the ECS cluster, which must stand.
   *
   * @default "default"
   */
  readonly clusterName?: string;
  /**
   * The path that the load balancer asks.
   *
   * @default "/"
   */
  readonly healthCheckPath?: string;
  /**
   * What makes more or fewer tasks run.
   *
   * @default - holds 60 percent CPU
   */
  readonly scaling?: EcsExpressScaling;
  /**
   * Environment variables, never secrets.
   *
   * @default - none
   */
  readonly environment?: Readonly<Record<string, string>>;
  /**
   * Secrets by variable: whole ARNs of Secrets Manager secrets or SSM parameters.
   *
   * @default - none
   */
  readonly secrets?: Readonly<Record<string, string>>;
  /**
   * Days that the container's output is kept.
   *
   * @default 30
   */
  readonly logRetentionDays?: number;
  /**
   * Whether a deploy ends only when the new tasks serve.
   *
   * @default false
   */
  readonly waitForSteadyState?: boolean;
}

const defaults = {
  tier: "public",
  clusterName: "default",
  healthCheckPath: "/",
  scaling: { metric: "AVERAGE_CPU", target: 60 },
  logRetentionDays: 30,
} as const;

const rules: readonly ValidationRule<EcsExpressServiceProps>[] = [
  hasForm("name", kebabName()),
  hasForm("account", accountId),
  {
    property: "network",
    isValid: ({ network }) => network.zones.length >= 2,
    expected: "have at least two zones",
    got: ({ network }) => network.zones,
    remedy: "add a zone to the network, which AWS requires for a load balancer",
  },
  hasForm("image", pinnedImage),
  hasForm("containerPort", port),
  {
    property: "cpu",
    isValid: ({ cpu }) => fargateMemoryMiB(cpu).length > 0,
    expected: `be one of ${fargateSizes.map((size) => size.cpu).join(", ")}`,
    remedy: "give CPU units that Fargate sells, 1024 a processor",
  },
  {
    property: "memoryMiB",
    isValid: ({ cpu, memoryMiB }) => fargateMemoryMiB(cpu).length === 0 || isFargateSize(cpu, memoryMiB),
    expected: ({ cpu }) => `be one of ${fargateMemoryMiB(cpu).join(", ")} with ${cpu} CPU units`,
    remedy: "choose one of them, or change 'cpu'",
  },
  {
    property: "capacity",
    isValid: ({ capacity: { minimum, maximum } }) =>
      isWholeWithin(minimum, 1, mostTasks) && isWholeWithin(maximum, minimum, mostTasks),
    expected: `have a 'minimum' from 1 and a 'maximum' from the minimum, both whole and at most ${mostTasks}`,
    remedy: "correct them",
  },
  hasForm("healthCheckPath", healthCheckPath),
  {
    property: "scaling",
    isValid: ({ scaling = defaults.scaling }) =>
      scaling.target > 0 && (scaling.metric === "REQUEST_COUNT_PER_TARGET" || scaling.target <= 100),
    expected: "have a 'target' above 0, of at most 100 where it is a percentage",
    remedy: "leave room to grow: 60 percent is a good start",
  },
  {
    property: "secrets",
    isValid: ({ secrets = {}, network }) => wrongSecrets(secrets, network.region).length === 0,
    expected: ({ network }) => `be whole ARNs of secrets or parameters of ${network.region}`,
    got: ({ secrets = {}, network }) => wrongSecrets(secrets, network.region),
    remedy: "give the ARN, of a secret with its last six characters",
  },
  {
    property: "secrets",
    isValid: ({ secrets = {}, environment = {} }) =>
      Object.keys(secrets).every((variable) => !(variable in environment)),
    expected: "not repeat names of 'environment'",
    got: ({ secrets = {}, environment = {} }) =>
      Object.keys(secrets).filter((variable) => variable in environment),
    remedy: "remove one of the two",
  },
];

/**
 * A container on ECS Express Mode: ECS builds the load balancer, its certificate, the scaling and the
 * alarms by itself and gives the service a name. Needs {@link ecsExpressProviderVersion}.
 *
 * Creates the service, its three roles, a log group and the security group of its tasks.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/express-service-overview.html
 */
export class EcsExpressService extends Construct implements IConnectable, IGrantable {
  /** The service, for settings that this module does not model. */
  public readonly resource: EcsExpressGatewayService;
  /** The region that it serves from. */
  public readonly region: string;
  /** ARN of the service. */
  public readonly serviceArn: string;
  /** The address that ECS gives it. Its certificate holds no other name. */
  public readonly endpoint: string;
  /** The task role's name. */
  public readonly roleName: string;
  /** The task role's ARN. */
  public readonly roleArn: string;
  /** The security group of its tasks. */
  public readonly securityGroupId: string;

  public constructor(scope: Construct, id: string, props: EcsExpressServiceProps) {
    super(scope, id);
    validate(this, rules, props);

    const { name, account, network, repository } = props;
    const logs = new CloudwatchLogGroup(this, "Logs", {
      name: `/meridian/express/${name}`,
      retentionInDays: props.logRetentionDays ?? defaults.logRetentionDays,
    });
    const roles = new ExpressRoles(this, "Roles", {
      name,
      account,
      region: network.region,
      repositoryArn: repository?.repositoryArn(network.region),
      logGroupArn: `arn:${partitionOf(network.region)}:logs:${network.region}:${account}:log-group:${logs.name}`,
      secretArns: Object.values(props.secrets ?? {}),
    });
    this.region = network.region;
    this.roleName = roles.task.name;
    this.roleArn = roles.task.arn;
    this.securityGroupId = this.createSecurityGroup(props);
    this.resource = this.createService(props, roles, logs.name);
    this.serviceArn = this.resource.serviceArn;
    this.endpoint = this.resource.ingressPaths.get(0).endpoint;
  }

  private createService(
    props: EcsExpressServiceProps,
    roles: ExpressRoles,
    logGroup: string,
  ): EcsExpressGatewayService {
    const { capacity, scaling = defaults.scaling } = props;
    return new EcsExpressGatewayService(this, "Resource", {
      serviceName: resourceName(nameLimits.ecs, props.name),
      cluster: props.clusterName ?? defaults.clusterName,
      cpu: String(props.cpu),
      memory: String(props.memoryMiB),
      executionRoleArn: roles.execution.arn,
      infrastructureRoleArn: roles.infrastructure.arn,
      taskRoleArn: roles.task.arn,
      healthCheckPath: props.healthCheckPath ?? defaults.healthCheckPath,
      primaryContainer: [
        {
          image: props.image,
          containerPort: props.containerPort,
          awsLogsConfiguration: [{ logGroup, logStreamPrefix: "app" }],
          environment: sortedEntries(props.environment).map(([name, value]) => ({
            name,
            value: literalText(value),
          })),
          secret: sortedEntries(props.secrets).map(([name, valueFrom]) => ({ name, valueFrom })),
        },
      ],
      networkConfiguration: [
        {
          subnets: props.network.subnetIds(props.tier ?? defaults.tier),
          securityGroups: [this.securityGroupId],
        },
      ],
      scalingTarget: [
        {
          minTaskCount: capacity.minimum,
          maxTaskCount: capacity.maximum,
          autoScalingMetric: scaling.metric,
          autoScalingTargetValue: scaling.target,
        },
      ],
      waitForSteadyState: props.waitForSteadyState ?? false,
      // ECS takes down with the infrastructure role what it built, so the grants must outlive the service.
      dependsOn: [...roles.grants],
    });
  }

  private createSecurityGroup({ name, network }: EcsExpressServiceProps): string {
    const group = new SecurityGroup(this, "SecurityGroup", {
      name: resourceName(nameLimits.securityGroup, name, "express"),
      description: `ECS Express service ${name}: out on HTTPS; ECS adds its load balancer`,
      vpcId: network.vpcId,
      tags: { Name: `${name}-express` },
    });
    new VpcSecurityGroupEgressRule(this, "HttpsToAnyIpv4", {
      securityGroupId: group.id,
      description: "HTTPS to anywhere",
      cidrIpv4: "0.0.0.0/0",
      ipProtocol: "tcp",
      fromPort: 443,
      toPort: 443,
    });
    // What has an IPv6 address tries that first, and waits for long where nothing lets it out.
    if (network.vpcIpv6CidrBlock !== undefined) {
      new VpcSecurityGroupEgressRule(this, "HttpsToAnyIpv6", {
        securityGroupId: group.id,
        description: "HTTPS to anywhere",
        cidrIpv6: "::/0",
        ipProtocol: "tcp",
        fromPort: 443,
        toPort: 443,
      });
    }
    return group.id;
  }
}

/** By name: the API answers in an order of its own, which the provider takes for a change. */
function sortedEntries(variables: Readonly<Record<string, string>> = {}): [string, string][] {
  return Object.entries(variables).sort(([left], [right]) => (left < right ? -1 : 1));
}

/** Variables whose ARN is none, or is of another region; never the value, which may be the secret. */
function wrongSecrets(secrets: Readonly<Record<string, string>>, region: string): string[] {
  return Object.keys(secrets).filter((variable) => {
    const arn = secrets[variable] ?? "";
    const [, regionOfSecret, name = "", part] = secretArnPattern.exec(arn) ?? [];
    return secretSuffixPattern.test(name)
      ? part !== undefined || regionOfSecret !== region
      : parameterArnPattern.exec(arn)?.[1] !== region;
  });
}
