import type { TerraformProvider } from "cdktf";
import type { Construct } from "constructs";

import type { Environment, TableSettings } from "../../environments";
import { pascalCase } from "../../core";
import { GlobalTable, type ReplicaOptions, type TableCapacity } from "../../modules/global-table";
import { alarmTopicArn, tableName } from "../physical-names";

/** The environment's tables in the home region, each with a copy in the others. */
export function addTables(
  scope: Construct,
  environment: Environment,
  providerIn: (region: string) => TerraformProvider,
): void {
  const { account, homeRegion, deletionProtection } = environment;
  for (const [name, table] of Object.entries(environment.tables)) {
    new GlobalTable(scope, `Table-${pascalCase(name)}`, {
      name: tableName(environment, name),
      account,
      homeRegion,
      partitionKey: table.partitionKey,
      sortKey: table.sortKey,
      replicas: Object.fromEntries(
        replicaRegionsOf(environment, table).map((region): [string, ReplicaOptions] => [
          region,
          {
            provider: providerIn(region),
            kmsKeyArn: table.kmsKeyArns?.[region],
            alarmTopic: { topicArn: alarmTopicArn(environment, region) },
          },
        ]),
      ),
      capacity: capacityOf(table),
      ttlAttributeName: table.ttlAttribute,
      kmsKeyArn: table.kmsKeyArns?.[homeRegion],
      deletionProtection,
      alarmTopic: { topicArn: alarmTopicArn(environment, homeRegion) },
    });
  }
}

function replicaRegionsOf(
  { homeRegion, regions }: Environment,
  { replicas }: TableSettings,
): readonly string[] {
  return replicas ?? Object.keys(regions).filter((region) => region !== homeRegion);
}

function capacityOf({ provisioned }: TableSettings): TableCapacity {
  return provisioned === undefined ? { kind: "on-demand" } : { kind: "provisioned", ...provisioned };
}
