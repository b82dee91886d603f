import { fastestRoute53RtoSeconds } from "../../../core";
import type { Environment } from "../environment";
import type { Finding } from "./finding";

/** The recovery time is one that DNS can reach. */
export function checkRecoveryTime({ recovery }: Environment): Finding[] {
  return recovery.rtoSeconds >= fastestRoute53RtoSeconds
    ? []
    : [
        {
          property: "recovery.rtoSeconds",
          expected: `be at least ${fastestRoute53RtoSeconds}, the shortest that Route 53 routing reaches`,
          got: recovery.rtoSeconds,
          remedy: `raise it to ${fastestRoute53RtoSeconds} or more`,
        },
      ];
}
