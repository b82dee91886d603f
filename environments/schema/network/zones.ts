import { zonesOf } from "../../../core";
import type { Environment } from "../environment";
import { nearestName } from "../nearest-name";
import type { Finding } from "../checks/finding";

/**
 * A load balancer refuses fewer zones.
 *
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html
 */
const fewestZones = 2;

/** Zones belong to their region, are named once, and are enough for a load balancer. */
export function checkZones({ regions }: Environment): Finding[] {
  return Object.entries(regions).flatMap(([region, { zones }]) => [
    ...checkCount(region, zones),
    ...zones.flatMap((zone, index) => checkZone(region, zones, zone, index)),
  ]);
}

function checkCount(region: string, zones: readonly string[]): Finding[] {
  if (new Set(zones).size >= fewestZones) {
    return [];
  }
  const more = zonesOf(region).filter((zone) => !zones.includes(zone));
  return [
    {
      property: `regions.${region}.zones`,
      expected: `hold at least ${fewestZones} zones, because a load balancer needs them`,
      got: zones,
      remedy: more.length > 0 ? `add one of ${more.join(", ")}` : "add another zone",
    },
  ];
}

function checkZone(region: string, zones: readonly string[], zone: string, index: number): Finding[] {
  const known = zonesOf(region);
  const finding = { property: `regions.${region}.zones.${index}`, got: zone };
  if (known.length > 0 && !known.includes(zone)) {
    return [
      {
        ...finding,
        expected: `be a zone of ${region} (${known.join(", ")})`,
        remedy: `write '${nearestName(zone, known)}', the nearest one`,
      },
    ];
  }
  return zones.indexOf(zone) === index
    ? []
    : [{ ...finding, expected: "be named once", remedy: "name another zone, or remove the repetition" }];
}
