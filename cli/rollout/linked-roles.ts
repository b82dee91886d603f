import pc from "picocolors";

import { messageOf } from "../base/errors";
import type { Stack } from "../stacks/manifest";
import { type LinkedRole, linkedRolesFor } from "../preflight/linked-roles";
import { declaredIn } from "../preflight/subject";
import { pause } from "../session/context";
import type { Session } from "../session/session";

/** How long a new role is looked for. */
const patienceSeconds = 60;

/** From when IAM shows a role until the services in all regions may assume it; AWS names no bound. */
const propagationSeconds = 10;

/**
 * Makes the service-linked roles that stacks need and the account lacks, and waits until services may assume
 * them. On the first day of an account the first call of some services fails, since the role that it asks for is
 * made while it runs; others, such as Spot instances of the API, never make theirs. The roles are the account's,
 * so no stack holds them and no destroy takes them from other environments.
 *
 * What cannot be asked or made is noted, and left to the services: some make their own.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/create-service-linked-role.html
 */
export async function makeLinkedRoles(session: Session, stacks: readonly Stack[]): Promise<void> {
  const { context, access, environment, progress } = session;
  const { linkedRoles } = context.aws;
  const made: LinkedRole[] = [];
  const failures: string[] = [];
  for (const role of linkedRolesFor(declaredIn(stacks, "resource"))) {
    try {
      if (!(await linkedRoles.isThere(access, environment.homeRegion, role.name))) {
        await linkedRoles.make(access, environment.homeRegion, role.service);
        made.push(role);
      }
    } catch (error) {
      failures.push(`${role.name} (${messageOf(error).split("\n")[0] ?? ""})`);
    }
  }
  if (failures.length > 0) {
    progress.note(
      pc.yellow(
        `These service-linked roles could not be looked for or made: ${failures.join(", ")}. If a service then says that its role is missing, allow the credentials iam:GetRole and iam:CreateServiceLinkedRole, and run the command again.`,
      ),
    );
  }
  if (made.length > 0) {
    const names = made.map(({ name }) => name);
    progress.note(`The account now has ${names.join(", ")}, for all its environments.`);
    await untilShown(session, names);
  }
}

async function untilShown(
  { context, access, environment }: Session,
  names: readonly string[],
): Promise<void> {
  const isShown = async (name: string): Promise<boolean> =>
    context.aws.linkedRoles.isThere(access, environment.homeRegion, name).catch(() => false);
  for (let second = 0; second < patienceSeconds && !context.interrupts.requested; second += 1) {
    const shown = await Promise.all(names.map(isShown));
    if (!shown.includes(false)) {
      break;
    }
    await context.sleep(1000);
  }
  await pause(context, propagationSeconds);
}
