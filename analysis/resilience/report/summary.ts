import type { Failure } from "../scenarios";
import type { Outcome } from "../outcome";
import { type Case, type ServiceCases, worstOf } from "./matrix";

/** What fails, a column each. */
const columns: readonly (readonly [string, Failure["kind"]])[] = [
  ["A region", "region"],
  ["A zone", "zone"],
  ["One copy", "service"],
  ["The accelerator", "accelerator"],
];

/** A table of how each service comes out of each kind of failure: the worst case in each cell. */
export interface Summary {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** The summary, with the kinds of failure that the environment has. */
export function summaryOf(services: readonly ServiceCases[]): Summary {
  const used = columns.filter(([, kind]) => services.some(({ cases }) => ofKind(cases, kind).length > 0));
  return {
    head: ["Service", "Name", ...used.map(([title]) => title), "Peak", "Left for certain"],
    rows: services.map(({ service, hostname, peakTasks, cases }) => [
      service,
      hostname,
      ...used.map(([, kind]) => cellOf(ofKind(cases, kind))),
      peakTasks === undefined ? "not said" : `${peakTasks}`,
      leastTasks(cases),
    ]),
  };
}

function ofKind(cases: readonly Case[], kind: Failure["kind"]): readonly Case[] {
  return cases.filter(({ kinds }) => kinds.includes(kind));
}

const words: Readonly<Record<Outcome, string>> = {
  served: "served",
  late: "LATE",
  unproved: "not proved",
  broken: "BROKEN",
};

function cellOf(cases: readonly Case[]): string {
  const worst = worstOf(cases);
  if (worst === undefined) {
    return "-";
  }
  const isLed = worst.seconds !== undefined && worst.outcome !== "broken";
  return isLed ? `${words[worst.outcome]}, ${worst.seconds} s` : words[worst.outcome];
}

/** The fewest tasks when regions are lost: what static stability rests on. */
function leastTasks(cases: readonly Case[]): string {
  const lost = ofKind(cases, "region").map(({ tasks }) => tasks);
  return lost.length === 0 ? "-" : `${Math.min(...lost)}`;
}
