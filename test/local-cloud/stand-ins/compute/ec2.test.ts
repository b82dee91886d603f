import { GatewayUnderTest } from "../../support/cloud";

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

  it("has the prefix list of the health checkers in every region, and leaves others to moto", async () => {
    const named = (name: string, region: string) =>
      call(
        "DescribeManagedPrefixLists",
        { "Filter.1.Name": "prefix-list-name", "Filter.1.Value.1": name },
        region,
      );
    const { text } = await named("com.amazonaws.us-east-1.route53-healthchecks", "us-east-1");
    const id = /<prefixListId>([^<]+)</.exec(text)?.[1] ?? "";

    const byId = await call("DescribeManagedPrefixLists", { "PrefixListId.1": id }, "us-east-1");
    const entries = await call("GetManagedPrefixListEntries", { PrefixListId: id }, "us-east-1");

    expect(text).toContain("<prefixListName>com.amazonaws.us-east-1.route53-healthchecks</prefixListName>");
    expect(byId.text).toContain(`<prefixListId>${id}</prefixListId>`);
    expect(entries.text).toContain("<item><cidr>107.23.255.0/26</cidr></item>");
    expect(cloud.received).toHaveLength(0);

    await named("com.amazonaws.us-east-1.route53-healthchecks", "eu-west-1");
    await named("com.amazonaws.global.cloudfront.origin-facing", "us-east-1");
    await call("GetManagedPrefixListEntries", { PrefixListId: "pl-1" }, "us-east-1");

    expect(cloud.received).toHaveLength(3);
  });

  it.each(["Groups", "PrefixListIds"])(
    "remembers the description of a rule that names its peer in %s",
    async (peers) => {
      cloud.stop();
      cloud = await GatewayUnderTest.start({
        text: "<R><securityGroupRuleId>sgr-1</securityGroupRuleId></R>",
      });
      await call("AuthorizeSecurityGroupIngress", { [`IpPermissions.1.${peers}.1.Description`]: "HTTPS" });

      const { text } = await call("DescribeSecurityGroupRules", {});

      expect(text).toContain(
        "<securityGroupRuleId>sgr-1</securityGroupRuleId><description>HTTPS</description>",
      );
    },
  );
});
