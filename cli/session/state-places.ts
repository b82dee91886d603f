import type { ObjectPlace } from "../aws/objects";
import type { TargetEnvironment } from "../base/target-environment";

/** The two copies of an environment's states. */
export type StateCopy = "home" | "replica";

/** The bucket of a copy, and its region. */
export function bucketOf(
  { homeRegion, state }: TargetEnvironment,
  copy: StateCopy,
): { readonly bucket: string; readonly region: string } {
  return copy === "home"
    ? { bucket: state.bucket, region: homeRegion }
    : { bucket: `${state.bucket}-replica`, region: state.replicaRegion };
}

/** The region of the copy that is read and written. */
export function stateRegionOf(environment: TargetEnvironment): string {
  return bucketOf(environment, environment.state.location).region;
}

/** Where the replica says that it is the one to be written. */
export function promotionOf(environment: TargetEnvironment): ObjectPlace {
  return { ...bucketOf(environment, "replica"), key: `${environment.name}/promoted.json` };
}
