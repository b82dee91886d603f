import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { Token } from "cdktf";
import { Construct } from "constructs";

import type { IGrantable } from "./contracts";
import { literalText } from "./literal-text";
import type { PolicyStatement } from "./runtime-access";
import { validate, type ValidationRule } from "./validation";

/**
 * What an application may do: these actions, on these resources, under these conditions.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_statement.html
 */
export interface Permission {
  /** Actions as `service:Action`; `*` may end or fill the part after the colon, never that before it. */
  readonly actions: readonly string[];
  /** ARNs, with `*` where many are meant; `*` alone is for actions that know no resource. */
  readonly resources: readonly string[];
  /**
   * Condition keys and their values, by operator: `{ StringEquals: { "s3:prefix": "inbox/" } }`.
   *
   * @default - none
   */
  readonly conditions?: PolicyStatement["Condition"];
}

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

/** An action as IAM writes it in policies: `sqs:SendMessage`, `s3:Get*`. */
export const iamActionPattern = /^[a-z0-9-]+:[A-Za-z0-9*]+$/;

const arnForm = /^arn:aws[a-z-]*:[a-z0-9-]+:[a-z0-9*-]*:(\d{12}|aws|\*)?:\S+$/;

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
    isValid: ({ permissions }) => render(permissions).length <= policyCharacterLimit,
    expected: `make a policy of at most ${policyCharacterLimit} characters`,
    got: ({ permissions }) => render(permissions).length,
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
      policy: literalText(render(props.permissions)),
    });
  }
}

function render(permissions: readonly Permission[]): string {
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: permissions.map(({ actions, resources, conditions }) => ({
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
  return permissions.flatMap(({ actions }) => actions).filter((action) => !iamActionPattern.test(action));
}

function wrongResources(permissions: readonly Permission[]): string[] {
  return permissions
    .flatMap(({ resources }) => resources)
    .filter((resource) => resource !== "*" && !Token.isUnresolved(resource) && !arnForm.test(resource));
}

/** The actions of a permission that allow all that a service can do, on everything and in any case. */
export function unboundedActions({ actions, resources, conditions }: Permission): string[] {
  return resources.includes("*") && conditions === undefined
    ? actions.filter((action) => action.endsWith(":*"))
    : [];
}
