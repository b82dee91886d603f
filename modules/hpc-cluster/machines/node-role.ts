import { DataAwsIamInstanceProfile } from "@cdktf/provider-aws/lib/data-aws-iam-instance-profile";
import { IamInstanceProfile } from "@cdktf/provider-aws/lib/iam-instance-profile";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { IamRolePolicyAttachment } from "@cdktf/provider-aws/lib/iam-role-policy-attachment";
import { Construct } from "constructs";
import { nameLimits, resourceName } from "../../../core";

/** One statement of an IAM policy. */
export interface PolicyStatement {
  readonly Sid: string;
  readonly Effect: "Allow";
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

/** A bucket, or part of one, that nodes may read or write. */
export interface BucketAccess {
  readonly BucketName: string;
  readonly KeyName?: string;
  readonly EnableWriteAccess: boolean;
}

/** What a {@link NodeRole} is made of. */
export interface NodeRoleProps {
  /** The cluster's name. */
  readonly clusterName: string;
  /** The role that the nodes play, such as `head` or the queue's name. */
  readonly role: string;
  /** The ARN partition, such as `aws`. */
  readonly partition: string;
  /** What the nodes may do. */
  readonly statements: readonly PolicyStatement[];
  /** Policies of AWS that every node has, by the name AWS gives them. */
  readonly managedPolicyNames: readonly string[];
  /**
   * The file's `Iam` section of these nodes.
   *
   * @default - a role of the module's own, without additions
   */
  readonly iam?: {
    readonly InstanceRole?: string;
    readonly InstanceProfile?: string;
    readonly AdditionalIamPolicies?: readonly { readonly Policy: string }[];
    readonly S3Access?: readonly BucketAccess[];
  };
  /**
   * Path and beginning of the role's name, from `Iam.ResourcePrefix`.
   *
   * @default - the path `/`
   */
  readonly resourcePrefix?: string;
  /**
   * The ARN of the policy that bounds the role.
   *
   * @default - no boundary
   */
  readonly permissionsBoundaryArn?: string;
}

/**
 * Who the nodes are to AWS: a role and its instance profile, or those that the file names.
 *
 * **Creates** a role with one inline policy, attachments of managed policies, and an instance
 * profile; only the profile where the file names a role; nothing where it names a profile, whose role
 * is looked up.
 */
export class NodeRole extends Construct {
  /** The role, for settings that this construct does not model; absent when the file names one. */
  public readonly resource?: IamRole;
  /** The ARN of the instance profile. */
  public readonly instanceProfileArn: string;
  /** The name of the instance profile. */
  public readonly instanceProfileName: string;
  /** The ARN of the role, which launching nodes hands over. */
  public readonly roleArn: string;

  public constructor(scope: Construct, id: string, props: NodeRoleProps) {
    super(scope, id);
    const { iam } = props;
    if (iam?.InstanceProfile !== undefined) {
      this.instanceProfileArn = iam.InstanceProfile;
      this.instanceProfileName = lastPart(iam.InstanceProfile);
      // Launching with a profile hands over its role, which only IAM knows.
      this.roleArn = new DataAwsIamInstanceProfile(this, "Profile", {
        name: this.instanceProfileName,
      }).roleArn;
      return;
    }
    const given = iam?.InstanceRole;
    const role = given === undefined ? this.createRole(props) : { arn: given, name: lastPart(given) };
    this.resource = role instanceof IamRole ? role : undefined;
    this.roleArn = role.arn;
    const profile = new IamInstanceProfile(this, "Profile", { ...namesOf(props), role: role.name });
    this.instanceProfileArn = profile.arn;
    this.instanceProfileName = profile.name;
  }

  private createRole(props: NodeRoleProps): IamRole {
    const { partition, iam, permissionsBoundaryArn } = props;
    const role = new IamRole(this, "Resource", {
      ...namesOf(props),
      permissionsBoundary: permissionsBoundaryArn,
      assumeRolePolicy: JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          { Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "ec2.amazonaws.com" } },
        ],
      }),
    });
    const statements = [
      ...props.statements,
      ...(iam?.S3Access ?? []).flatMap((access, index) => bucketStatements(partition, access, index)),
    ];
    if (statements.length > 0) {
      new IamRolePolicy(this, "Policy", {
        name: "cluster",
        role: role.name,
        policy: JSON.stringify({ Version: "2012-10-17", Statement: statements }),
      });
    }
    for (const name of props.managedPolicyNames) {
      new IamRolePolicyAttachment(this, name, {
        role: role.name,
        policyArn: `arn:${partition}:iam::aws:policy/${name}`,
      });
    }
    for (const { Policy } of iam?.AdditionalIamPolicies ?? []) {
      new IamRolePolicyAttachment(this, `Additional-${lastPart(Policy)}`, {
        role: role.name,
        policyArn: Policy,
      });
    }
    return role;
  }
}

function namesOf({ clusterName, role, resourcePrefix = "" }: NodeRoleProps): { name: string; path: string } {
  const at = resourcePrefix.lastIndexOf("/") + 1;
  const [path, begin] = [resourcePrefix.slice(0, at), resourcePrefix.slice(at)];
  return {
    name: begin + resourceName(nameLimits.iamRole - begin.length, clusterName, role),
    path: path === "" ? "/" : path,
  };
}

function bucketStatements(
  partition: string,
  { BucketName, KeyName, EnableWriteAccess }: BucketAccess,
  index: number,
): PolicyStatement[] {
  const bucket = `arn:${partition}:s3:::${BucketName}`;
  const write = EnableWriteAccess ? ["s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload"] : [];
  return [
    {
      Sid: `Bucket${index}`,
      Effect: "Allow",
      Action: ["s3:ListBucket", "s3:GetBucketLocation"],
      Resource: [bucket],
    },
    {
      Sid: `BucketObjects${index}`,
      Effect: "Allow",
      Action: ["s3:GetObject", "s3:GetObjectVersion", ...write],
      Resource: [`${bucket}/${KeyName ?? "*"}`],
    },
  ];
}

function lastPart(arn: string): string {
  return arn.slice(arn.lastIndexOf("/") + 1);
}
