import { deathsOf, type Outcome, outcomes } from "../outcome";
import type { Proof, ServiceProof } from "../proof";
import { tasksIn } from "../rules/capacity";
import { slowestOf } from "../rules/time";
import { describeScenario, type Failure } from "../scenarios";
import { holdsIn } from "../truth/table";

/** How a service comes out of one case. */
export interface Case {
  /** What fails, in words. */
  readonly failure: string;
  readonly kinds: readonly Failure["kind"][];
  readonly outcome: Outcome;
  /** Seconds until users are led elsewhere, at most; absent where nobody has to be. */
  readonly seconds?: number;
  /** Tasks that run for certain in what is left. */
  readonly tasks: number;
}

/** How a service comes out of everything that is promised to be survived. */
export interface ServiceCases {
  readonly service: string;
  readonly hostname: string;
  readonly peakTasks?: number;
  readonly cases: readonly Case[];
}

/** All promised cases of all services. */
export function casesOf(proof: Proof): ServiceCases[] {
  return proof.services.map((service) => {
    const { name, hostname, peakTasks } = service.claim;
    const judge = judgeOf(proof, service);
    return {
      service: name,
      hostname,
      ...(peakTasks === undefined ? {} : { peakTasks }),
      cases: proof.scenarios.promised.map((position) => {
        const scenario = proof.scenarios.list[position] ?? { failures: [] };
        const delay = slowestOf(proof, service, position);
        return {
          failure: describeScenario(scenario),
          kinds: [...new Set(scenario.failures.map(({ kind }) => kind))],
          outcome: judge(position, delay?.seconds),
          ...(delay === undefined ? {} : { seconds: delay.seconds }),
          tasks: tasksIn(proof, service, position, ({ onDemand }) => onDemand),
        };
      }),
    };
  });
}

function judgeOf(
  proof: Proof,
  service: ServiceProof,
): (scenario: number, seconds: number | undefined) => Outcome {
  const deaths = service.outlooks.map((outlook) => deathsOf(proof, service, outlook));
  return (scenario, seconds) => {
    const isGone = service.sets.length > 0 && !holdsIn(service.alive.may, scenario);
    if (isGone || deaths.some(({ certain }) => holdsIn(certain, scenario))) {
      return "broken";
    }
    if (service.sets.length === 0 || deaths.some(({ possible }) => holdsIn(possible, scenario))) {
      return "unproved";
    }
    return (seconds ?? 0) > proof.claims.rtoSeconds ? "late" : "served";
  };
}

/** The worst of some cases: its outcome, and the most seconds. */
export function worstOf(cases: readonly Case[]): Pick<Case, "outcome" | "seconds"> | undefined {
  if (cases.length === 0) {
    return undefined;
  }
  const seconds = cases.map((each) => each.seconds).filter((each) => each !== undefined);
  const outcome = outcomes[Math.max(...cases.map((each) => outcomes.indexOf(each.outcome)))] ?? "broken";
  return { outcome, ...(seconds.length === 0 ? {} : { seconds: Math.max(...seconds) }) };
}
