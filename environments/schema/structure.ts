import { z } from "zod";

import type { Problem } from "../../core";
import { hidden, isSecretKey } from "./checks";
import { formerKeys, type Demand } from "./fields";
import { isLikelyMisspelling, nearestName } from "./nearest-name";

type Schema = z.core.SomeType;
type Issue = z.core.$ZodIssue;

/** A problem, and what it is about, before it is put in words for a file. */
interface Fault extends Omit<Problem, "where" | "property"> {
  readonly path: readonly PropertyKey[];
  /** The nearest key of a misspelt one. */
  readonly meant?: string;
  readonly isMissing?: boolean;
}

const kinds: Readonly<Record<string, string>> = {
  string: "text",
  number: "a number",
  boolean: "true or false",
  array: "a list",
  object: "an object",
  record: "an object",
};

/** What is malformed in one file, in our words instead of the schema library's. */
export function structuralProblems(
  file: string,
  schema: Schema,
  input: unknown,
  issues: readonly Issue[],
): Problem[] {
  return faultsOf(schema, input, issues).map(({ path, expected, got, remedy }) => ({
    where: file,
    property: path.length === 0 ? "default" : path.map(String).join("."),
    expected,
    got: mayBeSecret(path) && got !== undefined && got !== path.at(-1) ? hidden : got,
    remedy,
  }));
}

function faultsOf(schema: Schema, input: unknown, issues: readonly Issue[]): Fault[] {
  const faults = issues.flatMap((issue) => describe(schema, input, issue));
  const misspelt = new Set(
    faults.flatMap(({ path, meant }) => (meant === undefined ? [] : [pathKey(path, meant)])),
  );
  return faults.filter(
    ({ path, isMissing }) => isMissing !== true || !misspelt.has(pathKey(path, path.at(-1))),
  );
}

/** A misspelt key and the missing one that was meant are one mistake: both have this key. */
function pathKey(path: readonly PropertyKey[], last: PropertyKey | undefined): string {
  return JSON.stringify([...path.slice(0, -1), last]);
}

function describe(schema: Schema, input: unknown, issue: Issue): Fault[] {
  const { path } = issue;
  const got = valueAt(input, path);
  switch (issue.code) {
    case "unrecognized_keys":
      return issue.keys.map((key) => unknownKey(path, key, schemaAt(schema, path), valueAt(got, [key])));
    case "invalid_union":
      return unionFaults(schemaAt(schema, path), path, got, issue.errors);
    case "invalid_key":
      return issue.issues.map((inner) => ({ path, got: String(path.at(-1)), ...demandOf(inner) }));
    default:
      return got === undefined
        ? [{ path, expected: "be given", got, remedy: `add it${asKind(issue)}`, isMissing: true }]
        : [{ path, got, ...demandOf(issue, got) }];
  }
}

function unknownKey(path: readonly PropertyKey[], key: string, schema: Schema, value: unknown): Fault {
  const former = schema instanceof z.ZodObject ? (formerKeys.get(schema) ?? {}) : {};
  const replacement = Object.hasOwn(former, key) ? former[key] : undefined;
  if (replacement !== undefined) {
    return { path: [...path, key], got: value, ...replacement(value) };
  }
  const known = keysOf(schema);
  const nearest = nearestName(key, known);
  const isMisspelling = isLikelyMisspelling(key, nearest);
  return {
    path: [...path, key],
    // A misspelt key needs the one that was meant, not all others.
    expected: isMisspelling ? "be a known key" : `be one of ${known.join(", ")}`,
    got: key,
    remedy: isMisspelling ? `write '${nearest}'` : `remove it; the nearest known key is '${nearest}'`,
    ...(isMisspelling && { meant: nearest }),
  };
}

/**
 * Of the forms that a value may have, one of its own kind is taken as meant, such as an object, and of
 * those the one that needs the fewest corrections.
 */
function unionFaults(
  schema: Schema,
  path: readonly PropertyKey[],
  got: unknown,
  alternatives: readonly (readonly Issue[])[],
): Fault[] {
  const options = schema instanceof z.ZodUnion ? schema.options : [];
  const [fewest = []] = options
    .map((option, index) => faultsOf(option, got, alternatives[index] ?? []))
    .sort(
      (left, right) =>
        Number(isOfAnotherKind(left)) - Number(isOfAnotherKind(right)) || left.length - right.length,
    );
  return fewest.map((fault) => ({ ...fault, path: [...path, ...fault.path] }));
}

function isOfAnotherKind(faults: readonly Fault[]): boolean {
  return faults.some(({ path }) => path.length === 0);
}

function demandOf(issue: Issue, got?: unknown): Demand {
  switch (issue.code) {
    case "custom":
      return issue.params as Demand & Record<string, unknown>;
    case "invalid_value": {
      const choices = issue.values.map((value) => JSON.stringify(value)).join(", ");
      const names = issue.values.filter((value) => typeof value === "string");
      return issue.values.length === 1
        ? { expected: `be ${choices}`, remedy: `write ${choices}, or remove it` }
        : {
            expected: `be one of ${choices}`,
            remedy:
              typeof got === "string" && names.length > 0
                ? `write '${nearestName(got, names)}', the nearest one`
                : "choose one of them",
          };
    }
    case "invalid_type": {
      const kind = kinds[issue.expected] ?? issue.expected;
      return { expected: `be ${kind}`, remedy: `write ${kind}` };
    }
    default:
      return { expected: issue.message, remedy: "correct it" };
  }
}

function asKind(issue: Issue): string {
  const kind = issue.code === "invalid_type" ? kinds[issue.expected] : undefined;
  return kind === undefined ? "" : ` as ${kind}`;
}

/** The schema of a place in the data. The place has an issue, so it is one that the schema describes. */
function schemaAt(schema: Schema, path: readonly PropertyKey[]): Schema {
  const bare = unwrap(schema);
  const [key, ...rest] = path;
  if (key === undefined) {
    return bare;
  }
  return schemaAt(childOf(bare, key), rest);
}

function childOf(schema: Schema, key: PropertyKey): Schema {
  if (schema instanceof z.ZodObject) {
    return (schema.shape as Record<PropertyKey, Schema>)[key] ?? z.unknown();
  }
  if (schema instanceof z.ZodArray) {
    return schema.element;
  }
  return schema instanceof z.ZodRecord ? schema.valueType : z.unknown();
}

function unwrap(schema: Schema): Schema {
  return schema instanceof z.ZodReadonly ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault ||
    schema instanceof z.ZodOptional
    ? unwrap(schema.unwrap())
    : schema;
}

function keysOf(schema: Schema): string[] {
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === "object" && value !== null ? (value as Record<PropertyKey, unknown>)[key] : undefined,
    input,
  );
}

/** A problem with a key prints the key, which is no secret; one with its value does not print that. */
function mayBeSecret(path: readonly PropertyKey[]): boolean {
  const section = path.at(-2);
  return section === "secrets" || (section === "environment" && isSecretKey(String(path.at(-1))));
}
