import * as fc from "fast-check";

import {
  addressRangeOf,
  cidrBlocksOverlap,
  ipv6PrefixLengthOf,
  isIpv4CidrBlock,
  isIpv6CidrBlock,
  longestVpcPrefixLength,
  prefixLengthOf,
  shortestVpcPrefixLength,
  subnetCidrBlock,
  subnetIpv6NewBits,
  subnetIpv6Slot,
  subnetOf,
  subnetTiers,
  zoneSlotCount,
} from "../../core";

const octet = fc.integer({ min: 0, max: 255 });
const vpcCidrBlock = fc
  .tuple(octet, octet, fc.integer({ min: shortestVpcPrefixLength, max: longestVpcPrefixLength }))
  .map(([second, third, prefixLength]) =>
    subnetOf(`10.${second}.${third}.0/${prefixLength}`, prefixLength, 0),
  );

function allSubnets(vpc: string): string[] {
  return subnetTiers.flatMap((tier) =>
    Array.from({ length: zoneSlotCount }, (_, slot) => subnetCidrBlock(vpc, tier, slot)),
  );
}

describe("addressRangeOf", () => {
  it("runs from the network address to the broadcast address", () => {
    expect(addressRangeOf("10.1.0.0/16")).toEqual({ first: 0x0a01_0000, last: 0x0a01_ffff });
    expect(addressRangeOf("0.0.0.0/0")).toEqual({ first: 0, last: 0xffff_ffff });
  });
});

describe("isIpv4CidrBlock", () => {
  it.each(["10.0.0.0/16", "0.0.0.0/0", "192.0.2.7/32"])("accepts %s", (block) => {
    expect(isIpv4CidrBlock(block)).toBe(true);
  });

  it.each([
    ["10.0.0.0", "no prefix length"],
    ["10.0.0.1/16", "host bits are set"],
    ["10.0.0/16", "three octets"],
    ["10.0.0.0/33", "the prefix length is too long"],
    ["256.0.0.0/8", "an octet is too large"],
    ["::/0", "IPv6"],
    ["", "nothing"],
  ])("refuses %s: %s", (block) => {
    expect(isIpv4CidrBlock(block)).toBe(false);
  });
});

describe("cidrBlocksOverlap", () => {
  it("sees a block inside another, in both directions", () => {
    expect(cidrBlocksOverlap("10.0.0.0/16", "10.0.128.0/24")).toBe(true);
    expect(cidrBlocksOverlap("10.0.128.0/24", "10.0.0.0/16")).toBe(true);
  });

  it("keeps neighbours apart", () => {
    expect(cidrBlocksOverlap("10.0.0.0/16", "10.1.0.0/16")).toBe(false);
  });
});

describe("subnetCidrBlock", () => {
  it("lays out a /16 in halves and quarters", () => {
    expect(subnetTiers.map((tier) => subnetCidrBlock("10.0.0.0/16", tier, 0))).toEqual([
      "10.0.0.0/20",
      "10.0.128.0/21",
      "10.0.192.0/21",
    ]);
  });

  it("never lets two subnets overlap, and keeps all inside the network", () => {
    fc.assert(
      fc.property(vpcCidrBlock, (vpc) => {
        const subnets = allSubnets(vpc);
        for (const [index, subnet] of subnets.entries()) {
          expect(isIpv4CidrBlock(subnet)).toBe(true);
          expect(cidrBlocksOverlap(subnet, vpc)).toBe(true);
          expect(prefixLengthOf(subnet)).toBeGreaterThan(prefixLengthOf(vpc));
          for (const other of subnets.slice(index + 1)) {
            expect(cidrBlocksOverlap(subnet, other)).toBe(false);
          }
        }
      }),
      { numRuns: 20 },
    );
  });

  it("holds a load balancer in the smallest network that is allowed", () => {
    expect(subnetCidrBlock("10.0.0.0/22", "public", 7)).toBe("10.0.2.224/27");
  });
});

describe("isIpv6CidrBlock", () => {
  it.each(["2001:db8::/32", "::/0", "2001:db8::1/128"])("accepts %s", (block) => {
    expect(isIpv6CidrBlock(block)).toBe(true);
  });

  it.each([
    "2001:db8::1/32",
    "2001:DB8::/32",
    "2001:0db8::/32",
    "2001:db8::",
    "2001:db8::/129",
    "192.0.2.0/24",
    "::ffff:192.0.2.0/120",
    "ten",
  ])("refuses %s", (block) => {
    expect(isIpv6CidrBlock(block)).toBe(false);
  });

  it("returns the length of a prefix", () => {
    expect(ipv6PrefixLengthOf("2001:db8::/48")).toBe(48);
  });
});

describe("subnetIpv6Slot", () => {
  it("gives every tier and zone a /64 of its own among the 256 of a VPC", () => {
    const slots = subnetTiers.flatMap((tier) =>
      Array.from({ length: zoneSlotCount }, (_, zoneSlot) => subnetIpv6Slot(tier, zoneSlot)),
    );

    expect(new Set(slots).size).toBe(slots.length);
    expect(Math.max(...slots)).toBeLessThan(2 ** subnetIpv6NewBits);
  });
});
