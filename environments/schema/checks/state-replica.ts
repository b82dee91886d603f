import { partitionOf, regionNames } from "../../../core";
import type { Environment } from "../environment";
import type { Finding } from "./finding";
import { unknownRegion } from "../network/regions";

/** The state outlives the home region: its replica is in another region of the same partition. */
export function checkStateReplica({ homeRegion, state }: Environment): Finding[] {
  const property = "state.replicaRegion";
  const region = state.replicaRegion;
  if (!regionNames.includes(region)) {
    return [unknownRegion(property, region)];
  }
  if (region === homeRegion) {
    return [
      {
        property,
        expected: "differ from the home region, so that the state outlives it",
        got: region,
        remedy: "choose another region, or leave it out for the default",
      },
    ];
  }
  return partitionOf(region) === partitionOf(homeRegion) || !regionNames.includes(homeRegion)
    ? []
    : [
        {
          property,
          expected: `lie in partition ${partitionOf(homeRegion)}, as the home region does`,
          got: region,
          remedy: "choose a region of that partition, or leave it out for the default",
        },
      ];
}
