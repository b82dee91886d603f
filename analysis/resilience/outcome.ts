import type { Outlook, Proof, ServiceProof } from "./proof";
import type { Table } from "./truth/table";
import type { Verdict } from "./truth/verdict";
import type { Answer } from "./walk";

/** Where clients get something dead, although the service is alive somewhere. */
export interface Deaths {
  /** Some clients certainly do. */
  readonly certain: Table;
  /** They certainly do, or may. */
  readonly possible: Table;
  /** The answers, each with where clients get it and it is dead. */
  readonly ends: readonly { readonly answer: Answer; readonly led: Verdict }[];
}

/** What clients of a place run into. */
export function deathsOf(proof: Proof, { alive, claim }: ServiceProof, { answers }: Outlook): Deaths {
  const { verdicts } = proof.scenarios;
  const { tables } = verdicts;
  const ends = answers.map((answer) => {
    const served = proof.leaves.alive(answer.leaf, answer.host, claim.path);
    return {
      answer,
      led: verdicts.and(answer.when, verdicts.not(served)),
      helped: verdicts.and(answer.when, served),
    };
  });
  const led = verdicts.or(...ends.map((end) => end.led));
  const helped = verdicts.or(...ends.map((end) => end.helped));
  // Some certainly get a dead answer, or no answer that is possible is alive.
  const certain = tables.or(led.must, tables.not(helped.may));
  return {
    certain: tables.and(certain, alive.must),
    possible: tables.and(tables.or(led.may, certain), alive.may),
    ends,
  };
}

/** How a service comes out of a scenario: `broken` and `unproved` as findings are, `late` after the recovery time. */
export type Outcome = "served" | "late" | "unproved" | "broken";

/** How bad outcomes are, the best first. */
export const outcomes: readonly Outcome[] = ["served", "late", "unproved", "broken"];
