import type { Capability } from "../capability";
import { addResolver } from "./resolver";

/** What networks and the networks beyond them ask each other. */
export const privateDns: Capability = {
  noun: "private-dns",
  network: ({ scope, environment, network }) => {
    addResolver(scope, environment, network);
  },
};
