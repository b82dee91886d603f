import { servedCertificate } from "../aws/served-certificate";
import type { Session } from "../runs/open-session";
import type { StateHome } from "../state/state-home";
import { checkAppRunner } from "./app-runner";
import { checkCollisions } from "./collisions";
import { answered, type Finding, verdicts } from "./finding";
import { checkInstances } from "./instances";
import { checkLinkedRoles } from "./linked-roles";
import { checkQuotas } from "./quotas";
import { checkRegions } from "./regions";
import { checkSecrets } from "./secrets";
import { declaredIn, standingIn, type Standing, type Subject } from "./subject";
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

/** Asks the account all there is to ask of a session's stacks, and gives the answers, the worst first. */
export async function preflight(session: Session, home: StateHome): Promise<Finding[]> {
  const { access, environment, selected, context } = session;
  const standing: Standing[] = [];
  const unread: Finding[] = [];
  for (const stack of selected) {
    unread.push(
      ...(await answered(
        {
          where: "global",
          what: `state of ${stack.name}`,
          permission: "s3:GetObject and kms:Decrypt for the state",
        },
        async () => {
          standing.push(...standingIn(stack, await home.stateOf(stack)));
          return [];
        },
      )),
    );
  }
  const asked = await findingsOf({
    access,
    environment,
    resources: declaredIn(selected, "resource"),
    data: declaredIn(selected, "data"),
    standing,
    parentOf: (domain) => context.aws.parentOf(access, domain),
    bucketStatus: (bucket, region) => context.aws.bucketStatus(access, bucket, region),
    servedCertificate,
    now: context.now,
  });
  return inOrder([...unread, ...asked]);
}

/** All checks of a subject, one after the other: a preflight that runs into a rate limit tells nothing. */
export async function findingsOf(subject: Subject): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const check of checks) {
    findings.push(...(await check(subject)));
  }
  return inOrder(findings);
}

function inOrder(findings: readonly Finding[]): Finding[] {
  return verdicts.flatMap((verdict) => findings.filter(({ result }) => result === verdict));
}
