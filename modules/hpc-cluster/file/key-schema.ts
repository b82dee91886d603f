/**
 * A small language for the keys of a configuration file. One declaration gives the type, the
 * reader, the defaults and the table of keys, so that the four cannot disagree.
 */

/**
 * What Meridian does with a key: `provisioned` keys shape the cluster, `checked` keys need nothing
 * but to be right, `warned` keys change nothing yet and say so, `refused` keys stop the cluster.
 */
export type Support = "provisioned" | "checked" | "warned" | "refused";

/** A value in the file. `_type` exists for the compiler only. */
export interface Shape<T> {
  /** What the value is, in words: `a whole number`. */
  readonly kind:
    "text" | "integer" | "number" | "boolean" | "choice" | "list" | "section" | "dictionary" | "either";
  readonly _type?: T;
}

/** Text, with the form it must have. */
export interface TextShape extends Shape<string> {
  readonly kind: "text";
  /** The form, as a regular expression. */
  readonly pattern?: RegExp;
  /** The form in words, to be read after "must". */
  readonly form?: string;
  /** The most characters. */
  readonly maxLength?: number;
}

/** A number with its bounds, both inclusive. */
export interface NumberShape extends Shape<number> {
  readonly kind: "integer" | "number";
  readonly minimum?: number;
  readonly maximum?: number;
}

/** One of a closed set. */
export interface ChoiceShape<T extends string | number> extends Shape<T> {
  readonly kind: "choice";
  readonly values: readonly T[];
}

/** A sequence of one shape. */
export interface ListShape<T> extends Shape<T[]> {
  readonly kind: "list";
  readonly item: Shape<T>;
  readonly minimum?: number;
  readonly maximum?: number;
}

/** A value that may have either of two shapes; a section or a list decides by itself which. */
export interface EitherShape<A, B> extends Shape<A | B> {
  readonly kind: "either";
  readonly first: Shape<A>;
  readonly second: Shape<B>;
}

/** A mapping whose keys are closed. */
export interface SectionShape<Keys extends KeyTable> extends Shape<SectionValue<Keys>> {
  readonly kind: "section";
  readonly keys: Keys;
}

/** A mapping whose keys are anything; the values are scalars. */
export interface DictionaryShape extends Shape<Record<string, string>> {
  readonly kind: "dictionary";
}

/** Whether a key must stand in the file, and what it is when it does not. */
export type Presence = "required" | "defaulted" | "optional";

/** One key of a section. */
export interface Key<T, P extends Presence = Presence> {
  readonly shape: Shape<T>;
  readonly presence: P;
  /** The value when the key is absent; only of `defaulted` keys. */
  readonly defaultValue?: unknown;
  /** What Meridian does with it. */
  readonly support: Support;
  /** Why it is warned or refused, or what is special about it. */
  readonly note?: string;
  /** Whether ParallelCluster does not know the key. */
  readonly extension?: boolean;
}

/** The keys of a section by name. */
export type KeyTable = Readonly<Record<string, Key<unknown>>>;

type Optional<Keys extends KeyTable> = {
  [Name in keyof Keys]: Keys[Name] extends Key<unknown, "optional"> ? Name : never;
}[keyof Keys];

type ValueOf<K> = K extends Key<infer T> ? T : never;

/** The value of a section after its defaults are filled in. */
export type SectionValue<Keys extends KeyTable> = {
  readonly [Name in Exclude<keyof Keys, Optional<Keys>>]: ValueOf<Keys[Name]>;
} & { readonly [Name in Optional<Keys>]?: ValueOf<Keys[Name]> };

/** The value that a shape describes. */
export type ShapeValue<S> = S extends Shape<infer T> ? T : never;

type KeyOptions = Partial<Pick<Key<unknown>, "support" | "note" | "extension">>;

/** A key that must stand in the file. */
export function required<T>(shape: Shape<T>, options: KeyOptions = {}): Key<T, "required"> {
  return { shape, presence: "required", support: "provisioned", ...options };
}

/** A key that may be absent, and then means something of its own. */
export function optional<T>(shape: Shape<T>, options: KeyOptions = {}): Key<T, "optional"> {
  return { shape, presence: "optional", support: "provisioned", ...options };
}

/** A key that reads as `value` when it is absent. */
export function defaulted<T>(
  shape: Shape<T>,
  value: NoInfer<T>,
  options: KeyOptions = {},
): Key<T, "defaulted"> {
  return { shape, presence: "defaulted", defaultValue: value, support: "provisioned", ...options };
}

/** A section that reads as an empty one, with its own defaults, when it is absent. */
export function nested<Keys extends KeyTable>(
  keys: Keys,
  options: KeyOptions = {},
): Key<SectionValue<Keys>, "defaulted"> {
  return {
    shape: section(keys),
    presence: "defaulted",
    defaultValue: {},
    support: "provisioned",
    ...options,
  };
}

/** Text of any form. */
export function text(options: Omit<TextShape, "kind" | "_type"> = {}): TextShape {
  return { kind: "text", ...options };
}

/** Text that a regular expression describes, and its form in words. */
export function textLike(pattern: RegExp, form: string): TextShape {
  return { kind: "text", pattern, form };
}

/** A whole number. */
export function integer(minimum?: number, maximum?: number): NumberShape {
  return { kind: "integer", minimum, maximum };
}

/** A number. */
export function decimal(minimum?: number, maximum?: number): NumberShape {
  return { kind: "number", minimum, maximum };
}

/** True or false; YAML's `yes`, `no`, `on` and `off` too, as ParallelCluster reads them. */
export function boolean(): Shape<boolean> {
  return { kind: "boolean" };
}

/** One of a closed set. */
export function choice<const T extends string | number>(...values: T[]): ChoiceShape<T> {
  return { kind: "choice", values };
}

/** A sequence. */
export function list<T>(item: Shape<T>, minimum?: number, maximum?: number): ListShape<T> {
  return { kind: "list", item, minimum, maximum };
}

/** A value of either shape. */
export function either<A, B>(first: Shape<A>, second: Shape<B>): EitherShape<A, B> {
  return { kind: "either", first, second };
}

/** A mapping with closed keys. */
export function section<Keys extends KeyTable>(keys: Keys): SectionShape<Keys> {
  return { kind: "section", keys };
}

/** A mapping with free keys. */
export function dictionary(): DictionaryShape {
  return { kind: "dictionary" };
}
