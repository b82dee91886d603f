import { partitionOf, resourceName, type Permission } from "../../core";

/** What a role may do with items. */
export type TableAccessKind = "read" | "read-write";

/** What {@link tablePermissions} is written from. */
export interface TablePermissionsProps {
  /** What is allowed. */
  readonly access: TableAccessKind;
  /** The regions of the tables and keys. */
  readonly regions: readonly string[];
  /** The table in each region. */
  readonly tableArns: readonly string[];
  /**
   * Names of the table's indexes.
   *
   * @default - it has none
   */
  readonly indexNames?: readonly string[];
  /**
   * ARNs of the KMS keys that encrypt the tables.
   *
   * @default - keys that DynamoDB owns
   */
  readonly keyArns?: readonly string[];
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePolicy.html */
const policyNameLimit = 128;

const tableActions = {
  read: ["BatchGetItem", "ConditionCheckItem", "DescribeTable", "GetItem", "Query", "Scan"],
  write: ["BatchWriteItem", "DeleteItem", "PutItem", "UpdateItem"],
} as const;

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html */
const keyActions = {
  read: ["Decrypt", "DescribeKey"],
  write: ["Encrypt", "GenerateDataKey*", "ReEncrypt*"],
} as const;

/** A table in a region, wherever it is made. */
export interface TableInRegion {
  /** The table's name, the same in every region. */
  readonly tableName: string;
  /** The table's account, 12 digits. */
  readonly account: string;
  /** The region of the copy. */
  readonly region: string;
}

/** The ARN of a table's copy in a region. */
export function tableArnIn({ tableName, account, region }: TableInRegion): string {
  return `arn:${partitionOf(region)}:dynamodb:${region}:${account}:table/${tableName}`;
}

/** Name of the policy that gives access to a table, unique in a role that has one for each table. */
export function tablePolicyName(tableName: string, access: TableAccessKind): string {
  return resourceName(policyNameLimit, tableName, access);
}

/** What a role needs to use a table: exactly its items and indexes, and its keys by way of DynamoDB only. */
export function tablePermissions(props: TablePermissionsProps): Permission[] {
  const { access, regions, tableArns, indexNames = [], keyArns = [] } = props;
  const items: Permission = {
    sid: "Items",
    actions: named("dynamodb", tableActions, access),
    resources: tableArns,
  };
  const indexes: Permission = {
    sid: "Indexes",
    actions: ["dynamodb:Query", "dynamodb:Scan"],
    resources: tableArns.flatMap((arn) => indexNames.map((name) => `${arn}/index/${name}`)),
  };
  const keys: Permission = {
    sid: "Keys",
    actions: named("kms", keyActions, access),
    resources: keyArns,
    conditions: {
      StringEquals: { "kms:ViaService": regions.map((region) => `dynamodb.${region}.amazonaws.com`) },
    },
  };
  return [items, indexes, keys].filter(({ resources }) => resources.length > 0);
}

function named(
  service: string,
  actions: { readonly read: readonly string[]; readonly write: readonly string[] },
  access: TableAccessKind,
): string[] {
  const chosen = access === "read" ? actions.read : [...actions.read, ...actions.write];
  return [...chosen].sort().map((action) => `${service}:${action}`);
}
