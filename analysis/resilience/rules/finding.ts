import { describeScenario } from "../scenarios";
import type { Proof, ServiceProof } from "../proof";
import { holdsIn, type Table } from "../truth/table";

/**
 * How bad a finding is.
 *
 * - `broken`: a promise is not kept.
 * - `unproved`: whether it is kept cannot be said from the stacks, or AWS documents nothing about it.
 * - `weak`: every promise is kept, with something in the way that will hurt.
 */
export type Grade = "broken" | "unproved" | "weak";

/** The grades, the worst first. */
export const grades: readonly Grade[] = ["broken", "unproved", "weak"];

/** What a rule found. */
export interface Finding {
  /** The rule, such as `BLACK-HOLE`. */
  readonly rule: string;
  readonly grade: Grade;
  /** The service whose users it hurts; absent where it is about none. */
  readonly service?: string;
  /** The resource to change: `prod-edge: aws_route53_record.…`; absent where none is at fault. */
  readonly address?: string;
  /** What is wrong, for whom and when. */
  readonly says: string;
  /** What to do. */
  readonly remedy: string;
}

/** A rule: what it found in a proof. */
export type Rule = (proof: Proof) => readonly Finding[];

/** The scenarios of a table that are promised to be survived. */
export function promisedIn(proof: Proof, table: Table): number[] {
  return proof.scenarios.promised.filter((scenario) => holdsIn(table, scenario));
}

/** Scenarios in words, the simplest first: `when eu-west-1 fails (and in 3 more cases)`. */
export function whenOf(proof: Proof, scenarios: readonly number[]): string {
  const [first = 0] = scenarios;
  const scenario = proof.scenarios.list[first] ?? { failures: [] };
  const more = scenarios.length - 1;
  const rest = more === 0 ? "" : ` (and in ${more} more ${more === 1 ? "case" : "cases"})`;
  return `when ${describeScenario(scenario)}${rest}`;
}

/** Names in a sentence, at most three of them. */
export function few(names: readonly string[]): string {
  const all = [...new Set(names)];
  const shown = all.slice(0, 3).join("; ");
  return all.length > 3 ? `${shown} and ${all.length - 3} more` : shown;
}

/** A finding about a service. */
export function about({ claim }: ServiceProof, finding: Omit<Finding, "service">): Finding {
  return { service: claim.name, ...finding };
}
