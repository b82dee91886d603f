import { servedCertificate } from "../probes/served-certificate";
import { type Finding, inOrder } from "../preflight";
import { answered } from "../preflight/finding";
import { type Standing, standingIn, declaredIn } from "../preflight/subject";
import type { Session } from "../session/session";
import type { StateHome } from "../state/state-home";

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
  const asked = await context.preflight({
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
