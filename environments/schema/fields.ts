import { z } from "zod";

import { type Form, matching, wholeNumber } from "../../core/forms";

/** What a field asks for, in the words of a problem: carried by the schema to whoever reports it. */
export type Demand = Pick<Form, "expected" | "remedy">;

/** An object that takes no other keys; frozen once read. */
export const section = <Shape extends z.core.$ZodShape>(shape: Shape) => z.strictObject(shape).readonly();

/** A list; frozen once read. */
export const listOf = <Item extends z.core.SomeType>(item: Item) => z.array(item).readonly();

/** A map; frozen once read. */
export const mapOf = <Key extends z.core.$ZodRecordKey, Value extends z.core.SomeType>(
  key: Key,
  value: Value,
) => z.record(key, value).readonly();

/** Text of a form that modules check, too. */
export const textOf = ({ accepts, expected, remedy }: Form) =>
  z.string().refine(accepts, { params: { expected, remedy } satisfies Demand });

/** A number of a form that modules check, too. */
export const numberOf = ({ accepts, expected, remedy }: Form<number>) =>
  z.number().refine(accepts, { params: { expected, remedy } satisfies Demand });

/** Text that matches a pattern which only the schema knows. */
export const text = (pattern: RegExp, expected: string, remedy: string) =>
  textOf(matching(pattern, expected, remedy));

/** A whole number within bounds which only the schema knows, both included. */
export const whole = (minimum: number, maximum: number, remedy: string) =>
  numberOf(wholeNumber(minimum, maximum, remedy));

/** Keys that a section had once, with what to write instead of their value. */
export const formerKeys = z.registry<Readonly<Record<string, (value: unknown) => Demand>>>();
