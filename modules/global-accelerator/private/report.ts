import type { Problem } from "../../../core";

/** Notes a problem unless the condition holds. */
export type Check = (
  holds: boolean,
  property: string,
  expected: string,
  got: unknown,
  remedy: string,
) => void;

/** A list of problems of one construct and the way to add to it. */
export function problemsOf(where: string): { readonly problems: readonly Problem[]; readonly check: Check } {
  const problems: Problem[] = [];
  const check: Check = (holds, property, expected, got, remedy) => {
    if (!holds) {
      problems.push({ where, property, expected, got, remedy });
    }
  };
  return { problems, check };
}
