import { type Answer, ServiceError, xmlAnswer } from "../../answer";
import { type Context, randomHex } from "../../toolkit";
import { renderXml } from "../../xml";

const space = ' xmlns="http://cloudfront.amazonaws.com/doc/2020-05-31/"';
export const root = "/2020-05-31";

export function checkVersion(context: Context, etag: string): void {
  const sent = context.call.headers["if-match"];
  if (sent === undefined) {
    throw new ServiceError(
      "InvalidIfMatchVersion",
      "The If-Match version is missing or not valid for the resource.",
    );
  }
  if (sent !== etag) {
    throw new ServiceError("PreconditionFailed", "The If-Match version does not match the resource.", 412);
  }
}

export function newEtag(): string {
  return `E${randomHex(13).toUpperCase()}`;
}

export function withEtag(name: string, value: unknown, etag: string): Answer {
  return reply(name, value, 200, { etag });
}

export function reply(
  name: string,
  value: unknown,
  status = 200,
  headers: Record<string, string> = {},
): Answer {
  return xmlAnswer(renderXml(name, value, space), status, headers);
}
