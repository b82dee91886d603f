import pc from "picocolors";

import { recordApplied } from "../state/applied-record";
import { CommandError } from "../base/errors";
import type { Stack } from "../stacks/manifest";
import { forEachStack, type Session } from "../session/session";
import { stateLockOf } from "../state/state-lock";
import type { StateHome } from "../state/state-home";
import { type Begun, forgetBegun, isNothing, readBegun } from "../state/begun";
import { type Missing, missingIn } from "../terraform/journal";
import { lifeOf } from "../base/process-identity";

/** An apply that was begun and whose end nobody saw, with what its state lacks. */
export interface Unfinished {
  readonly stack: Stack;
  readonly begun: Begun;
  readonly missing: Missing;
}

/**
 * Refuses to change stacks on which an apply was begun and never ended: what it made and could not save would
 * be made a second time. Where the state has all of it, the apply is taken for ended.
 *
 * @throws CommandError that lists what was begun.
 */
export async function refuseUnfinished(
  session: Session,
  home: StateHome,
  stacks: readonly Stack[],
): Promise<void> {
  const found = await forEachStack(session, stacks, (stack) => unfinishedOf(session, home, stack));
  const unfinished = found.filter((each) => each !== undefined);
  if (unfinished.length > 0) {
    const lines = unfinished.map((each) => `  - ${inWords(each)}`);
    throw new CommandError(
      `An apply was started and its end was never recorded. Nothing was changed.\n${lines.join("\n")}`,
      `If that run is still running somewhere, wait for it. If it is dead, run \`meridian recover ${session.environment.name}\`, which imports what it created into the state.`,
    );
  }
}

/** An apply whose end nobody saw; nothing once the state has all that it made, which is then written down. */
export async function unfinishedOf(
  session: Session,
  home: StateHome,
  stack: Stack,
): Promise<Unfinished | undefined> {
  const begun = await readBegun(session, home, stack);
  if (begun === undefined) {
    return undefined;
  }
  const missing = missingIn(await home.stateOf(stack), begun);
  // While the state is locked, what it lacks may still come.
  const isOpen = lifeOf(begun.runner) === "alive" || (await stateLockOf(session, stack)) !== undefined;
  if (isOpen || !isNothing(missing) || !isKnown(begun)) {
    return { stack, begun, missing };
  }
  if (begun.isComplete) {
    await home.settle(stack);
    await recordApplied(session, home, stack, begun.mode, begun.plans);
  }
  await forgetBegun(session, home, stack);
  session.progress.note(
    pc.dim(`${stack.name}: the ${begun.mode} that was cut off at ${begun.startedAt} has lost nothing.`),
  );
  return undefined;
}

/** Whether the journal is as its machine has it: what others have of it may be some seconds old. */
function isKnown({ mode, runner, isComplete }: Begun): boolean {
  return mode === "destroy" || isComplete || lifeOf(runner) !== "unknown";
}

function inWords({ stack, begun, missing }: Unfinished): string {
  const { startedAt, runner, mode } = begun;
  const lost = [
    ...missing.made.map(({ address }) => address),
    ...missing.open.map((address) => `${address} (was being made)`),
  ];
  const what = lost.length === 0 ? "" : `; its state lacks ${lost.slice(0, shown).join(", ")}`;
  const more = lost.length > shown ? ` and ${lost.length - shown} more` : "";
  return `${stack.name}: ${mode} since ${startedAt} on ${runner.host}${what}${more}`;
}

const shown = 5;
