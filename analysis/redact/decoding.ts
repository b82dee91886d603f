/** A text as it reads once something decoded it, and where in the original each of its characters stood. */
export interface Reading {
  readonly text: string;
  /** Where the character came from begins, by position in `text`; absent where the text is the original. */
  readonly starts?: Uint32Array;
  /** Where it ends. */
  readonly ends?: Uint32Array;
}

/** What is decoded once more than this was not encoded by a template, but to be hidden. */
const mostRounds = 4;

const named: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
  nbsp: "\u00a0",
  newline: "\n",
  tab: "\t",
};

const backslashed: Readonly<Record<string, string>> = {
  b: "\b",
  e: "\u001b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
};

/** Whether anything in a text can be decoded. */
const decodable = /[%&\\]/;

/** What nobody sees, such as the NULs of UTF-16 that was read as bytes. */
const unseen = /[\u0000\u00ad\u200b-\u200d\u2060\ufeff]/;

/** What is decoded: percent signs as in URLs, HTML's character references, backslashes as in JSON and shells. */
const encodedCharacter =
  /((?:%[\da-f]{2})+)|&(#\d{1,7}|#x[\da-f]{1,6}|[a-z]{2,8});|\\(u\{[\da-f]{1,6}\}|u[\da-f]{4}|U[\da-f]{8}|x[\da-f]{2}|[0-3][0-7]{2}|[^])/gi;

/** Whether a text may read in other ways than as it is. It is asked of every text, so it is one look at it. */
export function isEncoded(text: string): boolean {
  return /[%&\\\n\r\u0000\u00ad\u200b-\u200d\u2060\ufeff]|H4sI/.test(text);
}

/**
 * The ways in which a text reads: as it is, without what nobody sees, decoded as often as there is something
 * to decode, and each of these without its line breaks, since encoders wrap what they write.
 */
export function* readingsOf(text: string): Generator<Reading> {
  let reading: Reading | undefined = { text };
  if (unseen.test(text)) {
    yield reading;
    reading = parts(reading, /[^\u0000\u00ad\u200b-\u200d\u2060\ufeff]+/g);
  }
  for (let round = 0; reading !== undefined; round += 1) {
    yield reading;
    if (/[\n\r]/.test(reading.text)) {
      yield parts(reading, /\S+/g);
    }
    reading = round < mostRounds && decodable.test(reading.text) ? decoded(reading) : undefined;
  }
}

/** A text decoded until nothing is left to decode. */
export function fullyDecoded(text: string): string {
  let reading: Reading = { text };
  for (let round = 0; round < mostRounds && decodable.test(reading.text); round += 1) {
    reading = decoded(reading) ?? reading;
  }
  return reading.text;
}

/** A text without blanks and line breaks. */
export function unwrapped(text: string): string {
  return text.replaceAll(/\s+/g, "");
}

/** Collects characters and where they came from. */
class ReadingBuilder {
  private readonly parts: string[] = [];
  private readonly starts: Uint32Array;
  private readonly ends: Uint32Array;
  private length = 0;

  public constructor(private readonly source: Reading) {
    // Nothing decodes to more characters than it is written with.
    this.starts = new Uint32Array(source.text.length);
    this.ends = new Uint32Array(source.text.length);
  }

  /** Takes characters over as they are. */
  public copy(from: number, to: number): void {
    const { starts, ends } = this.source;
    this.parts.push(this.source.text.slice(from, to));
    for (let index = from; index < to; index += 1) {
      this.starts[this.length] = starts?.[index] ?? index;
      this.ends[this.length] = ends?.[index] ?? index + 1;
      this.length += 1;
    }
  }

  /** Puts characters where others stood. */
  public put(text: string, from: number, to: number): void {
    const { starts, ends } = this.source;
    this.parts.push(text);
    const end = this.length + text.length;
    this.starts.fill(starts?.[from] ?? from, this.length, end);
    this.ends.fill(ends?.[to - 1] ?? to, this.length, end);
    this.length = end;
  }

  public finish(): Reading {
    return { text: this.parts.join(""), starts: this.starts, ends: this.ends };
  }
}

/** What matches, joined. */
function parts(source: Reading, part: RegExp): Reading {
  const builder = new ReadingBuilder(source);
  for (const { 0: text, index } of source.text.matchAll(part)) {
    builder.copy(index, index + text.length);
  }
  return builder.finish();
}

function decoded(source: Reading): Reading | undefined {
  const builder = new ReadingBuilder(source);
  let copied = 0;
  for (const match of source.text.matchAll(encodedCharacter)) {
    const { 0: written, 1: percents, 2: reference, 3: escape, index } = match;
    const text = percents ?? (reference === undefined ? escapedText(escape ?? "") : referredText(reference));
    if (text === undefined) {
      continue;
    }
    builder.copy(copied, index);
    copied = index + written.length;
    if (percents === undefined) {
      builder.put(text, index, copied);
    } else {
      putBytes(builder, percents, index);
    }
  }
  if (copied === 0) {
    return undefined;
  }
  builder.copy(copied, source.text.length);
  return builder.finish();
}

/** Character by character, so that the place of each is known. */
function putBytes(builder: ReadingBuilder, percents: string, start: number): void {
  const bytes = Buffer.from(percents.replaceAll("%", ""), "hex");
  for (let index = 0; index < bytes.length;) {
    const count = Math.min(utf8Length(bytes[index] ?? 0), bytes.length - index);
    const text = bytes.toString("utf8", index, index + count);
    const isWhole = !text.includes("\ufffd");
    const taken = isWhole ? count : 1;
    const shown = isWhole ? text : String.fromCharCode(bytes[index] ?? 0);
    builder.put(shown, start + index * 3, start + (index + taken) * 3);
    index += taken;
  }
}

function utf8Length(lead: number): number {
  return lead < 0xc0 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
}

function referredText(reference: string): string | undefined {
  if (!reference.startsWith("#")) {
    const name = reference.toLowerCase();
    return Object.hasOwn(named, name) ? named[name] : undefined;
  }
  const isHex = /^#x/i.test(reference);
  return characterOf(Number.parseInt(reference.slice(isHex ? 2 : 1), isHex ? 16 : 10));
}

/** What a backslash and what follows it mean. */
function escapedText(escape: string): string | undefined {
  if (/^[uUx].|^[0-3][0-7]{2}$/.test(escape)) {
    const digits = escape.replaceAll(/[^\da-f]/gi, "");
    return characterOf(Number.parseInt(digits, /^[uUx]/.test(escape) ? 16 : 8));
  }
  return backslashed[escape] ?? escape;
}

function characterOf(code: number): string | undefined {
  if (code === 0) {
    return "";
  }
  return code <= 0x10_ffff ? String.fromCodePoint(code) : undefined;
}
