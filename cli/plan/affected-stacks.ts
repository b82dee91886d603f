import {
  changedStacks,
  diffSynthesized,
  type SynthesizedOutput,
  type SynthesizedStack,
} from "../../analysis/diff";
import { synthesizeAt } from "../stacks/base-synthesis";
import type { Stack } from "../stacks/manifest";
import type { Session } from "../session/session";

/** Stacks as the analysis takes them. */
export function outputOf(stacks: readonly Stack[]): SynthesizedOutput {
  return Object.fromEntries(stacks.map((stack) => [stack.name, stack.configuration as SynthesizedStack]));
}

/**
 * The selected stacks whose synthesized bytes differ from a commit's, and those that depend on them.
 * All of them when no commit is named.
 */
export function affectedStacks(session: Session, revision: string | undefined): readonly Stack[] {
  const { context, environment, synthesis, selected } = session;
  if (revision === undefined) {
    return selected;
  }
  const base = synthesizeAt(context.workspace.projectDirectory, revision).filter(({ name }) =>
    name.startsWith(`${environment.name}-`),
  );
  const affected = new Set(changedStacks(diffSynthesized(outputOf(base), outputOf(synthesis.stacks))));
  // Stacks come after those that they depend on, so one pass finds all that follow.
  for (const { name, dependencies } of synthesis.stacks) {
    if (dependencies.some((dependency) => affected.has(dependency))) {
      affected.add(name);
    }
  }
  return selected.filter(({ name }) => affected.has(name));
}
