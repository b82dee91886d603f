import pc from "picocolors";

import { cellsOf, fit, pad } from "./cells";

/** A stack on which something runs. */
export interface RunningView {
  readonly stack: string;
  /** `applying`. */
  readonly what: string;
  readonly elapsedMilliseconds: number;
  /**
   * How much of it is done.
   *
   * @default - it is not counted
   */
  readonly steps?: { readonly done: number; readonly total: number };
  /**
   * How long it goes on, as earlier runs went.
   *
   * @default - nobody knows
   */
  readonly leftMilliseconds?: number;
}

/** A stack that is not begun. */
export interface WaitingView {
  readonly stack: string;
  /** Names of what must end first. */
  readonly waitsFor: readonly string[];
}

/** All that a person sees of a run at one moment. */
export interface RunView {
  /**
   * Where the run is.
   *
   * @default - it has no waves
   */
  readonly wave?: {
    readonly number: number;
    readonly of: number;
    readonly elapsedMilliseconds: number;
    readonly leftMilliseconds?: number;
  };
  readonly running: readonly RunningView[];
  readonly waiting: readonly WaitingView[];
}

/** A window of a terminal, in cells. */
export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** How much of a line a stack's name takes at most. */
const nameShare = 0.4;

/** The lines of a moment, none wider than the window and all of them in it. */
export function frame({ wave, running, waiting }: RunView, { columns, rows }: Size): string[] {
  // The last cell of a row and the last row of a window make some terminals move on.
  const [width, height] = [columns - 1, Math.max(1, rows - 1)];
  const names = [...running, ...waiting].map(({ stack }) => cellsOf(stack));
  const column = Math.min(Math.max(0, ...names), Math.floor(width * nameShare));
  const line = (stack: string, text: string): string =>
    `${pad(fit(stack, column), column)}  ${fit(text, width - column - 2)}`;
  const head = wave === undefined ? [] : [pc.bold(fit(headOf(wave), width))];
  const first = [...head, ...running.map((each) => pc.cyan(line(each.stack, inWords(each))))].slice(
    0,
    height,
  );
  const room = height - first.length;
  const shown = waiting.length <= room ? waiting.length : Math.max(0, room - 1);
  const rest = waiting.length - shown;
  return [
    ...first,
    ...waiting
      .slice(0, shown)
      .map(({ stack, waitsFor }) => pc.dim(line(stack, `waits for ${waitsFor.join(", ")}`))),
    ...(rest > 0 && room > 0 ? [pc.dim(fit(`… and ${rest} more wait`, width))] : []),
  ];
}

function headOf({ number, of, elapsedMilliseconds, leftMilliseconds }: NonNullable<RunView["wave"]>): string {
  const left =
    leftMilliseconds === undefined
      ? ""
      : `, about ${duration(leftMilliseconds)} left judging by earlier runs`;
  return `Wave ${number} of ${of}, ${duration(elapsedMilliseconds)} so far${left}`;
}

/** What runs, in words: `applying, 3/12, 35s, about 1m 10s left`. */
export function inWords({
  what,
  steps,
  elapsedMilliseconds,
  leftMilliseconds,
}: Omit<RunningView, "stack">): string {
  return [
    what,
    ...(steps === undefined ? [] : [`${steps.done}/${steps.total}`]),
    duration(elapsedMilliseconds),
    ...(leftMilliseconds === undefined ? [] : [`about ${duration(leftMilliseconds)} left`]),
  ].join(", ");
}

/** A time for people: `4s`, `2m 05s`. */
export function duration(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  return seconds < 60
    ? `${seconds}s`
    : `${Math.floor(seconds / 60)}m ${String(seconds % 60).padStart(2, "0")}s`;
}
