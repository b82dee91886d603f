import { createHash } from "node:crypto";

import type { DnsList, DnsFirewallProps, DnsBlockAction } from "../dns-firewall-props";

/** A rule of a DNS firewall, with nothing left to derive. */
export interface PlannedRule {
  /** Which of both maps its list stands in. */
  readonly side: "allow" | "block";
  /** The list's name there. */
  readonly key: string;
  /** What the rule looks for. */
  readonly list: DnsList;
  /** Its place: lower numbers are asked first. */
  readonly priority: number;
  /** What it does with a query that it is about. */
  readonly action: "ALLOW" | DnsBlockAction;
  /** Whether the names that an answer leads on to are trusted. */
  readonly trustRedirections: boolean;
}

/** What is answered for a blocked name where nothing else is said. */
export const defaultBlockAction: DnsBlockAction = "NXDOMAIN";

/** Numbers of a band. So many that the lists of a firewall do not meet in practice. */
const bandSize = 100_000;

/** The order of what rules do. Which rule of a band is asked first makes no difference to what gets through. */
const bands = { allow: 1, block: 2, alert: 3, everything: 4 } as const;

/**
 * The rules of a firewall in the order that they are asked in.
 *
 * A rule's number follows from what it does and its list's name alone. So a list that comes or goes
 * moves no other rule: AWS refuses a number that another rule has, be it for the moment of a change.
 */
export function planDnsRules({ allow = {}, block }: DnsFirewallProps): PlannedRule[] {
  const allowed = Object.entries(allow).map(([key, list]): PlannedRule => ({
    side: "allow",
    key,
    list,
    priority: priorityOf("allow", key),
    action: "ALLOW",
    trustRedirections: list.trustRedirections ?? false,
  }));
  const blocked = Object.entries(block).map(([key, list]): PlannedRule => {
    const action = list.action ?? defaultBlockAction;
    return {
      side: "block",
      key,
      list,
      priority: priorityOf(bandOf(list, action), key),
      action,
      trustRedirections: false,
    };
  });
  return [...allowed, ...blocked].sort((left, right) => left.priority - right.priority);
}

/** A list of every name comes last, or the lists behind it were never asked. */
function bandOf(list: DnsList, action: DnsBlockAction): keyof typeof bands {
  if ("domains" in list && list.domains.includes("*")) {
    return "everything";
  }
  return action === "ALERT" ? "alert" : "block";
}

function priorityOf(band: keyof typeof bands, key: string): number {
  const digest = createHash("sha256").update(key).digest();
  return bands[band] * bandSize + (digest.readUInt32BE(0) % bandSize);
}
