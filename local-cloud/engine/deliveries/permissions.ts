import { decide, type Policy } from "../../enforcement/policy";
import { account, objectAt, type JsonObject } from "../../toolkit";
import { members, element, textOf } from "../../xml";
import type { Cloud } from "../cloud";
import { arnParts, queueUrl } from "../destinations";
import { referenceOf, type Functions } from "../functions/store";

/** Who sends, and in whose name. */
export interface Source {
  /** Such as `sns.amazonaws.com`. */
  readonly principal: string;
  /** ARN of the topic, bucket or rule. */
  readonly arn: string;
}

const actions: Readonly<Record<string, string>> = {
  events: "events:PutEvents",
  kinesis: "kinesis:PutRecord",
  sqs: "sqs:SendMessage",
  sns: "sns:Publish",
  lambda: "lambda:InvokeFunction",
};

/** Targets whose own policy is asked where the sender acts in its own name. */
const byPolicy = new Set(["sqs", "sns", "lambda"]);

/** Whether a role may do something by its own policies. */
export type MayRole = (role: string, action: string, resource: string) => Promise<boolean>;

/**
 * Tells whether a resource lets a service reach it, as its own policy says. The commonest reason why nothing arrives
 * is that it does not.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html
 */
export class ResourcePolicies {
  constructor(
    private readonly cloud: Cloud,
    private readonly functions: Functions,
    private readonly mayRole: MayRole,
  ) {}

  /** Why a delivery is refused, or `undefined` when the target's policy allows it. */
  async refusal(target: string, source: Source, role?: string): Promise<string | undefined> {
    const { service } = arnParts(target);
    const action = actions[service];
    if (action === undefined) {
      return undefined;
    }
    if (role !== undefined) {
      const may = await this.mayRole(role, action, target);
      return may ? undefined : `no policy of the role ${role} allows ${action}`;
    }
    if (!byPolicy.has(service)) {
      return undefined;
    }
    const policy = await this.policyOf(target, service);
    const context = {
      "aws:sourcearn": source.arn,
      "aws:sourceaccount": account,
      "aws:securetransport": "true",
      "aws:principalisawsservice": "true",
    };
    const principal = { kind: "Service", values: [source.principal] };
    if (
      policy !== undefined &&
      decide([policy], { action, resource: target, context, principal }) === "allowed"
    ) {
      return undefined;
    }
    const what =
      service === "lambda" ? "no permission (AddPermission) of the function" : "the policy of the target";
    return service === "lambda"
      ? `${what} allows ${source.principal} ${action} for ${source.arn}`
      : `${what} does not allow ${source.principal} ${action} for ${source.arn}`;
  }

  private async policyOf(target: string, service: string): Promise<Policy | undefined> {
    const { region } = arnParts(target);
    if (service === "lambda") {
      const referred = referenceOf(target, region);
      return this.functions.named(referred).policies.get(referred.qualifier ?? "$LATEST");
    }
    return service === "sqs" ? this.queuePolicy(target, region) : this.topicPolicy(target, region);
  }

  private async queuePolicy(target: string, region: string): Promise<Policy | undefined> {
    const input: JsonObject = { QueueUrl: queueUrl(target), AttributeNames: ["Policy"] };
    const { Policy: text } = objectAt(
      await this.cloud.json("sqs", region, "GetQueueAttributes", input),
      "Attributes",
    );
    return typeof text === "string" && text !== "" ? (JSON.parse(text) as Policy) : undefined;
  }

  private async topicPolicy(TopicArn: string, region: string): Promise<Policy | undefined> {
    const attributes = await topicAttributes(this.cloud, TopicArn, region);
    return attributes.Policy === undefined ? undefined : (JSON.parse(attributes.Policy) as Policy);
  }
}

/** The attributes of a topic. */
export async function topicAttributes(
  cloud: Cloud,
  TopicArn: string,
  region: string,
): Promise<Record<string, string>> {
  const xml = await cloud.query("sns", region, { Action: "GetTopicAttributes", TopicArn });
  return entriesIn(element(element(xml.GetTopicAttributesResponse).GetTopicAttributesResult).Attributes);
}

/** A map of strings, as the query protocol writes it. */
export function entriesIn(map: Parameters<typeof element>[0]): Record<string, string> {
  return Object.fromEntries(
    members(element(map).entry).map((entry) => {
      const { key, value } = element(entry);
      return [textOf(key) ?? "", textOf(value) ?? ""];
    }),
  );
}
