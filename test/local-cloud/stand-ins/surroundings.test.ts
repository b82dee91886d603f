import { GatewayUnderTest } from "../support/cloud";

type Output = Record<string, unknown>;

let cloud: GatewayUnderTest;

beforeEach(async () => {
  cloud = await GatewayUnderTest.start();
});

afterEach(() => {
  cloud.stop();
});

const call = async (service: string, target: string, input: object): Promise<Output> =>
  (await cloud.json(service, target, input)).output;

describe("the stand-in of Budgets", () => {
  const budgets = (action: string, input: object) =>
    call("budgets", `AWSBudgetServiceGateway.${action}`, { AccountId: "123456789012", ...input });

  it("keeps a budget with whom it notifies, until it is deleted", async () => {
    const Notification = { ComparisonOperator: "GREATER_THAN", NotificationType: "ACTUAL", Threshold: 80 };
    const Subscribers = [{ SubscriptionType: "EMAIL", Address: "hpc@example.com" }];
    await budgets("CreateBudget", {
      Budget: { BudgetName: "hpc" },
      NotificationsWithSubscribers: [{ Notification, Subscribers }],
    });
    const BudgetName = "hpc";

    expect(await budgets("DescribeBudget", { BudgetName })).toEqual({ Budget: { BudgetName } });
    expect(await budgets("DescribeNotificationsForBudget", { BudgetName })).toEqual({
      Notifications: [Notification],
    });
    expect(await budgets("DescribeSubscribersForNotification", { BudgetName, Notification })).toEqual({
      Subscribers,
    });
    await budgets("DeleteBudget", { BudgetName });
    expect(await budgets("DescribeBudget", { BudgetName })).toMatchObject({ __type: "NotFoundException" });
  });
});

describe("the stand-in of DataSync", () => {
  const dataSync = (action: string, input: object) => call("datasync", `FmrsService.${action}`, input);

  it("keeps locations and the task between them", async () => {
    const nfs = await dataSync("CreateLocationNfs", {
      ServerHostname: "nfs.example.com",
      Subdirectory: "/export",
      OnPremConfig: { AgentArns: ["arn:agent"] },
    });
    const s3 = await dataSync("CreateLocationS3", {
      S3BucketArn: "arn:aws:s3:::data",
      Subdirectory: "/in/",
      S3Config: { BucketAccessRoleArn: "arn:role" },
    });
    const { TaskArn } = await dataSync("CreateTask", {
      Name: "site",
      SourceLocationArn: nfs.LocationArn,
      DestinationLocationArn: s3.LocationArn,
    });

    expect(await dataSync("DescribeLocationNfs", nfs)).toMatchObject({
      LocationUri: "nfs://nfs.example.com/export/",
    });
    expect(await dataSync("DescribeLocationS3", s3)).toMatchObject({ LocationUri: "s3://data/in/" });
    expect(await dataSync("DescribeTask", { TaskArn })).toMatchObject({ Name: "site", Status: "AVAILABLE" });
    await dataSync("DeleteTask", { TaskArn });
    expect(await dataSync("DescribeTask", { TaskArn })).toMatchObject({ __type: "InvalidRequestException" });
  });
});

describe("the stand-in of Direct Connect", () => {
  const directConnect = (action: string, input: object) =>
    call("directconnect", `OvertureService.${action}`, input);

  it("keeps what a gateway is associated with", async () => {
    const { directConnectGatewayAssociation: made } = (await directConnect(
      "CreateDirectConnectGatewayAssociation",
      { directConnectGatewayId: "dx-1", gatewayId: "vgw-1" },
    )) as { directConnectGatewayAssociation: { associationId: string } };
    const { associationId } = made;

    expect(await directConnect("DescribeDirectConnectGatewayAssociations", { associationId })).toMatchObject({
      directConnectGatewayAssociations: [
        { associationState: "associated", associatedGateway: { type: "virtualPrivateGateway" } },
      ],
    });
    await directConnect("DeleteDirectConnectGatewayAssociation", { associationId });
    expect(await directConnect("DescribeDirectConnectGatewayAssociations", { associationId })).toEqual({
      directConnectGatewayAssociations: [],
    });
  });
});
