import { tellingPiece, type Form } from "./encodings";

/** Where something was found: from, and up to but not including. */
export type Stretch = readonly [from: number, to: number];

/**
 * The shortest text that is looked for inside other text.
 *
 * A secret of one to three characters (`1`, `on`, `eu`) occurs in every plan by chance; to blank all of
 * them would leave nothing to read and protect nothing. Such a secret is still hidden where it stands
 * marked, and where it is the whole of another value.
 */
export const shortestSubstring = 4;

/** A needle is found by a piece of it of at most so many characters, then compared as a whole. */
const anchorLength = 64;

/** Anchors of so many characters are found by all of them, shorter ones by their first four. */
const longKey = 8;

/** How many characters a search may compare for each character of the text before it takes likely for sure. */
const comparisonsPerCharacter = 16;

interface Needle extends Form {
  readonly anchor: string;
  /** Where the anchor stands in the text of the needle. */
  readonly at: number;
}

/** Needles whose anchors begin alike, in order of their anchors; `prefix` is the longest other anchor that begins this one. */
interface Bucket {
  readonly needles: Needle[];
  prefixes: Int32Array | undefined;
}

/** Finds many texts at once, in a time that grows with the length of what is searched and not with their number. */
export class Needles {
  private readonly seen = new Set<string>();
  private readonly short = new Map<number, Bucket>();
  private readonly long = new Map<number, Bucket>();
  private readonly shortKeys = new Uint8Array(1 << 16);
  private readonly longKeys = new Uint8Array(1 << 18);
  private shortest = Number.POSITIVE_INFINITY;

  /** Takes a text up, if it is long enough and not there already. */
  public add(form: Form): void {
    if (form.text.length < shortestSubstring || this.seen.has(form.text)) {
      return;
    }
    this.seen.add(form.text);
    const { text: anchor, at } =
      form.text.length <= anchorLength ? { text: form.text, at: 0 } : tellingPiece(form.text, anchorLength);
    const isLong = anchor.length >= longKey;
    const key = isLong ? longKeyOf(keyAt(anchor, 0), keyAt(anchor, 4)) : keyAt(anchor, 0);
    const buckets = isLong ? this.long : this.short;
    (isLong ? this.longKeys : this.shortKeys)[key] = 1;
    this.shortest = Math.min(this.shortest, anchor.length);
    const bucket = buckets.get(key);
    const needle = { ...form, anchor, at };
    if (bucket === undefined) {
      buckets.set(key, { needles: [needle], prefixes: undefined });
    } else {
      bucket.needles.push(needle);
      bucket.prefixes = undefined;
    }
  }

  /** Where a text holds any of the needles, in no order. */
  public find(text: string): Stretch[] {
    const found: Stretch[] = [];
    if (text.length < this.shortest) {
      return found;
    }
    const search = { text, found, budget: text.length * comparisonsPerCharacter, hiddenTo: 0 };
    const { length } = text;
    const { shortKeys, longKeys } = this;
    // The hashes of the next four positions; each serves a second time, as the end of a longer one.
    const keys = [keyAt(text, 0), keyAt(text, 1), keyAt(text, 2), keyAt(text, 3)];
    let next = keyAt(text, 3);
    for (let index = 0; index + shortestSubstring <= length; index += 1) {
      const key = keys[index & 3] ?? 0;
      if (index + longKey <= length) {
        next = ((next - text.charCodeAt(index + 3) * leading) * 31 + text.charCodeAt(index + 7)) & 0xffff;
        keys[index & 3] = next;
        const long = longKeyOf(key, next);
        if (longKeys[long] === 1) {
          findAt(search, index, this.long.get(long));
        }
      }
      if (shortKeys[key] === 1) {
        findAt(search, index, this.short.get(key));
      }
    }
    return found;
  }
}

interface Search {
  readonly text: string;
  readonly found: Stretch[];
  /** Characters that may still be compared. */
  budget: number;
  /** Up to where a code is hidden already. */
  hiddenTo: number;
}

function findAt(search: Search, index: number, bucket: Bucket | undefined): void {
  if (bucket === undefined) {
    return;
  }
  const { needles } = bucket;
  bucket.prefixes ??= ordered(needles);
  const window = search.text.slice(index, index + anchorLength);
  let position = lastNotAbove(needles, window);
  for (; position >= 0; position = bucket.prefixes[position] ?? -1) {
    const needle = needles[position];
    search.budget -= 1;
    if (needle !== undefined && window.startsWith(needle.anchor)) {
      take(search, index - needle.at, needle);
      if (search.budget < 0) {
        return;
      }
    }
  }
}

function take(search: Search, at: number, { text: needle, anchor, isCode }: Needle): void {
  const { text, found } = search;
  if (anchor !== needle && search.budget >= 0) {
    search.budget -= needle.length;
    if (at < 0 || !text.startsWith(needle, at)) {
      return;
    }
  }
  const from = Math.max(0, at);
  const to = Math.min(text.length, from + needle.length);
  if (!isCode) {
    found.push([from, to]);
  } else if (to > search.hiddenTo) {
    let [start, end] = [from, to];
    while (start > search.hiddenTo && isCodeSign(text.charCodeAt(start - 1))) {
      start -= 1;
    }
    while (end < text.length && isCodeSign(text.charCodeAt(end))) {
      end += 1;
    }
    search.hiddenTo = end;
    found.push([start, end]);
  }
}

/** Letters, digits and the other signs of both alphabets of base64: `+/=-_`. */
function isCodeSign(code: number): boolean {
  return (
    (code >= 0x30 && code <= 0x39) ||
    (code >= 0x41 && code <= 0x5a) ||
    (code >= 0x61 && code <= 0x7a) ||
    code === 0x2b ||
    code === 0x2f ||
    code === 0x3d ||
    code === 0x2d ||
    code === 0x5f
  );
}

/**
 * Puts needles in order, and says of each which is the longest other anchor that begins it. Only these can
 * begin what comes after it in the order, so from the last that is not above a text, following them finds all
 * that begin the text.
 */
function ordered(needles: Needle[]): Int32Array {
  needles.sort((left, right) => (left.anchor < right.anchor ? -1 : left.anchor > right.anchor ? 1 : 0));
  const prefixes = new Int32Array(needles.length).fill(-1);
  const open: number[] = [];
  needles.forEach(({ anchor }, index) => {
    while (open.length > 0 && !anchor.startsWith(needles[open.at(-1) ?? 0]?.anchor ?? "")) {
      open.pop();
    }
    prefixes[index] = open.at(-1) ?? -1;
    open.push(index);
  });
  return prefixes;
}

/** The last position whose anchor is not above a text. */
function lastNotAbove(needles: readonly Needle[], text: string): number {
  let [low, high] = [0, needles.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((needles[middle]?.anchor ?? "") <= text) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low - 1;
}

/** A hash of four characters, enough to skip nearly every position that starts no needle. */
function keyAt(text: string, index: number): number {
  const [a, b] = [text.charCodeAt(index), text.charCodeAt(index + 1)];
  const [c, d] = [text.charCodeAt(index + 2), text.charCodeAt(index + 3)];
  return (((a * 31 + b) * 31 + c) * 31 + d) & 0xffff;
}

/** What the first of four characters is multiplied with in their hash. */
const leading = 31 ** 3;

function longKeyOf(first: number, second: number): number {
  return (Math.imul(first, 0x9e3b) ^ (second * 31)) & 0x3_ffff;
}
