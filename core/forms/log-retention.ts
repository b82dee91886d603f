import { type Form, wholeNumber } from "./form";

/**
 * Days that CloudWatch Logs can keep a log.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
 */
export const logRetentionPeriods = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
] as const;

/** One of {@link logRetentionPeriods}. */
export type LogRetentionPeriod = (typeof logRetentionPeriods)[number];

/** Days that CloudWatch Logs can keep a log. */
export const logRetention: Form<number> = {
  accepts: isLogRetentionPeriod,
  expected: `be one of ${logRetentionPeriods.join(", ")}`,
  remedy: "choose the next longer period",
};

/** Whether CloudWatch Logs can keep a log for that many days. */
export function isLogRetentionPeriod(days: number): days is LogRetentionPeriod {
  return (logRetentionPeriods as readonly number[]).includes(days);
}

/** Days that a bucket keeps logs: ten years at most. */
export const bucketLogRetention = wholeNumber(1, 3_650, "choose how long an investigation may look back");
