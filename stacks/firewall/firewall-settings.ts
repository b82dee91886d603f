import type { Environment } from "../../environments";
import type { FirewallProps, ManagedRuleGroup, RateLimit, RequestMatch } from "../../modules/firewall";
import type { BlockedAddresses } from "./blocked-addresses";

/** What the firewalls of all regions, or that of CloudFront, have in common: who is turned away. */
export type SharedFirewallSettings = Omit<FirewallProps, "name" | "region">;

/** One set of rules for every web ACL of an environment, so that no way in is easier than another. */
export function firewallSettings(
  environment: Environment,
  { cidrBlocks }: BlockedAddresses,
  scope: FirewallProps["scope"],
  region: string,
): SharedFirewallSettings {
  const { account, firewall, logRetentionDays, logKeyArns } = environment;
  return {
    account,
    scope,
    blockList: cidrBlocks,
    allowList: firewall.allowedIpCidrBlocks,
    blockedCountries: firewall.blockedCountries,
    managedRuleGroups:
      firewall.managedRuleGroups &&
      Object.entries(firewall.managedRuleGroups).map(([name, settings]) => {
        const group = { name, ...(typeof settings === "string" ? { mode: settings } : settings) };
        return scope === "REGIONAL" ? inRegion(group, environment) : group;
      }),
    tokenDomains: firewall.tokenDomains,
    bodyInspectionKiB: firewall.bodyInspectionKiB,
    rateLimits: rateLimits(environment),
    logging: { retentionDays: logRetentionDays, kmsKeyArn: logKeyArns?.[region] },
  };
}

/**
 * A group as a region can have it: it sees no answers, and what it counts by address it must not
 * count of CloudFront's, which many viewers share. CloudFront's own web ACL has the same group.
 */
function inRegion(group: ManagedRuleGroup, environment: Environment): ManagedRuleGroup {
  const { login, signUp, inspectionLevel } = group;
  const toOrigin = hostIn(originsOf(environment));
  const countsByAddress = login !== undefined || signUp !== undefined || inspectionLevel === "TARGETED";
  return {
    ...group,
    login: login && { ...login, response: undefined },
    signUp: signUp && { ...signUp, response: undefined },
    scopeDown: countsByAddress && toOrigin !== undefined ? { kind: "not", match: toOrigin } : undefined,
  };
}

/**
 * Who asks too often. Requests by way of CloudFront come from its own addresses, which many viewers
 * share: there the address that it forwards is counted. Someone who found the origin's name can
 * forge that one; CloudFront's own web ACL counts what is true.
 */
function rateLimits(environment: Environment): readonly RateLimit[] {
  const limit = environment.firewall.requestsPerFiveMinutes;
  const toOrigin = hostIn(originsOf(environment));
  if (toOrigin === undefined) {
    return [{ name: "per-address", limit }];
  }
  return [
    { name: "per-address", limit, scopeDown: { kind: "not", match: toOrigin } },
    { name: "per-viewer", limit, aggregateBy: "forwarded-ip", scopeDown: toOrigin },
  ];
}

/** The names by which CloudFront asks the regions. */
function originsOf({ services }: Environment): string[] {
  return Object.values(services)
    .filter(({ routing }) => routing.entry === "distribution")
    .map(({ routing }) => routing.regionsHostname);
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
