import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { Token } from "cdktf";
import { Construct } from "constructs";

import type { IGrantable } from "../../core/contracts";
import { iamAction, policyResource } from "../../core/forms";
import { literalText } from "../../core/literal-text";
import { type Permission, unboundedActions } from "../../core/permissions";
import { validate, type ValidationRule } from "./validation";

/** Settings of {@link RolePermissions}. */
export interface RolePermissionsProps {
  /** Whose role it is. */
  readonly grantee: IGrantable;
  /** What it may do. */
  readonly permissions: readonly Permission[];
  /**
   * Name of the policy, unique in the role.
   *
   * @default "permissions"
   */
  readonly policyName?: string;
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html: all inline policies of a role together. */
const policyCharacterLimit = 10_240;

const rules: readonly ValidationRule<RolePermissionsProps>[] = [
  {
    property: "permissions",
    isValid: ({ permissions }) => permissions.length > 0 && permissions.every(isWhole),
    expected: "hold permissions of at least one action and one resource each",
    remedy: "name them, or leave the construct out",
  },
  {
    property: "permissions",
    isValid: ({ permissions }) => wrongActions(permissions).length === 0,
    expected: "name actions as a service and an action",
    got: ({ permissions }) => wrongActions(permissions),
    remedy: "write them like 's3:GetObject'",
  },
  {
    property: "permissions",
    isValid: ({ permissions }) => wrongResources(permissions).length === 0,
    expected: "name resources by ARN, or all of them by '*'",
    got: ({ permissions }) => wrongResources(permissions),
    remedy: "write them like 'arn:aws:s3:::orders/*'",
  },
  {
    property: "permissions",
    isValid: ({ permissions }) => permissions.flatMap(unboundedActions).length === 0,
    expected: "not allow all that a service can do on everything",
    got: ({ permissions }) => permissions.flatMap(unboundedActions),
    remedy: "name the actions that are called, or the resources that are theirs",
  },
  {
    property: "permissions",
    isValid: ({ permissions }) => policyDocument(permissions).length <= policyCharacterLimit,
    expected: `make a policy of at most ${policyCharacterLimit} characters`,
    got: ({ permissions }) => policyDocument(permissions).length,
    remedy: "sum up actions or resources with '*'",
  },
];

/** Lets an application do what it needs in AWS, by a policy in its role and nobody else's. */
export class RolePermissions extends Construct {
  /** The policy, for settings that this module does not model. */
  public readonly resource: IamRolePolicy;

  public constructor(scope: Construct, id: string, props: RolePermissionsProps) {
    super(scope, id);
    validate(this, rules, props);

    this.resource = new IamRolePolicy(this, "Resource", {
      role: props.grantee.roleName,
      name: props.policyName ?? "permissions",
      policy: literalText(policyDocument(props.permissions)),
    });
  }
}

/** The policy that allows all of these. */
export function policyDocument(permissions: readonly Permission[]): string {
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: permissions.map(({ sid, actions, resources, conditions }) => ({
      Sid: sid,
      Effect: "Allow",
      Action: actions,
      Resource: resources,
      Condition: conditions,
    })),
  });
}

function isWhole({ actions, resources }: Permission): boolean {
  return actions.length > 0 && resources.length > 0;
}

function wrongActions(permissions: readonly Permission[]): string[] {
  return permissions.flatMap(({ actions }) => actions).filter((action) => !iamAction.accepts(action));
}

function wrongResources(permissions: readonly Permission[]): string[] {
  return permissions
    .flatMap(({ resources }) => resources)
    .filter((resource) => !Token.isUnresolved(resource) && !policyResource.accepts(resource));
}
