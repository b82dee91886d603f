import type { Environment, Runtime, Service } from "../../environments";
import { InternalError, known } from "../../core";
import type {
  GeoLocation,
  GeolocationBranch,
  ICidrCollection,
  IpBasedBranch,
  RoutingPolicy,
} from "../../modules/dns";

/** Name of a service's endpoint in a region, by what runs it. */
export function endpointName(runtime: Runtime, region: string): string {
  return runtime === "fargate" ? region : `${runtime}-${region}`;
}

/**
 * The policy of a service over its regions. Where several runtimes share it, or one that it may
 * leave, their weights stand above it.
 *
 * @param networks - the networks of an IP-based policy
 */
export function routingPolicyOf(
  environment: Environment,
  service: Service,
  networks?: ICidrCollection,
): RoutingPolicy {
  const policyOf = (runtime: Runtime): RoutingPolicy =>
    regionalPolicy(environment, service, (region) => endpointName(runtime, region), networks);
  if (!service.isWeightedByRuntime) {
    return policyOf("fargate");
  }
  const runtimes = Object.entries(service.runtimes) as [Runtime, number][];
  return {
    kind: "weighted",
    branches: Object.fromEntries(
      runtimes.map(([runtime, weight]) => [runtime, { weight, to: policyOf(runtime) }]),
    ),
  };
}

type EndpointIn = (region: string) => string;

function regionalPolicy(
  environment: Environment,
  service: Service,
  endpointIn: EndpointIn,
  networks: ICidrCollection | undefined,
): RoutingPolicy {
  const { policy } = service.routing;
  if (policy === "latency") {
    return {
      kind: "latency",
      branches: perRegion(service, (region) => ({ region, to: endpointIn(region) })),
    };
  }
  if (policy === "failover") {
    return failover(environment, service, endpointIn);
  }
  switch (policy.kind) {
    case "weighted":
      return {
        kind: "weighted",
        branches: perRegion(service, (region) => ({
          weight: known(
            policy.weights[region],
            `${environment.name}: ${region} has no weight, which validation refuses`,
          ),
          to: endpointIn(region),
        })),
      };
    case "geolocation":
      return { kind: "geolocation", branches: geolocationBranches(policy, service, endpointIn) };
    case "geoproximity":
      return {
        kind: "geoproximity",
        branches: perRegion(service, (region) => ({
          place: { region },
          bias: policy.bias[region],
          to: endpointIn(region),
        })),
      };
    case "ip-based":
      if (networks === undefined) {
        throw new InternalError(`${environment.name}: IP-based routing without its networks`);
      }
      return {
        kind: "ip-based",
        collection: networks,
        branches: ipBasedBranches(policy, service, endpointIn),
      };
  }
}

function perRegion<Branch>(
  { regions }: Service,
  branchOf: (region: string) => Branch,
): Readonly<Record<string, Branch>> {
  return Object.fromEntries(regions.map((region) => [region, branchOf(region)]));
}

function failover(environment: Environment, service: Service, endpointIn: EndpointIn): RoutingPolicy {
  const inRole = (role: "primary" | "secondary"): string => {
    const found = service.regions.find((region) => environment.regions[region]?.role === role);
    if (found === undefined) {
      throw new InternalError(`${environment.name}: failover without a ${role}, which validation refuses`);
    }
    return endpointIn(found);
  };
  return { kind: "failover", primary: inRole("primary"), secondary: inRole("secondary") };
}

/**
 * Where clients are led that no place or network names: to one region, and to the nearest of the others while
 * it fails. Without that, Route 53 would lead them to a dead region: no other record applies to them.
 */
function otherwiseTo(
  { regions }: Service,
  otherwise: string,
  endpointIn: EndpointIn,
): string | Extract<RoutingPolicy, { readonly kind: "failover" }> {
  const others = regions.filter((region) => region !== otherwise);
  const [only] = others;
  if (only === undefined) {
    return endpointIn(otherwise);
  }
  return {
    kind: "failover",
    primary: endpointIn(otherwise),
    secondary:
      others.length === 1
        ? endpointIn(only)
        : {
            kind: "latency",
            branches: Object.fromEntries(
              others.map((region) => [region, { region, to: endpointIn(region) }]),
            ),
          },
  };
}

type Policy<Kind extends string> = Extract<Service["routing"]["policy"], { readonly kind: Kind }>;

function geolocationBranches(
  { places, otherwise }: Policy<"geolocation">,
  service: Service,
  endpointIn: EndpointIn,
): Record<string, GeolocationBranch> {
  const named = Object.entries(places).flatMap(([region, ofRegion]) =>
    ofRegion.map((location): [string, GeolocationBranch] => [
      placeName(location),
      { location, to: endpointIn(region) },
    ]),
  );
  return {
    ...Object.fromEntries(named),
    default: { location: "default", to: otherwiseTo(service, otherwise, endpointIn) },
  };
}

/** Continents and countries share some codes, such as AF. */
function placeName(place: Exclude<GeoLocation, "default">): string {
  if ("continent" in place) {
    return `continent-${place.continent.toLowerCase()}`;
  }
  const parts = ["country", place.country, ...(place.subdivision === undefined ? [] : [place.subdivision])];
  return parts.join("-").toLowerCase();
}

function ipBasedBranches(
  { networks, otherwise }: Policy<"ip-based">,
  service: Service,
  endpointIn: EndpointIn,
): Record<string, IpBasedBranch> {
  const named = Object.keys(networks).map((region): [string, IpBasedBranch] => [
    region,
    { location: region, to: endpointIn(region) },
  ]);
  return {
    ...Object.fromEntries(named),
    otherwise: { location: "*", to: otherwiseTo(service, otherwise, endpointIn) },
  };
}
