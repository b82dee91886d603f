import type { Copy } from "../model/compute";
import type { Proof, ServiceProof } from "../proof";
import { holdsIn } from "../truth/table";
import { about, type Rule, whenOf } from "./finding";

/** The copies that answer somebody in a scenario, and live. */
export function answeringIn(proof: Proof, service: ServiceProof, scenario: number): Copy[] {
  const answering = service.outlooks.flatMap(({ answers }) =>
    answers
      .filter(({ when }) => holdsIn(when.may, scenario))
      .flatMap(({ leaf, host }) => proof.leaves.copiesAt(leaf, host, service.claim.path)),
  );
  return [...new Set(answering)].filter((copy) => holdsIn(proof.leaves.copyAlive(copy).may, scenario));
}

/** Tasks that are left in a scenario, counted by what a region keeps when some of its zones are lost. */
export function tasksIn(
  proof: Proof,
  service: ServiceProof,
  scenario: number,
  count: (copy: Copy) => number,
): number {
  const lost = proof.scenarios.list[scenario]?.failures ?? [];
  return answeringIn(proof, service, scenario).reduce((sum, copy) => {
    const gone = lost.filter(
      (failure) => failure.kind === "zone" && copy.zones.includes(failure.zone),
    ).length;
    const share = copy.zones.length === 0 ? 1 : (copy.zones.length - gone) / copy.zones.length;
    return sum + Math.floor(count(copy) * share);
  }, 0);
}

/** Nobody says what the peak is. */
export const peak: Rule = ({ services, claims }) =>
  claims.survives === 0
    ? []
    : services
        .filter(({ claim, copies }) => claim.peakTasks === undefined && copies.length > 0)
        .map((service) =>
          about(service, {
            rule: "PEAK",
            grade: "unproved",
            says: `how many tasks carry the peak of ${service.claim.name} is not said, so whether its capacity holds is not proved`,
            remedy: "Say it with `peakTasks`, from what its load shows.",
          }),
        );

/**
 * What is left carries the peak with what already runs: tasks on demand, at the hour that keeps least. Spot
 * does not count: AWS may take it back just then.
 */
export const capacityStatic: Rule = (proof) =>
  proof.services.flatMap((service) => {
    const { peakTasks } = service.claim;
    if (peakTasks === undefined) {
      return [];
    }
    const isPromisedRegion = (scenario: number): boolean =>
      (proof.scenarios.list[scenario]?.failures ?? []).every(({ kind }) => kind === "region");
    const short = proof.scenarios.promised.filter(
      (scenario) =>
        isPromisedRegion(scenario) &&
        answeringIn(proof, service, scenario).length > 0 &&
        tasksIn(proof, service, scenario, ({ onDemand }) => onDemand) < peakTasks,
    );
    const [worst] = [...short].sort(
      (left, right) =>
        tasksIn(proof, service, left, ({ onDemand }) => onDemand) -
        tasksIn(proof, service, right, ({ onDemand }) => onDemand),
    );
    if (worst === undefined) {
      return [];
    }
    const left = answeringIn(proof, service, worst);
    const tasks = tasksIn(proof, service, worst, ({ onDemand }) => onDemand);
    const spot = tasksIn(proof, service, worst, ({ minimum }) => minimum) - tasks;
    return [
      about(service, {
        rule: "CAPACITY-STATIC",
        grade: "broken",
        ...(left[0] === undefined ? {} : { address: left[0].resource.address }),
        says:
          `${whenOf(proof, [worst, ...short.filter((each) => each !== worst)])}, ${tasks} of the ${peakTasks} tasks that ` +
          `carry the peak of ${service.claim.name} run for certain in ${left.map(({ region }) => region).join(", ") || "no region"}` +
          (spot > 0 ? ` (${spot} more on Spot, which AWS may take back)` : ""),
        remedy: `Raise the minimum capacity${spot > 0 ? ", or lower the share of Spot," : ""} until what is left carries the peak.`,
      }),
    ];
  });

/** What is left could not grow to the peak. */
export const capacityMaximum: Rule = (proof) =>
  proof.services.flatMap((service) => {
    const { peakTasks } = service.claim;
    const short = proof.scenarios.promised.filter(
      (scenario) =>
        peakTasks !== undefined &&
        answeringIn(proof, service, scenario).length > 0 &&
        tasksIn(proof, service, scenario, ({ maximum }) => maximum) < peakTasks,
    );
    return short.length === 0
      ? []
      : [
          about(service, {
            rule: "CAPACITY-MAX",
            grade: "broken",
            ...(service.copies[0] === undefined ? {} : { address: service.copies[0].resource.address }),
            says: `${whenOf(proof, short)}, what is left of ${service.claim.name} cannot grow to the ${peakTasks ?? 0} tasks of its peak`,
            remedy: "Raise the maximum capacity.",
          }),
        ];
  });

/** All tasks of a copy are in one zone. */
export const oneZone: Rule = ({ services }) =>
  services.flatMap((service) =>
    service.copies
      .filter(({ zones }) => zones.length === 1)
      .map((copy) =>
        about(service, {
          rule: "ONE-ZONE",
          grade: "weak",
          address: copy.resource.address,
          says: `${copy.name} runs in ${copy.zones.join()} alone: the loss of one zone is the loss of ${copy.region}`,
          remedy: "Give it subnets in at least two zones.",
        }),
      ),
  );
