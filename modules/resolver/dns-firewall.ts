import { Route53ResolverFirewallConfig } from "@cdktf/provider-aws/lib/route53-resolver-firewall-config";
import { Route53ResolverFirewallDomainList } from "@cdktf/provider-aws/lib/route53-resolver-firewall-domain-list";
import { Route53ResolverFirewallRule } from "@cdktf/provider-aws/lib/route53-resolver-firewall-rule";
import { Route53ResolverFirewallRuleGroup } from "@cdktf/provider-aws/lib/route53-resolver-firewall-rule-group";
import { dependable } from "cdktf";
import { Construct } from "constructs";

import { type ValidationRule, validate } from "../parts";
import { resourceName } from "../../core";
import { type IDnsFirewall, DnsFirewallAssociation } from "./dns-firewall-association";
import { associationPriorityRules } from "./private/association-priority";
import { dnsRuleRules } from "./private/dns-rule-rules";
import { type PlannedRule, planDnsRules } from "./private/dns-rules";
import { nameExpected, nameLength, namePattern } from "./private/names";
import type { DnsFirewallProps } from "./dns-firewall-props";

/**
 * What the machines of networks may look up.
 *
 * Creates a domain list for each list of one's own, the rule group with a rule a list, and for each
 * network its association and what happens while DNS Firewall does not answer.
 *
 * @see https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-dns-firewall.html
 */
export class DnsFirewall extends Construct implements IDnsFirewall {
  /** The rule group of the provider, for settings that this module does not model. */
  public readonly resource: Route53ResolverFirewallRuleGroup;
  /** The rule group's id. */
  public readonly firewallRuleGroupId: string;
  /** The rule group's ARN, which a share names. */
  public readonly firewallRuleGroupArn: string;

  public constructor(scope: Construct, id: string, props: DnsFirewallProps) {
    super(scope, id);
    validate(this, rules, props);

    this.resource = new Route53ResolverFirewallRuleGroup(this, "Resource", { name: props.name });
    this.firewallRuleGroupId = this.resource.id;
    this.firewallRuleGroupArn = this.resource.arn;

    const made = this.createRules(props);
    const networks = new Construct(this, "Networks");
    for (const [name, network] of Object.entries(props.networks ?? {})) {
      const association = new DnsFirewallAssociation(networks, name, {
        name: resourceName(nameLength, props.name, name),
        firewall: this,
        network,
        priority: props.priority,
        mutationProtection: props.mutationProtection,
      });
      // A network is guarded by all rules at once, or names that are allowed would be blocked at first.
      association.resource.dependsOn = made.map(dependable);
      new Route53ResolverFirewallConfig(association, "FailOpen", {
        resourceId: network.vpcId,
        firewallFailOpen: (props.failOpen ?? false) ? "ENABLED" : "DISABLED",
      });
    }
  }

  private createRules(props: DnsFirewallProps): Route53ResolverFirewallRule[] {
    const sides = { allow: new Construct(this, "Allow"), block: new Construct(this, "Block") };
    const allowing: Route53ResolverFirewallRule[] = [];
    return planDnsRules(props).map((planned) => {
      const { side, key, list, priority, trustRedirections } = planned;
      const scope = new Construct(sides[side], key);
      const rule = new Route53ResolverFirewallRule(scope, "Rule", {
        name: `${side}-${key}`,
        firewallRuleGroupId: this.firewallRuleGroupId,
        firewallDomainListId:
          "domainListId" in list ? list.domainListId : createList(scope, props.name, planned, list.domains),
        priority,
        ...renderAction(planned.action),
        firewallDomainRedirectionAction: trustRedirections
          ? "TRUST_REDIRECTION_DOMAIN"
          : "INSPECT_REDIRECTION_DOMAIN",
        // What is allowed must be before something wider is blocked.
        dependsOn: side === "block" && allowing.length > 0 ? [...allowing] : undefined,
      });
      if (side === "allow") {
        allowing.push(rule);
      }
      return rule;
    });
  }
}

function createList(
  scope: Construct,
  firewall: string,
  { side, key }: PlannedRule,
  domains: readonly string[],
): string {
  return new Route53ResolverFirewallDomainList(scope, "List", {
    name: resourceName(nameLength, firewall, side, key),
    domains: [...domains].sort().map(rooted),
  }).id;
}

/** A domain as AWS gives it back: without the dot every plan would show a difference. */
function rooted(domain: string): string {
  return `${domain}.`;
}

function renderAction(action: PlannedRule["action"]) {
  if (action === "ALLOW" || action === "ALERT") {
    return { action };
  }
  if (typeof action === "string") {
    return { action: "BLOCK", blockResponse: action };
  }
  return {
    action: "BLOCK",
    blockResponse: "OVERRIDE",
    blockOverrideDnsType: "CNAME",
    blockOverrideDomain: rooted(action.domain),
    blockOverrideTtl: action.ttlSeconds,
  };
}

const rules: readonly ValidationRule<DnsFirewallProps>[] = [
  {
    property: "name",
    isValid: (props) => namePattern.test(props.name),
    expected: nameExpected,
    remedy: "shorten it or leave other characters out",
  },
  {
    property: "block",
    isValid: (props) => Object.keys(props.block).length > 0,
    expected: "hold at least one list",
    remedy: "name what is blocked or reported, or remove the firewall: all names get through without it",
  },
  ...dnsRuleRules,
  {
    property: "networks",
    isValid: ({ networks = {} }) => {
      const ids = Object.values(networks).map(({ vpcId }) => vpcId);
      return new Set(ids).size === ids.length;
    },
    expected: "name each network once",
    got: ({ networks = {} }) =>
      Object.fromEntries(Object.entries(networks).map(([key, { vpcId }]) => [key, vpcId])),
    remedy: "remove the repetition",
  },
  ...associationPriorityRules,
];
