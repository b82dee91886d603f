import { known, pascalCase, type Binding } from "../../core";
import { tableArnIn, tablePermissions, tablePolicyName } from "../../modules/global-table";
import type { BindingRequest } from "../binding-request";
import { tableName } from "../physical-names";

/** A table tells its name, and is used in the region's own copy. */
export function bindTable({
  environment,
  region,
  name,
  variables,
  accesses,
}: BindingRequest): Partial<Binding> {
  const table = known(environment.tables[name], `${environment.name}: ${name} is no table`);
  const inAws = { tableName: tableName(environment, name), account: environment.account, region };
  const access = accesses.includes("read-write") ? "read-write" : "read";
  const keyArn = table.kmsKeyArns?.[region];
  return {
    variables: Object.fromEntries(variables.map((variable) => [variable, inAws.tableName])),
    grants: [
      {
        id: `Table-${pascalCase(name)}`,
        policyName: tablePolicyName(inAws.tableName, access),
        permissions: tablePermissions({
          access,
          regions: [region],
          tableArns: [tableArnIn(inAws)],
          keyArns: keyArn === undefined ? [] : [keyArn],
        }),
      },
    ],
  };
}
