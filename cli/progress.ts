import pc from "picocolors";

import type { Terminal } from "./context";
import { type EventCollector, isStep, type TerraformEvent } from "./terraform/events";

interface Running {
  readonly since: number;
  what: string;
  detail: string;
}

const redrawMilliseconds = 250;
const reminderMilliseconds = 30_000;

/**
 * Shows what runs: on a terminal one live line a stack, else plain lines that begin with the
 * stack's name, with a reminder now and then so that a pipeline does not look dead.
 */
export class Progress {
  private readonly running = new Map<string, Running>();
  private drawn = 0;
  private timer: NodeJS.Timeout | undefined;
  private width = 0;

  public constructor(
    private readonly terminal: Terminal,
    private readonly isVerbose = false,
    private readonly clock: () => number = () => performance.now(),
  ) {}

  /** Aligns the lines of these stacks. */
  public align(stacks: readonly string[]): void {
    this.width = Math.max(this.width, ...stacks.map((stack) => stack.length));
  }

  /** A stack begins with something (`planning`). */
  public start(stack: string, what: string): void {
    this.running.set(stack, { since: this.clock(), what, detail: "" });
    if (!this.terminal.isInteractive) {
      this.line(stack, what);
    }
    this.timer ??= setInterval(
      () => {
        this.tick();
      },
      this.terminal.isInteractive ? redrawMilliseconds : reminderMilliseconds,
    ).unref();
    this.redraw();
  }

  /** Shows an event of a stack's run. */
  public event(stack: string, event: TerraformEvent, soFar: EventCollector): void {
    const running = this.running.get(stack);
    if (running === undefined) {
      return;
    }
    running.detail = detailOf(soFar);
    const ended = isStep(event);
    if (this.isVerbose || (ended && !this.terminal.isInteractive)) {
      this.line(stack, `${ended ? `[${running.detail}] ` : ""}${event["@message"]}`);
    }
  }

  /** A stack is done with what it began. */
  public finish(stack: string, message: string): void {
    const running = this.running.get(stack);
    this.running.delete(stack);
    const elapsed = running === undefined ? "" : pc.dim(` (${duration(this.clock() - running.since)})`);
    this.line(stack, `${message}${elapsed}`);
    if (this.running.size === 0) {
      clearInterval(this.timer);
      this.timer = undefined;
    }
  }

  /** Writes a line above the live ones. */
  public note(line: string): void {
    this.erase();
    this.terminal.err(`${line}\n`);
    this.redraw();
  }

  private line(stack: string, text: string): void {
    this.note(`${pc.bold(stack.padEnd(this.width))}  ${text}`);
  }

  private tick(): void {
    if (this.terminal.isInteractive) {
      this.erase();
      this.redraw();
      return;
    }
    for (const [stack, running] of this.running) {
      this.line(stack, `still ${this.describe(running)}`);
    }
  }

  private redraw(): void {
    if (!this.terminal.isInteractive) {
      return;
    }
    this.erase();
    for (const [stack, running] of this.running) {
      const text = `${stack.padEnd(this.width)}  ${this.describe(running)}`;
      this.terminal.err(`${pc.cyan(text.slice(0, this.terminal.columns - 1))}\n`);
    }
    this.drawn = this.running.size;
  }

  private erase(): void {
    if (this.drawn > 0) {
      this.terminal.err(`\u001b[${this.drawn}A\u001b[J`);
      this.drawn = 0;
    }
  }

  private describe({ since, what, detail }: Running): string {
    return [what, detail, duration(this.clock() - since)].filter(Boolean).join(", ");
  }
}

function detailOf(events: EventCollector): string {
  const { add, change, remove } = plannedCounts(events);
  const total = add + change + remove;
  return total === 0 ? "" : `${events.done}/${total}`;
}

/** What is to be done, counted from the changes: the summary comes only at the end. */
function plannedCounts(events: EventCollector): { add: number; change: number; remove: number } {
  const count = (...actions: string[]): number =>
    events.changes.filter(({ action }) => actions.includes(action)).length;
  const replaced = count("replace");
  return { add: count("create") + replaced, change: count("update"), remove: count("delete") + replaced };
}

/** A time for people: `4s`, `2m 05s`. */
export function duration(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  return seconds < 60
    ? `${seconds}s`
    : `${Math.floor(seconds / 60)}m ${String(seconds % 60).padStart(2, "0")}s`;
}
