import { type Billed, billedKinds } from "../change";
import type { PlanReport } from "./report";

/** What begins, ends or changes its size of one kind that AWS bills for standing. */
export interface BilledChange {
  readonly kind: string;
  readonly pricing: string;
  readonly counts: Readonly<Record<Billed["effect"], number>>;
  /** Names of the stacks. */
  readonly stacks: readonly string[];
}

/** Over all stacks of a report, in the order of {@link billedKinds}. */
export function billedChanges({ stacks }: Pick<PlanReport, "stacks">): BilledChange[] {
  const all = stacks.flatMap(({ name, changes }) =>
    changes.flatMap(({ billed = [] }) => billed.map((each) => ({ ...each, name }))),
  );
  return billedKinds.flatMap(({ name: kind, pricing }) => {
    const found = all.filter((each) => each.kind === kind);
    const count = (effect: Billed["effect"]): number => found.filter((each) => each.effect === effect).length;
    return found.length === 0
      ? []
      : [
          {
            kind,
            pricing,
            counts: { added: count("added"), removed: count("removed"), resized: count("resized") },
            stacks: [...new Set(found.map(({ name }) => name))],
          },
        ];
  });
}

/** The counts as a sentence without its full stop. */
export function billedText({ kind, counts }: BilledChange): string {
  const parts = (["added", "removed", "resized"] as const)
    .filter((effect) => counts[effect] > 0)
    .map((effect) => `${counts[effect]} ${effect}`);
  return `${kind}: ${parts.join(", ")}`;
}
