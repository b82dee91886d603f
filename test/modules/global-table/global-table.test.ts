import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import type { TerraformStack } from "cdktf";

import { GlobalTable, type GlobalTableProps, type ReplicaOptions } from "../../../modules/global-table";
import { type Block, emptyStack, refusal, resourceAt, resourcesOf, treeOf } from "../../support/synth";
import { resolve } from "../dns/resolve";

const account = "111122223333";

function keyArn(region: string): string {
  return `arn:aws:kms:${region}:${account}:key/1`;
}

function make(
  props: Partial<Omit<GlobalTableProps, "replicas">> = {},
  replicas: Readonly<Record<string, Omit<ReplicaOptions, "provider">>> = { "eu-central-1": {} },
): { stack: TerraformStack; table: GlobalTable } {
  const stack = emptyStack();
  const table = new GlobalTable(stack, "Table", {
    name: "prod-sessions",
    account,
    homeRegion: "eu-west-1",
    partitionKey: { name: "id", type: "S" },
    ...props,
    replicas: Object.fromEntries(
      Object.entries(replicas).map(([region, options]) => [
        region,
        {
          provider: new AwsProvider(stack, `Aws-${region}`, { region, alias: region.replaceAll("-", "_") }),
          ...options,
        },
      ]),
    ),
  });
  return { stack, table };
}

function refusalOf(...parameters: Parameters<typeof make>): string {
  return refusal(() => make(...parameters));
}

const tableRef = "aws_dynamodb_table.Table_CD117FA1";
const at = "test/Table: ";

describe("GlobalTable", () => {
  it("is on demand, recoverable, protected and streams both images by default", () => {
    const { stack } = make();

    expect(resourceAt(stack, "aws_dynamodb_table")).toEqual({
      name: "prod-sessions",
      billing_mode: "PAY_PER_REQUEST",
      hash_key: "id",
      attribute: [{ name: "id", type: "S" }],
      global_secondary_index: [],
      stream_enabled: true,
      stream_view_type: "NEW_AND_OLD_IMAGES",
      point_in_time_recovery: { enabled: true },
      deletion_protection_enabled: true,
      lifecycle: { prevent_destroy: true, ignore_changes: ["replica"] },
    });
    expect(resourceAt(stack, "aws_dynamodb_table_replica")).toEqual({
      provider: "aws.eu_central_1",
      global_table_arn: `\${${tableRef}.arn}`,
      point_in_time_recovery: true,
      deletion_protection_enabled: true,
    });
  });

  it("keeps its construct ids, which are addresses in the state", () => {
    const { table } = make({ contributorInsights: true });

    expect(treeOf(table)).toEqual([
      "test/Table",
      "test/Table/Resource",
      "test/Table/Replicas",
      "test/Table/Replicas/eu-central-1",
      "test/Table/Alarms",
      "test/Table/Alarms/eu-west-1",
      "test/Table/Alarms/eu-west-1/ReplicationTo-eu-central-1",
      "test/Table/Alarms/eu-west-1/ReadThrottling",
      "test/Table/Alarms/eu-west-1/WriteThrottling",
      "test/Table/Alarms/eu-west-1/SystemErrors",
      "test/Table/Alarms/eu-central-1",
      "test/Table/Alarms/eu-central-1/ReplicationTo-eu-west-1",
      "test/Table/Alarms/eu-central-1/ReadThrottling",
      "test/Table/Alarms/eu-central-1/WriteThrottling",
      "test/Table/Alarms/eu-central-1/SystemErrors",
      "test/Table/ContributorInsights-eu-west-1",
      "test/Table/ContributorInsights-eu-central-1",
    ]);
  });

  it("takes keys, indexes, expiry and encryption as given", () => {
    const { stack } = make(
      {
        sortKey: { name: "at", type: "N" },
        globalSecondaryIndexes: {
          "by-user": { partitionKey: { name: "user", type: "S" }, sortKey: { name: "at", type: "N" } },
          "by-mail": { partitionKey: { name: "mail", type: "S" }, projection: ["user"] },
          "by-time": { partitionKey: { name: "at", type: "N" }, projection: "KEYS_ONLY" },
        },
        ttlAttributeName: "expires",
        kmsKeyArn: keyArn("eu-west-1"),
        deletionProtection: false,
      },
      { "eu-central-1": { kmsKeyArn: keyArn("eu-central-1") } },
    );

    expect(resourceAt(stack, "aws_dynamodb_table")).toEqual({
      name: "prod-sessions",
      billing_mode: "PAY_PER_REQUEST",
      hash_key: "id",
      range_key: "at",
      attribute: [
        { name: "at", type: "N" },
        { name: "id", type: "S" },
        { name: "mail", type: "S" },
        { name: "user", type: "S" },
      ],
      global_secondary_index: [
        { name: "by-user", hash_key: "user", range_key: "at", projection_type: "ALL" },
        { name: "by-mail", hash_key: "mail", projection_type: "INCLUDE", non_key_attributes: ["user"] },
        { name: "by-time", hash_key: "at", projection_type: "KEYS_ONLY" },
      ],
      stream_enabled: true,
      stream_view_type: "NEW_AND_OLD_IMAGES",
      ttl: { attribute_name: "expires", enabled: true },
      point_in_time_recovery: { enabled: true },
      server_side_encryption: { enabled: true, kms_key_arn: keyArn("eu-west-1") },
      deletion_protection_enabled: false,
      lifecycle: { prevent_destroy: false, ignore_changes: ["replica"] },
    });
    expect(resourceAt(stack, "aws_dynamodb_table_replica").kms_key_arn).toBe(keyArn("eu-central-1"));
  });

  it("scales provisioned capacity before it makes replicas, which copy the scaling", () => {
    const { stack } = make({
      capacity: {
        kind: "provisioned",
        read: { minimum: 5, maximum: 50 },
        write: { minimum: 10, maximum: 40, targetUtilizationPercentage: 60 },
      },
    });

    const table = resourceAt(stack, "aws_dynamodb_table");
    expect(table.billing_mode).toBe("PROVISIONED");
    expect([table.read_capacity, table.write_capacity]).toEqual([5, 10]);
    expect(table.lifecycle).toEqual({
      prevent_destroy: true,
      ignore_changes: ["replica", "read_capacity", "write_capacity"],
    });
    expect(resourceAt(stack, "aws_appautoscaling_target", "Table/AutoScaling/WriteTarget")).toEqual({
      service_namespace: "dynamodb",
      resource_id: `table/\${${tableRef}.name}`,
      scalable_dimension: "dynamodb:table:WriteCapacityUnits",
      min_capacity: 10,
      max_capacity: 40,
    });
    expect(
      Object.values(resourcesOf(stack, "aws_appautoscaling_policy")).map(
        (policy) => policy.target_tracking_scaling_policy_configuration,
      ),
    ).toEqual([
      {
        target_value: 70,
        predefined_metric_specification: { predefined_metric_type: "DynamoDBReadCapacityUtilization" },
      },
      {
        target_value: 60,
        predefined_metric_specification: { predefined_metric_type: "DynamoDBWriteCapacityUtilization" },
      },
    ]);
    expect(resourceAt(stack, "aws_dynamodb_table_replica").depends_on).toEqual(
      Object.keys(resourcesOf(stack, "aws_appautoscaling_policy")).map(
        (id) => `aws_appautoscaling_policy.${id}`,
      ),
    );
  });

  it("alarms in each region on what leaves it, with that region's topic", () => {
    const { stack } = make(
      { alarmTopic: { topicArn: "arn:home" }, alarmThresholds: { replicationLatencyMilliseconds: 5000 } },
      { "eu-central-1": { alarmTopic: { topicArn: "arn:there" } }, "us-east-1": {} },
    );
    const alarm = (path: string): Block =>
      resourceAt(stack, "aws_cloudwatch_metric_alarm", `Table/Alarms/${path}`);

    expect(alarm("eu-central-1/ReplicationTo-us-east-1")).toEqual({
      provider: "aws.eu_central_1",
      alarm_name: `\${${tableRef}.name}-replication-to-us-east-1`,
      alarm_description: `Items of \${${tableRef}.name} written in eu-central-1 are late in us-east-1`,
      namespace: "AWS/DynamoDB",
      metric_name: "ReplicationLatency",
      dimensions: { TableName: `\${${tableRef}.name}`, ReceivingRegion: "us-east-1" },
      statistic: "Average",
      period: 60,
      evaluation_periods: 3,
      threshold: 5000,
      comparison_operator: "GreaterThanThreshold",
      treat_missing_data: "notBreaching",
      alarm_actions: ["arn:there"],
      ok_actions: ["arn:there"],
    });
    expect(alarm("eu-west-1/ReadThrottling")).toMatchObject({
      metric_name: "ReadThrottleEvents",
      threshold: 10,
      alarm_actions: ["arn:home"],
    });
    expect(alarm("us-east-1/WriteThrottling").alarm_actions).toBeUndefined();
    const errors = alarm("eu-west-1/SystemErrors").metric_query as Block[];
    expect(errors[0]).toEqual({
      id: "errors",
      expression:
        "SUM([FILL(m0,0),FILL(m1,0),FILL(m2,0),FILL(m3,0),FILL(m4,0),FILL(m5,0),FILL(m6,0),FILL(m7,0),FILL(m8,0),FILL(m9,0)])",
      label: "System errors",
      return_data: true,
    });
    expect(errors).toHaveLength(11);
  });

  it("lists the hottest keys in every region on request, once the replica exists", () => {
    const { stack } = make({ contributorInsights: true });

    const table_name = `\${${tableRef}.name}`;
    const insights = (region: string) =>
      resourceAt(stack, "aws_dynamodb_contributor_insights", `Table/ContributorInsights-${region}`);
    expect(insights("eu-west-1")).toEqual({ table_name });
    expect(insights("eu-central-1")).toEqual({
      provider: "aws.eu_central_1",
      table_name,
      depends_on: ["aws_dynamodb_table_replica.Table_Replicas_eu-central-1_A7B5841B"],
    });
  });

  it("makes one replica after the other, as AWS demands", () => {
    const { stack } = make({}, { "us-east-1": {}, "eu-central-1": {} });

    expect(resourceAt(stack, "aws_dynamodb_table_replica", "Table/Replicas/us-east-1").depends_on).toEqual([
      "aws_dynamodb_table_replica.Table_Replicas_eu-central-1_A7B5841B",
    ]);
  });

  it("is an ordinary table without replicas, ready for the first", () => {
    const { stack, table } = make({}, {});

    expect(table.regions).toEqual(["eu-west-1"]);
    expect(resourceAt(stack, "aws_dynamodb_table").stream_enabled).toBe(true);
    expect(resourcesOf(stack, "aws_dynamodb_table_replica")).toEqual({});
  });

  it("grants reading of the exact tables, indexes and keys", () => {
    const { stack, table } = make(
      {
        globalSecondaryIndexes: { "by-user": { partitionKey: { name: "user", type: "S" } } },
        kmsKeyArn: keyArn("eu-west-1"),
      },
      { "eu-central-1": { kmsKeyArn: keyArn("eu-central-1") } },
    );

    table.grantRead("ApiReads", { roleName: "api", roleArn: "arn:role" });

    const { policy, ...resource } = resourceAt(stack, "aws_iam_role_policy");
    expect(resource).toEqual({ role: "api", name: "prod-sessions-read" });
    const tables = ["eu-west-1", "eu-central-1"].map(
      (region) => `arn:aws:dynamodb:${region}:${account}:table/prod-sessions`,
    );
    expect(JSON.parse(String(policy))).toEqual({
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "Items",
          Effect: "Allow",
          Action: [
            "dynamodb:BatchGetItem",
            "dynamodb:ConditionCheckItem",
            "dynamodb:DescribeTable",
            "dynamodb:GetItem",
            "dynamodb:Query",
            "dynamodb:Scan",
          ],
          Resource: tables,
        },
        {
          Sid: "Indexes",
          Effect: "Allow",
          Action: ["dynamodb:Query", "dynamodb:Scan"],
          Resource: tables.map((arn) => `${arn}/index/by-user`),
        },
        {
          Sid: "Keys",
          Effect: "Allow",
          Action: ["kms:Decrypt", "kms:DescribeKey"],
          Resource: [keyArn("eu-west-1"), keyArn("eu-central-1")],
          Condition: {
            StringEquals: {
              "kms:ViaService": ["dynamodb.eu-west-1.amazonaws.com", "dynamodb.eu-central-1.amazonaws.com"],
            },
          },
        },
      ],
    });
  });

  it("grants writing in the region of a role only", () => {
    const { stack, table } = make();

    table.grantReadWrite("ApiWrites", { roleName: "api", roleArn: "arn:role" }, ["eu-central-1"]);

    const { name, policy } = resourceAt(stack, "aws_iam_role_policy");
    expect(name).toBe("prod-sessions-read-write");
    expect(JSON.parse(String(policy))).toEqual({
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "Items",
          Effect: "Allow",
          Action: [
            "dynamodb:BatchGetItem",
            "dynamodb:BatchWriteItem",
            "dynamodb:ConditionCheckItem",
            "dynamodb:DeleteItem",
            "dynamodb:DescribeTable",
            "dynamodb:GetItem",
            "dynamodb:PutItem",
            "dynamodb:Query",
            "dynamodb:Scan",
            "dynamodb:UpdateItem",
          ],
          Resource: [`arn:aws:dynamodb:eu-central-1:${account}:table/prod-sessions`],
        },
      ],
    });
  });

  it("exposes its stream", () => {
    const { stack, table } = make();

    expect(resolve(stack, table.streamArn)).toBe(`\${${tableRef}.stream_arn}`);
  });
});

describe("GlobalTable with strong consistency", () => {
  const strong = { kind: "strong" as const };

  it("makes its replicas with itself, since the mode is decided then", () => {
    const { stack, table } = make({ consistency: strong }, { "eu-central-1": {}, "eu-west-2": {} });

    const resource = resourceAt(stack, "aws_dynamodb_table");
    expect(resource.replica).toEqual(
      ["eu-central-1", "eu-west-2"].map((region) => ({
        region_name: region,
        consistency_mode: "STRONG",
        point_in_time_recovery: true,
        deletion_protection_enabled: true,
        propagate_tags: true,
      })),
    );
    expect(resource.lifecycle).toEqual({ prevent_destroy: true, ignore_changes: [] });
    expect(table.replicas).toEqual({});
    expect(resourcesOf(stack, "aws_dynamodb_table_replica")).toEqual({});
  });

  it("takes a witness in place of a third copy, and has no replication latency to watch", () => {
    const { stack } = make({ consistency: { ...strong, witnessRegion: "eu-west-3" } });

    expect(resourceAt(stack, "aws_dynamodb_table").global_table_witness).toEqual({
      region_name: "eu-west-3",
    });
    const metrics = Object.values(resourcesOf(stack, "aws_cloudwatch_metric_alarm")).map(
      (alarm) => alarm.metric_name,
    );
    expect(metrics).not.toContain("ReplicationLatency");
  });

  it.each([
    ["two regions", strong, { "eu-central-1": {} }, ["eu-west-1", "eu-central-1"]],
    [
      "four regions",
      { ...strong, witnessRegion: "eu-west-3" },
      { "eu-central-1": {}, "eu-west-2": {} },
      ["eu-west-1", "eu-central-1", "eu-west-2", "eu-west-3"],
    ],
    [
      "a witness that holds a copy",
      { ...strong, witnessRegion: "eu-west-1" },
      { "eu-central-1": {} },
      ["eu-west-1", "eu-central-1", "eu-west-1"],
    ],
  ])("refuses %s", (_, consistency, replicas, got) => {
    expect(refusalOf({ consistency }, replicas)).toBe(
      `${at}'consistency' must be over exactly three regions, one of which may be a witness, got ${JSON.stringify(got)}; name two replicas, or one replica and a 'witnessRegion'`,
    );
  });

  it("refuses regions of different sets", () => {
    expect(refusalOf({ consistency: strong }, { "eu-central-1": {}, "us-east-1": {} })).toBe(
      `${at}'consistency' must be within one of the sets us-east-1, us-east-2, us-west-2; eu-central-1, eu-west-1, eu-west-2, eu-west-3; ap-northeast-1, ap-northeast-2, ap-northeast-3, got ["eu-west-1","eu-central-1","us-east-1"]; choose regions of one set, or eventual consistency`,
    );
  });

  it("refuses expiry and provisioned capacity", () => {
    expect(
      refusalOf(
        {
          consistency: strong,
          ttlAttributeName: "expires",
          capacity: {
            kind: "provisioned",
            read: { minimum: 1, maximum: 2 },
            write: { minimum: 1, maximum: 2 },
          },
        },
        { "eu-central-1": {}, "eu-west-2": {} },
      ),
    ).toBe(
      [
        `${at}'ttlAttributeName' must be absent with strong consistency, got "expires"; delete old items yourself, or choose eventual consistency`,
        `${at}'capacity' must be on demand with strong consistency, got "provisioned"; remove 'capacity': replicas are made with the table, before anything scales it`,
      ].join("\n"),
    );
  });
});

describe("GlobalTable refuses", () => {
  it("refuses a wrong name, account, expiry attribute and threshold, all at once", () => {
    expect(
      refusalOf({
        name: "a b",
        account: "1",
        ttlAttributeName: "",
        alarmThresholds: { throttledRequestCount: 0 },
      }),
    ).toBe(
      [
        "'name' must be 3 to 255 letters, digits, underscores, hyphens and periods, got \"a b\"; choose a name like 'prod-sessions'",
        "'account' must be the 12 digits of an AWS account, got \"1\"; write the account id as text, with its leading zeros",
        "'ttlAttributeName' must be 1 to 255 characters, got \"\"; name the attribute that holds the expiry, or leave it out",
        "'alarmThresholds.throttledRequestCount' must be above 0, got 0; choose what your users would notice",
      ]
        .map((line) => at + line)
        .join("\n"),
    );
  });

  it("refuses an unknown home region", () => {
    expect(refusalOf({ homeRegion: "Ireland" }, {})).toBe(
      `${at}'homeRegion' must be a region of AWS, got "Ireland"; write its code, such as 'eu-west-1'`,
    );
  });

  it("refuses a replica in the home region, and one in another partition", () => {
    expect(refusalOf({}, { "eu-west-1": {}, "cn-north-1": {} })).toBe(
      [
        `${at}'replicas' must name other regions than 'homeRegion', got "eu-west-1"; remove it: the table itself is there`,
        `${at}'replicas' must be regions of the partition 'aws', got "cn-north-1"; write codes of regions that the account can reach`,
      ].join("\n"),
    );
  });

  it("refuses an attribute of two types, one without a name, and one key twice", () => {
    expect(
      refusalOf({
        sortKey: { name: "id", type: "N" },
        globalSecondaryIndexes: { "by-nothing": { partitionKey: { name: "", type: "S" } } },
      }),
    ).toBe(
      [
        `${at}'sortKey.type' must be 'S', which the attribute 'id' has in another key, got "N"; give an attribute one type`,
        `${at}'globalSecondaryIndexes.by-nothing.partitionKey.name' must be 1 to 255 characters, got ""; name the attribute`,
        `${at}'sortKey' must be another attribute than 'partitionKey', got "id"; remove it, or name another attribute`,
      ].join("\n"),
    );
  });

  it("refuses a 21st index", () => {
    const partitionKey = { name: "id", type: "S" as const };
    const globalSecondaryIndexes = Object.fromEntries(
      Array.from({ length: 21 }, (_, index) => [`index-${index}`, { partitionKey }]),
    );

    expect(refusalOf({ globalSecondaryIndexes })).toBe(
      `${at}'globalSecondaryIndexes' must be at most 20, got 21; serve several queries by one index, with keys made of several fields`,
    );
  });

  it("refuses a badly named index, an empty projection and a 101st projected attribute", () => {
    const partitionKey = { name: "id", type: "S" as const };
    const many = Array.from({ length: 101 }, (_, index) => `a${index}`);

    expect(
      refusalOf({
        globalSecondaryIndexes: {
          x: { partitionKey, projection: [] },
          wide: { partitionKey, projection: many },
        },
      }),
    ).toBe(
      [
        `${at}'globalSecondaryIndexes' must have names of 3 to 255 letters, digits, underscores, hyphens and periods, got "x"; choose a name like 'by-user'`,
        `${at}'globalSecondaryIndexes.x.projection' must name at least one attribute, got []; choose 'KEYS_ONLY' where the keys are enough`,
        `${at}'globalSecondaryIndexes' must name at most 100 projected attributes together, got 101; project 'ALL' where an index needs many`,
      ].join("\n"),
    );
  });

  it("refuses a key for one region only, and a key of another region", () => {
    expect(refusalOf({ kmsKeyArn: keyArn("eu-central-1") })).toBe(
      [
        `${at}'kmsKeyArn' must be the ARN of a KMS key in eu-west-1, got "${keyArn("eu-central-1")}"; make the key there, or name a replica of a multi-region key`,
        `${at}'replicas.eu-central-1.kmsKeyArn' must be given where another region has a key, got nothing; name a key of each region, or of none`,
      ].join("\n"),
    );
  });

  it("refuses provisioned capacity with indexes, and ranges that are none", () => {
    expect(
      refusalOf({
        globalSecondaryIndexes: { "by-id": { partitionKey: { name: "id", type: "S" } } },
        capacity: {
          kind: "provisioned",
          read: { minimum: 5, maximum: 1 },
          write: { minimum: 1, maximum: 2, targetUtilizationPercentage: 95 },
        },
      }),
    ).toBe(
      [
        `${at}'capacity' must be on demand for a table with indexes, got "provisioned"; remove 'capacity': the provider would undo what auto scaling does to an index`,
        `${at}'capacity.read' must run from a whole number of units, 1 or more, to the same or a higher one, got {"minimum":5,"maximum":1}; correct 'minimum' and 'maximum'`,
        `${at}'capacity.write.targetUtilizationPercentage' must be between 20 and 90, got 95; choose 70 unless the load jumps`,
      ].join("\n"),
    );
  });

  it("refuses to grant in a region that has no copy", () => {
    const { table } = make();

    expect(
      refusal(() => {
        table.grantRead("Far", { roleName: "api", roleArn: "arn:role" }, ["us-east-1"]);
      }),
    ).toBe(
      "test/Table/Far: 'regions' must be among the table's, eu-west-1, eu-central-1, got \"us-east-1\"; add a replica there, or grant less",
    );
  });
});
