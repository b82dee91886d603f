import { z } from "zod";

import * as forms from "../../../core/forms";
import { listOf, mapOf, section, text, textOf, whole } from "../fields";

/** A domain name in lower case without a trailing dot. */
export const domainName = textOf(forms.domainName);

/** Where users are; the smallest place that fits a user wins. */
const placeSchema = z.union([
  section({
    /** Africa, Antarctica, Asia, Europe, North America, Oceania or South America. */
    continent: z.enum(["AF", "AN", "AS", "EU", "NA", "OC", "SA"]),
  }),
  section({
    /** Two capital letters of ISO 3166-1. */
    country: textOf(forms.countryCode),
    /**
     * A state of the United States or a region of Ukraine, by its code.
     *
     * @default - the whole country
     */
    subdivision: textOf(forms.subdivisionCode).optional(),
  }),
]);

/** How DNS chooses among the regions of a service. */
const policySchema = z.union([
  /** The nearest healthy region by latency; or the primary region until it fails. */
  z.enum(["latency", "failover"]),
  section({
    /** Shares answers out by weight. */
    kind: z.literal("weighted"),
    /** The share of each region, 0 to 255 of the sum of all. */
    weights: mapOf(z.string(), whole(0, 255, "give the region's share of the sum of all weights")),
  }),
  section({
    /** Gives each place on earth its region. */
    kind: z.literal("geolocation"),
    /** The places of each region. */
    places: mapOf(z.string(), listOf(placeSchema)),
    /** The region of users whose place has none; while it fails, the nearest of the others. */
    otherwise: z.string(),
  }),
  section({
    /** The nearest region on the map. */
    kind: z.literal("geoproximity"),
    /**
     * What widens a region's reach (to 99) or narrows it (to -99).
     *
     * @default - no region has a bias
     */
    bias: mapOf(z.string(), whole(-99, 99, "give a bias that Route 53 accepts")).prefault({}),
  }),
  section({
    /** Gives each network its region. */
    kind: z.literal("ip-based"),
    /** The networks of each region, as CIDR blocks of /24 at most for IPv4 and /48 for IPv6. */
    networks: mapOf(z.string(), listOf(z.string())),
    /** The region of users whose network has none; while it fails, the nearest of the others. */
    otherwise: z.string(),
  }),
]);

/** How the world finds a service. */
export const routingSchema = section({
  /**
   * Name below the environment's domain, or below `privateDns.zone` where the entry is `private`; `@`
   * is the domain itself.
   *
   * @default - the service's name
   */
  subdomain: text(
    // One label, since certificates cover no more; the origin of a distribution adds seven characters.
    /^(@|[a-z0-9]([a-z0-9-]{0,54}[a-z0-9])?)$/,
    "be at most 56 lower-case letters, digits and hyphens, or '@' for the domain itself",
    'write it like "www"',
  ).optional(),
  /**
   * How DNS chooses among the regions: `latency` sends each user to the nearest healthy one,
   * `failover` sends all to the primary region until it fails, and an object says who gets which.
   *
   * @default "latency"
   */
  policy: policySchema.default("latency"),
  /**
   * What users meet first. With `dns` the name leads to the regions by `policy`. With `accelerator` it leads to fixed addresses of Global
   * Accelerator, and to the regions by `policy` while nothing behind those is healthy. With
   * `distribution` it leads to CloudFront, which finds the regions by `policy`. With `private` the
   * internet does not meet the service at all: the networks find it under `privateDns.zone`,
   * each in its own region.
   *
   * @default "dns"
   */
  entry: z.enum(["dns", "accelerator", "distribution", "private"]).default("dns"),
});

/** How DNS chooses among the regions of a service. */
export type RoutingPolicySettings = z.output<typeof policySchema>;

/** What users meet first. */
export type RoutingEntry = z.output<typeof routingSchema>["entry"];
