import { section, whole } from "./fields";

/** How a change reaches what already stands. A stack's first deploy endangers nobody and is not held up. */
export const rolloutSchema = section({
  /**
   * Seconds that a changed region is watched by its alarms before the next region is changed.
   *
   * @default 300
   */
  bakeSeconds: whole(0, 86_400, "give the seconds to wait, at most a day").default(300),
  /**
   * Regions that are changed in one wave. More than one needs an approval each time.
   *
   * @default 1
   */
  regionsPerWave: whole(1, 40, "give the number of regions").default(1),
  /**
   * Resources that one deploy may create, change and destroy without an approval.
   *
   * @default 100
   */
  maximumChanges: whole(1, 100_000, "give the number of changes that need no approval").default(100),
});
