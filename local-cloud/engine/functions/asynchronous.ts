import { randomUUID } from "node:crypto";
import { scalar, type JsonObject } from "../../toolkit";
import type { Clock } from "../clock";
import type { Cloud } from "../cloud";
import { arnParts, publishTo, sendToQueue } from "../destinations";
import type { Invocable, InvokeConfiguration } from "./function";
import { Throttled, type Invoked, type Invoker } from "./invoker";
import { referenceOf, type Functions, type Reference } from "./store";

/** An event that waits for a function. */
interface Event {
  readonly requestId: string;
  readonly referred: Reference;
  readonly payload: Buffer;
  readonly acceptedAt: number;
  readonly clientContext?: string;
  /** How often the function ran for it. */
  runs: number;
  /** How often it was throttled in a row. */
  throttles: number;
}

/** Why an event is no longer tried. */
type Condition = "Success" | "RetriesExhausted" | "EventAgeExceeded";

const defaultAgeSeconds = 21_600;

/**
 * How long until the next attempt, in milliseconds, after a function has failed that often.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
 */
export function retryDelay(failures: number): number {
  return failures <= 1 ? 60_000 : 120_000;
}

/** How long until the next attempt, in milliseconds, after an event was throttled that often in a row. */
export function throttleDelay(throttles: number): number {
  return Math.min(1_000 * 2 ** (throttles - 1), 300_000);
}

/** Lambda's own queue of events: it answers at once, tries again, and says in the end what became of each. */
export class AsynchronousInvoker {
  constructor(
    private readonly functions: Functions,
    private readonly invoker: Invoker,
    private readonly cloud: Cloud,
    private readonly clock: Clock,
    private readonly log: (line: string) => void,
  ) {}

  /** Takes an event and returns its request's id. */
  accept(referred: Reference, payload: Buffer, clientContext?: string): string {
    this.functions.version(referred);
    const requestId = randomUUID();
    const acceptedAt = this.clock.now();
    const event = { requestId, referred, payload, acceptedAt, clientContext, runs: 0, throttles: 0 };
    this.start(event);
    return requestId;
  }

  private start(event: Event): void {
    const attempt = this.attempt(event).catch((error: unknown) => {
      this.log(`event ${event.requestId} for ${event.referred.name} is lost: ${describe(error)}`);
    });
    void this.clock.during(attempt);
  }

  private async attempt(event: Event): Promise<void> {
    const invocable = this.functions.invocable(event.referred);
    const settings = invocable.owner.invokeConfigurations.get(invocable.qualifier) ?? {};
    const oldest = event.acceptedAt + (settings.MaximumEventAgeInSeconds ?? defaultAgeSeconds) * 1_000;
    if (this.clock.now() > oldest) {
      await this.finish(event, invocable, settings, "EventAgeExceeded");
      return;
    }
    let invoked: Invoked;
    try {
      const { requestId, clientContext } = event;
      invoked = await this.invoker.invoke(invocable, event.payload, { requestId, clientContext });
    } catch (error) {
      if (!(error instanceof Throttled)) {
        throw error;
      }
      event.throttles += 1;
      // With no concurrency at all, nothing is ever tried; see lambda-concurrency.html.
      if (invocable.owner.reserved === 0) {
        await this.finish(event, invocable, settings, "EventAgeExceeded");
      } else {
        this.again(event, throttleDelay(event.throttles), oldest);
      }
      return;
    }
    event.runs += 1;
    event.throttles = 0;
    if (!invoked.failed) {
      await this.finish(event, invocable, settings, "Success", invoked);
    } else if (event.runs > (settings.MaximumRetryAttempts ?? 2)) {
      await this.finish(event, invocable, settings, "RetriesExhausted", invoked);
    } else {
      this.again(event, retryDelay(event.runs), oldest);
    }
  }

  /** An event that will be too old for the next attempt is given up when it is. */
  private again(event: Event, delay: number, oldest: number): void {
    this.clock.after(Math.min(delay, Math.max(0, oldest - this.clock.now()) + 1), () => {
      this.start(event);
    });
  }

  private async finish(
    event: Event,
    invocable: Invocable,
    { DestinationConfig = {} }: InvokeConfiguration,
    condition: Condition,
    invoked?: Invoked,
  ): Promise<void> {
    const { OnSuccess, OnFailure } = DestinationConfig;
    const succeeded = condition === "Success";
    const destination = (succeeded ? OnSuccess : OnFailure)?.Destination;
    const deadLetters = invocable.version.configuration.DeadLetterConfig?.TargetArn ?? "";
    if (destination !== undefined) {
      await this.tell(destination, this.record(event, invocable, condition, invoked), succeeded);
    }
    if (!succeeded && deadLetters !== "") {
      await this.bury(deadLetters, event, invoked);
    }
    if (!succeeded && destination === undefined && deadLetters === "") {
      this.log(
        `lambda ${event.referred.name}: event ${event.requestId} is lost (${condition}): there is no destination on failure and no dead-letter queue`,
      );
    }
  }

  /** @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html */
  private record(
    event: Event,
    { owner, version, qualifier }: Invocable,
    condition: Condition,
    invoked?: Invoked,
  ): object {
    const answer =
      invoked === undefined
        ? {}
        : {
            responseContext: {
              statusCode: 200,
              executedVersion: invoked.executedVersion,
              ...(invoked.failed ? { functionError: "Unhandled" } : {}),
            },
            responsePayload: jsonOf(invoked.payload),
          };
    return {
      version: "1.0",
      timestamp: new Date(this.clock.now()).toISOString(),
      requestContext: {
        requestId: event.requestId,
        functionArn: `${owner.arn}:${qualifier === "$LATEST" ? version.configuration.Version : qualifier}`,
        condition,
        approximateInvokeCount: event.runs,
      },
      requestPayload: jsonOf(event.payload),
      ...answer,
    };
  }

  private async tell(destination: string, record: object, succeeded: boolean): Promise<void> {
    const { service, region } = arnParts(destination);
    const text = JSON.stringify(record);
    switch (service) {
      case "sqs":
        return sendToQueue(this.cloud, destination, text);
      case "sns":
        return publishTo(this.cloud, destination, text);
      case "lambda":
        this.accept(referenceOf(destination, region), Buffer.from(text));
        return;
      case "events":
        await this.cloud.json("events", region, "PutEvents", {
          Entries: [
            {
              Source: "lambda",
              DetailType: `Lambda Function Invocation Result - ${succeeded ? "Success" : "Failure"}`,
              Detail: text,
              EventBusName: destination,
              Resources: [
                destination,
                (record as { requestContext: { functionArn: string } }).requestContext.functionArn,
              ],
            },
          ],
        });
        return;
      default:
        throw new Error(`the local cloud sends no invocation records to ${destination}`);
    }
  }

  private bury(target: string, event: Event, invoked?: Invoked): Promise<void> {
    const answer = invoked === undefined ? undefined : jsonOf(invoked.payload);
    const { errorMessage } = typeof answer === "object" && answer !== null ? (answer as JsonObject) : {};
    const attributes = {
      RequestID: event.requestId,
      ErrorCode: "200",
      ErrorMessage: scalar(errorMessage, "Event age exceeded"),
    };
    const text = event.payload.toString("utf8");
    return arnParts(target).service === "sns"
      ? publishTo(this.cloud, target, text, attributes)
      : sendToQueue(this.cloud, target, text, { attributes });
  }
}

function jsonOf(payload: Buffer): unknown {
  try {
    return JSON.parse(payload.toString("utf8"));
  } catch {
    return payload.toString("utf8");
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
