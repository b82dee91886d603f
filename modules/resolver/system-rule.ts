import { Route53ResolverRule } from "@cdktf/provider-aws/lib/route53-resolver-rule";
import { Construct } from "constructs";

import { validate } from "../parts";
import { ruleRules } from "./private/rule-rules";
import { type IResolverRule, type RuleNetworks, RuleAssociation } from "./rule-association";

/** What a system rule is made of. */
export interface SystemRuleProps {
  /** The rule's name, 1 to 64 characters. */
  readonly name: string;

  /** The domain that Resolver answers for itself, with all below it. */
  readonly domainName: string;

  /**
   * Networks of the account that obey the rule, by a name that stays. Other stacks and accounts add
   * theirs by {@link RuleAssociation}.
   *
   * @default - none
   */
  readonly networks?: RuleNetworks;
}

/**
 * The exception to a forwarding rule: a domain below the forwarded one that Resolver answers itself.
 *
 * @see https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-overview-forward-vpc-to-network-using-rules.html
 */
export class SystemRule extends Construct implements IResolverRule {
  /** The rule of the provider, for settings that this module does not model. */
  public readonly resource: Route53ResolverRule;
  /** The rule's id. */
  public readonly resolverRuleId: string;
  /** The rule's ARN, which a share names. */
  public readonly resolverRuleArn: string;

  public constructor(scope: Construct, id: string, props: SystemRuleProps) {
    super(scope, id);
    validate(this, ruleRules, props);

    this.resource = new Route53ResolverRule(this, "Resource", {
      name: props.name,
      domainName: props.domainName,
      ruleType: "SYSTEM",
    });
    this.resolverRuleId = this.resource.id;
    this.resolverRuleArn = this.resource.arn;

    const networks = new Construct(this, "Networks");
    for (const [name, network] of Object.entries(props.networks ?? {})) {
      new RuleAssociation(networks, name, { rule: this, network });
    }
  }
}
