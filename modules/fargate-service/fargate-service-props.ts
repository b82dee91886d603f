import type { INetwork, ILoadBalancer, IImageRepository, IAlarmTopic } from "../../core";
import type { Capacity } from "./capacity";
import type { AlarmThresholds } from "./deployment-alarms";
import type { IFargateCluster } from "./fargate-cluster";
import type { ServiceHealthCheck } from "./health-check";
import type { ListenerRuleOptions } from "./service-ingress";
import type { ScalingOptions } from "./service-scaling";
import type { Sidecar } from "./task-definition";

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
