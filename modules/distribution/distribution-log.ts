import { CloudwatchLogDelivery } from "@cdktf/provider-aws/lib/cloudwatch-log-delivery";
import { CloudwatchLogDeliveryDestination } from "@cdktf/provider-aws/lib/cloudwatch-log-delivery-destination";
import { CloudwatchLogDeliverySource } from "@cdktf/provider-aws/lib/cloudwatch-log-delivery-source";
import type { Construct } from "constructs";

import { nameLimits, resourceName } from "../../core";
import { LogBucket } from "../parts/log-bucket";
import { distributionLimits } from "./distribution-limits";

/** What is kept of a distribution's logs. */
export interface DistributionLogOptions {
  /**
   * Days that logs are kept.
   *
   * @default 90
   */
  readonly retentionDays?: number;
}

/** Settings of a {@link DistributionLog}. */
export interface DistributionLogProps {
  /** Name of the distribution. */
  readonly name: string;
  /** The account, 12 digits. */
  readonly account: string;
  /** ARN of the distribution. */
  readonly distributionArn: string;
  /** Days that logs are kept. */
  readonly retentionDays: number;
  /** Whether the bucket outlives `terraform destroy`. */
  readonly deletionProtection: boolean;
}

/**
 * The log of a distribution's requests: a bucket of its own and the delivery to it.
 *
 * CloudFront's older way of logging writes by access control lists, which buckets have switched off
 * for good reasons; this one is let in by the bucket's policy.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logging.html
 */
export class DistributionLog extends LogBucket {
  public constructor(scope: Construct, id: string, props: DistributionLogProps) {
    super(scope, id, {
      bucket: resourceName(nameLimits.s3Bucket, props.name, props.account, "cdn-logs"),
      // CloudFront's logs are delivered from us-east-1.
      partition: "aws",
      retentionDays: props.retentionDays,
      deletionProtection: props.deletionProtection,
      writeStatements: (bucketArn) => [writeStatement(bucketArn, props.account)],
    });
    this.deliver(props);
  }

  private deliver({ name, distributionArn }: DistributionLogProps): void {
    const deliveryName = resourceName(distributionLimits.logDeliveryName, name, "cdn");
    const source = new CloudwatchLogDeliverySource(this, "Source", {
      name: deliveryName,
      logType: "ACCESS_LOGS",
      resourceArn: distributionArn,
    });
    const destination = new CloudwatchLogDeliveryDestination(this, "Destination", {
      name: deliveryName,
      outputFormat: "parquet",
      deliveryDestinationConfiguration: [{ destinationResourceArn: this.resource.arn }],
    });
    new CloudwatchLogDelivery(this, "Delivery", {
      deliverySourceName: source.name,
      deliveryDestinationArn: destination.arn,
      dependsOn: [this.policy],
    });
  }
}

function writeStatement(bucketArn: string, account: string): object {
  return {
    // The Sid that AWS looks for before it would add a statement of its own.
    Sid: "AWSLogDeliveryWrite",
    Effect: "Allow",
    Principal: { Service: "delivery.logs.amazonaws.com" },
    Action: "s3:PutObject",
    Resource: `${bucketArn}/AWSLogs/${account}/CloudFront/*`,
    Condition: {
      StringEquals: { "s3:x-amz-acl": "bucket-owner-full-control", "aws:SourceAccount": account },
      ArnLike: { "aws:SourceArn": `arn:aws:logs:us-east-1:${account}:delivery-source:*` },
    },
  };
}
