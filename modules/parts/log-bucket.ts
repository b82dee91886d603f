import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket";
import { S3BucketLifecycleConfiguration } from "@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration";
import { S3BucketOwnershipControls } from "@cdktf/provider-aws/lib/s3-bucket-ownership-controls";
import { S3BucketPolicy } from "@cdktf/provider-aws/lib/s3-bucket-policy";
import { S3BucketPublicAccessBlock } from "@cdktf/provider-aws/lib/s3-bucket-public-access-block";
import { S3BucketServerSideEncryptionConfigurationA } from "@cdktf/provider-aws/lib/s3-bucket-server-side-encryption-configuration";
import { S3BucketVersioningA } from "@cdktf/provider-aws/lib/s3-bucket-versioning";
import type { TerraformProvider } from "cdktf";
import { Construct } from "constructs";
import { denyPlainHttp } from "../../core/tls-only";

/** Days that an overwritten or expired log can still be brought back. */
const noncurrentVersionDays = 7;

/** Settings of a {@link LogBucket}. */
export interface LogBucketProps {
  /** The bucket's name, unique over all of AWS. */
  readonly bucket: string;
  /** The partition that its ARN begins with. */
  readonly partition: string;
  /** Days that logs are kept. */
  readonly retentionDays: number;
  /** Whether the bucket outlives `terraform destroy`. */
  readonly deletionProtection: boolean;
  /** What lets the service write that the logs are of, given the bucket's ARN. */
  readonly writeStatements: (bucketArn: string) => readonly object[];
  /**
   * Provider of the bucket's region.
   *
   * @default - the stack's provider
   */
  readonly provider?: TerraformProvider;
}

/**
 * A bucket that one service of AWS writes its logs to, to be extended by the module of that service.
 *
 * Creates the bucket and its settings: private, encrypted with S3's own keys, versioned, without
 * access control lists, TLS only, emptied by age. A module's class extends it rather than holds it, so that the
 * settings stand directly below the module's own construct: their ids are addresses in the state.
 */
export abstract class LogBucket extends Construct {
  /** The bucket, for settings that this module does not model. */
  public readonly resource: S3Bucket;
  /** Name of the bucket. */
  public readonly bucketName: string;
  /** The grant that must stand before anything may be told to write here. */
  public readonly policy: S3BucketPolicy;

  public constructor(scope: Construct, id: string, props: LogBucketProps) {
    super(scope, id);
    this.resource = new S3Bucket(this, "Resource", {
      provider: props.provider,
      bucket: props.bucket,
      forceDestroy: !props.deletionProtection,
      lifecycle: { preventDestroy: props.deletionProtection },
    });
    this.bucketName = this.resource.bucket;
    this.close(props.provider);
    this.expire(props);
    this.policy = this.createPolicy(props);
  }

  private close(provider: TerraformProvider | undefined): void {
    new S3BucketServerSideEncryptionConfigurationA(this, "Encryption", {
      provider,
      bucket: this.resource.id,
      // Load balancers write to buckets with S3's own keys only; others would need a grant on a key.
      rule: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }],
    });
    new S3BucketOwnershipControls(this, "OwnershipControls", {
      provider,
      bucket: this.resource.id,
      rule: { objectOwnership: "BucketOwnerEnforced" },
    });
  }

  private expire({ retentionDays, provider }: LogBucketProps): void {
    const versioning = new S3BucketVersioningA(this, "Versioning", {
      provider,
      bucket: this.resource.id,
      versioningConfiguration: { status: "Enabled" },
    });
    new S3BucketLifecycleConfiguration(this, "Lifecycle", {
      provider,
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

  private createPolicy({ partition, writeStatements, provider }: LogBucketProps): S3BucketPolicy {
    const bucketArn = `arn:${partition}:s3:::${this.bucketName}`;
    const publicAccessBlock = new S3BucketPublicAccessBlock(this, "PublicAccessBlock", {
      provider,
      bucket: this.resource.id,
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    });
    return new S3BucketPolicy(this, "Policy", {
      provider,
      bucket: this.resource.id,
      policy: JSON.stringify({
        Version: "2012-10-17",
        Statement: [...writeStatements(bucketArn), denyPlainHttp(bucketArn)],
      }),
      // S3 refuses to change two settings of one bucket at the same time.
      dependsOn: [publicAccessBlock],
    });
  }
}
