import { partitionOf, regionNames } from "../../../core";
import type { Environment } from "../environment";
import { nearestName } from "../nearest-name";
import type { Finding } from "../checks/finding";

/** Regions exist, lie in one partition, and hold the home region and those of every service. */
export function checkRegions(environment: Environment): Finding[] {
  const names = Object.keys(environment.regions);
  if (names.length === 0) {
    return [
      {
        property: "regions",
        expected: "hold at least one region",
        got: environment.regions,
        remedy: "add the home region",
      },
    ];
  }
  return [
    ...names
      .filter((name) => !regionNames.includes(name))
      .map((name) => unknownRegion(`regions.${name}`, name)),
    ...checkPartitions(names),
    ...checkHomeRegion(environment.homeRegion, names),
    ...Object.entries(environment.services).flatMap(([name, service]) =>
      checkRegionList(`services.${name}.regions`, service.regions, names),
    ),
  ];
}

/** The finding about a region that AWS does not have. */
export function unknownRegion(property: string, name: string): Finding {
  return {
    property,
    expected: "be an AWS region",
    got: name,
    remedy: `write '${nearestName(name, regionNames)}', the nearest one`,
  };
}

function checkPartitions(names: readonly string[]): Finding[] {
  const known = names.filter((name) => regionNames.includes(name));
  const partitions = new Set(known.map(partitionOf));
  return partitions.size <= 1
    ? []
    : [
        {
          property: "regions",
          expected: "lie in one partition, because an account does",
          got: Object.fromEntries(known.map((name) => [name, partitionOf(name)])),
          remedy: "describe each partition in an environment of its own",
        },
      ];
}

function checkHomeRegion(homeRegion: string, names: readonly string[]): Finding[] {
  return names.includes(homeRegion) ? [] : [strangeRegion("homeRegion", homeRegion, names)];
}

/** The finding about a region that the environment does not have. */
export function strangeRegion(property: string, name: string, names: readonly string[]): Finding {
  return {
    property,
    expected: `be one of the environment's regions (${names.join(", ")})`,
    got: name,
    remedy: `write '${nearestName(name, names)}', or add the region to 'regions'`,
  };
}

/** A list of regions holds at least one, each of them the environment's and named once. */
export function checkRegionList(
  property: string,
  chosen: readonly string[],
  names: readonly string[],
): Finding[] {
  if (chosen.length === 0) {
    return [
      {
        property,
        expected: "hold at least one region",
        got: chosen,
        remedy: "name the regions, or leave it out for all of them",
      },
    ];
  }
  return chosen.flatMap((region, index) => {
    const finding = { property: `${property}.${index}`, got: region };
    if (!names.includes(region)) {
      return [strangeRegion(finding.property, region, names)];
    }
    return chosen.indexOf(region) === index
      ? []
      : [{ ...finding, expected: "be named once", remedy: "remove the repetition" }];
  });
}
