import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { EcsCluster } from "@cdktf/provider-aws/lib/ecs-cluster";
import { EcsClusterCapacityProviders } from "@cdktf/provider-aws/lib/ecs-cluster-capacity-providers";
import { KmsKey } from "@cdktf/provider-aws/lib/kms-key";
import { Construct } from "constructs";

import { nameLimits, partitionOf, resourceName } from "../../core";
import { accountId, inWords, kebabName, logRetention } from "../../core/forms";
import { hasForm, validate, type ValidationRule } from "../parts";
import { defaultLogRetentionDays } from "./log-retention";

/** Where the sessions of ECS Exec are recorded. */
export interface ExecAudit {
  /** The key that encrypts sessions and their log. */
  readonly keyArn: string;
  /** The log group that sessions are written to. */
  readonly logGroupArn: string;
}

/** A cluster that services run in. */
export interface IFargateCluster {
  /** Its name. */
  readonly clusterName: string;
  /** Its ARN. */
  readonly clusterArn: string;
  /**
   * Where the sessions of ECS Exec are recorded.
   *
   * @default - the cluster permits no sessions
   */
  readonly execAudit?: ExecAudit;
}

/** Settings of a {@link FargateCluster}. */
export interface FargateClusterProps {
  /** Name, unique in its account and region: lower-case letters, digits and single hyphens. */
  readonly name: string;
  /** The account that it stands in, 12 digits. */
  readonly account: string;
  /** The region that it stands in. */
  readonly region: string;
  /**
   * How much CloudWatch learns: `enhanced` measures each task and container, `enabled` each service.
   *
   * @default "enhanced"
   * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/ContainerInsights.html
   */
  readonly containerInsights?: "enhanced" | "enabled" | "disabled";
  /**
   * Whether services may permit shells in their tasks (ECS Exec). Sessions are encrypted with a key of
   * the cluster and recorded.
   *
   * @default false
   */
  readonly exec?: boolean;
  /**
   * Days that recorded sessions are kept.
   *
   * @default 30
   */
  readonly logRetentionDays?: number;
}

const rules: readonly ValidationRule<FargateClusterProps>[] = [
  hasForm("name", inWords(kebabName(), "choose a name like 'prod'")),
  hasForm("account", accountId),
  hasForm("logRetentionDays", logRetention),
];

/**
 * An ECS cluster whose tasks run on Fargate, on demand or Spot.
 *
 * Creates the cluster and its capacity providers; with `exec` a KMS key and a log group for sessions.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/clusters.html
 */
export class FargateCluster extends Construct implements IFargateCluster {
  /** The cluster, for settings that this module does not model. */
  public readonly resource: EcsCluster;
  public readonly clusterName: string;
  public readonly clusterArn: string;
  public readonly execAudit?: ExecAudit;

  public constructor(scope: Construct, id: string, props: FargateClusterProps) {
    super(scope, id);
    validate(this, rules, props);

    const { name, account, region, containerInsights = "enhanced", exec = false } = props;
    const sessions = exec ? this.recordSessions(props) : undefined;
    this.resource = new EcsCluster(this, "Resource", {
      name: resourceName(nameLimits.ecs, name),
      setting: [{ name: "containerInsights", value: containerInsights }],
      configuration: sessions && {
        executeCommandConfiguration: {
          kmsKeyId: sessions.key.arn,
          logging: "OVERRIDE",
          logConfiguration: { cloudWatchEncryptionEnabled: true, cloudWatchLogGroupName: sessions.log.name },
        },
      },
    });
    const capacityProviders = new EcsClusterCapacityProviders(this, "CapacityProviders", {
      clusterName: this.resource.name,
      capacityProviders: ["FARGATE", "FARGATE_SPOT"],
      defaultCapacityProviderStrategy: [{ capacityProvider: "FARGATE", weight: 1 }],
    });
    // Names by way of the capacity providers, so that no service comes before or outlives them.
    this.clusterName = capacityProviders.clusterName;
    this.clusterArn = `arn:${partitionOf(region)}:ecs:${region}:${account}:cluster/${this.clusterName}`;
    this.execAudit = sessions && { keyArn: sessions.key.arn, logGroupArn: sessions.log.arn };
  }

  private recordSessions(props: FargateClusterProps): { key: KmsKey; log: CloudwatchLogGroup } {
    const { name, logRetentionDays = defaultLogRetentionDays } = props;
    const logGroupName = `/meridian/exec/${name}`;
    const key = new KmsKey(this, "ExecKey", {
      description: `Encrypts ECS Exec sessions of the cluster ${name}`,
      enableKeyRotation: true,
      policy: JSON.stringify(execKeyPolicy(props, logGroupName)),
    });
    const log = new CloudwatchLogGroup(this, "ExecLog", {
      name: logGroupName,
      retentionInDays: logRetentionDays,
      kmsKeyId: key.arn,
    });
    return { key, log };
  }
}

/** The account administers the key; CloudWatch uses it for this one log group. */
function execKeyPolicy({ account, region }: FargateClusterProps, logGroupName: string): object {
  const partition = partitionOf(region);
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "AdministerThroughIam",
        Effect: "Allow",
        Principal: { AWS: `arn:${partition}:iam::${account}:root` },
        Action: "kms:*",
        Resource: "*",
      },
      {
        Sid: "EncryptSessionLog",
        Effect: "Allow",
        Principal: { Service: `logs.${region}.amazonaws.com` },
        Action: ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"],
        Resource: "*",
        Condition: {
          ArnEquals: {
            "kms:EncryptionContext:aws:logs:arn": `arn:${partition}:logs:${region}:${account}:log-group:${logGroupName}`,
          },
        },
      },
    ],
  };
}
