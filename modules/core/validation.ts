import { Token } from "cdktf";
import type { IConstruct } from "constructs";

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

/** The user's mistake. Carries every problem of one input; the message lists them, one a line. */
export class ValidationError extends Error {
  public override readonly name = "ValidationError";

  public constructor(public readonly problems: readonly Problem[]) {
    super(problems.map(formatProblem).join("\n"));
  }
}

/** Our mistake: a state that the code takes for impossible. */
export class InternalError extends Error {
  public override readonly name = "InternalError";
}

/** One line: `<where>: '<property>' must <expected>, got <value>; <remedy>`. */
export function formatProblem(problem: Problem): string {
  const got = problem.got === undefined ? "nothing" : JSON.stringify(problem.got);
  return `${problem.where}: '${problem.property}' must ${problem.expected}, got ${got}; ${problem.remedy}`;
}

/** A rule over a construct's props. Rules of one construct stand in a table beside it. */
export interface ValidationRule<Props> {
  /** The property that the rule is about; its value is printed. */
  readonly property: Extract<keyof Props, string>;
  /** Whether the props obey the rule. Not asked while the property is absent or an unresolved token. */
  readonly isValid: (props: Props) => boolean;
  /** The rule, to be read after "must". */
  readonly expected: string | ((props: Props) => string);
  /** What to do, in the imperative. */
  readonly remedy: string | ((props: Props) => string);
  /**
   * The value to print instead of the whole property.
   *
   * @default - the property's value
   */
  readonly got?: (props: Props) => unknown;
}

/**
 * Checks props against all rules.
 *
 * Values unknown at synthesis (tokens) are skipped here, once, so that no rule has to.
 *
 * @throws ValidationError that lists every broken rule.
 */
export function validate<Props extends object>(
  scope: IConstruct,
  rules: readonly ValidationRule<Props>[],
  props: Props,
): void {
  const problems = rules
    .filter((rule) => isKnown(props[rule.property]) && !rule.isValid(props))
    .map((rule) => ({
      where: scope.node.path,
      property: rule.property,
      expected: typeof rule.expected === "string" ? rule.expected : rule.expected(props),
      got: rule.got === undefined ? props[rule.property] : rule.got(props),
      remedy: typeof rule.remedy === "string" ? rule.remedy : rule.remedy(props),
    }));
  if (problems.length > 0) {
    throw new ValidationError(problems);
  }
}

function isKnown(value: unknown): boolean {
  return value !== undefined && !Token.isUnresolved(value);
}
