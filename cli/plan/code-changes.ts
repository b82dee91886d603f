import { diffSynthesized, type StackDiff, type SynthesizedStack } from "../../analysis/diff";
import { readAppliedRecord } from "../state/applied-record";
import type { Stack } from "../stacks/manifest";
import type { Session } from "../session/session";
import { managedCountOf } from "../stacks/state-file";
import type { StateHome } from "../state/state-home";

/**
 * What the code changes in a stack since it was last applied, or nothing when that is not known: all that
 * can be reviewed of a stack that waits for another.
 */
export async function codeChangesOf(
  session: Session,
  home: StateHome,
  stack: Stack,
): Promise<StackDiff | undefined> {
  const isStanding = managedCountOf(await home.stateOf(stack)) > 0;
  const record =
    isStanding && stack.backend !== undefined ? await readAppliedRecord(session, stack.backend) : undefined;
  if (isStanding && record === undefined) {
    return undefined;
  }
  const before = record === undefined ? {} : { [stack.name]: record.configuration as SynthesizedStack };
  const after = { [stack.name]: stack.configuration as SynthesizedStack };
  return diffSynthesized(before, after).stacks[0];
}
