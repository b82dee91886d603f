import type { Environment } from "../environment";
import type { ServiceScaling } from "./scale";
import type { Finding } from "../checks/finding";

type Schedule = ServiceScaling["schedules"][number];
type Steps = NonNullable<ServiceScaling["steps"]>;
type Change = Steps["changes"][number];

const cronField = "[0-9A-Z*?,/#LW-]+";
const cron = new RegExp(
  `^cron\\(${cronField} ${cronField} (${cronField}) ${cronField} (${cronField}) ${cronField}\\)$`,
);
const rate = /^rate\((1 (minute|hour|day)|([2-9]|[1-9][0-9]+) (minutes|hours|days))\)$/;
const at = /^at\((\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})\)$/;

/** Schedules are written as AWS reads them, and steps say what to do in ranges that do not meet. */
export function checkScaling({ services }: Environment): Finding[] {
  return Object.entries(services).flatMap(([name, { scaling }]) => [
    ...scaling.schedules.flatMap((schedule, index) =>
      checkSchedule(`services.${name}.scaling.schedules.${index}`, schedule, index, scaling.schedules),
    ),
    ...(scaling.steps === undefined
      ? []
      : checkSteps(`services.${name}.scaling.steps.changes`, scaling.steps)),
  ]);
}

function checkSchedule(path: string, schedule: Schedule, index: number, all: readonly Schedule[]): Finding[] {
  const findings: (Finding | false)[] = [
    !isSchedule(schedule.schedule) && {
      property: `${path}.schedule`,
      expected: "be a cron, rate or at expression",
      got: schedule.schedule,
      remedy:
        'write it like "cron(0 7 ? * MON-FRI *)" with one \'?\' for the day, "rate(2 hours)" or "at(2027-01-31T08:00:00)"',
    },
    !isTimeZone(schedule.timeZone) && {
      property: `${path}.timeZone`,
      expected: "be an IANA time zone",
      got: schedule.timeZone,
      remedy: 'write it like "Europe/Berlin"',
    },
    all.findIndex((other) => other.name === schedule.name) !== index && {
      property: `${path}.name`,
      expected: "be a name that no other schedule of the service has",
      got: schedule.name,
      remedy: "rename one of them",
    },
  ];
  return findings.filter((finding) => finding !== false);
}

/** Whether the text is a schedule of Application Auto Scaling. */
export function isSchedule(text: string): boolean {
  const days = cron.exec(text)?.slice(1);
  if (days !== undefined) {
    return days.filter((day) => day === "?").length === 1;
  }
  const time = at.exec(text)?.[1];
  return time === undefined ? rate.test(text) : isDateTime(time);
}

/** JavaScript reads 31 February as a day in March, so the text has to come back as it went in. */
function isDateTime(text: string): boolean {
  const milliseconds = Date.parse(`${text}Z`);
  return !Number.isNaN(milliseconds) && new Date(milliseconds).toISOString().startsWith(text);
}

/** The list of `Intl` leaves out aliases such as Asia/Kolkata, so the only way to ask is to try. */
function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return /^[A-Z]/.test(name);
  } catch {
    return false;
  }
}

function checkSteps(property: string, { changes }: Steps): Finding[] {
  if (changes.length === 0) {
    return [
      { property, expected: "hold at least one change", got: changes, remedy: "add one, or remove 'steps'" },
    ];
  }
  return changes.flatMap((change, index) => {
    const finding = { property: `${property}.${index}`, got: change };
    if (lowerOf(change) >= upperOf(change) || (change.lower === undefined && change.upper === undefined)) {
      return [
        {
          ...finding,
          expected: "have a 'lower' below its 'upper', or one of the two",
          remedy: "correct the range",
        },
      ];
    }
    const met = changes
      .slice(0, index)
      .some((other) => lowerOf(change) < upperOf(other) && lowerOf(other) < upperOf(change));
    return met
      ? [{ ...finding, expected: "not overlap with an earlier change", remedy: "move its range" }]
      : [];
  });
}

const lowerOf = (change: Change): number => change.lower ?? -Infinity;
const upperOf = (change: Change): number => change.upper ?? Infinity;
