import { serviceQuotas } from "../../../../local-cloud/stand-ins/management/service-quotas";
import { Unkindness } from "../../../../local-cloud/unkind";
import { GatewayUnderTest } from "../../support/cloud";

describe("Service Quotas", () => {
  let cloud: GatewayUnderTest;

  afterEach(() => {
    cloud.stop();
  });

  const start = async (unkind?: Unkindness) => {
    cloud = await GatewayUnderTest.start(undefined, [serviceQuotas(unkind)]);
  };
  const ask = (action: string, input: object, region = "eu-west-1") =>
    cloud.json("servicequotas", `ServiceQuotasV20190624.${action}`, input, region);
  const valueOf = async (ServiceCode: string, QuotaCode: string, region?: string): Promise<unknown> => {
    const { output } = await ask("GetServiceQuota", { ServiceCode, QuotaCode }, region);
    return (output.Quota as { Value?: number } | undefined)?.Value ?? output.__type;
  };
  const addresses = { ServiceCode: "ec2", QuotaCode: "L-0263D0A3" };

  it("has the values of an established account, and of a new one where quotas are unkind", async () => {
    await start();
    expect(await valueOf("fargate", "L-3032A538")).toBe(4000);
    cloud.stop();

    await start(new Unkindness("quotas"));
    expect(await valueOf("fargate", "L-3032A538")).toBe(6);
    expect(await valueOf("ec2", "L-F7808C92")).toBe(0);
  });

  it("has quotas of the whole account in us-east-1 only, as AWS does", async () => {
    await start();

    expect(await valueOf("route53", "L-ACB674F3", "us-east-1")).toBe(200);
    expect(await valueOf("route53", "L-ACB674F3", "eu-west-1")).toBe("NoSuchResourceException");
    expect(await valueOf("ec2", "L-00000000")).toBe("NoSuchResourceException");
  });

  it("grants an increase at once, in its region, and leaves what every account starts with", async () => {
    await start();
    const { status } = await ask("RequestServiceQuotaIncrease", { ...addresses, DesiredValue: 20 });
    const { output } = await ask("GetAWSDefaultServiceQuota", addresses);

    expect(status).toBe(200);
    expect(await valueOf("ec2", "L-0263D0A3")).toBe(20);
    expect(await valueOf("ec2", "L-0263D0A3", "eu-central-1")).toBe(5);
    expect(output.Quota).toMatchObject({ Value: 5, QuotaName: "EC2-VPC Elastic IPs", GlobalQuota: false });
  });

  it("refuses an increase that is none", async () => {
    await start();

    expect(await ask("RequestServiceQuotaIncrease", { ...addresses, DesiredValue: 5 })).toMatchObject({
      status: 400,
      output: {
        __type: "IllegalArgumentException",
        message: "You must provide a quota value greater than the current quota value",
      },
    });
  });

  it("lists the quotas of a service", async () => {
    await start();
    const { output } = await ask("ListServiceQuotas", { ServiceCode: "elasticloadbalancing" });

    expect((output.Quotas as { QuotaName: string }[]).map(({ QuotaName }) => QuotaName)).toEqual([
      "Application Load Balancers per Region",
      "Network Load Balancers per Region",
      "Target Groups per Region",
    ]);
  });
});
