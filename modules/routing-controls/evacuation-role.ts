import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { Construct } from "constructs";

import { nameLimits, partitionOf, resourceName } from "../../core";

/** Settings of {@link EvacuationRole}. */
export interface EvacuationRoleProps {
  /** The role's name. */
  readonly name: string;
  /** The account, 12 digits. Whom of it an administrator lets assume the role may flip the controls. */
  readonly account: string;
  /** A region of the account, for the partition. */
  readonly region: string;
  /** ARNs of the routing controls. */
  readonly controlArns: readonly string[];
  /** Name of the parameter that says in each region where the controls are, such as `/prod/controls`. */
  readonly parameterName: string;
  /**
   * Whether the role may override safety rules, for the day on which a rule is in the way.
   *
   * @default true
   */
  readonly mayOverrideSafetyRules?: boolean;
  /**
   * ARNs of objects, with `*` at their end, that the role may write down in who flipped what.
   *
   * @default - none
   */
  readonly recordObjectArns?: readonly string[];
}

/**
 * A role that leads users out of regions and back, and can do nothing else: it reads and flips the routing
 * controls, reads where they are, and looks whether the other regions serve.
 *
 * @see https://docs.aws.amazon.com/r53recovery/latest/dg/security_iam_id-based-policy-examples-routing.html
 */
export class EvacuationRole extends Construct {
  /** The role of the provider, for settings that this module does not model. */
  public readonly resource: IamRole;

  public constructor(scope: Construct, id: string, props: EvacuationRoleProps) {
    super(scope, id);
    const partition = partitionOf(props.region);
    this.resource = new IamRole(this, "Resource", {
      name: resourceName(nameLimits.iamRole, props.name),
      assumeRolePolicy: JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          {
            Effect: "Allow",
            // Not everyone of the account: who assumes the role needs to be allowed to, besides.
            Principal: { AWS: `arn:${partition}:iam::${props.account}:root` },
            Action: "sts:AssumeRole",
          },
        ],
      }),
    });
    new IamRolePolicy(this, "Policy", {
      name: "evacuate",
      role: this.resource.id,
      policy: JSON.stringify({ Version: "2012-10-17", Statement: statements(props, partition) }),
    });
  }
}

function statements(props: EvacuationRoleProps, partition: string): object[] {
  const { account, controlArns, parameterName, recordObjectArns = [] } = props;
  const flip = [
    "route53-recovery-cluster:UpdateRoutingControlState",
    "route53-recovery-cluster:UpdateRoutingControlStates",
  ];
  return [
    {
      Sid: "FlipControls",
      Effect: "Allow",
      Action: ["route53-recovery-cluster:GetRoutingControlState", ...flip],
      Resource: controlArns,
    },
    // AWS knows no resource of this action.
    {
      Sid: "ListControls",
      Effect: "Allow",
      Action: "route53-recovery-cluster:ListRoutingControls",
      Resource: "*",
    },
    ...(props.mayOverrideSafetyRules === false
      ? [
          {
            Sid: "KeepSafetyRules",
            Effect: "Deny",
            Action: flip,
            Resource: "*",
            Condition: { Bool: { "route53-recovery-cluster:AllowSafetyRulesOverrides": "true" } },
          },
        ]
      : []),
    {
      Sid: "FindControls",
      Effect: "Allow",
      Action: "ssm:GetParameter",
      Resource: `arn:${partition}:ssm:*:${account}:parameter${parameterName}`,
    },
    {
      Sid: "SeeWhatServes",
      Effect: "Allow",
      Action: ["ecs:DescribeServices", "apprunner:ListServices"],
      Resource: "*",
    },
    ...(recordObjectArns.length === 0
      ? []
      : [
          { Sid: "RecordWhoFlips", Effect: "Allow", Action: "s3:PutObject", Resource: recordObjectArns },
          {
            Sid: "EncryptRecords",
            Effect: "Allow",
            Action: "kms:GenerateDataKey",
            Resource: `arn:${partition}:kms:*:${account}:key/*`,
            Condition: {
              StringLike: {
                "kms:ViaService": "s3.*.amazonaws.com",
                // S3 names the bucket where it uses a bucket key, and else the object.
                "kms:EncryptionContext:aws:s3:arn": [...recordObjectArns, ...bucketsOf(recordObjectArns)],
              },
            },
          },
        ]),
  ];
}

function bucketsOf(objectArns: readonly string[]): string[] {
  return objectArns.map((arn) => arn.slice(0, arn.indexOf("/")));
}
