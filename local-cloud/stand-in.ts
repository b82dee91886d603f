import { randomBytes, randomUUID } from "node:crypto";
import type { Answer } from "./answer";
import { jsonAnswer, ServiceError, xmlAnswer } from "./answer";
import type { Call } from "./call";
import { element, escapeXml, parseXml, renderXml } from "./xml";
import type { XmlElement } from "./xml";

/** Sends a call on to moto. */
export type Forward = (call: Call) => Promise<Answer>;

/**
 * What the gateway does itself for a service that moto lacks, in whole or in part. All state is
 * in memory and lives as long as moto's.
 */
export interface StandIn {
  /** The service's name in the credential scope. */
  readonly service: string;
  /**
   * Whether a request to this path and query is of interest, told before its body is read.
   * @default - every request of the service
   */
  readonly concerns?: (url: URL) => boolean;
  /**
   * Answers the call or throws a `ServiceError`; `undefined` leaves the call to moto. May ask
   * moto first and correct what it says.
   */
  answer(call: Call, forward: Forward): Promise<Answer | undefined> | Answer | undefined;
}

/** A JSON object of unknown shape. */
export type JsonObject = Record<string, unknown>;

/** The account that moto and every stand-in speak for. */
export const account = "123456789012";

/** moto's own refusal, which goes back to the caller as it is. */
export class MotoRefusal extends Error {
  constructor(
    /** What moto said. */
    readonly answer: Answer,
  ) {
    super("moto refused the call");
  }
}

/** What a stand-in's operation gets to know beside its input. */
export class Context {
  constructor(
    /** The call as it came in. */
    readonly call: Call,
    private readonly forward: Forward,
  ) {}

  /** Region of the call. */
  get region(): string {
    return this.call.region;
  }

  /** The same context for a changed call. */
  with(changes: Partial<Call>): Context {
    return new Context({ ...this.call, ...changes }, this.forward);
  }

  /** The same caller in another region: moto reads the region from the signature's scope. */
  inRegion(region: string): Context {
    const { call } = this;
    const authorization = (call.headers.authorization ?? "").replace(`/${call.region}/`, `/${region}/`);
    return this.with({ region, headers: { ...call.headers, authorization } });
  }

  /** What moto says in XML to a query call of another service. */
  async motoQuery(service: string, parameters: Record<string, string>): Promise<string> {
    const { headers } = this.call;
    const authorization = (headers.authorization ?? "").replace(`/${this.call.service}/`, `/${service}/`);
    const { "x-amz-target": _, ...rest } = headers;
    const answer = await this.with({ service, method: "POST", url: new URL("/", this.call.url) }).moto({
      headers: { ...rest, authorization, "content-type": "application/x-www-form-urlencoded" },
      body: Buffer.from(new URLSearchParams(parameters).toString()),
    });
    return answer.body.toString("utf8");
  }

  /** ARN of a regional resource. */
  arn(service: string, resource: string): string {
    return `arn:aws:${service}:${this.region}:${account}:${resource}`;
  }

  /** What moto says to the call, changed where asked. */
  async moto(changes: Partial<Call> = {}): Promise<Answer> {
    const call = { ...this.call, ...changes };
    return this.forward({
      ...call,
      headers: { ...call.headers, "content-length": String(call.body.length) },
    });
  }

  /** What moto says in JSON to an operation of the same service; throws a `MotoRefusal` when it refuses. */
  async motoJson(action: string, input: JsonObject): Promise<JsonObject> {
    const target = String(this.call.headers["x-amz-target"]).replace(/[^.]*$/, action);
    const answer = await this.moto({
      action,
      headers: { ...this.call.headers, "x-amz-target": target },
      body: Buffer.from(JSON.stringify(input)),
    });
    if (answer.status >= 300) {
      throw new MotoRefusal(answer);
    }
    return parseJson(answer.body);
  }
}

/** An operation of a JSON service: the returned object is the answer's body. */
export type JsonOperation = (input: JsonObject, context: Context) => unknown;

/** What makes up a stand-in for a service whose protocol names operations in `X-Amz-Target`. */
export interface JsonServiceOptions {
  /** Name in the credential scope. */
  readonly service: string;
  /** Whether calls without an operation here are refused instead of left to moto. */
  readonly complete: boolean;
  /** The operations, by name. An operation that returns an `Answer` has it sent as it is. */
  readonly operations: Readonly<Record<string, JsonOperation>>;
}

/** A stand-in for a service of the AWS JSON protocols 1.0 and 1.1. */
export function jsonService({ service, complete, operations }: JsonServiceOptions): StandIn {
  return {
    service,
    answer: async (call, forward) => {
      const operation = call.protocol === "json" ? operations[call.action] : undefined;
      if (operation === undefined) {
        return complete ? refuseUnknown(call) : undefined;
      }
      const output = await operation(parseJson(call.body), new Context(call, forward));
      return isAnswer(output) ? output : jsonAnswer(call, output ?? {});
    },
  };
}

/** A request of a REST service, taken apart. */
export interface RestRequest {
  /** Values of the placeholders of the path. */
  readonly path: Readonly<Record<string, string>>;
  /** Query parameters. */
  readonly query: URLSearchParams;
  /** Body of a REST-JSON service. */
  readonly json: JsonObject;
  /** The children of the root element of a REST-XML service's body. */
  readonly xml: XmlElement;
}

/** An operation of a REST service. */
export type RestOperation = (request: RestRequest, context: Context) => unknown;

/** What makes up a stand-in for a REST service. */
export interface RestServiceOptions {
  /** Name in the credential scope. */
  readonly service: string;
  /** Whether calls without an operation here are refused instead of left to moto. */
  readonly complete: boolean;
  /**
   * Operations by method and path: `"GET /2013-04-01/cidrcollection/{id}"`. A REST-XML operation
   * returns an `Answer`, a REST-JSON one the body.
   */
  readonly operations: Readonly<Record<string, RestOperation>>;
}

/** A stand-in for a service of the REST-JSON or REST-XML protocol. */
export function restService({ service, complete, operations }: RestServiceOptions): StandIn {
  const routes = Object.entries(operations).map(([route, operation]) => {
    const [method = "", path = ""] = route.split(" ");
    const pattern = new RegExp(`^${path.replace(/\{(\w+)\}/g, (_, name: string) => `(?<${name}>[^/]+)`)}/?$`);
    return { method, pattern, operation };
  });
  return {
    service,
    answer: async (call, forward) => {
      for (const { method, pattern, operation } of routes) {
        const match = method === call.method ? pattern.exec(call.url.pathname) : null;
        if (match !== null) {
          const output = await operation(restRequest(call, match.groups ?? {}), new Context(call, forward));
          return output === undefined || isAnswer(output) ? output : jsonAnswer(call, output);
        }
      }
      return complete ? refuseUnknown(call) : undefined;
    },
  };
}

/** Parameters of a query call, nested: `Filter.1.Name` becomes `{ Filter: { 1: { Name } } }`. */
export interface QueryInput {
  [name: string]: string | QueryInput;
}

/** An operation of a query service: the returned object becomes elements, an `Answer` is sent as it is. */
export type QueryOperation = (input: QueryInput, context: Context) => unknown;

/** What makes up a stand-in for a query service. */
export interface QueryServiceOptions {
  /** Name in the credential scope. */
  readonly service: string;
  /** The operations, by name; all others go to moto. */
  readonly operations: Readonly<Record<string, QueryOperation>>;
}

/** A stand-in for operations of a service of the query protocol, or of EC2's variety of it. */
export function queryService({ service, operations }: QueryServiceOptions): StandIn {
  return {
    service,
    answer: async (call, forward) => {
      const operation = operations[call.action];
      if (operation === undefined || (call.protocol !== "query" && call.protocol !== "ec2")) {
        return undefined;
      }
      const output = await operation(queryInput(call.body), new Context(call, forward));
      return output === undefined || isAnswer(output) ? output : queryAnswer(call, output);
    },
  };
}

/** The members of a list in a query call, whose positions count from 1. */
export function queryList(value: string | QueryInput | undefined): (string | QueryInput)[] {
  if (value === undefined || typeof value === "string") {
    return [];
  }
  const list = typeof value.member === "object" ? value.member : value;
  return Object.keys(list)
    .sort((a, b) => Number(a) - Number(b))
    .flatMap((key) => list[key] ?? []);
}

/** Nested parameters of a query call. */
export function queryInput(body: Buffer): QueryInput {
  const input: QueryInput = {};
  for (const [name, value] of new URLSearchParams(body.toString("utf8"))) {
    const path = name.split(".");
    const leaf = path.pop() ?? "";
    let target = input;
    for (const part of path) {
      const next = target[part];
      target = typeof next === "object" ? next : (target[part] = {});
    }
    target[leaf] = value;
  }
  return input;
}

/** The given fields, which must be there. */
export function required<Name extends string>(
  input: JsonObject | QueryInput | XmlElement,
  code: string,
  ...names: Name[]
): Record<Name, string> {
  const missing = names.filter((name) => input[name] === undefined || input[name] === "");
  if (missing.length > 0) {
    throw new ServiceError(code, `missing required field: ${missing.join(", ")}`);
  }
  return Object.fromEntries(names.map((name) => [name, input[name]])) as Record<Name, string>;
}

/** The given fields of an object, as far as they are there. */
export function pick(input: JsonObject, ...names: string[]): JsonObject {
  return Object.fromEntries(
    names.filter((name) => input[name] !== undefined).map((name) => [name, input[name]]),
  );
}

/** The given parameters of a query call, as far as they are there. */
export function pickQuery(input: QueryInput, ...names: string[]): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = input[name];
      return typeof value === "string" ? [[name, value]] : [];
    }),
  );
}

/** A child object, empty when absent. */
export function objectAt(input: JsonObject, name: string): JsonObject {
  const value = input[name];
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}

/** A list of objects, empty when absent. */
export function listAt(input: JsonObject, name: string): JsonObject[] {
  const value = input[name];
  return Array.isArray(value) ? (value as JsonObject[]) : [];
}

/** A list of strings, empty when absent. */
export function textsAt(input: JsonObject, name: string): string[] {
  const value = input[name];
  return Array.isArray(value) ? value.map(String) : [];
}

/** A string, or `undefined` when absent. */
export function textAt(input: JsonObject, name: string): string | undefined {
  const value = input[name];
  return typeof value === "string" ? value : undefined;
}

/** Random lower-case hexadecimal digits, as in `vpc-0123456789abcdef0`. */
export function randomHex(length: number): string {
  return randomBytes(Math.ceil(length / 2))
    .toString("hex")
    .slice(0, length);
}

/** A resource of a store, found or refused. */
export function found<T>(value: T | undefined, code: string, message: string, status = 400): T {
  if (value === undefined) {
    throw new ServiceError(code, message, status);
  }
  return value;
}

/** Resources of one kind, kept apart by region. */
export class Store<T> {
  private readonly regions = new Map<string, Map<string, T>>();

  /** The resources of a region by key. */
  in(region: string): Map<string, T> {
    const resources = this.regions.get(region) ?? new Map<string, T>();
    this.regions.set(region, resources);
    return resources;
  }
}

/** Tags of resources by ARN. */
export class Tags {
  private readonly resources = new Map<string, Map<string, string>>();

  /** Adds or overwrites tags. */
  add(arn: string, tags: Iterable<readonly [string, string]>): void {
    this.resources.set(arn, new Map([...(this.resources.get(arn) ?? []), ...tags]));
  }

  /** Adds or overwrites tags given as a list of `Key` and `Value`. */
  addList(arn: string, tags: readonly JsonObject[]): void {
    this.add(
      arn,
      tags.map((tag) => [String(tag.Key), String(tag.Value ?? "")]),
    );
  }

  /** Removes tags by key. */
  remove(arn: string, keys: readonly string[]): void {
    for (const key of keys) {
      this.resources.get(arn)?.delete(key);
    }
  }

  /** Forgets a resource. */
  drop(arn: string): void {
    this.resources.delete(arn);
  }

  /** The tags as a list of `Key` and `Value`. */
  list(arn: string): { Key: string; Value: string }[] {
    return [...(this.resources.get(arn) ?? [])].map(([Key, Value]) => ({ Key, Value }));
  }

  /** The tags as a map. */
  map(arn: string): Record<string, string> {
    return Object.fromEntries(this.resources.get(arn) ?? []);
  }
}

/** The usual three tag operations of a JSON service that names the ARN `ResourceArn` or alike. */
export function tagOperations(tags: Tags, arnField = "ResourceArn"): Record<string, JsonOperation> {
  return {
    TagResource: (input) => {
      tags.addList(String(input[arnField]), listAt(input, "Tags"));
    },
    UntagResource: (input) => {
      tags.remove(String(input[arnField]), textsAt(input, "TagKeys"));
    },
    ListTagsForResource: (input) => ({ Tags: tags.list(String(input[arnField])) }),
  };
}

function queryAnswer(call: Call, output: unknown): Answer {
  const version = new URLSearchParams(call.body.toString("utf8")).get("Version") ?? "";
  if (call.protocol === "ec2") {
    const space = ` xmlns="http://ec2.amazonaws.com/doc/${escapeXml(version)}/"`;
    return xmlAnswer(
      renderXml(`${call.action}Response`, { requestId: randomUUID(), ...(output as object) }, space),
    );
  }
  return xmlAnswer(
    renderXml(`${call.action}Response`, {
      [`${call.action}Result`]: output,
      ResponseMetadata: { RequestId: randomUUID() },
    }),
  );
}

function restRequest(call: Call, path: Record<string, string>): RestRequest {
  const isXml = call.protocol === "rest-xml";
  const decoded = Object.entries(path).map(([name, value]) => [name, decodeURIComponent(value)]);
  return {
    path: Object.fromEntries(decoded) as Record<string, string>,
    query: call.url.searchParams,
    json: isXml ? {} : parseJson(call.body),
    xml: isXml ? element(Object.values(parseXml(call.body.toString("utf8")))[0]) : {},
  };
}

function parseJson(body: Buffer): JsonObject {
  if (body.length === 0) {
    return {};
  }
  try {
    return JSON.parse(body.toString("utf8")) as JsonObject;
  } catch {
    throw new ServiceError("SerializationException", "the request's body is not JSON");
  }
}

function refuseUnknown(call: Call): never {
  throw new ServiceError(
    "NotImplemented",
    `the local cloud does not implement ${call.service} ${call.action}`,
  );
}

function isAnswer(value: unknown): value is Answer {
  return (
    typeof value === "object" && value !== null && "status" in value && "body" in value && "headers" in value
  );
}
