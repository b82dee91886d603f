import { Token } from "cdktf";
import type { IConstruct } from "constructs";
import { ValidationError } from "../../core";
import type { Form } from "../../core/forms";

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

/** The properties that hold one kind of value. */
type PropertyOf<Props, Value> = Extract<
  { [Key in keyof Props]-?: NonNullable<Props[Key]> extends Value ? Key : never }[keyof Props],
  string
>;

/** The rule that a property has a form, in the form's own words. */
export function hasForm<Props extends object, Value>(
  property: PropertyOf<Props, Value>,
  { accepts, expected, remedy }: Form<Value>,
): ValidationRule<Props> {
  return { property, isValid: (props) => accepts(props[property] as Value), expected, remedy };
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
