import type { TerraformProvider } from "cdktf";
import type { Construct } from "constructs";

import type { Environment, Service, TableSettings } from "../../environments";
import { pascalCase, type IGrantable } from "../../core";
import {
  GlobalTable,
  TableAccess,
  type ReplicaOptions,
  type TableCapacity,
} from "../../modules/global-table";
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

/** Lets what runs a service read and write the service's tables in its region. */
export function grantTables(
  runtime: Construct & IGrantable,
  environment: Environment,
  { tables }: Service,
  region: string,
): void {
  for (const table of new Set(Object.values(tables))) {
    new TableAccess(runtime, `Table-${pascalCase(table)}`, {
      tableName: tableName(environment, table),
      account: environment.account,
      region,
      grantee: runtime,
      access: "read-write",
      kmsKeyArn: environment.tables[table]?.kmsKeyArns?.[region],
    });
  }
}

/** The variables that tell a container the names of its tables. */
export function tableVariables(environment: Environment, { tables }: Service): Record<string, string> {
  return Object.fromEntries(
    Object.entries(tables).map(([variable, table]) => [variable, tableName(environment, table)]),
  );
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
