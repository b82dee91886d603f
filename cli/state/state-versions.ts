import { randomUUID } from "node:crypto";

import type { ObjectPlace, ObjectVersion } from "../aws/objects";
import { CommandError } from "../base/errors";
import type { Stack } from "../stacks/manifest";
import type { Session } from "../session/session";
import { managedCountOf, parseState, type State } from "../stacks/state-file";

/** A version of a state, as far as it can be read. */
export interface StateVersion extends ObjectVersion {
  readonly serial?: number;
  readonly lineage?: string;
  /** How many resources it holds. */
  readonly resources?: number;
}

/** Where a stack's state lies in S3. */
export function statePlaceOf({ name, backend }: Stack): ObjectPlace {
  if (backend?.type !== "s3") {
    throw new CommandError(`The state of ${name} is not kept in S3, so it has no versions.`);
  }
  const { bucket = "", key = "", region = "" } = backend.settings as Record<string, string>;
  return { bucket, key, region };
}

/** The versions of a stack's state, the newest first. */
export async function stateVersions(session: Session, stack: Stack): Promise<StateVersion[]> {
  const { context, access } = session;
  const place = statePlaceOf(stack);
  const versions = await context.aws.objects.versions(access, place);
  return Promise.all(
    versions.map(async (version) => {
      const text = version.isDeleted ? undefined : await context.aws.objects.read(access, place, version.id);
      return text === undefined ? version : { ...version, ...summaryOf(text) };
    }),
  );
}

/** One that cannot be read is listed all the same: it may be why somebody looks. */
function summaryOf(text: string): Pick<StateVersion, "serial" | "lineage" | "resources"> {
  const state = readable(text);
  return state === undefined
    ? {}
    : { serial: state.serial, lineage: state.lineage, resources: managedCountOf(state) };
}

function readable(text: string): State | undefined {
  try {
    return parseState(text, "");
  } catch {
    return undefined;
  }
}

/**
 * Makes an earlier version of a stack's state the current one, under Terraform's own lock. The serial goes
 * above both, so that no plan made before is taken for fresh, and every version stays in the bucket. A
 * current state that cannot be read is replaced like any other.
 *
 * @param confirm - asked with both states; nothing is changed when it answers no.
 * @returns the state that is current now, or nothing when it was not confirmed.
 */
export async function restoreState(
  session: Session,
  stack: Stack,
  versionId: string,
  confirm: (restored: State, current: State | undefined) => Promise<boolean>,
): Promise<State | undefined> {
  const { objects } = session.context.aws;
  const { access } = session;
  const place = statePlaceOf(stack);
  const version = (await objects.versions(access, place)).find(({ id }) => id === versionId);
  const text =
    version === undefined || version.isDeleted ? undefined : await objects.read(access, place, versionId);
  if (text === undefined) {
    throw new CommandError(
      `There is no version ${versionId} of the state of ${stack.name}.`,
      `List them with \`meridian state list ${session.environment.name} ${stack.name}\`.`,
    );
  }
  const restored = parseState(text, `s3://${place.bucket}/${place.key}, version ${versionId}`);
  return whileLocked(session, stack, "state restore", async () => {
    const now = await objects.read(access, place);
    const current = now === undefined ? undefined : readable(now);
    if (current !== undefined && current.lineage !== restored.lineage) {
      throw new CommandError(
        `Version ${versionId} is of another state (lineage ${restored.lineage}) than the current one of ${stack.name} (${current.lineage}). Nothing was changed.`,
        "If the current one is worthless, delete the object in the bucket first; its versions stay.",
      );
    }
    if (!(await confirm(restored, current))) {
      return undefined;
    }
    const serial = Math.max(restored.serial, current?.serial ?? 0) + 1;
    await objects.write(access, place, `${JSON.stringify({ ...JSON.parse(text), serial }, null, 2)}\n`);
    return { ...restored, serial };
  });
}

/**
 * Does something to a stack's state under Terraform's own lock.
 *
 * @param command - the command that holds the lock, as others are told.
 * @throws CommandError while somebody else holds it.
 */
export async function whileLocked<Result>(
  session: Session,
  stack: Stack,
  command: string,
  work: () => Promise<Result>,
): Promise<Result> {
  const { context, access } = session;
  const { objects } = context.aws;
  const place = statePlaceOf(stack);
  const lock = { ...place, key: `${place.key}.tflock` };
  // As Terraform writes it, so that Terraform can tell who holds it.
  const holder = {
    ID: randomUUID(),
    Operation: `meridian ${command}`,
    Info: "",
    Who: `${context.variables.USER ?? "unknown"}, process ${process.pid}`,
    Version: "",
    Created: context.now().toISOString(),
    Path: `${place.bucket}/${place.key}`,
  };
  if (!(await objects.write(access, lock, JSON.stringify(holder), "absent"))) {
    throw heldBy(session.environment.name, stack, await objects.read(access, lock));
  }
  try {
    return await work();
  } finally {
    await objects.remove(access, lock);
  }
}

function heldBy(environment: string, stack: Stack, text = "{}"): CommandError {
  const { Who, Operation, Created } = holderIn(text);
  return new CommandError(
    `The state of ${stack.name} is locked by ${Who ?? "somebody"} (${Operation ?? "unknown"}, since ${Created ?? "unknown"}). Nothing was changed.`,
    `Wait for it to end. If that run is dead, release the lock with \`meridian unlock ${environment} ${stack.name}\` and try again.`,
  );
}

/** Who holds a lock, as far as it says so. */
function holderIn(text: string): Partial<Record<string, string>> {
  try {
    const holder: unknown = JSON.parse(text);
    return typeof holder === "object" && holder !== null ? holder : {};
  } catch {
    return {};
  }
}
