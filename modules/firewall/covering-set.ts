import { InternalError } from "../../core";
import {
  addressBits,
  compareBlocks,
  contains,
  formatAddressBlock,
  parseAddressBlock,
  sizeOf,
  withoutHostBits,
  type AddressBlock,
} from "./private/address-block";

/** The shortest list of blocks that covers some addresses, and how much of it fits. */
export interface CoveringSet {
  /** The blocks that fit, IPv4 first, by address. Together with {@link leftOut} they cover what was asked for. */
  readonly cidrBlocks: readonly string[];
  /** The blocks that do not fit, in the same order. */
  readonly leftOut: readonly string[];
}

/**
 * The shortest list of blocks that covers exactly the addresses of some blocks: those inside others
 * go, halves of one block become the whole. No address is added and none is lost.
 *
 * With a limit, the largest blocks are chosen, which covers the most addresses that so many blocks
 * of the list can. Nothing is widened to make more fit; the rest is reported.
 *
 * @param cidrBlocks - addresses and blocks, IPv4 and IPv6
 * @param limit - how many blocks fit
 */
export function coveringSet(cidrBlocks: readonly string[], limit = Infinity): CoveringSet {
  const merged = merge(cidrBlocks.map(parse));
  const largestFirst = [...merged].sort(
    (left, right) => hostBits(right) - hostBits(left) || compareBlocks(left, right),
  );
  const fitting = new Set(largestFirst.slice(0, limit));
  return {
    cidrBlocks: merged.filter((block) => fitting.has(block)).map(formatAddressBlock),
    leftOut: merged.filter((block) => !fitting.has(block)).map(formatAddressBlock),
  };
}

/** What of a block list the network ACLs deny, and what only the firewall does. */
export interface NetworkAclDenies {
  /** IPv4 blocks for the network's `blockedIpv4CidrBlocks`, by address. */
  readonly ipv4CidrBlocks: readonly string[];
  /** IPv4 blocks for which no rule is left, by address. */
  readonly leftOut: readonly string[];
  /** IPv6 blocks, which the network has no rules for since it has no IPv6 addresses. */
  readonly ipv6CidrBlocks: readonly string[];
}

/**
 * The part of a block list that fits in the network ACLs: as many of its addresses as `quota` deny
 * rules can cover. The firewall denies all of the list, also what is left out here.
 *
 * @param cidrBlocks - addresses and blocks, IPv4 and IPv6
 * @param quota - how many deny rules the network has room for: its `blockedCidrBlockLimit`
 */
export function networkAclDenies(cidrBlocks: readonly string[], quota: number): NetworkAclDenies {
  const ipv4 = coveringSet(
    cidrBlocks.filter((cidrBlock) => parse(cidrBlock).version === 4),
    quota,
  );
  const ipv6 = coveringSet(cidrBlocks.filter((cidrBlock) => parse(cidrBlock).version === 6));
  return { ipv4CidrBlocks: ipv4.cidrBlocks, leftOut: ipv4.leftOut, ipv6CidrBlocks: ipv6.cidrBlocks };
}

/** What of a block list the network ACLs of a dual-stack network deny, and what only the firewall does. */
export interface DualStackNetworkAclDenies {
  /** IPv4 blocks for the network's `blockedIpv4CidrBlocks`, by address. */
  readonly ipv4CidrBlocks: readonly string[];
  /** IPv6 blocks for the network's `blockedIpv6CidrBlocks`, by address. */
  readonly ipv6CidrBlocks: readonly string[];
  /** Blocks for which no rule is left, IPv4 first, by address. */
  readonly leftOut: readonly string[];
}

/**
 * The part of a block list that fits in the network ACLs of a dual-stack network: the largest blocks
 * of both families. An IPv6 /64, which is the least that one subscriber has, counts as much as one
 * IPv4 address.
 *
 * @param cidrBlocks - addresses and blocks, IPv4 and IPv6
 * @param quota - how many deny rules the network has room for: its `dualStackBlockedCidrBlockLimit`
 */
export function dualStackNetworkAclDenies(
  cidrBlocks: readonly string[],
  quota: number,
): DualStackNetworkAclDenies {
  const merged = merge(cidrBlocks.map(parse));
  const largestFirst = [...merged].sort(
    (left, right) => subscriberBits(right) - subscriberBits(left) || compareBlocks(left, right),
  );
  const fitting = new Set(largestFirst.slice(0, quota));
  const textsOf = (version: AddressBlock["version"]): string[] =>
    merged.filter((block) => block.version === version && fitting.has(block)).map(formatAddressBlock);
  return {
    ipv4CidrBlocks: textsOf(4),
    ipv6CidrBlocks: textsOf(6),
    leftOut: merged.filter((block) => !fitting.has(block)).map(formatAddressBlock),
  };
}

/** One pass in order of address: a block inside the last one is dropped, the last two join while they are halves. */
function merge(blocks: readonly AddressBlock[]): AddressBlock[] {
  const merged: AddressBlock[] = [];
  for (const block of [...blocks].sort(compareBlocks)) {
    const last = merged.at(-1);
    if (last !== undefined && contains(last, block)) {
      continue;
    }
    let joined = block;
    for (let lower = merged.at(-1); lower !== undefined && areHalves(lower, joined); lower = merged.at(-1)) {
      merged.pop();
      joined = { ...lower, prefixLength: lower.prefixLength - 1 };
    }
    merged.push(joined);
  }
  return merged;
}

/** Whether two blocks are the lower and the upper half of one. */
function areHalves(lower: AddressBlock, upper: AddressBlock): boolean {
  const size = sizeOf(lower);
  return (
    lower.version === upper.version &&
    lower.prefixLength === upper.prefixLength &&
    lower.first % (size * 2n) === 0n &&
    lower.first + size === upper.first
  );
}

/** How many bits of a block tell subscribers apart: all of IPv4's, those of IPv6 down to a /64. */
function subscriberBits(block: AddressBlock): number {
  return block.version === 4 ? hostBits(block) : Math.max(64 - block.prefixLength, 0);
}

function hostBits({ version, prefixLength }: AddressBlock): number {
  return addressBits[version] - prefixLength;
}

function parse(cidrBlock: string): AddressBlock {
  const block = parseAddressBlock(cidrBlock);
  if (block === undefined) {
    throw new InternalError(`${cidrBlock} is neither an address nor a block`);
  }
  return withoutHostBits(block);
}
