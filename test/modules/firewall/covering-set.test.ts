import fc from "fast-check";

import { coveringSet, dualStackNetworkAclDenies, networkAclDenies } from "../../../modules/firewall";
import {
  formatAddressBlock,
  type IpVersion,
  withoutHostBits,
} from "../../../modules/firewall/private/address-block";

/** Blocks within a /24 or a /120, so that a test can look at every address and many of them touch. */
const blockIn = (version: IpVersion): fc.Arbitrary<string> => {
  const bits = version === 4 ? 32 : 128;
  const base = version === 4 ? 0xcb00_7100n : 0x2001_0db8n << 96n;
  return fc
    .tuple(fc.integer({ min: 0, max: 255 }), fc.integer({ min: bits - 8, max: bits }))
    .map(([offset, prefixLength]) =>
      formatAddressBlock(withoutHostBits({ version, first: base + BigInt(offset), prefixLength })),
    );
};

const blocks = fc.array(fc.oneof(blockIn(4), blockIn(6)), { maxLength: 40 });

/** Every address of some blocks, as `<version>:<last byte>`, counted without the code under test. */
function addressesOf(cidrBlocks: readonly string[]): string[] {
  return cidrBlocks.flatMap((cidrBlock) => {
    const [address = "", length = ""] = cidrBlock.split("/");
    const version = address.includes(":") ? 6 : 4;
    const first =
      version === 4
        ? Number(address.split(".").at(-1))
        : Number.parseInt(address.slice(address.lastIndexOf(":") + 1) || "0", 16);
    const size = 2 ** ((version === 4 ? 32 : 128) - Number(length));
    return Array.from({ length: size }, (_, index) => `${version}:${first + index}`);
  });
}

const sorted = (texts: Iterable<string>): string[] => [...new Set(texts)].sort();

describe("coveringSet", () => {
  it("covers the same addresses, each once, whatever it is given", () => {
    fc.assert(
      fc.property(blocks, (cidrBlocks) => {
        const covered = addressesOf(coveringSet(cidrBlocks).cidrBlocks);

        expect(covered).toHaveLength(new Set(covered).size);
        expect(sorted(covered)).toEqual(sorted(addressesOf(cidrBlocks)));
      }),
    );
  });

  it("is the shortest: no two of its blocks are halves of one", () => {
    fc.assert(
      fc.property(blocks, (cidrBlocks) => {
        const { cidrBlocks: shortest } = coveringSet(cidrBlocks);
        const parents = shortest.map((cidrBlock) => {
          const [address = "", length = ""] = cidrBlock.split("/");
          return coveringSet([`${address}/${Number(length) - 1}`]).cidrBlocks[0];
        });

        expect(new Set(parents).size).toBe(shortest.length);
      }),
    );
  });

  it("does not depend on the order of the list, nor on repetitions", () => {
    fc.assert(
      fc.property(blocks, (cidrBlocks) => {
        const reversed = [...cidrBlocks, ...cidrBlocks].reverse();

        expect(coveringSet(reversed, 5)).toEqual(coveringSet(cidrBlocks, 5));
      }),
    );
  });

  it("loses nothing to a limit and chooses the blocks with the most addresses", () => {
    fc.assert(
      fc.property(fc.array(blockIn(4), { maxLength: 40 }), fc.nat(20), (cidrBlocks, limit) => {
        const whole = coveringSet(cidrBlocks).cidrBlocks;
        const { cidrBlocks: fitting, leftOut } = coveringSet(cidrBlocks, limit);
        const sizes = (list: readonly string[]): number[] => list.map((block) => addressesOf([block]).length);

        expect(fitting).toHaveLength(Math.min(limit, whole.length));
        expect(sorted([...fitting, ...leftOut])).toEqual(sorted(whole));
        expect(Math.max(0, ...sizes(leftOut))).toBeLessThanOrEqual(Math.min(Infinity, ...sizes(fitting)));
      }),
    );
  });

  it("joins neighbours that are halves of one block, and only those", () => {
    expect(coveringSet(["203.0.113.1", "203.0.113.0/32", "203.0.113.2/31"])).toEqual({
      cidrBlocks: ["203.0.113.0/30"],
      leftOut: [],
    });
    expect(coveringSet(["203.0.113.1/32", "203.0.113.2/32"]).cidrBlocks).toEqual([
      "203.0.113.1/32",
      "203.0.113.2/32",
    ]);
  });

  it("puts IPv4 before IPv6 and writes IPv6 in its short form", () => {
    expect(coveringSet(["2001:0DB8::0/32", "198.51.100.7"]).cidrBlocks).toEqual([
      "198.51.100.7/32",
      "2001:db8::/32",
    ]);
  });

  it("refuses what is no address, which its callers have checked", () => {
    expect(() => coveringSet(["example.com"])).toThrow("example.com is neither an address nor a block");
  });
});

describe("networkAclDenies", () => {
  it("gives the largest IPv4 blocks that fit, and says what does not and what is IPv6", () => {
    const list = ["192.0.2.1/32", "198.51.100.0/25", "198.51.100.128/25", "203.0.113.0/28", "2001:db8::/32"];

    expect(networkAclDenies(list, 2)).toEqual({
      ipv4CidrBlocks: ["198.51.100.0/24", "203.0.113.0/28"],
      leftOut: ["192.0.2.1/32"],
      ipv6CidrBlocks: ["2001:db8::/32"],
    });
  });

  it("leaves nothing out of a list that fits", () => {
    expect(networkAclDenies(["192.0.2.1/32"], 14)).toEqual({
      ipv4CidrBlocks: ["192.0.2.1/32"],
      leftOut: [],
      ipv6CidrBlocks: [],
    });
  });
});

describe("dualStackNetworkAclDenies", () => {
  const list = [
    "192.0.2.1/32",
    "198.51.100.0/24",
    "2001:db8:bad::/48",
    "2001:db8:1::/60",
    "2001:db8:2::1/128",
  ];

  it("gives the blocks with the most subscribers that fit, of both families, and says what does not", () => {
    expect(dualStackNetworkAclDenies(list, 3)).toEqual({
      ipv4CidrBlocks: ["198.51.100.0/24"],
      ipv6CidrBlocks: ["2001:db8:1::/60", "2001:db8:bad::/48"],
      leftOut: ["192.0.2.1/32", "2001:db8:2::1/128"],
    });
  });

  it("takes an IPv4 address before an IPv6 one, and leaves nothing out of a list that fits", () => {
    expect(dualStackNetworkAclDenies(list, 4).ipv4CidrBlocks).toEqual(["192.0.2.1/32", "198.51.100.0/24"]);
    expect(dualStackNetworkAclDenies(list, 8).leftOut).toEqual([]);
  });
});
