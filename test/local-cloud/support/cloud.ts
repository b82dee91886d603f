import { createServer, request as httpRequest, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createGateway } from "../../../local-cloud/gateway";
import { readAll } from "../../../local-cloud/http";
import type { StandIn } from "../../../local-cloud/stand-in";
import type { Models } from "../../../local-cloud/enforcement";
import type { Unkindness } from "../../../local-cloud/unkind";

/** What a client got. */
export interface Response {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** A request that reached moto. */
export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

type MotoAnswer = Partial<Response> | ((request: Received) => Partial<Response>);

/** A gateway in front of a stub of moto, and the requests that the stub received. */
export class GatewayUnderTest {
  readonly received: Received[] = [];
  readonly log: string[] = [];
  private readonly servers: Server[] = [];
  private port = 0;

  /** Starts both; the stub answers everything with `answer`. */
  static async start(
    answer: MotoAnswer = { text: "moto" },
    standIns?: StandIn[],
    unkind?: Unkindness,
    models?: Models,
  ): Promise<GatewayUnderTest> {
    const cloud = new GatewayUnderTest();
    const moto = createServer((incoming, outgoing) => {
      void readAll(incoming).then((body) => {
        const request = {
          method: incoming.method ?? "",
          path: incoming.url ?? "",
          headers: incoming.headers,
          body: body.toString("utf8"),
        };
        cloud.received.push(request);
        const {
          status = 200,
          headers = {},
          text = "",
        } = typeof answer === "function" ? answer(request) : answer;
        outgoing.writeHead(status, headers).end(text);
      });
    });
    const motoPort = await cloud.listen(moto);
    const gateway = createGateway({
      moto: { host: "127.0.0.1", port: motoPort },
      instanceId: "instance",
      startedAt: "2026-11-20T00:00:00.000Z",
      log: (line) => cloud.log.push(line),
      standIns,
      unkind,
      models,
    });
    cloud.port = await cloud.listen(gateway);
    return cloud;
  }

  /** Where the gateway answers. */
  get endpoint(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Stops both. */
  stop(): void {
    for (const server of this.servers) {
      server.closeAllConnections();
      server.close();
    }
  }

  /** Sends a request signed for a service and region, as far as the gateway looks at signatures. */
  send(
    service: string,
    method: string,
    path: string,
    headers: Record<string, string> = {},
    body = "",
    region = "eu-west-1",
  ): Promise<Response> {
    const authorization = `AWS4-HMAC-SHA256 Credential=testing/20261120/${region}/${service}/aws4_request, SignedHeaders=host, Signature=0`;
    return this.raw(method, path, service === "" ? headers : { authorization, ...headers }, body);
  }

  /** Calls an operation of a JSON service and returns the parsed answer with its status. */
  async json(
    service: string,
    target: string,
    input: object,
    region = "eu-west-1",
  ): Promise<{ status: number; output: Record<string, unknown> }> {
    const headers = { "content-type": "application/x-amz-json-1.1", "x-amz-target": target };
    const { status, text } = await this.send(service, "POST", "/", headers, JSON.stringify(input), region);
    return { status, output: JSON.parse(text) as Record<string, unknown> };
  }

  /** Calls an operation of a query service. */
  query(service: string, parameters: Record<string, string>, region = "eu-west-1"): Promise<Response> {
    const headers = { "content-type": "application/x-www-form-urlencoded; charset=utf-8" };
    return this.send(service, "POST", "/", headers, new URLSearchParams(parameters).toString(), region);
  }

  /** Sends a request as it is. */
  raw(method: string, path: string, headers: Record<string, string>, body = ""): Promise<Response> {
    return new Promise((resolve, reject) => {
      httpRequest({ host: "127.0.0.1", port: this.port, method, path, headers, agent: false }, (response) => {
        void readAll(response).then((content) => {
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            text: content.toString("utf8"),
          });
        });
      })
        .once("error", reject)
        .end(body);
    });
  }

  private listen(server: Server): Promise<number> {
    this.servers.push(server);
    return new Promise((resolve) => {
      server.listen(0, "127.0.0.1", () => {
        resolve((server.address() as AddressInfo).port);
      });
    });
  }
}
