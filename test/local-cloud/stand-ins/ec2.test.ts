import { GatewayUnderTest } from "../support/cloud";

const Version = "2016-11-15";

describe("the stand-in of EC2", () => {
  let cloud: GatewayUnderTest;

  beforeEach(async () => {
    cloud = await GatewayUnderTest.start({
      headers: { "content-type": "text/xml" },
      text: "<R><dhcpOptions><dhcpOptionsId>dopt-1</dhcpOptionsId></dhcpOptions></R>",
    });
  });
  afterEach(() => {
    cloud.stop();
  });

  const call = (Action: string, parameters: Record<string, string>, region?: string) =>
    cloud.query("ec2", { Action, Version, ...parameters }, region);

  it("creates, describes, tags and deletes a placement group", async () => {
    const created = await call("CreatePlacementGroup", {
      GroupName: "web",
      Strategy: "partition",
      PartitionCount: "3",
      "TagSpecification.1.ResourceType": "placement-group",
      "TagSpecification.1.Tag.1.Key": "team",
      "TagSpecification.1.Tag.1.Value": "platform",
    });
    const id = /<groupId>([^<]+)</.exec(created.text)?.[1] ?? "";
    await call("CreateTags", { "ResourceId.1": id, "Tag.1.Key": "stage", "Tag.1.Value": "test" });

    const { text } = await call("DescribePlacementGroups", { "GroupName.1": "web" });
    await call("DeletePlacementGroup", { GroupName: "web" });
    const after = await call("DescribePlacementGroups", { "GroupName.1": "web" });

    expect(text).toContain(
      "<state>available</state><strategy>partition</strategy><partitionCount>3</partitionCount>",
    );
    expect(text).toContain(
      "<tagSet><item><key>team</key><value>platform</value></item><item><key>stage</key><value>test</value></item></tagSet>",
    );
    expect(after.text).toContain("<Code>InvalidPlacementGroup.Unknown</Code>");
  });

  it("keeps placement groups of two regions apart and refuses a second of a name", async () => {
    await call("CreatePlacementGroup", { GroupName: "web" });

    expect((await call("CreatePlacementGroup", { GroupName: "web" }, "us-east-1")).status).toBe(200);
    expect((await call("CreatePlacementGroup", { GroupName: "web" })).text).toContain(
      "<Code>InvalidPlacementGroup.Duplicate</Code>",
    );
  });

  it("reserves capacity at once and changes its count", async () => {
    const created = await call("CreateCapacityReservation", {
      InstanceType: "c7i.large",
      InstancePlatform: "Linux/UNIX",
      InstanceCount: "2",
      AvailabilityZone: "eu-west-1a",
    });
    const id = /<capacityReservationId>([^<]+)</.exec(created.text)?.[1] ?? "";

    await call("ModifyCapacityReservation", { CapacityReservationId: id, InstanceCount: "5" });
    const { text } = await call("DescribeCapacityReservations", { "CapacityReservationId.1": id });

    expect(text).toContain("<state>active</state>");
    expect(text).toContain("<totalInstanceCount>5</totalInstanceCount>");
  });

  it("names the fields that a capacity reservation lacks", async () => {
    const { text } = await call("CreateCapacityReservation", { InstanceType: "c7i.large" });

    expect(text).toContain("<Message>missing required field: InstancePlatform, InstanceCount</Message>");
  });

  it("tags DHCP options in a second call to moto", async () => {
    await call("CreateDhcpOptions", {
      "TagSpecification.1.ResourceType": "dhcp-options",
      "TagSpecification.1.Tag.1.Key": "team",
      "TagSpecification.1.Tag.1.Value": "platform",
    });

    expect(Object.fromEntries(new URLSearchParams(cloud.received[1]?.body))).toEqual({
      Action: "CreateTags",
      Version,
      "ResourceId.1": "dopt-1",
      "Tag.1.Key": "team",
      "Tag.1.Value": "platform",
    });
  });

  it("leaves tags of other resources to moto", async () => {
    await call("CreateTags", { "ResourceId.1": "vpc-1", "Tag.1.Key": "a", "Tag.1.Value": "b" });

    expect(cloud.received).toHaveLength(1);
  });
});
