import { sample, service } from "../../environments/sample";
import { resourceAt, resourcesOf, synthesize } from "../../support/synth";
import { stackOf } from "../sample-stacks";

const appRunner = { existingCustomer: true } as const;
const privateDns = { zone: "internal.example.com" };
const ledger = service({ routing: { entry: "private" } });
const input = sample({ privateDns, services: { web: service(), ledger } });

describe("services on Fargate that only the networks reach", () => {
  const regional = stackOf(input, "eu-central-1");
  const edge = stackOf(input, "edge");

  it("are behind a load balancer in the private tier that admits only the network", () => {
    expect(resourceAt(regional, "aws_lb", "PrivateLoadBalancer/Resource")).toMatchObject({
      name: "sample-eu-central-1-private",
      internal: true,
    });
    expect(
      resourceAt(regional, "aws_vpc_security_group_ingress_rule", "PrivateLoadBalancer/HttpsFromNetwork"),
    ).toMatchObject({ cidr_ipv4: "10.1.0.0/16", from_port: 443, to_port: 443 });
    expect(resourceAt(regional, "aws_lb_listener_rule", "Service-Ledger/Ingress/ListenerRule")).toMatchObject(
      {
        listener_arn: "${aws_lb_listener.PrivateLoadBalancer_HttpsListener_B69D79C2.arn}",
        condition: [{ host_header: { values: ["ledger.internal.example.com"] } }],
      },
    );
    expect(resourceAt(regional, "aws_lb_listener_rule", "Service-Web/Ingress/ListenerRule")).toMatchObject({
      listener_arn: "${aws_lb_listener.LoadBalancer_HttpsListener_5C546BDA.arn}",
    });
  });

  it("have a certificate that their region proves in the public zone", () => {
    const certificates = (of: typeof edge) =>
      Object.values(resourcesOf(of, "aws_acm_certificate")).map(({ domain_name: name }) => name);

    expect(certificates(regional)).toContain("*.internal.example.com");
    expect(
      resourceAt(regional, "aws_route53_record", "PrivateCertificate/Proof/internal.example.com"),
    ).toMatchObject({
      zone_id: "${data.terraform_remote_state.Upstream-Foundation.outputs.hosted_zone_id}",
    });
    expect(
      resourceAt(regional, "aws_cloudwatch_metric_alarm", "PrivateCertificateExpiry/Resource"),
    ).toMatchObject({ alarm_name: "sample-private-certificate-expiry" });
  });

  it("are found by each network in its own region, whatever the health of others", () => {
    expect(resourceAt(regional, "aws_route53_zone", "Service-Ledger/PrivateZone/Resource")).toMatchObject({
      name: "ledger.internal.example.com",
      vpc: [
        {
          vpc_id: "${data.terraform_remote_state.Upstream-EuCentral1Network.outputs.vpc_id}",
          vpc_region: "eu-central-1",
        },
      ],
    });
    expect(resourceAt(regional, "aws_route53_record", "Service-Ledger/PrivateName/Resource")).toEqual({
      zone_id: "${aws_route53_zone.Service-Ledger_PrivateZone_D2872E9B.zone_id}",
      name: "ledger.internal.example.com",
      type: "A",
      alias: {
        name: "${aws_lb.PrivateLoadBalancer_FACEA0CF.dns_name}",
        zone_id: "${aws_lb.PrivateLoadBalancer_FACEA0CF.zone_id}",
        evaluate_target_health: true,
      },
    });
    expect(JSON.stringify(resourcesOf(edge, "aws_route53_record"))).not.toContain("ledger");
    expect(JSON.stringify(resourcesOf(edge, "aws_route53_health_check"))).not.toContain("ledger");
    expect(synthesize(edge).output).toMatchObject({
      ledger_url: { value: "https://ledger.internal.example.com" },
    });
  });

  it("leave regions without any as they are", () => {
    const west = { ...ledger, regions: ["eu-west-1"] };
    const single = sample({
      privateDns,
      services: { web: service(), ledger: west },
      recovery: { rtoSeconds: 156, survives: 0 },
    });

    expect(Object.keys(resourcesOf(stackOf(single, "eu-west-1"), "aws_lb"))).toHaveLength(2);
    expect(Object.keys(resourcesOf(stackOf(single, "eu-central-1"), "aws_lb"))).toHaveLength(1);
  });

  it("are reached over IPv6 too, where the environment is", () => {
    const dualStack = sample({ ipv6: true, privateDns, services: { ledger } });
    const types = Object.values(resourcesOf(stackOf(dualStack, "eu-west-1"), "aws_route53_record")).map(
      ({ name, type }) => `${String(name)} ${String(type)}`,
    );

    expect(
      resourceAt(stackOf(dualStack, "eu-west-1"), "aws_lb", "PrivateLoadBalancer/Resource"),
    ).toMatchObject({ ip_address_type: "dualstack" });
    expect(types).toEqual(
      expect.arrayContaining(["ledger.internal.example.com A", "ledger.internal.example.com AAAA"]),
    );
  });
});

describe("services on App Runner that only the networks reach", () => {
  const input = sample({
    appRunner,
    privateDns,
    services: { ledger: service({ runtime: "app-runner", routing: { entry: "private" } }) },
  });
  const regional = stackOf(input, "eu-west-1");

  it("are entered by an endpoint of the network, with no web ACL that would count it as one client", () => {
    expect(resourceAt(regional, "aws_apprunner_service")).toMatchObject({
      network_configuration: { ingress_configuration: { is_publicly_accessible: false } },
    });
    expect(resourceAt(regional, "aws_apprunner_vpc_ingress_connection")).toMatchObject({
      name: "sample-ledger",
    });
    expect(Object.keys(resourcesOf(regional, "aws_wafv2_web_acl_association"))).toHaveLength(1);
    expect(resourcesOf(regional, "aws_apprunner_custom_domain_association")).toEqual({});
  });

  it("are known by the name that App Runner gives them in each region", () => {
    const edge = stackOf(input, "edge");

    expect(synthesize(edge).output).toMatchObject({
      ledger_eu_west_1_url: {
        value:
          "https://${data.terraform_remote_state.Upstream-EuWest1.outputs.app_runner_ledger_domain_name}",
      },
    });
    expect(resourcesOf(edge, "aws_route53_record")).toEqual({});
  });
});
