import { healthCheckTimingFor } from "../../../core";
import type { Environment } from "../environment";
import type { Finding } from "../checks/finding";

/** The firewall does not turn the health checkers of Route 53 away, who would take all regions for unhealthy. */
export function checkFirewall(environment: Environment): Finding[] {
  const { accelerator, firewall } = environment;
  if (accelerator.onlyEntry) {
    return [];
  }
  const probes = probesOfChecker(environment);
  const { blockedCountries = [], requestsPerFiveMinutes } = firewall;
  const left = Object.entries(checkerRegionsByCountry)
    .filter(([country]) => !blockedCountries.includes(country))
    .reduce((sum, [, regions]) => sum + regions, 0);
  return [
    ...(requestsPerFiveMinutes >= probes
      ? []
      : [
          {
            property: "firewall.requestsPerFiveMinutes",
            expected: `be at least ${probes}, which one health checker of Route 53 asks for in that time`,
            got: requestsPerFiveMinutes,
            remedy: "raise it: a health checker that the firewall blocks reports the region as unhealthy",
          },
        ]),
    ...(left >= fewestCheckerRegions
      ? []
      : [
          {
            property: "firewall.blockedCountries",
            expected: "leave at least three regions of Route 53's health checkers",
            got: blockedCountries,
            remedy: "allow more of AU, BR, IE, JP, SG and US",
          },
        ]),
  ];
}

/**
 * Where the eight regions of health checkers are, by country.
 *
 * @see https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-failover-determining-health-of-endpoints.html
 */
const checkerRegionsByCountry: Readonly<Record<string, number>> = {
  AU: 1,
  BR: 1,
  IE: 1,
  JP: 1,
  SG: 1,
  US: 3,
};

/** An endpoint is healthy while more than 18 percent of the checkers say so: two of eight regions, and one to spare. */
const fewestCheckerRegions = 3;

/** The span that the firewall counts requests in. */
const windowSeconds = 300;

/** How often one health checker asks the region that is asked most within the firewall's span. */
function probesOfChecker({ recovery, regions, services }: Environment): number {
  const timing = healthCheckTimingFor(recovery.rtoSeconds);
  if (timing === undefined) {
    return 0;
  }
  const checksOfRegions = Object.keys(regions).map((region) =>
    Object.values(services)
      .filter(({ routing, regions: own }) => routing.entry !== "private" && own.includes(region))
      .reduce(
        // The check of an accelerator comes to the region that is nearest to the checker.
        (sum, { routing, runtimes }) =>
          sum + Object.keys(runtimes).length + (routing.entry === "accelerator" ? 1 : 0),
        0,
      ),
  );
  return (Math.max(0, ...checksOfRegions) * windowSeconds) / timing.requestIntervalSeconds;
}
