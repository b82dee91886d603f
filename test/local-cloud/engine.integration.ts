import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startLocalCloud, stopLocalCloud } from "../../local-cloud";
import { isAlive, waitUntilGone } from "../../local-cloud/processes";
import { EngineClient, packageOf } from "./support/engine-client";

jest.setTimeout(180_000);

const directory = mkdtempSync(join(tmpdir(), "meridian-engine-"));
let cloud: EngineClient;
let gateway: number;
let logFile: string;
let role: string;

beforeAll(async () => {
  process.env.MERIDIAN_SECRET_OF_THE_USER = "secret";
  const status = await startLocalCloud({ directory });
  gateway = status.pid;
  logFile = status.logFile;
  cloud = new EngineClient(status.endpoint);
  role = await cloud.role("functions", "lambda.amazonaws.com", ["*"]);
});
afterAll(async () => {
  await stopLocalCloud(directory);
  rmSync(directory, { recursive: true, force: true });
});

/** Makes a function of one file. */
async function makeFunction(FunctionName: string, source: string, settings: object = {}): Promise<string> {
  const { FunctionArn } = await cloud.rest("lambda", "POST", "/2015-03-31/functions", {
    FunctionName,
    Runtime: "nodejs22.x",
    Handler: "index.handler",
    Role: role,
    Timeout: 10,
    Code: { ZipFile: packageOf({ "index.js": source }) },
    ...settings,
  });
  return String(FunctionArn);
}

async function logOf(name: string): Promise<string> {
  const { events } = await cloud.call("logs", "FilterLogEvents", { logGroupName: `/aws/lambda/${name}` });
  return (events as { message: string }[]).map(({ message }) => message).join("\n");
}

describe("functions", () => {
  it("runs a handler of Node.js with a clean environment and keeps its process warm", async () => {
    await makeFunction(
      "environment",
      `let runs = 0;
       exports.handler = async (event, context) => {
         console.log("got", event.name);
         runs += 1;
         return { runs, pid: process.pid, names: Object.keys(process.env), own: process.env.OWN,
           endpoint: process.env.AWS_ENDPOINT_URL, left: context.getRemainingTimeInMillis(), arn: context.invokedFunctionArn };
       };`,
      { Environment: { Variables: { OWN: "value" } } },
    );

    const first = (await cloud.invoke("environment", { name: "a" })).json;
    const { json: second, headers } = await cloud.invoke(
      "environment",
      { name: "b" },
      { "x-amz-log-type": "Tail" },
    );

    expect(second).toMatchObject({ runs: 2, pid: first.pid, own: "value" });
    expect(second.arn).toBe("arn:aws:lambda:eu-west-1:123456789012:function:environment");
    expect(second.left).toBeLessThanOrEqual(10_000);
    expect(second.names).not.toEqual(expect.arrayContaining([expect.stringContaining("MERIDIAN")]));
    expect(second.names).not.toContain("HOME");
    const tail = Buffer.from(headers.get("x-amz-log-result") ?? "", "base64").toString("utf8");
    expect(tail).toMatch(
      /START RequestId: .*\n.*INFO\tgot b\nEND RequestId: .*\nREPORT RequestId: .*Memory Size: 128 MB/,
    );
    await cloud.advance("1s");
    expect(await logOf("environment")).toContain("INFO\tgot a");
  });

  it("runs ECMAScript modules and Python, which reach the local cloud by themselves", async () => {
    await makeFunction("module", "export const handler = async () => import.meta.url.endsWith('.mjs');", {
      Code: {
        ZipFile: packageOf({
          "src/index.mjs": `import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
            export const handler = async () => (await new STSClient({}).send(new GetCallerIdentityCommand({}))).Account;`,
        }),
      },
      Handler: "src/index.handler",
    });
    await makeFunction("snake", "", {
      Runtime: "python3.13",
      Handler: "app.handler",
      Code: {
        ZipFile: packageOf({
          "app.py": `import boto3, os
def handler(event, context):
    print("hello", event["name"])
    if event["name"] == "bad":
        raise ValueError("bad name")
    return {"account": boto3.client("sts").get_caller_identity()["Account"], "id": context.aws_request_id}
`,
        }),
      },
    });

    const [module, snake, failed] = await Promise.all([
      cloud.invoke("module", {}),
      cloud.invoke("snake", { name: "good" }),
      cloud.invoke("snake", { name: "bad" }),
    ]);

    expect(module.text).toBe('"123456789012"');
    expect(snake.json).toMatchObject({ account: "123456789012", id: snake.headers.get("x-amzn-requestid") });
    expect(failed.headers.get("x-amz-function-error")).toBe("Unhandled");
    expect(failed.json).toMatchObject({ errorType: "ValueError", errorMessage: "bad name" });
  });

  it("says how a handler failed, did not load, ended its process or took too long", async () => {
    await makeFunction(
      "failing",
      `exports.handler = async ({ how }) => {
         if (how === "exit") process.exit(3);
         if (how === "hang") for (;;);
         throw new RangeError("too far");
       };`,
      { Timeout: 1 },
    );
    await makeFunction("missing", "exports.other = 1;");

    const [thrown, exited, hung, missing] = await Promise.all([
      cloud.invoke("failing", {}),
      cloud.invoke("failing", { how: "exit" }),
      cloud.invoke("failing", { how: "hang" }),
      cloud.invoke("missing", {}),
    ]);

    expect(thrown.json).toMatchObject({ errorType: "RangeError", errorMessage: "too far" });
    expect(exited.json.errorMessage).toMatch(
      /^RequestId: .* Error: Runtime exited with error: exit status 3$/,
    );
    expect(hung.json.errorMessage).toMatch(/^RequestId: .* Error: Task timed out after 1\.00 seconds$/);
    expect(missing.json).toMatchObject({ errorType: "Runtime.HandlerNotFound" });
    expect([thrown, exited, hung, missing].map(({ headers }) => headers.get("x-amz-function-error"))).toEqual(
      Array<string>(4).fill("Unhandled"),
    );
    await cloud.advance("1s");
    expect(await logOf("failing")).toContain("Task timed out after 1.00 seconds");
  });

  it("publishes versions, and an alias sends a share of invocations to another one", async () => {
    const source = (version: number): string =>
      `exports.handler = async (_, c) => [${version}, c.functionVersion];`;
    await makeFunction("weighted", source(1), { Publish: true });
    await cloud.rest("lambda", "PUT", "/2015-03-31/functions/weighted/code", {
      ZipFile: packageOf({ "index.js": source(2) }),
      Publish: true,
    });
    await cloud.rest("lambda", "POST", "/2015-03-31/functions/weighted/aliases", {
      Name: "live",
      FunctionVersion: "1",
      RoutingConfig: { AdditionalVersionWeights: { "2": 0.5 } },
    });

    const answers = new Set<string>();
    for (let index = 0; index < 40; index += 1) {
      answers.add((await cloud.invoke("weighted:live", {})).text);
    }

    expect([...answers].sort()).toEqual(['[1,"1"]', '[2,"2"]']);
    expect((await cloud.invoke("weighted", {})).text).toBe('[2,"$LATEST"]');
  });

  it("throttles over the reserved concurrency, and refuses what is too large or nowhere to be found", async () => {
    await makeFunction("reserved", "exports.handler = () => new Promise((r) => setTimeout(r, 500));");
    const path = "/2017-10-31/functions/reserved/concurrency";
    await cloud.rest("lambda", "PUT", path, { ReservedConcurrentExecutions: 1 });

    const answers = await Promise.all([cloud.invoke("reserved", {}), cloud.invoke("reserved", {})]);
    const large = await cloud.invoke("reserved", "x".repeat(1_048_577), { "x-amz-invocation-type": "Event" });
    const unknown = await cloud.invoke("unknown", {});
    const tooMuch = await cloud.send("lambda", "PUT", path, '{"ReservedConcurrentExecutions":950}');

    expect(answers.map(({ status }) => status).sort()).toEqual([200, 429]);
    expect(answers.find(({ status }) => status === 429)?.headers.get("x-amzn-errortype")).toBe(
      "TooManyRequestsException",
    );
    expect([large.status, unknown.status, tooMuch.status]).toEqual([413, 404, 400]);
    expect(tooMuch.json.message).toBe(
      "Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [100].",
    );
  });

  it("tries an event three times, then tells the destination and the dead-letter queue", async () => {
    const failures = await cloud.queue("failures");
    const successes = await cloud.queue("successes");
    const letters = await cloud.queue("letters");
    const arn = await makeFunction(
      "eventual",
      `exports.handler = async ({ good }) => { if (!good) throw new Error("no good"); return "fine"; };`,
      { DeadLetterConfig: { TargetArn: letters.arn } },
    );
    await cloud.rest("lambda", "PUT", "/2019-09-25/functions/eventual/event-invoke-config", {
      DestinationConfig: {
        OnSuccess: { Destination: successes.arn },
        OnFailure: { Destination: failures.arn },
      },
    });
    const event = { "x-amz-invocation-type": "Event" };

    const accepted = await cloud.invoke("eventual", { good: false }, event);
    await cloud.invoke("eventual", { good: true }, event);
    await cloud.advance("2m");
    const early = await cloud.drain(failures.url);
    await cloud.advance("2m");

    expect(accepted.status).toBe(202);
    expect(early).toEqual([]);
    expect(await cloud.drain(failures.url)).toEqual([
      expect.objectContaining({
        requestContext: {
          requestId: accepted.headers.get("x-amzn-requestid"),
          functionArn: `${arn}:$LATEST`,
          condition: "RetriesExhausted",
          approximateInvokeCount: 3,
        },
        requestPayload: { good: false },
        responsePayload: expect.objectContaining({ errorMessage: "no good" }) as unknown,
      }),
    ]);
    expect(await cloud.drain(successes.url)).toEqual([expect.objectContaining({ responsePayload: "fine" })]);
    expect(await cloud.drain(letters.url)).toEqual([{ good: false }]);
  });

  it("refuses packages that are none, lead out of their folder, or need more than Lambda has", async () => {
    const create = async (Code: object, settings: object = {}): Promise<unknown> => {
      const body = { FunctionName: "bad", Runtime: "nodejs22.x", Handler: "index.handler", Role: role, Code };
      const { status, json } = await cloud.send(
        "lambda",
        "POST",
        "/2015-03-31/functions",
        JSON.stringify({ ...body, ...settings }),
      );
      return [status, json.message];
    };
    const ZipFile = packageOf({ "index.js": "" });

    expect(await create({ ZipFile: "bm8gemlw" })).toEqual([
      400,
      "Could not unzip uploaded file. Please check your file, then try to upload again.",
    ]);
    expect(await create({ ZipFile: packageOf({ "../../evil.js": "" }) })).toEqual([
      400,
      'The package holds names that lead out of its folder: "../../evil.js"',
    ]);
    expect(await create({ ZipFile }, { Timeout: 901, MemorySize: 20_000 })).toEqual([
      400,
      "2 validation errors detected: Value '901' at 'timeout' failed to satisfy constraint: Member must have value less than or equal to 900; Value '20000' at 'memorySize' failed to satisfy constraint: Member must have value less than or equal to 10240",
    ]);
  });
});

/** Makes a function that notes in a queue what it gets, and fails for what holds "bad". */
async function makeRecorder(
  name: string,
  settings: object = {},
): Promise<{ arn: string; notes: () => Promise<unknown[]> }> {
  const queue = await cloud.queue(`${name}-notes`);
  const source = `const { createHash } = require("node:crypto");
    async function note(value) {
      await fetch(process.env.AWS_ENDPOINT_URL, { method: "POST", headers: {
        authorization: "AWS4-HMAC-SHA256 Credential=" + process.env.AWS_ACCESS_KEY_ID + "/20261121/" + process.env.AWS_REGION + "/sqs/aws4_request, SignedHeaders=host, Signature=0",
        "content-type": "application/x-amz-json-1.0", "x-amz-target": "AmazonSQS.SendMessage" },
        body: JSON.stringify({ QueueUrl: process.env.NOTES, MessageBody: JSON.stringify(value) }) });
    }
    exports.handler = async (event) => {
      const records = event.Records ?? [event];
      const failures = [];
      const seen = [];
      for (const record of records) {
        const text = record.body ?? JSON.stringify(record);
        if (text.includes("bad")) failures.push({ itemIdentifier: record.messageId ?? record.dynamodb?.SequenceNumber });
        else seen.push(record.body ?? record);
      }
      if (failures.length > 0 && process.env.PARTIAL !== "yes") { await note({ failed: records.length }); throw new Error("bad record"); }
      await note(seen);
      return { batchItemFailures: failures };
    };`;
  const { PARTIAL, ...rest } = settings as { PARTIAL?: string };
  const arn = await makeFunction(name, source, {
    Environment: { Variables: { NOTES: queue.url, PARTIAL: PARTIAL ?? "no" } },
    ...rest,
  });
  return { arn, notes: () => cloud.drain(queue.url) };
}

function map(input: object): Promise<unknown> {
  return cloud.rest("lambda", "POST", "/2015-03-31/event-source-mappings", input);
}

function policyFor(principal: string, sourceArn: string, Action: string): string {
  const Condition = { ArnLike: { "aws:SourceArn": sourceArn } };
  const Statement = [
    { Effect: "Allow", Principal: { Service: principal }, Action, Resource: "*", Condition },
  ];
  return JSON.stringify({ Version: "2012-10-17", Statement });
}

function permit(name: string, Principal: string, SourceArn: string): Promise<unknown> {
  const input = { StatementId: "own", Action: "lambda:InvokeFunction", Principal, SourceArn };
  return cloud.rest("lambda", "POST", `/2015-03-31/functions/${name}/policy`, input);
}

/** Lets everything that was set off happen. */
async function settle(): Promise<void> {
  await cloud.advance("1s");
}

describe("pollers", () => {
  it("takes batches of a queue to a function, returns what failed and frees the queue by its redrive policy", async () => {
    const letters = await cloud.queue("orders-letters");
    const orders = await cloud.queue("orders", {
      VisibilityTimeout: "60",
      RedrivePolicy: JSON.stringify({ deadLetterTargetArn: letters.arn, maxReceiveCount: 2 }),
    });
    const { notes } = await makeRecorder("order-worker", { PARTIAL: "yes" });
    await map({
      EventSourceArn: orders.arn,
      FunctionName: "order-worker",
      FunctionResponseTypes: ["ReportBatchItemFailures"],
      FilterCriteria: { Filters: [{ Pattern: '{"body":{"kind":["good","bad"]}}' }] },
    });
    for (const kind of ["good", "bad", "other"]) {
      await cloud.call("sqs", "SendMessage", { QueueUrl: orders.url, MessageBody: JSON.stringify({ kind }) });
    }

    await settle();
    const early = await cloud.drain(letters.url);
    await cloud.advance("3m");

    expect(early).toEqual([]);
    expect((await notes()).flat()).toContain('{"kind":"good"}');
    expect(await cloud.drain(letters.url)).toEqual([{ kind: "bad" }]);
    const { Attributes } = await cloud.call("sqs", "GetQueueAttributes", {
      QueueUrl: orders.url,
      AttributeNames: ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"],
    });
    expect(Object.values(Attributes as Record<string, string>)).toEqual(["0", "0"]);
  });

  it("keeps the order of a FIFO group and holds up that group only, until its dead-letter queue frees it", async () => {
    const letters = await cloud.queue("steps-letters.fifo", { FifoQueue: "true" });
    const steps = await cloud.queue("steps.fifo", {
      FifoQueue: "true",
      ContentBasedDeduplication: "true",
      VisibilityTimeout: "60",
      RedrivePolicy: JSON.stringify({ deadLetterTargetArn: letters.arn, maxReceiveCount: 2 }),
    });
    const { notes } = await makeRecorder("step-worker");
    await map({ EventSourceArn: steps.arn, FunctionName: "step-worker", BatchSize: 1 });
    for (const [MessageGroupId, MessageBody] of [
      ["a", "bad a1"],
      ["a", "a2"],
      ["b", "b1"],
      ["b", "b2"],
    ]) {
      await cloud.call("sqs", "SendMessage", { QueueUrl: steps.url, MessageGroupId, MessageBody });
    }

    await settle();
    const first = (await notes()).flat();
    await cloud.advance("3m");

    expect(first.filter((each) => typeof each === "string")).toEqual(["b1", "b2"]);
    expect((await notes()).flat()).toContain("a2");
    expect(await cloud.drain(letters.url)).toEqual(["bad a1"]);
  });

  it("refuses a mapping that could lose or never get messages", async () => {
    const short = await cloud.queue("short", { VisibilityTimeout: "5" });
    const weak = await cloud.role("weak", "lambda.amazonaws.com", ["logs:*"]);
    await makeFunction("slow", "exports.handler = async () => 1;", { Timeout: 30 });
    await makeFunction("powerless", "exports.handler = async () => 1;", { Role: weak, Timeout: 3 });
    const refusal = async (FunctionName: string): Promise<unknown> =>
      (
        await cloud.send(
          "lambda",
          "POST",
          "/2015-03-31/event-source-mappings",
          JSON.stringify({ EventSourceArn: short.arn, FunctionName }),
        )
      ).json.message;

    expect(await refusal("slow")).toBe(
      "Queue visibility timeout: 5 seconds is less than Function timeout: 30 seconds",
    );
    expect(await refusal("powerless")).toBe(
      "The provided execution role does not have permissions to call ReceiveMessage on SQS",
    );
  });

  it("splits a failed batch of a DynamoDB stream and tells the destination of the bad record alone", async () => {
    const failures = await cloud.queue("stream-failures");
    const { notes } = await makeRecorder("change-worker");
    const { TableDescription } = await cloud.call("dynamodb", "CreateTable", {
      TableName: "changes",
      AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
      KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
      BillingMode: "PAY_PER_REQUEST",
      StreamSpecification: { StreamEnabled: true, StreamViewType: "NEW_IMAGE" },
    });
    for (const id of ["one", "bad", "three"]) {
      await cloud.call("dynamodb", "PutItem", { TableName: "changes", Item: { id: { S: id } } });
    }
    await map({
      EventSourceArn: (TableDescription as { LatestStreamArn: string }).LatestStreamArn,
      FunctionName: "change-worker",
      StartingPosition: "TRIM_HORIZON",
      BisectBatchOnFunctionError: true,
      MaximumRetryAttempts: 1,
      DestinationConfig: { OnFailure: { Destination: failures.arn } },
    });

    await cloud.advance("5m");

    const keys = JSON.stringify(await notes());
    expect(keys).toContain("one");
    expect(keys).toContain("three");
    expect(await cloud.drain(failures.url)).toEqual([
      expect.objectContaining({
        requestContext: expect.objectContaining({ condition: "RetryAttemptsExhausted" }) as unknown,
        DDBStreamBatchInfo: expect.objectContaining({ batchSize: 1 }) as unknown,
      }),
    ]);
  });
});

describe("deliveries", () => {
  it("fans a message out to queues and functions that allow it, and buries it where none does", async () => {
    const topic = "arn:aws:sns:eu-west-1:123456789012:news";
    await cloud.query("sns", { Action: "CreateTopic", Name: "news" });
    const allowed = { Policy: policyFor("sns.amazonaws.com", topic, "sqs:SendMessage") };
    const raw = await cloud.queue("news-raw", allowed);
    const wrapped = await cloud.queue("news-wrapped", allowed);
    const closed = await cloud.queue("news-closed");
    const letters = await cloud.queue("news-letters", allowed);
    const { arn, notes } = await makeRecorder("news-reader");
    await permit("news-reader", "sns.amazonaws.com", topic);
    const subscribe = (
      Protocol: string,
      Endpoint: string,
      attributes: Record<string, string>,
    ): Promise<string> =>
      cloud.query("sns", {
        Action: "Subscribe",
        TopicArn: topic,
        Protocol,
        Endpoint,
        ...Object.fromEntries(
          Object.entries(attributes).flatMap(([key, value], index) => [
            [`Attributes.entry.${index + 1}.key`, key],
            [`Attributes.entry.${index + 1}.value`, value],
          ]),
        ),
      });
    await subscribe("sqs", raw.arn, { RawMessageDelivery: "true", FilterPolicy: '{"kind":["a"]}' });
    await subscribe("sqs", wrapped.arn, {});
    await subscribe("sqs", closed.arn, {
      RedrivePolicy: JSON.stringify({ deadLetterTargetArn: letters.arn }),
    });
    await subscribe("lambda", arn, { FilterPolicy: '{"kind":["b"]}' });

    for (const kind of ["a", "b"]) {
      await cloud.query("sns", {
        Action: "Publish",
        TopicArn: topic,
        Message: `message ${kind}`,
        "MessageAttributes.entry.1.Name": "kind",
        "MessageAttributes.entry.1.Value.DataType": "String",
        "MessageAttributes.entry.1.Value.StringValue": kind,
      });
    }
    await settle();

    expect(await cloud.drain(raw.url)).toEqual(["message a"]);
    const messages = (await cloud.drain(wrapped.url)) as { Message: string }[];
    expect(messages.map(({ Message }) => Message).sort()).toEqual(["message a", "message b"]);
    expect(await cloud.drain(closed.url)).toEqual([]);
    expect(await cloud.drain(letters.url)).toHaveLength(2);
    expect(await notes()).toMatchObject([[{ EventSource: "aws:sns", Sns: { Message: "message b" } }]]);
    expect(readFileSync(logFile, "utf8")).toContain(
      `${topic} to ${closed.arn}: not delivered: the policy of the target does not allow sns.amazonaws.com sqs:SendMessage for ${topic}; sent to ${letters.arn}`,
    );
  });

  it("tells of objects by prefix and suffix, through EventBridge too, and refuses closed targets", async () => {
    const bucket = "arn:aws:s3:::pictures-of-cats";
    await cloud.send(
      "s3",
      "PUT",
      "/pictures-of-cats",
      "<CreateBucketConfiguration><LocationConstraint>eu-west-1</LocationConstraint></CreateBucketConfiguration>",
    );
    const closed = await cloud.queue("pictures-closed");
    const { arn, notes } = await makeRecorder("picture-reader");
    const notification = (parts: string): Promise<{ status: number; text: string }> =>
      cloud.send(
        "s3",
        "PUT",
        "/pictures-of-cats?notification",
        `<NotificationConfiguration>${parts}</NotificationConfiguration>`,
      );
    const toFunction = `<CloudFunctionConfiguration><Id>f</Id><CloudFunction>${arn}</CloudFunction><Event>s3:ObjectCreated:*</Event><Filter><S3Key><FilterRule><Name>prefix</Name><Value>in/</Value></FilterRule><FilterRule><Name>suffix</Name><Value>.png</Value></FilterRule></S3Key></Filter></CloudFunctionConfiguration>`;
    const refused = await notification(toFunction);
    const refusedQueue = await notification(
      `<QueueConfiguration><Queue>${closed.arn}</Queue><Event>s3:ObjectRemoved:*</Event></QueueConfiguration>`,
    );
    await permit("picture-reader", "s3.amazonaws.com", bucket);
    const accepted = await notification(`${toFunction}<EventBridgeConfiguration></EventBridgeConfiguration>`);
    const rule = "arn:aws:events:eu-west-1:123456789012:rule/large-objects";
    const large = await cloud.queue("large", {
      Policy: policyFor("events.amazonaws.com", rule, "sqs:SendMessage"),
    });
    const EventPattern = JSON.stringify({
      source: ["aws.s3"],
      "detail-type": ["Object Created"],
      detail: { object: { size: [{ numeric: [">", 10] }] } },
    });
    await cloud.call("events", "PutRule", { Name: "large-objects", EventPattern });
    await cloud.call("events", "PutTargets", {
      Rule: "large-objects",
      Targets: [{ Id: "q", Arn: large.arn, InputPath: "$.detail.object.key" }],
    });

    for (const [key, text] of [
      ["in/cat.png", "small"],
      ["in/cat.txt", "small"],
      ["large file.png", "larger than ten bytes"],
    ] as const) {
      await cloud.send(
        "s3",
        "PUT",
        `/pictures-of-cats/${encodeURIComponent(key).replace("%2F", "/")}`,
        text,
        {
          "content-type": "text/plain",
        },
      );
    }
    await settle();

    expect(refused.text).toContain(
      `Unable to validate the following destination configurations: ${arn}: no permission (AddPermission) of the function allows s3.amazonaws.com lambda:InvokeFunction for ${bucket}`,
    );
    expect([refused.status, refusedQueue.status, accepted.status]).toEqual([400, 400, 200]);
    expect(await notes()).toMatchObject([
      [
        {
          eventName: "ObjectCreated:Put",
          s3: { configurationId: "f", object: { key: "in/cat.png", size: 5 } },
        },
      ],
    ]);
    expect(await cloud.drain(large.url)).toEqual(["large file.png"]);
  });

  it("routes events by their pattern, transforms them, and buries what a target does not allow", async () => {
    const rule = "arn:aws:events:eu-west-1:123456789012:rule/paid";
    const letters = await cloud.queue("paid-letters", {
      Policy: policyFor("events.amazonaws.com", rule, "sqs:SendMessage"),
    });
    const closed = await cloud.queue("paid-closed");
    const { arn, notes } = await makeRecorder("paid-reader");
    await permit("paid-reader", "events.amazonaws.com", rule);
    await cloud.call("events", "PutRule", {
      Name: "paid",
      EventPattern: JSON.stringify({ source: ["shop"], detail: { price: [{ numeric: [">=", 10] }] } }),
    });
    await cloud.call("events", "PutTargets", {
      Rule: "paid",
      Targets: [
        {
          Id: "f",
          Arn: arn,
          InputTransformer: {
            InputPathsMap: { price: "$.detail.price" },
            InputTemplate: '{"price": <price>}',
          },
        },
        { Id: "q", Arn: closed.arn, DeadLetterConfig: { Arn: letters.arn } },
      ],
    });
    const entry = (price: number): object => ({
      Source: "shop",
      DetailType: "order",
      Detail: JSON.stringify({ price }),
    });

    const { FailedEntryCount, Entries } = await cloud.call("events", "PutEvents", {
      Entries: [entry(9), entry(10), { Source: "aws.s3", DetailType: "x", Detail: "{}" }],
    });
    await settle();

    expect(FailedEntryCount).toBe(1);
    expect((Entries as object[])[2]).toMatchObject({ ErrorCode: "NotAuthorizedForSourceException" });
    expect(await notes()).toEqual([[{ price: 10 }]]);
    expect(await cloud.drain(letters.url)).toMatchObject([{ source: "shop", detail: { price: 10 } }]);
    expect(await cloud.drain(closed.url)).toEqual([]);
  });
});

describe("schedules", () => {
  it("fires rules and schedules by the clock, in a time zone, once or by rate, as far as roles allow", async () => {
    const mayCall = await cloud.role("scheduler", "scheduler.amazonaws.com", [
      "lambda:InvokeFunction",
      "sqs:SendMessage",
    ]);
    const mayNothing = await cloud.role("idle", "scheduler.amazonaws.com", []);
    const rule = "arn:aws:events:eu-west-1:123456789012:rule/hourly";
    const hourly = await cloud.queue("hourly", {
      Policy: policyFor("events.amazonaws.com", rule, "sqs:SendMessage"),
    });
    const once = await cloud.queue("once");
    const refused = await cloud.queue("refused");
    const { arn, notes } = await makeRecorder("daily");
    await cloud.call("events", "PutRule", { Name: "hourly", ScheduleExpression: "rate(1 hour)" });
    await cloud.call("events", "PutTargets", { Rule: "hourly", Targets: [{ Id: "q", Arn: hourly.arn }] });
    const schedule = (
      name: string,
      ScheduleExpression: string,
      Target: object,
      more: object = {},
    ): Promise<unknown> =>
      cloud.rest("scheduler", "POST", `/schedules/${name}`, {
        ScheduleExpression,
        Target,
        FlexibleTimeWindow: { Mode: "OFF" },
        ...more,
      });
    const { now } = await cloud.advance("1s");
    const soon = new Date(Date.parse(now) + 1_800_000).toISOString().slice(0, 19);
    await schedule(
      "daily",
      "cron(0 9 * * ? *)",
      { Arn: arn, RoleArn: mayCall, Input: '{"at":"<aws.scheduler.scheduled-time>"}' },
      { ScheduleExpressionTimezone: "Asia/Tokyo" },
    );
    await schedule(
      "once",
      `at(${soon})`,
      { Arn: once.arn, RoleArn: mayCall, Input: '"now"' },
      { ActionAfterCompletion: "DELETE" },
    );
    await schedule("refused", "rate(10 hours)", { Arn: refused.arn, RoleArn: mayNothing });
    const wrong = await cloud.send(
      "scheduler",
      "POST",
      "/schedules/wrong",
      JSON.stringify({
        ScheduleExpression: "rate(1 hours)",
        Target: {},
        FlexibleTimeWindow: { Mode: "OFF" },
      }),
    );

    await cloud.advance("24h");

    expect(await cloud.drain(hourly.url)).toHaveLength(24);
    expect(await cloud.drain(once.url)).toEqual(["now"]);
    expect(await notes()).toEqual([[{ at: expect.stringMatching(/T00:00:00Z$/) as unknown }]]);
    expect(await cloud.drain(refused.url)).toEqual([]);
    expect(readFileSync(logFile, "utf8")).toContain(
      `to ${refused.arn}: not delivered: no policy of the role idle allows sqs:SendMessage`,
    );
    expect((await cloud.send("scheduler", "GET", "/schedules/once")).status).toBe(404);
    expect(wrong.json.message).toBe(
      "Target.RoleArn is required; Target.Arn is required; rate(1 hours) must be a positive number and a unit, as in rate(1 hour) or rate(5 minutes)",
    );
  });
});

describe("the end of the gateway", () => {
  it("ends every process of a function, even one that never stops, when the gateway is killed", async () => {
    await makeFunction(
      "endless",
      `exports.handler = async ({ file }) => {
         const { renameSync, writeFileSync } = require("node:fs");
         writeFileSync(file + ".new", String(process.pid));
         renameSync(file + ".new", file);
         for (;;);
       };`,
      { Timeout: 600 },
    );
    await makeFunction("warm", "exports.handler = async () => process.pid;");
    const warm = Number((await cloud.invoke("warm", {})).text);
    const file = join(directory, "endless");
    const invoked = cloud.invoke("endless", { file }).catch(() => undefined);
    while (!existsSync(file)) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    const pids = [warm, Number(readFileSync(file, "utf8"))];
    const before = pids.map(isAlive);

    process.kill(gateway, "SIGKILL");
    await invoked;

    expect(before).toEqual([true, true]);
    expect(await Promise.all(pids.map((pid) => waitUntilGone(pid, 10_000)))).toEqual([true, true]);
  });
});
