import { DatasyncLocationNfs } from "@cdktf/provider-aws/lib/datasync-location-nfs";
import { DatasyncLocationS3 } from "@cdktf/provider-aws/lib/datasync-location-s3";
import { DatasyncTask } from "@cdktf/provider-aws/lib/datasync-task";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { Construct } from "constructs";
import { InternalError, nameLimits, resourceName } from "../../../core";
import type { DataTransferConfiguration } from "../file/cluster-keys";
import { slug } from "./lustre-file-system";

/** What a {@link DataTransfer} is made of. */
export interface DataTransferProps {
  /** The cluster's name. */
  readonly clusterName: string;
  /** The account's number. */
  readonly account: string;
  /** The ARN partition, such as `aws`. */
  readonly partition: string;
  /** One of the file's `Meridian.DataTransfers`. */
  readonly transfer: DataTransferConfiguration;
  /** The data repository that it fills, such as `s3://bucket/prefix`. */
  readonly dataRepositoryPath: string;
}

interface BucketPath {
  readonly bucket: string;
  readonly path: string;
}

const readObjects = [
  "s3:GetObject",
  "s3:GetObjectTagging",
  "s3:GetObjectVersion",
  "s3:GetObjectVersionTagging",
];
const writeObjects = [
  "s3:PutObject",
  "s3:PutObjectTagging",
  "s3:DeleteObject",
  "s3:AbortMultipartUpload",
  "s3:ListMultipartUploadParts",
];

/** A task's name. https://docs.aws.amazon.com/datasync/latest/userguide/API_CreateTask.html */
const longestTaskName = 256;

/**
 * Brings files from an NFS server on premises, or from another bucket, into the bucket behind a
 * Lustre file system. It copies what changed and deletes nothing.
 *
 * **Creates** the two DataSync locations, a role that reads the one bucket and writes the other, and
 * the task, with a schedule where the file gives one.
 */
export class DataTransfer extends Construct {
  /** The task, for settings that this construct does not model. */
  public readonly resource: DatasyncTask;

  private readonly props: DataTransferProps;
  private rolePolicy?: IamRolePolicy;

  public constructor(scope: Construct, id: string, props: DataTransferProps) {
    super(scope, id);
    this.props = props;
    const { clusterName, transfer } = props;
    const target = bucketPathOf(props.dataRepositoryPath);
    const source = transfer.S3Path === undefined ? undefined : bucketPathOf(transfer.S3Path);
    const role = this.createRole(target, source);
    this.resource = new DatasyncTask(this, "Resource", {
      name: resourceName(longestTaskName, clusterName, slug(transfer.Name)),
      sourceLocationArn: source === undefined ? this.createNfs() : this.createS3("Source", source, role),
      destinationLocationArn: this.createS3("Target", target, role),
      schedule: transfer.Schedule === undefined ? undefined : { scheduleExpression: transfer.Schedule },
      options: {
        transferMode: "CHANGED",
        preserveDeletedFiles: "PRESERVE",
        verifyMode: "ONLY_FILES_TRANSFERRED",
        // Owners and modes of files are kept in S3 as FSx for Lustre reads them; buckets have none.
        ...(source === undefined ? {} : { uid: "NONE", gid: "NONE", posixPermissions: "NONE" }),
      },
    });
  }

  private createNfs(): string {
    const { Nfs } = this.props.transfer;
    if (Nfs === undefined) {
      throw new InternalError("the checks let a data transfer pass without a source");
    }
    return new DatasyncLocationNfs(this, "Source", {
      serverHostname: Nfs.ServerHostname,
      subdirectory: Nfs.Path,
      onPremConfig: { agentArns: [...Nfs.AgentArns] },
    }).arn;
  }

  private createS3(id: string, { bucket, path }: BucketPath, role: IamRole): string {
    return new DatasyncLocationS3(this, id, {
      s3BucketArn: this.bucketArn(bucket),
      subdirectory: path,
      s3Config: { bucketAccessRoleArn: role.arn },
      // DataSync tries the bucket when the location is made.
      dependsOn: this.rolePolicy && [this.rolePolicy],
    }).arn;
  }

  private createRole(target: BucketPath, source: BucketPath | undefined): IamRole {
    const { clusterName, account, transfer } = this.props;
    const role = new IamRole(this, "Role", {
      name: resourceName(nameLimits.iamRole, clusterName, "transfer", slug(transfer.Name)),
      assumeRolePolicy: JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          {
            Effect: "Allow",
            Action: "sts:AssumeRole",
            Principal: { Service: "datasync.amazonaws.com" },
            Condition: { StringEquals: { "aws:SourceAccount": account } },
          },
        ],
      }),
    });
    this.rolePolicy = new IamRolePolicy(this, "RolePolicy", {
      name: "buckets",
      role: role.name,
      policy: JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          ...this.bucketStatements(target, [...readObjects, ...writeObjects]),
          ...(source === undefined ? [] : this.bucketStatements(source, readObjects)),
        ],
      }),
    });
    return role;
  }

  private bucketStatements({ bucket, path }: BucketPath, actions: readonly string[]): object[] {
    const arn = this.bucketArn(bucket);
    return [
      {
        Effect: "Allow",
        Action: ["s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"],
        Resource: arn,
      },
      { Effect: "Allow", Action: actions, Resource: `${arn}${path}*` },
    ];
  }

  private bucketArn(bucket: string): string {
    return `arn:${this.props.partition}:s3:::${bucket}`;
  }
}

/** `s3://bucket/prefix` as a bucket and a path that begins and ends with a slash. */
function bucketPathOf(address: string): BucketPath {
  const [bucket = "", ...prefix] = address.replace(/^s3:\/\//, "").split("/");
  const parts = prefix.filter((part) => part !== "");
  return { bucket, path: parts.length === 0 ? "/" : `/${parts.join("/")}/` };
}
