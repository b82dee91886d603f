import { linkSync, readFileSync, renameSync, rmSync, unlinkSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

import { CommandError } from "./errors";
import { lifeOf, ownIdentity, type ProcessIdentity } from "./process-identity";
import { ensurePrivateDirectory } from "./workspace";

/** Who holds a lock. */
export interface LockHolder extends ProcessIdentity {
  readonly command: string;
  readonly startedAt: string;
}

/**
 * Takes the lock file of an environment, so that two commands do not work on it from this
 * directory at the same time. A lock left by a process that is gone is taken over.
 *
 * (Lock libraries that go by the file's age declare a lock stale while synthesis keeps the
 * process busy; the process id does not lie.)
 *
 * @returns the function that releases it.
 * @throws CommandError that says who holds it.
 */
export function takeLock(file: string, environment: string, holder: LockHolder): () => void {
  ensurePrivateDirectory(dirname(file));
  const content = JSON.stringify(holder);
  if (!create(file, content)) {
    const found = read(file) ?? "";
    const other = holderIn(found);
    const isStale = other === undefined || lifeOf(other) === "dead";
    if (!isStale || !takeOver(file, found) || !create(file, content)) {
      throw heldError(file, environment, other);
    }
  }
  return () => {
    if (read(file) === content) {
      unlinkSync(file);
    }
  };
}

/** The holder's description of this process. */
export function thisProcess(command: string, startedAt: Date): LockHolder {
  return { command, ...ownIdentity(), startedAt: startedAt.toISOString() };
}

/** The file appears with its content: one that is empty would say nothing of who holds it. */
function create(file: string, content: string): boolean {
  const fresh = `${file}.${process.pid}.new`;
  writeFileSync(fresh, content, { mode: 0o600 });
  try {
    linkSync(fresh, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") {
      return false;
    }
    throw error;
  } finally {
    rmSync(fresh, { force: true });
  }
}

/** Who holds a lock; nothing when the file was cut off and so says nobody's name. */
function holderIn(content: string): LockHolder | undefined {
  try {
    const holder = JSON.parse(content) as Partial<LockHolder> | null;
    return typeof holder?.pid === "number" && typeof holder.host === "string"
      ? (holder as LockHolder)
      : undefined;
  } catch {
    return undefined;
  }
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}

/** Moves a stale lock aside; puts it back when another process was quicker and it is stale no more. */
function takeOver(file: string, stale: string): boolean {
  const aside = `${file}.${process.pid}.stale`;
  try {
    renameSync(file, aside);
  } catch {
    return false;
  }
  const wasStale = read(aside) === stale;
  if (!wasStale) {
    linkSync(aside, file);
  }
  unlinkSync(aside);
  return wasStale;
}

function heldError(file: string, environment: string, holder: LockHolder | undefined): CommandError {
  const who =
    holder === undefined
      ? "another command"
      : `\`meridian ${holder.command}\` (process ${holder.pid} on ${holder.host}, since ${holder.startedAt})`;
  return new CommandError(
    `Environment '${environment}' is in use by ${who}.`,
    `Wait for it to end. If that process is no longer Meridian's, delete ${file}.`,
  );
}
