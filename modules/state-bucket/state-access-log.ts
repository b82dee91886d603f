import { S3BucketLoggingA } from "@cdktf/provider-aws/lib/s3-bucket-logging";
import type { TerraformProvider } from "cdktf";
import type { Construct } from "constructs";

import { LogBucket } from "../parts/log-bucket";

const requestPrefix = "requests/";

/** Settings of a {@link StateAccessLog}. */
export interface StateAccessLogProps {
  /** The bucket whose requests are logged, as Terraform knows it. */
  readonly bucketName: string;
  /** ARN of that bucket. */
  readonly bucketArn: string;
  /** Name of the log's own bucket, unique over all of AWS. */
  readonly logBucketName: string;
  /** Partition of the region, the second part of its ARNs. */
  readonly partition: string;
  /** Days that logs are kept. */
  readonly retentionDays: number;
  /** Whether the log outlives `terraform destroy`. */
  readonly deletionProtection: boolean;
  /**
   * Provider of the bucket's region; S3 logs into buckets of the same region only.
   *
   * @default - the stack's provider
   */
  readonly provider?: TerraformProvider;
}

/**
 * Who read or wrote the states: S3's server access log of one bucket, in a bucket of its own.
 *
 * Creates the log's bucket and its settings: private, encrypted with S3's own keys (server access logs can be
 * delivered to no others), versioned, TLS only, writable for the log of that one bucket; and the logging.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html
 */
export class StateAccessLog extends LogBucket {
  public constructor(scope: Construct, id: string, props: StateAccessLogProps) {
    const { bucketName, bucketArn, partition, provider } = props;
    super(scope, id, {
      bucket: props.logBucketName,
      partition,
      retentionDays: props.retentionDays,
      deletionProtection: props.deletionProtection,
      writeStatements: (logArn) => [
        {
          Sid: "WriteLogs",
          Effect: "Allow",
          Principal: { Service: "logging.s3.amazonaws.com" },
          Action: "s3:PutObject",
          Resource: `${logArn}/${requestPrefix}*`,
          Condition: { ArnLike: { "aws:SourceArn": bucketArn } },
        },
      ],
      provider,
    });
    new S3BucketLoggingA(this, "Logging", {
      provider,
      bucket: bucketName,
      targetBucket: this.resource.id,
      targetPrefix: requestPrefix,
      dependsOn: [this.policy],
    });
  }
}
