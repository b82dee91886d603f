import { Eip } from "@cdktf/provider-aws/lib/eip";
import type { InternetGateway } from "@cdktf/provider-aws/lib/internet-gateway";
import { NatGateway } from "@cdktf/provider-aws/lib/nat-gateway";
import { Route } from "@cdktf/provider-aws/lib/route";
import { Construct } from "constructs";
import type { NetworkTier, TierPlace } from "./network-tier";

/** What {@link NatGateways} are made of. */
export interface NatGatewaysProps {
  /** Prefix of `Name` tags. */
  readonly name: string;
  /** Zones that get a gateway of their own; private subnets of other zones use the first. */
  readonly zones: readonly string[];
  /** The public tier, where the gateways stand. */
  readonly publicTier: NetworkTier;
  /** The private tier, whose default routes lead to them. */
  readonly privateTier: NetworkTier;
  /** The way out of the public tier. */
  readonly internetGateway: InternetGateway;
}

/** NAT gateways keyed by zone, each with its own Elastic IP, and the private tier's routes to them. */
export class NatGateways extends Construct {
  /** Addresses that the private tier is seen under from outside. */
  public readonly publicIpv4Addresses: readonly string[];

  public constructor(scope: Construct, id: string, props: NatGatewaysProps) {
    super(scope, id);
    const gateways = props.publicTier.places
      .filter((place) => props.zones.includes(place.zone))
      .map((place) => this.addGateway(place, props));
    this.publicIpv4Addresses = gateways.map((gateway) => gateway.address.publicIp);

    for (const { zone, scope: place, routeTable } of props.privateTier.places) {
      const gateway = gateways.find((each) => each.zone === zone) ?? gateways[0];
      if (gateway !== undefined) {
        new Route(place, "DefaultRoute", {
          routeTableId: routeTable.id,
          destinationCidrBlock: "0.0.0.0/0",
          natGatewayId: gateway.resource.id,
        });
      }
    }
  }

  private addGateway({ zone, subnet }: TierPlace, props: NatGatewaysProps) {
    const place = new Construct(this, zone);
    const tags = { Name: `${props.name}-nat-${zone}` };
    const address = new Eip(place, "Address", { domain: "vpc", tags, dependsOn: [props.internetGateway] });
    const resource = new NatGateway(place, "Resource", {
      allocationId: address.id,
      connectivityType: "public",
      subnetId: subnet.id,
      tags,
      dependsOn: [props.internetGateway],
    });
    return { zone, address, resource };
  }
}
