/** A statement of a policy, as far as a local cloud decides by it. */
export interface Statement {
  readonly Sid?: string;
  readonly Effect: "Allow" | "Deny";
  readonly Action?: string | readonly string[];
  readonly NotAction?: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly NotResource?: string | readonly string[];
  readonly Principal?: string | Readonly<Record<string, string | readonly string[]>>;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

/** A policy. */
export interface Policy {
  readonly Statement: Statement | readonly Statement[];
}

/** What is asked of a policy. */
export interface Question {
  /** Such as `s3:GetObject`. */
  readonly action: string;
  /** ARN of what the action works on, or `*`. */
  readonly resource: string;
  /**
   * Values of condition keys, by lower-case name.
   * @default - none is known
   */
  readonly context?: Readonly<Record<string, string | readonly string[]>>;
  /**
   * Who asks, as trust policies name it: the kind of principal and its value.
   * @default - the policy belongs to whoever asks
   */
  readonly principal?: { readonly kind: string; readonly values: readonly string[] };
}

/** What the policies of a caller say together. A denial wins over everything. */
export type Decision = "allowed" | "denied" | "not allowed";

/**
 * Decides as IAM does for identity-based and trust policies.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 * @throws Error for a condition operator that is not modelled: no answer is better than a wrong one.
 */
export function decide(policies: readonly Policy[], question: Question): Decision {
  const effects = new Set(
    policies
      .flatMap(({ Statement: statements }) => listOf(statements))
      .filter((statement) => applies(statement, question))
      .map(({ Effect }) => Effect),
  );
  if (effects.has("Deny")) {
    return "denied";
  }
  return effects.has("Allow") ? "allowed" : "not allowed";
}

function applies(statement: Statement, { action, resource, context = {}, principal }: Question): boolean {
  const { Action, NotAction, Resource, NotResource, Principal, Condition = {} } = statement;
  return (
    (Action === undefined ? !matches(NotAction, action, "i") : matches(Action, action, "i")) &&
    // A trust policy has no resource: it is the role's own.
    (principal !== undefined ||
      (Resource === undefined ? !matches(NotResource, resource) : matches(Resource, resource))) &&
    (principal === undefined || isNamed(Principal, principal)) &&
    Object.entries(Condition).every(([operator, keys]) =>
      Object.entries(keys).every(([key, wanted]) =>
        holds(operator, context[key.toLowerCase()], listOf(wanted)),
      ),
    )
  );
}

function isNamed(
  named: Statement["Principal"],
  { kind, values }: NonNullable<Question["principal"]>,
): boolean {
  if (named === undefined || typeof named === "string") {
    return named === "*";
  }
  return listOf(named[kind] ?? []).some((each) => each === "*" || values.includes(each));
}

const operators: Readonly<Record<string, (got: string, wanted: string) => boolean>> = {
  StringEquals: (got, wanted) => got === wanted,
  StringEqualsIgnoreCase: (got, wanted) => got.toLowerCase() === wanted.toLowerCase(),
  StringLike: (got, wanted) => patternOf(wanted, "").test(got),
  ArnEquals: (got, wanted) => patternOf(wanted, "").test(got),
  ArnLike: (got, wanted) => patternOf(wanted, "").test(got),
  Bool: (got, wanted) => got.toLowerCase() === wanted.toLowerCase(),
};

function holds(
  operator: string,
  value: string | readonly string[] | undefined,
  wanted: readonly string[],
): boolean {
  const [, quantifier = "", negation = "", name = "", ifExists] =
    /^(ForAnyValue:|ForAllValues:)?(?:(String|Arn)Not)?(\w+?)(IfExists)?$/.exec(operator) ?? [];
  const test = operators[`${negation}${name}`];
  if (test === undefined) {
    throw new Error(`the condition operator ${operator} is not modelled by the local cloud`);
  }
  const got = value === undefined ? [] : listOf(value);
  if (got.length === 0) {
    return ifExists !== undefined || negation !== "" || quantifier === "ForAllValues:";
  }
  const agrees = (each: string): boolean => wanted.some((one) => test(each, one)) === (negation === "");
  return quantifier === "ForAllValues:" ? got.every(agrees) : got.some(agrees);
}

function matches(patterns: string | readonly string[] | undefined, text: string, flags = ""): boolean {
  return patterns !== undefined && patternOf(patterns, flags).test(text);
}

const compiled = new WeakMap<readonly string[], RegExp>();

/**
 * One expression for all patterns: ReadOnlyAccess has thousands. `*` stands for any text, `?` for any
 * character; all else for itself.
 */
function patternOf(patterns: string | readonly string[], flags: string): RegExp {
  if (typeof patterns === "string") {
    return expressionOf([patterns], flags);
  }
  const known = compiled.get(patterns) ?? expressionOf(patterns, flags);
  compiled.set(patterns, known);
  return known;
}

function expressionOf(patterns: readonly string[], flags: string): RegExp {
  const sources = patterns.map((pattern) =>
    pattern
      .replace(/[.+^${}()|[\]\\]/g, "\\$&")
      .replaceAll("*", ".*")
      .replaceAll("?", "."),
  );
  return new RegExp(`^(?:${sources.join("|")})$`, `s${flags}`);
}

function listOf<T>(value: T | readonly T[]): readonly T[] {
  return Array.isArray(value) ? (value as readonly T[]) : [value as T];
}
