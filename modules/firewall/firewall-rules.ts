import type { ValidationRule } from "../core";
import {
  type CustomResponse,
  type CustomResponses,
  isUsableResponse,
  responseExpectation,
} from "./custom-response";
import type { FirewallProps } from "./firewall";
import { retentionPeriods } from "./firewall-log";
import {
  capacityUnitsOf,
  isUsableManagedRuleGroup,
  type ManagedRuleGroup,
  unmodelledRuleGroups,
} from "./managed-rule-group";
import { isListable } from "./private/address-block";
import { isUsableRateLimit, rateLimitExpectation, type RateLimit } from "./rate-limit";
import { isCountryCode, matchExpectation } from "./request-match";

/**
 * What a web ACL can hold.
 *
 * @see https://docs.aws.amazon.com/waf/latest/developerguide/limits.html
 */
const limits = { rateLimits: 10, ipSets: 50, redactedFields: 100 } as const;

/** What is asked of a firewall's props. */
export const firewallRules: readonly ValidationRule<FirewallProps>[] = [
  {
    property: "name",
    isValid: ({ name }) => name.length <= 100 && /^[A-Za-z0-9]+(-[A-Za-z0-9]+)*$/.test(name),
    expected: "be words of letters and digits joined by hyphens, at most 100 characters",
    remedy: "use a name such as 'prod-eu-west-1'",
  },
  {
    property: "account",
    isValid: ({ account }) => /^\d{12}$/.test(account),
    expected: "be 12 digits",
    remedy: "write the account id as text, with its leading zeros",
  },
  {
    property: "region",
    isValid: ({ scope, region }) => scope !== "CLOUDFRONT" || region === "us-east-1",
    expected: "be us-east-1 where the scope is CLOUDFRONT",
    remedy: "put the firewall in a stack whose provider is of us-east-1",
  },
  ...(["blockList", "allowList"] as const).map((property): ValidationRule<FirewallProps> => ({
    property,
    isValid: (props) => unlistable(props[property]).length === 0,
    expected: "list IPv4 and IPv6 blocks without host bits, no wider than a /8 or a /16",
    got: (props) => unlistable(props[property]),
    remedy: "correct these, or read the list with parseBlockList, which says what is wrong with each line",
  })),
  {
    property: "blockedCountries",
    isValid: ({ blockedCountries = [] }) =>
      blockedCountries.length > 0 && blockedCountries.every(isCountryCode),
    expected: "be country codes of two capital letters, one at least",
    remedy: "use codes of ISO 3166 such as 'DE', or leave the property out",
  },
  {
    property: "allowedCountries",
    isValid: ({ allowedCountries = [] }) =>
      allowedCountries.length > 0 && allowedCountries.every(isCountryCode),
    expected: "be country codes of two capital letters, one at least",
    remedy: "use codes of ISO 3166 such as 'DE', or leave the property out",
  },
  {
    property: "allowedCountries",
    isValid: ({ blockedCountries }) => blockedCountries === undefined,
    expected: "not be combined with 'blockedCountries'",
    remedy: "remove one of the two, for whatever is not allowed is blocked",
  },
  {
    property: "rateLimits",
    isValid: ({ rateLimits = [] }) => unusableRateLimits(rateLimits).length === 0,
    expected: `each ${rateLimitExpectation}, and where scoped down ${matchExpectation}`,
    got: ({ rateLimits = [] }) => unusableRateLimits(rateLimits),
    remedy: "correct these",
  },
  {
    property: "rateLimits",
    isValid: ({ rateLimits = [] }) => rateLimits.length <= limits.rateLimits,
    expected: `be at most ${limits.rateLimits}`,
    got: ({ rateLimits = [] }) => rateLimits.length,
    remedy: "join limits that count the same requests",
  },
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
    expected: "say the capacity of groups that Meridian does not know",
    got: ({ managedRuleGroups = [] }) => ofUnknownCapacity(managedRuleGroups),
    remedy:
      "correct the name, or set 'capacityUnits' to the Capacity that 'aws wafv2 describe-managed-rule-group' says",
  },
  {
    property: "managedRuleGroups",
    isValid: ({ managedRuleGroups = [] }) => managedRuleGroups.every(isUsableManagedRuleGroup),
    expected: `have an 'inspectionLevel' for Bot Control only, and where scoped down ${matchExpectation}`,
    got: ({ managedRuleGroups = [] }) =>
      managedRuleGroups.filter((group) => !isUsableManagedRuleGroup(group)),
    remedy: "correct these",
  },
  {
    property: "customResponses",
    isValid: ({ customResponses }) => Object.keys(unusableResponses(customResponses)).length === 0,
    expected: `each ${responseExpectation}`,
    got: ({ customResponses }) => unusableResponses(customResponses),
    remedy: "correct these",
  },
  {
    property: "logging",
    isValid: ({ logging }) =>
      typeof logging !== "object" ||
      logging.retentionDays === undefined ||
      retentionPeriods.includes(logging.retentionDays),
    expected: "keep records for a period that CloudWatch Logs offers",
    got: ({ logging }) => (typeof logging === "object" ? logging.retentionDays : logging),
    remedy: `set retentionDays to one of ${retentionPeriods.join(", ")}`,
  },
  {
    property: "logging",
    isValid: ({ logging }) => typeof logging !== "object" || logging.keptActions?.length !== 0,
    expected: "keep some action where it keeps only some",
    got: ({ logging }) => (typeof logging === "object" ? logging.keptActions : logging),
    remedy: 'name the actions in keptActions, or set logging to "none"',
  },
  {
    property: "logging",
    isValid: ({ logging }) => redactedCount(logging) <= limits.redactedFields,
    expected: `leave out at most ${limits.redactedFields} headers and parts`,
    got: ({ logging }) => redactedCount(logging),
    remedy: "name fewer",
  },
];

/** What is asked once everything else is right, with all defaults filled in. */
export interface FirewallSize {
  /** IP sets that the rules refer to. */
  readonly ipSetCount: number;
  /** Capacity units of all rules. */
  readonly capacityUnits: number;
}

/** Capacity units of a web ACL that its price includes. */
export const includedCapacityUnits = 1500;

/** Capacity units that a web ACL can have. */
const largestCapacityUnits = 5000;

/** What is asked of a firewall's size. */
export const sizeRules: readonly ValidationRule<FirewallSize>[] = [
  {
    property: "ipSetCount",
    isValid: ({ ipSetCount }) => ipSetCount <= limits.ipSets,
    expected: `be at most ${limits.ipSets}, for a web ACL refers to no more`,
    remedy: "shorten the block list or the allow list; an IP set holds 10000 blocks of one version",
  },
  {
    property: "capacityUnits",
    isValid: ({ capacityUnits }) => capacityUnits <= largestCapacityUnits,
    expected: `be at most ${largestCapacityUnits}, for a web ACL has no more`,
    remedy: "remove managed rule groups, or keys of rate limits at 30 units each",
  },
];

function unlistable(cidrBlocks: readonly string[] = []): string[] {
  return cidrBlocks.filter((cidrBlock) => !isListable(cidrBlock));
}

function unusableRateLimits(rateLimits: readonly RateLimit[]): RateLimit[] {
  return rateLimits.filter(
    (rateLimit, index) =>
      !isUsableRateLimit(rateLimit) || rateLimits.findIndex(({ name }) => name === rateLimit.name) !== index,
  );
}

function unusableResponses(responses: CustomResponses = {}): Readonly<Record<string, CustomResponse>> {
  const given: Readonly<Record<string, CustomResponse | undefined>> = { ...responses };
  return Object.fromEntries(
    Object.entries(given).flatMap(([purpose, response]) =>
      response === undefined || isUsableResponse(response) ? [] : [[purpose, response]],
    ),
  );
}

function namesTwice(groups: readonly ManagedRuleGroup[]): string[] {
  return groups.map(({ name }) => name).filter((name, index, names) => names.indexOf(name) !== index);
}

function unmodelled(groups: readonly ManagedRuleGroup[]): string[] {
  return groups.map(({ name }) => name).filter((name) => unmodelledRuleGroups.includes(name));
}

function ofUnknownCapacity(groups: readonly ManagedRuleGroup[]): string[] {
  return groups
    .filter((group) => capacityUnitsOf(group) === undefined && !unmodelledRuleGroups.includes(group.name))
    .map(({ name }) => name);
}

function redactedCount(logging: FirewallProps["logging"]): number {
  const { redactedHeaders = [], redactedParts = [] } = typeof logging === "object" ? logging : {};
  return redactedHeaders.length + redactedParts.length;
}
