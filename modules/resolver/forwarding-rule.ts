import { Route53ResolverRule } from "@cdktf/provider-aws/lib/route53-resolver-rule";
import { Construct } from "constructs";
import { isIPv4 } from "node:net";

import { type ValidationRule, validate } from "../parts";
import { addressRangeOf, addressRangesOverlap } from "../../core";
import type { IOutboundEndpoint } from "./outbound-endpoint";
import { ruleRules } from "./private/rule-rules";
import { type IResolverRule, type RuleNetworks, RuleAssociation } from "./rule-association";

/** What a forwarding rule is made of. */
export interface ForwardingRuleProps {
  /** The rule's name, 1 to 64 characters. */
  readonly name: string;

  /** The domain that is asked elsewhere, with all below it; a lone dot is every name. */
  readonly domainName: string;

  /** The endpoint that the queries leave by. */
  readonly endpoint: IOutboundEndpoint;

  /** IPv4 addresses of the domain's name servers, one to six, asked on port 53. */
  readonly servers: readonly string[];

  /**
   * Networks of the account that obey the rule, by a name that stays. Other stacks and accounts add
   * theirs by {@link RuleAssociation}.
   *
   * @default - none
   */
  readonly networks?: RuleNetworks;
}

/**
 * Sends the queries for a domain to name servers outside of AWS.
 *
 * Creates the rule and an association for each network.
 *
 * @see https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-rules-managing.html
 */
export class ForwardingRule extends Construct implements IResolverRule {
  /** The rule of the provider, for settings that this module does not model. */
  public readonly resource: Route53ResolverRule;
  /** The rule's id. */
  public readonly resolverRuleId: string;
  /** The rule's ARN, which a share names. */
  public readonly resolverRuleArn: string;

  public constructor(scope: Construct, id: string, props: ForwardingRuleProps) {
    super(scope, id);
    validate(this, rules, props);

    this.resource = new Route53ResolverRule(this, "Resource", {
      name: props.name,
      domainName: props.domainName,
      ruleType: "FORWARD",
      resolverEndpointId: props.endpoint.resolverEndpointId,
      targetIp: props.servers.map((ip) => ({ ip, port: dnsPort })),
    });
    this.resolverRuleId = this.resource.id;
    this.resolverRuleArn = this.resource.arn;

    const networks = new Construct(this, "Networks");
    for (const [name, network] of Object.entries(props.networks ?? {})) {
      new RuleAssociation(networks, name, { rule: this, network });
    }
  }
}

const dnsPort = 53;
/** @see https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DNSLimitations.html */
const serverLimit = 6;

const rules: readonly ValidationRule<ForwardingRuleProps>[] = [
  ...ruleRules,
  {
    property: "servers",
    isValid: ({ servers }) => servers.length > 0 && servers.length <= serverLimit,
    expected: `hold one to ${serverLimit} addresses`,
    remedy: "name the servers that know the domain; two are enough for one to fail",
  },
  {
    property: "servers",
    isValid: (props) => props.servers.every((server) => isIPv4(server)),
    expected: "hold IPv4 addresses",
    remedy: 'write each like "10.0.0.10"',
  },
  {
    property: "servers",
    isValid: ({ servers }) => new Set(servers).size === servers.length,
    expected: "name each server once",
    remedy: "remove the repetition",
  },
  {
    property: "servers",
    isValid: (props) => shutOut(props).length === 0,
    expected: (props) =>
      `be in the blocks that the endpoint may ask, ${props.endpoint.serverCidrBlocks.join(", ")}`,
    got: shutOut,
    remedy: "add their block to 'serverCidrBlocks' of the endpoint",
  },
];

/** Servers that the endpoint's security group keeps the queries from. */
function shutOut({ servers, endpoint }: ForwardingRuleProps): readonly string[] {
  const open = endpoint.serverCidrBlocks.map(addressRangeOf);
  return servers.filter((server) => {
    return (
      isIPv4(server) && !open.some((block) => addressRangesOverlap(block, addressRangeOf(`${server}/32`)))
    );
  });
}
