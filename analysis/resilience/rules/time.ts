import { groupsFor } from "../model/balancer";
import { numberOf } from "../model/program";
import type { Proof, ServiceProof } from "../proof";
import type { Delay } from "../seconds";
import { about, type Rule, whenOf } from "./finding";

/** The slowest way that a service's users are led away from what fails. */
export function slowestOf(proof: Proof, service: ServiceProof, scenario: number): Delay | undefined {
  return service.sets
    .map((set) => proof.seconds.of(set, scenario))
    .filter((delay) => delay !== undefined)
    .sort((left, right) => right.seconds - left.seconds)[0];
}

/** Users are led elsewhere later than promised. */
export const recoveryTime: Rule = (proof) =>
  proof.services.flatMap((service) => {
    const { rtoSeconds } = proof.claims;
    const late = proof.scenarios.promised
      .map((scenario) => ({ scenario, delay: slowestOf(proof, service, scenario) }))
      .filter(({ delay }) => delay !== undefined && delay.seconds > rtoSeconds)
      .sort((left, right) => (right.delay?.seconds ?? 0) - (left.delay?.seconds ?? 0));
    const [worst] = late;
    return worst?.delay === undefined
      ? []
      : [
          about(service, {
            rule: "RTO",
            grade: "broken",
            address: worst.delay.address,
            says: `${whenOf(
              proof,
              late.map(({ scenario }) => scenario),
            )}, users of ${service.claim.name} are led elsewhere after up to ${worst.delay.seconds} s; promised are ${rtoSeconds} s`,
            remedy:
              "Ask more often (10 s), after fewer failures, or shorten the TTL; or promise less with recovery.rtoSeconds.",
          }),
        ];
  });

/** Connections that stay open lead to what fails for longer than the recovery time. */
export const drain: Rule = (proof) =>
  proof.services.flatMap((service) => {
    const { rtoSeconds } = proof.claims;
    const { hostname, path } = service.claim;
    const balancers = proof.model.balancers.filter((balancer) =>
      groupsFor(balancer, hostname, path).some(({ copies }) =>
        copies.some((copy) => service.copies.includes(copy)),
      ),
    );
    // What AWS takes where nothing is said: 3600 s and 300 s.
    const slow = balancers.flatMap((balancer) => [
      { resource: balancer.resource, name: "client_keep_alive", fallback: 3600 },
      ...groupsFor(balancer, hostname, path).map(({ resource }) => ({
        resource,
        name: "deregistration_delay",
        fallback: 300,
      })),
    ]);
    return slow.flatMap(({ resource, name, fallback }) => {
      const seconds = numberOf(resource.attributes[name]) ?? fallback;
      return seconds <= rtoSeconds
        ? []
        : [
            about(service, {
              rule: "DRAIN",
              grade: "broken",
              address: resource.address,
              says: `connections of ${service.claim.name} are kept for ${seconds} s (${name}), longer than the ${rtoSeconds} s in which users are to be elsewhere`,
              remedy: `Set ${name} to ${rtoSeconds} or less.`,
            }),
          ];
    });
  });
