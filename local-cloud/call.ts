import type { IncomingHttpHeaders } from "node:http";

/** The wire formats of AWS services, which also decide what an error looks like. */
export type Protocol = "json" | "cbor" | "query" | "ec2" | "rest-xml" | "rest-json";

/** One API call, as far as it can be told without a service model. */
export interface Call {
  /** Name in the credential scope, such as `ec2`; empty when the request is not signed. */
  readonly service: string;
  /** Region in the credential scope; empty when the request is not signed. */
  readonly region: string;
  /** `CreateVpc` where the protocol names the operation, else method and path. */
  readonly action: string;
  /** How the service speaks. */
  readonly protocol: Protocol;
  /** HTTP method. */
  readonly method: string;
  /** Path and query as sent. */
  readonly url: URL;
  /** Headers as sent. */
  readonly headers: IncomingHttpHeaders;
  /** Body as sent. */
  readonly body: Buffer;
}

/** Services that answer in XML without naming the operation in the request. */
const restXmlServices = new Set(["s3", "s3express", "cloudfront", "route53", "s3-outposts"]);

/** Service and region from the signature's credential scope, in the header or the query. */
export function credentialScope(headers: IncomingHttpHeaders, url: URL): { service: string; region: string } {
  const header = /Credential=([^,\s]+)/.exec(headers.authorization ?? "")?.[1];
  const credential = header ?? url.searchParams.get("X-Amz-Credential") ?? "";
  const [, , region = "", service = ""] = credential.split("/");
  return { service: service.toLowerCase(), region };
}

/** Reads what a request asks for. */
export function identify(method: string, target: string, headers: IncomingHttpHeaders, body: Buffer): Call {
  const url = new URL(target, "http://127.0.0.1");
  const { service, region } = credentialScope(headers, url);
  const protocol = protocolOf(service, headers);
  const action = actionOf(protocol, method, url, headers, body);
  return { service, region, action, protocol, method, url, headers, body };
}

function protocolOf(service: string, headers: IncomingHttpHeaders): Protocol {
  if (headers["x-amz-target"] !== undefined) {
    return "json";
  }
  if (headers["smithy-protocol"] === "rpc-v2-cbor") {
    return "cbor";
  }
  if ((headers["content-type"] ?? "").startsWith("application/x-www-form-urlencoded")) {
    return service === "ec2" ? "ec2" : "query";
  }
  return restXmlServices.has(service) ? "rest-xml" : "rest-json";
}

function actionOf(
  protocol: Protocol,
  method: string,
  url: URL,
  headers: IncomingHttpHeaders,
  body: Buffer,
): string {
  switch (protocol) {
    case "json":
      return String(headers["x-amz-target"]).split(".").at(-1) ?? "";
    case "cbor":
      return url.pathname.split("/").at(-1) ?? "";
    case "query":
    case "ec2":
      return new URLSearchParams(body.toString("utf8")).get("Action") ?? `${method} ${url.pathname}`;
    default:
      return `${method} ${url.pathname}`;
  }
}
