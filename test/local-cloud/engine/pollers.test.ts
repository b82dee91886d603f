import { configurationOf, happenings } from "../../../local-cloud/engine/deliveries/s3";
import { deliveryDelay } from "../../../local-cloud/engine/deliveries/delivery";
import { passes } from "../../../local-cloud/engine/deliveries/sns";
import { failedItems, mappingProblems, newMapping } from "../../../local-cloud/engine/pollers/mapping";
import { batchDelay } from "../../../local-cloud/engine/pollers/stream-poller";
import { identify } from "../../../local-cloud/call";

const queue = "arn:aws:sqs:eu-west-1:123456789012:q";
const functionArn = "arn:aws:lambda:eu-west-1:123456789012:function:f";

describe("The answer of a function to a batch", () => {
  it.each<[string, string, string[]]>([
    ["nothing", "null", []],
    ["no list", "{}", []],
    ["an empty list", '{"batchItemFailures":[]}', []],
    ["one item", '{"batchItemFailures":[{"itemIdentifier":"b"}]}', ["b"]],
    ["an unknown item, so all", '{"batchItemFailures":[{"itemIdentifier":"z"}]}', ["a", "b"]],
    ["an item without a name, so all", '{"batchItemFailures":[{}]}', ["a", "b"]],
    ["no JSON, so all", "oops", ["a", "b"]],
  ])("names as failed: %s", (_, payload, failed) => {
    expect([...failedItems(Buffer.from(payload), ["a", "b"])]).toEqual(failed);
  });
});

describe("An event source mapping", () => {
  it("has AWS's defaults", () => {
    expect(newMapping({ EventSourceArn: queue }, functionArn, 0)).toMatchObject({
      BatchSize: 10,
      MaximumBatchingWindowInSeconds: 0,
      State: "Enabled",
    });
  });

  it.each<[string, string, object, string[]]>([
    ["a standard queue", queue, {}, []],
    [
      "a FIFO queue",
      `${queue}.fifo`,
      { BatchSize: 11, MaximumBatchingWindowInSeconds: 1 },
      ["BatchSize must be between 1 and 10, got 11", "Batching window is not supported for FIFO queues"],
    ],
    [
      "a large batch without a window",
      queue,
      { BatchSize: 11 },
      ["Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10"],
    ],
    [
      "too little concurrency and a filter that is none",
      queue,
      { ScalingConfig: { MaximumConcurrency: 1 }, FilterCriteria: { Filters: [{ Pattern: '{"body":1}' }] } },
      [
        "MaximumConcurrency must be between 2 and 1000, got 1",
        "Invalid filter pattern definition: body must be an object or a list that is not empty, got 1",
      ],
    ],
  ])("is checked for %s", (_, EventSourceArn, settings, problems) => {
    expect(mappingProblems(newMapping({ EventSourceArn, ...settings }, functionArn, 0))).toEqual(problems);
  });
});

describe("Waits before another attempt", () => {
  it("double, up to a bound", () => {
    expect([1, 2, 3, 30].map(deliveryDelay)).toEqual([1_000, 2_000, 4_000, 3_600_000]);
    expect([1, 2, 3, 30].map(batchDelay)).toEqual([1_000, 2_000, 4_000, 60_000]);
  });
});

describe("A filter policy of a subscription", () => {
  const message = {
    texts: { default: '{"kind":"a","n":[1,2]}' },
    attributes: {
      kind: { Type: "String", Value: "b" },
      size: { Type: "Number", Value: "7" },
      tags: { Type: "String.Array", Value: '["x","y"]' },
    },
  };

  it.each<[string, object, boolean]>([
    ["no policy", {}, true],
    ["an attribute", { FilterPolicy: '{"kind":["b"]}' }, true],
    ["a number", { FilterPolicy: '{"size":[{"numeric":[">",6]}]}' }, true],
    ["a member of a list", { FilterPolicy: '{"tags":["y"]}' }, true],
    ["an attribute that is not there", { FilterPolicy: '{"other":["y"]}' }, false],
    ["the body", { FilterPolicy: '{"kind":["a"]}', FilterPolicyScope: "MessageBody" }, true],
    ["the body, which differs", { FilterPolicy: '{"kind":["b"]}', FilterPolicyScope: "MessageBody" }, false],
  ])("looks at %s", (_, subscription, expected) => {
    expect(passes(subscription as Record<string, string>, message)).toBe(expected);
  });
});

describe("Notifications of a bucket", () => {
  it("are read with their filters", () => {
    const document = `<NotificationConfiguration><QueueConfiguration><Id>a</Id><Queue>${queue}</Queue><Event>s3:ObjectCreated:*</Event>
      <Filter><S3Key><FilterRule><Name>prefix</Name><Value>in/</Value></FilterRule><FilterRule><Name>Suffix</Name><Value>.png</Value></FilterRule></S3Key></Filter>
      </QueueConfiguration><EventBridgeConfiguration/></NotificationConfiguration>`;

    expect(configurationOf(document)).toEqual({
      document,
      destinations: [
        { id: "a", target: queue, events: ["s3:ObjectCreated:*"], prefix: "in/", suffix: ".png" },
      ],
      toEventBridge: true,
    });
  });

  it.each<[string, string, Record<string, string>, string[]]>([
    ["PUT", "/b/a%20b/c", {}, ["ObjectCreated:Put a b/c"]],
    ["PUT", "/b/k", { "x-amz-copy-source": "/b/o" }, ["ObjectCreated:Copy k"]],
    ["PUT", "/b/k?partNumber=1&uploadId=u", {}, []],
    ["POST", "/b/k?uploadId=u", {}, ["ObjectCreated:CompleteMultipartUpload k"]],
    ["POST", "/b/k?uploads", {}, []],
    ["DELETE", "/b/k", {}, ["ObjectRemoved:Delete k"]],
    ["PUT", "/b/k?tagging", {}, ["ObjectTagging:Put k"]],
    ["PUT", "/b/k?acl", {}, []],
    ["GET", "/b/k", {}, []],
    ["PUT", "/b", {}, []],
  ])("tell of %s %s %p", (method, path, headers, expected) => {
    const call = identify(method, path, headers, Buffer.alloc(0));

    expect(happenings(call, {}).map(({ event, key }) => `${event} ${key}`)).toEqual(expected);
  });
});
