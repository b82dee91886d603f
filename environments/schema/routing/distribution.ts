import type { Environment } from "../environment";
import type { RoutingEntry } from "./settings";
import type { Finding } from "../checks/finding";

/** The entries that do without a load balancer that is open to everyone. */
const closed: readonly RoutingEntry[] = ["distribution", "private"];

/** Load balancers that admit CloudFront only lead to no service that is entered otherwise. */
export function checkDistribution({ distribution, accelerator, services }: Environment): Finding[] {
  if (!distribution.onlyEntry) {
    return [];
  }
  if (accelerator.onlyEntry) {
    return [
      {
        property: "distribution.onlyEntry",
        expected:
          "be false where 'accelerator.onlyEntry' is true, because CloudFront cannot reach a private load balancer",
        got: true,
        remedy: "choose one entry for all services on Fargate",
      },
    ];
  }
  return Object.entries(services)
    .filter(([, { routing, runtimes }]) => runtimes.fargate !== undefined && !closed.includes(routing.entry))
    .map(([name, { routing }]) => ({
      property: `services.${name}.routing.entry`,
      expected:
        "be 'distribution', because 'distribution.onlyEntry' closes the load balancers to everyone else",
      got: routing.entry,
      remedy: "enter it by a distribution, or remove 'distribution.onlyEntry'",
    }));
}
