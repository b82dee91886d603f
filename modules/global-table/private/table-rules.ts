import { partitionOf, regionNames, reportOn, type Check, type Problem } from "../../../core";
import { accountId, dynamoDbName, kmsKeyArnIn } from "../../../core/forms";
import { Token } from "cdktf";

import type { CapacityRange } from "../capacity";
import type { GlobalTableProps } from "../global-table-props";
import type { KeyAttribute } from "../keys";

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html */
const limits = { indexes: 20, projectedAttributes: 100 } as const;

/**
 * The regions that can be strongly consistent with each other.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateGlobalTableWitnessGroupMemberAction.html
 */
const strongRegionSets: readonly (readonly string[])[] = [
  ["us-east-1", "us-east-2", "us-west-2"],
  ["eu-central-1", "eu-west-1", "eu-west-2", "eu-west-3"],
  ["ap-northeast-1", "ap-northeast-2", "ap-northeast-3"],
];

/** Everything that is wrong with a table. */
export function tableProblems(where: string, props: GlobalTableProps): readonly Problem[] {
  const { problems, check } = reportOn(where);
  checkIdentity(check, props);
  checkRegions(check, props);
  checkKeyAttributes(check, props);
  checkIndexes(check, props);
  checkEncryption(check, props);
  checkCapacity(check, props);
  checkConsistency(check, props);
  return problems;
}

/** Every attribute of a key, once, by name. */
export function keyAttributesOf(props: GlobalTableProps): readonly KeyAttribute[] & KeyAttribute[] {
  const byName = new Map(allKeys(props).map(({ key }) => [key.name, key.type]));
  return [...byName].sort().map(([name, type]) => ({ name, type }));
}

function checkIdentity(
  check: Check,
  { name, account, ttlAttributeName, alarmThresholds }: GlobalTableProps,
): void {
  check(dynamoDbName.accepts(name), "name", dynamoDbName.expected, name, dynamoDbName.remedy);
  check(
    Token.isUnresolved(account) || accountId.accepts(account),
    "account",
    accountId.expected,
    account,
    accountId.remedy,
  );
  check(
    ttlAttributeName === undefined || (ttlAttributeName.length >= 1 && ttlAttributeName.length <= 255),
    "ttlAttributeName",
    "be 1 to 255 characters",
    ttlAttributeName,
    "name the attribute that holds the expiry, or leave it out",
  );
  for (const [threshold, value] of Object.entries(alarmThresholds ?? {}) as [string, number][]) {
    check(
      value > 0,
      `alarmThresholds.${threshold}`,
      "be above 0",
      value,
      "choose what your users would notice",
    );
  }
}

function checkRegions(check: Check, { homeRegion, replicas }: GlobalTableProps): void {
  check(
    regionNames.includes(homeRegion),
    "homeRegion",
    "be a region of AWS",
    homeRegion,
    "write its code, such as 'eu-west-1'",
  );
  check(
    !(homeRegion in replicas),
    "replicas",
    "name other regions than 'homeRegion'",
    homeRegion,
    "remove it: the table itself is there",
  );
  for (const region of Object.keys(replicas)) {
    check(
      regionNames.includes(region) && partitionOf(region) === partitionOf(homeRegion),
      "replicas",
      `be regions of the partition '${partitionOf(homeRegion)}'`,
      region,
      "write codes of regions that the account can reach",
    );
  }
}

interface PlacedKey {
  readonly property: string;
  readonly key: KeyAttribute;
}

function allKeys(props: GlobalTableProps): readonly PlacedKey[] {
  const keysOf = (
    path: string,
    keys: { partitionKey: KeyAttribute; sortKey?: KeyAttribute },
  ): PlacedKey[] => [
    { property: `${path}partitionKey`, key: keys.partitionKey },
    ...(keys.sortKey === undefined ? [] : [{ property: `${path}sortKey`, key: keys.sortKey }]),
  ];
  return [
    ...keysOf("", props),
    ...Object.entries(props.globalSecondaryIndexes ?? {}).flatMap(([name, index]) =>
      keysOf(`globalSecondaryIndexes.${name}.`, index),
    ),
  ];
}

function checkKeyAttributes(check: Check, props: GlobalTableProps): void {
  const types = new Map<string, string>();
  for (const { property, key } of allKeys(props)) {
    check(
      key.name.length >= 1 && key.name.length <= 255,
      `${property}.name`,
      "be 1 to 255 characters",
      key.name,
      "name the attribute",
    );
    const known = types.get(key.name) ?? key.type;
    types.set(key.name, known);
    check(
      known === key.type,
      `${property}.type`,
      `be '${known}', which the attribute '${key.name}' has in another key`,
      key.type,
      "give an attribute one type",
    );
  }
  const keys = [
    { path: "sortKey", ...props },
    ...Object.entries(props.globalSecondaryIndexes ?? {}).map(([name, index]) => ({
      path: `globalSecondaryIndexes.${name}.sortKey`,
      ...index,
    })),
  ];
  for (const { path, partitionKey, sortKey } of keys) {
    check(
      sortKey?.name !== partitionKey.name,
      path,
      "be another attribute than 'partitionKey'",
      sortKey?.name,
      "remove it, or name another attribute",
    );
  }
}

function checkIndexes(check: Check, { globalSecondaryIndexes = {} }: GlobalTableProps): void {
  const indexes = Object.entries(globalSecondaryIndexes);
  check(
    indexes.length <= limits.indexes,
    "globalSecondaryIndexes",
    `be at most ${limits.indexes}`,
    indexes.length,
    "serve several queries by one index, with keys made of several fields",
  );
  for (const [name, { projection }] of indexes) {
    check(
      dynamoDbName.accepts(name),
      "globalSecondaryIndexes",
      "have names of 3 to 255 letters, digits, underscores, hyphens and periods",
      name,
      "choose a name like 'by-user'",
    );
    check(
      !Array.isArray(projection) || projection.length > 0,
      `globalSecondaryIndexes.${name}.projection`,
      "name at least one attribute",
      projection,
      "choose 'KEYS_ONLY' where the keys are enough",
    );
  }
  const projected = indexes.reduce(
    (sum, [, { projection }]) => sum + (Array.isArray(projection) ? projection.length : 0),
    0,
  );
  check(
    projected <= limits.projectedAttributes,
    "globalSecondaryIndexes",
    `name at most ${limits.projectedAttributes} projected attributes together`,
    projected,
    "project 'ALL' where an index needs many",
  );
}

function checkEncryption(check: Check, { homeRegion, kmsKeyArn, replicas }: GlobalTableProps): void {
  const keys: (readonly [string, string, string | undefined])[] = [
    ["kmsKeyArn", homeRegion, kmsKeyArn],
    ...Object.entries(replicas).map(
      ([region, replica]) => [`replicas.${region}.kmsKeyArn`, region, replica.kmsKeyArn] as const,
    ),
  ];
  const some = keys.some(([, , arn]) => arn !== undefined);
  for (const [property, region, arn] of keys) {
    check(
      !some || arn !== undefined,
      property,
      "be given where another region has a key",
      arn,
      "name a key of each region, or of none",
    );
    check(
      arn === undefined || Token.isUnresolved(arn) || kmsKeyArnIn(region).accepts(arn),
      property,
      kmsKeyArnIn(region).expected,
      arn,
      kmsKeyArnIn(region).remedy,
    );
  }
}

function checkCapacity(check: Check, { capacity, globalSecondaryIndexes }: GlobalTableProps): void {
  if (capacity?.kind !== "provisioned") {
    return;
  }
  check(
    Object.keys(globalSecondaryIndexes ?? {}).length === 0,
    "capacity",
    "be on demand for a table with indexes",
    capacity.kind,
    "remove 'capacity': the provider would undo what auto scaling does to an index",
  );
  for (const kind of ["read", "write"] as const) {
    checkRange(check, `capacity.${kind}`, capacity[kind]);
  }
}

function checkRange(check: Check, path: string, range: CapacityRange): void {
  const { minimum, maximum, targetUtilizationPercentage = 70 } = range;
  check(
    Number.isInteger(minimum) && Number.isInteger(maximum) && minimum >= 1 && minimum <= maximum,
    path,
    "run from a whole number of units, 1 or more, to the same or a higher one",
    range,
    "correct 'minimum' and 'maximum'",
  );
  check(
    targetUtilizationPercentage >= 20 && targetUtilizationPercentage <= 90,
    `${path}.targetUtilizationPercentage`,
    "be between 20 and 90",
    targetUtilizationPercentage,
    "choose 70 unless the load jumps",
  );
}

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/V2globaltables_HowItWorks.html */
function checkConsistency(check: Check, props: GlobalTableProps): void {
  const { consistency } = props;
  if (consistency?.kind !== "strong") {
    return;
  }
  const holding = [props.homeRegion, ...Object.keys(props.replicas)];
  const voting = [
    ...holding,
    ...(consistency.witnessRegion === undefined ? [] : [consistency.witnessRegion]),
  ];
  check(
    new Set(voting).size === voting.length && voting.length === 3 && holding.length >= 2,
    "consistency",
    "be over exactly three regions, one of which may be a witness",
    voting,
    "name two replicas, or one replica and a 'witnessRegion'",
  );
  check(
    strongRegionSets.some((set) => voting.every((region) => set.includes(region))),
    "consistency",
    `be within one of the sets ${strongRegionSets.map((set) => set.join(", ")).join("; ")}`,
    voting,
    "choose regions of one set, or eventual consistency",
  );
  check(
    props.ttlAttributeName === undefined,
    "ttlAttributeName",
    "be absent with strong consistency",
    props.ttlAttributeName,
    "delete old items yourself, or choose eventual consistency",
  );
  check(
    props.capacity?.kind !== "provisioned",
    "capacity",
    "be on demand with strong consistency",
    props.capacity?.kind,
    "remove 'capacity': replicas are made with the table, before anything scales it",
  );
}
