import type { Answer } from "../answer";
import type { Call } from "../call";
import type { Forward } from "../stand-in";
import { omit, parseJson, type JsonObject } from "./input";

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

  /** Whether Terraform's provider calls, some of whose fixed waits can be spared. */
  get isTerraform(): boolean {
    return /terraform/i.test(this.call.headers["user-agent"] ?? "");
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
    const rest = omit(headers, "x-amz-target") as Call["headers"];
    const answer = await this.with({ service, method: "POST", url: new URL("/", this.call.url) }).moto({
      headers: { ...rest, authorization, "content-type": "application/x-www-form-urlencoded" },
      body: Buffer.from(new URLSearchParams(parameters).toString()),
    });
    return answer.body.toString("utf8");
  }

  /** What moto says in JSON to an operation of another service, named by its target. */
  async motoJsonOf(service: string, target: string, input: JsonObject): Promise<JsonObject> {
    const { headers } = this.call;
    const authorization = (headers.authorization ?? "").replace(`/${this.call.service}/`, `/${service}/`);
    const type = { "content-type": "application/x-amz-json-1.1", "x-amz-target": target };
    return this.with({
      service,
      method: "POST",
      url: new URL("/", this.call.url),
      headers: { ...headers, ...type, authorization },
    }).motoJson(target.replace(/^.*\./, ""), input);
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
