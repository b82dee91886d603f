/**
 * A statement as the provider reads it, in its own snake case: CDKTF leaves the statements of a web
 * ACL untyped and passes them on as they are.
 */
export type ProviderStatement = Readonly<Record<string, unknown>>;

/** A statement and what it takes of the web ACL's capacity. */
export interface MeasuredStatement {
  /** The statement. */
  readonly statement: ProviderStatement;
  /** Its web ACL capacity units (WCU). */
  readonly capacityUnits: number;
}

/**
 * What statements cost in capacity units.
 *
 * @see https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statements-match.html
 * @see https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-type-rate-based.html
 */
export const capacityOf = {
  ipSet: 1,
  country: 1,
  label: 1,
  asn: 1,
  /** A string at a fixed place: the whole, the start or the end. */
  fixedString: 2,
  /** A string anywhere. */
  containedString: 10,
  /** Each text transformation. AWS counts equal ones of a web ACL once; here each counts, so the estimate errs upwards. */
  textTransformation: 10,
  rateLimit: 2,
  aggregateKey: 30,
} as const;

/** The `or` of some statements, or the one itself: AWS refuses an `or` of one. */
export function anyOf(statements: readonly MeasuredStatement[]): MeasuredStatement {
  return combine("or_statement", statements);
}

/** The `and` of some statements, or the one itself. */
export function allOf(statements: readonly MeasuredStatement[]): MeasuredStatement {
  return combine("and_statement", statements);
}

/** The opposite of a statement. */
export function not({ statement, capacityUnits }: MeasuredStatement): MeasuredStatement {
  return { statement: { not_statement: { statement: [statement] } }, capacityUnits };
}

/** AWS takes at most this many countries a statement. */
const countriesPerStatement = 50;

/** A match of the country that a request comes from. */
export function fromCountries(countries: readonly string[]): MeasuredStatement {
  return anyOf(
    chunksOf([...countries].sort(), countriesPerStatement).map((countryCodes) => ({
      statement: { geo_match_statement: { country_codes: countryCodes } },
      capacityUnits: capacityOf.country,
    })),
  );
}

/** A list in pieces of at most `size`. */
export function chunksOf<Item>(items: readonly Item[], size: number): Item[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}

function combine(
  operator: "and_statement" | "or_statement",
  statements: readonly MeasuredStatement[],
): MeasuredStatement {
  const [only] = statements;
  return only !== undefined && statements.length === 1
    ? only
    : {
        statement: { [operator]: { statement: statements.map(({ statement }) => statement) } },
        capacityUnits: statements.reduce((sum, { capacityUnits }) => sum + capacityUnits, 0),
      };
}
