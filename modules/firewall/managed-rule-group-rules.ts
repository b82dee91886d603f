import type { ValidationRule } from "../parts";
import type { FirewallProps } from "./firewall-props";
import { fraudExpectation } from "./fraud-control";
import {
  capacityUnitsOf,
  describesItsRequests,
  inspectsResponses,
  isUsableFraudControl,
  isUsableManagedRuleGroup,
  unmodelledRuleGroups,
  type ManagedRuleGroup,
} from "./managed-rule-group";
import { matchExpectation } from "./request-match";

type Props = Pick<FirewallProps, "managedRuleGroups" | "scope">;

/** What is asked of a firewall's managed rule groups. */
export const managedRuleGroupRules: readonly ValidationRule<Props>[] = [
  {
    property: "managedRuleGroups",
    isValid: ({ managedRuleGroups = [] }) => namesTwice(managedRuleGroups).length === 0,
    expected: "name each group once",
    got: ({ managedRuleGroups = [] }) => namesTwice(managedRuleGroups),
    remedy: "join the settings of a group in one place",
  },
  {
    property: "managedRuleGroups",
    isValid: ({ managedRuleGroups = [] }) => unmodelled(managedRuleGroups).length === 0,
    expected: "leave out the groups that need a configuration of their own",
    got: ({ managedRuleGroups = [] }) => unmodelled(managedRuleGroups),
    remedy: "remove them, or add them to a web ACL of your own and give its ARN to the resource",
  },
  {
    property: "managedRuleGroups",
    isValid: ({ managedRuleGroups = [] }) => ofUnknownCapacity(managedRuleGroups).length === 0,
    expected: "give the capacity of groups that Meridian does not know",
    got: ({ managedRuleGroups = [] }) => ofUnknownCapacity(managedRuleGroups),
    remedy:
      "correct the name, or set 'capacityUnits' to the Capacity that 'aws wafv2 describe-managed-rule-group' says",
  },
  {
    property: "managedRuleGroups",
    isValid: ({ managedRuleGroups = [] }) => managedRuleGroups.every(isUsableManagedRuleGroup),
    expected: `have an 'inspectionLevel' for Bot Control only, and where scoped down ${matchExpectation()}`,
    got: ({ managedRuleGroups = [] }) =>
      managedRuleGroups.filter((group) => !isUsableManagedRuleGroup(group)),
    remedy: "correct these",
  },
  {
    property: "managedRuleGroups",
    isValid: ({ managedRuleGroups = [] }) => managedRuleGroups.every(describesItsRequests),
    expected:
      "have a 'login' for AWSManagedRulesATPRuleSet, a 'signUp' for AWSManagedRulesACFPRuleSet, and neither for any other group",
    got: ({ managedRuleGroups = [] }) =>
      namesOf(managedRuleGroups.filter((group) => !describesItsRequests(group))),
    remedy: "describe their requests, or remove what belongs to the other group",
  },
  {
    property: "managedRuleGroups",
    isValid: ({ managedRuleGroups = [] }) => managedRuleGroups.every(isUsableFraudControl),
    expected: fraudExpectation,
    got: ({ managedRuleGroups = [] }) => managedRuleGroups.filter((group) => !isUsableFraudControl(group)),
    remedy: "correct these",
  },
  {
    property: "managedRuleGroups",
    isValid: ({ managedRuleGroups = [], scope }) =>
      scope === "CLOUDFRONT" || !managedRuleGroups.some(inspectsResponses),
    expected: "look at responses where the scope is CLOUDFRONT only",
    got: ({ managedRuleGroups = [] }) => namesOf(managedRuleGroups.filter(inspectsResponses)),
    remedy: "remove their 'response', because AWS WAF inspects those of distributions only",
  },
];

function namesOf(groups: readonly ManagedRuleGroup[]): string[] {
  return groups.map(({ name }) => name);
}

function namesTwice(groups: readonly ManagedRuleGroup[]): string[] {
  return namesOf(groups).filter((name, index, names) => names.indexOf(name) !== index);
}

function unmodelled(groups: readonly ManagedRuleGroup[]): string[] {
  return namesOf(groups).filter((name) => unmodelledRuleGroups.includes(name));
}

function ofUnknownCapacity(groups: readonly ManagedRuleGroup[]): string[] {
  return namesOf(groups.filter((group) => capacityUnitsOf(group) === undefined)).filter(
    (name) => !unmodelledRuleGroups.includes(name),
  );
}
