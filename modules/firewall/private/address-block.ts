import { Address4, Address6 } from "ip-address";

/** The version of the internet protocol that an address belongs to. */
export type IpVersion = 4 | 6;

/** Addresses that share their first bits, as numbers. */
export interface AddressBlock {
  /** The version of the addresses. */
  readonly version: IpVersion;
  /** The address before the slash, which is the first of the block unless host bits are set. */
  readonly first: bigint;
  /** How many bits they share. */
  readonly prefixLength: number;
}

/** Bits of an address. */
export const addressBits: Readonly<Record<IpVersion, number>> = { 4: 32, 6: 128 };

/**
 * The shortest prefix that a list may name. A wider block is a slip of the pen, and the whole
 * internet is not something that AWS WAF takes at all.
 */
export const shortestPrefixLength: Readonly<Record<IpVersion, number>> = { 4: 8, 6: 16 };

/** Reads an address or a block; undefined where it is neither. Host bits are left as they are. */
export function parseAddressBlock(text: string): AddressBlock | undefined {
  const [, address = "", length] = /^([0-9A-Fa-f.:]+)(?:\/(0|[1-9]\d{0,2}))?$/.exec(text) ?? [];
  const version = versionOf(address);
  if (version === undefined || Number(length ?? 0) > addressBits[version]) {
    return undefined;
  }
  const first = version === 4 ? new Address4(address).bigInt() : new Address6(address).bigInt();
  return { version, first, prefixLength: length === undefined ? addressBits[version] : Number(length) };
}

/** The block in canonical form: `203.0.113.0/24`, `2001:db8::/32`. */
export function formatAddressBlock({ version, first, prefixLength }: AddressBlock): string {
  return `${formatAddress(version, first)}/${prefixLength}`;
}

/** The address alone: `203.0.113.0`. */
export function formatAddress(version: IpVersion, address: bigint): string {
  return (version === 4 ? Address4.fromBigInt(address) : Address6.fromBigInt(address)).correctForm();
}

/** How many addresses the block has. */
export function sizeOf({ version, prefixLength }: AddressBlock): bigint {
  return 1n << BigInt(addressBits[version] - prefixLength);
}

/** The block without host bits. */
export function withoutHostBits(block: AddressBlock): AddressBlock {
  return { ...block, first: block.first - (block.first % sizeOf(block)) };
}

/** Whether every address of `inner` is in `outer`. Both without host bits. */
export function contains(outer: AddressBlock, inner: AddressBlock): boolean {
  return (
    outer.version === inner.version &&
    outer.first <= inner.first &&
    inner.first + sizeOf(inner) <= outer.first + sizeOf(outer)
  );
}

/** Whether two blocks share an address. Blocks that do are nested. */
export function overlap(left: AddressBlock, right: AddressBlock): boolean {
  return contains(left, right) || contains(right, left);
}

/** IPv4 before IPv6, by first address, a block before those inside it. */
export function compareBlocks(left: AddressBlock, right: AddressBlock): number {
  if (left.version !== right.version) {
    return left.version - right.version;
  }
  if (left.first !== right.first) {
    return left.first < right.first ? -1 : 1;
  }
  return left.prefixLength - right.prefixLength;
}

/** Whether a list may name this: an address or a block without host bits, not absurdly wide. */
export function isListable(text: string): boolean {
  const block = parseAddressBlock(text);
  if (block === undefined) {
    return false;
  }
  const { version, first, prefixLength } = block;
  return prefixLength >= shortestPrefixLength[version] && first === withoutHostBits(block).first;
}

function versionOf(address: string): IpVersion | undefined {
  const [version, isValid] = address.includes(":")
    ? ([6, Address6.isValid(address)] as const)
    : ([4, Address4.isValid(address)] as const);
  return isValid ? version : undefined;
}
