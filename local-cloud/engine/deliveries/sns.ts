import { createHash, randomUUID } from "node:crypto";
import { ServiceError } from "../../answer";
import {
  queryList,
  queryService,
  scalar,
  type Context,
  type JsonObject,
  type QueryInput,
  type StandIn,
} from "../../toolkit";
import { element, members, textOf } from "../../xml";
import type { Clock } from "../clock";
import type { Cloud } from "../cloud";
import { arnParts } from "../destinations";
import type { Deliveries } from "./delivery";
import { matches } from "./pattern";
import { entriesIn, topicAttributes } from "./permissions";

/** A message attribute as it was published. */
export interface Attribute {
  readonly Type: string;
  readonly Value: string;
}

/** A message for a topic. */
interface Message {
  readonly id: string;
  readonly topic: string;
  /** What each protocol gets; `default` for all others. */
  readonly texts: Readonly<Record<string, string>>;
  readonly subject?: string;
  readonly attributes: Readonly<Record<string, Attribute>>;
  readonly group?: string;
  readonly deduplication?: string;
  readonly time: string;
}

/** A subscription, as its attributes tell. */
type Subscription = Readonly<Record<string, string>>;

/** How long a FIFO topic knows what it has seen; see fifo-message-dedup.html. */
const deduplicationMilliseconds = 300_000;

/** The most bytes of a message; see API_Publish.html. */
const messageLimit = 262_144;

/** What happens between publishers and subscribers; topics and subscriptions themselves are moto's. */
export class Topics {
  private readonly subscriptions = new Map<string, Promise<Subscription[]>>();
  private readonly tails = new Map<string, Promise<void>>();
  private readonly seen = new Map<string, string>();

  constructor(
    private readonly cloud: Cloud,
    private readonly clock: Clock,
    private readonly deliveries: Deliveries,
    private readonly log: (line: string) => void,
  ) {}

  /** Publishes and publishes in batches; all else is moto's. */
  standIns(): StandIn[] {
    return [
      {
        service: "sns",
        answer: (call) => {
          this.forget(call.action);
          return undefined;
        },
      },
      queryService({
        service: "sns",
        operations: {
          Publish: async (input, context) =>
            input.PhoneNumber === undefined ? this.publish(input, context) : undefined,
          PublishBatch: (input, context) => this.publishBatch(input, context),
        },
      }),
    ];
  }

  private forget(action: string): void {
    if (/^(Subscribe|Unsubscribe|Confirm|SetSubscription|DeleteTopic)/.test(action)) {
      this.subscriptions.clear();
    }
  }

  private async publishBatch(input: QueryInput, context: Context): Promise<JsonObject> {
    const successful: JsonObject[] = [];
    const failed: JsonObject[] = [];
    for (const entry of queryList(input.PublishBatchRequestEntries)) {
      const each = typeof entry === "object" ? entry : {};
      try {
        const published = await this.publish({ ...each, TopicArn: input.TopicArn ?? "" }, context);
        successful.push({ Id: each.Id, ...published });
      } catch (error) {
        if (!(error instanceof ServiceError)) {
          throw error;
        }
        failed.push({ Id: each.Id, Code: error.code, Message: error.message, SenderFault: true });
      }
    }
    return { Successful: { member: successful }, Failed: { member: failed } };
  }

  private async publish(input: QueryInput, { region }: Context): Promise<JsonObject> {
    const topic = scalar(input.TopicArn, scalar(input.TargetArn));
    const attributes = await topicAttributes(this.cloud, topic, arnParts(topic).region || region);
    const text = scalar(input.Message);
    if (text === "" || Buffer.byteLength(text) > messageLimit) {
      const reason = text === "" ? "Empty message" : "Message too long";
      throw new ServiceError("InvalidParameter", `Invalid parameter: ${reason}`);
    }
    const fifo = this.fifoOf(input, attributes, text);
    const message: Message = {
      id: randomUUID(),
      topic,
      texts: textsOf(input.MessageStructure, text),
      ...(input.Subject === undefined ? {} : { subject: scalar(input.Subject) }),
      attributes: attributesIn(input),
      ...fifo,
      time: new Date(this.clock.now()).toISOString(),
    };
    const known = this.duplicate(message);
    if (known === undefined) {
      // The publisher is answered before anybody has got anything.
      void this.clock.during(this.inTurn(message));
    }
    return {
      MessageId: known ?? message.id,
      ...(fifo.group === undefined ? {} : { SequenceNumber: sequence() }),
    };
  }

  /** @see https://docs.aws.amazon.com/sns/latest/dg/fifo-message-dedup.html */
  private fifoOf(
    input: QueryInput,
    attributes: Record<string, string>,
    text: string,
  ): Pick<Message, "group" | "deduplication"> {
    const group = input.MessageGroupId === undefined ? undefined : scalar(input.MessageGroupId);
    if (attributes.FifoTopic !== "true") {
      return { group };
    }
    if (group === undefined) {
      throw new ServiceError(
        "InvalidParameter",
        "Invalid parameter: The MessageGroupId parameter is required for FIFO topics",
      );
    }
    const byContent = attributes.ContentBasedDeduplication === "true";
    if (input.MessageDeduplicationId === undefined && !byContent) {
      throw new ServiceError(
        "InvalidParameter",
        "Invalid parameter: The topic should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly",
      );
    }
    const hash = createHash("sha256").update(text).digest("hex");
    return { group, deduplication: scalar(input.MessageDeduplicationId, hash) };
  }

  private duplicate({ topic, deduplication, id }: Message): string | undefined {
    if (deduplication === undefined) {
      return undefined;
    }
    const key = `${topic} ${deduplication}`;
    const known = this.seen.get(key);
    if (known === undefined) {
      this.seen.set(key, id);
      this.clock.after(deduplicationMilliseconds, () => this.seen.delete(key));
    }
    return known;
  }

  /** Messages of a group arrive in the order in which they were published. */
  private inTurn(message: Message): Promise<void> {
    if (message.group === undefined) {
      return this.fanOut(message);
    }
    const key = `${message.topic} ${message.group}`;
    const done = (this.tails.get(key) ?? Promise.resolve()).then(() => this.fanOut(message));
    this.tails.set(key, done);
    return done;
  }

  private async fanOut(message: Message): Promise<void> {
    try {
      for (const subscription of await this.subscriptionsOf(message.topic)) {
        if (passes(subscription, message)) {
          await this.send(subscription, message);
        }
      }
    } catch (error) {
      this.log(
        `${message.topic}: message ${message.id} is lost: ${error instanceof Error ? error.message : ""}`,
      );
    }
  }

  private async send(subscription: Subscription, message: Message): Promise<void> {
    const {
      Protocol = "",
      Endpoint = "",
      RawMessageDelivery,
      RedrivePolicy,
      SubscriptionArn = "",
    } = subscription;
    if (Protocol !== "sqs" && Protocol !== "lambda") {
      this.log(`${message.topic}: the local cloud delivers nothing by ${Protocol} (${SubscriptionArn})`);
      return;
    }
    const raw = Protocol === "sqs" && RawMessageDelivery === "true";
    const text = message.texts[Protocol] ?? message.texts.default ?? "";
    const { deadLetterTargetArn } = JSON.parse(RedrivePolicy ?? "{}") as { deadLetterTargetArn?: string };
    await this.deliveries.deliver({
      target: Endpoint,
      text: raw ? text : JSON.stringify(envelope(Protocol, subscription, message, text)),
      source: { principal: "sns.amazonaws.com", arn: message.topic },
      deadLetters: deadLetterTargetArn,
      ...(raw ? { attributes: plain(message.attributes) } : {}),
      group: message.group,
      deduplication: message.deduplication,
      // 100,015 attempts over 23 days; see sns-message-delivery-retries.html.
      retries: 100_014,
      oldestSeconds: 23 * 86_400,
    });
  }

  private subscriptionsOf(topic: string): Promise<Subscription[]> {
    const known = this.subscriptions.get(topic) ?? this.readSubscriptions(topic);
    this.subscriptions.set(topic, known);
    return known;
  }

  private async readSubscriptions(TopicArn: string): Promise<Subscription[]> {
    const { region } = arnParts(TopicArn);
    const found: Subscription[] = [];
    let NextToken: string | undefined;
    do {
      const page = {
        Action: "ListSubscriptionsByTopic",
        TopicArn,
        ...(NextToken === undefined ? {} : { NextToken }),
      };
      const xml = await this.cloud.query("sns", region, page);
      const result = element(element(xml.ListSubscriptionsByTopicResponse).ListSubscriptionsByTopicResult);
      for (const member of members(element(result.Subscriptions).member)) {
        const SubscriptionArn = textOf(element(member).SubscriptionArn) ?? "";
        const answer = await this.cloud.query("sns", region, {
          Action: "GetSubscriptionAttributes",
          SubscriptionArn,
        });
        const attributes = element(
          element(answer.GetSubscriptionAttributesResponse).GetSubscriptionAttributesResult,
        );
        found.push(entriesIn(attributes.Attributes));
      }
      NextToken = textOf(result.NextToken);
    } while (NextToken !== undefined && NextToken !== "");
    return found;
  }
}

/** @see https://docs.aws.amazon.com/sns/latest/api/API_Publish.html */
function textsOf(structure: unknown, text: string): Record<string, string> {
  if (structure !== "json") {
    return { default: text };
  }
  const texts = JSON.parse(text) as Record<string, string>;
  if (typeof texts.default !== "string") {
    throw new ServiceError(
      "InvalidParameter",
      "Invalid parameter: Message Structure - No default entry in JSON message body",
    );
  }
  return texts;
}

function attributesIn({ MessageAttributes }: QueryInput): Record<string, Attribute> {
  const list = typeof MessageAttributes === "object" ? MessageAttributes.entry : undefined;
  return Object.fromEntries(
    queryList(list).flatMap((entry): [string, Attribute][] => {
      const { Name, Value } = typeof entry === "object" ? entry : {};
      const value = typeof Value === "object" ? Value : {};
      const given = scalar(value.StringValue, scalar(value.BinaryValue));
      return [[scalar(Name), { Type: scalar(value.DataType), Value: given }]];
    }),
  );
}

function plain(attributes: Message["attributes"]): Record<string, string> {
  return Object.fromEntries(Object.entries(attributes).map(([name, { Value }]) => [name, Value]));
}

/**
 * Whether a subscription wants a message.
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-message-filtering.html
 */
export function passes(
  { FilterPolicy = "", FilterPolicyScope }: Subscription,
  { texts, attributes }: Pick<Message, "texts" | "attributes">,
): boolean {
  if (FilterPolicy === "" || FilterPolicy === "{}") {
    return true;
  }
  const policy = JSON.parse(FilterPolicy) as unknown;
  if (FilterPolicyScope === "MessageBody") {
    try {
      return matches(policy, JSON.parse(texts.default ?? ""));
    } catch {
      return false;
    }
  }
  return matches(
    policy,
    Object.fromEntries(Object.entries(attributes).map(([name, each]) => [name, valueOf(each)])),
  );
}

function valueOf({ Type, Value }: Attribute): unknown {
  if (Type.startsWith("Number")) {
    return Number(Value);
  }
  try {
    return Type.startsWith("String.Array") ? (JSON.parse(Value) as unknown) : Value;
  } catch {
    return Value;
  }
}

/** @see https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html */
function envelope(protocol: string, subscription: Subscription, message: Message, text: string): JsonObject {
  const { region } = arnParts(message.topic);
  const host = `https://sns.${region}.amazonaws.com`;
  const inFunction = protocol === "lambda";
  const notification: JsonObject = {
    Type: "Notification",
    MessageId: message.id,
    ...(message.group === undefined ? {} : { SequenceNumber: sequence() }),
    TopicArn: message.topic,
    ...(inFunction ? { Subject: message.subject ?? null } : {}),
    ...(message.subject === undefined ? {} : { Subject: message.subject }),
    Message: text,
    Timestamp: message.time,
    SignatureVersion: "1",
    Signature: "EXAMPLE",
    [inFunction ? "SigningCertUrl" : "SigningCertURL"]: `${host}/SimpleNotificationService-local.pem`,
    [inFunction ? "UnsubscribeUrl" : "UnsubscribeURL"]:
      `${host}/?Action=Unsubscribe&SubscriptionArn=${subscription.SubscriptionArn ?? ""}`,
    ...(inFunction || Object.keys(message.attributes).length > 0
      ? { MessageAttributes: message.attributes }
      : {}),
  };
  return inFunction
    ? {
        Records: [
          {
            EventSource: "aws:sns",
            EventVersion: "1.0",
            EventSubscriptionArn: subscription.SubscriptionArn,
            Sns: notification,
          },
        ],
      }
    : notification;
}

let last = 0n;

/** Twenty digits that only grow. */
function sequence(): string {
  last += 1n;
  return `1${String(last).padStart(19, "0")}`;
}
