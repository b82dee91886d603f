import { Token } from "cdktf";
import { Construct } from "constructs";
import { type INetwork, type SubnetTier, subnetTiers } from "../../core";
import { validate, type ValidationRule } from "../parts";

/** A network that stands already, made by another stack or by other means. */
export interface NetworkAttributes {
  /** The region's code, such as `eu-west-1`. */
  readonly region: string;
  /** The VPC's id. */
  readonly vpcId: string;
  /** The VPC's IPv4 block. */
  readonly vpcCidrBlock: string;
  /**
   * The VPC's IPv6 block, where its public and private subnets have IPv6 addresses too.
   *
   * @default - IPv4 only
   */
  readonly vpcIpv6CidrBlock?: string;
  /** Names of the zones in use, sorted. */
  readonly zones: readonly string[];
  /** Ids of each tier's subnets, one a zone, in the order of {@link zones}. */
  readonly subnetIds: Readonly<Record<SubnetTier, readonly string[]>>;
}

/** An {@link INetwork} over given attributes; it creates and looks up nothing. */
export class ImportedNetwork extends Construct implements INetwork {
  /** The region's code. */
  public readonly region: string;
  /** The VPC's id. */
  public readonly vpcId: string;
  /** The VPC's IPv4 block. */
  public readonly vpcCidrBlock: string;
  /** The VPC's IPv6 block, if it has one. */
  public readonly vpcIpv6CidrBlock?: string;
  /** Names of the zones in use, sorted. */
  public readonly zones: readonly string[];
  private readonly subnets: NetworkAttributes["subnetIds"];

  public constructor(scope: Construct, id: string, attributes: NetworkAttributes) {
    super(scope, id);
    validate(this, rules, attributes);
    this.region = attributes.region;
    this.vpcId = attributes.vpcId;
    this.vpcCidrBlock = attributes.vpcCidrBlock;
    this.vpcIpv6CidrBlock = attributes.vpcIpv6CidrBlock;
    this.zones = [...attributes.zones];
    this.subnets = attributes.subnetIds;
  }

  /** Ids of a tier's subnets, one a zone, in the order of {@link zones}. */
  public subnetIds(tier: SubnetTier): string[] {
    return [...this.subnets[tier]];
  }
}

const rules: ValidationRule<NetworkAttributes>[] = [
  {
    property: "zones",
    isValid: ({ zones }) => [...zones].sort().join() === zones.join(),
    expected: "be sorted",
    remedy: "sort the zones, and each tier's subnets with them",
  },
  {
    property: "subnetIds",
    isValid: ({ subnetIds, zones }) =>
      Token.isUnresolved(zones) ||
      subnetTiers.every(
        (tier) => Token.isUnresolved(subnetIds[tier]) || subnetIds[tier].length === zones.length,
      ),
    expected: ({ zones }) => `name ${zones.length} subnets in each tier, one for each of its zones`,
    remedy: "list one subnet for each zone, in the order of 'zones'",
  },
];
