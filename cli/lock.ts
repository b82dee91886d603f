import { linkSync, readFileSync, renameSync, unlinkSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { dirname } from "node:path";

import { CommandError } from "./errors";
import { ensurePrivateDirectory } from "./workspace";

/** Who holds a lock. */
export interface LockHolder {
  readonly command: string;
  readonly pid: number;
  readonly host: string;
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
    const found = read(file);
    const other = found === undefined ? undefined : (JSON.parse(found) as LockHolder);
    const isTaken =
      other === undefined || !isGone(other) || !takeOver(file, found ?? "") || !create(file, content);
    if (isTaken) {
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
  return { command, pid: process.pid, host: hostname(), startedAt: startedAt.toISOString() };
}

function create(file: string, content: string): boolean {
  try {
    writeFileSync(file, content, { flag: "wx", mode: 0o600 });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") {
      return false;
    }
    throw error;
  }
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}

function isGone(holder: LockHolder): boolean {
  if (holder.host !== hostname()) {
    return false;
  }
  try {
    process.kill(holder.pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ESRCH";
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
    `Wait for it to end. If that process is not Meridian's any more, delete ${file}.`,
  );
}
