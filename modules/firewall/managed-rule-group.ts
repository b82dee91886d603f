import {
  isUsableLogin,
  isUsableSignUp,
  renderLogin,
  renderSignUp,
  type LoginInspection,
  type SignUpInspection,
} from "./fraud-control";
import type { MeasuredStatement, ProviderStatement } from "./private/statement";
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
   * What logins look like, which `AWSManagedRulesATPRuleSet` needs; only for that group. It costs
   * extra for each login that it looks at.
   *
   * @default - none
   */
  readonly login?: LoginInspection;
  /**
   * What sign-ups look like, which `AWSManagedRulesACFPRuleSet` needs; only for that group. It costs
   * extra for each sign-up that it looks at.
   *
   * @default - none
   */
  readonly signUp?: SignUpInspection;
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

/** The group that prevents the takeover of accounts. */
const takeoverPrevention = "AWSManagedRulesATPRuleSet";

/** The group that prevents the creation of false accounts. */
const creationFraudPrevention = "AWSManagedRulesACFPRuleSet";

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
  [takeoverPrevention]: 50,
  [creationFraudPrevention]: 50,
};

/**
 * Groups whose configuration the provider knows from release 6 on only, while Meridian's stacks are
 * valid for 5.100 as well.
 */
export const unmodelledRuleGroups: readonly string[] = ["AWSManagedRulesAntiDDoSRuleSet"];

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
  const { name, vendor = "AWS", version, scopeDown } = group;
  const configuration = configurationOf(group);
  const scope = scopeDown === undefined ? undefined : renderMatch(scopeDown);
  return {
    statement: {
      managed_rule_group_statement: {
        name,
        vendor_name: vendor,
        ...(version === undefined ? {} : { version }),
        ...(configuration === undefined ? {} : { managed_rule_group_configs: [configuration] }),
        ...renderOverrides(group.overrides),
        ...(scope === undefined ? {} : { scope_down_statement: scope.statement }),
      },
    },
    capacityUnits: (capacityUnitsOf(group) ?? 0) + (scope?.capacityUnits ?? 0),
  };
}

/** Rules that act otherwise than their group says, in the order of their names. */
export function renderOverrides(overrides: Readonly<Record<string, RuleAction>> = {}): ProviderStatement {
  return Object.keys(overrides).length === 0
    ? {}
    : {
        rule_action_override: Object.entries(overrides)
          .sort(([left], [right]) => (left < right ? -1 : 1))
          .map(([rule, action]) => ({ name: rule, action_to_use: { [action]: {} } })),
      };
}

/** Whether the group's own settings are sound; its name, capacity and requests aside. */
export function isUsableManagedRuleGroup({ name, scopeDown, inspectionLevel }: ManagedRuleGroup): boolean {
  return (
    (inspectionLevel === undefined || name === botControl) &&
    (scopeDown === undefined || isUsableMatch(scopeDown))
  );
}

/** Whether a group that must know what its requests look like is told so, and no other is. */
export function describesItsRequests({ name, login, signUp }: ManagedRuleGroup): boolean {
  return (
    (login !== undefined) === (name === takeoverPrevention) &&
    (signUp !== undefined) === (name === creationFraudPrevention)
  );
}

/** Whether AWS WAF takes what the group is told of its requests. */
export function isUsableFraudControl({ login, signUp }: ManagedRuleGroup): boolean {
  return (login === undefined || isUsableLogin(login)) && (signUp === undefined || isUsableSignUp(signUp));
}

/** Whether the group looks at what the application answers. */
export function inspectsResponses({ login, signUp }: ManagedRuleGroup): boolean {
  return (login?.response ?? signUp?.response) !== undefined;
}

function configurationOf(group: ManagedRuleGroup): ProviderStatement | undefined {
  const { name, inspectionLevel = "COMMON", login, signUp } = group;
  if (login !== undefined) {
    return { aws_managed_rules_atp_rule_set: renderLogin(login) };
  }
  if (signUp !== undefined) {
    return { aws_managed_rules_acfp_rule_set: renderSignUp(signUp) };
  }
  return name === botControl
    ? { aws_managed_rules_bot_control_rule_set: { inspection_level: inspectionLevel } }
    : undefined;
}
