import { listAt, objectAt, scalar, textsAt, type JsonObject } from "../../toolkit";
import { arnParts, publishTo, sendToQueue } from "../destinations";
import { matches } from "../deliveries/pattern";
import { patternsIn } from "../deliveries/transform";
import { referenceOf } from "../functions/store";
import { failedItems, type Mapping } from "./mapping";
import type { Poller, PollerTools } from "./poller";

/** One record with where it is in its shard. */
interface StreamRecord {
  readonly sequence: string;
  /** Unix time in milliseconds. */
  readonly time: number;
  /** As the function gets it. */
  readonly event: JsonObject;
}

interface Shard {
  readonly id: string;
  iterator?: string;
  busy: boolean;
}

/** How long until a failed batch is tried again, in milliseconds: twice as long each time, a minute at most. */
export function batchDelay(failures: number): number {
  return Math.min(1_000 * 2 ** (failures - 1), 60_000);
}

/**
 * Takes the records of each shard to a function, in their order: a batch that fails holds up its shard.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
 */
export class StreamPoller implements Poller {
  private readonly service: "dynamodbstreams" | "kinesis";
  private readonly region: string;
  private readonly shards = new Map<string, Shard>();
  private stopped = false;

  constructor(
    private readonly mapping: Mapping,
    private readonly tools: PollerTools,
  ) {
    const { service, region } = arnParts(mapping.EventSourceArn);
    this.service = service === "dynamodb" ? "dynamodbstreams" : "kinesis";
    this.region = region;
  }

  concerns(service: string, text: string): boolean {
    const [, name = ""] = arnParts(this.mapping.EventSourceArn).resource.split("/");
    return service === (this.service === "kinesis" ? "kinesis" : "dynamodb") && text.includes(name);
  }

  stop(): void {
    this.stopped = true;
  }

  wake(): void {
    void this.tools.clock.during(
      this.poll().catch((error: unknown) => {
        this.tools.log(
          `${this.mapping.EventSourceArn}: ${error instanceof Error ? error.message : String(error)}`,
        );
      }),
    );
  }

  private async poll(): Promise<void> {
    await this.findShards();
    await Promise.all(
      [...this.shards.values()].map(async (shard) => {
        if (shard.busy) {
          return;
        }
        shard.busy = true;
        try {
          await this.read(shard);
        } finally {
          shard.busy = false;
        }
      }),
    );
  }

  private async findShards(): Promise<void> {
    const { EventSourceArn, StartingPosition } = this.mapping;
    const named = this.service === "kinesis" ? { StreamARN: EventSourceArn } : { StreamArn: EventSourceArn };
    const { StreamDescription } = await this.tools.cloud.json(
      this.service,
      this.region,
      "DescribeStream",
      named,
    );
    for (const { ShardId } of listAt(objectAt({ StreamDescription }, "StreamDescription"), "Shards")) {
      const id = scalar(ShardId);
      if (!this.shards.has(id)) {
        const shard: Shard = { id, busy: false };
        this.shards.set(id, shard);
        const output = await this.tools.cloud.json(this.service, this.region, "GetShardIterator", {
          ...named,
          ShardId: id,
          ShardIteratorType: StartingPosition,
        });
        shard.iterator = scalar(output.ShardIterator);
      }
    }
  }

  private async read(shard: Shard): Promise<void> {
    while (!this.stopped && shard.iterator !== undefined) {
      const output = await this.tools.cloud.json(this.service, this.region, "GetRecords", {
        ShardIterator: shard.iterator,
        Limit: this.mapping.BatchSize,
      });
      const records = listAt(output, "Records").map((each) => this.recordOf(each, shard.id));
      shard.iterator = typeof output.NextShardIterator === "string" ? output.NextShardIterator : undefined;
      if (records.length === 0) {
        return;
      }
      await this.handle(shard, this.wantedOf(records));
    }
  }

  private wantedOf(records: readonly StreamRecord[]): StreamRecord[] {
    const patterns = patternsIn(objectAt(this.mapping, "FilterCriteria"));
    return records.filter(
      ({ event }) => patterns.length === 0 || patterns.some((pattern) => matches(pattern, filtered(event))),
    );
  }

  /** Tries a batch until it succeeds, is too old, or was tried often enough. */
  private async handle(shard: Shard, batch: readonly StreamRecord[]): Promise<void> {
    let left = batch;
    for (let attempt = 1; left.length > 0 && !this.stopped; attempt += 1) {
      const { done, payload } = await this.invoke(left);
      left = left.slice(done);
      const condition = this.conditionOf(left, attempt);
      if (condition !== undefined) {
        await this.giveUp(shard, left, condition, attempt, payload);
        return;
      }
      if (this.mapping.BisectBatchOnFunctionError === true && done === 0 && left.length > 1) {
        const middle = Math.ceil(left.length / 2);
        await this.handle(shard, left.slice(0, middle));
        await this.handle(shard, left.slice(middle));
        return;
      }
      if (left.length > 0) {
        await this.pause(batchDelay(attempt));
      }
    }
  }

  /** Why what is left of a batch is given up, where it is. */
  private conditionOf([oldest]: readonly StreamRecord[], attempt: number): string | undefined {
    const retries = Number(this.mapping.MaximumRetryAttempts);
    const age = Number(this.mapping.MaximumRecordAgeInSeconds);
    if (oldest === undefined) {
      return undefined;
    }
    if (age >= 0 && this.tools.clock.now() - oldest.time > age * 1_000) {
      return "RecordAgeExceeded";
    }
    return retries >= 0 && attempt > retries ? "RetryAttemptsExhausted" : undefined;
  }

  /** While it waits, an advance of the clock must not wait for it. */
  private async pause(milliseconds: number): Promise<void> {
    await this.tools.clock.idle(this.tools.clock.sleep(milliseconds));
  }

  /** How many records from the first on succeeded. */
  private async invoke(batch: readonly StreamRecord[]): Promise<{ done: number; payload?: Buffer }> {
    const { FunctionArn } = this.mapping;
    try {
      const payload = Buffer.from(JSON.stringify({ Records: batch.map(({ event }) => event) }));
      const outcome = await this.tools.invoke(referenceOf(FunctionArn, this.region), payload);
      if (outcome.failed) {
        return { done: 0, payload: outcome.payload };
      }
      const ids = batch.map(({ sequence }) => sequence);
      const reports = textsAt(this.mapping, "FunctionResponseTypes").includes("ReportBatchItemFailures");
      const failed = reports ? failedItems(outcome.payload, ids) : new Set<string>();
      const first = ids.findIndex((id) => failed.has(id));
      return { done: first < 0 ? ids.length : first, payload: outcome.payload };
    } catch (error) {
      this.tools.log(
        `${this.mapping.EventSourceArn}: ${error instanceof Error ? error.message : String(error)}`,
      );
      return { done: 0 };
    }
  }

  private async giveUp(
    shard: Shard,
    batch: readonly StreamRecord[],
    condition: string,
    attempts: number,
    payload?: Buffer,
  ): Promise<void> {
    const { EventSourceArn, FunctionArn } = this.mapping;
    const target = objectAt(objectAt(this.mapping, "DestinationConfig"), "OnFailure").Destination;
    const [first, last] = [batch[0], batch.at(-1)];
    if (typeof target !== "string") {
      this.tools.log(
        `${EventSourceArn}: ${batch.length} records are lost (${condition}): there is no destination`,
      );
      return;
    }
    const info = this.service === "kinesis" ? "KinesisBatchInfo" : "DDBStreamBatchInfo";
    const text = JSON.stringify({
      requestContext: { functionArn: FunctionArn, condition, approximateInvokeCount: attempts },
      ...(payload === undefined
        ? {}
        : { responseContext: { statusCode: 200, executedVersion: "$LATEST", functionError: "Unhandled" } }),
      version: "1.0",
      timestamp: new Date(this.tools.clock.now()).toISOString(),
      [info]: {
        shardId: shard.id,
        startSequenceNumber: first?.sequence,
        endSequenceNumber: last?.sequence,
        approximateArrivalOfFirstRecord: new Date(first?.time ?? 0).toISOString(),
        approximateArrivalOfLastRecord: new Date(last?.time ?? 0).toISOString(),
        batchSize: batch.length,
        streamArn: EventSourceArn,
      },
    });
    await (arnParts(target).service === "sns"
      ? publishTo(this.tools.cloud, target, text)
      : sendToQueue(this.tools.cloud, target, text));
  }

  private recordOf(record: JsonObject, shard: string): StreamRecord {
    const { EventSourceArn } = this.mapping;
    if (this.service === "dynamodbstreams") {
      const { SequenceNumber, ApproximateCreationDateTime } = objectAt(record, "dynamodb");
      const event = {
        ...record,
        eventSource: "aws:dynamodb",
        awsRegion: this.region,
        eventSourceARN: EventSourceArn,
      };
      return { sequence: scalar(SequenceNumber), time: secondsOf(ApproximateCreationDateTime), event };
    }
    const sequence = scalar(record.SequenceNumber);
    const event = {
      kinesis: {
        kinesisSchemaVersion: "1.0",
        partitionKey: record.PartitionKey,
        sequenceNumber: sequence,
        data: record.Data,
        approximateArrivalTimestamp: record.ApproximateArrivalTimestamp,
      },
      eventSource: "aws:kinesis",
      eventVersion: "1.0",
      eventID: `${shard}:${sequence}`,
      eventName: "aws:kinesis:record",
      awsRegion: this.region,
      eventSourceARN: EventSourceArn,
    };
    return { sequence, time: secondsOf(record.ApproximateArrivalTimestamp), event };
  }
}

function secondsOf(value: unknown): number {
  const seconds = Number(scalar(value));
  return Number.isFinite(seconds) ? seconds * 1_000 : Date.parse(scalar(value));
}

/** Filters of Kinesis look into the data as JSON; see with-kinesis-filtering.html. */
function filtered(event: JsonObject): JsonObject {
  const { data } = objectAt(event, "kinesis");
  try {
    return data === undefined
      ? event
      : { ...event, data: JSON.parse(Buffer.from(scalar(data), "base64").toString("utf8")) as unknown };
  } catch {
    return event;
  }
}
