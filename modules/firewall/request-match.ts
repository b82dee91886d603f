import { countryCode } from "../../core/forms";
import {
  allOf,
  anyOf,
  capacityOf,
  fromCountries,
  type MeasuredStatement,
  not,
  type ProviderStatement,
} from "./private/statement";

/** Where in a text a string must stand. */
export type StringPosition = "exactly" | "starts-with" | "ends-with" | "contains";

/** What counts for a request whose TLS handshake says too little for a fingerprint. */
export type FallbackBehavior = "MATCH" | "NO_MATCH";

/**
 * Which requests a rule looks at. `and`, `or` and `not` may stand in one another: two deep where it
 * scopes down a rate limit or a managed group, three deep in a rule of its own.
 *
 * @see https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-scope-down-statements.html
 */
export type RequestMatch =
  | {
      /** The path, decoded and normalised so that `/%6Cogin` and `/a/../login` are `/login`. */
      readonly kind: "path";
      /** Where in the path the value must stand. */
      readonly position: StringPosition;
      /** The string. */
      readonly value: string;
    }
  | {
      /** A header's value, upper and lower case alike. */
      readonly kind: "header";
      /** Name of the header, upper and lower case alike. */
      readonly name: string;
      /** Where in the header's value the string must stand. */
      readonly position: StringPosition;
      /** The string. */
      readonly value: string;
    }
  | {
      /** The HTTP method. */
      readonly kind: "method";
      /** Its name, such as `POST`. */
      readonly value: string;
    }
  | {
      /** The country that the request comes from. */
      readonly kind: "country";
      /** Codes of ISO 3166, two letters each. */
      readonly countries: readonly string[];
    }
  | {
      /** A label that a rule further up has put on the request. */
      readonly kind: "label";
      /** The label, such as `awswaf:managed:aws:anonymous-ip-list:AnonymousIPList`. */
      readonly key: string;
    }
  | {
      /** The network that the address belongs to, by its number on the internet (ASN). */
      readonly kind: "asn";
      /** Numbers, 100 at most; 0 stands for addresses of no known network. */
      readonly asns: readonly number[];
    }
  | {
      /**
       * How the client opens TLS, which tells programs apart whatever they call themselves. Load
       * balancers and distributions know it, App Runner does not.
       */
      readonly kind: "ja3-fingerprint" | "ja4-fingerprint";
      /** The fingerprint as the log shows it: 32 characters of JA3, 36 of JA4. */
      readonly fingerprint: string;
      /**
       * What counts for a request without one.
       *
       * @default "NO_MATCH"
       */
      readonly fallbackBehavior?: FallbackBehavior;
    }
  | {
      /** All of some matches, or any of them. */
      readonly kind: "and" | "or";
      /** The matches, two or more. */
      readonly matches: readonly RequestMatch[];
    }
  | {
      /** Everything that a match leaves out. */
      readonly kind: "not";
      /** The match. */
      readonly match: RequestMatch;
    };

/** The statement of a match, with its capacity. */
export function renderMatch(match: RequestMatch): MeasuredStatement {
  switch (match.kind) {
    case "path":
      return renderString({ uri_path: {} }, match.position, match.value, ["URL_DECODE", "NORMALIZE_PATH"]);
    case "header":
      return renderString(
        { single_header: { name: match.name.toLowerCase() } },
        match.position,
        match.value.toLowerCase(),
        ["LOWERCASE"],
      );
    case "method":
      return renderString({ method: {} }, "exactly", match.value, ["NONE"]);
    case "country":
      return fromCountries(match.countries);
    case "label":
      return {
        statement: { label_match_statement: { key: match.key, scope: "LABEL" } },
        capacityUnits: capacityOf.label,
      };
    case "asn":
      return {
        statement: { asn_match_statement: { asn_list: match.asns } },
        capacityUnits: capacityOf.asn,
      };
    case "ja3-fingerprint":
    case "ja4-fingerprint":
      return renderFingerprint(match);
    case "and":
      return allOf(match.matches.map(renderMatch));
    case "or":
      return anyOf(match.matches.map(renderMatch));
    case "not":
      return not(renderMatch(match.match));
  }
}

/** The longest string that AWS WAF searches for. */
const longestString = 200;

/** Networks that a statement names at most. */
const mostAsns = 100;

/** How deep `and`, `or` and `not` may stand in one another in a scope-down statement. */
const deepestScopeDown = 2;

/** What a match must be, to be read after "must". */
export function matchExpectation(deepestNesting = deepestScopeDown): string {
  return `match strings of 1 to ${longestString} characters, countries of two letters, 1 to ${mostAsns} network numbers, fingerprints in the form of JA3 or JA4, two or more matches in 'and' and 'or', nested at most ${deepestNesting} deep`;
}

/** Whether AWS and the provider take the match. */
export function isUsableMatch(match: RequestMatch, deepestNesting = deepestScopeDown): boolean {
  return nestingOf(match) <= deepestNesting && matchesIn(match).every(isUsableAlone);
}

function isUsableAlone(match: RequestMatch): boolean {
  switch (match.kind) {
    case "path":
    case "header":
    case "method":
      return match.value.length > 0 && match.value.length <= longestString;
    case "country":
      return match.countries.length > 0 && match.countries.every(countryCode.accepts);
    case "label":
      return match.key.length > 0;
    case "and":
    case "or":
      return match.matches.length > 1;
    case "not":
      return true;
    default:
      return isUsableOfClient(match);
  }
}

type ClientMatch = Extract<RequestMatch, { kind: "asn" | "ja3-fingerprint" | "ja4-fingerprint" }>;

function isUsableOfClient(match: ClientMatch): boolean {
  switch (match.kind) {
    case "asn":
      return match.asns.length > 0 && match.asns.length <= mostAsns && match.asns.every(isAsn);
    case "ja3-fingerprint":
      return /^[0-9a-f]{32}$/.test(match.fingerprint);
    case "ja4-fingerprint":
      return /^[a-z0-9]{10}_[0-9a-f]{12}_[0-9a-f]{12}$/.test(match.fingerprint);
  }
}

function isAsn(number: number): boolean {
  return Number.isInteger(number) && number >= 0 && number <= 0xffff_ffff;
}

function childrenOf(match: RequestMatch): readonly RequestMatch[] {
  switch (match.kind) {
    case "and":
    case "or":
      return match.matches;
    case "not":
      return [match.match];
    default:
      return [];
  }
}

function matchesIn(match: RequestMatch): readonly RequestMatch[] {
  return [match, ...childrenOf(match).flatMap(matchesIn)];
}

/** How many `and`, `or` and `not` stand in one another; more than 50 countries are an `or` as well. */
function nestingOf(match: RequestMatch): number {
  if (match.kind === "country") {
    return "or_statement" in fromCountries(match.countries).statement ? 1 : 0;
  }
  const children = childrenOf(match);
  return children.length === 0 ? 0 : 1 + Math.max(...children.map(nestingOf));
}

const positionalConstraints: Readonly<Record<StringPosition, string>> = {
  exactly: "EXACTLY",
  "starts-with": "STARTS_WITH",
  "ends-with": "ENDS_WITH",
  contains: "CONTAINS",
};

function renderFingerprint({
  kind,
  fingerprint,
  fallbackBehavior = "NO_MATCH",
}: Extract<ClientMatch, { readonly fingerprint: string }>): MeasuredStatement {
  const fieldToMatch = { [kind.replace("-", "_")]: { fallback_behavior: fallbackBehavior } };
  return renderString(fieldToMatch, "exactly", fingerprint, ["NONE"]);
}

function renderString(
  fieldToMatch: ProviderStatement,
  position: StringPosition,
  value: string,
  transformations: readonly string[],
): MeasuredStatement {
  const base = position === "contains" ? capacityOf.containedString : capacityOf.fixedString;
  return {
    statement: {
      byte_match_statement: {
        field_to_match: fieldToMatch,
        positional_constraint: positionalConstraints[position],
        search_string: value,
        text_transformation: transformations.map((type, priority) => ({ priority, type })),
      },
    },
    capacityUnits: base + transformations.length * capacityOf.textTransformation,
  };
}
