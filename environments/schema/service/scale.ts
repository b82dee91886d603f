import { z } from "zod";

import { mostTasks } from "../../../core/forms";
import { listOf, section, whole } from "../fields";
import { containerName } from "./fields";

/** How many tasks a service runs in each of its regions. */
export const capacitySchema = section({
  /** Tasks that always run in each region. */
  minimum: whole(0, mostTasks, "give the number of tasks that always run in a region"),
  /** Tasks that scaling may reach in each region. */
  maximum: whole(1, mostTasks, "give the number of tasks that a region may grow to"),
  /**
   * Largest share of the tasks that may run on Fargate Spot, in percent.
   *
   * @default 0
   */
  spotPercentage: whole(0, 100, "give a percentage").default(0),
});

/** One capacity for a time of the day, week or year. */
const scheduleSchema = section({
  /** Name, unique in the service. */
  name: containerName,
  /**
   * When it starts: `cron(0 7 ? * MON-FRI *)`, `rate(1 hour)` or `at(2027-01-31T08:00:00)`.
   *
   * @see https://docs.aws.amazon.com/autoscaling/application/userguide/scheduled-scaling-using-cron-expressions.html
   */
  schedule: z.string(),
  /** Tasks that always run in each region from then on. */
  minimum: whole(0, mostTasks, "give the number of tasks that always run in a region"),
  /** Tasks that scaling may reach in each region from then on. */
  maximum: whole(1, mostTasks, "give the number of tasks that a region may grow to"),
  /**
   * IANA time zone that the schedule is read in.
   *
   * @default "UTC"
   */
  timeZone: z.string().default("UTC"),
});

/** Scaling in steps on one utilisation metric. */
const stepsSchema = section({
  /** The utilisation that is watched. */
  metric: z.enum(["cpu", "memory"]),
  /** What to do in which range. Between the ranges nothing happens. */
  changes: listOf(
    section({
      /**
       * The range begins here, in percent of utilisation.
       *
       * @default - no lower bound
       */
      lower: whole(0, 100, "give a percentage").optional(),
      /**
       * The range ends here, in percent of utilisation.
       *
       * @default - no upper bound
       */
      upper: whole(0, 100, "give a percentage").optional(),
      /** Tasks to add; negative to remove. */
      change: whole(-1_000, 1_000, "give the number of tasks to add, or a negative one to remove"),
    }),
  ),
  /**
   * Seconds to wait after one step before the next.
   *
   * @default 300
   */
  cooldownSeconds: whole(0, 3_600, "give at most an hour").default(300),
});

/** When a service runs more or fewer tasks. It has no effect where minimum and maximum are equal. */
export const scalingSchema = section({
  /**
   * CPU utilisation to hold, in percent.
   *
   * @default 60
   */
  cpuPercentage: whole(10, 95, "leave room to grow: 60 is a good start").default(60),
  /**
   * Memory utilisation to hold, in percent.
   *
   * @default - memory is not tracked
   */
  memoryPercentage: whole(10, 95, "leave room to grow: 70 is a good start").optional(),
  /**
   * Requests a minute and task to hold.
   *
   * @default - requests are not tracked
   */
  requestsPerTarget: whole(1, 1_000_000, "give the requests per minute that one task can serve").optional(),
  /**
   * Steps on top of target tracking.
   *
   * @default - none
   */
  steps: stepsSchema.optional(),
  /**
   * Capacities for times that are known to be busy or quiet.
   *
   * @default - none
   */
  schedules: listOf(scheduleSchema).prefault([]),
});

/** How many tasks a service runs in each of its regions. */
export type ServiceCapacity = z.output<typeof capacitySchema>;

/** When a service runs more or fewer tasks. */
export type ServiceScaling = z.output<typeof scalingSchema>;
