import { ServiceError } from "../../answer";
import type { Cloud } from "../cloud";

/** The most bytes of an event, and of all events of one call; see API_PutLogEvents.html. */
const longestEvent = 262_000;

/** Writes lines into log groups, in their order, and makes groups and streams where they are missing. */
export class Logs {
  private readonly known = new Set<string>();
  private readonly tails = new Map<string, Promise<void>>();

  constructor(
    private readonly cloud: Cloud,
    private readonly report: (line: string) => void,
  ) {}

  /** Adds lines to a stream; returns when they are there. What cannot be written is reported. */
  write(region: string, group: string, stream: string, lines: readonly string[]): Promise<void> {
    const key = `${region} ${group} ${stream}`;
    const written = (this.tails.get(key) ?? Promise.resolve()).then(async () => {
      try {
        await this.put(region, group, stream, lines);
      } catch (error) {
        this.report(`logs of ${group}: ${error instanceof Error ? error.message : String(error)}`);
      }
    });
    this.tails.set(key, written);
    return written;
  }

  private async put(region: string, group: string, stream: string, lines: readonly string[]): Promise<void> {
    const timestamp = Date.now();
    const input = {
      logGroupName: group,
      logStreamName: stream,
      logEvents: lines
        .filter((line) => line !== "")
        .map((line) => ({ timestamp, message: line.slice(0, longestEvent) })),
    };
    if (!this.known.has(`${region} ${group} ${stream}`)) {
      await this.make(region, group, stream);
    }
    try {
      await this.cloud.json("logs", region, "PutLogEvents", input);
    } catch (error) {
      if (!(error instanceof ServiceError) || error.code !== "ResourceNotFoundException") {
        throw error;
      }
      // Somebody deleted the group in the meantime; Lambda makes it again, too.
      await this.make(region, group, stream);
      await this.cloud.json("logs", region, "PutLogEvents", input);
    }
  }

  private async make(region: string, logGroupName: string, logStreamName: string): Promise<void> {
    for (const [operation, input] of [
      ["CreateLogGroup", { logGroupName }],
      ["CreateLogStream", { logGroupName, logStreamName }],
    ] as const) {
      try {
        await this.cloud.json("logs", region, operation, input);
      } catch (error) {
        if (!(error instanceof ServiceError) || error.code !== "ResourceAlreadyExistsException") {
          throw error;
        }
      }
    }
    this.known.add(`${region} ${logGroupName} ${logStreamName}`);
  }
}
