import { partitionOf, regionNames } from "../../core";
import type { Environment, ParsedEnvironment } from "./environment";
import type { ParsedService, Service, ServiceRouting } from "./service/settings";
import { resolveUse } from "./uses/settings";

/** Fills in the defaults that depend on other values. Total over well-formed input, right or wrong. */
export function resolveEnvironment(parsed: ParsedEnvironment): Environment {
  const services = Object.entries(parsed.services).map(
    ([name, service]) => [name, resolveService(parsed, name, service)] as const,
  );
  return Object.freeze({
    ...parsed,
    state: Object.freeze({
      bucket: parsed.state.bucket ?? `${parsed.name}-${parsed.account}-meridian-state`,
      replicaRegion: parsed.state.replicaRegion ?? replicaRegionOf(parsed),
      location: parsed.state.location,
    }),
    services: Object.freeze(Object.fromEntries(services)),
  });
}

function resolveService(environment: ParsedEnvironment, name: string, service: ParsedService): Service {
  const { runtime, ...settings } = service;
  const regions = service.regions ?? regionsOf(environment, service);
  const subdomain = service.routing.subdomain ?? name;
  return Object.freeze({
    ...settings,
    runtimes: Object.freeze(typeof runtime === "string" ? { [runtime]: 100 } : runtime),
    isWeightedByRuntime: runtime !== "fargate",
    routing: Object.freeze(resolveRouting(domainOf(environment, service), subdomain, service)),
    uses: Object.freeze(
      Object.fromEntries(Object.entries(service.uses).map(([variable, use]) => [variable, resolveUse(use)])),
    ),
    regions: Object.freeze(regions),
    logRetentionDays: service.logRetentionDays ?? environment.logRetentionDays,
  });
}

/** What the service's name is below. */
function domainOf({ domain, privateDns }: ParsedEnvironment, { routing }: ParsedService): string {
  return routing.entry === "private" ? (privateDns?.zone ?? domain.name) : domain.name;
}

function resolveRouting(domain: string, subdomain: string, { routing }: ParsedService): ServiceRouting {
  const hostname = subdomain === "@" ? domain : `${subdomain}.${domain}`;
  const origin = subdomain === "@" ? "origin" : `origin-${subdomain}`;
  const { policy, entry } = routing;
  const regionsHostname = entry === "distribution" ? `${origin}.${domain}` : hostname;
  return { subdomain, hostname, regionsHostname, policy, entry };
}

function regionsOf({ regions, jurisdictions }: ParsedEnvironment, service: ParsedService): readonly string[] {
  const { jurisdiction } = service;
  return (jurisdiction === undefined ? undefined : jurisdictions[jurisdiction]) ?? Object.keys(regions);
}

/** States cannot leave their partition, so outside of `aws` the fallback is a region of the same one. */
function replicaRegionOf({ homeRegion, regions }: ParsedEnvironment): string {
  const neighbours = regionNames.filter((region) => partitionOf(region) === partitionOf(homeRegion));
  const preferred = [...Object.keys(regions), "eu-west-1", "us-east-1"].filter((region) =>
    neighbours.includes(region),
  );
  return [...preferred, ...neighbours].find((region) => region !== homeRegion) ?? homeRegion;
}
