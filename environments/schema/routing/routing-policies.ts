import type { Environment } from "../environment";
import type { Service } from "../service/settings";
import type { Finding } from "../checks/finding";

/** What a policy says of regions, by the property that says it. */
type Mentions = Readonly<Record<string, readonly string[]>>;

/** A routing policy leads to regions of the service, to all that must be told, and to one at least. */
export function checkRoutingPolicies({ services }: Environment): Finding[] {
  return Object.entries(services).flatMap(([name, service]) => {
    const path = `services.${name}.routing.policy`;
    return [...checkStrangers(path, service), ...checkWeights(path, service)];
  });
}

function checkStrangers(path: string, service: Service): Finding[] {
  return Object.entries(mentionsOf(service)).flatMap(([property, regions]) =>
    regions
      .filter((region) => !service.regions.includes(region))
      .map((region) => ({
        property: `${path}.${property}`,
        expected: `lead to regions of the service (${service.regions.join(", ")})`,
        got: region,
        remedy: "name one of them, or add the region to the service's 'regions'",
      })),
  );
}

function mentionsOf({ routing: { policy } }: Service): Mentions {
  if (typeof policy === "string") {
    return {};
  }
  switch (policy.kind) {
    case "weighted":
      return { weights: Object.keys(policy.weights) };
    case "geolocation":
      return { places: Object.keys(policy.places), otherwise: [policy.otherwise] };
    case "geoproximity":
      return { bias: Object.keys(policy.bias) };
    case "ip-based":
      return { networks: Object.keys(policy.networks), otherwise: [policy.otherwise] };
  }
}

function checkWeights(path: string, { regions, routing: { policy } }: Service): Finding[] {
  if (typeof policy === "string" || policy.kind !== "weighted") {
    return [];
  }
  const { weights } = policy;
  const missing = regions.filter((region) => weights[region] === undefined);
  const isDark = !Object.values(weights).some((weight) => weight > 0);
  return [
    ...missing.map((region) => ({
      property: `${path}.weights.${region}`,
      expected: "be given, as every region of the service has a weight",
      got: undefined,
      remedy: "add it; 0 takes the region out",
    })),
    ...(isDark
      ? [
          {
            property: `${path}.weights`,
            expected: "give one region a weight above 0",
            got: weights,
            remedy: "raise the weight of the region that serves",
          },
        ]
      : []),
  ];
}
