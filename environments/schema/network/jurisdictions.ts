import type { Environment } from "../environment";
import type { Service } from "../service/settings";
import { nearestName } from "../nearest-name";
import type { Finding } from "../checks/finding";
import { checkRegionList } from "./regions";

/** Jurisdictions hold regions of the environment, and services stay within theirs. */
export function checkJurisdictions(environment: Environment): Finding[] {
  const { regions, jurisdictions, services } = environment;
  return [
    ...Object.entries(jurisdictions).flatMap(([name, allowed]) =>
      checkRegionList(`jurisdictions.${name}`, allowed, Object.keys(regions)),
    ),
    ...Object.entries(services).flatMap(([name, service]) =>
      checkService(`services.${name}`, service, jurisdictions),
    ),
  ];
}

function checkService(
  path: string,
  { jurisdiction, regions }: Service,
  jurisdictions: Environment["jurisdictions"],
): Finding[] {
  if (jurisdiction === undefined) {
    return [];
  }
  const allowed = jurisdictions[jurisdiction];
  if (allowed === undefined) {
    const names = Object.keys(jurisdictions);
    return [
      {
        property: `${path}.jurisdiction`,
        expected: "be one of the environment's jurisdictions",
        got: jurisdiction,
        remedy:
          names.length === 0
            ? "add it to 'jurisdictions' with the regions that it allows"
            : `write '${nearestName(jurisdiction, names)}', or add it to 'jurisdictions'`,
      },
    ];
  }
  return regions
    .map((region, index) => ({ region, index }))
    .filter(({ region }) => !allowed.includes(region))
    .map(({ region, index }) => ({
      property: `${path}.regions.${index}`,
      expected: `be a region of its jurisdiction '${jurisdiction}' (${allowed.join(", ")})`,
      got: region,
      remedy: "remove the region, or allow it in 'jurisdictions'",
    }));
}
