import { Route53ResolverEndpoint } from "@cdktf/provider-aws/lib/route53-resolver-endpoint";
import { Construct } from "constructs";

import type { IConnectable, INetwork, SubnetTier } from "../../core";
import { type ValidationRule, validate } from "../parts";
import { dnsOpenings, DnsSecurityGroup } from "./private/dns-security-group";
import { blockRules, endpointRules } from "./private/endpoint-rules";

/** An outbound endpoint, as forwarding rules know it. */
export interface IOutboundEndpoint {
  /** The endpoint's id. */
  readonly resolverEndpointId: string;
  /** The blocks whose name servers it may ask. */
  readonly serverCidrBlocks: readonly string[];
}

/** What an outbound endpoint is made of. */
export interface OutboundEndpointProps {
  /** The endpoint's name, 1 to 64 characters. */
  readonly name: string;

  /** The network that the queries leave from. It stands in two to six zones. */
  readonly network: Pick<INetwork, "region" | "vpcId" | "zones" | "subnetIds">;

  /** IPv4 blocks of the name servers that may be asked. */
  readonly serverCidrBlocks: readonly string[];

  /**
   * The tier of its subnets, one a zone.
   *
   * @default "private"
   */
  readonly tier?: SubnetTier;
}

/**
 * The way of queries out of the network, to name servers elsewhere. Forwarding rules say which.
 *
 * Creates the endpoint with one address a zone, and a security group that lets it ask the named
 * blocks on port 53 and nobody else.
 *
 * @see https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-forwarding-outbound-queries.html
 */
export class OutboundEndpoint extends Construct implements IConnectable, IOutboundEndpoint {
  /** The endpoint of the provider, for settings that this module does not model. */
  public readonly resource: Route53ResolverEndpoint;
  /** The endpoint's id. */
  public readonly resolverEndpointId: string;
  /** The endpoint's security group. */
  public readonly securityGroupId: string;
  /** The blocks whose name servers it may ask. */
  public readonly serverCidrBlocks: readonly string[];

  public constructor(scope: Construct, id: string, props: OutboundEndpointProps) {
    super(scope, id);
    validate(this, rules, props);
    this.serverCidrBlocks = props.serverCidrBlocks;

    const securityGroup = new DnsSecurityGroup(this, "SecurityGroup", {
      name: props.name,
      vpcId: props.network.vpcId,
      direction: "outbound",
      cidrBlocks: props.serverCidrBlocks,
      openings: dnsOpenings,
    });
    this.securityGroupId = securityGroup.resource.id;
    this.resource = new Route53ResolverEndpoint(this, "Resource", {
      name: props.name,
      direction: "OUTBOUND",
      protocols: ["Do53"],
      securityGroupIds: [this.securityGroupId],
      ipAddress: props.network.subnetIds(props.tier ?? "private").map((subnetId) => ({ subnetId })),
    });
    this.resolverEndpointId = this.resource.id;
  }
}

const rules: readonly ValidationRule<OutboundEndpointProps>[] = [
  ...endpointRules,
  ...blockRules<OutboundEndpointProps>("serverCidrBlocks", (props) => props.serverCidrBlocks),
];
