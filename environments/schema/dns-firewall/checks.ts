import { partitionOf } from "../../../core";
import type { DnsFirewallSettings } from "./settings";
import type { Environment } from "../environment";
import type { Finding } from "../checks/finding";

/** A DNS firewall blocks something, knows its lists in every region, and lets tasks start. */
export function checkDnsFirewall(environment: Environment): Finding[] {
  const { dnsFirewall, regions } = environment;
  if (dnsFirewall === undefined) {
    return [];
  }
  return [
    ...checkLists(dnsFirewall),
    ...Object.entries(dnsFirewall.managedDomainLists).flatMap(([name, { ids }]) =>
      checkIds(name, Object.keys(ids), Object.keys(regions)),
    ),
    ...checkEssentials(environment, dnsFirewall),
  ];
}

function checkLists({ allow, block, managedDomainLists }: DnsFirewallSettings): Finding[] {
  const findings: Finding[] = [];
  if (block.length === 0 && Object.keys(managedDomainLists).length === 0) {
    findings.push({
      property: "dnsFirewall.block",
      expected: "name a domain, as there are no 'managedDomainLists' either",
      got: block,
      remedy: "add what is blocked, or remove 'dnsFirewall': all names get through without it",
    });
  }
  if (allow.includes("*")) {
    findings.push({
      property: "dnsFirewall.allow",
      expected: "leave out the domain that matches every domain",
      got: "*",
      remedy: "remove it: what is not blocked is let through",
    });
  }
  const both = block.filter((domain) => allow.includes(domain));
  if (both.length > 0) {
    findings.push({
      property: "dnsFirewall.block",
      expected: "hold no domain that is allowed as well",
      got: both,
      remedy: "remove each from one of the two lists",
    });
  }
  return findings;
}

function checkIds(name: string, named: readonly string[], regions: readonly string[]): Finding[] {
  const missing = regions.filter((region) => !named.includes(region));
  const unknown = named.filter((region) => !regions.includes(region));
  return missing.length === 0 && unknown.length === 0
    ? []
    : [
        {
          property: `dnsFirewall.managedDomainLists.${name}.ids`,
          expected: `name the regions of the environment, ${regions.join(", ")}`,
          got: named,
          remedy: "give the list's id in each of them, and in no other: ids are a region's own",
        },
      ];
}

/** Without these names no task pulls its image or writes a log. */
function checkEssentials(
  { name, account, regions }: Environment,
  { allow, block, action }: DnsFirewallSettings,
): Finding[] {
  if (action === "ALERT") {
    return [];
  }
  const blocked = Object.keys(regions).flatMap((region) => {
    const suffix = `${region}.${partitionOf(region) === "aws-cn" ? "amazonaws.com.cn" : "amazonaws.com"}`;
    return [
      `api.ecr.${suffix}`,
      `${account}.dkr.ecr.${suffix}`,
      `prod-${region}-starport-layer-bucket.s3.${suffix}`,
      `logs.${suffix}`,
    ].filter((host) => isIn(block, host) && !isIn(allow, host));
  });
  return blocked.length === 0
    ? []
    : [
        {
          property: "dnsFirewall.block",
          expected: "let tasks pull images and write logs",
          got: blocked,
          remedy: `allow "*.amazonaws.com", or what of it the tasks of ${name} need`,
        },
      ];
}

function isIn(domains: readonly string[], host: string): boolean {
  return domains.some((domain) =>
    domain.startsWith("*") ? host.endsWith(domain.slice(1)) : host === domain,
  );
}
