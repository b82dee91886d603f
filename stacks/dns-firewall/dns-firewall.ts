import type { Construct } from "constructs";

import type { Environment } from "../../environments";
import { type INetwork, known } from "../../core";
import { DnsFirewall, type DnsBlockList } from "../../modules/resolver";

/** What the machines of a region's network may look up. */
export function addDnsFirewall(
  scope: Construct,
  { name, dnsFirewall, deletionProtection }: Environment,
  network: INetwork,
): void {
  if (dnsFirewall === undefined) {
    return;
  }
  const { allow, block, action, managedDomainLists, failOpen } = dnsFirewall;
  const managed = Object.entries(managedDomainLists).map(([list, settings]): [string, DnsBlockList] => [
    list,
    {
      domainListId: known(
        settings.ids[network.region],
        `${name}: ${list} has no id in ${network.region}, which validation refuses`,
      ),
      action: settings.action,
    },
  ]);
  // Apart from each other, or lists that only tell were asked before domains that are blocked by name.
  const named = block.filter((domain) => domain !== "*");
  new DnsFirewall(scope, "DnsFirewall", {
    name: `${name}-${network.region}`,
    allow: allow.length > 0 ? { own: { domains: allow, trustRedirections: true } } : undefined,
    block: {
      ...(named.length > 0 && { own: { domains: named, action } }),
      ...(named.length < block.length && { "every-name": { domains: ["*"], action } }),
      ...Object.fromEntries(managed),
    },
    networks: { main: network },
    mutationProtection: deletionProtection,
    failOpen,
  });
}
