import stringWidth from "string-width";

/** How many cells of a terminal a text takes; colours take none. */
export function cellsOf(text: string): number {
  return stringWidth(text);
}

const segmenter = new Intl.Segmenter("en", { granularity: "grapheme" });

/** A text on one line: without what moves a cursor, breaks a line or cannot be seen. */
export function oneLine(text: string): string {
  return text
    .replace(/\u001b\[[0-9;?]*[ -/]*[@-~]/g, "")
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " ")
    .replace(/[\p{Cf}\p{Cs}]/gu, "");
}

/** A text in at most so many cells. What is too long loses its middle: names differ at both ends. */
export function fit(text: string, width: number): string {
  const plain = oneLine(text);
  if (cellsOf(plain) <= width) {
    return plain;
  }
  const letters = [...segmenter.segment(plain)].map(({ segment }) => segment);
  const [left, right]: [string[], string[]] = [[], []];
  // By turns from both ends, as long as the mark of what is left out still fits.
  for (let taken = 0; taken < letters.length; taken += 1) {
    const isLeft = taken % 2 === 0;
    const letter = letters[isLeft ? left.length : letters.length - 1 - right.length] ?? "";
    const next = [...left, ...(isLeft ? [letter] : []), "…", ...(isLeft ? [] : [letter]), ...right].join("");
    if (cellsOf(next) > width) {
      break;
    }
    if (isLeft) {
      left.push(letter);
    } else {
      right.unshift(letter);
    }
  }
  return width < 1 ? "" : [...left, "…", ...right].join("");
}

/** A text with so many cells at least. */
export function pad(text: string, width: number): string {
  return `${text}${" ".repeat(Math.max(0, width - cellsOf(text)))}`;
}

/**
 * Text broken between words. What a line does not hold goes on as deep as the line began. A word that is
 * longer than a line stays whole, so that an address can be copied.
 */
export function wrapped(text: string, width: number): string {
  return text
    .split("\n")
    .map((line) => wrappedLine(line, width))
    .join("\n");
}

function wrappedLine(line: string, width: number): string {
  if (cellsOf(line) <= width) {
    return line;
  }
  const [margin = ""] = /^ */.exec(line) ?? [];
  const lines: string[] = [];
  let current = margin;
  for (const word of line.slice(margin.length).split(" ")) {
    const isFirst = current.trim() === "";
    const next = isFirst ? `${current}${word}` : `${current} ${word}`;
    if (isFirst || cellsOf(next) <= width) {
      current = next;
    } else {
      lines.push(current);
      current = `${margin}${word}`;
    }
  }
  return [...lines, current].join("\n");
}

/** The cells of each column's widest cell. */
function columnWidths(rows: readonly (readonly string[])[]): number[] {
  const columns = Math.max(0, ...rows.map((row) => row.length));
  return Array.from({ length: columns }, (_none, column) =>
    Math.max(...rows.map((row) => cellsOf(row[column] ?? ""))),
  );
}

function widthWith(widths: readonly number[], gap: number): number {
  return widths.reduce((sum, each) => sum + each, gap * (widths.length - 1));
}

/** How wide rows are whose columns stand side by side. */
export function widthOf(rows: readonly (readonly string[])[], gap: number): number {
  return widthWith(columnWidths(rows), gap);
}

/** Rows whose columns share a width: the longest cells of the widest column lose their middle. */
export function fitRows(
  rows: readonly (readonly string[])[],
  width: number,
  gap: number,
): readonly (readonly string[])[] {
  const widths = columnWidths(rows);
  while (widthWith(widths, gap) > width && Math.max(...widths) > 1) {
    const widest = widths.indexOf(Math.max(...widths));
    widths[widest] = (widths[widest] ?? 1) - 1;
  }
  return rows.map((row) =>
    row.map((cell, column) =>
      cellsOf(cell) <= (widths[column] ?? 0) ? cell : fit(cell, widths[column] ?? 0),
    ),
  );
}
