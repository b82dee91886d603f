import type { IncomingHttpHeaders } from "node:http";
import { ServiceError, xmlAnswer, type Answer } from "../../answer";
import type { Call } from "../../call";
import { account, Context, type JsonObject, type StandIn } from "../../toolkit";
import { element, members, parseXml, textOf, type XmlElement } from "../../xml";
import type { Clock } from "../clock";
import type { Cloud } from "../cloud";
import type { Deliveries } from "./delivery";
import type { EventBuses } from "./eventbridge";
import type { ResourcePolicies } from "./permissions";

/** One destination of a bucket's notifications. */
interface Destination {
  readonly id: string;
  readonly target: string;
  readonly events: readonly string[];
  readonly prefix: string;
  readonly suffix: string;
}

/** What a bucket tells to whom. */
interface Configuration {
  readonly document: string;
  readonly destinations: readonly Destination[];
  readonly toEventBridge: boolean;
}

/** Something that happened to an object. */
interface Happening {
  readonly bucket: string;
  readonly key: string;
  /** Such as `ObjectCreated:Put`. */
  readonly event: string;
  readonly region: string;
  readonly version?: string;
}

/** The types of EventBridge; see ev-events.html. */
const busTypes: readonly [RegExp, string][] = [
  [/^ObjectCreated:/, "Object Created"],
  [/^ObjectRemoved:/, "Object Deleted"],
  [/^ObjectTagging:Put/, "Object Tags Added"],
  [/^ObjectTagging:Delete/, "Object Tags Deleted"],
];

let sequencer = 0;

/**
 * What buckets tell of their objects.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/EventNotifications.html
 */
export class Buckets {
  private readonly configurations = new Map<string, Configuration>();

  constructor(
    private readonly cloud: Cloud,
    private readonly clock: Clock,
    private readonly deliveries: Deliveries,
    private readonly policies: ResourcePolicies,
    private readonly buses: EventBuses,
    private readonly log: (line: string) => void,
  ) {}

  /** Keeps notifications of buckets: moto would deliver them itself, without a look at permissions. */
  standIns(): StandIn[] {
    return [
      {
        service: "s3",
        concerns: (url) => url.searchParams.has("notification"),
        answer: async (call, forward) => {
          const bucket = bucketOf(call.url).bucket;
          const context = new Context(call, forward);
          if (call.method === "PUT") {
            return this.put(bucket, context);
          }
          const answer = await context.moto();
          const kept = this.configurations.get(bucket);
          return answer.status < 300 && kept !== undefined ? xmlAnswer(kept.document) : answer;
        },
      },
    ];
  }

  /** Learns of a call of S3 that was answered. */
  observe(call: Call, status: number, headers: IncomingHttpHeaders): void {
    const { bucket, key } = bucketOf(call.url);
    if (status >= 300) {
      return;
    }
    if (call.method === "DELETE" && key === "" && call.url.search === "") {
      this.configurations.delete(bucket);
    }
    const configuration = this.configurations.get(bucket);
    if (configuration === undefined) {
      return;
    }
    const told = happenings(call, headers).map((happening) => this.tell(configuration, happening));
    void this.clock.during(
      Promise.all(told).catch((error: unknown) => {
        this.log(
          `bucket ${bucket}: an event is lost: ${error instanceof Error ? error.message : String(error)}`,
        );
      }),
    );
  }

  private async put(bucket: string, context: Context): Promise<Answer> {
    const text = context.call.body.toString("utf8");
    const document = text.slice(Math.max(0, text.indexOf("<Notif")), text.lastIndexOf(">") + 1);
    const configuration = configurationOf(document);
    // moto only says whether there is such a bucket.
    const answer = await context.moto({ method: "GET", body: Buffer.alloc(0) });
    if (answer.status >= 300) {
      return answer;
    }
    const arn = `arn:aws:s3:::${bucket}`;
    const refusals = await Promise.all(
      configuration.destinations.map(async ({ target }) => {
        const source = { principal: "s3.amazonaws.com", arn };
        const reason = target.endsWith(".fifo")
          ? "FIFO queues and topics take no notifications of buckets"
          : await this.policies.refusal(target, source).catch(String);
        return reason === undefined ? [] : [`${target}: ${reason}`];
      }),
    );
    if (refusals.flat().length > 0 && context.call.headers["x-amz-skip-destination-validation"] !== "true") {
      throw new ServiceError(
        "InvalidArgument",
        `Unable to validate the following destination configurations: ${refusals.flat().join("; ")}`,
      );
    }
    checkOverlaps(configuration.destinations);
    this.configurations.set(bucket, configuration);
    return xmlAnswer("");
  }

  private async tell({ destinations, toEventBridge }: Configuration, happening: Happening): Promise<void> {
    const object = await this.look(happening);
    const source = { principal: "s3.amazonaws.com", arn: `arn:aws:s3:::${happening.bucket}` };
    for (const { id, target, events, prefix, suffix } of destinations) {
      const { key } = happening;
      if (
        events.some((each) => isEvent(each, happening.event)) &&
        key.startsWith(prefix) &&
        key.endsWith(suffix)
      ) {
        const text = JSON.stringify({ Records: [this.record(id, happening, object)] });
        await this.deliveries.deliver({ target, text, source, retries: 185, oldestSeconds: 86_400 });
      }
    }
    const type = busTypes.find(([event]) => event.test(happening.event))?.[1];
    if (toEventBridge && type !== undefined) {
      this.buses.emit(happening.region, "default", {
        source: "aws.s3",
        "detail-type": type,
        resources: [source.arn],
        detail: {
          version: "0",
          bucket: { name: happening.bucket },
          object: { ...object, sequencer: nextSequencer() },
          "request-id": "LOCAL",
          requester: account,
          "source-ip-address": "127.0.0.1",
          reason: reasonOf(happening.event),
          ...(type === "Object Deleted"
            ? {
                "deletion-type": happening.event.endsWith("Delete")
                  ? "Permanently Deleted"
                  : "Delete Marker Created",
              }
            : {}),
        },
      });
    }
  }

  private async look({ bucket, key, event, region, version }: Happening): Promise<JsonObject> {
    const base = { key, ...(version === undefined ? {} : { "version-id": version }) };
    if (event.startsWith("ObjectRemoved")) {
      return base;
    }
    const path = `/${bucket}/${key.split("/").map(encodeURIComponent).join("/")}`;
    const { headers } = await this.cloud.rest("s3", region, "HEAD", path);
    return {
      ...base,
      size: Number(headers["content-length"] ?? 0),
      etag: (headers.etag ?? "").replaceAll('"', ""),
    };
  }

  /** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html */
  private record(
    configurationId: string,
    { bucket, key, event, region, version }: Happening,
    object: JsonObject,
  ): JsonObject {
    return {
      eventVersion: "2.1",
      eventSource: "aws:s3",
      awsRegion: region,
      eventTime: new Date(this.clock.now()).toISOString(),
      eventName: event,
      userIdentity: { principalId: `AWS:${account}` },
      requestParameters: { sourceIPAddress: "127.0.0.1" },
      responseElements: { "x-amz-request-id": "LOCAL", "x-amz-id-2": "LOCAL" },
      s3: {
        s3SchemaVersion: "1.0",
        configurationId,
        bucket: { name: bucket, ownerIdentity: { principalId: account }, arn: `arn:aws:s3:::${bucket}` },
        object: {
          key: encodeURIComponent(key).replaceAll("%2F", "/").replaceAll("%20", "+"),
          ...(object.size === undefined ? {} : { size: object.size, eTag: object.etag }),
          ...(version === undefined ? {} : { versionId: version }),
          sequencer: nextSequencer(),
        },
      },
    };
  }
}

function nextSequencer(): string {
  sequencer += 1;
  return sequencer.toString(16).toUpperCase().padStart(18, "0");
}

function bucketOf({ pathname }: URL): { bucket: string; key: string } {
  const [, bucket = "", ...key] = pathname.split("/");
  return { bucket, key: decodeURIComponent(key.join("/")) };
}

/** What a call did to objects. */
export function happenings(call: Call, headers: IncomingHttpHeaders): Happening[] {
  const { bucket, key } = bucketOf(call.url);
  const version = headers["x-amz-version-id"];
  const { region } = call;
  const base = { bucket, region, ...(typeof version === "string" && version !== "null" ? { version } : {}) };
  const query = call.url.searchParams;
  if (key === "") {
    return call.method === "POST" && query.has("delete")
      ? keysIn(call.body).map((each) => ({ ...base, key: each, event: "ObjectRemoved:Delete" }))
      : [];
  }
  const event = eventOf(call, query, headers);
  return event === undefined ? [] : [{ ...base, key, event }];
}

function eventOf(
  { method, headers: sent }: Call,
  query: URLSearchParams,
  headers: IncomingHttpHeaders,
): string | undefined {
  if (query.has("tagging")) {
    return { PUT: "ObjectTagging:Put", DELETE: "ObjectTagging:Delete" }[method];
  }
  if (method === "POST" && query.has("uploadId")) {
    return "ObjectCreated:CompleteMultipartUpload";
  }
  const settings = [...query.keys()].filter((name) => name !== "x-id" && name !== "versionId");
  if (settings.length > 0) {
    return undefined;
  }
  if (method === "PUT") {
    return sent["x-amz-copy-source"] === undefined ? "ObjectCreated:Put" : "ObjectCreated:Copy";
  }
  if (method !== "DELETE") {
    return undefined;
  }
  const marked = headers["x-amz-delete-marker"] === "true" && !query.has("versionId");
  return marked ? "ObjectRemoved:DeleteMarkerCreated" : "ObjectRemoved:Delete";
}

function keysIn(body: Buffer): string[] {
  const objects = members(element(parseXml(body.toString("utf8")).Delete).Object);
  return objects.flatMap((each) => textOf(element(each).Key) ?? []);
}

function reasonOf(event: string): string {
  const how = event.replace(/^.*:/, "");
  const reasons: Record<string, string> = { Put: "PutObject", Copy: "CopyObject", Delete: "DeleteObject" };
  return reasons[how] ?? (how === "DeleteMarkerCreated" ? "DeleteObject" : how);
}

/** Whether an event, or all of a kind such as `s3:ObjectCreated:*`, is meant. */
function isEvent(named: string, event: string): boolean {
  const wanted = named.replace(/^s3:/, "");
  return wanted.endsWith(":*") ? event.startsWith(wanted.slice(0, -1)) : wanted === event;
}

/** What a document of a notification configuration says. */
export function configurationOf(document: string): Configuration {
  const root = element(Object.values(parseXml(document))[0]);
  const kinds: readonly [configuration: string, arn: string][] = [
    ["QueueConfiguration", "Queue"],
    ["TopicConfiguration", "Topic"],
    ["CloudFunctionConfiguration", "CloudFunction"],
  ];
  const destinations = kinds.flatMap(([kind, arn]) =>
    members(root[kind]).map((each) => destinationOf(element(each), arn)),
  );
  return { document, destinations, toEventBridge: root.EventBridgeConfiguration !== undefined };
}

function destinationOf(configuration: XmlElement, arn: string): Destination {
  const rules = members(element(element(configuration.Filter).S3Key).FilterRule).map((each) => element(each));
  const part = (name: string): string =>
    textOf(rules.find(({ Name }) => textOf(Name)?.toLowerCase() === name)?.Value) ?? "";
  return {
    id: textOf(configuration.Id) ?? "",
    target: textOf(configuration[arn]) ?? "",
    events: members(configuration.Event).filter((each) => typeof each === "string"),
    prefix: part("prefix"),
    suffix: part("suffix"),
  };
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-filtering.html */
function checkOverlaps(destinations: readonly Destination[]): void {
  const meet = (a: string, b: string): boolean =>
    isEvent(a, b.replace(/^s3:/, "")) || isEvent(b, a.replace(/^s3:/, ""));
  destinations.forEach((one, index) => {
    for (const other of destinations.slice(index + 1)) {
      const prefixes = one.prefix.startsWith(other.prefix) || other.prefix.startsWith(one.prefix);
      const suffixes = one.suffix.endsWith(other.suffix) || other.suffix.endsWith(one.suffix);
      if (prefixes && suffixes && one.events.some((a) => other.events.some((b) => meet(a, b)))) {
        throw new ServiceError(
          "InvalidArgument",
          `Configurations overlap. Configurations on the same bucket cannot share a common event type: ${one.target} and ${other.target}`,
        );
      }
    }
  });
}
