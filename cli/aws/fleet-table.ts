import type { AwsAccess } from "./access";
import { clientSettings } from "./client";
import { CommandError, messageOf } from "../base/errors";

/** One item of a cluster's table, whose key is `Id`. */
export type Item = Readonly<Record<string, unknown>> & { readonly Id: string };

/** A cluster's table of nodes, which the daemon on the head node keeps. */
export interface FleetTable {
  /** All items; nothing where there is no such table. */
  items(): Promise<readonly Item[] | undefined>;
  /** Asks the daemon for a status. */
  request(status: "START_REQUESTED" | "STOP_REQUESTED"): Promise<void>;
  /** Asks the daemon for all that it knows; it answers in the item `DIAGNOSIS`. */
  diagnose(askedAt: number): Promise<void>;
}

/** Opens the table of a cluster. */
export type OpenFleetTable = (access: AwsAccess, region: string, table: string) => FleetTable;

/** The table in DynamoDB; the SDK is loaded on first use. */
export const dynamodbTable: OpenFleetTable = (access, region, TableName) => {
  const load = async () => {
    const sdk = await import("@aws-sdk/client-dynamodb");
    return { sdk, client: new sdk.DynamoDBClient(clientSettings(access, region)) };
  };
  const set = async (Id: string, field: string, value: { S: string } | { N: string }): Promise<void> => {
    const { sdk, client } = await load();
    try {
      await client.send(
        new sdk.UpdateItemCommand({
          TableName,
          Key: { Id: { S: Id } },
          UpdateExpression: "SET #field = :value",
          ExpressionAttributeNames: { "#field": field },
          ExpressionAttributeValues: { ":value": value },
        }),
      );
    } catch (error) {
      throw refusal(error, TableName, region, "dynamodb:UpdateItem");
    }
  };
  return {
    async items() {
      const { sdk, client } = await load();
      const items: Item[] = [];
      try {
        for await (const page of sdk.paginateScan({ client }, { TableName, ConsistentRead: true })) {
          items.push(...(page.Items ?? []).map((item) => plain({ M: item }) as Item));
        }
        return items;
      } catch (error) {
        if (error instanceof sdk.ResourceNotFoundException) {
          return undefined;
        }
        throw refusal(error, TableName, region, "dynamodb:Scan");
      }
    },
    request: (status) => set("FLEET", "Status", { S: status }),
    diagnose: (askedAt) => set("DIAGNOSE", "Asked", { N: String(askedAt) }),
  };
};

function refusal(error: unknown, table: string, region: string, action: string): CommandError {
  return new CommandError(
    `The table ${table} in ${region} does not answer: ${messageOf(error)}`,
    `Allow the credentials ${action} on it.`,
  );
}

interface AttributeValue {
  readonly S?: string;
  readonly N?: string;
  readonly BOOL?: boolean;
  readonly M?: Readonly<Record<string, AttributeValue>>;
  readonly L?: readonly AttributeValue[];
}

/** A value of DynamoDB as JSON has it; the daemon writes these kinds only. */
function plain({ S, N, BOOL, M, L }: AttributeValue): unknown {
  if (M !== undefined) {
    return Object.fromEntries(Object.entries(M).map(([key, value]) => [key, plain(value)]));
  }
  return L?.map(plain) ?? S ?? BOOL ?? (N === undefined ? undefined : Number(N));
}
