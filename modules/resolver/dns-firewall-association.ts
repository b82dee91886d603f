import { Route53ResolverFirewallRuleGroupAssociation } from "@cdktf/provider-aws/lib/route53-resolver-firewall-rule-group-association";
import { Construct } from "constructs";

import type { INetwork } from "../../core";
import { type ValidationRule, validate } from "../parts";
import { associationPriorityRules, firstPriority } from "./private/association-priority";
import { nameExpected, namePattern } from "./private/names";

/** A rule group of DNS Firewall, made here or shared by another account. */
export interface IDnsFirewall {
  /** The rule group's id, such as `rslvr-frg-0123456789abcdef0`. */
  readonly firewallRuleGroupId: string;
}

/** Which network is guarded by which rule group. */
export interface DnsFirewallAssociationProps {
  /** The association's name, 1 to 64 characters. */
  readonly name: string;

  /** The rule group, of the network's region. */
  readonly firewall: IDnsFirewall;

  /** The network, of the account that associates it. It has five rule groups at most. */
  readonly network: Pick<INetwork, "vpcId">;

  /**
   * Its place among the rule groups of the network, 101 to 9899; lower numbers are asked first.
   *
   * @default 101
   */
  readonly priority?: number;

  /**
   * Whether AWS refuses to change or remove the association.
   *
   * @default true
   */
  readonly mutationProtection?: boolean;
}

/**
 * Guards a network by a rule group that stands already: another stack's, or one that another account
 * shares.
 *
 * @see https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-dns-firewall-vpc-associating-rule-group.html
 */
export class DnsFirewallAssociation extends Construct {
  /** The association of the provider, for settings that this module does not model. */
  public readonly resource: Route53ResolverFirewallRuleGroupAssociation;

  public constructor(scope: Construct, id: string, props: DnsFirewallAssociationProps) {
    super(scope, id);
    validate(this, rules, props);

    this.resource = new Route53ResolverFirewallRuleGroupAssociation(this, "Resource", {
      name: props.name,
      firewallRuleGroupId: props.firewall.firewallRuleGroupId,
      vpcId: props.network.vpcId,
      priority: props.priority ?? firstPriority,
      mutationProtection: (props.mutationProtection ?? true) ? "ENABLED" : "DISABLED",
    });
  }
}

const rules: readonly ValidationRule<DnsFirewallAssociationProps>[] = [
  {
    property: "name",
    isValid: (props) => namePattern.test(props.name),
    expected: nameExpected,
    remedy: "shorten it or leave other characters out",
  },
  ...associationPriorityRules,
];
