import type {
  Wafv2WebAclCustomResponseBody,
  Wafv2WebAclRuleActionBlock,
} from "@cdktf/provider-aws/lib/wafv2-web-acl";

/**
 * What a client gets that is turned away, instead of an empty answer with status 403.
 *
 * @see https://docs.aws.amazon.com/waf/latest/developerguide/waf-custom-request-response.html
 */
export interface CustomResponse {
  /** HTTP status, one of those that AWS WAF can send. */
  readonly statusCode: number;
  /**
   * The content, at most 4096 bytes.
   *
   * @default - none
   */
  readonly body?: string;
  /**
   * What the content is.
   *
   * @default "TEXT_PLAIN"
   */
  readonly contentType?: "TEXT_PLAIN" | "TEXT_HTML" | "APPLICATION_JSON";
  /**
   * Headers of the answer, at most ten. `content-type` is not one of them.
   *
   * @default - none
   */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Answers to clients that are turned away, by what turned them away. */
export interface CustomResponses {
  /**
   * To addresses of the block list.
   *
   * @default - status 403 without content
   */
  readonly blockList?: CustomResponse;
  /**
   * To clients in countries that are blocked or not allowed.
   *
   * @default - status 403 without content
   */
  readonly countries?: CustomResponse;
  /**
   * To clients above a rate limit.
   *
   * @default - status 429 without content
   */
  readonly rateLimits?: CustomResponse;
  /**
   * To everyone else, where the firewall's default action is to block.
   *
   * @default - status 403 without content
   */
  readonly defaultAction?: CustomResponse;
}

/** What turned a client away. */
export type BlockPurpose = keyof CustomResponses;

/** The answers that differ from the one that AWS gives. */
export const defaultResponses: CustomResponses = { rateLimits: { statusCode: 429 } };

/**
 * Statuses that AWS WAF can send.
 *
 * @see https://docs.aws.amazon.com/waf/latest/developerguide/customizing-the-response-status-codes.html
 */
const statusCodes: readonly number[] = [
  200, 201, 202, 204, 206, 300, 301, 302, 303, 304, 307, 308, 400, 401, 403, 404, 405, 408, 409, 411, 412,
  413, 414, 415, 416, 421, 429, 500, 501, 502, 503, 504, 505,
];

/** The block action for a purpose. */
export function renderBlock(responses: CustomResponses, purpose: BlockPurpose): Wafv2WebAclRuleActionBlock {
  const response = responses[purpose];
  if (response === undefined) {
    return {};
  }
  const headers = Object.entries(response.headers ?? {}).map(([name, value]) => ({ name, value }));
  return {
    customResponse: {
      responseCode: response.statusCode,
      customResponseBodyKey: response.body === undefined ? undefined : bodyKeys[purpose],
      responseHeader: headers.length === 0 ? undefined : headers,
    },
  };
}

/** The contents of all answers, which a web ACL keeps by key; undefined where there are none. */
export function renderBodies(responses: CustomResponses): Wafv2WebAclCustomResponseBody[] | undefined {
  const bodies = Object.entries(bodyKeys).flatMap(([purpose, key]) => {
    const { body, contentType = "TEXT_PLAIN" } = responses[purpose as BlockPurpose] ?? {};
    return body === undefined ? [] : [{ key, content: body, contentType }];
  });
  return bodies.length === 0 ? undefined : bodies;
}

/** What an answer must be, to be read after "must". */
export const responseExpectation =
  "have a status that AWS WAF can send, a body of at most 4096 bytes and at most ten headers, none of them 'content-type'";

/** Whether AWS WAF can send the answer. */
export function isUsableResponse({ statusCode, body = "", headers = {} }: CustomResponse): boolean {
  const names = Object.keys(headers).map((name) => name.toLowerCase());
  return (
    statusCodes.includes(statusCode) &&
    Buffer.byteLength(body) <= 4096 &&
    names.length <= 10 &&
    !names.includes("content-type")
  );
}

const bodyKeys: Readonly<Record<BlockPurpose, string>> = {
  blockList: "block-list",
  countries: "countries",
  rateLimits: "rate-limits",
  defaultAction: "default-action",
};
