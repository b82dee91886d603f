import { matching, type Form, wholeNumber } from "./form";

/** A TCP or UDP port that something listens on. */
export const port: Form<number> = {
  ...wholeNumber(1, 65_535, "give the port that the container listens on"),
  expected: "be a port between 1 and 65535",
};

const label = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?";

/**
 * A domain name of two labels or more. The last label may be an internationalized one, such as `xn--p1ai`.
 *
 * @see https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DomainNameFormat.html
 */
export const domainName = matching(
  new RegExp(`^(?=.{1,253}$)(?:${label}\\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])$`),
  "be a domain name in lower case without a trailing dot",
  'write it like "example.com"',
);

/**
 * What a list of DNS Firewall holds: a domain, all below one, or every name.
 *
 * @see https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-dns-firewall-domain-lists.html
 */
export const firewallDomain = matching(
  /^(?=.{1,255}$)(?!.*\.\.)(?:\*|\*?[a-z0-9.-]*[a-z0-9])$/,
  "be a domain in lower case, with an asterisk at most as its first character",
  'write it like "example.com", "*.example.com" for all below it, or "*" for every name',
);

/**
 * Id of a domain list of DNS Firewall.
 *
 * @see https://docs.aws.amazon.com/Route53/latest/APIReference/API_route53resolver_GetFirewallDomainList.html
 */
export const firewallDomainListId = matching(
  /^rslvr-fdl-[0-9a-f]{8,32}$/,
  "be the id of a domain list",
  'write it like "rslvr-fdl-2c46f2ecbfec4dcc"',
);

/**
 * Path that health checks ask for.
 *
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateTargetGroup.html
 */
export const healthCheckPath = matching(
  /^\/[\x21-\x7e]{0,1023}$/,
  "begin with '/' and hold no spaces",
  'write it like "/health"',
);
