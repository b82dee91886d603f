import { firewallDomain, firewallDomainListId } from "../../../core/forms";
import type { ValidationRule } from "../../parts";
import type { DnsList, DnsFirewallProps } from "../dns-firewall-props";
import { planDnsRules } from "./dns-rules";
import { isRuleDomain } from "./names";

/** @see https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DNSLimitations.html */
const limits = {
  rulesOfGroup: 100,
  /** AWS takes 1,000 in one request, and the provider sends a list in one. */
  domainsOfList: 1_000,
  overrideTtlSeconds: 604_800,
};

/** Long names of lists would leave no room for the firewall's in the names of AWS. */
const listNamePattern = /^[A-Za-z0-9][A-Za-z0-9_-]{0,49}$/;

type Side = "allow" | "block";
type SideRule = Omit<ValidationRule<DnsFirewallProps>, "property" | "isValid" | "got"> & {
  readonly wrong: (lists: readonly (readonly [name: string, list: DnsList])[]) => unknown[];
};

const sideRules: readonly SideRule[] = [
  {
    wrong: (lists) => lists.map(([name]) => name).filter((name) => !listNamePattern.test(name)),
    expected: "name each list with 1 to 50 letters, digits, hyphens or underscores",
    remedy: "shorten the name or leave other characters out",
  },
  {
    wrong: (lists) => lists.filter(([, list]) => domainsOf(list)?.length === 0).map(([name]) => name),
    expected: "hold at least one domain in each list of your own",
    remedy: "remove the empty list",
  },
  {
    wrong: (lists) =>
      lists
        .filter(([, list]) => (domainsOf(list) ?? []).length > limits.domainsOfList)
        .map(([name, list]) => ({ [name]: domainsOf(list)?.length })),
    expected: `hold at most ${limits.domainsOfList} domains in each list`,
    remedy: "split the list in two",
  },
  {
    wrong: (lists) =>
      lists.flatMap(([, list]) => (domainsOf(list) ?? []).filter((name) => !firewallDomain.accepts(name))),
    expected:
      "hold domains of lower-case letters, digits, hyphens and dots, with an asterisk at most as their first character",
    remedy: 'write each like "example.com", "*.example.com" or "*", without a trailing dot',
  },
  {
    wrong: (lists) => lists.flatMap(([, list]) => repeated(domainsOf(list) ?? [])),
    expected: "name each domain of a list once",
    remedy: "remove the repetition",
  },
  {
    wrong: (lists) => lists.map(([, list]) => listIdOf(list)).filter((id) => !isListId(id)),
    expected: "name lists of AWS by their id in the region",
    remedy: "copy it from `aws route53resolver list-firewall-domain-lists`",
  },
];

/** What is wrong with the lists of a DNS firewall. */
export const dnsRuleRules: readonly ValidationRule<DnsFirewallProps>[] = [
  ...sidesOf("allow"),
  {
    property: "allow",
    isValid: ({ allow = {} }) =>
      Object.values(allow).every((list) => domainsOf(list)?.includes("*") !== true),
    expected: "leave out the domain that matches every domain",
    got: () => "*",
    remedy: "remove it: what no list holds is let through",
  },
  ...sidesOf("block"),
  {
    property: "block",
    isValid: (props) => inBoth(props).length === 0,
    expected: "hold no domain that is allowed as well",
    got: inBoth,
    remedy: "remove each from one of the two lists: allow lists are asked first",
  },
  {
    property: "block",
    isValid: (props) => repeated(listIds(props)).length === 0,
    expected: "name no list of AWS twice, here or among the allowed ones",
    got: (props) => repeated(listIds(props)),
    remedy: "remove the repetition: a list can be in one rule of a group",
  },
  {
    property: "block",
    isValid: (props) => wrongOverrides(props).length === 0,
    expected: `override with a domain, for 0 to ${limits.overrideTtlSeconds} seconds`,
    got: wrongOverrides,
    remedy: 'write it like { domain: "blocked.example.com", ttlSeconds: 60 }',
  },
  {
    property: "block",
    isValid: (props) => planDnsRules(props).length <= limits.rulesOfGroup,
    expected: `hold at most ${limits.rulesOfGroup} lists together with the allowed ones`,
    got: (props) => planDnsRules(props).length,
    remedy: "join lists of the same action, or make a second firewall",
  },
  {
    property: "block",
    isValid: (props) => sharedPriorities(props).length === 0,
    expected: "hold lists whose names give them priorities of their own",
    got: sharedPriorities,
    remedy: "rename one of them",
  },
];

function sidesOf(property: Side): readonly ValidationRule<DnsFirewallProps>[] {
  return sideRules.map(({ wrong, expected, remedy }) => {
    const got = (props: DnsFirewallProps): unknown[] => wrong(Object.entries(props[property] ?? {}));
    return { property, isValid: (props) => got(props).length === 0, expected, remedy, got };
  });
}

function domainsOf(list: DnsList): readonly string[] | undefined {
  return "domains" in list ? list.domains : undefined;
}

function listIdOf(list: DnsList): string | undefined {
  return "domainListId" in list ? list.domainListId : undefined;
}

function listIds({ allow = {}, block }: DnsFirewallProps): readonly string[] {
  return [...Object.values(allow), ...Object.values(block)].flatMap((list) => listIdOf(list) ?? []);
}

/** A list that has no id is one's own; one whose id is known only later cannot be checked. */
function isListId(id: string | undefined): boolean {
  return id === undefined || id.startsWith("${") || firewallDomainListId.accepts(id);
}

function repeated(values: readonly string[]): string[] {
  return [...new Set(values.filter((value, index) => values.indexOf(value) !== index))];
}

function inBoth({ allow = {}, block }: DnsFirewallProps): string[] {
  const allowed = new Set(Object.values(allow).flatMap((list) => domainsOf(list) ?? []));
  const blocked = new Set(Object.values(block).flatMap((list) => domainsOf(list) ?? []));
  return [...blocked].filter((domain) => allowed.has(domain));
}

function wrongOverrides({ block }: DnsFirewallProps): unknown[] {
  return Object.values(block).flatMap(({ action }) => {
    if (typeof action !== "object") {
      return [];
    }
    const { domain, ttlSeconds } = action;
    const isTtl = Number.isInteger(ttlSeconds) && ttlSeconds >= 0 && ttlSeconds <= limits.overrideTtlSeconds;
    return isTtl && domain !== "." && isRuleDomain(domain) ? [] : [action];
  });
}

function sharedPriorities(props: DnsFirewallProps): string[] {
  const planned = planDnsRules(props);
  return planned
    .filter(({ priority }) => planned.filter((other) => other.priority === priority).length > 1)
    .map(({ key }) => key);
}
