import pc from "picocolors";

import type { Stack } from "../stacks/manifest";
import { pause } from "../session/context";
import type { Session } from "../session/session";
import { type ChangeCounts, noChanges, type PlannedChange } from "../terraform/events";
import { TerraformError } from "../terraform/terraform";

/** Seconds before each new attempt: 14 minutes in all. */
const pausesSeconds = [15, 30, 60, 120, 120, 120, 120, 120, 135];

/** How a stack's plan is applied, and what is left is planned. */
export interface Attempts {
  /** What was approved. */
  readonly approved: readonly PlannedChange[];
  /** Applies the plan that lies ready. */
  readonly apply: () => Promise<ChangeCounts>;
  /** Plans what is left to do, in the place of the plan before it. */
  readonly replan: () => Promise<{ readonly changes?: readonly PlannedChange[] }>;
}

/**
 * Applies a plan. Where AWS refuses nothing but to delete what it has not let go of yet, the rest is planned
 * and applied again after a pause, as long as it deletes nothing else than what was approved.
 *
 * @returns what all attempts changed.
 * @throws TerraformError of the last attempt, with what all attempts changed.
 */
export async function applyPatiently(
  session: Session,
  stack: Stack,
  { approved, apply, replan }: Attempts,
): Promise<ChangeCounts> {
  let soFar: ChangeCounts = noChanges;
  for (let attempts = 1; ; attempts += 1) {
    try {
      return sum(soFar, await apply());
    } catch (error) {
      if (!(error instanceof TerraformError)) {
        throw error;
      }
      soFar = sum(soFar, error.counts ?? noChanges);
      if (!error.isPassing) {
        throw told(error, soFar);
      }
      await pauseAfter(session, stack, told(error, soFar), attempts);
      const { changes = [] } = await replan().catch((failure: unknown) => {
        throw failure instanceof TerraformError ? told(failure, soFar) : failure;
      });
      if (changes.length === 0) {
        return soFar;
      }
      if (!changes.every((change) => isApprovedEnd(change, approved))) {
        throw told(error, soFar, "The remaining changes go beyond the deletions that were approved.");
      }
    }
  }
}

/**
 * Waits before the next attempt.
 *
 * @throws TerraformError when there is none: after the last, or when the user wants to stop.
 */
async function pauseAfter(
  { context, progress }: Session,
  stack: Stack,
  error: TerraformError,
  attempts: number,
): Promise<void> {
  const seconds = pausesSeconds[attempts - 1];
  if (seconds === undefined) {
    throw told(error, error.counts, `It was tried ${attempts} times in ${minutesOf(pausesSeconds)} minutes.`);
  }
  const [why = ""] = error.message.split("\n");
  progress.note(pc.yellow(`${stack.name}: ${why} Trying again in ${seconds} s.`));
  await pause(context, seconds);
  if (context.interrupts.requested) {
    throw error;
  }
}

/** Deletes, or lets go of, what was to be; what is left of a replacement is to delete what was replaced. */
function isApprovedEnd({ address, action }: PlannedChange, approved: readonly PlannedChange[]): boolean {
  const wanted: Partial<Record<PlannedChange["action"], readonly PlannedChange["action"][]>> = {
    delete: ["delete", "replace"],
    forget: ["forget"],
    remove: ["remove"],
  };
  return approved.some((each) => each.address === address && wanted[action]?.includes(each.action));
}

function told(error: TerraformError, counts: ChangeCounts | undefined, sentence = ""): TerraformError {
  const { message, remedy, log, kind, resources, signal, isPassing } = error;
  const said = sentence === "" ? message : `${message}\n${sentence}`;
  return new TerraformError(said, remedy, log, kind, resources, counts, signal, isPassing);
}

function minutesOf(seconds: readonly number[]): number {
  return Math.round(seconds.reduce((left, right) => left + right, 0) / 60);
}

function sum(left: ChangeCounts, right: ChangeCounts): ChangeCounts {
  return {
    add: left.add + right.add,
    change: left.change + right.change,
    remove: left.remove + right.remove,
    import: left.import + right.import,
  };
}
