import { closest, distance } from "fastest-levenshtein";
import {
  Document,
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  type YAMLMap,
} from "yaml";
import type { Finding, FindingLevel } from "./findings";
import type {
  ChoiceShape,
  EitherShape,
  Key,
  KeyTable,
  ListShape,
  NumberShape,
  SectionShape,
  Shape,
  TextShape,
} from "./key-schema";

/** What a shape makes of a node that does not fit it: nothing, after a finding. */
const absent = Symbol("absent");

/** The most values that are read; aliases of lists of aliases would multiply without end. */
const mostValues = 200_000;

/** The most letters that a guess may differ in; a long key may differ in a third of it. */
const farthestGuess = 2;

/** The longest name that is compared with the keys; the longest key has 38 letters. */
const longestGuess = 80;

/** Reads YAML nodes against a schema: collects findings, the lines of all paths, and the value. */
export class Reader {
  /** What was found wrong. */
  public readonly findings: Finding[] = [];

  /** The line of each path of the file. */
  public readonly lines = new Map<string, number>([["", 1]]);

  private valuesRead = 0;

  public constructor(
    private readonly document: Document,
    private readonly lineCounter: LineCounter,
  ) {}

  /** The value of the document's root. */
  public read<Keys extends KeyTable>(schema: SectionShape<Keys>): unknown {
    const root = this.document.contents;
    if (!isMap(root)) {
      this.find(
        "ERROR",
        "WrongType",
        "",
        "the file must be a mapping of keys",
        "begin it with Image, HeadNode and Scheduling",
      );
      return undefined;
    }
    const value = this.readSection(root, schema, "");
    return value === absent ? undefined : value;
  }

  /** The value of a section that the file does not have. Required keys are absent from it. */
  public static defaultsOf(shape: SectionShape<KeyTable>): unknown {
    return new Reader(new Document(), new LineCounter()).completed(new Map(), shape, "");
  }

  private find(level: FindingLevel, code: string, path: string, message: string, remedy: string): void {
    this.findings.push({ level, code, path, line: lineOf(this.lines, path), message, remedy });
  }

  private resolved(node: unknown): unknown {
    return isAlias(node) ? node.resolve(this.document) : node;
  }

  private readShape(given: unknown, shape: Shape<unknown>, path: string): unknown {
    this.valuesRead += 1;
    if (this.valuesRead > mostValues) {
      return this.refuseSize(path);
    }
    const node = this.resolved(given);
    if (node === null || node === undefined || (isScalar(node) && node.value === null)) {
      this.find("ERROR", "WrongType", path, "the key has no value", "give it one or remove the key");
      return absent;
    }
    switch (shape.kind) {
      case "section":
        return this.readSection(node, shape as SectionShape<KeyTable>, path);
      case "list":
        return this.readList(node, shape as ListShape<unknown>, path);
      case "either":
        return this.readShape(node, chosen(node, shape as EitherShape<unknown, unknown>), path);
      case "dictionary":
        return this.readDictionary(node, path);
      default:
        return this.readScalar(node, shape, path);
    }
  }

  private refuseSize(path: string): typeof absent {
    if (this.valuesRead === mostValues + 1) {
      const message = `the file must have at most ${mostValues} values, aliases repeated where they are used`;
      this.find("ERROR", "WrongType", path, message, "shorten lists, or use fewer aliases");
    }
    return absent;
  }

  private readSection(node: unknown, shape: SectionShape<KeyTable>, path: string): unknown {
    if (!isMap(node)) {
      this.find(
        "ERROR",
        "WrongType",
        path,
        "the value must be a section",
        `write keys below it, such as ${Object.keys(shape.keys).slice(0, 3).join(", ")}`,
      );
      return absent;
    }
    const given = new Map<string, unknown>();
    for (const pair of this.pairsOf(node)) {
      const name = keyName(pair);
      const inner = join(path, name);
      this.remember(inner, pair);
      if (!Object.hasOwn(shape.keys, name)) {
        this.unknownKey(name, inner, Object.keys(shape.keys));
      } else {
        given.set(name, pair.value);
      }
    }
    return this.completed(given, shape, path);
  }

  private completed(
    given: ReadonlyMap<string, unknown>,
    shape: SectionShape<KeyTable>,
    path: string,
  ): unknown {
    const value: Record<string, unknown> = {};
    for (const [name, key] of Object.entries(shape.keys)) {
      const inner = join(path, name);
      if (given.has(name) && !this.isNoList(given.get(name), key)) {
        const read = this.readShape(given.get(name), key.shape, inner);
        if (key.presence !== "defaulted" || read !== key.defaultValue) {
          this.supportOf(key, name, inner);
        }
        if (read !== absent) {
          value[name] = read;
        }
      } else if (key.presence === "required") {
        this.find("ERROR", "MissingKey", path, `'${name}' is missing`, `add ${name}`);
      } else if (key.presence === "defaulted") {
        value[name] = this.defaultOf(key, inner);
      }
    }
    return value;
  }

  /** Whether an optional list is empty, which is the same as no list: nothing was asked for. */
  private isNoList(given: unknown, { presence, shape }: Key<unknown>): boolean {
    const node = this.resolved(given);
    return presence === "optional" && shape.kind === "list" && isSeq(node) && node.items.length === 0;
  }

  private defaultOf(key: Key<unknown>, path: string): unknown {
    return key.shape.kind === "section"
      ? this.completed(new Map(), key.shape as SectionShape<KeyTable>, path)
      : key.defaultValue;
  }

  private supportOf(key: Key<unknown>, name: string, path: string): void {
    if (key.support === "warned") {
      this.find(
        "WARNING",
        "NotProvisioned",
        path,
        `'${name}' is not provisioned yet: ${key.note ?? "it changes nothing"}`,
        "remove the key, or accept that it has no effect",
      );
    }
    if (key.support === "refused") {
      this.find(
        "ERROR",
        "Refused",
        path,
        `'${name}' is not supported: ${key.note ?? "it has no meaning here"}`,
        "remove the key",
      );
    }
  }

  private unknownKey(name: string, path: string, known: readonly string[]): void {
    const spelt = nearestKey(name, known);
    this.find(
      "ERROR",
      "UnknownKey",
      path,
      `'${name}' is not a key of this section`,
      spelt !== undefined ? `did you mean '${spelt}'?` : `the keys are ${[...known].sort().join(", ")}`,
    );
  }

  private readList(node: unknown, shape: ListShape<unknown>, path: string): unknown {
    if (!isSeq(node)) {
      this.find(
        "ERROR",
        "WrongType",
        path,
        "the value must be a list",
        "write each item on a line of its own after '- '",
      );
      return absent;
    }
    const size = node.items.length;
    const { minimum = 0, maximum = Number.POSITIVE_INFINITY } = shape;
    if (size < minimum || size > maximum) {
      this.find(
        "ERROR",
        "ListLength",
        path,
        `the list must have ${range(minimum, maximum)} ${maximum === 1 ? "item" : "items"}, got ${size}`,
        "add or remove items",
      );
    }
    const values = node.items.map((item, index) => {
      const inner = `${path}[${index}]`;
      this.remember(inner, item);
      return this.readShape(item, shape.item, inner);
    });
    return values.filter((value) => value !== absent);
  }

  private readDictionary(node: unknown, path: string): unknown {
    if (!isMap(node)) {
      this.find("ERROR", "WrongType", path, "the value must be a section", "write keys below it");
      return absent;
    }
    const entries = this.pairsOf(node).map((pair) => {
      const name = keyName(pair);
      const inner = join(path, name);
      this.remember(inner, pair);
      return [name, this.readShape(pair.value, { kind: "text" }, inner)] as const;
    });
    return Object.fromEntries(entries.filter(([, value]) => value !== absent));
  }

  private readScalar(node: unknown, shape: Shape<unknown>, path: string): unknown {
    const scalar = isScalar(node)
      ? { value: node.value, source: node.source ?? String(node.value) }
      : undefined;
    const read = scalar === undefined ? absent : scalarReaders[shape.kind](scalar, shape);
    if (read === absent) {
      const got = scalar === undefined ? "a section or a list" : JSON.stringify(scalar.source);
      this.find(
        "ERROR",
        "WrongType",
        path,
        `the value must ${expectation(shape)}, got ${got}`,
        "correct the value",
      );
      return absent;
    }
    const problem = bounds(read, shape);
    if (problem !== undefined) {
      this.find(
        "ERROR",
        "NotAllowed",
        path,
        `the value must ${problem}, got ${JSON.stringify(read)}`,
        "correct the value",
      );
    }
    return read;
  }

  /** The pairs of a mapping: those it merges by `<<` first, so that its own keys override them. */
  private pairsOf(map: YAMLMap, around: readonly YAMLMap[] = []): Pair[] {
    if (around.includes(map)) {
      return [];
    }
    const isMerge = (pair: Pair) => keyName(pair) === "<<";
    const merged = map.items.filter(isMerge).flatMap(({ value }) => {
      const resolved = this.resolved(value);
      // Of a list of mappings the earlier one overrides the later: https://yaml.org/type/merge.html
      const sources = isSeq(resolved)
        ? resolved.items.map((item) => this.resolved(item)).reverse()
        : [resolved];
      return sources.filter(isMap).flatMap((source) => this.pairsOf(source, [...around, map]));
    });
    return [...merged, ...map.items.filter((pair) => !isMerge(pair))];
  }

  private remember(path: string, item: unknown): void {
    const node = isPair(item) ? item.key : item;
    const start = (node as Node | null)?.range?.[0];
    if (start !== undefined) {
      this.lines.set(path, this.lineCounter.linePos(start).line);
    }
  }
}

/** The line of a path, or of the nearest section around it that the file has. */
export function lineOf(lines: ReadonlyMap<string, number>, path: string): number {
  for (let at = path; at !== ""; at = parentOf(at)) {
    const line = lines.get(at);
    if (line !== undefined) {
      return line;
    }
  }
  return lines.get("") ?? 1;
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(path.lastIndexOf("."), path.lastIndexOf("["), 0));
}

function join(path: string, name: string): string {
  return path === "" ? name : `${path}.${name}`;
}

function keyName(pair: Pair): string {
  return isScalar(pair.key) ? (pair.key.source ?? String(pair.key.value)) : String(pair.key);
}

function chosen(node: unknown, shape: EitherShape<unknown, unknown>): Shape<unknown> {
  const { first, second } = shape;
  if (first.kind === "boolean") {
    return isScalar(node) && typeof node.value === "boolean" ? first : second;
  }
  return isMap(node) && node.has("Sequence") ? second : first;
}

/** The key that was probably meant; none of names far longer than any key, which cost most to compare. */
function nearestKey(name: string, known: readonly string[]): string | undefined {
  if (name.length > longestGuess) {
    return undefined;
  }
  const lower = name.toLowerCase();
  const nearest = closest(
    lower,
    known.map((key) => key.toLowerCase()),
  );
  const longest = Math.max(name.length, nearest.length);
  return distance(lower, nearest) <= Math.max(farthestGuess, longest / 3)
    ? known.find((key) => key.toLowerCase() === nearest)
    : undefined;
}

interface ScalarNode {
  readonly value: unknown;
  readonly source: string;
}

const scalarReaders: Record<Shape<unknown>["kind"], (scalar: ScalarNode, shape: Shape<unknown>) => unknown> =
  {
    text: ({ value, source }) => (typeof value === "string" ? value : source),
    integer: ({ value, source }) => {
      const number = typeof value === "string" ? numberOf(value) : value;
      return Number.isInteger(number) && !source.includes(":") ? number : absent;
    },
    number: ({ value }) => {
      const number = typeof value === "string" ? numberOf(value) : value;
      return typeof number === "number" && Number.isFinite(number) ? number : absent;
    },
    boolean: ({ value }) => truthOf(value),
    choice: ({ value, source }, shape) => {
      const { values } = shape as ChoiceShape<string | number>;
      const plain = typeof value === "string" ? value : source;
      return values.find((one) => String(one) === plain) ?? absent;
    },
    list: () => absent,
    section: () => absent,
    dictionary: () => absent,
    either: () => absent,
  };

/** Words and numbers that ParallelCluster (marshmallow) reads as true or false, quoted or not. */
const truths: readonly string[] = ["t", "true", "on", "y", "yes", "1"];
const untruths: readonly string[] = ["f", "false", "off", "n", "no", "0"];

function truthOf(value: unknown): unknown {
  if (typeof value !== "string" && typeof value !== "number") {
    return typeof value === "boolean" ? value : absent;
  }
  const word = String(value);
  // Upper case, lower case and capitalized words, as there; `tRUE` is a mistake.
  const isUsual = [word.toLowerCase(), word.toUpperCase(), capitalized(word)].includes(word);
  const plain = word.toLowerCase();
  return isUsual && truths.includes(plain) ? true : isUsual && untruths.includes(plain) ? false : absent;
}

function capitalized(word: string): string {
  return `${word.charAt(0).toUpperCase()}${word.slice(1).toLowerCase()}`;
}

function numberOf(value: string): number {
  return value.trim() === "" ? Number.NaN : Number(value);
}

function expectation(shape: Shape<unknown>): string {
  switch (shape.kind) {
    case "choice":
      return `be one of ${(shape as ChoiceShape<string>).values.join(", ")}`;
    case "integer":
      return "be a whole number";
    case "number":
      return "be a number";
    case "boolean":
      return "be true or false";
    default:
      return "be text";
  }
}

function bounds(value: unknown, shape: Shape<unknown>): string | undefined {
  if (shape.kind === "integer" || shape.kind === "number") {
    return numberBounds(value as number, shape as NumberShape);
  }
  return shape.kind === "text" ? textBounds(value as string, shape as TextShape) : undefined;
}

function numberBounds(value: number, shape: NumberShape): string | undefined {
  const { minimum = Number.NEGATIVE_INFINITY, maximum = Number.POSITIVE_INFINITY } = shape;
  return value < minimum || value > maximum ? `be ${range(minimum, maximum)}` : undefined;
}

function textBounds(value: string, { pattern, form, maxLength }: TextShape): string | undefined {
  if (maxLength !== undefined && value.length > maxLength) {
    return `have at most ${maxLength} characters`;
  }
  return pattern === undefined || pattern.test(value) ? undefined : (form ?? `match ${pattern.source}`);
}

function range(minimum: number, maximum: number): string {
  if (minimum === maximum) {
    return `exactly ${minimum}`;
  }
  if (maximum === Number.POSITIVE_INFINITY) {
    return `at least ${minimum}`;
  }
  return minimum === Number.NEGATIVE_INFINITY ? `at most ${maximum}` : `between ${minimum} and ${maximum}`;
}
