import type { ChangeCounts } from "../plan";
import type { Piece } from "./budget";

/** A part of an environment's document. Its frame is always shown when it has pieces. */
export interface Section {
  readonly opening: string;
  readonly ending: string;
  /** What is said of pieces that are not shown. */
  readonly more: (hidden: number) => string;
}

/** A section and what it holds. */
export interface Part {
  readonly section: Section;
  readonly pieces: readonly Piece[];
}

/** A piece of one line, which is shown or not. */
export function row(rank: number, text: string): Piece {
  return { rank, best: "address", render: (level) => (level === "address" ? text : undefined) };
}

/** Stands for what is beyond a cap, so that it is counted. */
export const hiddenPiece: Piece = {
  rank: Number.POSITIVE_INFINITY,
  best: "address",
  render: () => undefined,
};

/** A section under a heading. */
export function heading(title: string, note?: string): Section {
  return {
    opening: `\n### ${title}\n\n${note === undefined ? "" : `${note}\n\n`}`,
    ending: "",
    more: (hidden) => `\n${plural(hidden, "more")} not shown here.\n`,
  };
}

/** A section that a reader opens if he wants to. */
export function fold(title: string): Section {
  return {
    opening: `\n<details>\n<summary>${title}</summary>\n\n`,
    ending: "\n</details>\n",
    more: (hidden) => `\n${plural(hidden, "more")} not shown here.\n`,
  };
}

/** Counts as a sentence without its full stop; what is zero is left out. */
export function countsText(counts: ChangeCounts): string {
  const words: readonly (readonly [keyof ChangeCounts, string])[] = [
    ["create", "to create"],
    ["update", "to update"],
    ["replace", "to replace"],
    ["destroy", "to destroy"],
    ["import", "to import"],
    ["move", "to move"],
    ["forget", "to forget"],
    ["drift", "drifted"],
  ];
  const parts = words.filter(([name]) => counts[name] > 0).map(([name, word]) => `${counts[name]} ${word}`);
  return parts.length === 0 ? "no resource changes" : parts.join(", ");
}

/** What a list leaves out, to be put after it. */
export function more(count: number): string {
  return count > 0 ? ` and ${count} more` : "";
}

/** A number and its noun. */
export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 || noun.endsWith("more") ? "" : "s"}`;
}
