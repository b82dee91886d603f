import type { AttributeChange } from "./change";
import { canonicalJson, isObject, parseJsonText, sameJson, type JsonObject } from "./canonical";
import { isPolicy, normalizedPolicy } from "./iam-policy";

/** Below this depth a difference is reported at the container, not at its members. */
const deepest = 40;

/**
 * Lists that the provider declares as sets, so that their order means nothing. JSON shows sets and
 * lists alike, and only these names are safe: `command` or `entry_point` in another order is a change.
 */
const setNames = new Set([
  "actions",
  "alarm_actions",
  "aliases",
  "availability_zones",
  "cidr_blocks",
  "insufficient_data_actions",
  "ipv6_cidr_blocks",
  "managed_policy_arns",
  "not_actions",
  "not_resources",
  "ok_actions",
  "prefix_list_ids",
  "requires_compatibilities",
  "resources",
  "security_group_ids",
  "security_groups",
  "subnet_ids",
  "subnets",
  "vpc_security_group_ids",
]);

/** How to compare. */
export interface ComparisonOptions {
  /**
   * Terraform's `after_unknown`: true where the value is known only after apply.
   *
   * @default - everything is known
   */
  readonly unknown?: unknown;
  /**
   * Whether `""`, `[]` and `{}` are the same as absent. Providers turn one into the other, so plans need
   * it; in synthesized output an empty block (`allow: {}`) is a statement.
   *
   * @default true
   */
  readonly emptyIsAbsent?: boolean;
}

/**
 * Every attribute that differs between two values of one resource, as deep as it can be named.
 *
 * Strings of JSON are compared as JSON, IAM policies as policies (one action in a list is the same as
 * the action alone), lists by their elements.
 */
export function changedAttributes(
  before: unknown,
  after: unknown,
  options: ComparisonOptions = {},
): AttributeChange[] {
  const comparison = new Comparison(options.emptyIsAbsent === false ? isAbsent : isNothing);
  comparison.compare("", before, after, options.unknown, 0);
  return comparison.changes;
}

/** A path without its list positions: `health_check[0].path` becomes `health_check.path`. */
export function attributeName(path: string): string {
  return path.includes("[") ? path.replaceAll(/\[\d*\]/g, "") : path;
}

/** Terraform's path as a list of steps, written as one name: `["ingress", 0, "port"]`. */
export function pathOf(steps: readonly unknown[]): string {
  return steps.reduce<string>(
    (path, step) => (typeof step === "number" ? `${path}[${step}]` : join(path, String(step))),
    "",
  );
}

/** Whether a value means nothing: absent, empty text, an empty list or an empty map. */
export function isNothing(value: unknown): boolean {
  return (
    isAbsent(value) ||
    value === "" ||
    (Array.isArray(value) && value.length === 0) ||
    (isObject(value) && Object.keys(value).length === 0)
  );
}

function isAbsent(value: unknown): boolean {
  return value === undefined || value === null;
}

interface Element {
  readonly index: number;
  readonly value: unknown;
}

class Comparison {
  public readonly changes: AttributeChange[] = [];

  public constructor(private readonly isNothing: (value: unknown) => boolean) {}

  public compare(path: string, before: unknown, after: unknown, unknown: unknown, depth: number): void {
    if (unknown === true) {
      this.changes.push({ path, ...(this.isNothing(before) ? {} : { before }), unknown: true });
    } else if (this.isNothing(before) && this.isNothing(after) && !hasUnknown(unknown)) {
      return;
    } else if (depth < deepest && isAbsentOr(isObject, before, after, unknown)) {
      this.compareObjects(path, before as JsonObject | null, after as JsonObject | null, unknown, depth);
    } else if (depth < deepest && isAbsentOr(isList, before, after, unknown)) {
      this.compareLists(path, before as unknown[] | null, after as unknown[] | null, unknown, depth);
    } else {
      this.compareLeaves(path, before, after, depth);
    }
  }

  private compareObjects(
    path: string,
    left: JsonObject | null | undefined,
    right: JsonObject | null | undefined,
    unknown: unknown,
    depth: number,
  ): void {
    const [before, after, marks] = [left ?? {}, right ?? {}, isObject(unknown) ? unknown : {}];
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after), ...Object.keys(marks)])].sort();
    for (const key of keys) {
      this.compare(join(path, key), own(before, key), own(after, key), own(marks, key), depth + 1);
    }
  }

  private compareLists(
    path: string,
    left: readonly unknown[] | null | undefined,
    right: readonly unknown[] | null | undefined,
    unknown: unknown,
    depth: number,
  ): void {
    const [before, after] = [left ?? [], right ?? []];
    const marks: readonly unknown[] = Array.isArray(unknown) ? unknown : [];
    if (hasUnknown(marks)) {
      const pairs = pairedByKey(elementsOf(before), elementsOf(after));
      if (pairs !== undefined && marks.length <= after.length) {
        this.comparePairs(path, pairs, marks, depth);
        return;
      }
      const length = Math.max(before.length, after.length, marks.length);
      for (let index = 0; index < length; index += 1) {
        this.compare(`${path}[${index}]`, before[index], after[index], marks[index], depth + 1);
      }
      return;
    }
    const [keysBefore, keysAfter] = [before.map(keyOf), after.map(keyOf)];
    const removed = without(before, keysBefore, keysAfter);
    const added = without(after, keysAfter, keysBefore);
    if (removed.length > 0 || added.length > 0) {
      this.compareElements(path, removed, added, depth);
    } else if (!sameJson(before, after) && !setNames.has(lastName(path))) {
      this.changes.push({ path, before, after });
    }
  }

  /** What is left of two lists after their common elements are taken out, paired in the order given. */
  private compareElements(
    path: string,
    removed: readonly Element[],
    added: readonly Element[],
    depth: number,
  ): void {
    const byKey = pairedByKey(removed, added);
    if (byKey !== undefined) {
      this.comparePairs(path, byKey, [], depth);
      return;
    }
    const pairs = removed.every(isContainer) && added.every(isContainer) ? removed.length : 0;
    added.slice(0, pairs).forEach((right, position) => {
      this.compare(`${path}[${right.index}]`, removed[position]?.value, right.value, false, depth + 1);
    });
    for (const { index, value } of removed.slice(Math.min(pairs, added.length))) {
      this.changes.push({ path: `${path}[${index}]`, before: value });
    }
    for (const { index, value } of added.slice(pairs)) {
      this.changes.push({ path: `${path}[${index}]`, after: value });
    }
  }

  /** Blocks that are the same by their name; what has no partner came or went as a whole. */
  private comparePairs(
    path: string,
    { pairs, removed, added }: Pairing,
    marks: readonly unknown[],
    depth: number,
  ): void {
    for (const [left, right] of pairs) {
      this.compare(
        `${path}[${right.index}]`,
        left.value,
        right.value,
        marks[right.index] ?? false,
        depth + 1,
      );
    }
    for (const { index, value } of removed) {
      this.changes.push({ path: `${path}[${index}]`, before: value });
    }
    for (const { index, value } of added) {
      this.changes.push({ path: `${path}[${index}]`, after: value });
    }
  }

  private compareLeaves(path: string, before: unknown, after: unknown, depth: number): void {
    if (sameJson(before, after)) {
      return;
    }
    const [left, right] = [parseJsonText(before), parseJsonText(after)];
    if (depth < deepest && left !== undefined && right !== undefined) {
      this.compare(path, comparable(left), comparable(right), false, depth + 1);
      return;
    }
    this.changes.push({
      path,
      ...(this.isNothing(before) ? {} : { before }),
      ...(this.isNothing(after) ? {} : { after }),
    });
  }
}

/** Whether both sides are of a kind, or one is and the other is absent; a lone empty side is a leaf. */
function isAbsentOr(
  isKind: (value: unknown) => boolean,
  before: unknown,
  after: unknown,
  unknown: unknown,
): boolean {
  if (hasUnknown(unknown)) {
    return isKind(unknown) && [before, after].every((side) => isAbsent(side) || isKind(side));
  }
  const sides = [before, after].filter((side) => !isAbsent(side));
  const isStatement = sides.length === 1 && isNothing(sides[0]);
  return sides.every(isKind) && !isStatement && !isNewList(before, after);
}

/** A list of plain values on one side only is one value, not one change for each element. */
function isNewList(before: unknown, after: unknown): boolean {
  const only = isAbsent(before) ? after : isAbsent(after) ? before : undefined;
  return Array.isArray(only) && only.every((value) => typeof value !== "object");
}

function isList(value: unknown): boolean {
  return Array.isArray(value);
}

function isContainer({ value }: Element): boolean {
  return typeof value === "object" && value !== null;
}

/** Elements of two lists that are the same block, and those without a partner. */
interface Pairing {
  readonly pairs: readonly (readonly [before: Element, after: Element])[];
  readonly removed: readonly Element[];
  readonly added: readonly Element[];
}

/** What tells blocks of one list apart, the best first. A priority alone does: two rules cannot share one. */
const keyNames = [
  "name",
  "id",
  "rule_id",
  "sid",
  "Sid",
  "key",
  "region_name",
  "region",
  "index_name",
  "attribute_name",
  "origin_id",
  "domain_name",
  "path_pattern",
  "device_name",
  "container_name",
  "cidr",
  "cidr_block",
  "priority",
  "rule_no",
] as const;

/** Pairs blocks by the first attribute that all of them have, no two alike, and that any two share. */
function pairedByKey(before: readonly Element[], after: readonly Element[]): Pairing | undefined {
  if (before.length === 0 || after.length === 0) {
    return undefined;
  }
  for (const name of keyNames) {
    const [left, right] = [keyed(before, name), keyed(after, name)];
    const shared =
      left === undefined || right === undefined ? [] : [...right].filter(([key]) => left.has(key));
    if (left !== undefined && right !== undefined && shared.length > 0) {
      return {
        pairs: shared.flatMap(([key, element]) => {
          const earlier = left.get(key);
          return earlier === undefined ? [] : [[earlier, element] as const];
        }),
        removed: [...left].filter(([key]) => !right.has(key)).map(([, element]) => element),
        added: [...right].filter(([key]) => !left.has(key)).map(([, element]) => element),
      };
    }
  }
  return undefined;
}

function keyed(elements: readonly Element[], name: string): Map<string, Element> | undefined {
  const found = new Map<string, Element>();
  for (const element of elements) {
    const key = isObject(element.value) ? own(element.value, name) : undefined;
    if ((typeof key !== "string" && typeof key !== "number") || key === "" || found.has(String(key))) {
      return undefined;
    }
    found.set(String(key), element);
  }
  return found;
}

function elementsOf(list: readonly unknown[]): Element[] {
  return list.map((value, index) => ({ index, value }));
}

/** The elements of `list`, whose keys are `keys`, that are not among `others`, counting repetitions. */
function without(list: readonly unknown[], keys: readonly string[], others: readonly string[]): Element[] {
  const counts = new Map<string, number>();
  for (const key of others) {
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const left: Element[] = [];
  list.forEach((value, index) => {
    const key = keys[index] ?? "";
    const count = counts.get(key) ?? 0;
    counts.set(key, count - 1);
    if (count <= 0) {
      left.push({ index, value });
    }
  });
  return left;
}

function keyOf(value: unknown): string {
  return typeof value === "string" ? `"${value}` : canonicalJson(value);
}

function comparable(value: JsonObject | unknown[]): unknown {
  return isPolicy(value) ? normalizedPolicy(value) : value;
}

function hasUnknown(marks: unknown): boolean {
  if (typeof marks !== "object" || marks === null) {
    return marks === true;
  }
  return Object.values(marks).some(hasUnknown);
}

function lastName(path: string): string {
  return attributeName(path).split(".").at(-1) ?? "";
}

function join(path: string, key: string): string {
  const name = /^[\w-]+$/.test(key) ? key : `[${JSON.stringify(key)}]`;
  return path === "" || name.startsWith("[") ? `${path}${name}` : `${path}.${name}`;
}

function own(object: JsonObject, key: string): unknown {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}
