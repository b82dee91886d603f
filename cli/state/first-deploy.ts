import { randomUUID } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { hostname, userInfo } from "node:os";
import { dirname, join } from "node:path";

import pc from "picocolors";
import { z } from "zod";

import type { TargetEnvironment } from "../base/target-environment";
import { CommandError } from "../base/errors";
import { lifeOf, ownIdentity, type ProcessIdentity } from "../base/process-identity";
import type { Session } from "../session/session";
import { type Workspace, writePrivateFile } from "../base/workspace";

/**
 * Who makes an environment's state bucket, or takes it down: until the bucket stands, there is nothing else
 * that could be locked, and the state is a file in one clone.
 */
export interface FirstDeploy {
  /** Identity of the clone, which is kept in its `.meridian`. */
  readonly clone: string;
  /** `user@host`. */
  readonly who: string;
  readonly directory: string;
  readonly since: string;
  readonly runner: ProcessIdentity;
}

const schema = z.object({
  clone: z.string(),
  who: z.string(),
  directory: z.string(),
  since: z.string(),
  runner: z.object({
    pid: z.number(),
    host: z.string(),
    birth: z.string().optional(),
    boot: z.string().optional(),
    space: z.string().optional(),
  }),
});

/** How often a clone that waits looks again. */
const lookEveryMilliseconds = 2000;

/** Where the claim of an environment is: in the home region, before anything else is. */
export function claimNameOf({ name }: TargetEnvironment): string {
  return `/meridian/${name}/first-deploy`;
}

/**
 * Claims the making of the state bucket for this clone, so that no other makes it at the same time. Waits for
 * another clone that makes it, as long as for a locked state.
 *
 * @param isDone - whether the other one has come to its end.
 * @returns whether this clone has the claim; false once another has made the bucket.
 * @throws CommandError that says who holds the claim.
 */
export async function claimFirstDeploy(session: Session, isDone: () => Promise<boolean>): Promise<boolean> {
  const { context, access, environment, lockTimeout, progress } = session;
  const name = claimNameOf(environment);
  const own = thisClone(session);
  const patience = millisecondsOf(lockTimeout);
  let isTold = false;
  for (let waited = 0; ; waited += lookEveryMilliseconds) {
    if (await context.aws.parameters.create(access, environment.homeRegion, name, JSON.stringify(own))) {
      return true;
    }
    const holder = await firstDeployOf(session);
    if (holder !== undefined && isOwn(session, holder)) {
      return true;
    }
    if (await isDone()) {
      return false;
    }
    if (waited >= patience || context.interrupts.requested || isDead(holder)) {
      throw heldError(environment.name, holder);
    }
    if (!isTold) {
      isTold = true;
      progress.note(pc.yellow(`Waiting for ${inWords(holder)}, which makes the state bucket.`));
    }
    await context.sleep(lookEveryMilliseconds);
  }
}

/** Who claims the making of the state bucket; nothing when nobody does. */
export async function firstDeployOf({
  context,
  access,
  environment,
}: Session): Promise<FirstDeploy | undefined> {
  const text = await context.aws.parameters.read(access, environment.homeRegion, claimNameOf(environment));
  if (text === undefined) {
    return undefined;
  }
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    // Somebody wrote it by hand: it is held all the same.
    return { clone: "", who: "somebody", directory: "?", since: "?", runner: { pid: 0, host: "?" } };
  }
}

/** Whether a claim is this clone's own. */
export function isOwn({ context, environment }: Session, { clone, directory, runner }: FirstDeploy): boolean {
  const { workspace } = context;
  return (
    readClone(workspace, environment.name) === clone &&
    directory === workspace.projectDirectory &&
    runner.host === hostname()
  );
}

/** Gives the claim up, if it is this clone's own. */
export async function giveUpClaim(session: Session): Promise<void> {
  const { context, access, environment } = session;
  const holder = await firstDeployOf(session);
  if (holder !== undefined && isOwn(session, holder)) {
    await context.aws.parameters.remove(access, environment.homeRegion, claimNameOf(environment));
  }
}

/**
 * Takes a claim over from a clone that is lost.
 *
 * @returns false when it is another one's by now.
 */
export async function takeClaimOver(session: Session, from: FirstDeploy): Promise<boolean> {
  const { context, access, environment } = session;
  const name = claimNameOf(environment);
  const holder = await firstDeployOf(session);
  if (holder?.clone !== from.clone) {
    return false;
  }
  await context.aws.parameters.remove(access, environment.homeRegion, name);
  const own = JSON.stringify(thisClone(session));
  return context.aws.parameters.create(access, environment.homeRegion, name, own);
}

/** A holder as a person knows it. */
export function inWords(holder: FirstDeploy | undefined): string {
  return holder === undefined
    ? "another clone"
    : `${holder.who} in ${holder.directory} (process ${holder.runner.pid}, since ${holder.since})`;
}

function isDead(holder: FirstDeploy | undefined): boolean {
  return holder !== undefined && lifeOf(holder.runner) === "dead";
}

function heldError(environment: string, holder: FirstDeploy | undefined): CommandError {
  const release = `meridian unlock ${environment} ${environment}-bootstrap${holder === undefined || holder.clone === "" ? "" : ` --lock-id ${holder.clone}`}`;
  const wait = isDead(holder)
    ? `That process is dead. Run \`meridian deploy ${environment}\` in that directory, which has the state of what it made.`
    : `Wait for it (\`--lock-timeout 10m\`), and run the command again: it continues with what that run has created.`;
  return new CommandError(
    `The state bucket of '${environment}' is being made by ${inWords(holder)}. Nothing was changed.`,
    `${wait} If that directory is lost, run \`${release}\`, then \`meridian recover ${environment}\`, which looks for what it made.`,
  );
}

function thisClone({ context, environment, startedAt }: Session): FirstDeploy {
  const { workspace } = context;
  let clone = readClone(workspace, environment.name);
  if (clone === undefined) {
    clone = randomUUID();
    writePrivateFile(cloneFile(workspace, environment.name), `${clone}\n`);
  }
  return {
    clone,
    who: `${user()}@${hostname()}`,
    directory: workspace.projectDirectory,
    since: startedAt.toISOString(),
    runner: ownIdentity(),
  };
}

function readClone(workspace: Workspace, environment: string): string | undefined {
  const file = cloneFile(workspace, environment);
  return existsSync(file) ? readFileSync(file, "utf8").trim() : undefined;
}

function cloneFile(workspace: Workspace, environment: string): string {
  return join(dirname(workspace.bootstrapState(environment)), `${environment}.clone`);
}

/** A container may run as a user that nothing names. */
function user(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.() ?? "somebody");
  }
}

const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** A length of time as Terraform writes it, such as `1h30m`. */
function millisecondsOf(text: string): number {
  return [...text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)].reduce(
    (sum, [, number, unit = ""]) => sum + Number(number) * (units[unit] ?? 0),
    0,
  );
}
