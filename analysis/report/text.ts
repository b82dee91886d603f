/** Characters that a reader cannot see or that reorder what he sees. */
const invisible =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff\ufff9-\ufffb]/g;

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
    .replace(invisible, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/**
 * Text from a plan as inline code that no content can leave, in a paragraph, a list or a table.
 *
 * Plain names become a code span. Anything with a back-tick, a pipe, a backslash or an angle bracket
 * becomes `<code>` with character references: code spans cannot escape, and tables split on a pipe
 * whatever it stands in.
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
  return `<code>${shown.replace(/[^\p{L}\p{N} /-]/gu, (sign) => `&#${sign.codePointAt(0) ?? 0};`) || "&#32;"}</code>`;
}

/**
 * A sentence of ours that quotes a plan, as inline Markdown with no other meaning. It must start with a
 * word of ours: at the start of a line a quoted `#` or `1.` would begin a block.
 */
export function prose(text: string, maximum = 600): string {
  return visible(shorten(text, maximum)).replace(/[\\`*_[\]<>|~&$]|:\/\/|www\.|[@#](?=\w)/gi, (found) =>
    /^[@#]/.test(found) ? `${found}&#8203;` : found.replace(/[\\`*_[\]<>|~&$/.]/g, String.raw`\$&`),
  );
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
