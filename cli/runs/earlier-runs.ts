import pc from "picocolors";

import type { Context } from "../session/context";
import { messageOf } from "../base/errors";
import type { Stack } from "../stacks/manifest";
import type { Progress } from "../terminal/progress";
import type { Session } from "../session/session";
import { isDeadLock, releaseLock, stateLockOf } from "../state/state-lock";
import { EventCollector } from "../terraform/events";
import { FollowedFile } from "../terraform/followed-file";
import { journalIn } from "../terraform/journal";
import { endGroupOf, lifeOf } from "../base/process-identity";
import { type RunningTerraform, RunningTerraforms } from "../terraform/running";

const lookEveryMilliseconds = 200;

/**
 * Waits for every Terraform that a run which was killed has left at work on an environment, and shows what it
 * does. Its providers end with it.
 */
export async function awaitEarlierRuns(
  context: Context,
  environment: string,
  progress: Progress,
): Promise<void> {
  const running = new RunningTerraforms(context.workspace).ofEnvironment(environment);
  await Promise.all(running.map((each) => awaitEnd(context, each, progress)));
}

async function awaitEnd(context: Context, running: RunningTerraform, progress: Progress): Promise<void> {
  const { stack, operation, pid, output, offset } = running;
  if (lifeOf(running) === "alive") {
    const events = new EventCollector();
    const file = new FollowedFile(output, offset, (line) => {
      const event = events.add(line);
      if (event !== undefined) {
        progress.event(stack, event, events);
      }
    });
    const untrack = context.interrupts.track({
      kill: (signal) => {
        process.kill(pid, signal);
      },
    });
    progress.start(stack, `waiting for the ${operation} of an earlier run (process ${pid})`);
    while (lifeOf(running) === "alive") {
      read(file);
      await context.sleep(lookEveryMilliseconds);
    }
    read(file);
    untrack();
    progress.finish(stack, `the ${operation} of an earlier run has ended`);
  }
  if (lifeOf(running) === "dead") {
    endGroupOf(running);
  }
}

/**
 * Releases the locks of Terraforms that are certainly dead, and forgets these. What cannot be told stays as it
 * is: Terraform says then who holds the lock.
 */
export async function releaseDeadLocks(session: Session, stacks: readonly Stack[]): Promise<void> {
  const { context, progress, lock: mayLock } = session;
  const known = new RunningTerraforms(context.workspace);
  for (const stack of stacks) {
    const running = known.of(stack.name);
    if (running === undefined || lifeOf(running) !== "dead" || !mayLock) {
      continue;
    }
    try {
      await releaseDeadLock(session, stack, running);
      known.forget(stack.name);
    } catch (error) {
      progress.note(pc.yellow(`The lock of ${stack.name} was not looked at: ${messageOf(error)}`));
    }
  }
}

async function releaseDeadLock(session: Session, stack: Stack, running: RunningTerraform): Promise<void> {
  const lock = await stateLockOf(session, stack);
  const spokeAt = journalIn(running.output, running.offset)?.spokeAt;
  if (
    lock === undefined ||
    !isDeadLock(lock, running, spokeAt === undefined ? undefined : new Date(spokeAt))
  ) {
    return;
  }
  if (await releaseLock(session, lock)) {
    session.progress.note(
      pc.yellow(
        `Released the lock of ${stack.name}: the ${running.operation} that held it (process ${running.pid}, since ${running.startedAt}) is dead.`,
      ),
    );
  }
}

/** A log that cannot be read hides what happens, and is no reason not to wait for it. */
function read(file: FollowedFile): void {
  try {
    file.read();
  } catch {
    // Shown again once it can be read.
  }
}
