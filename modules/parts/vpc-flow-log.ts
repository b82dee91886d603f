import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { FlowLog } from "@cdktf/provider-aws/lib/flow-log";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import type { Vpc } from "@cdktf/provider-aws/lib/vpc";
import { Construct } from "constructs";
import { nameLimits, resourceName } from "../../core/naming";
import { partitionOf } from "../../core/regions";

/** How the network's flow logs are kept. */
export interface FlowLogOptions {
  /**
   * Days that CloudWatch keeps a record, one of the periods it offers.
   *
   * @default 30
   * @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
   */
  readonly retentionDays?: number;
  /**
   * ARN of the KMS key that encrypts the records. Its key policy must let CloudWatch Logs of the
   * region use it.
   *
   * @default - encrypted with a key that AWS owns
   */
  readonly kmsKeyArn?: string;
}

/** Retention when none is asked for. */
export const defaultRetentionDays = 30;

/** What a {@link VpcFlowLog} is made of. */
export interface VpcFlowLogProps extends FlowLogOptions {
  /** Name of the network, with its region. */
  readonly name: string;
  /** The region's code. */
  readonly region: string;
  /** The VPC to watch. */
  readonly vpc: Vpc;
}

/**
 * Flow logs of a VPC in CloudWatch Logs: every accepted and rejected flow, with a role that can
 * write to this log group only and that only flow logs of this account and region can assume.
 *
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html
 */
export class VpcFlowLog extends Construct {
  /** The flow log, for settings that this module does not model. */
  public readonly resource: FlowLog;

  public constructor(scope: Construct, id: string, props: VpcFlowLogProps) {
    super(scope, id);
    const logGroup = new CloudwatchLogGroup(this, "LogGroup", {
      name: `/vpc/${props.name}/flow-logs`,
      retentionInDays: props.retentionDays ?? defaultRetentionDays,
      kmsKeyId: props.kmsKeyArn,
    });
    const role = new IamRole(this, "Role", {
      name: resourceName(nameLimits.iamRole, props.name, "flow-logs"),
      description: `Writes the flow logs of ${props.name}`,
      assumeRolePolicy: trustPolicy(props.region, props.vpc.ownerId),
    });
    const policy = new IamRolePolicy(this, "RolePolicy", {
      name: "write-flow-logs",
      role: role.name,
      policy: writePolicy(logGroup.arn),
    });
    this.resource = new FlowLog(this, "Resource", {
      vpcId: props.vpc.id,
      trafficType: "ALL",
      logDestinationType: "cloud-watch-logs",
      logDestination: logGroup.arn,
      iamRoleArn: role.arn,
      maxAggregationInterval: 600,
      tags: { Name: props.name },
      dependsOn: [policy],
    });
  }
}

function trustPolicy(region: string, accountId: string): string {
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Action: "sts:AssumeRole",
        Principal: { Service: "vpc-flow-logs.amazonaws.com" },
        Condition: {
          StringEquals: { "aws:SourceAccount": accountId },
          ArnLike: {
            "aws:SourceArn": `arn:${partitionOf(region)}:ec2:${region}:${accountId}:vpc-flow-log/*`,
          },
        },
      },
    ],
  });
}

function writePolicy(logGroupArn: string): string {
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Action: ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
        Resource: `${logGroupArn}:*`,
      },
    ],
  });
}
