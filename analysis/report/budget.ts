import { byteLength } from "./text";

/** How much of a piece is shown; the higher, the more. `hidden` pieces are counted. */
export const levels = ["hidden", "address", "names", "diff"] as const;

/** One of {@link levels}. */
export type Level = (typeof levels)[number];

/** A part of the report that can be shown at several levels of detail. */
export interface Piece {
  /** The lower, the longer it keeps its detail. */
  readonly rank: number;
  /** The highest level that it has. */
  readonly best: Level;
  /** The text of a level, or undefined when the piece has no such level. */
  readonly render: (level: Exclude<Level, "hidden">) => string | undefined;
}

/** A piece and what is shown of it. */
export interface Allotted<Member extends Piece> {
  readonly piece: Member;
  readonly level: Level;
  readonly text: string;
}

/**
 * Up to which share of the room each level may fill the report. Addresses of everything are worth more
 * than the whole text of half, but they must leave room to show the worst in full.
 */
const shares: readonly (readonly [Exclude<Level, "hidden">, number])[] = [
  ["address", 0.4],
  ["names", 0.7],
  ["diff", 1],
];

/**
 * Chooses how much of each piece to show in a number of bytes.
 *
 * Level by level, in the order of rank: when a piece does not fit, no piece after it is raised to that
 * level either. So no piece ever shows less than one of a higher rank number.
 *
 * @returns the pieces in the order given.
 */
export function allot<Member extends Piece>(pieces: readonly Member[], room: number): Allotted<Member>[] {
  const chosen: Allotted<Member>[] = pieces.map((piece) => ({ piece, level: "hidden", text: "" }));
  const order = pieces
    .map((_piece, index) => index)
    .sort((left, right) => rankAt(pieces, left) - rankAt(pieces, right));
  let used = 0;
  for (const [level, share] of shares) {
    for (const index of order) {
      const current = chosen[index];
      const text = current?.piece.render(level);
      if (current !== undefined && text !== undefined) {
        const needed = used + byteLength(text) - byteLength(current.text);
        if (needed > room * share) {
          break;
        }
        used = needed;
        chosen[index] = { piece: current.piece, level, text };
      }
    }
  }
  return chosen;
}

function rankAt(pieces: readonly Piece[], index: number): number {
  return pieces[index]?.rank ?? Number.POSITIVE_INFINITY;
}
