import { ServiceError } from "../../answer";
import { objectAt, scalar, type Context, type JsonObject, type RestOperation } from "../../toolkit";
import { arnParts, queueUrl } from "../destinations";
import type { MayRole } from "../deliveries/permissions";
import { invalid } from "../functions/configuration";
import { withStatus, type Lambda } from "../functions/lambda";
import { arnOf, notFound, referenceOf } from "../functions/store";
import { changedMapping, checkMapping, newMapping, type Mapping } from "./mapping";
import type { Poller, PollerTools } from "./poller";
import { QueuePoller } from "./queue-poller";
import { StreamPoller } from "./stream-poller";

/** How often sources are looked at without being told of a write: what was delayed comes up by itself. */
const lookMilliseconds = 1_000;

/** What a role needs to read a source, and what Lambda calls the source. */
const needs: Readonly<Record<string, { readonly actions: readonly string[]; readonly name: string }>> = {
  sqs: { actions: ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"], name: "SQS" },
  dynamodb: {
    actions: ["dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:DescribeStream"],
    name: "DYNAMODB",
  },
  kinesis: {
    actions: ["kinesis:GetRecords", "kinesis:GetShardIterator", "kinesis:DescribeStream"],
    name: "KINESIS",
  },
};

/** The event source mappings of all regions, and what reads their sources. */
export class Mappings {
  private readonly mappings = new Map<string, Mapping>();
  private readonly pollers = new Map<string, Poller>();
  private looking?: NodeJS.Timeout;

  constructor(
    private readonly lambda: Lambda,
    private readonly mayRole: MayRole,
    private readonly log: (line: string) => void,
  ) {}

  /** @see https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html */
  operations(): Record<string, RestOperation> {
    const path = "/2015-03-31/event-source-mappings";
    return {
      [`POST ${path}`]: ({ json }, context) => this.create(json, context),
      [`GET ${path}`]: ({ query }, { region }) => ({
        EventSourceMappings: [...this.mappings.values()].filter(
          ({ EventSourceArn, FunctionArn }) =>
            arnParts(FunctionArn).region === region &&
            EventSourceArn === (query.get("EventSourceArn") ?? EventSourceArn) &&
            FunctionArn.includes(query.get("FunctionName") ?? ""),
        ),
      }),
      [`GET ${path}/{id}`]: ({ path: { id = "" } }) => this.found(id),
      [`PUT ${path}/{id}`]: async ({ path: { id = "" }, json }, context) => {
        const before = this.found(id);
        const target = json.FunctionName === undefined ? before.FunctionArn : this.functionIn(json, context);
        const mapping = changedMapping(before, json, target, this.lambda.clock.now());
        await this.check(mapping);
        this.start(mapping);
        return withStatus(context, 202, mapping);
      },
      [`DELETE ${path}/{id}`]: ({ path: { id = "" } }, context) => {
        const mapping = this.found(id);
        this.stop(id);
        this.mappings.delete(id);
        return withStatus(context, 202, { ...mapping, State: "Deleting" });
      },
    };
  }

  /** Learns that something may have been put into a source. */
  written(service: string, text: string): void {
    for (const poller of this.pollers.values()) {
      if (poller.concerns(service, text)) {
        poller.wake();
      }
    }
  }

  /** Ends all pollers. */
  end(): void {
    clearInterval(this.looking);
    this.pollers.forEach((poller) => {
      poller.stop();
    });
  }

  private async create(json: JsonObject, context: Context): Promise<unknown> {
    const FunctionArn = this.functionIn(json, context);
    const mapping = newMapping(json, FunctionArn, this.lambda.clock.now());
    const { EventSourceArn } = mapping;
    const same = [...this.mappings.values()].find(
      (each) => each.EventSourceArn === EventSourceArn && each.FunctionArn === FunctionArn,
    );
    if (same !== undefined) {
      throw new ServiceError(
        "ResourceConflictException",
        `An event source mapping with SQS arn (" ${EventSourceArn} ") and function (" ${FunctionArn} ") already exists. Please update or delete the existing mapping with UUID ${same.UUID}`,
        409,
      );
    }
    await this.check(mapping);
    this.start(mapping);
    const tags = Object.entries(objectAt(json, "Tags")).map(([key, value]) => [key, scalar(value)] as const);
    this.lambda.mappingTags.set(scalar(mapping.EventSourceMappingArn), new Map(tags));
    return withStatus(context, 202, mapping);
  }

  private functionIn({ FunctionName }: JsonObject, { region }: Context): string {
    const { name, qualifier } = referenceOf(scalar(FunctionName), region);
    this.lambda.functions.version({ name, region, qualifier });
    return arnOf(region, name, qualifier);
  }

  private async check(mapping: Mapping): Promise<void> {
    const { EventSourceArn, FunctionArn } = mapping;
    const { service, region } = arnParts(EventSourceArn);
    const { actions = [], name = "" } = needs[service] ?? {};
    if (actions.length === 0) {
      throw new ServiceError(
        "NotImplemented",
        `the local cloud reads no sources of ${service}; it reads SQS, DynamoDB streams and Kinesis`,
      );
    }
    checkMapping(mapping);
    const { configuration } = this.lambda.functions.version(referenceOf(FunctionArn, region));
    if (service === "sqs") {
      await this.checkQueue(EventSourceArn, region, configuration.Timeout);
    }
    for (const action of actions) {
      if (!(await this.mayRole(configuration.Role.replace(/^.*\//, ""), action, EventSourceArn))) {
        const operation = action.replace(/^.*:/, "");
        throw invalid(
          `The provided execution role does not have permissions to call ${operation} on ${name}`,
        );
      }
    }
  }

  private async checkQueue(arn: string, region: string, timeout: number): Promise<void> {
    const input = { QueueUrl: queueUrl(arn), AttributeNames: ["VisibilityTimeout"] };
    let output: JsonObject;
    try {
      output = await this.lambda.cloud.json("sqs", region, "GetQueueAttributes", input);
    } catch {
      throw invalid(
        "Error occurred while ReceiveMessage. SQS Error Code: AWS.SimpleQueueService.NonExistentQueue. SQS Error Message: The specified queue does not exist.",
      );
    }
    const visibility = Number(objectAt(output, "Attributes").VisibilityTimeout ?? 30);
    if (visibility < timeout) {
      throw invalid(
        `Queue visibility timeout: ${visibility} seconds is less than Function timeout: ${timeout} seconds`,
      );
    }
  }

  private found(id: string): Mapping {
    const mapping = this.mappings.get(id);
    if (mapping === undefined) {
      throw notFound("The resource you requested does not exist.");
    }
    return mapping;
  }

  private start(mapping: Mapping): void {
    this.stop(mapping.UUID);
    this.mappings.set(mapping.UUID, mapping);
    if (mapping.State !== "Enabled") {
      return;
    }
    const { lambda } = this;
    const tools: PollerTools = {
      cloud: lambda.cloud,
      clock: lambda.clock,
      log: this.log,
      invoke: async (referred, payload) =>
        lambda.invoker.invoke(lambda.functions.invocable(referred), payload),
    };
    const isQueue = arnParts(mapping.EventSourceArn).service === "sqs";
    const poller = isQueue ? new QueuePoller(mapping, tools) : new StreamPoller(mapping, tools);
    this.pollers.set(mapping.UUID, poller);
    poller.wake();
    this.looking ??= setInterval(() => {
      this.pollers.forEach((each) => {
        each.wake();
      });
    }, lookMilliseconds).unref();
  }

  private stop(id: string): void {
    this.pollers.get(id)?.stop();
    this.pollers.delete(id);
  }
}
