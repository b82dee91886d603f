import fc from "fast-check";

import { isNetworkBlock } from "../../../../environments/schema/network/cidr-blocks";
import { subnetOf } from "../../../../core";
import { check, frankfurt, ireland, refusals, sample } from "../../sample";

const withBlock = (ipv4CidrBlock: string) =>
  sample({ regions: { "eu-west-1": ireland({ ipv4CidrBlock }), "eu-central-1": frankfurt() } });

const withBlocked = (...blockedIpv4CidrBlocks: string[]) => sample({ firewall: { blockedIpv4CidrBlocks } });

describe("checkCidrBlocks", () => {
  it.each(["10.0.0.1/16", "10.0.0.0", "10.0.0/16", "fd00::/56", "ten"])(
    "refuses %s as a network",
    (block) => {
      expect(refusals(withBlock(block))).toEqual([
        "environments/sample.ts: 'regions.eu-west-1.ipv4CidrBlock' must be an IPv4 block whose host bits are zero, " +
          `got "${block}"; write it like "10.0.0.0/16"`,
      ]);
    },
  );

  it("refuses a network that is too small for its subnets", () => {
    expect(refusals(withBlock("10.0.0.0/23"))).toEqual([
      "environments/sample.ts: 'regions.eu-west-1.ipv4CidrBlock' must be between /16 and /22, " +
        'got "10.0.0.0/23"; widen it to /22, so that every subnet holds a load balancer',
    ]);
  });

  it("refuses a network that is wider than AWS allows", () => {
    expect(refusals(withBlock("10.0.0.0/15"))).toEqual([
      "environments/sample.ts: 'regions.eu-west-1.ipv4CidrBlock' must be between /16 and /22, " +
        'got "10.0.0.0/15"; narrow it to /16, the widest that AWS allows',
    ]);
  });

  it("refuses a network of public addresses", () => {
    expect(refusals(withBlock("11.0.0.0/16"))).toEqual([
      "environments/sample.ts: 'regions.eu-west-1.ipv4CidrBlock' must lie in a private block " +
        '(10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, 100.64.0.0/10), got "11.0.0.0/16"; ' +
        'choose one such as "10.0.0.0/16"',
    ]);
  });

  it("takes every block of a good size in 10.0.0.0/8", () => {
    fc.assert(
      fc.property(fc.integer({ min: 16, max: 22 }), fc.nat(255), (prefixLength, index) => {
        expect(isNetworkBlock(subnetOf("10.0.0.0/8", prefixLength, index))).toBe(true);
      }),
    );
  });

  it("takes public blocks to be blocked", () => {
    expect(check(withBlocked("203.0.113.0/24", "198.51.100.7/32"))).toHaveLength(1);
  });

  it("refuses to block what is no block", () => {
    expect(refusals(withBlocked("203.0.113.7"))).toEqual([
      "environments/sample.ts: 'firewall.blockedIpv4CidrBlocks.0' must be an IPv4 block whose host bits are zero, " +
        'got "203.0.113.7"; write it like "10.0.0.0/16"',
    ]);
  });

  it("refuses to block the environment's own network", () => {
    expect(refusals(withBlocked("203.0.113.0/24", "10.0.0.0/24"))).toEqual([
      "environments/sample.ts: 'firewall.blockedIpv4CidrBlocks.1' must leave out 10.0.0.0/16, the network of " +
        'eu-west-1, got "10.0.0.0/24"; block less, or the network blocks itself',
    ]);
  });
});
