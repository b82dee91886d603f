import fc from "fast-check";

import { type DnsBlockList, type DnsFirewallProps, DnsFirewall } from "../../../modules/resolver";
import { planDnsRules } from "../../../modules/resolver/private/dns-rules";
import { emptyStack, refusal, resourceAt, resourcesOf } from "../../support/synth";

const required: DnsFirewallProps = { name: "example", block: { sinks: { domains: ["*.sink.example"] } } };

function stackWith(props: Partial<DnsFirewallProps> = {}) {
  const stack = emptyStack();
  new DnsFirewall(stack, "Firewall", { ...required, ...props });
  return stack;
}

const refuse = (props: Partial<DnsFirewallProps>): string => refusal(() => stackWith(props));
const keysOf = (props: Omit<DnsFirewallProps, "name">): string[] =>
  planDnsRules({ name: "example", ...props }).map(({ key }) => key);

describe("DnsFirewall", () => {
  it("denies the names of a list, and lets all others through", () => {
    const stack = stackWith();

    expect(resourceAt(stack, "aws_route53_resolver_firewall_rule_group")).toEqual({ name: "example" });
    expect(resourceAt(stack, "aws_route53_resolver_firewall_domain_list")).toEqual({
      name: "example-block-sinks",
      domains: ["*.sink.example."],
    });
    expect(resourceAt(stack, "aws_route53_resolver_firewall_rule")).toEqual({
      name: "block-sinks",
      firewall_rule_group_id: "${aws_route53_resolver_firewall_rule_group.Firewall_E7948B04.id}",
      firewall_domain_list_id:
        "${aws_route53_resolver_firewall_domain_list.Firewall_Block_sinks_List_778E7CCF.id}",
      priority: 210_342,
      action: "BLOCK",
      block_response: "NXDOMAIN",
      firewall_domain_redirection_action: "INSPECT_REDIRECTION_DOMAIN",
    });
    expect(resourcesOf(stack, "aws_route53_resolver_firewall_rule_group_association")).toEqual({});
    expect(resourcesOf(stack, "aws_route53_resolver_firewall_config")).toEqual({});
  });

  it("guards networks by all its rules at once, protected, and fails closed", () => {
    const stack = stackWith({ networks: { main: { vpcId: "vpc-1" } } });

    expect(resourceAt(stack, "aws_route53_resolver_firewall_rule_group_association")).toEqual({
      name: "example-main",
      firewall_rule_group_id: "${aws_route53_resolver_firewall_rule_group.Firewall_E7948B04.id}",
      vpc_id: "vpc-1",
      priority: 101,
      mutation_protection: "ENABLED",
      depends_on: ["aws_route53_resolver_firewall_rule.Firewall_Block_sinks_Rule_9D6AC67C"],
    });
    expect(resourceAt(stack, "aws_route53_resolver_firewall_config")).toEqual({
      resource_id: "vpc-1",
      firewall_fail_open: "DISABLED",
    });
  });

  it("resolves names while it does not answer, and can be removed, on request", () => {
    const stack = stackWith({
      networks: { main: { vpcId: "vpc-1" }, build: { vpcId: "vpc-2" } },
      priority: 200,
      mutationProtection: false,
      failOpen: true,
    });

    expect(
      resourceAt(
        stack,
        "aws_route53_resolver_firewall_rule_group_association",
        "Firewall/Networks/build/Resource",
      ),
    ).toMatchObject({
      name: "example-build",
      vpc_id: "vpc-2",
      priority: 200,
      mutation_protection: "DISABLED",
    });
    expect(
      resourceAt(stack, "aws_route53_resolver_firewall_config", "Firewall/Networks/build/FailOpen"),
    ).toEqual({ resource_id: "vpc-2", firewall_fail_open: "ENABLED" });
  });

  it("allows first, then blocks, then reports, and checks a list of every name last", () => {
    const stack = stackWith({
      allow: {
        own: { domains: ["*.example.com", "example.com"], trustRedirections: true },
        shared: { domainListId: "rslvr-fdl-0123456789abcdef" },
      },
      block: {
        rest: { domains: ["*"] },
        malware: { domainListId: "rslvr-fdl-2c46f2ecbfec4dcc", action: "ALERT" },
        quiet: { domains: ["quiet.example"], action: "NODATA" },
        trap: {
          domains: ["trap.example"],
          action: { domain: "blocked.example.com", ttlSeconds: 60 },
        },
      },
    });
    const rules = Object.values(resourcesOf(stack, "aws_route53_resolver_firewall_rule"));
    const asked = [...rules].sort((left, right) => Number(left.priority) - Number(right.priority));
    const allowing = [
      "aws_route53_resolver_firewall_rule.Firewall_Allow_shared_Rule_4FF56D03",
      "aws_route53_resolver_firewall_rule.Firewall_Allow_own_Rule_8FD731B6",
    ];

    expect(asked.map(({ name, action, block_response: response }) => [name, action, response])).toEqual([
      ["allow-shared", "ALLOW", undefined],
      ["allow-own", "ALLOW", undefined],
      ["block-trap", "BLOCK", "OVERRIDE"],
      ["block-quiet", "BLOCK", "NODATA"],
      ["block-malware", "ALERT", undefined],
      ["block-rest", "BLOCK", "NXDOMAIN"],
    ]);
    expect(resourceAt(stack, "aws_route53_resolver_firewall_rule", "Firewall/Allow/own/Rule")).toMatchObject({
      firewall_domain_redirection_action: "TRUST_REDIRECTION_DOMAIN",
    });
    expect(
      resourceAt(stack, "aws_route53_resolver_firewall_rule", "Firewall/Allow/shared/Rule"),
    ).toMatchObject({
      firewall_domain_list_id: "rslvr-fdl-0123456789abcdef",
      firewall_domain_redirection_action: "INSPECT_REDIRECTION_DOMAIN",
    });
    expect(resourceAt(stack, "aws_route53_resolver_firewall_rule", "Firewall/Block/trap/Rule")).toMatchObject(
      {
        block_override_dns_type: "CNAME",
        block_override_domain: "blocked.example.com.",
        block_override_ttl: 60,
        depends_on: allowing,
      },
    );
    expect(
      resourceAt(stack, "aws_route53_resolver_firewall_domain_list", "Firewall/Allow/own/List"),
    ).toMatchObject({ domains: ["*.example.com.", "example.com."] });
  });

  it("moves no rule when a list comes or goes", () => {
    const names = fc.uniqueArray(fc.stringMatching(/^[a-z][a-z0-9-]{0,10}$/), {
      minLength: 2,
      maxLength: 20,
    });

    fc.assert(
      fc.property(names, ([gone = "", ...kept]) => {
        const lists = (keys: readonly string[]): Record<string, DnsBlockList> =>
          Object.fromEntries(keys.map((key) => [key, { domains: [`${key}.example`] }]));
        const before = planDnsRules({ name: "example", block: lists([gone, ...kept]) });
        const after = planDnsRules({ name: "example", block: lists(kept) });

        expect(after).toEqual(before.filter(({ key }) => key !== gone));
      }),
    );
    expect(keysOf({ allow: { z: { domains: ["z"] } }, block: { a: { domains: ["a"] } } })).toEqual([
      "z",
      "a",
    ]);
  });

  it("takes the id of a list that is known only later", () => {
    expect(() => stackWith({ block: { later: { domainListId: "${aws_list.This.id}" } } })).not.toThrow();
  });

  it("refuses a bad name, no list, a network that is listed twice and a priority that AWS keeps", () => {
    const networks = { main: { vpcId: "vpc-1" }, same: { vpcId: "vpc-1" } };

    expect(refuse({ name: "a/b", block: {}, networks, priority: 9_900 })).toBe(
      [
        "test/Firewall: 'name' must be 1 to 64 letters, digits, hyphens, underscores or spaces, and not digits alone, " +
          'got "a/b"; shorten it or leave other characters out',
        "test/Firewall: 'block' must hold at least one list, got {}; " +
          "name what is blocked or reported, or remove the firewall: all names get through without it",
        'test/Firewall: \'networks\' must name each network once, got {"main":"vpc-1","same":"vpc-1"}; ' +
          "remove the repetition",
        "test/Firewall: 'priority' must be a whole number between 101 and 9899, got 9900; " +
          "choose one that no other rule group of the network has",
      ].join("\n"),
    );
  });

  it("refuses lists with a bad name, without domains, with bad domains or the same twice, and a bad id", () => {
    const block = {
      "a b": { domains: ["a.example"] },
      empty: { domains: [] },
      bad: {
        domains: ["Upper.example", "dot.example.", "a..b", "under*.example", "*.fine.example", "*fine"],
      },
      twice: { domains: ["b.example", "b.example"] },
      id: { domainListId: "AWSManagedDomainsMalwareDomainList" },
    };

    expect(refuse({ block })).toBe(
      [
        "test/Firewall: 'block' must name each list with 1 to 50 letters, digits, hyphens or underscores, " +
          'got ["a b"]; shorten the name or leave other characters out',
        "test/Firewall: 'block' must hold at least one domain in each list of your own, got [\"empty\"]; " +
          "remove the empty list",
        "test/Firewall: 'block' must hold domains of lower-case letters, digits, hyphens and dots, with an asterisk at most " +
          'as their first character, got ["Upper.example","dot.example.","a..b","under*.example"]; ' +
          'write each like "example.com", "*.example.com" or "*", without a trailing dot',
        "test/Firewall: 'block' must name each domain of a list once, got [\"b.example\"]; remove the repetition",
        "test/Firewall: 'block' must name lists of AWS by their id in the region, " +
          'got ["AWSManagedDomainsMalwareDomainList"]; copy it from `aws route53resolver list-firewall-domain-lists`',
      ].join("\n"),
    );
  });

  it("refuses to allow every name, and what both sides name", () => {
    const list = { domainListId: "rslvr-fdl-0123456789abcdef" };

    expect(
      refuse({
        allow: { all: { domains: ["*"] }, own: { domains: ["a.example"] }, theirs: list },
        block: { same: { domains: ["a.example"] }, theirs: list },
      }),
    ).toBe(
      [
        "test/Firewall: 'allow' must leave out the domain that matches every domain, got \"*\"; " +
          "remove it: what no list holds is let through",
        "test/Firewall: 'block' must hold no domain that is allowed as well, got [\"a.example\"]; " +
          "remove each from one of the two lists: allow lists are asked first",
        "test/Firewall: 'block' must name no list of AWS twice, here or among the allowed ones, " +
          'got ["rslvr-fdl-0123456789abcdef"]; remove the repetition: a list can be in one rule of a group',
      ].join("\n"),
    );
  });

  it("refuses an answer that leads nowhere or stays for more than a week", () => {
    const trap = { domains: ["a.example"], action: { domain: "Not A Domain", ttlSeconds: 60 } };
    const long = { domains: ["b.example"], action: { domain: "blocked.example", ttlSeconds: 604_801 } };

    expect(refuse({ block: { trap, long } })).toBe(
      "test/Firewall: 'block' must override with a domain, for 0 to 604800 seconds, " +
        'got [{"domain":"Not A Domain","ttlSeconds":60},{"domain":"blocked.example","ttlSeconds":604801}]; ' +
        'write it like { domain: "blocked.example.com", ttlSeconds: 60 }',
    );
  });

  it("refuses more than 100 lists, and more than 1000 domains in one", () => {
    const lists = Object.fromEntries(
      Array.from({ length: 101 }, (_, index) => [`list${index}`, { domains: [`${index}.example`] }]),
    );
    const domains = Array.from({ length: 1001 }, (_, index) => `${index}.example`);

    expect(refuse({ block: lists })).toBe(
      "test/Firewall: 'block' must hold at most 100 lists together with the allowed ones, got 101; " +
        "join lists of the same action, or make a second firewall",
    );
    expect(refuse({ block: { long: { domains } } })).toBe(
      "test/Firewall: 'block' must hold at most 1000 domains in each list, got [{\"long\":1001}]; split the list in two",
    );
  });

  it("refuses lists whose names lead to the same priority", () => {
    expect(
      refuse({ block: { list70: { domains: ["a.example"] }, list363: { domains: ["b.example"] } } }),
    ).toBe(
      "test/Firewall: 'block' must hold lists whose names give them priorities of their own, " +
        'got ["list70","list363"]; rename one of them',
    );
  });
});
