import type { Stack } from "./manifest";

/** The stacks of one region: what serves users there, and the network that it stands in. */
export interface RegionLayers {
  readonly region: Stack;
  readonly network: Stack;
}

/** The name of the stack that holds the network of a region's stack. */
export function networkStackOf(region: string): string {
  return `${region}-network`;
}

/** The stacks of each region of an environment. */
export function regionLayers(stacks: readonly Stack[]): RegionLayers[] {
  return stacks.flatMap((region) => {
    const network = stacks.find(({ name }) => name === networkStackOf(region.name));
    return network === undefined ? [] : [{ region, network }];
  });
}
