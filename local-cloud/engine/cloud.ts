import { ServiceError, type Answer } from "../answer";
import { identify, type Call } from "../call";
import { parseJson, scalar, type JsonObject } from "../toolkit";
import { parseXml, type XmlElement } from "../xml";

/** Has the local cloud answer a call as the account itself: stand-ins first, then moto; never unkind. */
export type Ask = (call: Call) => Promise<Answer>;

const targets: Readonly<Record<string, readonly [prefix: string, version: string]>> = {
  sqs: ["AmazonSQS", "1.0"],
  logs: ["Logs_20140328", "1.1"],
  events: ["AWSEvents", "1.1"],
  dynamodb: ["DynamoDB_20120810", "1.0"],
  dynamodbstreams: ["DynamoDBStreams_20120810", "1.0"],
  kinesis: ["Kinesis_20131202", "1.1"],
};

/** The calls that the engine makes itself. */
export class Cloud {
  constructor(private readonly ask: Ask) {}

  /** An operation of a JSON service; throws a `ServiceError` when it is refused. */
  async json(service: string, region: string, operation: string, input: JsonObject): Promise<JsonObject> {
    const [prefix, version] = targets[service] ?? ["", ""];
    const signedFor = service === "dynamodbstreams" ? "dynamodb" : service;
    const headers = {
      "content-type": `application/x-amz-json-${version}`,
      "x-amz-target": `${prefix}.${operation}`,
    };
    const { body } = await this.send(signedFor, region, "POST", "/", headers, JSON.stringify(input));
    return parseJson(body);
  }

  /** An operation of SNS, the one query service that it needs; throws a `ServiceError` when it is refused. */
  async query(service: string, region: string, parameters: Record<string, string>): Promise<XmlElement> {
    const headers = { "content-type": "application/x-www-form-urlencoded; charset=utf-8" };
    const form = new URLSearchParams({ Version: "2010-03-31", ...parameters }).toString();
    const { body } = await this.send(service, region, "POST", "/", headers, form);
    return parseXml(body.toString("utf8"));
  }

  /** A call of a REST service; throws a `ServiceError` when it is refused. */
  rest(service: string, region: string, method: string, path: string, body = ""): Promise<Answer> {
    return this.send(service, region, method, path, { "content-type": "application/json" }, body);
  }

  private async send(
    service: string,
    region: string,
    method: string,
    path: string,
    headers: Record<string, string>,
    text: string,
  ): Promise<Answer> {
    const authorization = `AWS4-HMAC-SHA256 Credential=testing/20260101/${region}/${service}/aws4_request, SignedHeaders=host, Signature=0`;
    const body = Buffer.from(text);
    const length = { host: "127.0.0.1", "content-length": String(body.length) };
    const answer = await this.ask(identify(method, path, { authorization, ...headers, ...length }, body));
    if (answer.status >= 300) {
      throw refusalIn(answer);
    }
    return answer;
  }
}

/** What a refusal says, whatever its protocol. */
function refusalIn({ status, headers, body }: Answer): ServiceError {
  const text = body.toString("utf8");
  const inXml = (name: string): string | undefined =>
    new RegExp(`<${name}>([^<]*)</${name}>`).exec(text)?.[1];
  if (text.trimStart().startsWith("<")) {
    return new ServiceError(inXml("Code") ?? String(status), inXml("Message") ?? "", status);
  }
  const json = text.startsWith("{") ? parseJson(body) : {};
  const code = scalar(json.__type, scalar(headers["x-amzn-errortype"], String(status)));
  const message = scalar(json.message, scalar(json.Message, text));
  return new ServiceError(code.replace(/^.*#/, ""), message, status);
}
