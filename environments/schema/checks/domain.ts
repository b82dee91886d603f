import type { Environment } from "../environment";
import type { Finding } from "./finding";

/** A zone is signed by whoever created it. */
export function checkDomain({ domain }: Environment): Finding[] {
  return domain.dnssec && domain.zone === "existing"
    ? [
        {
          property: "domain.dnssec",
          expected: "be false for an existing zone, which its owner signs",
          got: true,
          remedy: "remove it, or let the environment create the zone",
        },
      ]
    : [];
}
