import { kmsKeyArnIn } from "../../../core/forms";
import type { Environment } from "../environment";
import type { Service } from "../service/settings";
import { nearestName } from "../nearest-name";
import type { TableSettings } from "./settings";
import type { Finding } from "../checks/finding";
import { strangeRegion } from "../network/regions";

/** Tables are copied to regions of the environment, and services find them where they run. */
export function checkTables(environment: Environment): Finding[] {
  return [
    ...Object.entries(environment.tables).flatMap(([name, table]) =>
      checkTable(`tables.${name}`, table, environment),
    ),
    ...Object.entries(environment.services).flatMap(([name, service]) =>
      checkService(`services.${name}.tables`, service, environment),
    ),
  ];
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

/** The regions that hold a table, the home region first. */
function regionsOf({ replicas }: TableSettings, { homeRegion, regions }: Environment): readonly string[] {
  return [homeRegion, ...(replicas ?? Object.keys(regions).filter((region) => region !== homeRegion))];
}

function checkService(
  path: string,
  { tables, regions, environment: variables }: Service,
  environment: Environment,
): Finding[] {
  return Object.entries(tables).flatMap(([variable, name]) => {
    const property = `${path}.${variable}`;
    const table = environment.tables[name];
    if (table === undefined) {
      const names = Object.keys(environment.tables);
      return [
        {
          property,
          expected: "be one of the environment's tables",
          got: name,
          remedy:
            names.length === 0
              ? "add it to 'tables'"
              : `write '${nearestName(name, names)}', or add it to 'tables'`,
        },
      ];
    }
    const held = regionsOf(table, environment);
    const without = regions.filter((region) => !held.includes(region));
    return [
      ...(without.length === 0
        ? []
        : [
            {
              property,
              expected: "be a table with a copy in every region of the service",
              got: name,
              remedy: `add ${without.join(", ")} to 'tables.${name}.replicas'`,
            },
          ]),
      ...(Object.hasOwn(variables, variable)
        ? [
            {
              property,
              expected: "not be in 'environment' as well",
              got: name,
              remedy: "remove one of the two",
            },
          ]
        : []),
    ];
  });
}
