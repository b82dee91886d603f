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

/**
 * Which requests a rule looks at: its scope-down statement. `and`, `or` and `not` may stand in one
 * another, two deep.
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

/** How deep `and`, `or` and `not` may stand in one another in a scope-down statement. */
const deepestNesting = 2;

/** What a match must be, to be read after "must". */
export const matchExpectation = `match strings of 1 to ${longestString} characters, countries of two letters, two or more matches in 'and' and 'or', nested at most ${deepestNesting} deep`;

/** Whether AWS and the provider take the match. */
export function isUsableMatch(match: RequestMatch): boolean {
  return nestingOf(match) <= deepestNesting && matchesIn(match).every(isUsableAlone);
}

/** Whether the text is a country code of ISO 3166, as far as that can be said without a list. */
export function isCountryCode(text: string): boolean {
  return /^[A-Z]{2}$/.test(text);
}

function isUsableAlone(match: RequestMatch): boolean {
  switch (match.kind) {
    case "path":
    case "header":
    case "method":
      return match.value.length > 0 && match.value.length <= longestString;
    case "country":
      return match.countries.length > 0 && match.countries.every(isCountryCode);
    case "label":
      return match.key.length > 0;
    case "and":
    case "or":
      return match.matches.length > 1;
    case "not":
      return true;
  }
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
