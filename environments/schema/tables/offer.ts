import type { Offer } from "../uses/offer";
import { regionsOf } from "./regions";
import { tableAccesses } from "./settings";

/** Tables are read, or read and written, in the regions that hold a copy; their one value is their name in AWS. */
export const tableOffer: Offer = {
  accesses: tableAccesses,
  variableEndings: [""],
  held: (environment) =>
    new Map(
      Object.entries(environment.tables).map(([name, table]) => [
        name,
        {
          regions: regionsOf(table, environment),
          remedy: (missing) => `add ${missing.join(", ")} to 'tables.${name}.replicas'`,
        },
      ]),
    ),
};
