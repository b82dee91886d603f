import { type DnsFirewallAssociationProps, DnsFirewallAssociation } from "../../../modules/resolver";
import { emptyStack, refusal, resourceAt } from "../../support/synth";

const required: DnsFirewallAssociationProps = {
  name: "shared-main",
  firewall: { firewallRuleGroupId: "rslvr-frg-1" },
  network: { vpcId: "vpc-1" },
};

function stackWith(props: Partial<DnsFirewallAssociationProps> = {}) {
  const stack = emptyStack();
  new DnsFirewallAssociation(stack, "Shared", { ...required, ...props });
  return stack;
}

describe("DnsFirewallAssociation", () => {
  it("protects a network by an existing rule group, protected and first", () => {
    expect(resourceAt(stackWith(), "aws_route53_resolver_firewall_rule_group_association")).toEqual({
      name: "shared-main",
      firewall_rule_group_id: "rslvr-frg-1",
      vpc_id: "vpc-1",
      priority: 101,
      mutation_protection: "ENABLED",
    });
  });

  it("takes another priority, and can be removed, on request", () => {
    const stack = stackWith({ priority: 9_899, mutationProtection: false });

    expect(resourceAt(stack, "aws_route53_resolver_firewall_rule_group_association")).toMatchObject({
      priority: 9_899,
      mutation_protection: "DISABLED",
    });
  });

  it("refuses a bad name and a priority that AWS keeps", () => {
    expect(refusal(() => stackWith({ name: "12", priority: 100 }))).toBe(
      [
        "test/Shared: 'name' must be 1 to 64 letters, digits, hyphens, underscores or spaces, and not digits alone, " +
          'got "12"; shorten it or leave other characters out',
        "test/Shared: 'priority' must be a whole number between 101 and 9899, got 100; " +
          "choose one that no other rule group of the network has",
      ].join("\n"),
    );
  });
});
