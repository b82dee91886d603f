import { GatewayUnderTest } from "../../support/cloud";

type Output = Record<string, Record<string, unknown>>;

describe("the stand-in of Global Accelerator", () => {
  let cloud: GatewayUnderTest;

  beforeEach(async () => {
    cloud = await GatewayUnderTest.start();
  });
  afterEach(() => {
    cloud.stop();
  });

  async function call(action: string, input: object): Promise<{ status: number; output: Output }> {
    const { status, output } = await cloud.json(
      "globalaccelerator",
      `GlobalAccelerator_V20180706.${action}`,
      input,
      "us-west-2",
    );
    return { status, output: output as Output };
  }

  async function accelerator(): Promise<string> {
    const tags = [{ Key: "team", Value: "platform" }];
    const input = {
      Name: "web",
      IdempotencyToken: "token",
      IpAddressType: "DUAL_STACK",
      Enabled: true,
      Tags: tags,
    };
    const { output } = await call("CreateAccelerator", input);
    return String(output.Accelerator?.AcceleratorArn);
  }

  async function listener(acceleratorArn: string, port = 443): Promise<{ status: number; output: Output }> {
    const range = { FromPort: port, ToPort: port };
    return call("CreateListener", {
      AcceleratorArn: acceleratorArn,
      PortRanges: [range],
      Protocol: "TCP",
      IdempotencyToken: "token",
    });
  }

  it("deploys a dual stack accelerator at once and keeps its tags", async () => {
    const arn = await accelerator();

    const { output } = await call("DescribeAccelerator", { AcceleratorArn: arn });
    const tags = await call("ListTagsForResource", { ResourceArn: arn });

    expect(output.Accelerator).toMatchObject({
      Name: "web",
      Status: "DEPLOYED",
      Enabled: true,
      IpSets: [{ IpAddressFamily: "IPv4" }, { IpAddressFamily: "IPv6" }],
      DualStackDnsName: expect.stringMatching(
        /^a[0-9a-f]{16}\.dualstack\.awsglobalaccelerator\.com$/,
      ) as string,
    });
    expect(tags.output).toEqual({ Tags: [{ Key: "team", Value: "platform" }] });
  });

  it("keeps the attributes of flow logs", async () => {
    const arn = await accelerator();

    await call("UpdateAcceleratorAttributes", {
      AcceleratorArn: arn,
      FlowLogsEnabled: true,
      FlowLogsS3Bucket: "logs",
      FlowLogsS3Prefix: "flow/",
    });

    expect((await call("DescribeAcceleratorAttributes", { AcceleratorArn: arn })).output).toEqual({
      AcceleratorAttributes: { FlowLogsEnabled: true, FlowLogsS3Bucket: "logs", FlowLogsS3Prefix: "flow/" },
    });
  });

  it("gives an endpoint group the health check of its listener's port by default", async () => {
    const created = await listener(await accelerator());
    const balancer = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/web/1";

    const { output } = await call("CreateEndpointGroup", {
      ListenerArn: created.output.Listener?.ListenerArn,
      EndpointGroupRegion: "eu-west-1",
      EndpointConfigurations: [{ EndpointId: balancer }],
      IdempotencyToken: "token",
    });

    expect(output.EndpointGroup).toMatchObject({
      TrafficDialPercentage: 100,
      HealthCheckPort: 443,
      HealthCheckProtocol: "TCP",
      ThresholdCount: 3,
      EndpointDescriptions: [{ EndpointId: balancer, Weight: 128, ClientIPPreservationEnabled: true }],
    });
  });

  it("refuses an App Runner service as an end point", async () => {
    const created = await listener(await accelerator());

    const { status, output } = await call("CreateEndpointGroup", {
      ListenerArn: created.output.Listener?.ListenerArn,
      EndpointGroupRegion: "eu-west-1",
      EndpointConfigurations: [{ EndpointId: "arn:aws:apprunner:eu-west-1:123456789012:service/web/1" }],
      IdempotencyToken: "token",
    });

    expect({ status, type: output.__type }).toEqual({ status: 400, type: "InvalidArgumentException" });
  });

  it("refuses an eleventh listener and ports that are taken", async () => {
    const arn = await accelerator();
    for (let port = 1; port <= 10; port += 1) {
      expect((await listener(arn, port)).status).toBe(200);
    }

    expect((await listener(arn, 11)).output.__type).toBe("LimitExceededException");
    expect((await listener(await accelerator(), 70_000)).output.__type).toBe("InvalidPortRangeException");
  });

  it("refuses a second end point group for a region", async () => {
    const created = await listener(await accelerator());
    const input = {
      ListenerArn: created.output.Listener?.ListenerArn,
      EndpointGroupRegion: "eu-west-1",
      IdempotencyToken: "token",
    };
    await call("CreateEndpointGroup", input);

    expect((await call("CreateEndpointGroup", input)).output.__type).toBe(
      "EndpointGroupAlreadyExistsException",
    );
  });

  it("deletes from the leaves up only, and a disabled accelerator only", async () => {
    const arn = await accelerator();
    const created = await listener(arn);
    const remove = () => call("DeleteAccelerator", { AcceleratorArn: arn });

    expect((await remove()).output.__type).toBe("AcceleratorNotDisabledException");
    await call("UpdateAccelerator", { AcceleratorArn: arn, Enabled: false });
    expect((await remove()).output.__type).toBe("AssociatedListenerFoundException");
    await call("DeleteListener", { ListenerArn: created.output.Listener?.ListenerArn });
    expect((await remove()).status).toBe(200);
    expect((await call("DescribeAccelerator", { AcceleratorArn: arn })).output.__type).toBe(
      "AcceleratorNotFoundException",
    );
  });

  it("changes the principals and resources of an attachment", async () => {
    const { output } = await call("CreateCrossAccountAttachment", {
      Name: "shared",
      Principals: ["111122223333"],
      IdempotencyToken: "token",
    });
    const AttachmentArn = output.CrossAccountAttachment?.AttachmentArn;

    const changed = await call("UpdateCrossAccountAttachment", {
      AttachmentArn,
      AddPrincipals: ["444455556666"],
      RemovePrincipals: ["111122223333"],
      AddResources: [{ EndpointId: "eipalloc-1", Region: "eu-west-1" }],
    });

    expect(changed.output.CrossAccountAttachment).toMatchObject({
      Principals: ["444455556666"],
      Resources: [{ EndpointId: "eipalloc-1", Region: "eu-west-1" }],
    });
  });

  it("refuses a call that it does not know without asking moto", async () => {
    const { status, output } = await call("AdvertiseByoipCidr", { Cidr: "192.0.2.0/24" });

    expect({ status, type: output.__type }).toEqual({ status: 400, type: "NotImplemented" });
    expect(cloud.received).toEqual([]);
    expect(cloud.log).toEqual([
      "globalaccelerator AdvertiseByoipCidr (us-west-2): NotImplemented: the local cloud does not implement globalaccelerator AdvertiseByoipCidr",
    ]);
  });
});
