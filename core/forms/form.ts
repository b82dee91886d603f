/**
 * What one kind of value must be: one statement of it for the schema of environments and for the rules of
 * modules. Pure, and silent about where the value stands.
 */
export interface Form<Value = string> {
  /** Whether a value is of this kind. */
  readonly accepts: (value: Value) => boolean;
  /** The rule, to be read after "must". */
  readonly expected: string;
  /** What to do, in the imperative. */
  readonly remedy: string;
}

/** Text that matches a pattern. */
export function matching(pattern: RegExp, expected: string, remedy: string): Form {
  return { accepts: (value) => pattern.test(value), expected, remedy };
}

/** A whole number within bounds, both included. */
export function wholeNumber(minimum: number, maximum: number, remedy: string): Form<number> {
  return {
    accepts: (value) => isWholeWithin(value, minimum, maximum),
    expected: `be a whole number between ${minimum} and ${maximum}`,
    remedy,
  };
}

/** The same form with the remedy in the words of one field: where its value is found, or what it is for. */
export function inWords<Value>(form: Form<Value>, remedy: string): Form<Value> {
  return { ...form, remedy };
}

/** Whether a number is whole and within bounds, both included. */
export function isWholeWithin(value: number, minimum: number, maximum: number): boolean {
  return Number.isInteger(value) && value >= minimum && value <= maximum;
}
