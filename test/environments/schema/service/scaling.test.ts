import { isSchedule } from "../../../../environments/schema/service/scaling";
import { refusals, sampleService } from "../../sample";

const night = { name: "night", schedule: "cron(0 20 ? * * *)", minimum: 1, maximum: 2 };
const path = "environments/sample.ts: 'services.web.scaling";

describe("isSchedule", () => {
  it.each([
    "cron(0 7 ? * MON-FRI *)",
    "cron(*/15 * * * ? 2027)",
    "rate(1 hour)",
    "rate(30 minutes)",
    "at(2027-01-31T08:00:00)",
  ])("takes %s", (text) => {
    expect(isSchedule(text)).toBe(true);
  });

  it.each([
    "0 7 * * *",
    "cron(0 7 * * *)",
    "cron(0 7 * * MON *)",
    "cron(0 7 ? * ? *)",
    "rate(1 hours)",
    "rate(2 hour)",
    "rate(0 hours)",
    "at(2027-02-31T08:00:00)",
    "at(2027-01-31)",
    "",
  ])("does not take '%s'", (text) => {
    expect(isSchedule(text)).toBe(false);
  });
});

describe("checkScaling", () => {
  it("refuses a schedule that AWS cannot read", () => {
    expect(
      refusals(sampleService({ scaling: { schedules: [{ ...night, schedule: "0 20 * * *" }] } })),
    ).toEqual([
      `${path}.schedules.0.schedule' must be a cron, rate or at expression, got "0 20 * * *"; ` +
        'write it like "cron(0 7 ? * MON-FRI *)" with one \'?\' for the day, "rate(2 hours)" or ' +
        '"at(2027-01-31T08:00:00)"',
    ]);
  });

  it.each(["Europe/Atlantis", "europe/berlin", "+02:00"])("refuses the time zone %s", (timeZone) => {
    expect(refusals(sampleService({ scaling: { schedules: [{ ...night, timeZone }] } }))).toEqual([
      `${path}.schedules.0.timeZone' must be an IANA time zone, got "${timeZone}"; write it like "Europe/Berlin"`,
    ]);
  });

  it("refuses two schedules of one name", () => {
    expect(refusals(sampleService({ scaling: { schedules: [night, night] } }))).toEqual([
      `${path}.schedules.1.name' must be a name that no other schedule of the service has, got "night"; ` +
        "rename one of them",
    ]);
  });

  it("refuses steps without changes", () => {
    expect(refusals(sampleService({ scaling: { steps: { metric: "cpu", changes: [] } } }))).toEqual([
      `${path}.steps.changes' must hold at least one change, got []; add one, or remove 'steps'`,
    ]);
  });

  it.each([[{ change: 1 }], [{ lower: 80, upper: 80, change: 1 }]])(
    "refuses the empty range of %j",
    (change) => {
      expect(refusals(sampleService({ scaling: { steps: { metric: "cpu", changes: [change] } } }))).toEqual([
        `${path}.steps.changes.0' must have a 'lower' below its 'upper', or one of the two, ` +
          `got ${JSON.stringify(change)}; correct the range`,
      ]);
    },
  );

  it("refuses ranges that meet", () => {
    const changes = [
      { upper: 20, change: -1 },
      { lower: 70, change: 1 },
      { lower: 60, upper: 80, change: 2 },
    ];

    expect(refusals(sampleService({ scaling: { steps: { metric: "memory", changes } } }))).toEqual([
      `${path}.steps.changes.2' must not overlap with an earlier change, ` +
        'got {"lower":60,"upper":80,"change":2}; move its range',
    ]);
  });
});
