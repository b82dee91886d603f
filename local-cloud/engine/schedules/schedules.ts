import type { Clock } from "../clock";
import { nextTime, type Timing } from "./expression";

/** Something that is due again and again. */
export interface Schedule extends Timing {
  /** Unix milliseconds before which nothing is due. */
  readonly from?: number;
  /** Unix milliseconds after which nothing is due. */
  readonly until?: number;
  /** How much later than due it may happen, in milliseconds. */
  readonly window?: number;
  readonly action: (due: number) => Promise<void>;
  /** Called when it is never due again. */
  readonly ended?: () => Promise<void>;
}

interface Running {
  schedule: Schedule;
  readonly base: number;
  readonly timing: string;
  cancel: () => void;
}

/** What is due when, by the engine's clock. */
export class Schedules {
  private readonly running = new Map<string, Running>();

  constructor(
    private readonly clock: Clock,
    private readonly log: (line: string) => void,
  ) {}

  /** Names of what is scheduled. */
  get names(): string[] {
    return [...this.running.keys()];
  }

  /** Adds or changes a schedule; one whose times stay the same goes on counting. */
  set(name: string, schedule: Schedule): void {
    const { expression, zone, from, until } = schedule;
    const timing = JSON.stringify([expression, zone, from, until]);
    const known = this.running.get(name);
    if (known?.timing === timing) {
      known.schedule = schedule;
      return;
    }
    this.remove(name);
    const base = from ?? this.clock.now();
    const running = { schedule, base, timing, cancel: () => undefined };
    this.running.set(name, running);
    this.plan(name, running, Math.max(this.clock.now(), base - 1));
  }

  /** Ends a schedule. */
  remove(name: string): void {
    this.running.get(name)?.cancel();
    this.running.delete(name);
  }

  private plan(name: string, running: Running, after: number): void {
    const { schedule, base } = running;
    const due = nextTime(schedule, after, base);
    if (due === undefined || due > (schedule.until ?? Infinity)) {
      this.running.delete(name);
      void this.clock.during(this.perform(name, schedule.ended?.() ?? Promise.resolve()));
      return;
    }
    const late = Math.floor(Math.random() * (schedule.window ?? 0));
    running.cancel = this.clock.after(due + late - this.clock.now(), () => {
      void this.clock.during(this.perform(name, running.schedule.action(due)));
      if (this.running.get(name) === running) {
        this.plan(name, running, due);
      }
    });
  }

  private async perform(name: string, work: Promise<void>): Promise<void> {
    try {
      await work;
    } catch (error) {
      this.log(`schedule ${name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}
