import * as fc from "fast-check";
import { Network, type NetworkProps } from "../../../modules/network";
import {
  allowRules,
  blockedCidrBlockLimit,
  denyRuleNumbers,
  firstAllowNumber,
  networkAclRuleQuota,
} from "../../../modules/network/network-acl-rules";
import { subnetTiers } from "../../../core";
import { emptyStack, resourceAt, resourcesOf } from "../../support/synth";

function stackWith(props: Partial<NetworkProps>) {
  const stack = emptyStack();
  new Network(stack, "Network", {
    name: "prod",
    region: "eu-west-1",
    ipv4CidrBlock: "10.0.0.0/16",
    zones: ["eu-west-1a"],
    ...props,
  });
  return stack;
}

const stackBlocking = (...blockedIpv4CidrBlocks: string[]) => stackWith({ blockedIpv4CidrBlocks });

/** The rules of a tier as `direction action protocol ports block`, in the order AWS reads them. */
function rulesOf(tier: string, stack = stackWith({})): string[] {
  return Object.entries(resourcesOf(stack, "aws_network_acl_rule"))
    .filter(([id]) => id.startsWith(`Network_${tier}Acl_`))
    .map(([, rule]) => rule)
    .sort((a, b) => Number(a.egress) - Number(b.egress) || Number(a.rule_number) - Number(b.rule_number))
    .map((rule) => {
      const ends = [rule.from_port ?? rule.icmp_type, rule.to_port ?? rule.icmp_code];
      const range = ends.every((end) => end === undefined) ? [] : [ends.map(String).join("-")];
      const direction = rule.egress === true ? "out" : "in";
      return [direction, rule.rule_action, rule.protocol, ...range, rule.cidr_block].join(" ");
    });
}

describe("TierAcl", () => {
  it("lets the web and replies into the public tier", () => {
    expect(rulesOf("Public")).toEqual([
      "in allow -1 10.0.0.0/16",
      "in allow tcp 80-80 0.0.0.0/0",
      "in allow tcp 443-443 0.0.0.0/0",
      "in allow tcp 1024-65535 0.0.0.0/0",
      "in allow udp 1024-65535 0.0.0.0/0",
      "in allow icmp 3-4 0.0.0.0/0",
      "out allow -1 0.0.0.0/0",
    ]);
  });

  it("lets the web into the private tier too, where an accelerator hands on the clients' addresses", () => {
    expect(rulesOf("Private", stackWith({ acceleratorEndpoints: true }))).toEqual([
      "in allow -1 10.0.0.0/16",
      "in allow tcp 80-80 0.0.0.0/0",
      "in allow tcp 443-443 0.0.0.0/0",
      "in allow tcp 1024-65535 0.0.0.0/0",
      "in allow udp 1024-65535 0.0.0.0/0",
      "in allow icmp 3-4 0.0.0.0/0",
      "out allow -1 0.0.0.0/0",
    ]);
    expect(rulesOf("Isolated", stackWith({ acceleratorEndpoints: true }))).toEqual(rulesOf("Isolated"));
  });

  it("lets only replies into the private tier from outside", () => {
    expect(rulesOf("Private")).toEqual([
      "in allow -1 10.0.0.0/16",
      "in allow tcp 1024-65535 0.0.0.0/0",
      "in allow udp 1024-65535 0.0.0.0/0",
      "in allow icmp 3-4 0.0.0.0/0",
      "out allow -1 0.0.0.0/0",
    ]);
  });

  it("keeps the isolated tier to the VPC and the gateway endpoints", () => {
    expect(rulesOf("Isolated")).toEqual([
      "in allow -1 10.0.0.0/16",
      "in allow tcp 1024-65535 0.0.0.0/0",
      "out allow -1 10.0.0.0/16",
      "out allow tcp 443-443 0.0.0.0/0",
    ]);
  });

  it.each(["Public", "Private", "Isolated"])(
    "denies blocked addresses before the allows of the %s tier",
    (tier) => {
      const rules = rulesOf(tier, stackBlocking("203.0.113.0/24"));

      expect(rules[0]).toBe("in deny -1 203.0.113.0/24");
      expect(rules.find((rule) => rule.startsWith("out "))).toBe("out deny -1 203.0.113.0/24");
    },
  );

  it("takes over each subnet of its tier from the default network ACL", () => {
    const stack = stackBlocking();

    const [aclId] = Object.keys(resourcesOf(stack, "aws_network_acl")).filter((id) =>
      id.includes("Isolated"),
    );
    const [subnetId] = Object.keys(resourcesOf(stack, "aws_subnet")).filter((id) => id.includes("Isolated"));
    expect(resourceAt(stack, "aws_network_acl_association", "Network/IsolatedAcl/eu-west-1a")).toEqual({
      network_acl_id: `\${aws_network_acl.${aclId}.id}`,
      subnet_id: `\${aws_subnet.${subnetId}.id}`,
    });
  });
});

describe("The numbering of rules", () => {
  const blockLists = fc.uniqueArray(
    fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255)).map(([a, b, c]) => `${a}.${b}.${c}.0/24`),
    { maxLength: blockedCidrBlockLimit },
  );

  it("gives every blocked address a number of its own below the allows", () => {
    fc.assert(
      fc.property(blockLists, (blocks) => {
        const numbers = [...denyRuleNumbers(blocks).values()];
        expect(new Set(numbers).size).toBe(blocks.length);
        expect(numbers.every((number) => number >= 1 && number < firstAllowNumber)).toBe(true);
      }),
    );
  });

  it("leaves the numbers of others alone when a block is appended", () => {
    fc.assert(
      fc.property(blockLists, (blocks) => {
        const before = denyRuleNumbers(blocks.slice(0, -1));
        const after = denyRuleNumbers(blocks);
        expect([...after].slice(0, before.size)).toEqual([...before]);
      }),
    );
  });

  it("leaves the numbers of others alone when a block is removed", () => {
    const after = denyRuleNumbers(["198.51.100.0/24", "192.0.2.0/24"]);
    const before = denyRuleNumbers(["203.0.113.0/24", "198.51.100.0/24", "192.0.2.0/24"]);

    expect([...before].slice(1)).toEqual([...after]);
  });

  it("moves a block on whose number is taken", () => {
    const [first, second] = collidingBlocks();

    const numbers = denyRuleNumbers([first, second]);

    expect(numbers.get(second)).toBe((numbers.get(first) ?? 0) + 1);
  });

  it.each(subnetTiers)(
    "names each rule of the %s tier once and within the quota, AWS's own deny included",
    (tier) => {
      for (const egress of [true, false]) {
        const rules = allowRules[tier].filter((rule) => rule.egress === egress);
        expect(new Set(rules.map((rule) => rule.ruleNumber)).size).toBe(rules.length);
        const denyOfAws = 1;
        expect(rules.length + blockedCidrBlockLimit + denyOfAws).toBeLessThanOrEqual(networkAclRuleQuota);
        expect(rules.every((rule) => rule.ruleNumber >= firstAllowNumber && rule.ruleNumber <= 32_766)).toBe(
          true,
        );
      }
    },
  );
});

/** Two blocks that want the same number, found by looking. */
function collidingBlocks(): [string, string] {
  const seen = new Map<number, string>();
  for (let index = 0; ; index += 1) {
    const block = `203.${index >> 8}.${index & 255}.0/24`;
    const number = denyRuleNumbers([block]).get(block) ?? 0;
    const other = seen.get(number);
    if (other !== undefined && number < firstAllowNumber - 1) {
      return [other, block];
    }
    seen.set(number, block);
  }
}
