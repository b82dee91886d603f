import { GatewayUnderTest, type Received } from "../../support/cloud";

const table = {
  TableName: "sessions",
  TableStatus: "ACTIVE",
  AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
  KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
  BillingModeSummary: { BillingMode: "PAY_PER_REQUEST" },
  StreamSpecification: { StreamEnabled: true, StreamViewType: "NEW_AND_OLD_IMAGES" },
  GlobalSecondaryIndexes: [{ IndexName: "by-user", KeySchema: [], Projection: {}, IndexStatus: "ACTIVE" }],
};

const target = (action: string) => `DynamoDB_20120810.${action}`;

function regionOf({ headers }: Received): string | undefined {
  return headers.authorization?.split("/")[2];
}

describe("the stand-in of DynamoDB", () => {
  let cloud: GatewayUnderTest;

  beforeEach(async () => {
    cloud = await GatewayUnderTest.start({ text: JSON.stringify({ Table: table, TableDescription: table }) });
  });
  afterEach(() => {
    cloud.stop();
  });

  const update = (change: object) =>
    cloud.json("dynamodb", target("UpdateTable"), { TableName: "sessions", ReplicaUpdates: [change] });
  const describeIn = async (region: string) =>
    (await cloud.json("dynamodb", target("DescribeTable"), { TableName: "sessions" }, region)).output.Table;

  it("makes a table of the same schema in the region of a replica", async () => {
    await update({ Create: { RegionName: "eu-central-1", KMSMasterKeyId: "key" } });

    const created = cloud.received.find(({ headers }) => headers["x-amz-target"] === target("CreateTable"));

    expect(created && regionOf(created)).toBe("eu-central-1");
    expect(JSON.parse(created?.body ?? "")).toEqual({
      TableName: "sessions",
      AttributeDefinitions: table.AttributeDefinitions,
      KeySchema: table.KeySchema,
      StreamSpecification: table.StreamSpecification,
      BillingMode: "PAY_PER_REQUEST",
      GlobalSecondaryIndexes: [{ IndexName: "by-user", KeySchema: [], Projection: {} }],
      SSESpecification: { Enabled: true, SSEType: "KMS", KMSMasterKeyId: "key" },
    });
  });

  it("names the other tables of the group in every region, and none elsewhere", async () => {
    await update({ Create: { RegionName: "eu-central-1" } });
    await update({ Create: { RegionName: "us-east-1" } });

    expect(await describeIn("eu-west-1")).toMatchObject({
      Replicas: [
        { RegionName: "eu-central-1", ReplicaStatus: "ACTIVE" },
        { RegionName: "us-east-1", ReplicaStatus: "ACTIVE" },
      ],
    });
    expect(await describeIn("eu-central-1")).toMatchObject({
      Replicas: [{ RegionName: "eu-west-1" }, { RegionName: "us-east-1" }],
    });
    expect(await describeIn("ap-south-1")).toEqual(table);
  });

  it("deletes a replica together with its table", async () => {
    await update({ Create: { RegionName: "eu-central-1" } });

    await update({ Delete: { RegionName: "eu-central-1" } });

    const deleted = cloud.received.find(({ headers }) => headers["x-amz-target"] === target("DeleteTable"));
    expect(deleted && regionOf(deleted)).toBe("eu-central-1");
    expect(await describeIn("eu-west-1")).toEqual(table);
  });

  it("refuses a replica that exists, and to delete one that does not, in the words that the provider knows", async () => {
    await update({ Create: { RegionName: "eu-central-1" } });

    const twice = await update({ Create: { RegionName: "eu-central-1" } });
    const none = await update({ Delete: { RegionName: "us-east-1" } });

    expect([twice.output.__type, none.output]).toEqual([
      "ValidationException",
      {
        __type: "ValidationException",
        message:
          "Replica specified in the Replica Update or Replica Delete action of the request was not found.",
        Message:
          "Replica specified in the Replica Update or Replica Delete action of the request was not found.",
      },
    ]);
  });
});

describe("the stand-in of DynamoDB when moto refuses", () => {
  it("passes the refusal on as it is", async () => {
    const refusal = '{"__type":"com.amazonaws.dynamodb.v20120810#ResourceNotFoundException","message":"no"}';
    const cloud = await GatewayUnderTest.start({ status: 400, headers: { "x-own": "1" }, text: refusal });
    const headers = { "x-amz-target": target("DescribeTable") };

    const response = await cloud.send("dynamodb", "POST", "/", headers, '{"TableName":"sessions"}');
    cloud.stop();

    expect(response).toMatchObject({ status: 400, text: refusal, headers: { "x-own": "1" } });
  });
});
