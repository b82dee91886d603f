import { hyphenatedName, requestLimit } from "../../core/forms";
import { capacityOf, type MeasuredStatement, type ProviderStatement } from "./private/statement";
import { isUsableMatch, renderMatch, type FallbackBehavior, type RequestMatch } from "./request-match";

/**
 * One of the keys that requests are counted by.
 *
 * @see https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-type-rate-based-aggregation-options.html
 */
export type AggregateKey =
  | {
      /** The address that the request comes from, the one that a proxy forwards, the method, the path or the whole query. */
      readonly kind: "ip" | "forwarded-ip" | "http-method" | "uri-path" | "query-string";
    }
  | {
      /** The value of a header, a cookie or an argument of the query. */
      readonly kind: "header" | "cookie" | "query-argument";
      /** Its name. */
      readonly name: string;
    }
  | {
      /** How the client opens TLS; load balancers and distributions know it, App Runner does not. */
      readonly kind: "ja3-fingerprint" | "ja4-fingerprint";
      /**
       * Whether requests without a fingerprint count as over the limit, or are let alone.
       *
       * @default "NO_MATCH"
       */
      readonly fallbackBehavior?: FallbackBehavior;
    }
  | {
      /** The label that a rule further up has put on the request. */
      readonly kind: "label-namespace";
      /** The label up to its last colon, that included. */
      readonly namespace: string;
    };

/** What a proxy says of the client. */
export interface ForwardedIp {
  /**
   * The header that the proxy writes.
   *
   * @default "X-Forwarded-For"
   */
  readonly headerName?: string;
  /**
   * Whether a request without a valid address there counts as one over the limit, or is let alone.
   *
   * @default "NO_MATCH"
   */
  readonly fallbackBehavior?: FallbackBehavior;
}

/** A number of requests in some time, above which clients are turned away until they slow down. */
export interface RateLimit {
  /** Name, unique among the firewall's rate limits: letters, digits and single hyphens. */
  readonly name: string;
  /** Requests within the window, 10 to 2000000000. */
  readonly limit: number;
  /**
   * Length of the window in seconds.
   *
   * @default 300
   */
  readonly windowSeconds?: 60 | 120 | 300 | 600;
  /**
   * Who is counted: each address, each address as a proxy forwards it, each combination of one to
   * five keys, or all requests together, which needs `scopeDown`.
   *
   * @default "ip"
   */
  readonly aggregateBy?: "ip" | "forwarded-ip" | "all-requests" | readonly AggregateKey[];
  /**
   * Where the forwarded address stands, for `forwarded-ip`. Anyone can write this header: use it only
   * behind a proxy that overwrites it.
   *
   * @default - `X-Forwarded-For`; requests without it are not counted
   */
  readonly forwardedIp?: ForwardedIp;
  /**
   * Which requests count.
   *
   * @default - all
   */
  readonly scopeDown?: RequestMatch;
  /**
   * What happens above the limit. `count` only counts, to find the right limit first.
   *
   * @default "block"
   */
  readonly action?: "block" | "count" | "captcha" | "challenge";
}

/** Seconds of a window when none are asked for. */
const defaultWindowSeconds = 300;

/** The statement of a rate limit, with its capacity. */
export function renderRateLimit(rateLimit: RateLimit): MeasuredStatement {
  const { limit, windowSeconds = defaultWindowSeconds, scopeDown } = rateLimit;
  const aggregateBy = rateLimit.aggregateBy ?? "ip";
  const keys = typeof aggregateBy === "string" ? [] : aggregateBy;
  const scope = scopeDown === undefined ? undefined : renderMatch(scopeDown);
  return {
    statement: {
      rate_based_statement: {
        limit,
        evaluation_window_sec: windowSeconds,
        aggregate_key_type: typeof aggregateBy === "string" ? keyTypes[aggregateBy] : "CUSTOM_KEYS",
        ...(keys.length === 0 ? {} : { custom_key: keys.map(renderKey) }),
        ...(usesForwardedIp(rateLimit) ? { forwarded_ip_config: renderForwardedIp(rateLimit) } : {}),
        ...(scope === undefined ? {} : { scope_down_statement: scope.statement }),
      },
    },
    capacityUnits: capacityOf.rateLimit + keys.length * capacityOf.aggregateKey + (scope?.capacityUnits ?? 0),
  };
}

/** What a rate limit must be, to be read after "must". */
export const rateLimitExpectation =
  "have a name of its own, a limit between 10 and 2000000000, one to five different keys, of which an address is not the only one, and a 'scopeDown' where all requests are counted together";

/** Whether AWS takes the rate limit; its name's uniqueness aside. */
export function isUsableRateLimit({ name, limit, aggregateBy = "ip", scopeDown }: RateLimit): boolean {
  return (
    hyphenatedName.accepts(name) &&
    requestLimit.accepts(limit) &&
    (typeof aggregateBy === "string" || areUsableKeys(aggregateBy)) &&
    (aggregateBy !== "all-requests" || scopeDown !== undefined) &&
    (scopeDown === undefined || isUsableMatch(scopeDown))
  );
}

function areUsableKeys(keys: readonly AggregateKey[]): boolean {
  const [only] = keys;
  return (
    only !== undefined &&
    keys.length <= 5 &&
    new Set(keys.map((key) => JSON.stringify(key))).size === keys.length &&
    (keys.length > 1 || (only.kind !== "ip" && only.kind !== "forwarded-ip"))
  );
}

const keyTypes = { ip: "IP", "forwarded-ip": "FORWARDED_IP", "all-requests": "CONSTANT" } as const;

const untransformed = [{ priority: 0, type: "NONE" }];

function renderKey(key: AggregateKey): ProviderStatement {
  return { [key.kind.replace("-", "_")]: renderKeySettings(key) };
}

function renderKeySettings(key: AggregateKey): ProviderStatement {
  switch (key.kind) {
    case "ip":
    case "http-method":
    case "forwarded-ip":
      return {};
    case "uri-path":
    case "query-string":
      return { text_transformation: untransformed };
    case "header":
    case "cookie":
    case "query-argument":
      return { name: key.name, text_transformation: untransformed };
    case "label-namespace":
      return { namespace: key.namespace };
    default:
      return { fallback_behavior: key.fallbackBehavior ?? "NO_MATCH" };
  }
}

function usesForwardedIp({ aggregateBy }: RateLimit): boolean {
  return (
    aggregateBy === "forwarded-ip" ||
    (Array.isArray(aggregateBy) && aggregateBy.some((key: AggregateKey) => key.kind === "forwarded-ip"))
  );
}

function renderForwardedIp({ forwardedIp = {} }: RateLimit): ProviderStatement {
  return {
    header_name: forwardedIp.headerName ?? "X-Forwarded-For",
    fallback_behavior: forwardedIp.fallbackBehavior ?? "NO_MATCH",
  };
}
