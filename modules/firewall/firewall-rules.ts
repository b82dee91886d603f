import { isLogRetentionPeriod, logRetentionPeriods } from "../../core";
import { accountId, countryCode, domainName, hyphenatedName } from "../../core/forms";
import { hasForm, type ValidationRule } from "../parts";
import {
  type CustomResponse,
  type CustomResponses,
  isUsableResponse,
  responseExpectation,
} from "./custom-response";
import type { FirewallProps } from "./firewall-props";
import { managedRuleGroupRules } from "./managed-rule-group-rules";
import { isListable } from "./private/address-block";
import { isUsableRateLimit, rateLimitExpectation } from "./rate-limit";
import { matchExpectation } from "./request-match";
import { deepestRule, isUsableRequestRule } from "./request-rule";
import { isUsableRuleGroup, ruleGroupExpectation, type RuleGroup } from "./rule-group";

/**
 * What a web ACL can hold.
 *
 * @see https://docs.aws.amazon.com/waf/latest/developerguide/limits.html
 */
const limits = {
  rateLimits: 10,
  references: 50,
  redactedFields: 100,
  tokenDomains: 10,
  requestRules: 30,
} as const;

/** What is asked of a firewall's props. */
export const firewallRules: readonly ValidationRule<FirewallProps>[] = [
  {
    property: "name",
    isValid: ({ name }) => name.length <= 100 && hyphenatedName.accepts(name),
    expected: `${hyphenatedName.expected}, at most 100 characters`,
    remedy: "use a name such as 'prod-eu-west-1'",
  },
  hasForm("account", accountId),
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
      blockedCountries.length > 0 && blockedCountries.every(countryCode.accepts),
    expected: "be country codes of two capital letters, one at least",
    remedy: "use codes of ISO 3166 such as 'DE', or leave the property out",
  },
  {
    property: "allowedCountries",
    isValid: ({ allowedCountries = [] }) =>
      allowedCountries.length > 0 && allowedCountries.every(countryCode.accepts),
    expected: "be country codes of two capital letters, one at least",
    remedy: "use codes of ISO 3166 such as 'DE', or leave the property out",
  },
  {
    property: "allowedCountries",
    isValid: ({ blockedCountries }) => blockedCountries === undefined,
    expected: "not be combined with 'blockedCountries'",
    remedy: "remove one of the two, because whatever is not allowed is blocked",
  },
  {
    property: "rateLimits",
    isValid: ({ rateLimits = [] }) => unusable(rateLimits, isUsableRateLimit).length === 0,
    expected: `each ${rateLimitExpectation}, and where scoped down ${matchExpectation()}`,
    got: ({ rateLimits = [] }) => unusable(rateLimits, isUsableRateLimit),
    remedy: "correct these",
  },
  {
    property: "rateLimits",
    isValid: ({ rateLimits = [] }) => rateLimits.length <= limits.rateLimits,
    expected: `be at most ${limits.rateLimits}`,
    got: ({ rateLimits = [] }) => rateLimits.length,
    remedy: "join limits that count the same requests",
  },
  ...managedRuleGroupRules,
  {
    property: "requestRules",
    isValid: ({ requestRules = [] }) => unusable(requestRules, isUsableRequestRule).length === 0,
    expected: `each have a name of its own, and ${matchExpectation(deepestRule)}`,
    got: ({ requestRules = [] }) => unusable(requestRules, isUsableRequestRule),
    remedy: "correct these",
  },
  {
    property: "requestRules",
    isValid: ({ requestRules = [] }) => requestRules.length <= limits.requestRules,
    expected: `be at most ${limits.requestRules}`,
    got: ({ requestRules = [] }) => requestRules.length,
    remedy: "join rules of one action by an 'or', or put them in a rule group",
  },
  {
    property: "ruleGroups",
    isValid: (props) => unusableRuleGroups(props).length === 0,
    expected: `each ${ruleGroupExpectation}`,
    got: unusableRuleGroups,
    remedy: "correct these",
  },
  {
    property: "tokenDomains",
    isValid: ({ tokenDomains = [] }) =>
      tokenDomains.length > 0 &&
      tokenDomains.length <= limits.tokenDomains &&
      tokenDomains.every(domainName.accepts),
    expected: `be 1 to ${limits.tokenDomains} domain names of two labels or more, in lower case and without a trailing dot`,
    remedy: "name the domains that the applications are found under, such as 'example.com'",
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
      isLogRetentionPeriod(logging.retentionDays),
    expected: "keep records for a period that CloudWatch Logs offers",
    got: ({ logging }) => (typeof logging === "object" ? logging.retentionDays : logging),
    remedy: `set retentionDays to one of ${logRetentionPeriods.join(", ")}`,
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
  /** Rule groups of one's own that they refer to. */
  readonly ruleGroupCount: number;
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
    isValid: ({ ipSetCount }) => ipSetCount <= limits.references,
    expected: `be at most ${limits.references}, because a web ACL can refer to no more`,
    remedy: "shorten the block list or the allow list; an IP set holds 10000 blocks of one version",
  },
  {
    property: "ruleGroupCount",
    isValid: ({ ruleGroupCount, ipSetCount }) =>
      ruleGroupCount === 0 || ruleGroupCount + ipSetCount <= limits.references,
    expected: `be at most ${limits.references} together with the IP sets, because a web ACL can refer to no more`,
    remedy: "join rule groups, or shorten the block list",
  },
  {
    property: "capacityUnits",
    isValid: ({ capacityUnits }) => capacityUnits <= largestCapacityUnits,
    expected: `be at most ${largestCapacityUnits}, because a web ACL can have no more`,
    remedy: "remove managed rule groups, or keys of rate limits at 30 units each",
  },
];

function unlistable(cidrBlocks: readonly string[] = []): string[] {
  return cidrBlocks.filter((cidrBlock) => !isListable(cidrBlock));
}

/** What AWS does not take, and what has a name that another has before it. */
function unusable<Named extends { readonly name: string }>(
  all: readonly Named[],
  isUsable: (one: Named) => boolean,
): Named[] {
  return all.filter(
    (one, index) => !isUsable(one) || all.findIndex(({ name }) => name === one.name) !== index,
  );
}

function unusableRuleGroups({ ruleGroups = [], scope, region }: FirewallProps): RuleGroup[] {
  return unusable(ruleGroups, (group) => isUsableRuleGroup(group, scope, region));
}

function unusableResponses(responses: CustomResponses = {}): Readonly<Record<string, CustomResponse>> {
  const given: Readonly<Record<string, CustomResponse | undefined>> = { ...responses };
  return Object.fromEntries(
    Object.entries(given).flatMap(([purpose, response]) =>
      response === undefined || isUsableResponse(response) ? [] : [[purpose, response]],
    ),
  );
}

function redactedCount(logging: FirewallProps["logging"]): number {
  const { redactedHeaders = [], redactedParts = [] } = typeof logging === "object" ? logging : {};
  return redactedHeaders.length + redactedParts.length;
}
