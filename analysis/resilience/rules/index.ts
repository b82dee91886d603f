import type { Proof } from "../proof";
import { accelerator, sharedHealth } from "./accelerator";
import { blackHole, idle, lastCopy, loop, noAnswer, noName } from "./answers";
import { capacityMaximum, capacityStatic, oneZone, peak } from "./capacity";
import { type Finding, grades, type Rule } from "./finding";
import { checkAsks, checkBiased, failoverPair, family, neverLeft, standbyDead } from "./health";
import { drain, recoveryTime } from "./time";

export { type Finding, type Grade, grades } from "./finding";

const rules: readonly Rule[] = [
  noName,
  loop,
  noAnswer,
  lastCopy,
  blackHole,
  neverLeft,
  standbyDead,
  failoverPair,
  family,
  checkAsks,
  checkBiased,
  recoveryTime,
  drain,
  capacityStatic,
  capacityMaximum,
  peak,
  accelerator,
  sharedHealth,
  idle,
  oneZone,
];

/** What all rules find, the worst first. */
export function findingsOf(proof: Proof): Finding[] {
  const findings = rules.flatMap((rule) => rule(proof));
  return grades.flatMap((grade) => findings.filter((finding) => finding.grade === grade));
}
