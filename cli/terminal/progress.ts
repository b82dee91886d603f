import pc from "picocolors";

import type { Terminal } from "../base/terminal";
import { cellsOf, fit, oneLine, wrapped } from "./cells";
import type { Durations } from "./durations";
import { folded } from "./folding";
import { duration, frame, inWords, type RunView, type RunningView, type WaitingView } from "./frame";
import { type EventCollector, isStep, type TerraformEvent } from "../terraform/events";
import type { Ordered } from "../stacks/waves";

interface Running {
  readonly since: number;
  readonly what: string;
  done: number;
  total: number;
  /** What the log of a pipeline folds. */
  readonly lines: string[];
}

/** What is done to every stack of a run, so that the time that is left can be added up. */
export type Phases = readonly ("planning" | "applying" | "destroying")[];

const redrawMilliseconds = 250;
const reminderMilliseconds = 30_000;

/** Nothing is known of earlier runs. */
const unknownDurations: Pick<Durations, "of" | "note"> = { of: () => undefined, note: () => undefined };

/**
 * Shows what runs: on a terminal one live line a stack, with what waits and for what below, else plain lines
 * that begin with the stack's name, with a reminder now and then so that a pipeline does not look dead. Where
 * the log of a pipeline folds lines, what Terraform did to a stack is folded under how it ended.
 */
export class Progress {
  private readonly running = new Map<string, Running>();
  private readonly startedAt: number;
  private drawn: readonly string[] = [];
  private timer: NodeJS.Timeout | undefined;
  private width = 0;
  private waves: readonly (readonly Ordered[])[] = [];
  private phases: Phases = [];
  private current = 0;
  private foldedCount = 0;

  public constructor(
    private readonly terminal: Terminal,
    private readonly isVerbose = false,
    private readonly clock: () => number = () => performance.now(),
    private readonly durations: Pick<Durations, "of" | "note"> = unknownDurations,
  ) {
    this.startedAt = clock();
  }

  /** Aligns the lines of these stacks. */
  public align(stacks: readonly string[]): void {
    this.width = Math.max(this.width, ...stacks.map((stack) => stack.length));
  }

  /** The run goes through these waves, and does this to each of their stacks. */
  public through(waves: readonly (readonly Ordered[])[], phases: Phases): void {
    this.waves = waves;
    this.phases = phases;
  }

  /** A wave begins, counted from 0. */
  public enter(wave: number): void {
    this.current = wave;
    const stacks = this.waves[wave] ?? [];
    if (this.waves.length < 2) {
      return;
    }
    const names = stacks.map(({ name }) => name).join(", ");
    this.note(pc.bold(this.fitted(`Wave ${wave + 1} of ${this.waves.length}: ${names}`)));
    if (!this.terminal.isInteractive) {
      this.waiting().forEach(({ stack, waitsFor }) => {
        this.line(stack, `waits for ${waitsFor.join(", ")}`);
      });
    }
  }

  /** A stack begins with something (`planning`). */
  public start(stack: string, what: string): void {
    this.running.set(stack, { since: this.clock(), what, done: 0, total: 0, lines: [] });
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
    running.done = soFar.done;
    running.total = totalOf(soFar);
    const ended = isStep(event);
    if (!this.isVerbose && (!ended || this.terminal.isInteractive)) {
      return;
    }
    const text = `${ended ? `[${running.done}/${running.total}] ` : ""}${event["@message"]}`;
    if (this.terminal.folding === undefined) {
      this.line(stack, text);
    } else {
      // The bar keeps a pipeline from reading what AWS or Terraform wrote as a command.
      running.lines.push(`| ${oneLine(text)}`);
    }
  }

  /** A stack is done with what it began; the time counts for later estimates where it ended well. */
  public finish(stack: string, message: string, isGood = false): void {
    const running = this.running.get(stack);
    this.running.delete(stack);
    const elapsed = running === undefined ? 0 : this.clock() - running.since;
    const time = running === undefined ? "" : ` (${duration(elapsed)})`;
    if (running !== undefined && isGood) {
      this.durations.note(stack, running.what, running.total, elapsed);
    }
    const { folding } = this.terminal;
    if (folding === undefined || running === undefined || running.lines.length === 0) {
      this.line(stack, message, time);
    } else {
      this.foldedCount += 1;
      const seconds = Math.floor(Date.now() / 1000);
      const name = `${stack}-${this.foldedCount}`;
      this.terminal.err(
        folded(folding, name, `${stack}  ${oneLine(message)}${time}`, running.lines, seconds),
      );
    }
    if (this.running.size === 0) {
      clearInterval(this.timer);
      this.timer = undefined;
    }
  }

  /** Writes lines above the live ones; on a terminal they are broken between words. */
  public note(text: string): void {
    this.erase();
    this.terminal.err(`${this.terminal.isInteractive ? wrapped(text, this.terminal.columns - 1) : text}\n`);
    this.redraw();
  }

  private line(stack: string, text: string, time = ""): void {
    const name = stack.padEnd(this.width);
    const room = this.terminal.columns - 1 - cellsOf(name) - 2 - cellsOf(time);
    const shown = this.terminal.isInteractive ? fit(text, Math.max(room, 1)) : oneLine(text);
    this.note(`${pc.bold(name)}  ${shown}${time === "" ? "" : pc.dim(time)}`);
  }

  private fitted(text: string): string {
    return this.terminal.isInteractive ? fit(text, this.terminal.columns - 1) : text;
  }

  private tick(): void {
    if (this.terminal.isInteractive) {
      this.redraw();
      return;
    }
    for (const each of this.view().running) {
      this.line(each.stack, `still ${inWords(each)}`);
    }
  }

  private redraw(): void {
    if (!this.terminal.isInteractive) {
      return;
    }
    this.erase();
    if (this.running.size > 0) {
      const { columns, rows = 24 } = this.terminal;
      this.drawn = frame(this.view(), { columns, rows });
      this.terminal.err(this.drawn.map((line) => `${line}\n`).join(""));
    }
  }

  private erase(): void {
    if (this.drawn.length > 0) {
      // A window that has become narrower since has broken the lines.
      const rows = this.drawn.reduce(
        (sum, line) => sum + Math.max(1, Math.ceil(cellsOf(line) / this.terminal.columns)),
        0,
      );
      this.terminal.err(`\u001b[${rows}A\u001b[J`);
      this.drawn = [];
    }
  }

  /** What is to be seen now. */
  private view(): RunView {
    const running = [...this.running].map(([stack, each]) => this.runningView(stack, each));
    if (this.waves.length < 2) {
      return { running, waiting: [] };
    }
    const left = this.leftOf(running);
    return {
      wave: {
        number: this.current + 1,
        of: this.waves.length,
        elapsedMilliseconds: this.clock() - this.startedAt,
        ...(left === undefined ? {} : { leftMilliseconds: left }),
      },
      running,
      waiting: this.waiting(),
    };
  }

  private runningView(stack: string, { since, what, done, total }: Running): RunningView {
    const elapsedMilliseconds = this.clock() - since;
    const isCounted = total > 0 && !what.startsWith("planning");
    const whole = this.durations.of(stack, what, isCounted ? total : undefined);
    // One that takes longer than before is no estimate any more.
    const left =
      whole === undefined || whole <= elapsedMilliseconds ? undefined : whole - elapsedMilliseconds;
    return {
      stack,
      what,
      elapsedMilliseconds,
      ...(isCounted ? { steps: { done, total } } : {}),
      ...(left === undefined ? {} : { leftMilliseconds: left }),
    };
  }

  /** What is left of this wave and those after it; nothing where a stack of them never ran here. */
  private leftOf(running: readonly RunningView[]): number | undefined {
    const now = running.map(({ stack, what, leftMilliseconds }) =>
      leftMilliseconds === undefined
        ? undefined
        : leftMilliseconds +
          sumOf(this.phasesAfter(what).map((phase) => this.durations.of(stack, phase) ?? 0)),
    );
    const later = this.waves.slice(this.current + 1).map((wave) =>
      longest(
        wave.map(({ name }) => {
          const [first, ...rest] = this.phases.map((phase) => this.durations.of(name, phase));
          return first === undefined ? undefined : first + sumOf(rest.map((each) => each ?? 0));
        }),
      ),
    );
    const parts = [longest(now), ...later];
    return parts.includes(undefined) ? undefined : sumOf(parts.map((part) => part ?? 0));
  }

  private phasesAfter(what: string): Phases {
    const index = this.phases.findIndex((phase) => phase === what);
    return index < 0 ? [] : this.phases.slice(index + 1);
  }

  private waiting(): WaitingView[] {
    const open = new Set(this.waves.slice(this.current).flatMap((wave) => wave.map(({ name }) => name)));
    const now = (this.waves[this.current] ?? []).map(({ name }) => name);
    return this.waves.slice(this.current + 1).flatMap((wave) =>
      wave.map(({ name, dependencies }) => {
        const needs = dependencies.filter((each) => open.has(each));
        // A region that stands is changed after another one, though it does not need it.
        return { stack: name, waitsFor: needs.length === 0 ? now : needs };
      }),
    );
  }
}

function totalOf({ changes }: EventCollector): number {
  const count = (...actions: string[]): number =>
    changes.filter(({ action }) => actions.includes(action)).length;
  return count("create", "update", "delete") + 2 * count("replace");
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, each) => sum + each, 0);
}

/** The longest of some times; nothing where one is not known. */
function longest(times: readonly (number | undefined)[]): number | undefined {
  return times.includes(undefined) ? undefined : Math.max(0, ...times.map((time) => time ?? 0));
}
