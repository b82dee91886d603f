import { isIP } from "node:net";

import { Route53CidrCollection } from "@cdktf/provider-aws/lib/route53-cidr-collection";
import { Route53CidrLocation } from "@cdktf/provider-aws/lib/route53-cidr-location";
import { Construct } from "constructs";

import { type ValidationRule, validate } from "../parts";

/** Networks by location, for IP-based routing. */
export interface ICidrCollection {
  /** The collection's id. */
  readonly cidrCollectionId: string;
  /** The locations that records may name. */
  readonly locationNames: readonly string[];
}

/** What a collection of networks is made of. */
export interface CidrCollectionProps {
  /** The name, at most 64 letters, digits, `-` and `_`. */
  readonly name: string;

  /** The networks of each location, as CIDR blocks of /24 at most for IPv4 and /48 for IPv6. */
  readonly locations: Readonly<Record<string, readonly string[]>>;
}

/**
 * Networks whose users are told apart, such as those of a provider or an office. Several names
 * can share one collection; an account has five at most.
 *
 * @see https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/routing-policy-ipbased.html
 */
export class CidrCollection extends Construct implements ICidrCollection {
  /** A collection that already exists. */
  public static fromCidrCollectionAttributes(attributes: ICidrCollection): ICidrCollection {
    return { cidrCollectionId: attributes.cidrCollectionId, locationNames: [...attributes.locationNames] };
  }

  /** The collection of the provider, for settings that this module does not model. */
  public readonly resource: Route53CidrCollection;
  /** The collection's id, known once its locations stand. */
  public readonly cidrCollectionId: string;
  /** The locations, sorted. */
  public readonly locationNames: readonly string[];

  public constructor(scope: Construct, id: string, props: CidrCollectionProps) {
    super(scope, id);
    validate(this, rules, props);

    this.resource = new Route53CidrCollection(this, "Resource", { name: props.name });
    const locations = new Construct(this, "Locations");
    for (const [name, cidrBlocks] of Object.entries(props.locations)) {
      new Route53CidrLocation(locations, name, {
        name,
        cidrCollectionId: this.resource.id,
        cidrBlocks: [...cidrBlocks].sort(),
      });
    }
    this.cidrCollectionId = this.resource.id;
    this.locationNames = Object.keys(props.locations).sort();
  }
}

/** @see https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DNSLimitations.html */
const limits = { blocks: 1000, ipv4Prefix: 24, ipv6Prefix: 48 };

const namePattern = /^[0-9A-Za-z_-]{1,64}$/;
const locationPattern = /^[0-9A-Za-z_-]{1,16}$/;

const rules: readonly ValidationRule<CidrCollectionProps>[] = [
  {
    property: "name",
    isValid: (props) => namePattern.test(props.name),
    expected: "be 1 to 64 letters, digits, '-' and '_'",
    remedy: "shorten or rename it",
  },
  {
    property: "locations",
    isValid: (props) => badNames(props).length === 0,
    expected: "be named by 1 to 16 letters, digits, '-' and '_'",
    got: badNames,
    remedy: "rename the locations",
  },
  {
    property: "locations",
    isValid: (props) => emptyLocations(props).length === 0,
    expected: "hold at least one network each",
    got: emptyLocations,
    remedy: "remove the empty locations",
  },
  {
    property: "locations",
    isValid: (props) => badBlocks(props).length === 0,
    expected: `list CIDR blocks of /${limits.ipv4Prefix} at most for IPv4 and /${limits.ipv6Prefix} for IPv6`,
    got: badBlocks,
    remedy: "widen or correct the blocks",
  },
  {
    property: "locations",
    isValid: (props) => repeatedBlocks(props).length === 0,
    expected: "list each network once",
    got: repeatedBlocks,
    remedy: "leave it in the one location that its users belong to",
  },
  {
    property: "locations",
    isValid: (props) => blocksOf(props).length <= limits.blocks,
    expected: `list at most ${limits.blocks} networks together`,
    got: (props) => blocksOf(props).length,
    remedy: "join neighbouring blocks",
  },
];

function blocksOf(props: CidrCollectionProps): readonly string[] {
  return Object.values(props.locations).flat();
}

function badNames(props: CidrCollectionProps): readonly string[] {
  return Object.keys(props.locations).filter((name) => !locationPattern.test(name));
}

function emptyLocations(props: CidrCollectionProps): readonly string[] {
  return Object.keys(props.locations).filter((name) => props.locations[name]?.length === 0);
}

function badBlocks(props: CidrCollectionProps): readonly string[] {
  return blocksOf(props).filter((block) => !isRoutable(block));
}

function repeatedBlocks(props: CidrCollectionProps): readonly string[] {
  const blocks = blocksOf(props);
  return [...new Set(blocks.filter((block, position) => blocks.indexOf(block) < position))];
}

function isRoutable(block: string): boolean {
  const [address = "", prefix = ""] = block.split("/");
  const family = isIP(address);
  const longest = family === 4 ? limits.ipv4Prefix : limits.ipv6Prefix;
  return family !== 0 && /^\d{1,3}$/.test(prefix) && Number(prefix) <= longest;
}
