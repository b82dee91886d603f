import { hostname } from "node:os";
import { basename } from "node:path";

import type { ObjectPlace } from "../aws/objects";
import type { Stack } from "../stacks/manifest";
import { lifeOf, livingPrograms } from "../base/process-identity";
import type { RunningTerraform } from "../terraform/running";
import type { Session } from "../session/session";

/** A lock on a state, as Terraform writes it. */
export interface StateLock {
  readonly id: string;
  /** `user@host`. */
  readonly who: string;
  readonly operation: string;
  /** When it was taken; invalid where it does not say. */
  readonly createdAt: Date;
  readonly place: ObjectPlace;
}

/** The lock on a stack's state in S3, or nothing. Other backends' locks end with the process that holds them. */
export async function stateLockOf(
  { context, access }: Session,
  { backend }: Stack,
): Promise<StateLock | undefined> {
  if (backend?.type !== "s3") {
    return undefined;
  }
  const { bucket = "", key = "", region = "" } = backend.settings as Record<string, string>;
  const place = { bucket, key: `${key}.tflock`, region };
  const text = await context.aws.objects.read(access, place);
  return text === undefined ? undefined : lockIn(text, place);
}

/** Releases a lock, if it is still the same one. */
export async function releaseLock({ context, access }: Session, lock: StateLock): Promise<boolean> {
  const text = await context.aws.objects.read(access, lock.place);
  if (text === undefined || lockIn(text, lock.place).id !== lock.id) {
    return false;
  }
  await context.aws.objects.remove(access, lock.place);
  return true;
}

/**
 * Whether a lock was certainly taken by that Terraform, and that Terraform is certainly dead.
 *
 * @param spokeAt - when it first said something that it says only with the lock in its hands.
 */
export function isDeadLock(lock: StateLock, running: RunningTerraform, spokeAt: Date | undefined): boolean {
  const takenAt = lock.createdAt.getTime();
  const startedAt = new Date(running.startedAt).getTime();
  const host = lock.who.slice(lock.who.lastIndexOf("@") + 1);
  if (lifeOf(running) !== "dead" || host !== running.host || host !== hostname()) {
    return false;
  }
  // The clock of a lock is the same machine's, read in the same seconds.
  if (!(takenAt >= startedAt - clockMilliseconds)) {
    return false;
  }
  if (spokeAt !== undefined) {
    return takenAt <= spokeAt.getTime() + clockMilliseconds;
  }
  return takenAt <= startedAt + silentMilliseconds && !isContended(running.stack);
}

const clockMilliseconds = 2000;
/** One that never spoke may have taken its lock, or another one here after its death. */
const silentMilliseconds = 10 * 60_000;

function isContended(stack: string): boolean {
  return livingPrograms(["terraform", "tofu"]).some(
    ({ data }) => data === undefined || !data.includes("/.meridian/data/") || basename(data) === stack,
  );
}

function lockIn(text: string, place: ObjectPlace): StateLock {
  let content: Partial<Record<string, unknown>> = {};
  try {
    content = (JSON.parse(text) ?? {}) as typeof content;
  } catch {
    // Whoever was cut off while writing it holds it no more, but nothing says so.
  }
  const said = (name: string): string => (typeof content[name] === "string" ? content[name] : "");
  return {
    id: said("ID"),
    who: said("Who") || "somebody",
    operation:
      said("Operation")
        .replace(/^OperationType/, "")
        .toLowerCase() || "unknown operation",
    createdAt: new Date(said("Created")),
    place,
  };
}
