import type { Problem } from "./problems";

/** Notes a problem: the property with its path, the rule to be read after "must", the value, and what to do. */
export type Report = (property: string, expected: string, got: unknown, remedy: string) => void;

/** Notes a problem unless the condition holds. */
export type Check = (
  holds: boolean,
  property: string,
  expected: string,
  got: unknown,
  remedy: string,
) => void;

/** Everything that is wrong with one input, and the ways to add to it. */
export interface ProblemReport {
  /** What was noted so far. */
  readonly problems: readonly Problem[];
  readonly report: Report;
  readonly check: Check;
  /** Takes over what another check has noted. */
  readonly add: (problems: readonly Problem[]) => void;
}

/**
 * The one reporter of rules that are not a table: those that look at what is inside of properties.
 *
 * @param where - the construct's path
 * @param path - the property that the rules look into; theirs are named from there
 */
export function reportOn(where: string, path?: string): ProblemReport {
  const problems: Problem[] = [];
  const report: Report = (name, expected, got, remedy) => {
    problems.push({ where, property: path === undefined ? name : `${path}.${name}`, expected, got, remedy });
  };
  const check: Check = (holds, ...rest) => {
    if (!holds) {
      report(...rest);
    }
  };
  return { problems, report, check, add: (others) => void problems.push(...others) };
}
