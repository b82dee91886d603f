import { ServiceError } from "../../answer";
import type { Clock } from "../clock";
import type { Cloud } from "../cloud";
import {
  arnParts,
  messageAttributes,
  publishTo,
  queueUrl,
  sendToQueue,
  type MessageOptions,
} from "../destinations";
import type { AsynchronousInvoker } from "../functions/asynchronous";
import type { Logs } from "../functions/logs";
import { referenceOf } from "../functions/store";
import type { ResourcePolicies, Source } from "./permissions";

/** Something to bring to a target. */
export interface Parcel extends MessageOptions {
  readonly target: string;
  readonly text: string;
  readonly source: Source;
  /** Where it goes when it cannot be delivered. */
  readonly deadLetters?: string;
  /** What the letter says beside the reason. */
  readonly about?: Readonly<Record<string, string>>;
  /** Attempts after the first one, where the target only failed for the moment. */
  readonly retries: number;
  readonly oldestSeconds: number;
  /** The role by which the source acts; where it has one, that decides instead of the target's policy. */
  readonly role?: string;
  /** What an event bus gets it as. */
  readonly event?: { readonly source: string; readonly type: string };
}

/** Thrown by a target that refuses for good. */
class Undeliverable extends Error {}

/** How long until the next attempt, in milliseconds: it doubles from a second, to an hour at most. */
export function deliveryDelay(failures: number): number {
  return Math.min(1_000 * 2 ** (failures - 1), 3_600_000);
}

/**
 * Brings what services send to its targets: checks that the target lets them, tries again where that may help, and
 * puts what cannot be delivered into the dead-letter queue with the reason, or at least the reason into the log.
 */
export class Deliveries {
  constructor(
    private readonly cloud: Cloud,
    private readonly clock: Clock,
    private readonly policies: ResourcePolicies,
    private readonly asynchronous: AsynchronousInvoker,
    private readonly logs: Logs,
    private readonly log: (line: string) => void,
  ) {}

  /** Takes a parcel; returns after its first attempt. */
  deliver(parcel: Parcel): Promise<void> {
    return this.clock.during(this.attempt(parcel, 0, this.clock.now()));
  }

  private async attempt(parcel: Parcel, failures: number, startedAt: number): Promise<void> {
    try {
      const refusal = await this.policies.refusal(parcel.target, parcel.source, parcel.role);
      if (refusal !== undefined) {
        throw new Undeliverable(refusal);
      }
      await this.send(parcel);
    } catch (error) {
      const wait = deliveryDelay(failures + 1);
      const inTime = this.clock.now() + wait <= startedAt + parcel.oldestSeconds * 1_000;
      if (mayPass(error) && failures < parcel.retries && inTime) {
        this.clock.after(wait, () => {
          void this.clock.during(this.attempt(parcel, failures + 1, startedAt));
        });
        return;
      }
      await this.bury(parcel, error instanceof Error ? error : new Error(String(error)));
    }
  }

  private async send(parcel: Parcel): Promise<void> {
    const { target, text } = parcel;
    const { service, region, resource } = arnParts(target);
    switch (service) {
      case "sqs":
        return sendToQueue(this.cloud, target, text, parcel);
      case "sns":
        return publishTo(this.cloud, target, text, parcel.attributes);
      case "lambda":
        this.asynchronous.accept(referenceOf(target, region), Buffer.from(text));
        return;
      case "logs": {
        const group = resource.replace(/^log-group:/, "").replace(/:\*$/, "");
        return this.logs.write(region, group, "events", [text]);
      }
      case "kinesis":
        await this.cloud.json("kinesis", region, "PutRecord", {
          StreamARN: target,
          Data: Buffer.from(text).toString("base64"),
          PartitionKey: parcel.group ?? "event",
        });
        return;
      case "events":
        await this.cloud.json("events", region, "PutEvents", {
          Entries: [
            {
              Source: parcel.event?.source,
              DetailType: parcel.event?.type,
              Detail: text,
              EventBusName: target,
            },
          ],
        });
        return;
      default:
        throw new Undeliverable(`the local cloud delivers nothing to ${service}`);
    }
  }

  private async bury(parcel: Parcel, error: Error): Promise<void> {
    const { target, text, source, deadLetters, about = {} } = parcel;
    const code = error instanceof Undeliverable ? "NO_PERMISSIONS" : "SDK_CLIENT_ERROR";
    const where = `${source.arn} to ${target}: not delivered: ${error.message}`;
    if (deadLetters === undefined) {
      this.log(`${where}; there is no dead-letter queue, so it is lost`);
      return;
    }
    const refusal = await this.policies.refusal(deadLetters, source, parcel.role).catch(String);
    if (refusal !== undefined) {
      this.log(`${where}; lost, because ${refusal}`);
      return;
    }
    this.log(`${where}; sent to ${deadLetters}`);
    try {
      await this.cloud.json("sqs", arnParts(deadLetters).region, "SendMessage", {
        QueueUrl: queueUrl(deadLetters),
        MessageBody: text,
        MessageAttributes: messageAttributes({
          ...parcel.attributes,
          ...about,
          ERROR_CODE: code,
          ERROR_MESSAGE: error.message,
        }),
        ...(parcel.group === undefined
          ? {}
          : { MessageGroupId: parcel.group, MessageDeduplicationId: parcel.deduplication }),
      });
    } catch (failure) {
      this.log(`${where}; lost, because ${failure instanceof Error ? failure.message : String(failure)}`);
    }
  }
}

/** Whether the same may succeed later. */
function mayPass(error: unknown): boolean {
  return error instanceof ServiceError && (error.status >= 500 || /Throttl|TooManyRequests/.test(error.code));
}
