import { Route53ResolverRuleAssociation } from "@cdktf/provider-aws/lib/route53-resolver-rule-association";
import { Construct } from "constructs";

import type { INetwork } from "../../core";

/** A rule of Resolver, made here or shared by another account. */
export interface IResolverRule {
  /** The rule's id, such as `rslvr-rr-0123456789abcdef0`. */
  readonly resolverRuleId: string;
}

/** Networks that obey a rule, by a name that stays, such as the workload's. */
export type RuleNetworks = Readonly<Record<string, Pick<INetwork, "vpcId">>>;

/** Which network obeys which rule. */
export interface RuleAssociationProps {
  /** The rule, of the network's region. */
  readonly rule: IResolverRule;
  /** The network, of the account that associates it. */
  readonly network: Pick<INetwork, "vpcId">;
}

/**
 * Lets a network obey a rule that stands already: another stack's, or one that another account shares.
 *
 * @see https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-rules-managing.html
 */
export class RuleAssociation extends Construct {
  /** The association of the provider, for settings that this module does not model. */
  public readonly resource: Route53ResolverRuleAssociation;

  public constructor(scope: Construct, id: string, props: RuleAssociationProps) {
    super(scope, id);
    this.resource = new Route53ResolverRuleAssociation(this, "Resource", {
      resolverRuleId: props.rule.resolverRuleId,
      vpcId: props.network.vpcId,
    });
  }
}
