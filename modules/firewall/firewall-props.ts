import type { CustomResponses } from "./custom-response";
import type { FirewallLogOptions } from "./firewall-log";
import type { ManagedRuleGroup } from "./managed-rule-group";
import type { RateLimit } from "./rate-limit";
import type { RequestRule } from "./request-rule";
import type { RuleGroup } from "./rule-group";

/** Settings of a {@link Firewall}. */
export interface FirewallProps {
  /** Name, unique in its account and region: words of letters and digits joined by hyphens. */
  readonly name: string;
  /** The account that it stands in, 12 digits. */
  readonly account: string;
  /** The region of its provider, `us-east-1` for the scope `CLOUDFRONT`. */
  readonly region: string;
  /** `REGIONAL` for load balancers and App Runner services of its region, `CLOUDFRONT` for distributions. */
  readonly scope: "REGIONAL" | "CLOUDFRONT";
  /**
   * Blocks that are turned away, IPv4 and IPv6: `activeCidrBlocks` of a block list.
   *
   * @default - none; the rule and its empty IP sets stand ready
   */
  readonly blockList?: readonly string[];
  /**
   * Blocks that are let in before any other rule is asked, also where the block list, a country rule
   * or a managed rule group would turn them away.
   *
   * @default - none
   */
  readonly allowList?: readonly string[];
  /**
   * Countries that are turned away, by their codes of two letters.
   *
   * @default - none
   */
  readonly blockedCountries?: readonly string[];
  /**
   * Countries that are let in; all others are turned away. Not together with `blockedCountries`.
   *
   * @default - all
   */
  readonly allowedCountries?: readonly string[];
  /**
   * Numbers of requests above which clients are turned away, ten at most.
   *
   * @default - 2000 requests in 5 minutes from each address
   */
  readonly rateLimits?: readonly RateLimit[];
  /**
   * Rules of one's own, in the order in which they look at a request, 30 at most.
   *
   * @default - none
   */
  readonly requestRules?: readonly RequestRule[];
  /**
   * Groups of rules of one's own that stand already, in the order in which they look at a request.
   *
   * @default - none
   */
  readonly ruleGroups?: readonly RuleGroup[];
  /**
   * Groups of rules that others keep up to date, in the order in which they look at a request.
   *
   * @default - the IP reputation list, the rules against known bad inputs and the common rule set of AWS, all blocking
   */
  readonly managedRuleGroups?: readonly ManagedRuleGroup[];
  /**
   * Domains whose tokens are taken, with all names below them, ten at most: a browser that has proved
   * itself to one of them need not do so again for the next.
   *
   * @default - the name that is asked for alone
   * @see https://docs.aws.amazon.com/waf/latest/developerguide/waf-tokens-domains.html
   */
  readonly tokenDomains?: readonly string[];
  /**
   * How much of a body the rules see. It counts for distributions, or for App Runner in a region:
   * load balancers hand over 8 KiB and no more. Above 16 requests cost extra.
   *
   * @default 16
   * @see https://docs.aws.amazon.com/waf/latest/developerguide/web-acl-setting-body-inspection-limit.html
   */
  readonly bodyInspectionKiB?: 16 | 32 | 48 | 64;
  /**
   * What clients get that are turned away.
   *
   * @default - status 429 above a rate limit, else 403; no content
   */
  readonly customResponses?: CustomResponses;
  /**
   * How requests are logged, or that they are not.
   *
   * @default - all requests, for 30 days, without the headers `authorization` and `cookie`
   */
  readonly logging?: FirewallLogOptions | "none";
  /**
   * Whether AWS WAF keeps samples of requests for three hours. They hold all headers, also those that
   * the log leaves out, and are shown to everyone who may call `wafv2:GetSampledRequests`.
   *
   * @default false
   */
  readonly sampledRequests?: boolean;
  /**
   * What happens to requests that no rule decides.
   *
   * @default "allow"
   */
  readonly defaultAction?: "allow" | "block";
}
