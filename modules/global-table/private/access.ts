/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePolicy.html */
export const policyNameLimit = 128;

/** What a role may do with items. */
export type Access = "read" | "read-write";

/** What a policy is written from. */
export interface AccessProps {
  /** What is allowed. */
  readonly access: Access;
  /** The regions of the tables and keys. */
  readonly regions: readonly string[];
  /** The table in each region. */
  readonly tableArns: readonly string[];
  /** Names of the table's indexes. */
  readonly indexNames: readonly string[];
  /** Keys that encrypt the tables. */
  readonly keyArns: readonly string[];
}

const tableActions = {
  read: ["BatchGetItem", "ConditionCheckItem", "DescribeTable", "GetItem", "Query", "Scan"],
  write: ["BatchWriteItem", "DeleteItem", "PutItem", "UpdateItem"],
} as const;

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html */
const keyActions = {
  read: ["Decrypt", "DescribeKey"],
  write: ["Encrypt", "GenerateDataKey*", "ReEncrypt*"],
} as const;

/** The policy document: exact tables and indexes, and the keys by way of DynamoDB only. */
export function renderAccess(props: AccessProps): string {
  const { tableArns, indexNames, keyArns, regions } = props;
  const indexes = {
    Sid: "Indexes",
    Effect: "Allow",
    Action: ["dynamodb:Query", "dynamodb:Scan"],
    Resource: tableArns.flatMap((arn) => indexNames.map((name) => `${arn}/index/${name}`)),
  };
  const keys = {
    Sid: "Keys",
    Effect: "Allow",
    Action: named("kms", keyActions, props.access),
    Resource: keyArns,
    Condition: {
      StringEquals: { "kms:ViaService": regions.map((region) => `dynamodb.${region}.amazonaws.com`) },
    },
  };
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "Items",
        Effect: "Allow",
        Action: named("dynamodb", tableActions, props.access),
        Resource: tableArns,
      },
      ...(indexNames.length > 0 ? [indexes] : []),
      ...(keyArns.length > 0 ? [keys] : []),
    ],
  });
}

function named(
  service: string,
  actions: { readonly read: readonly string[]; readonly write: readonly string[] },
  access: Access,
): string[] {
  const chosen = access === "read" ? actions.read : [...actions.read, ...actions.write];
  return [...chosen].sort().map((action) => `${service}:${action}`);
}
