import type { ValidationRule } from "../parts";
import type { FargateServiceProps } from "./fargate-service-props";

/** A rule on the props of a service. */
export type Rule = ValidationRule<FargateServiceProps>;

/** Values that occur more than once. */
export function repeated<Value>(values: readonly Value[] = []): Value[] {
  return [...new Set(values.filter((value, index) => values.indexOf(value) !== index))];
}
