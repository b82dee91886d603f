import { z } from "zod";

import { firewallDomain, firewallDomainListId } from "../../../core/forms";
import { listOf, mapOf, section, text, textOf, whole } from "../fields";
import { domainName } from "../routing/settings";

const domainPattern = textOf(firewallDomain);

const blockAction = z.union([
  z.enum(["NODATA", "NXDOMAIN", "ALERT"]),
  section({
    /** The domain that the answer leads to. */
    domain: domainName,
    /** How long the answer may be remembered. */
    ttlSeconds: whole(0, 604_800, "give at most a week"),
  }),
]);

/**
 * What the machines of the networks may look up. What is allowed comes before what is blocked, and
 * names that nothing is said of are let through.
 *
 * @see https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-dns-firewall.html
 */
export const dnsFirewallSchema = section({
  /**
   * Domains that are let through whatever else is said, with the names that their answers lead on to.
   *
   * @default - none
   */
  allow: listOf(domainPattern).prefault([]),
  /**
   * Domains that are blocked or told of.
   *
   * @default - none
   */
  block: listOf(domainPattern).prefault([]),
  /**
   * What happens to a query for one of them: `NODATA` and `NXDOMAIN` block it with an empty answer or
   * one that denies the name, an object with a record that leads elsewhere; `ALERT` lets it through
   * and tells in the metrics.
   *
   * @default "NXDOMAIN"
   */
  action: blockAction.default("NXDOMAIN"),
  /**
   * Lists of domains that AWS keeps up to date, by their name.
   *
   * @default - none
   */
  managedDomainLists: mapOf(
    text(
      /^AWSManagedDomains[A-Za-z0-9]{1,33}$/,
      "be a managed domain list of AWS",
      'write it like "AWSManagedDomainsMalwareDomainList"',
    ),
    section({
      /** The list's id in each region: `aws route53resolver list-firewall-domain-lists` prints it. */
      ids: mapOf(z.string(), textOf(firewallDomainListId)),
      /**
       * What happens to a query for one of its names. AWS advises to begin with `ALERT`.
       *
       * @default "NXDOMAIN"
       */
      action: blockAction.default("NXDOMAIN"),
    }),
  ).prefault({}),
  /**
   * Whether names are resolved while DNS Firewall does not answer. Where not, looking up fails for
   * that time.
   *
   * @default false
   */
  failOpen: z.boolean().default(false),
});

/** What the machines of the networks may look up. */
export type DnsFirewallSettings = z.output<typeof dnsFirewallSchema>;
