import { Route53ResolverEndpoint } from "@cdktf/provider-aws/lib/route53-resolver-endpoint";
import { Token } from "cdktf";
import { Construct } from "constructs";
import { isIPv4 } from "node:net";

import { type IConnectable, type INetwork, known, type SubnetTier } from "../../core";
import { type ValidationRule, validate } from "../parts";
import { type Opening, dnsOpenings, DnsSecurityGroup } from "./private/dns-security-group";
import { blockRules, endpointRules } from "./private/endpoint-rules";

/** How an inbound endpoint is asked: plain DNS, or DNS over HTTPS. */
export type ResolverProtocol = "Do53" | "DoH";

/** What an inbound endpoint is made of. */
export interface InboundEndpointProps {
  /** The endpoint's name, 1 to 64 characters. */
  readonly name: string;

  /** The network whose names are asked for. It stands in two to six zones. */
  readonly network: Pick<INetwork, "region" | "vpcId" | "zones" | "subnetIds">;

  /** IPv4 blocks that may ask, such as the office's. */
  readonly clientCidrBlocks: readonly string[];

  /**
   * The tier of its subnets, one a zone.
   *
   * @default "private"
   */
  readonly tier?: SubnetTier;

  /**
   * Fixed addresses by zone, for forwarders that know no names.
   *
   * @default - AWS picks them; they stay as long as the endpoint
   */
  readonly addresses?: Readonly<Record<string, string>>;

  /**
   * How it is asked.
   *
   * @default - plain DNS only, `["Do53"]`
   */
  readonly protocols?: readonly ResolverProtocol[];
}

/**
 * Addresses inside the network that other networks ask for its private names.
 *
 * Creates the endpoint with one address a zone, and a security group that lets the named blocks ask
 * and nobody else.
 *
 * @see https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-forwarding-inbound-queries.html
 */
export class InboundEndpoint extends Construct implements IConnectable {
  /** The endpoint of the provider, for settings that this module does not model. */
  public readonly resource: Route53ResolverEndpoint;
  /** The endpoint's id. */
  public readonly resolverEndpointId: string;
  /** The endpoint's security group. */
  public readonly securityGroupId: string;
  /** The addresses that forwarders of other networks name. */
  public readonly ipAddresses: string[];

  public constructor(scope: Construct, id: string, props: InboundEndpointProps) {
    super(scope, id);
    validate(this, rules, props);
    const protocols = props.protocols ?? ["Do53"];

    const securityGroup = new DnsSecurityGroup(this, "SecurityGroup", {
      name: props.name,
      vpcId: props.network.vpcId,
      direction: "inbound",
      cidrBlocks: props.clientCidrBlocks,
      openings: protocols.flatMap((protocol) => openings[protocol]),
    });
    this.securityGroupId = securityGroup.resource.id;
    const subnetIds = props.network.subnetIds(props.tier ?? "private");
    this.resource = new Route53ResolverEndpoint(this, "Resource", {
      name: props.name,
      direction: "INBOUND",
      protocols: [...protocols],
      securityGroupIds: [this.securityGroupId],
      ipAddress: props.network.zones.map((zone, position) => ({
        subnetId: known(subnetIds[position], `the network has no subnet in ${zone}`),
        ip: props.addresses?.[zone],
      })),
    });
    this.resolverEndpointId = this.resource.id;
    this.ipAddresses = Token.asList(this.resource.interpolationForAttribute("ip_address[*].ip"));
  }
}

const openings: Readonly<Record<ResolverProtocol, readonly Opening[]>> = {
  Do53: dnsOpenings,
  DoH: [{ traffic: "DNS over HTTPS", transport: "tcp", port: 443 }],
};

const rules: readonly ValidationRule<InboundEndpointProps>[] = [
  ...endpointRules,
  ...blockRules<InboundEndpointProps>("clientCidrBlocks", (props) => props.clientCidrBlocks),
  {
    property: "addresses",
    isValid: (props) => sameNames(Object.keys(props.addresses ?? {}), props.network.zones),
    expected: (props) => `name one address for each zone, ${props.network.zones.join(" and ")}`,
    remedy: "name an address for every zone, or for none",
  },
  {
    property: "addresses",
    isValid: (props) => Object.values(props.addresses ?? {}).every((address) => isIPv4(address)),
    expected: "hold IPv4 addresses of the zones' subnets",
    remedy: 'write each like "10.0.0.10"',
  },
  {
    property: "protocols",
    isValid: ({ protocols = [] }) => protocols.length > 0 && new Set(protocols).size === protocols.length,
    expected: "name Do53, DoH or both, once each",
    remedy: "remove the property for plain DNS",
  },
];

function sameNames(left: readonly string[], right: readonly string[]): boolean {
  return [...left].sort().join() === [...right].sort().join();
}
