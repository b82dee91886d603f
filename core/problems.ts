/** One thing that is wrong with an input, in the words of the person who wrote it. */
export interface Problem {
  /** Where: a construct path (`prod-eu-west-1/Network`) or an environment (`environments/prod`). */
  readonly where: string;
  /** The property as the user wrote it, with its path (`regions.eu-west-1.cidr`). */
  readonly property: string;
  /** The rule, to be read after "must" (`be between 0 and 100`). */
  readonly expected: string;
  /** The value that was given. */
  readonly got: unknown;
  /** What to do about it, in the imperative. */
  readonly remedy: string;
}

/**
 * The user's mistake. Carries every problem of one input; the message lists them, one a line.
 *
 * @param problems - what is wrong with values of ours
 * @param findings - what is wrong with files of another's form, such as ParallelCluster's, a line each as their
 *   checker words it
 */
export class ValidationError extends Error {
  public override readonly name = "ValidationError";

  public constructor(
    public readonly problems: readonly Problem[],
    findings: readonly string[] = [],
  ) {
    super([...problems.map(formatProblem), ...findings].join("\n"));
  }
}

/** Our mistake: a state that the code takes for impossible. */
export class InternalError extends Error {
  public override readonly name = "InternalError";
}

/**
 * A value that cannot be missing here.
 *
 * @param what - what is missing and why it cannot be, for whoever reads the report of the bug.
 * @throws InternalError when it is missing all the same.
 */
export function known<Value>(value: Value | undefined, what: string): Value {
  if (value === undefined) {
    throw new InternalError(what);
  }
  return value;
}

/** One line: `<where>: '<property>' must <expected>, got <value>; <remedy>`. */
export function formatProblem(problem: Problem): string {
  const got = problem.got === undefined ? "nothing" : JSON.stringify(problem.got);
  return `${problem.where}: '${problem.property}' must ${problem.expected}, got ${got}; ${problem.remedy}`;
}
