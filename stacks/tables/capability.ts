import type { Capability } from "../capability";
import { addTables } from "./tables";

/** Tables with a copy in each region. */
export const tables: Capability = {
  noun: "tables",
  foundation: ({ scope, environment, providerIn }) => {
    addTables(scope, environment, providerIn);
  },
};
