import { Wafv2IpSet } from "@cdktf/provider-aws/lib/wafv2-ip-set";
import {
  Wafv2WebAcl,
  type Wafv2WebAclAssociationConfig,
  type Wafv2WebAclRule,
} from "@cdktf/provider-aws/lib/wafv2-web-acl";
import { Wafv2WebAclAssociation } from "@cdktf/provider-aws/lib/wafv2-web-acl-association";
import { Annotations } from "cdktf";
import { Construct } from "constructs";

import { type IFirewall, nameLimits, resourceName } from "../../core";
import { validate } from "../parts";
import { type CustomResponses, defaultResponses, renderBlock, renderBodies } from "./custom-response";
import { FirewallLog } from "./firewall-log";
import { firewallRules, includedCapacityUnits, sizeRules } from "./firewall-rules";
import { type ManagedRuleGroup, renderManagedRuleGroup } from "./managed-rule-group";
import { IpSets, planIpSets } from "./ip-sets";
import { fromCountries, type MeasuredStatement, not } from "./private/statement";
import { type RateLimit, renderRateLimit } from "./rate-limit";
import { renderRequestRule } from "./request-rule";
import { renderRuleGroup } from "./rule-group";
import type { FirewallProps } from "./firewall-props";

/** Rate limits when none are asked for. */
const defaultRateLimits: readonly RateLimit[] = [{ name: "per-address", limit: 2000 }];

/** Managed groups when none are asked for, the cheapest look first. */
const defaultManagedRuleGroups: readonly ManagedRuleGroup[] = [
  { name: "AWSManagedRulesAmazonIpReputationList" },
  { name: "AWSManagedRulesKnownBadInputsRuleSet" },
  { name: "AWSManagedRulesCommonRuleSet" },
];

/**
 * The first priority of each kind of rule. The distances leave room, so that a rule that is added
 * moves only those of its own kind that come after it.
 */
const priorities = {
  allowList: 10,
  blockList: 20,
  countries: 30,
  rateLimits: 100,
  requestRules: 120,
  ruleGroups: 150,
  managedRuleGroups: 200,
};

/**
 * A web ACL with its IP sets and its log: who is let in, who is turned away, and how often one may ask.
 *
 * Creates:
 * 1. IP sets of the block list and of the allow list, one for IPv4 and one for IPv6, more above 10,000 blocks,
 * 2. the web ACL, whose rules look at a request in this order: allow list, block list, countries,
 *    rate limits, rules and rule groups of one's own, managed rule groups,
 * 3. the log group, the policy that lets AWS WAF write to it, and the logging configuration.
 *
 * @see https://docs.aws.amazon.com/waf/latest/developerguide/web-acl.html
 */
export class Firewall extends Construct implements IFirewall {
  /** A web ACL that already exists. Nothing is looked up. */
  public static fromWebAclArn(webAclArn: string): IFirewall {
    return { webAclArn };
  }

  /** The web ACL, for settings that this module does not model. */
  public readonly resource: Wafv2WebAcl;
  /** Its ARN. */
  public readonly webAclArn: string;
  /** Name of the web ACL, the `WebACL` dimension of its metrics. */
  public readonly webAclName: string;
  /**
   * Capacity units of all rules, estimated upwards: text transformations that AWS counts once count
   * each time.
   */
  public readonly capacityUnits: number;
  /** Name of the log group; undefined without logging. */
  public readonly logGroupName?: string;

  private readonly scope: FirewallProps["scope"];

  public constructor(scope: Construct, id: string, props: FirewallProps) {
    super(scope, id);
    validate(this, firewallRules, props);

    this.scope = props.scope;
    this.webAclName = resourceName(nameLimits.webAcl, props.name);
    const rules = this.rulesOf(props);
    this.capacityUnits = rules.reduce((sum, { capacityUnits }) => sum + capacityUnits, 0);
    const ipSetCount = this.node.findAll().filter((child) => child instanceof Wafv2IpSet).length;
    const ruleGroupCount = props.ruleGroups?.length ?? 0;
    validate(this, sizeRules, { capacityUnits: this.capacityUnits, ipSetCount, ruleGroupCount });
    this.warnOfPrice();

    const responses = { ...defaultResponses, ...props.customResponses };
    this.resource = new Wafv2WebAcl(this, "Resource", {
      name: this.webAclName,
      description: `Firewall ${props.name}`,
      scope: props.scope,
      defaultAction:
        props.defaultAction === "block" ? { block: renderBlock(responses, "defaultAction") } : { allow: {} },
      customResponseBody: renderBodies(responses),
      tokenDomains: props.tokenDomains === undefined ? undefined : [...props.tokenDomains],
      associationConfig: bodyInspection(props),
      rule: rules.map((rule) => renderRule(rule, props)),
      visibilityConfig: visibility(this.webAclName, props),
    });
    this.webAclArn = this.resource.arn;
    this.logGroupName = this.log(props);
  }

  /**
   * Puts the firewall in front of a load balancer or an App Runner service of its region. A
   * distribution names {@link webAclArn} in its own settings instead.
   *
   * @param id - construct id of the association, such as `LoadBalancer`
   * @param resourceArn - what it protects
   */
  public associate(id: string, resourceArn: string): Wafv2WebAclAssociation {
    validate(
      this,
      [
        {
          property: "scope",
          isValid: (firewall) => firewall.scope === "REGIONAL",
          expected: "be REGIONAL to be associated with a resource",
          remedy: "name webAclArn in the settings of the distribution",
        },
      ],
      { scope: this.scope },
    );
    return new Wafv2WebAclAssociation(this, id, { webAclArn: this.webAclArn, resourceArn });
  }

  private rulesOf(props: FirewallProps): PlannedRule[] {
    const responses = { ...defaultResponses, ...props.customResponses };
    const rateLimits = props.rateLimits ?? defaultRateLimits;
    const managedRuleGroups = props.managedRuleGroups ?? defaultManagedRuleGroups;
    return [
      ...this.allowListRule(props),
      {
        name: "block-list",
        priority: priorities.blockList,
        action: { block: renderBlock(responses, "blockList") },
        ...this.ipSets("BlockList", "blocked", props.blockList ?? [], props),
      },
      ...countryRules(props, responses),
      ...rateLimits.map((rateLimit, index) => ({
        name: `rate-limit-${rateLimit.name}`,
        priority: priorities.rateLimits + index,
        action: rateLimitAction(rateLimit, responses),
        ...renderRateLimit(rateLimit),
      })),
      ...this.ownRules(props),
      ...managedRuleGroups.map((group, index) => ({
        name: group.name,
        priority: priorities.managedRuleGroups + index,
        overrideAction: group.mode === "count" ? { count: {} } : { none: {} },
        ...renderManagedRuleGroup(group),
      })),
    ];
  }

  private ownRules({ requestRules = [], ruleGroups = [] }: FirewallProps): PlannedRule[] {
    return [
      ...requestRules.map((rule, index) => ({
        name: `rule-${rule.name}`,
        priority: priorities.requestRules + index,
        action: { [rule.action ?? "block"]: {} },
        ...renderRequestRule(rule),
      })),
      ...ruleGroups.map((group, index) => ({
        name: `rule-group-${group.name}`,
        priority: priorities.ruleGroups + index,
        overrideAction: group.mode === "count" ? { count: {} } : { none: {} },
        ...renderRuleGroup(group),
      })),
    ];
  }

  private allowListRule(props: FirewallProps): PlannedRule[] {
    return props.allowList === undefined
      ? []
      : [
          {
            name: "allow-list",
            priority: priorities.allowList,
            action: { allow: {} },
            ...this.ipSets("AllowList", "allowed", props.allowList, props),
          },
        ];
  }

  private ipSets(
    id: string,
    purpose: "allowed" | "blocked",
    cidrBlocks: readonly string[],
    { name, scope }: FirewallProps,
  ): MeasuredStatement {
    return new IpSets(this, id, {
      name: `${name}-${purpose}`,
      description: `Addresses that ${name} has ${purpose}`,
      scope,
      plan: planIpSets(cidrBlocks),
    }).statement;
  }

  private warnOfPrice(): void {
    if (this.capacityUnits > includedCapacityUnits) {
      Annotations.of(this).addWarning(
        `${this.node.path}: the web ACL has about ${this.capacityUnits} capacity units; above ${includedCapacityUnits} AWS charges extra for each request`,
      );
    }
  }

  private log({ name, account, region, logging = {} }: FirewallProps): string | undefined {
    return logging === "none"
      ? undefined
      : new FirewallLog(this, "Log", { ...logging, name, account, region, webAcl: this.resource })
          .logGroupName;
  }
}

/** A rule of a web ACL before it is written down. */
interface PlannedRule
  extends MeasuredStatement, Pick<Wafv2WebAclRule, "name" | "priority" | "action" | "overrideAction"> {}

function countryRules(
  { blockedCountries, allowedCountries }: FirewallProps,
  responses: CustomResponses,
): PlannedRule[] {
  const rule = { priority: priorities.countries, action: { block: renderBlock(responses, "countries") } };
  return [
    ...(blockedCountries === undefined
      ? []
      : [{ name: "blocked-countries", ...rule, ...fromCountries(blockedCountries) }]),
    ...(allowedCountries === undefined
      ? []
      : [{ name: "allowed-countries", ...rule, ...not(fromCountries(allowedCountries)) }]),
  ];
}

/** Undefined where the default of AWS will do. */
function bodyInspection({
  bodyInspectionKiB,
  scope,
}: FirewallProps): Wafv2WebAclAssociationConfig | undefined {
  if (bodyInspectionKiB === undefined) {
    return undefined;
  }
  const limit = { defaultSizeInspectionLimit: `KB_${bodyInspectionKiB}` };
  return { requestBody: [scope === "CLOUDFRONT" ? { cloudfront: limit } : { appRunnerService: limit }] };
}

function rateLimitAction(
  { action = "block" }: RateLimit,
  responses: CustomResponses,
): Wafv2WebAclRule["action"] {
  return action === "block" ? { block: renderBlock(responses, "rateLimits") } : { [action]: {} };
}

function renderRule(
  { name, priority, action, overrideAction, statement }: PlannedRule,
  props: FirewallProps,
): Wafv2WebAclRule {
  return { name, priority, action, overrideAction, statement, visibilityConfig: visibility(name, props) };
}

function visibility(
  metricName: string,
  { sampledRequests = false }: FirewallProps,
): Wafv2WebAclRule["visibilityConfig"] {
  return { metricName, cloudwatchMetricsEnabled: true, sampledRequestsEnabled: sampledRequests };
}
