import { z } from "zod";

/** What a field asks for, in the words of a problem: carried by the schema to whoever reports it. */
export interface Demand {
  /** The rule, to be read after "must". */
  readonly expected: string;
  /** What to do, in the imperative. */
  readonly remedy: string;
}

/** An object that takes no other keys; frozen once read. */
export const section = <Shape extends z.core.$ZodShape>(shape: Shape) => z.strictObject(shape).readonly();

/** A list; frozen once read. */
export const listOf = <Item extends z.core.SomeType>(item: Item) => z.array(item).readonly();

/** A map; frozen once read. */
export const mapOf = <Key extends z.core.$ZodRecordKey, Value extends z.core.SomeType>(
  key: Key,
  value: Value,
) => z.record(key, value).readonly();

/** Text that matches a pattern. */
export const text = (pattern: RegExp, expected: string, remedy: string) =>
  z.string().refine((value) => pattern.test(value), { params: { expected, remedy } satisfies Demand });

/** A whole number within bounds, both included. */
export const whole = (minimum: number, maximum: number, remedy: string) =>
  z.number().refine((value) => Number.isInteger(value) && value >= minimum && value <= maximum, {
    params: { expected: `be a whole number between ${minimum} and ${maximum}`, remedy } satisfies Demand,
  });
