import { sample } from "../../environments/sample";
import { resourceAt, resourcesOf } from "../../support/synth";
import { stackOf } from "../sample-stacks";

const AWSManagedDomainsMalwareDomainList = {
  ids: { "eu-west-1": "rslvr-fdl-0123456789abcdef", "eu-central-1": "rslvr-fdl-fedcba9876543210" },
  action: "ALERT" as const,
};
const input = sample({
  dnsFirewall: {
    allow: ["*.amazonaws.com"],
    block: ["*", "sink.example"],
    managedDomainLists: { AWSManagedDomainsMalwareDomainList },
    failOpen: true,
  },
});

describe("what the networks of an environment may look up", () => {
  it("is what is allowed, unless blocked by name, reported, or blocked with everything else", () => {
    const regional = stackOf(input, "eu-central-1-network");
    const rules = Object.values(resourcesOf(regional, "aws_route53_resolver_firewall_rule"));
    const asked = [...rules].sort((left, right) => Number(left.priority) - Number(right.priority));

    expect(asked.map(({ name, action }) => [name, action])).toEqual([
      ["allow-own", "ALLOW"],
      ["block-own", "BLOCK"],
      ["block-AWSManagedDomainsMalwareDomainList", "ALERT"],
      ["block-every-name", "BLOCK"],
    ]);
    expect(asked[2]?.firewall_domain_list_id).toBe("rslvr-fdl-fedcba9876543210");
  });

  it("is guarded in the network of each region, as protected as the environment", () => {
    const regional = stackOf({ ...input, deletionProtection: false }, "eu-west-1-network");

    expect(resourceAt(regional, "aws_route53_resolver_firewall_rule_group_association")).toMatchObject({
      name: "sample-eu-west-1-main",
      mutation_protection: "DISABLED",
    });
    expect(resourceAt(regional, "aws_route53_resolver_firewall_config").firewall_fail_open).toBe("ENABLED");
    expect(
      resourceAt(stackOf(input, "eu-west-1-network"), "aws_route53_resolver_firewall_rule_group_association")
        .mutation_protection,
    ).toBe("ENABLED");
  });

  it("is everything while nobody asks for a firewall", () => {
    const open = stackOf(sample(), "eu-west-1-network");

    expect(resourcesOf(open, "aws_route53_resolver_firewall_rule_group")).toEqual({});
  });

  it("is all but the domains of a block list where nothing is allowed", () => {
    const regional = stackOf(sample({ dnsFirewall: { block: ["sink.example"] } }), "eu-west-1-network");

    expect(resourceAt(regional, "aws_route53_resolver_firewall_domain_list")).toMatchObject({
      domains: ["sink.example."],
    });
  });
});
