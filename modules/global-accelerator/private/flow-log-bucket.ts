import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket";
import { S3BucketLifecycleConfiguration } from "@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration";
import { S3BucketOwnershipControls } from "@cdktf/provider-aws/lib/s3-bucket-ownership-controls";
import { S3BucketPolicy } from "@cdktf/provider-aws/lib/s3-bucket-policy";
import { S3BucketPublicAccessBlock } from "@cdktf/provider-aws/lib/s3-bucket-public-access-block";
import { S3BucketServerSideEncryptionConfigurationA } from "@cdktf/provider-aws/lib/s3-bucket-server-side-encryption-configuration";
import { Construct } from "constructs";

import { nameLimits, resourceName } from "../../core";

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
 * Creates the bucket and its settings: private, encrypted, TLS only, writable by the log delivery
 * of its own account only.
 */
export class FlowLogBucket extends Construct {
  /** The bucket of the provider. */
  public readonly resource: S3Bucket;
  /** Name of the bucket. */
  public readonly bucketName: string;
  /** The grant that must stand before logging is switched on. */
  public readonly policy: S3BucketPolicy;

  public constructor(scope: Construct, id: string, props: FlowLogBucketProps) {
    super(scope, id);

    const name = props.name.toLowerCase();
    this.resource = new S3Bucket(this, "Resource", {
      bucket: resourceName(nameLimits.s3Bucket, name, props.account, "accelerator-logs"),
      forceDestroy: !props.deletionProtection,
      lifecycle: { preventDestroy: props.deletionProtection },
    });
    this.bucketName = this.resource.bucket;
    new S3BucketServerSideEncryptionConfigurationA(this, "Encryption", {
      bucket: this.resource.id,
      // With a key of KMS, log delivery would need its own grant on the key.
      rule: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }],
    });
    new S3BucketOwnershipControls(this, "OwnershipControls", {
      bucket: this.resource.id,
      rule: { objectOwnership: "BucketOwnerEnforced" },
    });
    new S3BucketLifecycleConfiguration(this, "Lifecycle", {
      bucket: this.resource.id,
      rule: [
        {
          id: "expire-logs",
          status: "Enabled",
          filter: [{ prefix: "" }],
          expiration: [{ days: props.retentionDays }],
          abortIncompleteMultipartUpload: [{ daysAfterInitiation: 1 }],
        },
      ],
    });
    this.policy = this.createPolicy(props.account);
  }

  /** @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-infrastructure-S3.html */
  private createPolicy(account: string): S3BucketPolicy {
    // Global Accelerator exists in the partition `aws` only.
    const bucketArn = `arn:aws:s3:::${this.bucketName}`;
    const publicAccessBlock = new S3BucketPublicAccessBlock(this, "PublicAccessBlock", {
      bucket: this.resource.id,
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    });
    const Principal = { Service: "delivery.logs.amazonaws.com" };
    const ofAccount = { "aws:SourceAccount": account };
    return new S3BucketPolicy(this, "Policy", {
      bucket: this.resource.id,
      policy: JSON.stringify({
        Version: "2012-10-17",
        Statement: [
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
}
