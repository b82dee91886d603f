import * as fc from "fast-check";
import type { TerraformStack } from "cdktf";

import { subnetTiers } from "../../../core";
import {
  blockedCidrBlockLimit,
  dualStackBlockedCidrBlockLimit,
  Network,
  type NetworkProps,
} from "../../../modules/network";
import { allowRules, ipv6AllowRules, networkAclRuleQuota } from "../../../modules/network/network-acl-rules";
import { resolve } from "../dns/resolve";
import { emptyStack, refusal, resourceAt, resourcesOf, synthesize } from "../../support/synth";

const vpc = "${aws_vpc.Network_1C6012B5.ipv6_cidr_block}";
const zones = ["eu-west-1a", "eu-west-1b"];

function stackWith(props: Partial<NetworkProps> = {}): TerraformStack {
  const stack = emptyStack();
  new Network(stack, "Network", {
    name: "prod",
    region: "eu-west-1",
    ipv4CidrBlock: "10.0.0.0/16",
    zones,
    dualStack: true,
    ...props,
  });
  return stack;
}

/** The IPv6 rules of a tier as `direction action protocol ports block`, in the order AWS reads them. */
function ipv6RulesOf(tier: string, props: Partial<NetworkProps> = {}): string[] {
  return Object.entries(resourcesOf(stackWith(props), "aws_network_acl_rule"))
    .filter(([id, rule]) => id.startsWith(`Network_${tier}Acl_`) && rule.ipv6_cidr_block !== undefined)
    .map(([, rule]) => rule)
    .sort((a, b) => Number(a.egress) - Number(b.egress) || Number(a.rule_number) - Number(b.rule_number))
    .map((rule) => {
      const ends = [rule.from_port ?? rule.icmp_type, rule.to_port ?? rule.icmp_code];
      const range = ends.every((end) => end === undefined) ? [] : [ends.map(String).join("-")];
      const direction = rule.egress === true ? "out" : "in";
      return [direction, rule.rule_action, rule.protocol, ...range, rule.ipv6_cidr_block].join(" ");
    });
}

describe("A dual-stack network", () => {
  it("has an IPv6 block that Amazon provides", () => {
    const stack = stackWith();

    expect(resourceAt(stack, "aws_vpc")).toEqual({
      assign_generated_ipv6_cidr_block: true,
      cidr_block: "10.0.0.0/16",
      enable_dns_hostnames: true,
      enable_dns_support: true,
      tags: { Name: "prod-eu-west-1" },
    });
  });

  it("exposes its IPv6 block, as an imported one does", () => {
    const stack = emptyStack();
    const subnetIds = { public: [], private: [], isolated: [] };
    const imported = {
      region: "eu-west-1",
      vpcId: "vpc-1",
      vpcCidrBlock: "10.0.0.0/16",
      zones: [],
      subnetIds,
    };
    const network = new Network(stack, "Network", {
      name: "prod",
      region: "eu-west-1",
      ipv4CidrBlock: "10.0.0.0/16",
      zones,
      dualStack: true,
    });

    expect(resolve(stack, network.vpcIpv6CidrBlock)).toBe(vpc);
    expect(
      Network.fromNetworkAttributes(stack, "Theirs", { ...imported, vpcIpv6CidrBlock: "2001:db8::/56" })
        .vpcIpv6CidrBlock,
    ).toBe("2001:db8::/56");
  });

  it("cuts a /64 of it for each public and private subnet, and hands addresses out in the private tier only", () => {
    const stack = stackWith();
    const ofTier = (tier: string) =>
      zones.map((zone) => {
        const subnet = resourceAt(stack, "aws_subnet", `Network/${tier}/${zone}/Resource`);
        return [subnet.ipv6_cidr_block, subnet.assign_ipv6_address_on_creation, subnet.enable_dns64];
      });

    expect(ofTier("Private")).toEqual([
      [`\${cidrsubnet(${vpc.slice(2, -1)}, 8, 0)}`, true, false],
      [`\${cidrsubnet(${vpc.slice(2, -1)}, 8, 1)}`, true, false],
    ]);
    expect(ofTier("Public")).toEqual([
      [`\${cidrsubnet(${vpc.slice(2, -1)}, 8, 8)}`, false, false],
      [`\${cidrsubnet(${vpc.slice(2, -1)}, 8, 9)}`, false, false],
    ]);
  });

  it("leaves the isolated tier without IPv6", () => {
    expect(resourceAt(stackWith(), "aws_subnet", "Network/Isolated/eu-west-1a/Resource")).toEqual(
      resourceAt(stackWith({ dualStack: false }), "aws_subnet", "Network/Isolated/eu-west-1a/Resource"),
    );
    expect(ipv6RulesOf("Isolated", { blockedIpv6CidrBlocks: ["2001:db8:bad::/48"] })).toEqual([]);
  });

  it("leads the public tier both ways and the private tier out only", () => {
    const stack = stackWith();
    const routes = Object.values(resourcesOf(stack, "aws_route")).filter(
      ({ destination_ipv6_cidr_block: destination }) => destination !== undefined,
    );

    expect(resourceAt(stack, "aws_route", "Network/PublicDefaultIpv6Route")).toEqual({
      destination_ipv6_cidr_block: "::/0",
      gateway_id: "${aws_internet_gateway.Network_InternetGateway_D8FF3F66.id}",
      route_table_id: "${aws_route_table.Network_Public_RouteTable_A1610E6C.id}",
    });
    expect(resourceAt(stack, "aws_route", "Network/Private/eu-west-1b/DefaultIpv6Route")).toEqual({
      destination_ipv6_cidr_block: "::/0",
      egress_only_gateway_id:
        "${aws_egress_only_internet_gateway.Network_EgressOnlyInternetGateway_CA60EB21.id}",
      route_table_id: "${aws_route_table.Network_Private_eu-west-1b_RouteTable_20F6ADDC.id}",
    });
    expect(resourceAt(stack, "aws_egress_only_internet_gateway")).toEqual({
      tags: { Name: "prod-eu-west-1" },
      vpc_id: "${aws_vpc.Network_1C6012B5.id}",
    });
    expect(routes).toHaveLength(3);
  });

  it("keeps a private tier without NAT off the internet", () => {
    const stack = stackWith({ natGateways: "none" });

    expect(resourcesOf(stack, "aws_egress_only_internet_gateway")).toEqual({});
    expect(
      Object.values(resourcesOf(stack, "aws_route")).map((route) => route.destination_ipv6_cidr_block),
    ).toEqual(["::/0", undefined]);
  });

  it("only adds to what the same network has over IPv4", () => {
    const addressesOf = (stack: TerraformStack): string[] =>
      Object.entries(synthesize(stack).resource ?? {}).flatMap(([type, blocks]) =>
        Object.keys(blocks).map((id) => `${type}.${id}`),
      );

    const blockedIpv4CidrBlocks = ["203.0.113.0/24"];
    const before = addressesOf(stackWith({ dualStack: false, blockedIpv4CidrBlocks }));
    const after = addressesOf(
      stackWith({ blockedIpv4CidrBlocks, blockedIpv6CidrBlocks: ["2001:db8:bad::/48"] }),
    );

    expect(after).toEqual(expect.arrayContaining(before));
    expect(after.length - before.length).toBe(20);
  });

  it("keeps every block when a zone is added that sorts before the others", () => {
    const blocksOf = (stack: TerraformStack): Record<string, unknown> =>
      Object.fromEntries(
        Object.entries(resourcesOf(stack, "aws_subnet")).map(([id, subnet]) => [id, subnet.ipv6_cidr_block]),
      );

    const before = blocksOf(stackWith({ zones: ["eu-west-1b", "eu-west-1c"] }));

    expect(blocksOf(stackWith({ zones: ["eu-west-1b", "eu-west-1c", "eu-west-1a"] }))).toMatchObject(before);
  });
});

describe("The network ACLs of a dual-stack network", () => {
  it("let the web and replies into the public tier over IPv6", () => {
    expect(ipv6RulesOf("Public")).toEqual([
      `in allow -1 ${vpc}`,
      "in allow tcp 80-80 ::/0",
      "in allow tcp 443-443 ::/0",
      "in allow tcp 1024-65535 ::/0",
      "in allow udp 1024-65535 ::/0",
      "in allow 58 2-0 ::/0",
      "out allow -1 ::/0",
    ]);
  });

  it("let only replies into the private tier from outside over IPv6", () => {
    expect(ipv6RulesOf("Private")).toEqual([
      `in allow -1 ${vpc}`,
      "in allow tcp 1024-65535 ::/0",
      "in allow udp 1024-65535 ::/0",
      "in allow 58 2-0 ::/0",
      "out allow -1 ::/0",
    ]);
  });

  it.each(["Public", "Private"])("deny blocked addresses before the allows of the %s tier", (tier) => {
    const rules = ipv6RulesOf(tier, { blockedIpv6CidrBlocks: ["2001:db8:bad::/48"] });

    expect(rules[0]).toBe("in deny -1 2001:db8:bad::/48");
    expect(rules.find((rule) => rule.startsWith("out "))).toBe("out deny -1 2001:db8:bad::/48");
  });

  it("hold both families and AWS's own denies within one quota, each rule with a number of its own", () => {
    for (const tier of subnetTiers) {
      for (const egress of [true, false]) {
        const rules = [...allowRules[tier], ...ipv6AllowRules[tier]].filter((rule) => rule.egress === egress);
        expect(new Set(rules.map(({ ruleNumber }) => ruleNumber)).size).toBe(rules.length);
        const deniesOfAws = 2;
        expect(rules.length + dualStackBlockedCidrBlockLimit + deniesOfAws).toBeLessThanOrEqual(
          networkAclRuleQuota,
        );
      }
    }
    expect([blockedCidrBlockLimit, dualStackBlockedCidrBlockLimit]).toEqual([13, 6]);
  });

  it("number the IPv4 denies as if there were no others", () => {
    const blocks = fc.uniqueArray(
      fc.tuple(fc.nat(255), fc.nat(255)).map(([a, b]) => `203.${a}.${b}.0/24`),
      { maxLength: 4 },
    );
    const numbersOf = (props: Partial<NetworkProps>) =>
      Object.values(resourcesOf(stackWith(props), "aws_network_acl_rule"))
        .filter(({ cidr_block: block, rule_action: action }) => action === "deny" && block !== undefined)
        .map(({ cidr_block: block, rule_number: number }) => [block, number]);

    fc.assert(
      fc.property(blocks, (blockedIpv4CidrBlocks) => {
        expect(
          numbersOf({ blockedIpv4CidrBlocks, blockedIpv6CidrBlocks: ["2001:db8:bad::/48", "2001:db8::/48"] }),
        ).toEqual(numbersOf({ blockedIpv4CidrBlocks }));
      }),
      { numRuns: 5 },
    );
  });
});

describe("A dual-stack network, given what AWS would refuse,", () => {
  const ipv4Blocks = Array.from({ length: 5 }, (_, index) => `203.0.${index}.0/24`);
  const ipv6Blocks = Array.from({ length: 4 }, (_, index) => `2001:db8:${index + 1}::/48`);

  it.each<[string, Partial<NetworkProps>, string]>([
    [
      "IPv6 blocks that are malformed, repeated or too wide",
      {
        blockedIpv6CidrBlocks: [
          "2001:db8::1/48",
          "2001:DB8::/48",
          "2001:db8:bad::/48",
          "2001:db8:bad::/48",
          "2000::/3",
          "192.0.2.0/24",
          "2001:db8::",
        ],
      },
      "'blockedIpv6CidrBlocks' must be distinct IPv6 blocks in their shortest form, no wider than a /16, " +
        `got ["2001:db8::1/48","2001:DB8::/48","2001:db8:bad::/48","2000::/3","192.0.2.0/24","2001:db8::"]; ` +
        "remove or correct these, without host bits",
    ],
    [
      "IPv6 blocks in a network without IPv6",
      { dualStack: false, blockedIpv6CidrBlocks: ["2001:db8:bad::/48"] },
      "'blockedIpv6CidrBlocks' must be empty in a network without IPv6, which lets none through, " +
        `got ["2001:db8:bad::/48"]; set 'dualStack' to true, or remove the blocks`,
    ],
    [
      "more blocks of both families than a network ACL holds",
      { blockedIpv4CidrBlocks: ipv4Blocks, blockedIpv6CidrBlocks: ipv6Blocks },
      "'blockedIpv4CidrBlocks' must list at most 6 blocks together with 'blockedIpv6CidrBlocks', " +
        "because a network ACL holds 20 rules a direction, got 9; " +
        "merge neighbouring blocks, or block them in the firewall of the load balancer",
    ],
  ])("refuses %s", (_, props, message) => {
    expect(refusal(() => stackWith(props))).toBe(`test/Network: ${message}`);
  });
});
