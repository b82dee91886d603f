import type { ValidationRule } from "../parts";
import type { DistributionProps } from "./distribution-props";

/** A rule on the props of a distribution. */
export type Rule = ValidationRule<DistributionProps>;

const originName = /^[a-z0-9]+(-[a-z0-9]+)*$/;

/** Keys that are not lower-case letters, digits and single hyphens. */
export function wrongNames(named: Readonly<Record<string, unknown>>): string[] {
  return Object.keys(named).filter((name) => !originName.test(name));
}

/** Keys whose values are bad. */
export function namesWith<Value>(
  named: Readonly<Record<string, Value>>,
  isBad: (value: Value) => boolean,
): string[] {
  return Object.entries(named).flatMap(([name, value]) => (isBad(value) ? [name] : []));
}

/** Values that occur more than once. */
export function repeated<Value>(values: readonly Value[]): Value[] {
  return [...new Set(values.filter((value, index) => values.indexOf(value) !== index))];
}
