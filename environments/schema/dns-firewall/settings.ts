import { z } from "zod";

import { listOf, mapOf, section, text, whole } from "../fields";
import { domainName } from "../routing/settings";

const domainPattern = text(
  /^(?=.{1,255}$)(?!.*\.\.)(\*|\*?[a-z0-9.-]*[a-z0-9])$/,
  "be a domain in lower case, with an asterisk at most as its first character",
  'write it like "example.com", "*.example.com" for all below it, or "*" for every name',
);

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
      ids: mapOf(
        z.string(),
        text(
          /^rslvr-fdl-[0-9a-f]{8,32}$/,
          "be the id of a domain list",
          'write it like "rslvr-fdl-2c46f2ecbfec4dcc"',
        ),
      ),
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
