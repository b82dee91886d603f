import type { StandIn } from "../stand-in";

/** A fresh set of all stand-ins, each with an empty store. */
export function standIns(): StandIn[] {
  return [];
}
