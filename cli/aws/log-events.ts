import type { AwsAccess } from "./access";
import { clientSettings } from "./client";
import { CommandError, messageOf } from "../base/errors";

/** One line of a node's log. */
export interface LogEvent {
  /** Unix time in milliseconds. */
  readonly at: number;
  /** The stream: `<instance>.<log>`, such as `i-0abc.slurmd`. */
  readonly stream: string;
  readonly message: string;
}

/** Which events are wanted. */
export interface LogQuery {
  readonly group: string;
  /** Unix time in milliseconds. */
  readonly since: number;
  /**
   * What the names of the streams begin with.
   *
   * @default - all streams
   */
  readonly streamPrefix?: string;
  /**
   * A filter pattern of CloudWatch Logs.
   *
   * @default - all events
   * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
   */
  readonly pattern?: string;
}

/** The logs of CloudWatch. */
export interface Logs {
  /** The events, the oldest first; nothing where there is no such log group. */
  events(access: AwsAccess, region: string, query: LogQuery): Promise<readonly LogEvent[] | undefined>;
}

/** The answers of CloudWatch Logs, loaded on first use. */
export const cloudWatchLogs: Logs = {
  async events(access, region, { group, since, streamPrefix, pattern }) {
    const { CloudWatchLogsClient, paginateFilterLogEvents, ResourceNotFoundException } =
      await import("@aws-sdk/client-cloudwatch-logs");
    const client = new CloudWatchLogsClient(clientSettings(access, region));
    const found: LogEvent[] = [];
    try {
      const pages = paginateFilterLogEvents(
        { client },
        {
          logGroupName: group,
          startTime: since,
          ...(streamPrefix === undefined ? {} : { logStreamNamePrefix: streamPrefix }),
          ...(pattern === undefined ? {} : { filterPattern: pattern }),
        },
      );
      for await (const { events = [] } of pages) {
        found.push(
          ...events.map(({ timestamp = 0, logStreamName = "", message = "" }) => ({
            at: timestamp,
            stream: logStreamName,
            message: message.trimEnd(),
          })),
        );
      }
    } catch (error) {
      if (error instanceof ResourceNotFoundException) {
        return undefined;
      }
      throw new CommandError(
        `The logs ${group} in ${region} cannot be read: ${messageOf(error)}`,
        "Allow the credentials logs:FilterLogEvents.",
      );
    }
    return found.sort((one, other) => one.at - other.at);
  },
};
