import { RouteTable } from "@cdktf/provider-aws/lib/route-table";
import { RouteTableAssociation } from "@cdktf/provider-aws/lib/route-table-association";
import { Subnet, type SubnetConfig } from "@cdktf/provider-aws/lib/subnet";
import { Fn, type ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import {
  pascalCase,
  subnetCidrBlock,
  subnetIpv6NewBits,
  subnetIpv6Slot,
  type SubnetTier,
  zoneSlotOf,
} from "../../core";

/** What a {@link NetworkTier} is made of. */
export interface NetworkTierProps {
  /** Prefix of `Name` tags. */
  readonly name: string;
  /** The tier. */
  readonly tier: SubnetTier;
  /** The VPC's id. */
  readonly vpcId: string;
  /** The VPC's IPv4 block, which the subnets' blocks are cut from. */
  readonly vpcCidrBlock: string;
  /**
   * The VPC's IPv6 block, which the subnets' blocks are cut from.
   *
   * @default - no IPv6 in this tier
   */
  readonly vpcIpv6CidrBlock?: string;
  /** The zones, sorted. */
  readonly zones: readonly string[];
  /**
   * What must stand before anything is put in the tier.
   *
   * @default - nothing
   */
  readonly after?: ITerraformDependable;
  /** `one-per-zone` where zones route differently (each through its own NAT gateway), else `shared`. */
  readonly routeTables: "shared" | "one-per-zone";
}

/** One tier in one zone. */
export interface TierPlace {
  /** The zone. */
  readonly zone: string;
  /** Its subnet. */
  readonly subnet: Subnet;
  /** The route table of that subnet. */
  readonly routeTable: RouteTable;
  /** The association of the two. */
  readonly association: RouteTableAssociation;
  /** Where resources that belong to the tier and zone are added. */
  readonly scope: Construct;
}

/** The subnets and route tables of one tier, keyed by zone. */
export class NetworkTier extends Construct {
  /** The tier's places, in the order of the zones. */
  public readonly places: readonly TierPlace[];
  /** The tier's route tables by a key that stays when zones come and go. */
  public readonly routeTables: Readonly<Record<string, RouteTable>>;

  public constructor(scope: Construct, id: string, props: NetworkTierProps) {
    super(scope, id);
    const prefix = `${props.name}-${props.tier}`;
    const routeTable = (owner: Construct, name: string): RouteTable =>
      new RouteTable(owner, "RouteTable", { vpcId: props.vpcId, tags: { Name: name } });
    const shared = props.routeTables === "shared" ? routeTable(this, prefix) : undefined;

    this.places = props.zones.map((zone) => {
      const place = new Construct(this, zone);
      const subnet = new Subnet(place, "Resource", {
        vpcId: props.vpcId,
        availabilityZone: zone,
        cidrBlock: subnetCidrBlock(props.vpcCidrBlock, props.tier, zoneSlotOf(zone)),
        mapPublicIpOnLaunch: false,
        ...ipv6Settings(props, zone),
        tags: { Name: `${prefix}-${zone}`, "meridian:tier": props.tier },
      });
      const table = shared ?? routeTable(place, `${prefix}-${zone}`);
      const association = new RouteTableAssociation(place, "RouteTableAssociation", {
        routeTableId: table.id,
        subnetId: subnet.id,
        ...(props.after === undefined ? {} : { dependsOn: [props.after] }),
      });
      return { zone, subnet, routeTable: table, association, scope: place };
    });
    this.routeTables =
      shared === undefined
        ? Object.fromEntries(
            this.places.map((place) => [`${pascalCase(props.tier)}-${place.zone}`, place.routeTable]),
          )
        : { [pascalCase(props.tier)]: shared };
  }

  /**
   * Ids of the tier's subnets, in the order of the zones. They are read from the associations, so
   * that whoever is put there waits for what the tier waits for.
   */
  public get subnetIds(): string[] {
    return this.places.map((place) => place.association.subnetId);
  }
}

/** A subnet's IPv6 block. Only the private tier hands out addresses of it: those of the public tier are public. */
function ipv6Settings({ tier, vpcIpv6CidrBlock }: NetworkTierProps, zone: string): Partial<SubnetConfig> {
  if (vpcIpv6CidrBlock === undefined) {
    return {};
  }
  const slot = subnetIpv6Slot(tier, zoneSlotOf(zone));
  return {
    ipv6CidrBlock: Fn.cidrsubnet(vpcIpv6CidrBlock, subnetIpv6NewBits, slot),
    assignIpv6AddressOnCreation: tier === "private",
    // It would send what has an IPv4 address through NAT under an IPv6 one.
    enableDns64: false,
  };
}
