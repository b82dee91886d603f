import type { Construct } from "constructs";

import { nameLimits, partitionOf, resourceName } from "../../core";
import { LogBucket } from "../parts/log-bucket";

/** Settings of an {@link AccessLogBucket}. */
export interface AccessLogBucketProps {
  /** Name of the load balancer that writes here. */
  readonly name: string;
  /** The load balancer's account. */
  readonly account: string;
  /** The load balancer's region; a bucket of another region is refused. */
  readonly region: string;
  /** Days that logs are kept. */
  readonly retentionDays: number;
  /** Whether the bucket outlives `terraform destroy`. */
  readonly deletionProtection: boolean;
}

/**
 * The bucket that one load balancer writes its logs to.
 *
 * Creates the bucket and its settings: private, encrypted, versioned, TLS only, writable by load
 * balancers of its own account and region only.
 *
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html
 */
export class AccessLogBucket extends LogBucket {
  /** Prefix of the log of requests. */
  public static readonly requestPrefix = "requests";
  /** Prefix of the log of connections. */
  public static readonly connectionPrefix = "connections";

  public constructor(scope: Construct, id: string, props: AccessLogBucketProps) {
    super(scope, id, {
      bucket: resourceName(nameLimits.s3Bucket, props.name, props.account, props.region, "lb-logs"),
      partition: partitionOf(props.region),
      retentionDays: props.retentionDays,
      deletionProtection: props.deletionProtection,
      writeStatements: (bucketArn) => [writeStatement(bucketArn, props)],
    });
  }
}

function writeStatement(bucketArn: string, { account, region }: AccessLogBucketProps): object {
  return {
    Sid: "WriteLogs",
    Effect: "Allow",
    // One principal for every region; the account ids of older regions are no longer needed.
    Principal: { Service: "logdelivery.elasticloadbalancing.amazonaws.com" },
    Action: "s3:PutObject",
    Resource: [AccessLogBucket.requestPrefix, AccessLogBucket.connectionPrefix].map(
      (prefix) => `${bucketArn}/${prefix}/AWSLogs/${account}/*`,
    ),
    Condition: {
      ArnLike: {
        "aws:SourceArn": `arn:${partitionOf(region)}:elasticloadbalancing:${region}:${account}:loadbalancer/*`,
      },
    },
  };
}
