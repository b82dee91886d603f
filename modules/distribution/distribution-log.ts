import { CloudwatchLogDelivery } from "@cdktf/provider-aws/lib/cloudwatch-log-delivery";
import { CloudwatchLogDeliveryDestination } from "@cdktf/provider-aws/lib/cloudwatch-log-delivery-destination";
import { CloudwatchLogDeliverySource } from "@cdktf/provider-aws/lib/cloudwatch-log-delivery-source";
import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket";
import { S3BucketLifecycleConfiguration } from "@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration";
import { S3BucketOwnershipControls } from "@cdktf/provider-aws/lib/s3-bucket-ownership-controls";
import { S3BucketPolicy } from "@cdktf/provider-aws/lib/s3-bucket-policy";
import { S3BucketPublicAccessBlock } from "@cdktf/provider-aws/lib/s3-bucket-public-access-block";
import { S3BucketServerSideEncryptionConfigurationA } from "@cdktf/provider-aws/lib/s3-bucket-server-side-encryption-configuration";
import { S3BucketVersioningA } from "@cdktf/provider-aws/lib/s3-bucket-versioning";
import { Construct } from "constructs";

import { nameLimits, resourceName } from "../core";
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

/** Days that an overwritten or expired log can still be brought back. */
const noncurrentVersionDays = 7;

/**
 * The log of a distribution's requests: a bucket of its own and the delivery to it.
 *
 * CloudFront's older way of logging writes by access control lists, which buckets have switched off
 * for good reasons; this one is let in by the bucket's policy.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logging.html
 */
export class DistributionLog extends Construct {
  /** The bucket, for settings that this module does not model. */
  public readonly resource: S3Bucket;
  /** Name of the bucket. */
  public readonly bucketName: string;

  public constructor(scope: Construct, id: string, props: DistributionLogProps) {
    super(scope, id);

    this.resource = new S3Bucket(this, "Resource", {
      bucket: resourceName(nameLimits.s3Bucket, props.name, props.account, "cdn-logs"),
      forceDestroy: !props.deletionProtection,
      lifecycle: { preventDestroy: props.deletionProtection },
    });
    this.bucketName = this.resource.bucket;
    this.close();
    this.expire(props.retentionDays);
    this.deliver(props, this.letIn(props.account));
  }

  private close(): void {
    new S3BucketServerSideEncryptionConfigurationA(this, "Encryption", {
      bucket: this.resource.id,
      rule: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }],
    });
    new S3BucketOwnershipControls(this, "OwnershipControls", {
      bucket: this.resource.id,
      rule: { objectOwnership: "BucketOwnerEnforced" },
    });
  }

  private expire(retentionDays: number): void {
    const versioning = new S3BucketVersioningA(this, "Versioning", {
      bucket: this.resource.id,
      versioningConfiguration: { status: "Enabled" },
    });
    new S3BucketLifecycleConfiguration(this, "Lifecycle", {
      bucket: this.resource.id,
      rule: [
        {
          id: "expire-logs",
          status: "Enabled",
          filter: [{ prefix: "" }],
          expiration: [{ days: retentionDays }],
          noncurrentVersionExpiration: [{ noncurrentDays: noncurrentVersionDays }],
          abortIncompleteMultipartUpload: [{ daysAfterInitiation: 1 }],
        },
      ],
      dependsOn: [versioning],
    });
  }

  private letIn(account: string): S3BucketPolicy {
    const publicAccessBlock = new S3BucketPublicAccessBlock(this, "PublicAccessBlock", {
      bucket: this.resource.id,
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    });
    const bucketArn = `arn:aws:s3:::${this.bucketName}`;
    return new S3BucketPolicy(this, "Policy", {
      bucket: this.resource.id,
      policy: JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          {
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
          },
          {
            Sid: "DenyPlainHttp",
            Effect: "Deny",
            Principal: "*",
            Action: "s3:*",
            Resource: [bucketArn, `${bucketArn}/*`],
            Condition: { Bool: { "aws:SecureTransport": "false" } },
          },
        ],
      }),
      // S3 refuses to change two settings of one bucket at the same time.
      dependsOn: [publicAccessBlock],
    });
  }

  private deliver({ name, distributionArn }: DistributionLogProps, policy: S3BucketPolicy): void {
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
      dependsOn: [policy],
    });
  }
}
