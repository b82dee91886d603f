import fc from "fast-check";

import { checkOverlaps, freeBlock } from "../../../../environments/schema/network/overlaps";
import { resolveEnvironment } from "../../../../environments/schema/resolve";
import { environmentSchema } from "../../../../environments/schema/environment";
import { addressRangeOf, cidrBlocksOverlap, subnetOf } from "../../../../core";
import { check, frankfurt, ireland, other, refusals, sample } from "../../sample";

const blockArbitrary = fc
  .tuple(fc.integer({ min: 16, max: 22 }), fc.nat(63))
  .map(([prefixLength, index]) => subnetOf("10.0.0.0/8", prefixLength, index));

const oneRegion = (name: string, ipv4CidrBlock: string) => ({
  file: `environments/${name}.ts`,
  environment: resolveEnvironment(
    environmentSchema.parse(sample({ name, regions: { "eu-west-1": ireland({ ipv4CidrBlock }) } })),
  ),
});

describe("checkOverlaps", () => {
  it("refuses two regions of one environment that overlap and names a free block", () => {
    const regions = { "eu-west-1": ireland(), "eu-central-1": frankfurt({ ipv4CidrBlock: "10.0.128.0/20" }) };

    expect(refusals(sample({ regions }))).toEqual([
      "environments/sample.ts: 'regions.eu-central-1.ipv4CidrBlock' must not overlap with 10.0.0.0/16, the network " +
        'of eu-west-1, got "10.0.128.0/20"; choose another block; 10.1.0.0/20 is free',
    ]);
  });

  it("refuses two environments that overlap and names both", () => {
    const regions = { "eu-west-1": ireland({ ipv4CidrBlock: "10.1.0.0/16" }) };

    expect(refusals(sample(), other({ regions, recovery: { rtoSeconds: 156, survives: 0 } }))).toEqual([
      "environments/other.ts: 'regions.eu-west-1.ipv4CidrBlock' must not overlap with 10.1.0.0/16, the network of " +
        "eu-central-1 in 'sample' (environments/sample.ts), got \"10.1.0.0/16\"; " +
        "choose another block; 10.2.0.0/16 is free",
    ]);
  });

  it("offers each overlapping network a free block of its own", () => {
    const regions = {
      "eu-west-1": ireland({ ipv4CidrBlock: "10.0.0.0/16" }),
      "eu-central-1": frankfurt({ ipv4CidrBlock: "10.1.0.0/16" }),
    };

    expect(refusals(sample(), other({ regions })).map((line) => line.split("; ").at(-1))).toEqual([
      "10.2.0.0/16 is free",
      "10.3.0.0/16 is free",
    ]);
  });

  it("lets environments overlap when one of them is never peered", () => {
    const { regions } = sample();

    expect(check(sample({ mayPeer: false }), other({ regions }))).toHaveLength(2);
  });

  it("refuses the overlap of regions even in an environment that is never peered", () => {
    const regions = { "eu-west-1": ireland(), "eu-central-1": frankfurt({ ipv4CidrBlock: "10.0.0.0/16" }) };

    expect(refusals(sample({ mayPeer: false, regions }))).toHaveLength(1);
  });

  it("offers no block when none is free", () => {
    const everything = { first: 0, last: 2 ** 32 - 1 };

    expect(freeBlock(22, [everything])).toBeUndefined();
  });

  it("finds the same overlaps in either order", () => {
    fc.assert(
      fc.property(blockArbitrary, blockArbitrary, (left, right) => {
        const [a, b] = [oneRegion("left", left), oneRegion("right", right)];

        expect(checkOverlaps([a, b])).toHaveLength(checkOverlaps([b, a]).length);
        expect(checkOverlaps([a, b])).toHaveLength(cidrBlocksOverlap(left, right) ? 1 : 0);
      }),
    );
  });
});

describe("freeBlock", () => {
  it("offers a block that shares no address with those taken", () => {
    fc.assert(
      fc.property(
        fc.array(blockArbitrary, { maxLength: 20 }),
        fc.integer({ min: 16, max: 22 }),
        (taken, length) => {
          const free = freeBlock(length, taken.map(addressRangeOf));

          expect(free).toBeDefined();
          expect(taken.filter((block) => cidrBlocksOverlap(block, free ?? ""))).toEqual([]);
        },
      ),
    );
  });

  it("offers nothing when everything is taken", () => {
    expect(freeBlock(16, [addressRangeOf("10.0.0.0/8")])).toBeUndefined();
  });
});
