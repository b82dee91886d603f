import { RamPrincipalAssociation } from "@cdktf/provider-aws/lib/ram-principal-association";
import { RamResourceAssociation } from "@cdktf/provider-aws/lib/ram-resource-association";
import { RamResourceShare } from "@cdktf/provider-aws/lib/ram-resource-share";
import { Construct } from "constructs";

import { sharePrincipal } from "../../core/forms";
import { type ValidationRule, validate } from "../parts";

/** What is shared with whom. */
export interface RuleShareProps {
  /** The share's name, 1 to 255 characters. */
  readonly name: string;

  /**
   * The rules, and the rule groups of DNS Firewall, by a name that stays. Only the account that made
   * one can share it.
   */
  readonly rules: Readonly<
    Record<string, { readonly resolverRuleArn: string } | { readonly firewallRuleGroupArn: string }>
  >;

  /** Accounts by id of 12 digits, organisations and organisational units by ARN. */
  readonly principals: readonly string[];

  /**
   * Whether accounts outside of the organisation may be named. They have to accept the share.
   *
   * @default false
   */
  readonly allowExternalPrincipals?: boolean;
}

/**
 * Lets the networks of other accounts obey rules of this one.
 *
 * Creates a share of Resource Access Manager, and an association for each rule and each principal.
 * The other account then makes a {@link RuleAssociation} or a {@link DnsFirewallAssociation} for each
 * of its networks.
 *
 * @see https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-rules-managing-sharing.html
 */
export class RuleShare extends Construct {
  /** The share of the provider, for settings that this module does not model. */
  public readonly resource: RamResourceShare;
  /** The share's ARN, by which an account outside of the organisation accepts it. */
  public readonly resourceShareArn: string;

  public constructor(scope: Construct, id: string, props: RuleShareProps) {
    super(scope, id);
    validate(this, rules, props);

    this.resource = new RamResourceShare(this, "Resource", {
      name: props.name,
      allowExternalPrincipals: props.allowExternalPrincipals ?? false,
    });
    this.resourceShareArn = this.resource.arn;

    const shared = new Construct(this, "Rules");
    for (const [name, rule] of Object.entries(props.rules)) {
      new RamResourceAssociation(shared, name, {
        resourceShareArn: this.resourceShareArn,
        resourceArn: "resolverRuleArn" in rule ? rule.resolverRuleArn : rule.firewallRuleGroupArn,
      });
    }
    const principals = new Construct(this, "Principals");
    for (const principal of props.principals) {
      new RamPrincipalAssociation(principals, lastPartOf(principal), {
        resourceShareArn: this.resourceShareArn,
        principal,
      });
    }
  }
}

const longestName = 255;

const rules: readonly ValidationRule<RuleShareProps>[] = [
  {
    property: "name",
    isValid: ({ name }) => name.length > 0 && name.length <= longestName,
    expected: `be 1 to ${longestName} characters long`,
    remedy: "shorten it",
  },
  {
    property: "rules",
    isValid: (props) => Object.keys(props.rules).length > 0,
    expected: "hold at least one rule",
    remedy: "name the rules that others use, or remove the share",
  },
  {
    property: "principals",
    isValid: ({ principals }) => principals.length > 0,
    expected: "hold at least one principal",
    remedy: "name an account, an organisation or an organisational unit",
  },
  {
    property: "principals",
    isValid: ({ principals }) => principals.every(sharePrincipal.accepts),
    expected: "hold account ids of 12 digits and ARNs of organisations or their units",
    got: ({ principals }) => principals.filter((principal) => !sharePrincipal.accepts(principal)),
    remedy: "write an account as a string, with its leading zeros",
  },
  {
    property: "principals",
    isValid: ({ principals }) => new Set(principals).size === principals.length,
    expected: "name each principal once",
    remedy: "remove the repetition",
  },
];

/** The id of an account, organisation or unit, which no other principal shares. */
function lastPartOf(principal: string): string {
  return principal.slice(principal.lastIndexOf("/") + 1);
}
