/**
 * Days that CloudWatch Logs can keep a log.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
 */
const retentionDays = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

/** Days that a log is kept unless said otherwise. */
export const defaultLogRetentionDays = 30;

/** The rule in words, to be read after "must". */
export const logRetentionRule = `be one of ${retentionDays.join(", ")}`;

/** Whether CloudWatch Logs can keep a log for that many days. */
export function isLogRetention(days: number): boolean {
  return retentionDays.includes(days);
}
