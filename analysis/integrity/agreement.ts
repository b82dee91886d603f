import type { Action, ResourceChange } from "../change";

/** A change that a reader was told of before it could be planned. */
export type ExpectedChange = Pick<ResourceChange, "address" | "action">;

/** What each expectation covers besides itself: what the provider may make of it without doing more harm. */
const covered: Readonly<Partial<Record<Action, readonly Action[]>>> = {
  update: ["move", "import"],
  destroy: ["forget"],
  replace: ["update", "move", "import"],
};

/**
 * What a plan does beyond what was expected of it, one sentence a change; empty when the plan keeps to it.
 *
 * A stack that waits for another cannot be planned when it is reviewed. What was reviewed is its change in
 * the code, and the plan made later must stay within that: no other resource, and nothing worse.
 */
export function beyondExpected(
  expected: readonly ExpectedChange[],
  changes: readonly ResourceChange[],
): string[] {
  const actions = new Map(expected.map(({ address, action }) => [address, action]));
  return changes
    .filter(({ action }) => action !== "no-op")
    .flatMap(({ address, action }) => {
      const reviewed = actions.get(withoutKey(address));
      if (reviewed === undefined) {
        return [`${action} of ${address}, which the review did not show`];
      }
      return reviewed === action || covered[reviewed]?.includes(action) === true
        ? []
        : [`${action} of ${address}, where the review showed ${reviewed}`];
    });
}

/** The address in the code of an instance (`aws_eip.Nat["a"]`). */
function withoutKey(address: string): string {
  return address.replace(/\[[^\]]*\]$/, "");
}
