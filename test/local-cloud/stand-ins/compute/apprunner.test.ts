import { ConnectorUse } from "../../../../local-cloud/stand-ins/compute/apprunner-connectors";
import { Store } from "../../../../local-cloud/toolkit";
import { GatewayUnderTest } from "../../support/cloud";

type Output = Record<string, Record<string, unknown>>;

const source = { ImageRepository: { ImageIdentifier: "image:1", ImageRepositoryType: "ECR" } };

describe("the stand-in of App Runner", () => {
  let cloud: GatewayUnderTest;

  beforeEach(async () => {
    cloud = await GatewayUnderTest.start();
  });
  afterEach(() => {
    cloud.stop();
  });

  async function call(action: string, input: object, region?: string): Promise<Output> {
    return (await cloud.json("apprunner", `AppRunner.${action}`, input, region)).output as Output;
  }

  it("runs a new service at once, with the defaults of the service", async () => {
    const { Service } = await call("CreateService", { ServiceName: "web", SourceConfiguration: source });

    const described = await call("DescribeService", { ServiceArn: Service?.ServiceArn });

    expect(described.Service).toMatchObject({
      ServiceName: "web",
      Status: "RUNNING",
      ServiceUrl: expect.stringMatching(/^[0-9a-f]{10}\.eu-west-1\.awsapprunner\.com$/) as string,
      InstanceConfiguration: { Cpu: "1024", Memory: "2048" },
      HealthCheckConfiguration: { Protocol: "TCP", Interval: 5 },
      NetworkConfiguration: { EgressConfiguration: { EgressType: "DEFAULT" } },
      AutoScalingConfigurationSummary: { AutoScalingConfigurationName: "DefaultConfiguration" },
    });
  });

  it("keeps services of two regions apart", async () => {
    const { Service } = await call("CreateService", { ServiceName: "web", SourceConfiguration: source });

    const elsewhere = await call("DescribeService", { ServiceArn: Service?.ServiceArn }, "us-east-1");

    expect(elsewhere.__type).toBe("ResourceNotFoundException");
  });

  it("changes what an update names and keeps the rest", async () => {
    const { Service } = await call("CreateService", {
      ServiceName: "web",
      SourceConfiguration: source,
      HealthCheckConfiguration: { Protocol: "HTTP", Path: "/health" },
    });

    await call("UpdateService", { ServiceArn: Service?.ServiceArn, InstanceConfiguration: { Cpu: "2048" } });

    expect((await call("DescribeService", { ServiceArn: Service?.ServiceArn })).Service).toMatchObject({
      InstanceConfiguration: { Cpu: "2048" },
      HealthCheckConfiguration: { Protocol: "HTTP", Path: "/health" },
    });
  });

  it("makes a new revision of a scaling configuration and calls it the latest", async () => {
    const input = { AutoScalingConfigurationName: "web", MaxSize: 10 };

    const first = await call("CreateAutoScalingConfiguration", input);
    const second = await call("CreateAutoScalingConfiguration", input);
    const again = await call("DescribeAutoScalingConfiguration", {
      AutoScalingConfigurationArn: first.AutoScalingConfiguration?.AutoScalingConfigurationArn,
    });

    expect(second.AutoScalingConfiguration).toMatchObject({
      AutoScalingConfigurationRevision: 2,
      Latest: true,
      Status: "active",
      MinSize: 1,
      MaxSize: 10,
    });
    expect(again.AutoScalingConfiguration).toMatchObject({
      AutoScalingConfigurationRevision: 1,
      Latest: false,
    });
  });

  it("asks for the validation records of a custom domain", async () => {
    const { Service } = await call("CreateService", { ServiceName: "web", SourceConfiguration: source });

    const output = await call("AssociateCustomDomain", {
      ServiceArn: Service?.ServiceArn,
      DomainName: "web.meridian.test",
      EnableWWWSubdomain: true,
    });

    const records = output.CustomDomain?.CertificateValidationRecords as { Name: string; Type: string }[];

    expect(output.CustomDomain?.Status).toBe("pending_certificate_dns_validation");
    expect(records.map(({ Type }) => Type)).toEqual(records.map(() => "CNAME"));
    expect(records.map(({ Name }) => Name.replace(/^_[0-9a-f]{32}\./, ""))).toEqual(
      expect.arrayContaining(["web.meridian.test.", "www.web.meridian.test."]),
    );
  });

  it("refuses a service without a source, one of a taken name, and an ingress to none", async () => {
    await call("CreateService", { ServiceName: "web", SourceConfiguration: source });

    const refusals = [
      await call("CreateService", { ServiceName: "other" }),
      await call("CreateService", { ServiceName: "web", SourceConfiguration: source }),
      await call("CreateVpcIngressConnection", {
        ServiceArn: "arn:none",
        VpcIngressConnectionName: "web",
        IngressVpcConfiguration: {},
      }),
    ];

    expect(refusals.map(({ __type, message }) => [__type, message])).toEqual([
      ["InvalidRequestException", "missing required field: SourceConfiguration"],
      ["InvalidRequestException", "Service with the provided name already exists: web"],
      ["ResourceNotFoundException", "Service arn:none does not exist"],
    ]);
  });

  it("deletes no connector that a service uses", async () => {
    const { VpcConnector } = await call("CreateVpcConnector", { VpcConnectorName: "out", Subnets: ["s"] });
    const VpcConnectorArn = VpcConnector?.VpcConnectorArn;
    const EgressConfiguration = { EgressType: "VPC", VpcConnectorArn };
    const { Service } = await call("CreateService", {
      ...{ ServiceName: "web", SourceConfiguration: source, NetworkConfiguration: { EgressConfiguration } },
    });
    const remove = async () =>
      (await cloud.json("apprunner", "AppRunner.DeleteVpcConnector", { VpcConnectorArn })).output;

    expect(await remove()).toMatchObject({
      __type: "InvalidRequestException",
      message: `Provided VPC connector arn is being used by other services. ARN: ${String(VpcConnectorArn)}`,
    });
    await call("DeleteService", { ServiceArn: Service?.ServiceArn });
    expect(await remove()).toMatchObject({ VpcConnector: { Status: "INACTIVE" } });
  });
});

describe("a connector whose service is gone", () => {
  const arn = "arn:aws:apprunner:eu-west-1:123456789012:vpcconnector/out/1/1";
  const NetworkConfiguration = { EgressConfiguration: { EgressType: "VPC", VpcConnectorArn: arn } };

  const at = { now: 0 };
  const use = (isUnkind: boolean) => {
    const connectors = new ConnectorUse(
      new Store(),
      () => isUnkind,
      () => at.now,
    );
    connectors.noteEnd({ NetworkConfiguration });
    return () => {
      connectors.refuseDeletion(arn, "eu-west-1");
    };
  };

  it("is held on to for some seconds while App Runner is unkind", () => {
    at.now = 0;
    const remove = use(true);

    expect(remove).toThrow("is being used by other services");
    at.now = 10_000;
    expect(remove).not.toThrow();
  });

  it("is released at once otherwise", () => {
    expect(use(false)).not.toThrow();
  });
});
