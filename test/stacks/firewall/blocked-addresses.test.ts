import { TerraformStack } from "cdktf";

import { environmentNamed, type Environment } from "../../../environments";
import { buildApp } from "../../../stacks/app";
import { readBlockedAddresses } from "../../../stacks/firewall/blocked-addresses";
import { refusal, resourcesOf } from "../../support/synth";

const prod = environmentNamed("prod");

/** All of prod on a day, whose stacks are found by name. */
function prodOn(blockListDay?: string, environment: Environment = prod): (name: string) => TerraformStack {
  const app = buildApp({ environments: [environment], blockListDay });
  return (name) => {
    const stack = app.node.findChild(name);
    if (!TerraformStack.isStack(stack)) {
      throw new Error(`${name} is no stack`);
    }
    return stack;
  };
}

function addressesIn(stack: TerraformStack): unknown[] {
  return Object.values(resourcesOf(stack, "aws_wafv2_ip_set")).flatMap(
    ({ addresses }) => addresses as unknown[],
  );
}

function deniesIn(stack: TerraformStack): unknown[] {
  const rules = Object.values(resourcesOf(stack, "aws_network_acl_rule"));
  return [
    ...new Set(
      rules
        .filter(({ rule_action }) => rule_action === "deny")
        .map(({ cidr_block, ipv6_cidr_block }) => cidr_block ?? ipv6_cidr_block),
    ),
  ];
}

describe("the block list of an environment", () => {
  const always = prodOn();

  it("turns the same addresses away in the firewall and in the network ACLs of a region", () => {
    const expected = ["192.0.2.0/24", "198.51.100.7/32", "2001:db8:bad::/48"];

    expect(addressesIn(always("prod-eu-west-1"))).toEqual(expected);
    expect(deniesIn(always("prod-eu-west-1-network"))).toEqual(expected);
  });

  it("leaves its IPv6 to the firewall where networks have none", () => {
    const stack = prodOn(undefined, { ...prod, ipv6: false })("prod-eu-west-1-network");

    expect(deniesIn(stack)).toEqual(["192.0.2.0/24", "198.51.100.7/32"]);
  });

  it("is the same in every region and in CloudFront", () => {
    const expected = addressesIn(always("prod-eu-west-1"));

    expect(addressesIn(always("prod-us-east-1"))).toEqual(expected);
    expect(addressesIn(always("prod-cloudfront"))).toEqual(expected);
  });

  it("removes an expired entry on its day, and on no other", () => {
    expect(addressesIn(prodOn("2027-01-30")("prod-eu-west-1"))).toContain("198.51.100.7/32");
    expect(addressesIn(prodOn("2027-01-31")("prod-eu-west-1"))).toEqual([
      "192.0.2.0/24",
      "2001:db8:bad::/48",
    ]);
  });

  it("refuses an environment whose list is missing", () => {
    const environment: Environment = { ...prod, name: "nowhere" };

    expect(refusal(() => readBlockedAddresses(environment))).toBe(
      "environments/nowhere.blocklist.txt: 'firewall.blockList' must be false while there is no such file, got true; write the file, one address or block a line, or set 'blockList' to false",
    );
  });
});
