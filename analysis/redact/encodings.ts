import { fullyDecoded, unwrapped } from "./decoding";

/** How a secret may be written. */
export interface Form {
  readonly text: string;
  /**
   * Whether it is a part of a longer code without meaning to a reader, such as base64: where it is found,
   * all of that code is hidden.
   */
  readonly isCode: boolean;
}

/** Of a longer secret this much is looked for in codes: to encode all of it in every way takes too long. */
const encodedLength = 192;

/** A secret without its blanks that is shorter occurs by chance: `to be` in "October". */
const shortestUnwrapped = 12;

/**
 * Every way in which a secret may be written, but for those that are read by decoding the text: in hexadecimal
 * and base64, of UTF-8 and of UTF-16, and one in the other.
 */
export function* formsOf(secret: string): Generator<Form> {
  for (const text of plainForms(secret)) {
    yield { text, isCode: false };
  }
  const piece = secret.length <= encodedLength ? secret : tellingPiece(secret, encodedLength).text;
  for (const text of new Set(codesOf(piece))) {
    yield { text, isCode: true };
  }
}

/** The part of a text with the most different characters, and where it begins: the least likely to occur by chance. */
export function tellingPiece(text: string, length: number): { readonly text: string; readonly at: number } {
  const counts = new Uint32Array(256);
  let [at, most, distinct] = [0, 0, 0];
  for (let end = 0; end < text.length && text.length > length; end += 1) {
    const entering = text.charCodeAt(end) & 255;
    distinct += counts[entering] === 0 ? 1 : 0;
    counts[entering] = (counts[entering] ?? 0) + 1;
    if (end >= length) {
      const leaving = text.charCodeAt(end - length) & 255;
      counts[leaving] = (counts[leaving] ?? 0) - 1;
      distinct -= counts[leaving] === 0 ? 1 : 0;
    }
    if (end >= length - 1 && distinct > most) {
      [at, most] = [end - length + 1, distinct];
    }
  }
  return { text: text.slice(at, at + length), at };
}

function plainForms(secret: string): Set<string> {
  // Half a surrogate pair does not survive UTF-8, in which all of this is written in the end.
  const forms = [secret, secret.replaceAll(" ", "+"), Buffer.from(secret).toString(), fullyDecoded(secret)];
  if (/[%&\\]/.test(secret)) {
    // Decoding takes the secret's own signs for codes too.
    const written = writtenForms(secret);
    forms.push(...written, ...written.flatMap(writtenForms));
  }
  const joined = forms.map(unwrapped).filter((form) => form.length >= shortestUnwrapped);
  return new Set([...forms, ...joined]);
}

function* codesOf(secret: string): Generator<string> {
  const bytes = Buffer.from(secret);
  const little = Buffer.from(secret, "utf16le");
  const big = Buffer.from(secret, "utf16le").swap16();
  for (const each of new Set([secret, ...writtenForms(secret)])) {
    yield* base64Forms(Buffer.from(each));
    yield* hexForms(Buffer.from(each));
  }
  for (const each of [little, big]) {
    yield* base64Forms(each);
    yield* hexForms(each);
  }
  const hex = bytes.toString("hex");
  yield hex.replaceAll(/..(?=.)/g, "$&:");
  yield hex.toUpperCase().replaceAll(/..(?=.)/g, "$&:");
  yield* base64Forms(Buffer.from(hex));
  yield* base64Forms(Buffer.from(hex.toUpperCase()));
  for (const inner of base64Forms(bytes)) {
    yield* base64Forms(Buffer.from(inner));
    yield* hexForms(Buffer.from(inner));
  }
}

/** As templates write a text into something that is then encoded as a whole. */
function writtenForms(secret: string): string[] {
  const json = JSON.stringify(secret).slice(1, -1);
  const url = encodeURIComponent(Buffer.from(secret).toString());
  return [
    json,
    json.replace(/[<>&\u2028\u2029]/g, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`),
    url,
    // As Terraform's `urlencode` does it.
    url
      .replaceAll("%20", "+")
      .replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`),
    secret.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;"),
  ];
}

function hexForms(bytes: Buffer): string[] {
  const hex = bytes.toString("hex");
  return [hex, hex.toUpperCase()];
}

/** What base64 makes of bytes at each of the three positions they can have in a group of three. */
function base64Forms(bytes: Buffer): string[] {
  const parts = [0, 1, 2].map((shift) => {
    const form = Buffer.concat([Buffer.alloc(shift), bytes])
      .toString("base64")
      .replace(/=+$/, "");
    // The first and last characters also hold bits of the neighbours.
    const isWhole = (shift + bytes.length) % 3 === 0;
    return form.slice(shift === 0 ? 0 : shift + 1, isWhole ? undefined : -1);
  });
  // The last characters of the text alone, when nothing follows it.
  const plain = [...parts, bytes.toString("base64").replace(/=+$/, "")];
  return [...new Set([...plain, ...plain.map((form) => form.replaceAll("+", "-").replaceAll("/", "_"))])];
}
