import type { Environment } from "../environment";
import type { Finding } from "../checks/finding";
import { strangeRegion } from "../network/regions";

/** Clusters lie in regions of the environment. */
export function checkHpc({ hpc, regions }: Environment): Finding[] {
  const names = Object.keys(regions);
  return Object.entries(hpc.clusters).flatMap(([name, { region }]) =>
    region === undefined || names.includes(region)
      ? []
      : [strangeRegion(`hpc.clusters.${name}.region`, region, names)],
  );
}
