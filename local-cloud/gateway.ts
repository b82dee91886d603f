import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import { errorAnswer, jsonAnswer, ServiceError, type Answer } from "./answer";
import { credentialScope, identify, type Call } from "./call";
import { durationOf, Engine } from "./engine";
import { Enforcement, type Models } from "./enforcement";
import { readAll, type Listener } from "./http";
import { MotoRefusal, parseJson, textsAt } from "./toolkit";
import type { Recorder } from "./recorder";
import type { StandIn } from "./stand-in";
import { standIns } from "./stand-ins";
import { interferences, switchesNamed, Unkindness, UnknownSwitches, type Interference } from "./unkind";
import { websiteRefusal } from "./websites";

/** What a gateway needs to know. */
export interface GatewayOptions {
  /** Where moto listens. */
  readonly moto: Listener;
  /** Unique id of this run. */
  readonly instanceId: string;
  /** ISO time of the start. */
  readonly startedAt: string;
  /** Receives a line for each call that was not answered as AWS would. */
  readonly log: (line: string) => void;
  /**
   * Stand-ins to ask before moto.
   * @default - a fresh set of all
   */
  readonly standIns?: readonly StandIn[];
  /**
   * How unkind it is at first; what the control path changes.
   * @default - kind
   */
  readonly unkind?: Unkindness;
  /**
   * What tells operations and inputs, to enforce policies.
   * @default - none: calls of sessions fail while policies are enforced
   */
  readonly models?: Models;
  /**
   * The Python that runs functions.
   * @default - `python3` of the PATH
   */
  readonly python?: () => Promise<string>;
  /**
   * Keeps what was called.
   * @default - nothing is recorded
   */
  readonly recorder?: Recorder;
}

/**
 * The HTTP server in front of moto. Stand-ins answer first; everything else goes to moto
 * untouched, and moto's page for an unknown call becomes an error of the service.
 */
export function createGateway(options: GatewayOptions): Server {
  const gateway = new Gateway(options);
  const server = createServer((request, response) => {
    gateway.serve(request, response).catch((error: unknown) => {
      options.log(`gateway failed at ${request.method ?? ""} ${request.url ?? ""}: ${describe(error)}`);
      if (response.headersSent) {
        response.destroy();
      } else {
        response.writeHead(502).end();
      }
    });
  });
  gateway.endpoint = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  server.once("close", () => {
    gateway.end();
  });
  return server;
}

/** Parameters of requests that carry objects; all others ask for settings, which are short. */
const ofObjects = new Set(["x-id", "versionId", "partNumber", "uploadId"]);

class Gateway {
  private readonly standIns = new Map<string, StandIn[]>();
  private readonly unkind: Unkindness;
  private readonly enforcement: Enforcement;
  private readonly interferences: readonly Interference[];
  private readonly engine: Engine;
  /** Where this gateway answers. */
  endpoint = (): string => "";

  constructor(private readonly options: GatewayOptions) {
    this.unkind = options.unkind ?? new Unkindness();
    this.enforcement = new Enforcement(this.unkind, options.models);
    this.interferences = [...interferences(this.unkind), this.enforcement];
    this.engine = new Engine({
      ask: (call) => this.kindAnswer(call),
      log: options.log,
      mayRole: (role, action, resource) =>
        this.enforcement.mayRole(role, { action, resource }, (changed) => this.forward(changed)),
      machine: {
        python: options.python ?? (() => Promise.resolve("python3")),
        endpoint: () => this.endpoint(),
        accessKey: (role, session) => this.enforcement.openSession(role, session),
      },
    });
    for (const standIn of options.standIns ?? [...this.engine.standIns(), ...standIns(this.unkind)]) {
      this.standIns.set(standIn.service, [...(this.standIns.get(standIn.service) ?? []), standIn]);
    }
  }

  /** Ends what runs for it. */
  end(): void {
    this.engine.end();
  }

  async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const target = request.url ?? "/";
    const refusal = websiteRefusal(request.headers);
    if (refusal !== undefined) {
      this.options.log(`${request.method ?? ""} ${JSON.stringify(target)}: ${refusal}`);
      response.writeHead(403, { "content-type": "text/plain", connection: "close" }).end(`${refusal}\n`);
      return;
    }
    if (target.startsWith("/_meridian/")) {
      const { method = "GET" } = request;
      send(response, await this.administer(method, target, await readAll(request)));
      return;
    }
    const url = new URL(target, "http://127.0.0.1");
    if (this.isStreamed(request, url)) {
      await this.streamUnlessRefused(request, response);
      return;
    }
    const call = identify(request.method ?? "GET", target, request.headers, await readAll(request));
    send(response, await this.answer(call));
  }

  /** Bodies of buckets are passed on as they come, and so is what nobody signed. */
  private isStreamed({ headers }: IncomingMessage, url: URL): boolean {
    const { service } = credentialScope(headers, url);
    // STS is asked without a signature for the session of a token.
    const isForm = (headers["content-type"] ?? "").startsWith("application/x-www-form-urlencoded");
    const isObject = service === "s3" && [...url.searchParams.keys()].every((name) => ofObjects.has(name));
    return this.concerned(service, url).length === 0 && (isObject || (service === "" && !isForm));
  }

  private async streamUnlessRefused(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = "GET", url = "/", headers } = request;
    const call = identify(method, url, headers, Buffer.alloc(0));
    const refused = await this.interfere(call);
    if (refused === undefined) {
      this.record(call);
      const { status, headers } = await this.stream(request, response);
      this.engine.observe(call, status, headers);
      return;
    }
    request.resume();
    send(response, refused);
  }

  /** Pages of moto's own are no calls. */
  private record(call: Call): void {
    if (call.service !== "") {
      this.options.recorder?.record(call);
    }
  }

  private concerned(service: string, url: URL): StandIn[] {
    return (this.standIns.get(service) ?? []).filter(({ concerns }) => concerns?.(url) ?? true);
  }

  /** The refusal of a call that an unkind cloud does not let through. */
  private async interfere(call: Call): Promise<Answer | undefined> {
    try {
      for (const interference of this.interferences) {
        await interference.before(call, (changed) => this.forward(changed));
      }
      return undefined;
    } catch (error) {
      return this.refuse(call, error);
    }
  }

  private async answer(call: Call): Promise<Answer> {
    const answer = (await this.interfere(call)) ?? (await this.kindAnswer(call));
    this.interferences.forEach((interference) => interference.after?.(call, answer));
    return answer;
  }

  private async kindAnswer(call: Call): Promise<Answer> {
    const answer = await this.answerOrRefuse(call);
    this.engine.observe(call, answer.status, answer.headers);
    return answer;
  }

  private async answerOrRefuse(call: Call): Promise<Answer> {
    try {
      for (const standIn of this.concerned(call.service, call.url)) {
        if (standIn.concerns?.(call.url) === false) {
          continue;
        }
        const given = await standIn.answer(call, (changed) => this.forward(changed));
        if (given !== undefined) {
          this.options.recorder?.record(call, given);
          return given;
        }
      }
      this.options.recorder?.record(call);
      return await this.forward(call);
    } catch (error) {
      return this.refuse(call, error);
    }
  }

  /** An SDK tries again for minutes after a server error, so that even a fault of ours is a refusal. */
  private refuse(call: Call, error: unknown): Answer {
    if (error instanceof MotoRefusal) {
      return error.answer;
    }
    const { service, action, region } = call;
    if (error instanceof ServiceError) {
      this.options.log(`${service} ${action} (${region}): ${error.code}: ${error.message}`);
      return errorAnswer(call, error);
    }
    this.options.log(`${service} ${action} (${region}): the local cloud failed: ${describe(error)}`);
    return errorAnswer(
      call,
      new ServiceError("LocalCloudFailure", `the local cloud failed at ${service} ${action}`),
    );
  }

  /** Asks moto; its HTML pages for unknown calls and crashes become errors of the service. */
  private async forward(call: Call): Promise<Answer> {
    let answer = await this.askMoto(call);
    // moto lists what another call changes at the same moment, and crashes; what only reads is asked again.
    for (let again = 0; again < 3 && call.method === "GET" && isUnknownCallPage(answer); again += 1) {
      answer = await this.askMoto(call);
    }
    if (isUnknownCallPage(answer)) {
      throw new ServiceError(
        "NotImplemented",
        `the local cloud does not implement ${call.service} ${call.action}`,
      );
    }
    return answer;
  }

  private async askMoto(call: Call): Promise<Answer> {
    const upstream = await this.ask(
      call.method,
      call.url.pathname + call.url.search,
      call.headers,
      call.body,
    );
    return {
      status: upstream.statusCode ?? 502,
      headers: plainHeaders(upstream),
      body: await readAll(upstream),
    };
  }

  private async stream(
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<{ status: number; headers: IncomingMessage["headers"] }> {
    const upstream = await this.ask(request.method ?? "GET", request.url ?? "/", request.headers, request);
    const { statusCode: status = 502, headers } = upstream;
    response.writeHead(status, headers);
    upstream.pipe(response);
    return { status, headers };
  }

  private ask(
    method: string,
    path: string,
    headers: IncomingMessage["headers"],
    body: Buffer | IncomingMessage,
  ): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const upstream = httpRequest({ ...this.options.moto, method, path, headers }, resolve);
      upstream.once("error", reject);
      if (Buffer.isBuffer(body)) {
        upstream.end(body);
      } else {
        body.pipe(upstream);
      }
    });
  }

  private async administer(method: string, target: string, body: Buffer): Promise<Answer> {
    const call = identify(method, target, {}, body);
    switch (`${method} ${call.url.pathname}`) {
      case "GET /_meridian/status": {
        const { instanceId, startedAt } = this.options;
        const unkind = this.unkind.names;
        return jsonAnswer(call, { instanceId, startedAt, pid: process.pid, unkind });
      }
      case "PUT /_meridian/unkind":
        return this.setUnkind(call);
      case "POST /_meridian/clock":
        return this.advanceClock(call);
      case "GET /_meridian/permissions":
        return jsonAnswer(call, this.enforcement.used());
      default:
        return jsonAnswer(call, { message: "unknown administrative request" }, 404);
    }
  }

  private async advanceClock(call: Call): Promise<Answer> {
    const advance: unknown = readAdvance(call.body);
    const milliseconds = durationOf(advance);
    if (milliseconds === undefined) {
      const message = `'advance' must be a duration such as "90s", "5m", "2h" or "1d" of at most a year, got ${JSON.stringify(advance)}`;
      return jsonAnswer(call, { message }, 400);
    }
    await this.engine.clock.advance(milliseconds);
    return jsonAnswer(call, { now: new Date(this.engine.clock.now()).toISOString() });
  }

  private setUnkind(call: Call): Answer {
    try {
      this.unkind.set(switchesNamed(textsAt(parseJson(call.body), "switches")));
      return jsonAnswer(call, { unkind: this.unkind.names });
    } catch (error) {
      if (error instanceof UnknownSwitches || error instanceof ServiceError) {
        return jsonAnswer(call, { message: error.message }, 400);
      }
      throw error;
    }
  }
}

function readAdvance(body: Buffer): unknown {
  try {
    return parseJson(body).advance;
  } catch {
    return body.toString("utf8");
  }
}

/**
 * Whether moto's web framework answered instead of moto: an HTML page with status 500 (unknown
 * operation, or a crash) or 404 (no such path).
 */
export function isUnknownCallPage(answer: Answer): boolean {
  const isPage = /^\s*<(!doctype html|html)/i.test(answer.body.subarray(0, 100).toString("utf8"));
  return isPage && [404, 405, 500, 501].includes(answer.status);
}

function send(response: ServerResponse, answer: Answer): void {
  const headers = { ...answer.headers };
  delete headers["transfer-encoding"];
  // The answer to a HEAD has a length and no body.
  const length = response.req.method === "HEAD" ? headers["content-length"] : undefined;
  response.writeHead(answer.status, { ...headers, "content-length": length ?? String(answer.body.length) });
  response.end(answer.body);
}

function plainHeaders(message: IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(message.headers)
      .filter(([name]) => !["connection", "keep-alive", "transfer-encoding"].includes(name))
      .map(([name, value]) => [name, Array.isArray(value) ? value.join(", ") : (value ?? "")]),
  );
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
