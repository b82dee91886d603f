import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import type { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket";
import { S3BucketReplicationConfigurationA } from "@cdktf/provider-aws/lib/s3-bucket-replication-configuration";
import type { TerraformProvider } from "cdktf";
import { Construct } from "constructs";

import { nameLimits, partitionOf, resourceName } from "../../core";
import { replicaSuffix, stateBucketName } from "../../core/forms";
import { hasForm, validate, type ValidationRule } from "../parts";
import { ReplicatedBucketCopy } from "./replicated-bucket-copy";

/** Settings of a {@link StateBucket}. */
export interface StateBucketProps {
  /** Name of the bucket, unique over all of AWS. The replica's name is this with `-replica`. */
  readonly bucketName: string;
  /** The bucket's region, such as `eu-west-1`. */
  readonly region: string;
  /** The replica's region; another than `region`. */
  readonly replicaRegion: string;
  /** Provider of the replica's region. */
  readonly replicaProvider: TerraformProvider;
  /**
   * Whether Terraform refuses to destroy buckets and keys.
   *
   * @default true
   */
  readonly deletionProtection?: boolean;
  /**
   * Days that superseded versions of a state are kept; the ten newest are always kept.
   *
   * @default 90
   */
  readonly noncurrentVersionDays?: number;
  /**
   * Days that the log of requests to both buckets is kept.
   *
   * @default 365
   */
  readonly accessLogRetentionDays?: number;
}

/** The name of a state bucket's replica. */
export function replicaBucketName(bucketName: string): string {
  return `${bucketName}${replicaSuffix}`;
}

const rules: readonly ValidationRule<StateBucketProps>[] = [
  hasForm("bucketName", stateBucketName),
  {
    property: "replicaRegion",
    isValid: ({ region, replicaRegion }) => region !== replicaRegion,
    expected: "be another region than the bucket's",
    remedy: "choose a region that fails independently",
  },
  {
    property: "noncurrentVersionDays",
    isValid: ({ noncurrentVersionDays = 1 }) =>
      Number.isInteger(noncurrentVersionDays) && noncurrentVersionDays >= 1,
    expected: "be a whole number of days of at least 1",
    remedy: "choose how long an old state can be restored",
  },
  {
    property: "accessLogRetentionDays",
    isValid: ({ accessLogRetentionDays = 1 }) =>
      Number.isInteger(accessLogRetentionDays) && accessLogRetentionDays >= 1,
    expected: "be a whole number of days of at least 1",
    remedy: "choose how long access to the state must be traceable",
  },
];

/**
 * The bucket that holds an environment's Terraform state, replicated to a second region so that the
 * platform can be changed while its home region is down.
 *
 * Creates two buckets (versioned, KMS-encrypted, private, TLS-only) with a key and a log of requests each, and
 * replication from the first to the second.
 *
 * @see https://developer.hashicorp.com/terraform/language/backend/s3
 */
export class StateBucket extends Construct {
  /** The bucket, for settings that this module does not model. */
  public readonly resource: S3Bucket;
  /** ARN of the bucket. */
  public readonly bucketArn: string;
  /** ARN of the key that encrypts it. */
  public readonly keyArn: string;
  /** ARN of the replica. */
  public readonly replicaBucketArn: string;
  /** ARN of the key that encrypts the replica. */
  public readonly replicaKeyArn: string;

  public constructor(scope: Construct, id: string, props: StateBucketProps) {
    super(scope, id);
    validate(this, rules, props);

    const {
      bucketName,
      deletionProtection = true,
      noncurrentVersionDays = 90,
      accessLogRetentionDays = 365,
    } = props;
    const common = {
      keyAlias: bucketName,
      deletionProtection,
      noncurrentVersionDays,
      accessLogRetentionDays,
    };
    const primary = new ReplicatedBucketCopy(this, "Primary", {
      ...common,
      bucketName,
      partition: partitionOf(props.region),
    });
    const replica = new ReplicatedBucketCopy(this, "Replica", {
      ...common,
      bucketName: replicaBucketName(bucketName),
      partition: partitionOf(props.replicaRegion),
      provider: props.replicaProvider,
    });
    this.replicate(primary, replica, bucketName);

    this.resource = primary.resource;
    this.bucketArn = primary.bucketArn;
    this.keyArn = primary.keyArn;
    this.replicaBucketArn = replica.bucketArn;
    this.replicaKeyArn = replica.keyArn;
  }

  private replicate(primary: ReplicatedBucketCopy, replica: ReplicatedBucketCopy, bucketName: string): void {
    const role = new IamRole(this, "ReplicationRole", {
      name: resourceName(nameLimits.iamRole, bucketName, "replication"),
      assumeRolePolicy: JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          { Effect: "Allow", Principal: { Service: "s3.amazonaws.com" }, Action: "sts:AssumeRole" },
        ],
      }),
    });
    new IamRolePolicy(this, "ReplicationPolicy", {
      name: "replicate-state",
      role: role.id,
      policy: JSON.stringify(replicationPolicy(primary, replica)),
    });
    new S3BucketReplicationConfigurationA(this, "Replication", {
      bucket: primary.resource.id,
      role: role.arn,
      rule: [
        {
          id: "state",
          status: "Enabled",
          priority: 0,
          filter: { prefix: "" },
          // A deleted state must be restorable from the replica.
          deleteMarkerReplication: { status: "Disabled" },
          sourceSelectionCriteria: { sseKmsEncryptedObjects: { status: "Enabled" } },
          destination: {
            bucket: replica.bucketArn,
            storageClass: "STANDARD",
            encryptionConfiguration: { replicaKmsKeyId: replica.keyArn },
          },
        },
      ],
      dependsOn: [primary.versioning, replica.versioning],
    });
  }
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-config-for-kms-objects.html */
function replicationPolicy(primary: ReplicatedBucketCopy, replica: ReplicatedBucketCopy): object {
  const allow = (actions: readonly string[], resource: string): object => ({
    Effect: "Allow",
    Action: actions,
    Resource: resource,
  });
  return {
    Version: "2012-10-17",
    Statement: [
      allow(["s3:GetReplicationConfiguration", "s3:ListBucket"], primary.bucketArn),
      allow(
        ["s3:GetObjectVersionForReplication", "s3:GetObjectVersionAcl", "s3:GetObjectVersionTagging"],
        `${primary.bucketArn}/*`,
      ),
      allow(["s3:ReplicateObject", "s3:ReplicateTags"], `${replica.bucketArn}/*`),
      allow(["kms:Decrypt"], primary.keyArn),
      allow(["kms:Encrypt"], replica.keyArn),
    ],
  };
}
