import fc from "fast-check";
import { Clock } from "../../../local-cloud/engine/clock";
import { nextTime } from "../../../local-cloud/engine/schedules/expression";
import { Schedules } from "../../../local-cloud/engine/schedules/schedules";

const start = Date.parse("2026-11-21T10:07:00Z");

describe("A schedule expression", () => {
  it.each([
    ["rate(1 minute)", "UTC", ["2026-11-21T10:08:00.000Z", "2026-11-21T10:09:00.000Z"]],
    ["rate(12 hours)", "UTC", ["2026-11-21T22:07:00.000Z", "2026-11-22T10:07:00.000Z"]],
    ["cron(0/15 * * * ? *)", "UTC", ["2026-11-21T10:15:00.000Z", "2026-11-21T10:30:00.000Z"]],
    ["cron(0 9 ? * MON-FRI *)", "UTC", ["2026-11-23T09:00:00.000Z", "2026-11-24T09:00:00.000Z"]],
    ["cron(0 9 ? * 2-6 *)", "UTC", ["2026-11-23T09:00:00.000Z", "2026-11-24T09:00:00.000Z"]],
    ["cron(0 9 ? * 1 *)", "UTC", ["2026-11-22T09:00:00.000Z", "2026-11-29T09:00:00.000Z"]],
    ["cron(0 12 L * ? *)", "UTC", ["2026-11-30T12:00:00.000Z", "2026-12-31T12:00:00.000Z"]],
    ["cron(0 12 ? * 6L *)", "UTC", ["2026-11-27T12:00:00.000Z", "2026-12-25T12:00:00.000Z"]],
    ["cron(0 12 ? * 3#2 *)", "UTC", ["2026-12-08T12:00:00.000Z", "2027-01-12T12:00:00.000Z"]],
    ["cron(0 12 3W * ? *)", "UTC", ["2026-12-03T12:00:00.000Z", "2027-01-04T12:00:00.000Z"]],
    ["cron(0 8 1 1 ? 2027)", "UTC", ["2027-01-01T08:00:00.000Z", undefined]],
    ["cron(0 8 * * ? *)", "Europe/Zurich", ["2026-11-22T07:00:00.000Z", "2026-11-23T07:00:00.000Z"]],
    ["at(2026-12-01T09:00:00)", "America/New_York", ["2026-12-01T14:00:00.000Z", undefined]],
  ])("%s in %s is due when AWS would fire it", (expression, zone, expected) => {
    const times: (string | undefined)[] = [];
    let after: number | undefined = start;
    for (let index = 0; index < 2; index += 1) {
      after = after === undefined ? undefined : nextTime({ expression, zone }, after, start);
      times.push(after === undefined ? undefined : new Date(after).toISOString());
    }

    expect(times).toEqual(expected);
  });

  it("follows the clocks of its time zone", () => {
    const next = nextTime(
      { expression: "cron(0 8 * * ? *)", zone: "Europe/Zurich" },
      Date.parse("2026-07-01T12:00:00Z"),
      0,
    );

    expect(new Date(next ?? 0).toISOString()).toBe("2026-07-02T06:00:00.000Z");
  });

  it.each([
    [
      "rate(1 minutes)",
      "rate(1 minutes) must be a positive number and a unit, as in rate(1 hour) or rate(5 minutes)",
    ],
    [
      "rate(0 days)",
      "rate(0 days) must be a positive number and a unit, as in rate(1 hour) or rate(5 minutes)",
    ],
    [
      "cron(0 9 * * *)",
      "cron(0 9 * * *) must have six fields (minutes, hours, day of month, month, day of week, year), got 5",
    ],
    [
      "cron(0 9 * * MON *)",
      "cron(0 9 * * MON *) must have '?' as day of month or as day of week, and not as both",
    ],
    ["at(tomorrow)", "at(tomorrow) must be a time as in at(2026-12-01T09:00:00)"],
    ["daily", '"daily" must be rate(…), cron(…) or at(…)'],
  ])("refuses %s", (expression, message) => {
    expect(() => nextTime({ expression }, start, start)).toThrow(new Error(message));
  });

  it("is always due later than asked, and a rate at most one interval later", () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 500 }), fc.integer({ min: 0, max: 10 ** 10 }), (count, later) => {
        const due = nextTime({ expression: `rate(${count} minutes)` }, start + later, start) ?? 0;
        return due > start + later && due <= start + later + count * 60_000;
      }),
    );
  });
});

describe("Schedules", () => {
  it("are due once each time, go on counting when only their action changes, and end", async () => {
    const clock = new Clock();
    const schedules = new Schedules(clock, () => undefined);
    const done: string[] = [];
    const note = (what: string) => (): Promise<void> => {
      done.push(what);
      return Promise.resolve();
    };
    schedules.set("a", { expression: "rate(10 minutes)", action: note("first") });
    await clock.advance(15 * 60_000);
    schedules.set("a", { expression: "rate(10 minutes)", action: note("second") });
    await clock.advance(6 * 60_000);
    const until = clock.now() + 25 * 60_000;
    schedules.set("b", { expression: "rate(10 minutes)", until, action: note("b"), ended: note("end of b") });
    schedules.remove("a");
    await clock.advance(60 * 60_000);

    expect(done).toEqual(["first", "second", "b", "b", "end of b"]);
    expect(schedules.names).toEqual([]);
  });
});
