import { Token } from "cdktf";

import { hyphenatedName } from "../../core/forms";
import { renderOverrides, type RuleAction } from "./managed-rule-group";
import type { MeasuredStatement } from "./private/statement";

/**
 * A group of rules of one's own, or that another account shares: it already exists.
 *
 * @see https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-type-rule-group.html
 */
export interface RuleGroup {
  /** Name in this firewall, unique among these groups: letters, digits and single hyphens. */
  readonly name: string;
  /** Its ARN, of the same scope and region as the firewall. */
  readonly arn: string;
  /** Its capacity units, which were fixed when it was made. */
  readonly capacityUnits: number;
  /**
   * Whether its rules act, or are only counted.
   *
   * @default "block"
   */
  readonly mode?: "count" | "block";
  /**
   * Rules that act otherwise than they say, by name.
   *
   * @default - none
   */
  readonly overrides?: Readonly<Record<string, RuleAction>>;
}

/** The statement of a group, with its capacity. */
export function renderRuleGroup({ arn, overrides, capacityUnits }: RuleGroup): MeasuredStatement {
  return {
    statement: { rule_group_reference_statement: { arn, ...renderOverrides(overrides) } },
    capacityUnits,
  };
}

/** What a group must be, to be read after "must". */
export const ruleGroupExpectation =
  "have a name of its own, an ARN of a rule group of the firewall's scope and region, and its whole capacity of 1 to 5000";

/** Whether AWS takes the group; its name's uniqueness aside. */
export function isUsableRuleGroup(
  { name, arn, capacityUnits }: RuleGroup,
  scope: "REGIONAL" | "CLOUDFRONT",
  region: string,
): boolean {
  const kind = scope === "REGIONAL" ? "regional" : "global";
  return (
    hyphenatedName.accepts(name) &&
    (Token.isUnresolved(arn) ||
      new RegExp(`^arn:[a-z-]+:wafv2:${region}:\\d{12}:${kind}/rulegroup/[^/]+/[^/]+$`).test(arn)) &&
    Number.isInteger(capacityUnits) &&
    capacityUnits >= 1 &&
    capacityUnits <= 5000
  );
}
