import { partitionOf } from "../../../core";
import type { Environment } from "../environment";
import type { Finding } from "../checks/finding";

/** One call flips no more controls than this, and a change must be whole. */
const mostRegions = 10;

/** Routing controls have somewhere to lead users to, and names that follow them. */
export function checkRoutingControls({ recovery, regions, homeRegion, accelerator }: Environment): Finding[] {
  const { routingControls } = recovery;
  if (routingControls === undefined) {
    return [];
  }
  const count = Object.keys(regions).length;
  const findings: Finding[] = [];
  if (count < 2 || count > mostRegions) {
    findings.push({
      property: "recovery.routingControls",
      expected: `go with 2 to ${mostRegions} regions`,
      got: count,
      remedy:
        count < 2
          ? "remove it, or add a region that users can be led to"
          : "remove it: one call can change no more controls",
    });
  } else if (routingControls.minimumOn >= count) {
    findings.push({
      property: "recovery.routingControls.minimumOn",
      expected: `be less than the number of regions, ${count}`,
      got: routingControls.minimumOn,
      remedy: "lower it, so that a region can be taken out",
    });
  }
  if (accelerator.onlyEntry) {
    findings.push({
      property: "recovery.routingControls",
      expected:
        "be left out where 'accelerator.onlyEntry' is true: an accelerator follows no routing control",
      got: routingControls,
      remedy: "remove one of the two; beside 'onlyEntry' traffic dials take a region out",
    });
  }
  if (partitionOf(homeRegion) !== "aws") {
    findings.push({
      property: "recovery.routingControls",
      expected: "be left out outside of the partition aws, where it is untested",
      got: homeRegion,
      remedy: "remove it",
    });
  }
  return findings;
}
