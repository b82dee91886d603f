import { KmsAlias } from "@cdktf/provider-aws/lib/kms-alias";
import { KmsKey } from "@cdktf/provider-aws/lib/kms-key";
import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket";
import { S3BucketLifecycleConfiguration } from "@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration";
import { S3BucketOwnershipControls } from "@cdktf/provider-aws/lib/s3-bucket-ownership-controls";
import { S3BucketPolicy } from "@cdktf/provider-aws/lib/s3-bucket-policy";
import { S3BucketPublicAccessBlock } from "@cdktf/provider-aws/lib/s3-bucket-public-access-block";
import { S3BucketServerSideEncryptionConfigurationA } from "@cdktf/provider-aws/lib/s3-bucket-server-side-encryption-configuration";
import { S3BucketVersioningA } from "@cdktf/provider-aws/lib/s3-bucket-versioning";
import type { TerraformProvider } from "cdktf";
import { Construct } from "constructs";

import { nameLimits, resourceName } from "../../core";
import { StateAccessLog } from "./state-access-log";
import { denyPlainHttp } from "../../core/tls-only";

/** One of the two copies of a state bucket: what both regions have in common. */
export interface ReplicatedBucketCopyProps {
  /** Name of the bucket, unique over all of AWS. */
  readonly bucketName: string;
  /** Alias of the bucket's own KMS key, without `alias/`. */
  readonly keyAlias: string;
  /** Partition of the region, the second part of its ARNs. */
  readonly partition: string;
  /** Whether Terraform refuses to destroy bucket and key. */
  readonly deletionProtection: boolean;
  /** Days that superseded versions are kept. */
  readonly noncurrentVersionDays: number;
  /** Days that the log of requests is kept. */
  readonly accessLogRetentionDays: number;
  /**
   * Provider of the copy's region.
   *
   * @default - the stack's provider
   */
  readonly provider?: TerraformProvider;
}

/**
 * A versioned, KMS-encrypted, private, TLS-only bucket.
 *
 * Creates a KMS key with alias, the bucket and its settings, and a log of the requests that it gets.
 */
export class ReplicatedBucketCopy extends Construct {
  /** The bucket, for settings that this module does not model. */
  public readonly resource: S3Bucket;
  /** ARN of the bucket. */
  public readonly bucketArn: string;
  /** ARN of the key that encrypts it. */
  public readonly keyArn: string;
  /** Versioning, which replication has to wait for. */
  public readonly versioning: S3BucketVersioningA;

  public constructor(scope: Construct, id: string, props: ReplicatedBucketCopyProps) {
    super(scope, id);

    const { provider } = props;
    const lifecycle = { preventDestroy: props.deletionProtection };
    const key = new KmsKey(this, "Key", {
      provider,
      description: `Encrypts the Terraform state in ${props.bucketName}`,
      enableKeyRotation: true,
      deletionWindowInDays: props.deletionProtection ? 30 : 7,
      lifecycle,
    });
    new KmsAlias(this, "KeyAlias", { provider, name: `alias/${props.keyAlias}`, targetKeyId: key.keyId });
    this.resource = new S3Bucket(this, "Resource", {
      provider,
      bucket: props.bucketName,
      forceDestroy: !props.deletionProtection,
      lifecycle,
    });
    this.versioning = new S3BucketVersioningA(this, "Versioning", {
      provider,
      bucket: this.resource.id,
      versioningConfiguration: { status: "Enabled" },
    });
    this.bucketArn = this.resource.arn;
    this.keyArn = key.arn;
    this.encrypt(key, provider);
    this.closeToThePublic(props);
    this.expireOldVersions(props.noncurrentVersionDays, provider);
    this.logRequests(props);
  }

  private logRequests({ partition, accessLogRetentionDays, ...props }: ReplicatedBucketCopyProps): void {
    new StateAccessLog(this, "AccessLog", {
      bucketName: this.resource.id,
      logBucketName: resourceName(nameLimits.s3Bucket, props.bucketName, "logs"),
      bucketArn: `arn:${partition}:s3:::${props.bucketName}`,
      partition,
      retentionDays: accessLogRetentionDays,
      deletionProtection: props.deletionProtection,
      provider: props.provider,
    });
  }

  private encrypt(key: KmsKey, provider: TerraformProvider | undefined): void {
    new S3BucketServerSideEncryptionConfigurationA(this, "Encryption", {
      provider,
      bucket: this.resource.id,
      rule: [
        {
          applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: key.arn },
          bucketKeyEnabled: true,
        },
      ],
    });
  }

  private closeToThePublic({ bucketName, partition, provider }: ReplicatedBucketCopyProps): void {
    const publicAccessBlock = new S3BucketPublicAccessBlock(this, "PublicAccessBlock", {
      provider,
      bucket: this.resource.id,
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    });
    new S3BucketOwnershipControls(this, "OwnershipControls", {
      provider,
      bucket: this.resource.id,
      rule: { objectOwnership: "BucketOwnerEnforced" },
    });
    const arn = `arn:${partition}:s3:::${bucketName}`;
    new S3BucketPolicy(this, "Policy", {
      provider,
      bucket: this.resource.id,
      policy: JSON.stringify({
        Version: "2012-10-17",
        Statement: [denyPlainHttp(arn)],
      }),
      // S3 refuses two settings of one bucket at the same time.
      dependsOn: [publicAccessBlock],
    });
  }

  private expireOldVersions(days: number, provider: TerraformProvider | undefined): void {
    new S3BucketLifecycleConfiguration(this, "Lifecycle", {
      provider,
      bucket: this.resource.id,
      rule: [
        {
          id: "expire-superseded-state",
          status: "Enabled",
          filter: [{ prefix: "" }],
          noncurrentVersionExpiration: [{ noncurrentDays: days, newerNoncurrentVersions: 10 }],
          abortIncompleteMultipartUpload: [{ daysAfterInitiation: 7 }],
        },
      ],
      dependsOn: [this.versioning],
    });
  }
}
