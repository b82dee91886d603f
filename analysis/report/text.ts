/** Characters that a reader cannot see, cannot tell from a blank, or that reorder what is seen. */
const invisible = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]|(?! )\p{Zs}/gu;

/** The part of a text between two positions, widened or narrowed so that no surrogate pair is cut. */
export function sliceText(text: string, start: number, end: number = text.length): string {
  const from = isInsidePair(text, start) ? start + 1 : start;
  const to = isInsidePair(text, end) ? end - 1 : end;
  return text.slice(from, Math.max(from, to));
}

/** A text of at most so many UTF-16 units, with `…` where the rest was. */
export function shorten(text: string, maximum: number): string {
  return text.length <= maximum ? text : `${sliceText(text, 0, Math.max(0, maximum - 1))}…`;
}

/** The text with every character visible: control and bidirectional characters become `\u202e`. */
export function visible(text: string): string {
  // Half a surrogate pair becomes U+FFFD on its way through UTF-8.
  return Buffer.from(text)
    .toString()
    .replace(invisible, (sign) => {
      const digits = (sign.codePointAt(0) ?? 0).toString(16);
      return digits.length > 4 ? `\\u{${digits}}` : `\\u${digits.padStart(4, "0")}`;
    });
}

/**
 * Text from a plan as inline code that no content can leave, in a paragraph, a list or a table.
 *
 * Plain names become a code span. Anything with a back-tick, a pipe, a backslash or an angle bracket
 * becomes `<code>` with character references: code spans cannot escape, and tables split on a pipe
 * whatever it stands in. GitHub looks for mail addresses in text after it has resolved the references, but
 * not across tags: behind every `@` another `<code>` begins.
 */
export function code(text: string, maximum = 160): string {
  const shown = visible(shorten(text, maximum));
  if (
    /^[\p{L}\p{N}_.\-/:="'[\],()+*@!?;^{}%](?:[\p{L}\p{N} _.\-/:="'[\],()+*@!?;^{}%…]*[\p{L}\p{N}_.\-/:="'[\],()+*@!?;^{}%…])?$/u.test(
      shown,
    )
  ) {
    return `\`${shown}\``;
  }
  const escaped = shown
    .replace(/[^\p{L}\p{N} /-]/gu, (sign) => `&#${sign.codePointAt(0) ?? 0};`)
    .replaceAll("&#64;", "&#64;</code><code>");
  return `<code>${escaped || "&#32;"}</code>`;
}

/** A word without a meaning in Markdown and to what turns text into links: letters, short numbers, addresses of hosts. */
const plainWord =
  /^\(?(\p{L}+(['’-]\p{L}+)*|\d{1,6}%?|\d{1,3}(\.\d{1,3}){3}(\/\d{1,2})?|[\da-f:]{2,39}::\/\d{1,3}|::\/0)\)?[,;:.]?\)?$/u;

/** A word in brackets, and one with a comma: each is quoted without them. */
const surrounded = [/^(\()(.+)(\)[,;:]?)$/su, /^()(.+?)([,;:]?)$/su];

/**
 * A sentence of ours that quotes a plan, as inline Markdown with no other meaning: what is no plain word
 * becomes code, so that nothing is emphasized, linked, notified or read as a formula.
 */
export function prose(text: string, maximum = 600): string {
  return visible(shorten(text, maximum))
    .split(" ")
    .map((word) => {
      if (word === "" || plainWord.test(word)) {
        return word;
      }
      const [, opening = "", quoted = word, ending = ""] =
        surrounded.map((form) => form.exec(word)).find((match) => match !== null) ?? [];
      return `${opening}${code(quoted, maximum)}${ending}`;
    })
    .join(" ");
}

/** Lines as a fenced block that no line can close. */
export function fence(language: string, lines: readonly string[]): string {
  const longest = Math.max(2, ...lines.map((line) => longestRun(line)));
  const mark = "`".repeat(longest + 1);
  return `${mark}${language}\n${lines.join("\n")}\n${mark}\n`;
}

/** Length in UTF-8, which is never less than the number of characters. */
export function byteLength(text: string): number {
  return Buffer.byteLength(text);
}

function longestRun(line: string): number {
  return Math.max(0, ...[...line.matchAll(/`+/g)].map(([run]) => run.length));
}

function isInsidePair(text: string, index: number): boolean {
  const [before, after] = [text.charCodeAt(index - 1), text.charCodeAt(index)];
  return before >= 0xd800 && before <= 0xdbff && after >= 0xdc00 && after <= 0xdfff;
}
