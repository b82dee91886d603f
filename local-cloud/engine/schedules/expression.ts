import { Cron } from "croner";

/** When something is due, as EventBridge and Scheduler write it. */
export interface Timing {
  /** `rate(5 minutes)`, `cron(0 9 ? * MON-FRI *)` or `at(2026-12-01T09:00:00)`. */
  readonly expression: string;
  /**
   * Time zone of `cron` and `at`.
   * @default "UTC"
   */
  readonly zone?: string;
}

const minute = 60_000;
const units: Readonly<Record<string, number>> = { minute, hour: 60 * minute, day: 1_440 * minute };

/**
 * When a schedule is due next, in Unix milliseconds; `undefined` when never again.
 *
 * @param after - Only times later than this count.
 * @param base - From when on a rate counts.
 * @throws Error that says what is wrong with the expression.
 * @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
 */
export function nextTime(
  { expression, zone = "UTC" }: Timing,
  after: number,
  base: number,
): number | undefined {
  const [, kind = "", inner = ""] = /^(rate|cron|at)\((.+)\)$/.exec(expression) ?? [];
  switch (kind) {
    case "rate": {
      const interval = intervalOf(inner);
      return after < base ? base : base + (Math.floor((after - base) / interval) + 1) * interval;
    }
    case "cron":
      return next(cronPattern(inner), after, zone);
    case "at":
      if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/.test(inner)) {
        throw new Error(`at(${inner}) must be a time as in at(2026-12-01T09:00:00)`);
      }
      return next(inner, after, zone);
    default:
      throw new Error(`${JSON.stringify(expression)} must be rate(…), cron(…) or at(…)`);
  }
}

function next(pattern: string, after: number, timezone: string): number | undefined {
  return new Cron(pattern, { timezone, paused: true, sloppyRanges: true })
    .nextRun(new Date(after))
    ?.getTime();
}

function intervalOf(text: string): number {
  const [, count = "", unit = "", plural = ""] = /^(\d+) (minute|hour|day)(s?)$/.exec(text) ?? [];
  const value = Number(count);
  if (!(value > 0) || (value === 1) !== (plural === "")) {
    throw new Error(
      `rate(${text}) must be a positive number and a unit, as in rate(1 hour) or rate(5 minutes)`,
    );
  }
  return value * (units[unit] ?? minute);
}

/**
 * AWS's six fields as croner takes them: seconds first, days of the week from 0, `*` for `?`, and `5#L` for the last
 * Friday.
 */
export function cronPattern(text: string): string {
  const fields = text.trim().split(/\s+/);
  if (fields.length !== 6) {
    throw new Error(
      `cron(${text}) must have six fields (minutes, hours, day of month, month, day of week, year), got ${fields.length}`,
    );
  }
  const [minutes = "", hours = "", day = "", month = "", weekday = "", year = ""] = fields;
  if ((day === "?") === (weekday === "?") && !(day === "*" && weekday === "?")) {
    throw new Error(`cron(${text}) must have '?' as day of month or as day of week, and not as both`);
  }
  const weekdays = weekday
    .replace(/\b([1-7])L\b/g, (_, each: string) => `${Number(each) - 1}#L`)
    .replace(/^L$/, "6")
    .replace(/(?<![#/\d])([1-7])(?![\d]|#L)/g, (_, each: string) => String(Number(each) - 1));
  return ["0", minutes, hours, day, month, weekdays, year]
    .map((field) => (field === "?" ? "*" : field))
    .join(" ");
}
