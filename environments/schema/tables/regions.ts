import type { Environment } from "../environment";
import type { TableSettings } from "./settings";

/** The regions that hold a table, the home region first. */
export function regionsOf(
  { replicas }: TableSettings,
  { homeRegion, regions }: Environment,
): readonly string[] {
  return [homeRegion, ...(replicas ?? Object.keys(regions).filter((region) => region !== homeRegion))];
}
