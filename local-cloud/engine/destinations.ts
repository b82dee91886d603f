import { randomUUID } from "node:crypto";
import type { Cloud } from "./cloud";

/** The parts of an ARN. */
export interface Arn {
  readonly service: string;
  readonly region: string;
  readonly account: string;
  /** What comes behind the account. */
  readonly resource: string;
}

/** Takes an ARN apart; parts that are not there are empty. */
export function arnParts(arn: string): Arn {
  const [, , service = "", region = "", account = "", ...resource] = arn.split(":");
  return { service, region, account, resource: resource.join(":") };
}

/** URL of a queue of the local cloud, by which SQS addresses it. */
export function queueUrl(arn: string): string {
  const { account, resource } = arnParts(arn);
  return `http://127.0.0.1/${account}/${resource}`;
}

/** What goes to a queue beside the text. */
export interface MessageOptions {
  readonly attributes?: Readonly<Record<string, string>>;
  readonly group?: string;
  readonly deduplication?: string;
}

/** Attributes as SQS and SNS take them in JSON. */
export function messageAttributes(values: Readonly<Record<string, string>>): Record<string, object> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, { DataType: "String", StringValue: value }]),
  );
}

/** Puts a message into a queue. */
export async function sendToQueue(
  cloud: Cloud,
  arn: string,
  text: string,
  { attributes = {}, group, deduplication }: MessageOptions = {},
): Promise<void> {
  const isFifo = arn.endsWith(".fifo");
  await cloud.json("sqs", arnParts(arn).region, "SendMessage", {
    QueueUrl: queueUrl(arn),
    MessageBody: text,
    MessageAttributes: messageAttributes(attributes),
    ...(group === undefined ? {} : { MessageGroupId: group }),
    ...(isFifo ? { MessageDeduplicationId: deduplication ?? randomUUID() } : {}),
  });
}

/** Publishes a message to a topic. */
export async function publishTo(
  cloud: Cloud,
  arn: string,
  text: string,
  attributes: Readonly<Record<string, string>> = {},
): Promise<void> {
  await cloud.query("sns", arnParts(arn).region, {
    Action: "Publish",
    TopicArn: arn,
    Message: text,
    ...Object.fromEntries(
      Object.entries(attributes).flatMap(([name, value], index) => [
        [`MessageAttributes.entry.${index + 1}.Name`, name],
        [`MessageAttributes.entry.${index + 1}.Value.DataType`, "String"],
        [`MessageAttributes.entry.${index + 1}.Value.StringValue`, value],
      ]),
    ),
  });
}
