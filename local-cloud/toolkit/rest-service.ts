import { jsonAnswer } from "../answer";
import type { Call } from "../call";
import type { StandIn } from "../stand-in";
import { element, parseXml, type XmlElement } from "../xml";
import { Context } from "./context";
import { parseJson, type JsonObject } from "./input";
import { isAnswer, refuseUnknown } from "./unknown";

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
