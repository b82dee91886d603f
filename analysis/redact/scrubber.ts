import type { Secret } from "./secrets";

/** Stands where a part of a text was a secret. */
export const placeholder = "(sensitive)";

/**
 * The shortest secret that is looked for inside other text.
 *
 * A secret of one to three characters (`1`, `on`, `eu`) occurs in every plan by chance; to blank all of
 * them would leave nothing to read and tell nobody anything. Such a secret is still hidden where it
 * stands marked, and where it is the whole of another value.
 */
export const shortestSubstring = 4;

/** What no plan should show, marked or not: the forms of credentials that are known by their looks. */
const credentials =
  /-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]{0,40}PRIVATE KEY-----|$)|\b(?:AKIA|ASIA)[A-Z0-9]{16}\b|\bgh[pousr]_[A-Za-z0-9]{36,255}|\bgithub_pat_\w{22,255}|\bglpat-[\w-]{20,255}|\bxox[abprs]-[\w-]{10,255}/g;

/**
 * Finds known secrets in text, as they are and as they are usually written: escaped in JSON once and
 * twice, in a URL, in hexadecimal, and in base64, also where the secret is a part of what was encoded.
 */
export class Scrubber {
  private readonly whole = new Set<string>();
  private readonly needles = new Map<number, string[]>();
  private readonly starts = new Uint8Array(1 << 16);

  public constructor(secrets: Iterable<Secret>) {
    const forms = new Set<string>();
    for (const secret of secrets) {
      const text = String(secret);
      if (text !== "") {
        this.whole.add(text);
      }
      for (const form of text.length < shortestSubstring ? [] : formsOf(text)) {
        forms.add(form);
      }
    }
    for (const form of forms) {
      this.add(form);
    }
  }

  /** Whether a value is a secret as a whole. Booleans never are: half of all values would be. */
  public isSecret(value: unknown): boolean {
    return (typeof value === "string" || typeof value === "number") && this.whole.has(String(value));
  }

  /** The text without any secret. */
  public text(text: string): string {
    if (this.whole.has(text)) {
      return placeholder;
    }
    const known = this.needles.size === 0 ? text : this.withoutNeedles(text);
    return known.replace(credentials, placeholder);
  }

  private add(form: string): void {
    const key = keyAt(form, 0);
    this.starts[key] = 1;
    const same = this.needles.get(key);
    if (same === undefined) {
      this.needles.set(key, [form]);
    } else {
      same.push(form);
    }
  }

  /**
   * Replaces every stretch that secrets cover. Secrets that overlap or touch are one stretch, so that
   * the tail of one does not survive because the head of another was found first.
   */
  private withoutNeedles(text: string): string {
    let result = "";
    let copied = 0;
    let [from, to] = [-1, -1];
    for (let index = 0; index + shortestSubstring <= text.length; index += 1) {
      const key = keyAt(text, index);
      const end = this.starts[key] === 0 ? -1 : this.longestAt(text, index, key);
      if (end > index) {
        if (index > to) {
          [result, copied] = flush(text, result, copied, from, to);
          from = index;
        }
        to = Math.max(to, end);
      }
    }
    [result, copied] = flush(text, result, copied, from, to);
    return copied === 0 ? text : result + text.slice(copied);
  }

  private longestAt(text: string, index: number, key: number): number {
    let end = -1;
    for (const needle of this.needles.get(key) ?? []) {
      if (index + needle.length > end && text.startsWith(needle, index)) {
        end = index + needle.length;
      }
    }
    return end;
  }
}

function flush(text: string, result: string, copied: number, from: number, to: number): [string, number] {
  return from < 0 ? [result, copied] : [result + text.slice(copied, from) + placeholder, to];
}

/** A hash of four characters, enough to skip nearly every position that starts no secret. */
function keyAt(text: string, index: number): number {
  const [a, b] = [text.charCodeAt(index), text.charCodeAt(index + 1)];
  const [c, d] = [text.charCodeAt(index + 2), text.charCodeAt(index + 3)];
  return (((a * 31 + b) * 31 + c) * 31 + d) & 0xffff;
}

function formsOf(text: string): string[] {
  const escaped = JSON.stringify(text).slice(1, -1);
  const terraform = escaped.replace(/[<>&\u2028\u2029]/g, (sign) => `\\u${hex(sign.charCodeAt(0), 4)}`);
  const url = encoded(text);
  const forms = [
    text,
    escaped,
    terraform,
    JSON.stringify(escaped).slice(1, -1),
    JSON.stringify(terraform).slice(1, -1),
    url,
    url.replaceAll("%20", "+"),
    url.replace(/%[0-9A-F]{2}/g, (sign) => sign.toLowerCase()),
    text.replaceAll(" ", "+"),
    Buffer.from(text).toString("hex"),
    ...base64Forms(text),
  ];
  return forms.filter((form) => form.length >= shortestSubstring);
}

/** What base64 makes of a text at each of the three positions it can have in a group of three bytes. */
function base64Forms(text: string): string[] {
  const bytes = Buffer.from(text);
  const parts = [0, 1, 2].map((shift) => {
    const form = Buffer.concat([Buffer.alloc(shift), bytes])
      .toString("base64")
      .replace(/=+$/, "");
    // The first and last characters also hold bits of the neighbours.
    const isWhole = (shift + bytes.length) % 3 === 0;
    return form.slice(shift === 0 ? 0 : shift + 1, isWhole ? undefined : -1);
  });
  // The last characters of the text alone, when nothing follows it.
  const alone = bytes.toString("base64");
  const plain = [...parts, alone.replace(/=+$/, ""), alone];
  return [...plain, ...plain.map((form) => form.replaceAll("+", "-").replaceAll("/", "_"))];
}

function encoded(text: string): string {
  // Through bytes first: half a surrogate pair makes `encodeURIComponent` throw.
  return encodeURIComponent(Buffer.from(text).toString());
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, "0");
}
