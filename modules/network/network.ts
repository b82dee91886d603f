import { EgressOnlyInternetGateway } from "@cdktf/provider-aws/lib/egress-only-internet-gateway";
import { InternetGateway } from "@cdktf/provider-aws/lib/internet-gateway";
import { Route } from "@cdktf/provider-aws/lib/route";
import { Vpc } from "@cdktf/provider-aws/lib/vpc";
import { Construct } from "constructs";
import { type INetwork, pascalCase, type SubnetTier, subnetTiers } from "../../core";
import { validate } from "../parts";
import { ClosedDefaults } from "./closed-defaults";
import { VpcFlowLog } from "../parts/vpc-flow-log";
import { GatewayEndpoints } from "./gateway-endpoints";
import { ImportedNetwork, type NetworkAttributes } from "./imported-network";
import { type InterfaceEndpointBundle, InterfaceEndpoints } from "./interface-endpoints";
import { NatGateways } from "./nat-gateways";
import { TierAcl } from "./network-acl";
import { networkRules } from "./network-rules";
import { NetworkTier } from "./network-tier";
import type { NetworkProps } from "./network-props";

/**
 * A VPC with a public, a private and an isolated tier of subnets in each of its zones.
 *
 * Subnets, routes, NAT gateways and associations are keyed by tier and zone, and each subnet's
 * block depends on its tier and zone only, so adding a zone replaces nothing.
 *
 * **Creates** the VPC, its subnets, route tables, internet and NAT gateways, a network ACL for each
 * tier, gateway endpoints of S3 and DynamoDB, interface endpoints as asked, and flow logs. The
 * default security group, network ACL and route table are emptied. A dual-stack network has an
 * egress-only internet gateway too, unless it has no NAT gateways either.
 *
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/how-it-works.html
 */
export class Network extends Construct implements INetwork {
  /** A network that already exists. Nothing is created and nothing looked up. */
  public static fromNetworkAttributes(scope: Construct, id: string, attributes: NetworkAttributes): INetwork {
    return new ImportedNetwork(scope, id, attributes);
  }

  /** The VPC, for settings that this module does not model. */
  public readonly resource: Vpc;
  /** The region's code. */
  public readonly region: string;
  /** The VPC's id. */
  public readonly vpcId: string;
  /** The VPC's IPv4 block. */
  public readonly vpcCidrBlock: string;
  /** The VPC's IPv6 block, which Amazon chooses when it is made, of a dual-stack network. */
  public readonly vpcIpv6CidrBlock?: string;
  /** Names of the zones in use, sorted. */
  public readonly zones: readonly string[];
  /** Addresses that the private tier is seen under from outside, for the allow-lists of others. */
  public readonly natIpv4Addresses: readonly string[];

  private readonly tiers: Readonly<Record<SubnetTier, NetworkTier>>;

  public constructor(scope: Construct, id: string, props: NetworkProps) {
    super(scope, id);
    validate(this, networkRules, props);
    const name = `${props.name}-${props.region}`;
    this.region = props.region;
    this.vpcCidrBlock = props.ipv4CidrBlock;
    this.zones = [...props.zones].sort();
    this.resource = new Vpc(this, "Resource", {
      cidrBlock: props.ipv4CidrBlock,
      enableDnsSupport: true,
      enableDnsHostnames: true,
      ...(props.dualStack === true && { assignGeneratedIpv6CidrBlock: true }),
      tags: { Name: name },
    });
    this.vpcId = this.resource.id;
    this.vpcIpv6CidrBlock = props.dualStack === true ? this.resource.ipv6CidrBlock : undefined;

    new ClosedDefaults(this, "ClosedDefaults", { name, vpc: this.resource });
    const internetGateway = new InternetGateway(this, "InternetGateway", {
      vpcId: this.vpcId,
      tags: { Name: name },
    });
    this.tiers = {
      // AWS refuses a load balancer that faces the internet in a VPC that has no way there yet.
      public: this.addTier(name, "public", props, internetGateway),
      private: this.addTier(name, "private", props),
      isolated: this.addTier(name, "isolated", props),
    };
    this.natIpv4Addresses = this.connect(name, internetGateway, props);
    if (props.dualStack === true) {
      this.connectIpv6(name, internetGateway, props);
    }
    this.addEndpoints(name, props.interfaceEndpoints ?? []);
    if (props.flowLogs !== "none") {
      new VpcFlowLog(this, "FlowLog", { ...props.flowLogs, name, region: props.region, vpc: this.resource });
    }
  }

  /** Ids of a tier's subnets, one a zone, in the order of {@link zones}. */
  public subnetIds(tier: SubnetTier): string[] {
    return this.tiers[tier].subnetIds;
  }

  private addTier(name: string, tier: SubnetTier, props: NetworkProps, after?: InternetGateway): NetworkTier {
    const id = pascalCase(tier);
    // What never talks to the internet needs no second family of addresses.
    const vpcIpv6CidrBlock = tier === "isolated" ? undefined : this.vpcIpv6CidrBlock;
    const place = { name, tier, vpcId: this.vpcId, vpcCidrBlock: this.vpcCidrBlock, vpcIpv6CidrBlock };
    const subnets = new NetworkTier(this, id, {
      ...place,
      zones: this.zones,
      after,
      routeTables: tier === "private" ? "one-per-zone" : "shared",
    });
    new TierAcl(this, `${id}Acl`, {
      ...place,
      subnets,
      hasAcceleratorEndpoints: tier === "private" && props.acceleratorEndpoints === true,
      blockedCidrBlocks: [
        ...(props.blockedIpv4CidrBlocks ?? []),
        ...(vpcIpv6CidrBlock === undefined ? [] : (props.blockedIpv6CidrBlocks ?? [])),
      ],
    });
    return subnets;
  }

  /** Routes the public tier to the internet and the private tier to NAT; returns the addresses of NAT. */
  private connect(
    name: string,
    internetGateway: InternetGateway,
    { natGateways = "one-per-zone", zones }: NetworkProps,
  ): readonly string[] {
    for (const [key, routeTable] of Object.entries(this.tiers.public.routeTables)) {
      new Route(this, `${key}DefaultRoute`, {
        routeTableId: routeTable.id,
        destinationCidrBlock: "0.0.0.0/0",
        gatewayId: internetGateway.id,
      });
    }
    const zonesWithNat = { none: [], single: zones.slice(0, 1), "one-per-zone": zones }[natGateways];
    const nat = new NatGateways(this, "Nat", {
      name,
      zones: zonesWithNat,
      publicTier: this.tiers.public,
      privateTier: this.tiers.private,
      internetGateway,
    });
    return nat.publicIpv4Addresses;
  }

  /** Routes the public tier's IPv6 to the internet, and the private tier's out of the VPC but not in. */
  private connectIpv6(name: string, internetGateway: InternetGateway, { natGateways }: NetworkProps): void {
    for (const [key, routeTable] of Object.entries(this.tiers.public.routeTables)) {
      new Route(this, `${key}DefaultIpv6Route`, {
        routeTableId: routeTable.id,
        destinationIpv6CidrBlock: "::/0",
        gatewayId: internetGateway.id,
      });
    }
    if (natGateways === "none") {
      return;
    }
    const egressOnly = new EgressOnlyInternetGateway(this, "EgressOnlyInternetGateway", {
      vpcId: this.vpcId,
      tags: { Name: name },
    });
    for (const { scope, routeTable } of this.tiers.private.places) {
      new Route(scope, "DefaultIpv6Route", {
        routeTableId: routeTable.id,
        destinationIpv6CidrBlock: "::/0",
        egressOnlyGatewayId: egressOnly.id,
      });
    }
  }

  private addEndpoints(name: string, bundles: readonly InterfaceEndpointBundle[]): void {
    const place = { name, region: this.region, vpcId: this.vpcId };
    new GatewayEndpoints(this, "GatewayEndpoints", {
      ...place,
      routeTables: Object.fromEntries(
        subnetTiers.flatMap((tier) => Object.entries(this.tiers[tier].routeTables)),
      ),
    });
    if (bundles.length > 0) {
      new InterfaceEndpoints(this, "InterfaceEndpoints", {
        ...place,
        vpcCidrBlock: this.vpcCidrBlock,
        subnetIds: this.subnetIds("private"),
        bundles,
      });
    }
  }
}
