import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket";
import { S3BucketLifecycleConfiguration } from "@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration";
import { S3BucketPolicy } from "@cdktf/provider-aws/lib/s3-bucket-policy";
import { S3BucketPublicAccessBlock } from "@cdktf/provider-aws/lib/s3-bucket-public-access-block";
import { S3BucketServerSideEncryptionConfigurationA } from "@cdktf/provider-aws/lib/s3-bucket-server-side-encryption-configuration";
import { S3BucketVersioningA } from "@cdktf/provider-aws/lib/s3-bucket-versioning";
import { S3Object } from "@cdktf/provider-aws/lib/s3-object";
import { Construct } from "constructs";
import { nameLimits, partitionOf, resourceName } from "../../core";
import { denyPlainHttp } from "../../core/tls-only";

/** How long an overwritten file can still be brought back. */
const noncurrentVersionDays = 30;

/** What a {@link ConfigurationBucket} is made of. */
export interface ConfigurationBucketProps {
  /** The cluster's name. */
  readonly clusterName: string;
  /** The account's number, which makes the bucket's name unique. */
  readonly account: string;
  /** The region's code. */
  readonly region: string;
  /**
   * An existing bucket to use instead.
   *
   * @default - a bucket of the module's own
   */
  readonly existingBucketName?: string;
}

/** Where the files of a cluster's nodes are: what whoever plans the cluster has to read. */
export function configurationPlace({
  clusterName,
  account,
  region,
  existingBucketName,
}: ConfigurationBucketProps): { readonly bucketName: string; readonly prefix: string } {
  return {
    bucketName:
      existingBucketName ??
      resourceName(nameLimits.s3Bucket, clusterName.toLowerCase(), account, region, "hpc"),
    prefix: `clusters/${clusterName}`,
  };
}

/**
 * Where nodes find what was rendered for them: Slurm's files, the daemon, the boot scripts. A change
 * is one changed object, and the head node takes it over within a minute without stopping the fleet.
 *
 * **Creates** a private, encrypted, versioned bucket that answers over TLS only and forgets overwritten
 * files after 30 days, or nothing where an existing one is named, and the objects.
 */
export class ConfigurationBucket extends Construct {
  /** The bucket, for settings that this construct does not model; absent when an existing one is used. */
  public readonly resource?: S3Bucket;
  /** The bucket's name. */
  public readonly bucketName: string;
  /** What the keys of all objects begin with. */
  public readonly prefix: string;

  public constructor(scope: Construct, id: string, props: ConfigurationBucketProps) {
    super(scope, id);
    const { bucketName, prefix } = configurationPlace(props);
    this.prefix = prefix;
    this.bucketName = bucketName;
    if (props.existingBucketName === undefined) {
      this.resource = this.createBucket(partitionOf(props.region));
    }
  }

  /** Adds a file below the prefix. */
  public addFile(key: string, content: string): void {
    new S3Object(this, `File-${key}`, {
      bucket: this.resource?.id ?? this.bucketName,
      key: `${this.prefix}/${key}`,
      content,
    });
  }

  private createBucket(partition: string): S3Bucket {
    const bucket = new S3Bucket(this, "Resource", { bucket: this.bucketName, forceDestroy: true });
    const publicAccessBlock = new S3BucketPublicAccessBlock(this, "PublicAccessBlock", {
      bucket: bucket.id,
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    });
    new S3BucketServerSideEncryptionConfigurationA(this, "Encryption", {
      bucket: bucket.id,
      rule: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }],
    });
    const versioning = new S3BucketVersioningA(this, "Versioning", {
      bucket: bucket.id,
      versioningConfiguration: { status: "Enabled" },
    });
    new S3BucketLifecycleConfiguration(this, "Lifecycle", {
      bucket: bucket.id,
      rule: [
        {
          id: "expire-versions",
          status: "Enabled",
          filter: [{ prefix: "" }],
          noncurrentVersionExpiration: [{ noncurrentDays: noncurrentVersionDays }],
          abortIncompleteMultipartUpload: [{ daysAfterInitiation: 1 }],
        },
      ],
      dependsOn: [versioning],
    });
    const arn = `arn:${partition}:s3:::${this.bucketName}`;
    new S3BucketPolicy(this, "Policy", {
      bucket: bucket.id,
      policy: JSON.stringify({
        Version: "2012-10-17",
        Statement: [denyPlainHttp(arn)],
      }),
      // S3 refuses to change two settings of one bucket at the same time.
      dependsOn: [publicAccessBlock],
    });
    return bucket;
  }
}
