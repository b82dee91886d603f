import type { Construct } from "constructs";

import { nameLimits, resourceName } from "../../../core";
import { LogBucket } from "../../parts/log-bucket";

/** The prefix of flow logs where none is chosen. */
export const flowLogPrefix = "flow-logs";

/** Settings of a {@link FlowLogBucket}. */
export interface FlowLogBucketProps {
  /** Name of the accelerator that writes here. */
  readonly name: string;
  /** The accelerator's account. */
  readonly account: string;
  /** Days that logs are kept. */
  readonly retentionDays: number;
  /** Whether the bucket outlives `terraform destroy`. */
  readonly deletionProtection: boolean;
}

/**
 * The bucket that one accelerator writes its flow logs to, in the region of the stack.
 *
 * Creates the bucket and its settings: private, encrypted, versioned, TLS only, writable by the log delivery
 * of its own account only.
 */
export class FlowLogBucket extends LogBucket {
  public constructor(scope: Construct, id: string, props: FlowLogBucketProps) {
    super(scope, id, {
      bucket: resourceName(nameLimits.s3Bucket, props.name.toLowerCase(), props.account, "accelerator-logs"),
      // Global Accelerator exists in the partition `aws` only.
      partition: "aws",
      retentionDays: props.retentionDays,
      deletionProtection: props.deletionProtection,
      writeStatements: (bucketArn) => writeStatements(bucketArn, props.account),
    });
  }
}

/** @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-infrastructure-S3.html */
function writeStatements(bucketArn: string, account: string): readonly object[] {
  const Principal = { Service: "delivery.logs.amazonaws.com" };
  const ofAccount = { "aws:SourceAccount": account };
  return [
    {
      Sid: "WriteLogs",
      Effect: "Allow",
      Principal,
      Action: "s3:PutObject",
      Resource: `${bucketArn}/${flowLogPrefix}/AWSLogs/${account}/*`,
      Condition: { StringEquals: { ...ofAccount, "s3:x-amz-acl": "bucket-owner-full-control" } },
    },
    {
      Sid: "CheckBucket",
      Effect: "Allow",
      Principal,
      Action: ["s3:GetBucketAcl", "s3:ListBucket"],
      Resource: bucketArn,
      Condition: { StringEquals: ofAccount },
    },
  ];
}
