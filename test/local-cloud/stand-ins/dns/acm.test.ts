import { acm } from "../../../../local-cloud/stand-ins/dns/acm";
import { Unkindness } from "../../../../local-cloud/unkind";
import { GatewayUnderTest, type Received } from "../../support/cloud";

const arn = "arn:aws:acm:eu-west-1:123456789012:certificate/0c2f2c1e-0000-4000-8000-000000000001";
const target = (action: string) => `CertificateManager.${action}`;

function moto({ headers }: Received) {
  const isRequest = String(headers["x-amz-target"]).endsWith("RequestCertificate");
  return {
    text: JSON.stringify(
      isRequest
        ? { CertificateArn: arn }
        : { Certificate: { CertificateArn: arn, DomainName: "example.com", Status: "ISSUED" } },
    ),
  };
}

describe("ACM", () => {
  const unkind = new Unkindness();
  let cloud: GatewayUnderTest;

  beforeEach(async () => {
    unkind.set([]);
    cloud = await GatewayUnderTest.start(moto, [acm(unkind)], unkind);
  });

  afterEach(() => {
    cloud.stop();
  });

  async function status(): Promise<unknown> {
    const { output } = await cloud.json("acm", target("DescribeCertificate"), { CertificateArn: arn });
    return (output.Certificate as Record<string, unknown>).Status;
  }

  it("issues at once while the cloud is kind", async () => {
    await cloud.json("acm", target("RequestCertificate"), { DomainName: "example.com" });

    expect(await status()).toBe("ISSUED");
  });

  it("waits for as long as the zone is not delegated", async () => {
    unkind.set(["undelegated-zone"]);
    await cloud.json("acm", target("RequestCertificate"), { DomainName: "example.com" });
    expect(await status()).toBe("PENDING_VALIDATION");

    unkind.set([]);
    expect(await status()).toBe("ISSUED");
  });

  it("leaves what was issued before as it is", async () => {
    await cloud.json("acm", target("RequestCertificate"), { DomainName: "example.com" });
    unkind.set(["undelegated-zone"]);

    expect(await status()).toBe("ISSUED");
  });

  it("lets expire what nothing uses, and renews what a load balancer uses", async () => {
    unkind.set(["unused-certificate-expiry"]);
    expect(await status()).toBe("EXPIRED");

    await cloud.query("elasticloadbalancing", {
      Action: "CreateListener",
      "Certificates.member.1.CertificateArn": arn,
    });
    expect(await status()).toBe("ISSUED");
  });
});
