import type { MeasuredStatement } from "./private/statement";
import { isUsableMatch, renderMatch, type RequestMatch } from "./request-match";

/** What a rule of a managed group does instead of what its vendor chose. */
export type RuleAction = "allow" | "block" | "count" | "captcha" | "challenge";

/**
 * A group of rules that AWS or a seller on its marketplace keeps up to date.
 *
 * @see https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-list.html
 */
export interface ManagedRuleGroup {
  /** Name of the group, such as `AWSManagedRulesSQLiRuleSet`. */
  readonly name: string;
  /**
   * Who keeps it.
   *
   * @default "AWS"
   */
  readonly vendor?: string;
  /**
   * The version, such as `Version_1.0`, to decide oneself when to move on.
   *
   * @default - the one that the vendor recommends, which moves on by itself
   */
  readonly version?: string;
  /**
   * Whether its rules act, or are only counted. Put a new group on `count`, look at what it would
   * have turned away, override those rules that are wrong about your requests, then promote it.
   *
   * @default "block"
   */
  readonly mode?: "count" | "block";
  /**
   * Rules that act otherwise than the vendor says, by name.
   *
   * @default - none
   */
  readonly overrides?: Readonly<Record<string, RuleAction>>;
  /**
   * Which requests the group looks at.
   *
   * @default - all
   */
  readonly scopeDown?: RequestMatch;
  /**
   * How closely `AWSManagedRulesBotControlRuleSet` looks; only for that group. `TARGETED` costs more.
   *
   * @default "COMMON"
   */
  readonly inspectionLevel?: "COMMON" | "TARGETED";
  /**
   * The group's capacity units, where Meridian does not know them: a marketplace seller's group, or
   * one that AWS published later.
   *
   * @default - known for the groups of AWS
   */
  readonly capacityUnits?: number;
}

/** The group that knows robots by their behaviour. */
const botControl = "AWSManagedRulesBotControlRuleSet";

/**
 * Capacity units of the groups of AWS. A group's capacity never changes.
 *
 * @see https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-list.html
 */
export const managedRuleGroupCapacities: Readonly<Record<string, number>> = {
  AWSManagedRulesCommonRuleSet: 700,
  AWSManagedRulesAdminProtectionRuleSet: 100,
  AWSManagedRulesKnownBadInputsRuleSet: 200,
  AWSManagedRulesSQLiRuleSet: 200,
  AWSManagedRulesLinuxRuleSet: 200,
  AWSManagedRulesUnixRuleSet: 100,
  AWSManagedRulesWindowsRuleSet: 200,
  AWSManagedRulesPHPRuleSet: 100,
  AWSManagedRulesWordPressRuleSet: 100,
  AWSManagedRulesAmazonIpReputationList: 25,
  AWSManagedRulesAnonymousIpList: 50,
  [botControl]: 50,
};

/**
 * Groups that need a configuration of their own. The provider knows that of the last from release 6
 * on only, and Meridian's stacks are valid for 5.100 as well.
 */
export const unmodelledRuleGroups: readonly string[] = [
  "AWSManagedRulesATPRuleSet",
  "AWSManagedRulesACFPRuleSet",
  "AWSManagedRulesAntiDDoSRuleSet",
];

/** The capacity units of a group; undefined where nobody said. */
export function capacityUnitsOf({
  name,
  vendor = "AWS",
  capacityUnits,
}: ManagedRuleGroup): number | undefined {
  return vendor === "AWS" ? (managedRuleGroupCapacities[name] ?? capacityUnits) : capacityUnits;
}

/** The statement of a managed group, with its capacity. */
export function renderManagedRuleGroup(group: ManagedRuleGroup): MeasuredStatement {
  const { name, vendor = "AWS", version, overrides = {}, scopeDown, inspectionLevel = "COMMON" } = group;
  const scope = scopeDown === undefined ? undefined : renderMatch(scopeDown);
  return {
    statement: {
      managed_rule_group_statement: {
        name,
        vendor_name: vendor,
        ...(version === undefined ? {} : { version }),
        ...(name === botControl
          ? {
              managed_rule_group_configs: [
                { aws_managed_rules_bot_control_rule_set: { inspection_level: inspectionLevel } },
              ],
            }
          : {}),
        ...(Object.keys(overrides).length === 0
          ? {}
          : {
              rule_action_override: Object.entries(overrides)
                .sort(([left], [right]) => (left < right ? -1 : 1))
                .map(([rule, action]) => ({ name: rule, action_to_use: { [action]: {} } })),
            }),
        ...(scope === undefined ? {} : { scope_down_statement: scope.statement }),
      },
    },
    capacityUnits: (capacityUnitsOf(group) ?? 0) + (scope?.capacityUnits ?? 0),
  };
}

/** Whether the group's own settings are sound; its name and capacity aside. */
export function isUsableManagedRuleGroup({ name, scopeDown, inspectionLevel }: ManagedRuleGroup): boolean {
  return (
    (inspectionLevel === undefined || name === botControl) &&
    (scopeDown === undefined || isUsableMatch(scopeDown))
  );
}
