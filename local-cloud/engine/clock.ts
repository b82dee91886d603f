import { setImmediate as nextTurn } from "node:timers/promises";

/** `setTimeout` fires at once for longer waits. */
const longestTimeout = 2 ** 31 - 1;

/** How long an advance waits for what it set off, such as a function that runs, before it goes on. */
const patienceMilliseconds = 60_000;

interface Timer {
  /** Time of the clock at which it fires. */
  readonly due: number;
  readonly fire: () => void;
  handle?: NodeJS.Timeout;
}

/**
 * The one clock of the engine. It runs as the machine's does, and a test may advance it: what is due in between
 * happens in its order, and each consequence before the next. What a real process does takes real time.
 */
export class Clock {
  private ahead = 0;
  private busy = 0;
  private readonly timers = new Set<Timer>();

  /** Unix time in milliseconds. */
  now(): number {
    return Date.now() + this.ahead;
  }

  /** Does something after a time, unless it is called off by what is returned. */
  after(milliseconds: number, action: () => void): () => void {
    const timer: Timer = {
      due: this.now() + milliseconds,
      fire: () => {
        clearTimeout(timer.handle);
        if (this.timers.delete(timer)) {
          action();
        }
      },
    };
    this.timers.add(timer);
    this.arm(timer);
    return () => {
      clearTimeout(timer.handle);
      this.timers.delete(timer);
    };
  }

  /** Waits. */
  sleep(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      this.after(milliseconds, resolve);
    });
  }

  /** Has an advance wait for this work, before time goes on. */
  async during<T>(work: Promise<T>): Promise<T> {
    this.busy += 1;
    try {
      return await work;
    } finally {
      this.busy -= 1;
    }
  }

  /** Waits within work that an advance waits for, without holding the advance up. */
  async idle<T>(wait: Promise<T>): Promise<T> {
    this.busy -= 1;
    try {
      return await wait;
    } finally {
      this.busy += 1;
    }
  }

  /** Advances the clock, timer by timer; returns when all that was due has happened. */
  async advance(milliseconds: number): Promise<void> {
    const target = this.now() + milliseconds;
    for (;;) {
      await this.settled();
      const next = [...this.timers].sort((a, b) => a.due - b.due)[0];
      if (next === undefined || next.due > target) {
        break;
      }
      this.moveTo(next.due);
      next.fire();
    }
    this.moveTo(target);
    this.timers.forEach((timer) => {
      this.arm(timer);
    });
    await this.settled();
  }

  private moveTo(time: number): void {
    this.ahead += Math.max(0, time - this.now());
  }

  /** Not before nothing is under way for some turns of the event loop. */
  private async settled(): Promise<void> {
    const deadline = Date.now() + patienceMilliseconds;
    for (let quiet = 0; quiet < 5 && Date.now() < deadline; quiet += 1) {
      await nextTurn();
      while (this.busy > 0 && Date.now() < deadline) {
        quiet = 0;
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    }
  }

  private arm(timer: Timer): void {
    clearTimeout(timer.handle);
    const wait = Math.max(0, timer.due - this.now());
    timer.handle = setTimeout(
      () => {
        if (this.now() >= timer.due) {
          timer.fire();
        } else {
          this.arm(timer);
        }
      },
      Math.min(wait, longestTimeout),
    );
    timer.handle.unref();
  }
}

const units: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A duration such as `90s`, `5m`, `2h` or `1d` in milliseconds; `undefined` for anything else, or more than a year. */
export function durationOf(text: unknown): number | undefined {
  const [, count = "", unit = ""] = /^(\d{1,8})([smhd])$/.exec(typeof text === "string" ? text : "") ?? [];
  const milliseconds = Number(count) * (units[unit] ?? NaN);
  return milliseconds <= 366 * 86_400_000 && count !== "" ? milliseconds : undefined;
}
