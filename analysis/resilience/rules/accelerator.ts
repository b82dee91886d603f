import type { Proof } from "../proof";
import { few, type Finding, type Rule } from "./finding";

/** Endpoint groups that lead nowhere, or too few regions behind an accelerator. */
export const accelerator: Rule = ({ model, claims }) =>
  model.accelerators.flatMap(({ resource, name, groups }) => {
    const serving = groups.filter(({ endpoints }) => endpoints.some(({ weight }) => weight > 0));
    const misplaced = groups.filter(({ region, endpoints }) =>
      endpoints.some(({ balancer }) => balancer.region !== region),
    );
    return [
      ...(serving.length > claims.survives
        ? []
        : [
            {
              rule: "ACCELERATOR",
              grade: "broken",
              address: resource.address,
              says: `accelerator ${name} has endpoints of a weight above 0 in ${serving.length} ${serving.length === 1 ? "region" : "regions"}, and ${claims.survives} may be lost: an endpoint of weight 0 gets no traffic even then`,
              remedy: "Give it endpoints in another region, or a weight above 0.",
            } as const,
          ]),
      ...misplaced.map((group): Finding => ({
        rule: "ACCELERATOR",
        grade: "broken",
        address: group.resource.address,
        says: `the endpoint group of ${group.region} holds a load balancer of another region`,
        remedy: "Put each load balancer into the group of its own region.",
      })),
    ];
  });

/**
 * Services behind one load balancer of an accelerator share its health: one without a healthy task takes the
 * others out of the region.
 */
export const sharedHealth: Rule = (proof) =>
  sharedBalancers(proof).map(({ address, region, names }) => ({
    rule: "SHARED-HEALTH",
    grade: "weak",
    address,
    says: `the accelerator leads users away from ${region} as soon as one of ${few(names)} has no healthy task there: a target group without one makes the whole load balancer unhealthy`,
    remedy:
      "Give what the accelerator serves a load balancer of its own, or accept that they leave a region together.",
  }));

function sharedBalancers({
  model,
}: Proof): { readonly address: string; readonly region: string; readonly names: string[] }[] {
  const behind = new Set(
    model.accelerators.flatMap(({ groups }) =>
      groups.flatMap(({ endpoints }) => endpoints.map(({ balancer }) => balancer)),
    ),
  );
  return [...behind]
    .map(({ resource, region, groups }) => ({
      address: resource.address,
      region,
      names: groups.flatMap(({ copies }) => copies.map(({ name }) => name)),
    }))
    .filter(({ names }) => new Set(names).size > 1);
}
