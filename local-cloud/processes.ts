import { execFile } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Whether a process of that id exists (zombies of other parents count as existing). */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** The command line of a process, or `undefined` when there is no such process. */
export async function commandLine(pid: number): Promise<string | undefined> {
  try {
    const { stdout } = await run("ps", ["-ww", "-o", "command=", "-p", String(pid)]);
    return stdout.trim() === "" ? undefined : stdout.trim();
  } catch {
    return undefined;
  }
}

/** Waits until the process is gone; `false` when it still lives after the time. */
export async function waitUntilGone(pid: number, milliseconds: number): Promise<boolean> {
  const deadline = Date.now() + milliseconds;
  while (isAlive(pid)) {
    if (Date.now() > deadline) {
      return false;
    }
    await sleep(50);
  }
  return true;
}

/** Asks a process to end, insists after `graceMilliseconds`, and returns when it is gone. */
export async function terminate(pid: number, graceMilliseconds = 5_000): Promise<void> {
  signal(pid, "SIGTERM");
  if (!(await waitUntilGone(pid, graceMilliseconds))) {
    signal(pid, "SIGKILL");
    await waitUntilGone(pid, graceMilliseconds);
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It ended by itself in the meantime, which is what was wanted.
  }
}
