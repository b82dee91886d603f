import { ServiceError } from "../../answer";
import {
  account,
  found,
  jsonService,
  listAt,
  objectAt,
  pick,
  randomHex,
  textAt,
  type Context,
  type JsonObject,
  type JsonOperation,
  type StandIn,
} from "../../toolkit";

/** The provider tells this refusal from others by its text. */
const replicaNotFound =
  "Replica specified in the Replica Update or Replica Delete action of the request was not found.";

type Replica = JsonObject & { readonly RegionName: string };

/** The tables that replicate to each other: one name in several regions. */
type Group = Map<string, Replica>;

/**
 * DynamoDB: contributor insights and replicas of global tables. A replica is a table of its own in moto, in the replica's
 * region and with the same schema; items are not copied. Everything else is moto's.
 */
export function dynamodb(): StandIn {
  const groups = new Groups();
  const insights = new Set<string>();
  return jsonService({
    service: "dynamodb",
    complete: false,
    operations: {
      ...insightOperations(insights),
      DescribeTable: async (input, context) => {
        const output = await context.motoJson("DescribeTable", input);
        return { Table: withReplicas(objectAt(output, "Table"), groups, context.region) };
      },
      UpdateTable: async (input, context) => {
        const updates = listAt(input, "ReplicaUpdates");
        const name = tableName(input);
        if (updates.length === 0) {
          const output = await context.motoJson("UpdateTable", input);
          return {
            TableDescription: withReplicas(objectAt(output, "TableDescription"), groups, context.region),
          };
        }
        for (const update of updates) {
          await applyUpdate(update, name, groups, context);
        }
        const output = await context.motoJson("DescribeTable", { TableName: name });
        return { TableDescription: withReplicas(objectAt(output, "Table"), groups, context.region) };
      },
      DeleteTable: async (input, context) => {
        const output = await context.motoJson("DeleteTable", input);
        groups.leave(tableName(input), context.region);
        forgetInsights(insights, tableName(input), context.region);
        return output;
      },
      DescribeTableReplicaAutoScaling: (input, context) => ({
        TableAutoScalingDescription: {
          TableName: tableName(input),
          TableStatus: "ACTIVE",
          Replicas: [...(groups.of(tableName(input), context.region)?.values() ?? [])].map(
            ({ RegionName }) => ({
              RegionName,
              ReplicaStatus: "ACTIVE",
            }),
          ),
        },
      }),
    },
  });
}

/** Whether tables and their indexes list their hottest keys; nothing is counted. */
function insightOperations(enabled: Set<string>): Record<string, JsonOperation> {
  const keyOf = (input: JsonObject, { region }: Context) =>
    [region, tableName(input), textAt(input, "IndexName") ?? ""].join("/");
  const describe = (input: JsonObject, context: Context) => ({
    TableName: tableName(input),
    ...pick(input, "IndexName"),
    ContributorInsightsStatus: enabled.has(keyOf(input, context)) ? "ENABLED" : "DISABLED",
  });
  return {
    DescribeContributorInsights: async (input, context) => {
      await context.motoJson("DescribeTable", { TableName: tableName(input) });
      return describe(input, context);
    },
    UpdateContributorInsights: async (input, context) => {
      await context.motoJson("DescribeTable", { TableName: tableName(input) });
      if (input.ContributorInsightsAction === "ENABLE") {
        enabled.add(keyOf(input, context));
      } else {
        enabled.delete(keyOf(input, context));
      }
      return describe(input, context);
    },
  };
}

function forgetInsights(enabled: Set<string>, name: string, region: string): void {
  for (const key of [...enabled].filter((each) => each.startsWith(`${region}/${name}/`))) {
    enabled.delete(key);
  }
}

class Groups {
  private readonly byTable = new Map<string, Group>();

  of(name: string, region: string): Group | undefined {
    return this.byTable.get(`${region}/${name}`);
  }

  join(name: string, region: string, replica: Replica): void {
    const group = this.of(name, region) ?? new Map([[region, describeReplica({ RegionName: region })]]);
    group.set(replica.RegionName, replica);
    for (const member of group.keys()) {
      this.byTable.set(`${member}/${name}`, group);
    }
  }

  leave(name: string, region: string): void {
    this.of(name, region)?.delete(region);
    this.byTable.delete(`${region}/${name}`);
  }
}

function tableName(input: JsonObject): string {
  const name = String(input.TableName);
  return name.startsWith("arn:") ? (name.split("/").at(1) ?? name) : name;
}

/** A table's description names the other members of its group, not itself. */
function withReplicas(table: JsonObject, groups: Groups, region: string): JsonObject {
  const group = groups.of(String(table.TableName), region);
  const others = [...(group?.values() ?? [])].filter(({ RegionName }) => RegionName !== region);
  return others.length === 0 ? table : { ...table, GlobalTableVersion: "2019.11.21", Replicas: others };
}

async function applyUpdate(
  update: JsonObject,
  name: string,
  groups: Groups,
  context: Context,
): Promise<void> {
  const [kind = "", detail] = Object.entries(update)[0] ?? [];
  const apply = found(replicaUpdates[kind], "ValidationException", `unknown replica update ${kind}`);
  await apply(detail as JsonObject, name, groups, context);
}

type ReplicaUpdate = (
  change: JsonObject,
  name: string,
  groups: Groups,
  context: Context,
) => Promise<void> | void;

const replicaUpdates: Readonly<Record<string, ReplicaUpdate>> = {
  Create: async (change, name, groups, context) => {
    const region = textAt(change, "RegionName") ?? "";
    if (region === context.region || groups.of(name, context.region)?.has(region) === true) {
      throw new ServiceError(
        "ValidationException",
        `Failed to create a replica of table: it exists in ${region}`,
      );
    }
    const { Table } = await context.motoJson("DescribeTable", { TableName: name });
    await context.inRegion(region).motoJson("CreateTable", replicaDefinition(Table as JsonObject, change));
    groups.join(name, context.region, describeReplica(change));
  },
  Update: (change, name, groups, context) => {
    const known = memberOf(groups, name, context.region, change);
    groups.join(name, context.region, { ...known, ...describeReplica(change), ReplicaArn: known.ReplicaArn });
  },
  Delete: async (change, name, groups, context) => {
    const { RegionName } = memberOf(groups, name, context.region, change);
    await context.inRegion(RegionName).motoJson("DeleteTable", { TableName: name });
    groups.leave(name, RegionName);
  },
};

function memberOf(groups: Groups, name: string, region: string, change: JsonObject): Replica {
  const member = groups.of(name, region)?.get(textAt(change, "RegionName") ?? "");
  return found(member, "ValidationException", replicaNotFound);
}

function describeReplica(change: JsonObject): Replica {
  const classOverride = change.TableClassOverride;
  return {
    RegionName: String(change.RegionName),
    ReplicaStatus: "ACTIVE",
    ReplicaArn: `arn:aws:dynamodb:${String(change.RegionName)}:${account}:replica-${randomHex(8)}`,
    ...pick(change, "KMSMasterKeyId", "ProvisionedThroughputOverride", "GlobalSecondaryIndexes"),
    ...(classOverride === undefined ? {} : { ReplicaTableClassSummary: { TableClass: classOverride } }),
  };
}

/** The source's schema as the input of `CreateTable`. */
function replicaDefinition(table: JsonObject, change: JsonObject): JsonObject {
  const billing = textAt(objectAt(table, "BillingModeSummary"), "BillingMode") ?? "PROVISIONED";
  const throughput = (described: JsonObject) =>
    billing === "PROVISIONED"
      ? {
          ProvisionedThroughput: pick(
            objectAt(described, "ProvisionedThroughput"),
            "ReadCapacityUnits",
            "WriteCapacityUnits",
          ),
        }
      : {};
  const indexes = (name: string, own: (index: JsonObject) => JsonObject) => {
    const list = listAt(table, name);
    return list.length === 0
      ? {}
      : {
          [name]: list.map((index) => ({
            ...pick(index, "IndexName", "KeySchema", "Projection"),
            ...own(index),
          })),
        };
  };
  const key = change.KMSMasterKeyId;
  return {
    ...pick(table, "TableName", "AttributeDefinitions", "KeySchema", "StreamSpecification"),
    BillingMode: billing,
    ...throughput(table),
    ...indexes("GlobalSecondaryIndexes", throughput),
    ...indexes("LocalSecondaryIndexes", () => ({})),
    ...(key === undefined
      ? {}
      : { SSESpecification: { Enabled: true, SSEType: "KMS", KMSMasterKeyId: key } }),
  };
}
