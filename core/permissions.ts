import type { PolicyStatement } from "./runtime-access";

/**
 * What an application may do: these actions, on these resources, under these conditions.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_statement.html
 */
export interface Permission {
  /**
   * Name of its statement: letters and digits, unique in the policy.
   *
   * @default - it has none
   */
  readonly sid?: string;
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

/** The actions of a permission that allow all that a service can do, on everything and in any case. */
export function unboundedActions({ actions, resources, conditions }: Permission): string[] {
  return resources.includes("*") && conditions === undefined
    ? actions.filter((action) => action.endsWith(":*"))
    : [];
}
