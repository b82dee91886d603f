import type { Environment } from "../environments";
import type { FirewallProps, RateLimit, RequestMatch } from "../modules/firewall";
import type { BlockedAddresses } from "./blocked-addresses";

/** What the firewalls of all regions and of CloudFront have in common: who is turned away. */
export type SharedFirewallSettings = Omit<FirewallProps, "name" | "region" | "scope">;

/** One set of rules for every web ACL of an environment, so that no way in is easier than another. */
export function firewallSettings(
  environment: Environment,
  { cidrBlocks }: BlockedAddresses,
): SharedFirewallSettings {
  const { account, firewall, logRetentionDays } = environment;
  return {
    account,
    blockList: cidrBlocks,
    allowList: firewall.allowedIpCidrBlocks,
    blockedCountries: firewall.blockedCountries,
    managedRuleGroups:
      firewall.managedRuleGroups &&
      Object.entries(firewall.managedRuleGroups).map(([name, mode]) => ({ name, mode })),
    rateLimits: rateLimits(environment),
    logging: { retentionDays: logRetentionDays },
  };
}

/**
 * Who asks too often. Requests by way of CloudFront come from its own addresses, which many viewers
 * share: there the address that it forwards is counted. Someone who found the origin's name can
 * forge that one; CloudFront's own web ACL counts what is true.
 */
function rateLimits(environment: Environment): readonly RateLimit[] {
  const limit = environment.firewall.requestsPerFiveMinutes;
  const origins = Object.values(environment.services)
    .filter(({ routing }) => routing.entry === "distribution")
    .map(({ routing }) => routing.regionsHostname);
  const toOrigin = hostIn(origins);
  if (toOrigin === undefined) {
    return [{ name: "per-address", limit }];
  }
  return [
    { name: "per-address", limit, scopeDown: { kind: "not", match: toOrigin } },
    { name: "per-viewer", limit, aggregateBy: "forwarded-ip", scopeDown: toOrigin },
  ];
}

function hostIn(hostnames: readonly string[]): RequestMatch | undefined {
  const matches = hostnames.map((value): RequestMatch => ({
    kind: "header",
    name: "host",
    position: "exactly",
    value,
  }));
  return matches.length > 1 ? { kind: "or", matches } : matches[0];
}
