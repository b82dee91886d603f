import { listAt, objectAt, scalar, textsAt, type JsonObject } from "../../toolkit";
import { arnParts, queueUrl } from "../destinations";
import { matches } from "../deliveries/pattern";
import { patternsIn } from "../deliveries/transform";
import { referenceOf } from "../functions/store";
import type { Poller, PollerTools } from "./poller";
import { failedItems, type Mapping } from "./mapping";

/** Batches under way where the mapping sets no bound; Lambda starts with five pollers, too. */
const usualConcurrency = 5;

/** A message, as SQS gives it. */
interface Message extends JsonObject {
  readonly MessageId: string;
  readonly ReceiptHandle: string;
  readonly Body: string;
}

/**
 * Takes batches of messages to a function and deletes what succeeded; the rest comes back after its visibility
 * timeout, until SQS moves it to the dead-letter queue.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html
 */
export class QueuePoller implements Poller {
  private readonly region: string;
  private readonly url: string;
  private readonly buffer: Message[] = [];
  private running = 0;
  private polling = false;
  private again = false;
  private stopped = false;
  private windowEnds?: () => void;

  constructor(
    private readonly mapping: Mapping,
    private readonly tools: PollerTools,
  ) {
    this.region = arnParts(mapping.EventSourceArn).region;
    this.url = queueUrl(mapping.EventSourceArn);
  }

  concerns(service: string, text: string): boolean {
    return service === "sqs" && text.includes(arnParts(this.mapping.EventSourceArn).resource);
  }

  stop(): void {
    this.stopped = true;
    this.windowEnds?.();
  }

  /** Looks for messages now. */
  wake(): void {
    if (this.polling) {
      this.again = true;
      return;
    }
    this.polling = true;
    const poll = this.poll().catch((error: unknown) => {
      this.tools.log(`${this.url}: ${error instanceof Error ? error.message : String(error)}`);
    });
    void this.tools.clock.during(
      poll.finally(() => {
        this.polling = false;
        if (this.again) {
          this.again = false;
          this.wake();
        }
      }),
    );
  }

  private async poll(): Promise<void> {
    const { BatchSize, MaximumBatchingWindowInSeconds: window, ScalingConfig } = this.mapping;
    const most = Number(objectAt({ ScalingConfig }, "ScalingConfig").MaximumConcurrency ?? usualConcurrency);
    while (!this.stopped && this.running < most) {
      const wanted = Math.min(10, BatchSize - this.buffer.length);
      const received = await this.receive(wanted);
      this.buffer.push(...(await this.wantedOf(received)));
      const isFull = this.buffer.length >= BatchSize;
      if (this.buffer.length > 0 && (isFull || window === 0)) {
        this.dispatch();
      } else if (received.length === 0) {
        this.openWindow(window);
        return;
      }
    }
  }

  /** A window begins with its first message. */
  private openWindow(seconds: number): void {
    if (this.buffer.length > 0) {
      this.windowEnds ??= this.tools.clock.after(seconds * 1_000, () => {
        this.windowEnds = undefined;
        this.dispatch();
      });
    }
  }

  private async receive(count: number): Promise<Message[]> {
    const output = await this.tools.cloud.json("sqs", this.region, "ReceiveMessage", {
      QueueUrl: this.url,
      MaxNumberOfMessages: count,
      WaitTimeSeconds: 0,
      AttributeNames: ["All"],
      MessageAttributeNames: ["All"],
    });
    return listAt(output, "Messages") as Message[];
  }

  /**
   * Messages that no filter wants are deleted.
   * @see https://docs.aws.amazon.com/lambda/latest/dg/with-sqs-filtering.html
   */
  private async wantedOf(messages: readonly Message[]): Promise<Message[]> {
    const patterns = patternsIn(objectAt(this.mapping, "FilterCriteria"));
    if (patterns.length === 0) {
      return [...messages];
    }
    const wanted = messages.filter((message) => {
      const record = recordOf(message, this.mapping);
      return patterns.some((pattern) =>
        matches(pattern, { ...record, body: bodyFor(pattern, message.Body) }),
      );
    });
    await this.remove(messages.filter((message) => !wanted.includes(message)));
    return wanted;
  }

  private dispatch(): void {
    this.windowEnds?.();
    this.windowEnds = undefined;
    const batch = this.buffer.splice(0, this.mapping.BatchSize);
    if (batch.length === 0) {
      return;
    }
    this.running += 1;
    const handled = this.handle(batch)
      .catch((error: unknown) => {
        this.tools.log(`${this.url}: ${error instanceof Error ? error.message : String(error)}`);
      })
      .finally(() => {
        this.running -= 1;
        this.wake();
      });
    void this.tools.clock.during(handled);
  }

  private async handle(batch: readonly Message[]): Promise<void> {
    const { EventSourceArn, FunctionArn } = this.mapping;
    const visibility = await this.visibility();
    const receivedAt = this.tools.clock.now();
    let failed = new Set(batch.map(({ MessageId }) => MessageId));
    try {
      const payload = Buffer.from(
        JSON.stringify({ Records: batch.map((each) => recordOf(each, this.mapping)) }),
      );
      const { region } = arnParts(FunctionArn);
      const outcome = await this.tools.invoke(referenceOf(FunctionArn, region), payload);
      if (!outcome.failed) {
        const reports = textsAt(this.mapping, "FunctionResponseTypes").includes("ReportBatchItemFailures");
        failed = reports ? failedItems(outcome.payload, [...failed]) : new Set();
      }
    } catch (error) {
      this.tools.log(
        `${EventSourceArn} to ${FunctionArn}: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
    await this.remove(batch.filter(({ MessageId }) => !failed.has(MessageId)));
    const left = batch.filter(({ MessageId }) => failed.has(MessageId));
    if (left.length > 0) {
      const wait = Math.max(0, receivedAt + visibility * 1_000 - this.tools.clock.now());
      const ahead = this.tools.clock.now() - Date.now();
      this.tools.clock.after(wait, () => {
        void this.tools.clock.during(this.showAgain(left, ahead));
      });
    }
  }

  /** SQS has a clock of its own: where a test advanced the engine's, the messages are shown again by hand. */
  private async showAgain(messages: readonly Message[], ahead: number): Promise<void> {
    if (this.tools.clock.now() - Date.now() > ahead + 10) {
      for (const { ReceiptHandle } of messages) {
        const input = { QueueUrl: this.url, ReceiptHandle, VisibilityTimeout: 0 };
        // What has become visible by itself in the meantime cannot be changed any more.
        await this.tools.cloud
          .json("sqs", this.region, "ChangeMessageVisibility", input)
          .catch(() => undefined);
      }
    }
    this.wake();
  }

  private async visibility(): Promise<number> {
    const input = { QueueUrl: this.url, AttributeNames: ["VisibilityTimeout"] };
    const output = await this.tools.cloud.json("sqs", this.region, "GetQueueAttributes", input);
    return Number(objectAt(output, "Attributes").VisibilityTimeout ?? 30);
  }

  private async remove(messages: readonly Message[]): Promise<void> {
    for (let start = 0; start < messages.length; start += 10) {
      await this.tools.cloud.json("sqs", this.region, "DeleteMessageBatch", {
        QueueUrl: this.url,
        Entries: messages
          .slice(start, start + 10)
          .map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle })),
      });
    }
  }
}

/** A filter that looks into the body gets it as JSON; see with-sqs-filtering.html. */
function bodyFor(pattern: unknown, body: string): unknown {
  const wanted = objectAt(pattern as JsonObject, "body");
  if (Object.keys(wanted).length === 0) {
    return body;
  }
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}

function recordOf(message: Message, { EventSourceArn }: Mapping): JsonObject {
  const attributes = Object.entries(objectAt(message, "MessageAttributes")).map(([name, value]) => {
    const { StringValue, BinaryValue, DataType } = value as JsonObject;
    return [
      name,
      {
        ...(StringValue === undefined ? {} : { stringValue: StringValue }),
        ...(BinaryValue === undefined ? {} : { binaryValue: BinaryValue }),
        stringListValues: [],
        binaryListValues: [],
        dataType: DataType,
      },
    ] as const;
  });
  return {
    messageId: message.MessageId,
    receiptHandle: message.ReceiptHandle,
    body: message.Body,
    attributes: objectAt(message, "Attributes"),
    messageAttributes: Object.fromEntries(attributes),
    md5OfBody: scalar(message.MD5OfBody),
    eventSource: "aws:sqs",
    eventSourceARN: EventSourceArn,
    awsRegion: arnParts(EventSourceArn).region,
  };
}
