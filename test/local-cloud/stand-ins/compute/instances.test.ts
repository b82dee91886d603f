import { GatewayUnderTest, type Received } from "../../support/cloud";

let cloud: GatewayUnderTest;

afterEach(() => {
  cloud.stop();
});

/** A gateway in front of a moto that says this to everything. */
async function saying(text: string): Promise<void> {
  cloud = await GatewayUnderTest.start({ text });
}

const ask = async (Action: string, parameters: Record<string, string> = {}) =>
  (await cloud.query("ec2", { Action, Version: "2016-11-15", ...parameters })).text;

describe("the stand-in of instances", () => {
  it("takes a launch template's own tags out of what it launches", async () => {
    const item = (type: string) =>
      `<item><resourceType>${type}</resourceType><tagSet><item><key>a</key><value>b</value></item></tagSet></item>`;
    await saying(`<set>${item("instance")}${item("launch-template")}${item("volume")}</set>`);

    expect(await ask("DescribeLaunchTemplateVersions")).toBe(
      `<set>${item("instance")}${item("volume")}</set>`,
    );
  });

  it("gives gp3 volumes of unknown throughput the one that costs nothing", async () => {
    const gp3 = "<volumeType>gp3</volumeType>";
    await saying(`${gp3}<size/>${gp3}<throughput>300</throughput><volumeType>io1</volumeType>`);

    expect(await ask("DescribeVolumes")).toBe(
      `${gp3}<throughput>125</throughput><size/>${gp3}<throughput>300</throughput><volumeType>io1</volumeType>`,
    );
  });

  it("knows no attachment of an interface to an instance that was terminated", async () => {
    cloud = await GatewayUnderTest.start(({ body }) =>
      body.includes("DetachNetworkInterface")
        ? { status: 400, text: "moto refuses" }
        : {
            text:
              "<item><attachment><attachmentId>eni-attach-1</attachmentId><instanceId>i-1</instanceId></attachment>" +
              "<status>in-use</status><vpcId>vpc-1</vpcId></item>",
          },
    );

    const before = await ask("DetachNetworkInterface", { AttachmentId: "eni-attach-1" });
    await ask("TerminateInstances", { "InstanceId.1": "i-1" });
    const after = await ask("DetachNetworkInterface", { AttachmentId: "eni-attach-1" });

    expect(before).toBe("moto refuses");
    expect(after).toContain("<Code>InvalidAttachmentID.NotFound</Code>");
  });

  it("detaches interfaces from instances that were terminated", async () => {
    const item = (instance: string) =>
      `<item><attachment><instanceId>${instance}</instanceId><status>attached</status></attachment>` +
      "<status>in-use</status><vpcId>vpc-1</vpcId></item>";
    await saying(item("i-1") + item("i-2"));

    await ask("TerminateInstances", { "InstanceId.1": "i-1" });

    expect(await ask("DescribeNetworkInterfaces")).toBe(
      `<item><status>available</status><vpcId>vpc-1</vpcId></item>${item("i-2")}`,
    );
  });
});

describe("the stand-in of Batch", () => {
  const create = (input: object) =>
    cloud.send("batch", "POST", "/v1/createcomputeenvironment", {}, JSON.stringify(input));

  it("gives a compute environment the service's own role", async () => {
    const role = "arn:aws:iam::123456789012:role/aws-service-role/batch.amazonaws.com/AWSServiceRoleForbatch";
    cloud = await GatewayUnderTest.start({ text: "{}" });

    await create({ computeEnvironmentName: "all" });

    const [linked, created] = cloud.received as [Received, Received];
    expect(linked.body).toContain("Action=CreateServiceLinkedRole");
    expect(JSON.parse(created.body)).toEqual({ computeEnvironmentName: "all", serviceRole: role });
  });

  it("leaves a role that is named alone", async () => {
    cloud = await GatewayUnderTest.start({ text: "{}" });

    await create({ computeEnvironmentName: "all", serviceRole: "arn:mine" });

    expect(cloud.received.map(({ body }) => JSON.parse(body) as unknown)).toEqual([
      { computeEnvironmentName: "all", serviceRole: "arn:mine" },
    ]);
  });

  it("remembers the nodes of a multi-node job", async () => {
    const post = async (path: string, input: object) =>
      (await cloud.send("batch", "POST", path, {}, JSON.stringify(input))).text;
    const definitions = { jobDefinitions: [{ jobDefinitionArn: "arn:a" }, { jobDefinitionArn: "arn:b" }] };
    cloud = await GatewayUnderTest.start(({ path }) => ({
      text: JSON.stringify(path.includes("register") ? { jobDefinitionArn: "arn:a" } : definitions),
    }));

    await post("/v1/registerjobdefinition", { nodeProperties: { numNodes: 4 } });

    expect(JSON.parse(await post("/v1/describejobdefinitions", {}))).toEqual({
      jobDefinitions: [
        { jobDefinitionArn: "arn:a", nodeProperties: { numNodes: 4 } },
        { jobDefinitionArn: "arn:b" },
      ],
    });
  });
});

describe("the stand-in of route propagation", () => {
  it("lists the gateways of a route table, and only of the table itself", async () => {
    const table = "<associationSet><item><routeTableId>rtb-1</routeTableId></item></associationSet>";
    const own = "<routeTableId>rtb-1</routeTableId>";
    await saying(`${table}${own}<routeSet/>`);
    const route = { RouteTableId: "rtb-1", GatewayId: "vgw-1" };

    expect(await ask("EnableVgwRoutePropagation", route)).toContain("<return>true</return>");
    expect(await ask("DescribeRouteTables")).toBe(
      `${table}${own}<propagatingVgwSet><item><gatewayId>vgw-1</gatewayId></item></propagatingVgwSet><routeSet/>`,
    );
    await ask("DisableVgwRoutePropagation", route);
    expect(await ask("DescribeRouteTables")).toBe(`${table}${own}<routeSet/>`);
  });
});
