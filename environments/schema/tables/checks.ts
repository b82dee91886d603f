import { kmsKeyArnIn } from "../../../core/forms";
import type { Environment } from "../environment";
import type { TableSettings } from "./settings";
import type { Finding } from "../checks/finding";
import { strangeRegion } from "../network/regions";
import { regionsOf } from "./regions";

/** Tables are copied to regions of the environment. */
export function checkTables(environment: Environment): Finding[] {
  return Object.entries(environment.tables).flatMap(([name, table]) =>
    checkTable(`tables.${name}`, table, environment),
  );
}

function checkTable(path: string, table: TableSettings, environment: Environment): Finding[] {
  const names = Object.keys(environment.regions);
  const { replicas = [], kmsKeyArns } = table;
  return [
    ...replicas
      .map((region, index) => ({ region, property: `${path}.replicas.${index}` }))
      .filter(({ region }) => !names.includes(region) || region === environment.homeRegion)
      .map(({ region, property }) =>
        region === environment.homeRegion
          ? {
              property,
              expected: "not be the home region, which holds the table itself",
              got: region,
              remedy: "remove it",
            }
          : strangeRegion(property, region, names),
      ),
    ...(kmsKeyArns === undefined
      ? []
      : checkKeys(`${path}.kmsKeyArns`, kmsKeyArns, regionsOf(table, environment))),
    ...(["read", "write"] as const)
      .filter(
        (kind) =>
          table.provisioned !== undefined &&
          table.provisioned[kind].minimum > table.provisioned[kind].maximum,
      )
      .map((kind) => ({
        property: `${path}.provisioned.${kind}.maximum`,
        expected: "be at least the minimum",
        got: table.provisioned?.[kind],
        remedy: "raise it, or lower the minimum",
      })),
  ];
}

function checkKeys(
  property: string,
  keys: Readonly<Record<string, string>>,
  regions: readonly string[],
): Finding[] {
  return regions
    .filter((region) => !kmsKeyArnIn(region).accepts(keys[region] ?? ""))
    .map((region) => ({
      property: `${property}.${region}`,
      expected: kmsKeyArnIn(region).expected,
      got: keys[region],
      remedy: "name a key for every region that holds a copy, or for none",
    }));
}
