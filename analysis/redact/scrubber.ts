import { constants, gunzipSync } from "node:zlib";

import { isEncoded, readingsOf, type Reading } from "./decoding";
import { formsOf } from "./encodings";
import { Needles, shortestSubstring, type Stretch } from "./needles";
import type { Secret } from "./secrets";

/** Stands where a part of a text was a secret. */
export const placeholder = "(sensitive)";

/** What no plan should show, marked or not: the forms of credentials that are known by their looks. */
const credentials =
  /-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]{0,40}PRIVATE KEY-----|$)|\b(?:AKIA|ASIA)[A-Z0-9]{16}\b|\bgh[pousr]_[A-Za-z0-9]{36,255}|\bgithub_pat_\w{22,255}|\bglpat-[\w-]{20,255}|\bxox[abprs]-[\w-]{10,255}|\bnpm_[A-Za-z0-9]{36}\b|\b[rs]k_live_[A-Za-z0-9]{20,255}|\beyJ[\w-]{10,2000}\.eyJ[\w-]{10,8000}\.[\w-]{10,2000}/g;

/** Base64 of what gzip made, as `base64gzip` writes it. */
const compressed = /H4sI[\w+/-]{16,}={0,2}/g;

/** So many characters of texts are remembered; what comes later is read anew. */
const mostKept = 4_000_000;

/** What unpacks to more bytes than this is not searched, but hidden. */
const mostUnpacked = 4_000_000;

/**
 * Finds known secrets in text, as they are and as they are written elsewhere: escaped for JSON, HTML, URLs
 * and shells, once or several times; in hexadecimal, in base64 and in base64 of what gzip made, also where
 * the secret is a part of what was encoded, or was UTF-16, or was encoded before.
 */
export class Scrubber {
  private readonly whole = new Set<string>();
  private readonly needles = new Needles();
  private readonly names = new Map<string, string>();
  private readonly texts = new Map<string, string>();
  private kept = 0;

  public constructor(secrets: Iterable<Secret>) {
    for (const secret of secrets) {
      const text = String(secret);
      if (text === "" || this.whole.has(text)) {
        continue;
      }
      this.whole.add(text);
      for (const form of text.length < shortestSubstring ? [] : formsOf(text)) {
        this.needles.add(form);
      }
    }
  }

  /** Whether a value is a secret as a whole. Booleans never are: half of all values would be. */
  public isSecret(value: unknown): boolean {
    return (typeof value === "string" || typeof value === "number") && this.whole.has(String(value));
  }

  /** The text without any secret. Texts repeat: most of what a change shows stands before it and after it. */
  public text(text: string): string {
    const known = this.texts.get(text);
    if (known !== undefined) {
      return known;
    }
    const scrubbed = this.scrubbed(text);
    this.kept += text.length;
    if (this.kept > mostKept) {
      this.texts.clear();
      this.kept = text.length;
    }
    this.texts.set(text, scrubbed);
    return scrubbed;
  }

  private scrubbed(text: string): string {
    if (this.whole.has(text)) {
      return placeholder;
    }
    const found = text.length < shortestSubstring || this.whole.size === 0 ? [] : this.stretchesOf(text);
    return (found.length === 0 ? text : without(text, found)).replace(credentials, placeholder);
  }

  /** As {@link text}, for the names of members, which repeat. */
  public name(name: string): string {
    const known = this.names.get(name);
    if (known !== undefined) {
      return known;
    }
    const scrubbed = this.text(name);
    this.names.set(name, scrubbed);
    return scrubbed;
  }

  private stretchesOf(text: string): readonly Stretch[] {
    if (!isEncoded(text)) {
      return this.needles.find(text);
    }
    return [...readingsOf(text)].flatMap((reading) =>
      [...this.needles.find(reading.text), ...this.packedIn(reading.text)].map((stretch) =>
        original(reading, stretch),
      ),
    );
  }

  private packedIn(text: string): Stretch[] {
    if (!text.includes("H4sI")) {
      return [];
    }
    return [...text.matchAll(compressed)].flatMap(({ 0: code, index }): Stretch[] =>
      this.holdsSecret(code) ? [[index, index + code.length]] : [],
    );
  }

  private holdsSecret(code: string): boolean {
    try {
      const bytes = gunzipSync(Buffer.from(code, "base64"), {
        maxOutputLength: mostUnpacked,
        // What is cut off is read as far as it goes.
        finishFlush: constants.Z_SYNC_FLUSH,
      });
      const content = bytes.toString();
      return this.text(content) !== content;
    } catch (error) {
      // Too much to search is hidden; what is no archive after all is only a text.
      return error instanceof RangeError;
    }
  }
}

/** Where in the original text a stretch of one of its readings stands. */
function original({ starts, ends }: Reading, [from, to]: Stretch): Stretch {
  return [starts?.[from] ?? from, ends?.[to - 1] ?? to];
}

/**
 * Replaces every stretch that secrets cover. Secrets that overlap or touch are one stretch, so that
 * the tail of one does not survive because the head of another was found first.
 */
function without(text: string, found: readonly Stretch[]): string {
  const stretches = [...found].sort(([left], [right]) => left - right);
  let [result, copied] = ["", 0];
  let [from, to] = stretches[0] ?? [0, 0];
  for (const [start, end] of stretches) {
    if (start > to) {
      [result, copied] = [result + text.slice(copied, from) + placeholder, to];
      from = start;
    }
    to = Math.max(to, end);
  }
  return result + text.slice(copied, from) + placeholder + text.slice(to);
}
