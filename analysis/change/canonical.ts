import { createHash } from "node:crypto";

/** Anything that JSON can hold, as an object with unknown members. */
export type JsonObject = Record<string, unknown>;

/** Whether a value is an object with members, neither a list nor null. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The members of a list; what is none, as a list of its own. */
export function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : value === undefined || value === null ? [] : [value];
}

/**
 * JSON with the keys of every object in one order, so that equal values give equal text.
 *
 * Lists keep their order. What JSON cannot hold (undefined) is left out, as `JSON.stringify` does.
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) {
    return `[${value.map(canonicalJson).join(",")}]`;
  }
  if (isObject(value)) {
    let members = "";
    for (const key of Object.keys(value).sort()) {
      if (value[key] !== undefined) {
        members += `${members === "" ? "" : ","}${JSON.stringify(key)}:${canonicalJson(value[key])}`;
      }
    }
    return `{${members}}`;
  }
  return JSON.stringify(value ?? null);
}

/** `sha256:` and the hexadecimal digest of the canonical JSON of a value. */
export function digestOf(value: unknown): string {
  return `sha256:${createHash("sha256").update(canonicalJson(value)).digest("hex")}`;
}

/** Whether two values are the same JSON, whatever the order of their keys. */
export function sameJson(left: unknown, right: unknown): boolean {
  if (typeof left !== "object" || typeof right !== "object") {
    return left === right;
  }
  return left === right || isSame(left, right);
}

function isSame(left: unknown, right: unknown): boolean {
  if (left === null || right === null || typeof left !== "object" || typeof right !== "object") {
    return left === right || canonicalJson(left) === canonicalJson(right);
  }
  if (Array.isArray(left) || Array.isArray(right)) {
    return (
      Array.isArray(left) &&
      Array.isArray(right) &&
      left.length === right.length &&
      left.every((value, index) => isSame(value, right[index]))
    );
  }
  const [one, other] = [left as JsonObject, right as JsonObject];
  const keys = Object.keys(one).filter((key) => one[key] !== undefined);
  return (
    keys.length === Object.keys(other).filter((key) => other[key] !== undefined).length &&
    keys.every((key) => Object.hasOwn(other, key) && isSame(one[key], other[key]))
  );
}

/**
 * The object or list inside a string of JSON, or undefined when the text is anything else.
 *
 * A bare number or word is valid JSON too, but nobody writes one to mean JSON.
 */
export function parseJsonText(text: unknown): JsonObject | unknown[] | undefined {
  if (typeof text !== "string" || !/^\s*[[{]/.test(text)) {
    return undefined;
  }
  const known = lastParsed.find((each) => each.text === text);
  if (known !== undefined) {
    return known.value;
  }
  const value = parsed(text);
  lastParsed.unshift({ text, value });
  lastParsed.splice(keptParsed);
  return value;
}

/** The texts that were read last: those of one resource are asked for again and again. Nobody changes a value. */
const lastParsed: { readonly text: string; readonly value: JsonObject | unknown[] | undefined }[] = [];
const keptParsed = 4;

function parsed(text: string): JsonObject | unknown[] | undefined {
  if (bracketDepth(text) > deepestText) {
    return undefined;
  }
  try {
    return JSON.parse(text) as JsonObject | unknown[];
  } catch {
    return undefined;
  }
}

/** Text nested deeper is not taken for JSON: to compare it would exhaust the stack. */
const deepestText = 100;

function bracketDepth(text: string): number {
  let [depth, deepest, index] = [0, 0, 0];
  while (index < text.length) {
    // `[` and `{`, then `]` and `}`: code units, because this runs over every character of every plan.
    const sign = text.charCodeAt(index);
    if (sign === 0x5b || sign === 0x7b) {
      depth += 1;
      deepest = depth > deepest ? depth : deepest;
    } else if (sign === 0x5d || sign === 0x7d) {
      depth -= 1;
    }
    index += 1;
  }
  return deepest;
}

/** Whether a value is nested deeper than a number of levels; safe for any nesting. */
export function isDeeperThan(root: unknown, levels: number): boolean {
  const open: [unknown, number][] = [[root, 0]];
  for (let pair = open.pop(); pair !== undefined; pair = open.pop()) {
    const [value, level] = pair;
    if (level > levels) {
      return true;
    }
    if (typeof value === "object" && value !== null) {
      for (const member of Object.values(value)) {
        open.push([member, level + 1]);
      }
    }
  }
  return false;
}
