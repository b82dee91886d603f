import { checkAppRunner } from "./app-runner";
import { checkCollisions } from "./collisions";
import { type Finding, verdicts } from "./finding";
import { checkInstances } from "./instances";
import { checkLinkedRoles } from "./linked-roles";
import { checkQuotas } from "./quotas";
import { checkRegions } from "./regions";
import { checkSecrets } from "./secrets";
import type { Subject } from "./subject";
import { checkServedCertificates } from "./served-certificates";
import { checkZones } from "./zones";

export type { Finding, Verdict } from "./finding";

/** A question, or some, to the account about what the stacks need of it. */
type Check = (subject: Subject) => Promise<readonly Finding[]>;

const checks: readonly Check[] = [
  checkRegions,
  checkZones,
  checkSecrets,
  checkCollisions,
  checkAppRunner,
  checkInstances,
  checkServedCertificates,
  checkLinkedRoles,
  checkQuotas,
];

/** All checks of a subject, one after the other: a preflight that runs into a rate limit tells nothing. */
export async function findingsOf(subject: Subject): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const check of checks) {
    findings.push(...(await check(subject)));
  }
  return inOrder(findings);
}

export function inOrder(findings: readonly Finding[]): Finding[] {
  return verdicts.flatMap((verdict) => findings.filter(({ result }) => result === verdict));
}
