import { Address4, Address6 } from "ip-address";

/** The tiers of a Meridian network, in the order of their address space. */
export const subnetTiers = ["private", "public", "isolated"] as const;

/** `public` reaches and is reached from the internet, `private` reaches it through NAT, `isolated` never. */
export type SubnetTier = (typeof subnetTiers)[number];

/**
 * Zone slots that each tier reserves. No AWS region has more than six zones, so adding any zone
 * later finds its place free and moves no other subnet.
 */
export const zoneSlotCount = 8;

/** The longest prefix a VPC may have so that each subnet still holds an ALB (a /27 or larger). */
export const longestVpcPrefixLength = 22;

/** The shortest prefix AWS accepts for a VPC. */
export const shortestVpcPrefixLength = 16;

/** Whether the text is an IPv4 block in canonical form: an address, a prefix length, no host bits set. */
export function isIpv4CidrBlock(text: string): boolean {
  return (
    text.includes("/") && Address4.isValid(text) && parse(text).startAddress().address === addressOf(text)
  );
}

/** Whether the text is an IPv6 block as AWS writes it: shortest form, a prefix length, no host bits set. */
export function isIpv6CidrBlock(text: string): boolean {
  if (!/^[0-9a-f:]+\/\d{1,3}$/.test(text) || !Address6.isValid(text)) {
    return false;
  }
  const block = new Address6(text);
  return block.startAddress().correctForm() === addressOf(text);
}

/** The prefix length of a valid IPv6 block: 48 for `2001:db8::/48`. */
export function ipv6PrefixLengthOf(cidrBlock: string): number {
  return new Address6(cidrBlock).subnetMask;
}

/** The prefix length of a valid block: 16 for `10.0.0.0/16`. */
export function prefixLengthOf(cidrBlock: string): number {
  return parse(cidrBlock).subnetMask;
}

/** The addresses of a block as numbers, for comparing many blocks without reading each again. */
export interface AddressRange {
  /** Its first address. */
  readonly first: number;
  /** Its last address, included. */
  readonly last: number;
}

/** The addresses of a valid block. */
export function addressRangeOf(cidrBlock: string): AddressRange {
  const block = parse(cidrBlock);
  return { first: Number(block.startAddress().bigInt()), last: Number(block.endAddress().bigInt()) };
}

/** Whether two ranges share an address. */
export function addressRangesOverlap(left: AddressRange, right: AddressRange): boolean {
  return left.first <= right.last && right.first <= left.last;
}

/** Whether two valid blocks share an address. */
export function cidrBlocksOverlap(left: string, right: string): boolean {
  return addressRangesOverlap(addressRangeOf(left), addressRangeOf(right));
}

/** The `index`-th block with prefix length `prefixLength` inside a block. */
export function subnetOf(cidrBlock: string, prefixLength: number, index: number): string {
  const first = parse(cidrBlock).startAddress().bigInt();
  const size = 2n ** BigInt(32 - prefixLength);
  return `${Address4.fromBigInt(first + size * BigInt(index)).correctForm()}/${prefixLength}`;
}

/**
 * The block of one subnet. It depends on the network's block, the tier and the zone's slot only,
 * never on which other zones are in use.
 *
 * The private tier takes the first half of the network, the public tier the third quarter, the
 * isolated tier the last; each is cut in {@link zoneSlotCount} equal slots.
 */
export function subnetCidrBlock(vpcCidrBlock: string, tier: SubnetTier, zoneSlot: number): string {
  const prefixLength = prefixLengthOf(vpcCidrBlock);
  const tierBlock = {
    private: subnetOf(vpcCidrBlock, prefixLength + 1, 0),
    public: subnetOf(vpcCidrBlock, prefixLength + 2, 2),
    isolated: subnetOf(vpcCidrBlock, prefixLength + 2, 3),
  }[tier];
  return subnetOf(tierBlock, prefixLengthOf(tierBlock) + Math.log2(zoneSlotCount), zoneSlot);
}

/** The prefix length of the IPv6 block that Amazon gives a VPC. */
const vpcIpv6PrefixLength = 56;

/** The prefix length of every subnet's IPv6 block; AWS knows no other for a load balancer. */
const subnetIpv6PrefixLength = 64;

/** Bits by which a subnet's IPv6 block is longer than its VPC's, for Terraform's `cidrsubnet`. */
export const subnetIpv6NewBits = subnetIpv6PrefixLength - vpcIpv6PrefixLength;

/**
 * The place of one subnet's /64 among the 256 of its VPC. Like {@link subnetCidrBlock} it depends on
 * the tier and the zone's slot only; the VPC's own block is known to nobody before it stands.
 */
export function subnetIpv6Slot(tier: SubnetTier, zoneSlot: number): number {
  const firstSlot = { private: 0, public: zoneSlotCount, isolated: 2 * zoneSlotCount }[tier];
  return firstSlot + zoneSlot;
}

function parse(cidrBlock: string): Address4 {
  return new Address4(cidrBlock);
}

function addressOf(cidrBlock: string): string {
  return cidrBlock.slice(0, cidrBlock.indexOf("/"));
}
