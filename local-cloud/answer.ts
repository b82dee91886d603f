import { randomUUID } from "node:crypto";
import type { Call } from "./call";
import { escapeXml } from "./xml";

/** What goes back to the caller. */
export interface Answer {
  /** HTTP status. */
  readonly status: number;
  /** Headers, lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Whole body. */
  readonly body: Buffer;
}

/** A refusal in the service's own terms: its code is what SDKs and the provider look at. */
export class ServiceError extends Error {
  /** HTTP status; below 500 so that no SDK tries again. */
  readonly status: number;
  /** Error code, such as `ResourceNotFoundException`. */
  readonly code: string;

  constructor(code: string, message: string, status = 400) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

/** An answer in JSON, with the media type that the caller used. */
export function jsonAnswer(call: Call, value: unknown, status = 200): Answer {
  const sent = call.headers["content-type"] ?? "";
  const type = sent.startsWith("application/x-amz-json") ? sent : "application/json";
  return answer(status, type, value === undefined ? "" : JSON.stringify(value));
}

/** An answer in XML; `document` comes without the declaration. */
export function xmlAnswer(document: string, status = 200, headers: Record<string, string> = {}): Answer {
  const text = document === "" ? "" : `<?xml version="1.0" encoding="UTF-8"?>\n${document}`;
  return answer(status, "text/xml", text, headers);
}

/** An error in the shape in which the service of the call would say it. */
export function errorAnswer(call: Call, error: ServiceError): Answer {
  const { code, message, status } = error;
  switch (call.protocol) {
    case "json":
    case "rest-json": {
      const shaped = jsonAnswer(call, { __type: code, message, Message: message }, status);
      return { ...shaped, headers: { ...shaped.headers, "x-amzn-errortype": code } };
    }
    case "cbor":
      return {
        ...answer(status, "application/cbor", ""),
        headers: { "content-type": "application/cbor", "smithy-protocol": "rpc-v2-cbor" },
        body: cborStrings({ __type: code, message }),
      };
    case "ec2":
      return xmlAnswer(
        `<Response><Errors><Error>${codeAndMessage(error)}</Error></Errors><RequestID>${randomUUID()}</RequestID></Response>`,
        status,
      );
    case "rest-xml":
      if (call.service === "s3") {
        return xmlAnswer(`<Error>${codeAndMessage(error)}</Error>`, status);
      }
      return wrappedError(error);
    case "query":
      return wrappedError(error);
  }
}

function wrappedError(error: ServiceError): Answer {
  return xmlAnswer(
    `<ErrorResponse><Error><Type>Sender</Type>${codeAndMessage(error)}</Error><RequestId>${randomUUID()}</RequestId></ErrorResponse>`,
    error.status,
  );
}

function codeAndMessage(error: ServiceError): string {
  return `<Code>${escapeXml(error.code)}</Code><Message>${escapeXml(error.message)}</Message>`;
}

function answer(status: number, type: string, text: string, headers: Record<string, string> = {}): Answer {
  return {
    status,
    headers: { "content-type": type, "x-amzn-requestid": randomUUID(), ...headers },
    body: Buffer.from(text, "utf8"),
  };
}

/** A map of strings in CBOR (RFC 8949), with 16-bit lengths throughout. */
function cborStrings(value: Record<string, string>): Buffer {
  const entries = Object.entries(value);
  return Buffer.concat([Buffer.from([0xa0 + entries.length]), ...entries.flat().map(cborString)]);
}

function cborString(text: string): Buffer {
  const bytes = Buffer.from(text, "utf8");
  return Buffer.concat([Buffer.from([0x79, bytes.length >> 8, bytes.length & 0xff]), bytes]);
}
