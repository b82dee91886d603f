import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket";
import { S3BucketLifecycleConfiguration } from "@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration";
import { S3BucketOwnershipControls } from "@cdktf/provider-aws/lib/s3-bucket-ownership-controls";
import { S3BucketPolicy } from "@cdktf/provider-aws/lib/s3-bucket-policy";
import { S3BucketPublicAccessBlock } from "@cdktf/provider-aws/lib/s3-bucket-public-access-block";
import { S3BucketServerSideEncryptionConfigurationA } from "@cdktf/provider-aws/lib/s3-bucket-server-side-encryption-configuration";
import { S3BucketVersioningA } from "@cdktf/provider-aws/lib/s3-bucket-versioning";
import { Construct } from "constructs";

import { nameLimits, partitionOf, resourceName } from "../core";

/** Days that an overwritten or expired log can still be brought back. */
const noncurrentVersionDays = 7;

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
export class AccessLogBucket extends Construct {
  /** Prefix of the log of requests. */
  public static readonly requestPrefix = "requests";
  /** Prefix of the log of connections. */
  public static readonly connectionPrefix = "connections";

  /** The bucket, for settings that this module does not model. */
  public readonly resource: S3Bucket;
  /** Name of the bucket. */
  public readonly bucketName: string;
  /** The grant that must stand before a load balancer may name the bucket. */
  public readonly policy: S3BucketPolicy;

  public constructor(scope: Construct, id: string, props: AccessLogBucketProps) {
    super(scope, id);

    this.resource = new S3Bucket(this, "Resource", {
      bucket: resourceName(nameLimits.s3Bucket, props.name, props.account, props.region, "lb-logs"),
      forceDestroy: !props.deletionProtection,
      lifecycle: { preventDestroy: props.deletionProtection },
    });
    this.bucketName = this.resource.bucket;
    this.encrypt();
    this.expire(props.retentionDays);
    this.policy = this.createPolicy(props);
  }

  private encrypt(): void {
    new S3BucketServerSideEncryptionConfigurationA(this, "Encryption", {
      bucket: this.resource.id,
      // Load balancers can write to buckets with S3's own keys only.
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

  private createPolicy({ account, region }: AccessLogBucketProps): S3BucketPolicy {
    const partition = partitionOf(region);
    const bucketArn = `arn:${partition}:s3:::${this.bucketName}`;
    const publicAccessBlock = new S3BucketPublicAccessBlock(this, "PublicAccessBlock", {
      bucket: this.resource.id,
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    });
    return new S3BucketPolicy(this, "Policy", {
      bucket: this.resource.id,
      policy: JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          {
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
                "aws:SourceArn": `arn:${partition}:elasticloadbalancing:${region}:${account}:loadbalancer/*`,
              },
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
}
