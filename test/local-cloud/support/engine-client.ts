import { zipSync } from "fflate";
import type { JsonObject } from "../../../local-cloud/toolkit";

/** What a client got. */
export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body, where it is JSON. */
  readonly json: JsonObject;
}

const targets: Readonly<Record<string, readonly [prefix: string, version: string]>> = {
  sqs: ["AmazonSQS", "1.0"],
  logs: ["Logs_20140328", "1.1"],
  events: ["AWSEvents", "1.1"],
  dynamodb: ["DynamoDB_20120810", "1.0"],
  cloudtrail: ["com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101", "1.1"],
};

/** Calls a local cloud as SDKs do, without one client for each service. */
export class EngineClient {
  constructor(
    private readonly endpoint: string,
    readonly region = "eu-west-1",
  ) {}

  /** An operation of a JSON service that must succeed. */
  async call(service: string, operation: string, input: object): Promise<JsonObject> {
    const [prefix = "", version = ""] = targets[service] ?? [];
    const headers = {
      "content-type": `application/x-amz-json-${version}`,
      "x-amz-target": `${prefix}.${operation}`,
    };
    return succeeded(await this.send(service, "POST", "/", JSON.stringify(input), headers), operation).json;
  }

  /** An operation of a query service that must succeed: its XML. */
  async query(service: string, parameters: Record<string, string>): Promise<string> {
    const headers = { "content-type": "application/x-www-form-urlencoded; charset=utf-8" };
    const form = new URLSearchParams({ Version: "2010-03-31", ...parameters }).toString();
    return succeeded(await this.send(service, "POST", "/", form, headers), parameters.Action).text;
  }

  /** A call of a REST service that must succeed. */
  async rest(service: string, method: string, path: string, input?: object): Promise<JsonObject> {
    const body = input === undefined ? "" : JSON.stringify(input);
    return succeeded(await this.send(service, method, path, body), `${method} ${path}`).json;
  }

  /** Any call, whatever becomes of it. */
  async send(
    service: string,
    method: string,
    path: string,
    body: string | Buffer = "",
    headers: Record<string, string> = {},
  ): Promise<Answered> {
    const authorization = `AWS4-HMAC-SHA256 Credential=testing/20261121/${this.region}/${service}/aws4_request, SignedHeaders=host, Signature=0`;
    const response = await fetch(`${this.endpoint}${path}`, {
      method,
      headers: { authorization, "content-type": "application/json", ...headers },
      ...(method === "GET" || method === "HEAD" ? {} : { body: body as string }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, json: jsonIn(text) };
  }

  /** Invokes a function and returns what it answered. */
  invoke(name: string, event: unknown, headers: Record<string, string> = {}): Promise<Answered> {
    const path = `/2015-03-31/functions/${encodeURIComponent(name)}/invocations`;
    return this.send("lambda", "POST", path, JSON.stringify(event), headers);
  }

  /** Advances the engine's clock; what was due has happened then. */
  async advance(by: string): Promise<{ now: string }> {
    const { json } = succeeded(
      await this.send("", "POST", "/_meridian/clock", JSON.stringify({ advance: by })),
      "clock",
    );
    return json as { now: string };
  }

  /** Makes a role that a service may assume, with a policy, and returns its ARN. */
  async role(RoleName: string, service: string, allowed: readonly string[]): Promise<string> {
    const version = { Version: "2010-05-08", RoleName };
    const trust = { Effect: "Allow", Principal: { Service: service }, Action: "sts:AssumeRole" };
    await this.query("iam", {
      Action: "CreateRole",
      AssumeRolePolicyDocument: JSON.stringify({ Version: "2012-10-17", Statement: [trust] }),
      ...version,
    });
    if (allowed.length > 0) {
      const statement = { Effect: "Allow", Action: allowed, Resource: "*" };
      await this.query("iam", {
        Action: "PutRolePolicy",
        PolicyName: "own",
        PolicyDocument: JSON.stringify({ Version: "2012-10-17", Statement: [statement] }),
        ...version,
      });
    }
    return `arn:aws:iam::123456789012:role/${RoleName}`;
  }

  /** Makes a queue and returns its URL and ARN. */
  async queue(name: string, attributes: Record<string, string> = {}): Promise<{ url: string; arn: string }> {
    const { QueueUrl } = await this.call("sqs", "CreateQueue", { QueueName: name, Attributes: attributes });
    return { url: String(QueueUrl), arn: `arn:aws:sqs:${this.region}:123456789012:${name}` };
  }

  /** Takes all messages out of a queue: their bodies, as JSON where they are. */
  async drain(url: string): Promise<unknown[]> {
    const bodies: unknown[] = [];
    for (;;) {
      const { Messages } = await this.call("sqs", "ReceiveMessage", {
        QueueUrl: url,
        MaxNumberOfMessages: 10,
      });
      const messages = (Messages ?? []) as { Body: string; ReceiptHandle: string }[];
      if (messages.length === 0) {
        return bodies;
      }
      for (const { Body, ReceiptHandle } of messages) {
        bodies.push(valueIn(Body));
        await this.call("sqs", "DeleteMessage", { QueueUrl: url, ReceiptHandle });
      }
    }
  }
}

/** A package of files, in base64. */
export function packageOf(files: Record<string, string>): string {
  const content = Object.entries(files).map(([name, text]) => [name, Buffer.from(text)] as const);
  return Buffer.from(zipSync(Object.fromEntries(content))).toString("base64");
}

function succeeded(answered: Answered, what = ""): Answered {
  if (answered.status >= 300) {
    throw new Error(`${what} was answered with ${answered.status}: ${answered.text}`);
  }
  return answered;
}

function jsonIn(text: string): JsonObject {
  const value = valueIn(text);
  return typeof value === "object" && value !== null ? (value as JsonObject) : {};
}

function valueIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
