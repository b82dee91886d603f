import { ServiceError } from "../answer";

/** A JSON object of unknown shape. */
export type JsonObject = Record<string, unknown>;

/** A scalar as text; `absent` for everything else. */
export function scalar(value: unknown, absent = ""): string {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean"
    ? String(value)
    : absent;
}

/** The given fields, which must be there. */
export function required<Name extends string>(
  input: JsonObject,
  code: string,
  ...names: Name[]
): Record<Name, string> {
  const missing = names.filter((name) => input[name] === undefined || input[name] === "");
  if (missing.length > 0) {
    throw new ServiceError(code, `missing required field: ${missing.join(", ")}`);
  }
  return Object.fromEntries(names.map((name) => [name, input[name]])) as Record<Name, string>;
}

/** The given fields of an object, as far as they are there. */
export function pick(input: JsonObject, ...names: string[]): JsonObject {
  return Object.fromEntries(
    names.filter((name) => input[name] !== undefined).map((name) => [name, input[name]]),
  );
}

/** A child object, empty when absent. */
export function objectAt(input: JsonObject, name: string): JsonObject {
  const value = input[name];
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}

/** A list of objects, empty when absent. */
export function listAt(input: JsonObject, name: string): JsonObject[] {
  const value = input[name];
  return Array.isArray(value) ? (value as JsonObject[]) : [];
}

/** A list of strings, empty when absent. */
export function textsAt(input: JsonObject, name: string): string[] {
  const value = input[name];
  return Array.isArray(value) ? value.map(String) : [];
}

/** A string, or `undefined` when absent. */
export function textAt(input: JsonObject, name: string): string | undefined {
  const value = input[name];
  return typeof value === "string" ? value : undefined;
}

/** An object without the given fields. */
export function omit(input: JsonObject, ...names: string[]): JsonObject {
  return Object.fromEntries(Object.entries(input).filter(([name]) => !names.includes(name)));
}

/** A body in JSON; an empty one is an empty object. */
export function parseJson(body: Buffer): JsonObject {
  if (body.length === 0) {
    return {};
  }
  try {
    return JSON.parse(body.toString("utf8")) as JsonObject;
  } catch {
    throw new ServiceError("SerializationException", "the request's body is not JSON");
  }
}
