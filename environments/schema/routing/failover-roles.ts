import type { Environment } from "../environment";
import type { Service } from "../service/settings";
import type { Finding } from "../checks/finding";

/** A service with failover runs in one primary and one secondary region, and in none that it would never send to. */
export function checkFailoverRoles(environment: Environment): Finding[] {
  return Object.entries(environment.services)
    .filter(([, service]) => service.routing.policy === "failover")
    .map(([name, service]) => ({ name, roles: rolesOf(environment, service) }))
    .filter(({ roles }) => Object.values(roles).sort().join() !== "primary,secondary")
    .map(({ name, roles }) => ({
      property: `services.${name}.routing.policy`,
      expected: "be 'failover' only over one primary and one secondary region",
      got: roles,
      remedy:
        `give two regions 'role' "primary" and "secondary" and name them in 'services.${name}.regions', ` +
        "or use 'latency'",
    }));
}

function rolesOf({ regions }: Environment, service: Service): Record<string, string> {
  return Object.fromEntries(service.regions.map((region) => [region, regions[region]?.role ?? "no role"]));
}
