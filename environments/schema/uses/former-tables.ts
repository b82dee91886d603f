import type { Demand } from "../fields";

/** What to write instead of `tables` of a service, which named tables by variable and let it read and write them. */
export function usesInsteadOfTables(value: unknown): Demand {
  const named =
    typeof value === "object" && value !== null
      ? Object.entries(value).filter(([, table]) => typeof table === "string")
      : [];
  const lines = (named.length > 0 ? named : [["ORDERS_TABLE", "orders"]]).map(
    ([variable, table]) => `${variable}: { of: "tables.${table}", access: "read-write" }`,
  );
  return {
    expected: "be written as 'uses'",
    remedy: `write${named.length > 0 ? "" : " it like"} uses: { ${lines.join(", ")} }`,
  };
}
