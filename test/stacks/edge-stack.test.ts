import type { TerraformStack } from "cdktf";

import type { EnvironmentInput } from "../../environments";
import { frankfurt, ireland, sample, sampleService, service, virginia } from "../environments/sample";
import { resourceAt, resourcesOf, synthesize, type Block } from "../support/synth";
import { stackOf, stacksOf } from "./sample-stacks";

const edgeOf = (input: EnvironmentInput): TerraformStack => stackOf(input, "edge");

/** What tells the records of one name apart, by set identifier. */
function selectors(stack: TerraformStack, name: string, selector: string): Record<string, unknown> {
  const records = Object.values(resourcesOf(stack, "aws_route53_record")).filter(
    (record) => record.name === name,
  );
  return Object.fromEntries<unknown>(
    records.map((record) => [String(record.set_identifier), record[selector]]),
  );
}

function recordOf(stack: TerraformStack, name: string, setIdentifier?: string): Block {
  const found = Object.values(resourcesOf(stack, "aws_route53_record")).filter(
    (record) => record.name === name && record.set_identifier === setIdentifier,
  );
  expect(found).toHaveLength(1);
  return found[0] ?? {};
}

describe("routing over the regions of a service", () => {
  it("sends users to the nearest region by default", () => {
    expect(selectors(edgeOf(sample()), "web.example.com", "latency_routing_policy")).toEqual({
      "eu-central-1": { region: "eu-central-1" },
      "eu-west-1": { region: "eu-west-1" },
    });
  });

  it("sends users to the primary region while it is healthy", () => {
    const edge = edgeOf(sampleService({ routing: { policy: "failover" } }));

    expect(selectors(edge, "web.example.com", "failover_routing_policy")).toEqual({
      primary: { type: "PRIMARY" },
      secondary: { type: "SECONDARY" },
    });
  });

  it("shares users out by weight", () => {
    const weights = { "eu-west-1": 3, "eu-central-1": 1 };
    const edge = edgeOf(sampleService({ routing: { policy: { kind: "weighted", weights } } }));

    expect(selectors(edge, "web.example.com", "weighted_routing_policy")).toEqual({
      "eu-central-1": { weight: 1 },
      "eu-west-1": { weight: 3 },
    });
  });

  it("gives places their region, and everyone else another", () => {
    const places = {
      "eu-central-1": [{ continent: "AF" }, { country: "AF" }, { country: "US", subdivision: "CA" }],
    } as const;
    const edge = edgeOf(
      sampleService({ routing: { policy: { kind: "geolocation", places, otherwise: "eu-west-1" } } }),
    );

    expect(selectors(edge, "web.example.com", "geolocation_routing_policy")).toEqual({
      "continent-af": { continent: "AF" },
      "country-af": { country: "AF" },
      "country-us-ca": { country: "US", subdivision: "CA" },
      default: { country: "*" },
    });
    // A default that led to one region would lead its users nowhere while that region fails.
    expect(selectors(edge, "default.web.example.com", "failover_routing_policy")).toEqual({
      primary: { type: "PRIMARY" },
      secondary: { type: "SECONDARY" },
    });
  });

  it("sends users to the nearest region on the map, with a bias", () => {
    const edge = edgeOf(
      sampleService({ routing: { policy: { kind: "geoproximity", bias: { "eu-west-1": 20 } } } }),
    );

    expect(selectors(edge, "web.example.com", "geoproximity_routing_policy")).toEqual({
      "eu-central-1": { aws_region: "eu-central-1", bias: 0 },
      "eu-west-1": { aws_region: "eu-west-1", bias: 20 },
    });
  });

  it("gives networks their region, and everyone else another", () => {
    const networks = { "eu-central-1": ["192.0.2.0/24"] };
    const edge = edgeOf(
      sampleService({ routing: { policy: { kind: "ip-based", networks, otherwise: "eu-west-1" } } }),
    );

    expect(resourceAt(edge, "aws_route53_cidr_location")).toMatchObject({
      name: "eu-central-1",
      cidr_blocks: ["192.0.2.0/24"],
    });
    expect(selectors(edge, "web.example.com", "cidr_routing_policy")).toMatchObject({
      "eu-central-1": { location_name: "eu-central-1" },
      otherwise: { location_name: "*" },
    });
    expect(selectors(edge, "otherwise.web.example.com", "failover_routing_policy")).toEqual({
      primary: { type: "PRIMARY" },
      secondary: { type: "SECONDARY" },
    });
  });
});

describe("the health of a region", () => {
  const edge = edgeOf(sample());
  const checks = Object.entries(resourcesOf(edge, "aws_route53_health_check"));
  const ofType = (type: string) => checks.filter(([, check]) => check.type === type);

  it("is that of the service there, asked by the region's own name", () => {
    expect(ofType("HTTPS").map(([, { fqdn, resource_path: path }]) => ({ fqdn, path }))).toEqual([
      { fqdn: "web.eu-central-1.example.com", path: "/health" },
      { fqdn: "web.eu-west-1.example.com", path: "/health" },
    ]);
  });

  it("is that of its certificate, too", () => {
    expect(
      ofType("CLOUDWATCH_METRIC").map(([, check]) => [
        check.cloudwatch_alarm_name,
        check.cloudwatch_alarm_region,
      ]),
    ).toEqual([
      ["sample-certificate-expiry", "eu-central-1"],
      ["sample-certificate-expiry", "eu-west-1"],
    ]);
    for (const [, check] of ofType("CALCULATED")) {
      expect(check).toMatchObject({
        child_health_threshold: 2,
        child_healthchecks: [expect.any(String), expect.any(String)],
      });
    }
  });

  it("follows the certificate that a change of names puts in the place of another", () => {
    expect(ofType("CLOUDWATCH_METRIC").map(([, check]) => check.triggers)).toEqual([
      {
        certificateArn: "${data.terraform_remote_state.Upstream-EuCentral1.outputs.certificate_arn}",
        daysBeforeExpiry: "1",
      },
      {
        certificateArn: "${data.terraform_remote_state.Upstream-EuWest1.outputs.certificate_arn}",
        daysBeforeExpiry: "1",
      },
    ]);
  });

  it("is replaced after its successor exists, as a shorter recovery time requires", () => {
    const faster = edgeOf(sample({ recovery: { rtoSeconds: 96, survives: 1 } }));
    const settings = (stack: TerraformStack) =>
      Object.values(resourcesOf(stack, "aws_route53_health_check")).map(
        ({ request_interval: interval, lifecycle }) => ({ interval, lifecycle }),
      );

    expect(new Set(settings(edge).map(({ interval }) => interval))).toEqual(new Set([30, undefined]));
    expect(new Set(settings(faster).map(({ interval }) => interval))).toEqual(new Set([10, undefined]));
    for (const { lifecycle } of [...settings(edge), ...settings(faster)]) {
      expect(lifecycle).toEqual({ create_before_destroy: true });
    }
  });

  it("is not that of the other services on its load balancer", () => {
    const two = edgeOf(sample({ services: { web: service(), api: service() } }));
    const judged = (stack: TerraformStack) =>
      Object.values(resourcesOf(stack, "aws_route53_record"))
        .filter(({ health_check_id: check }) => check !== undefined)
        .map(({ alias }) => (alias as { evaluate_target_health: boolean }).evaluate_target_health);

    const ledger = service({ routing: { entry: "private" } });
    const besidePrivate = edgeOf(
      sample({ services: { web: service(), ledger }, privateDns: { zone: "internal.example.com" } }),
    );

    expect(judged(edge)).toEqual([true, true]);
    expect(judged(besidePrivate)).toEqual([true, true]);
    expect(judged(two)).toEqual([false, false, false, false]);
  });

  it("shares the check of a certificate between the services of a region", () => {
    const two = edgeOf(sample({ services: { web: service(), api: service() } }));
    const types = Object.values(resourcesOf(two, "aws_route53_health_check")).map(({ type }) => type);

    expect(types.filter((type) => type === "CLOUDWATCH_METRIC")).toHaveLength(2);
    expect(types.filter((type) => type === "HTTPS")).toHaveLength(4);
  });
});

describe("a service that is entered by an accelerator", () => {
  const entered = sampleService({ routing: { entry: "accelerator" } });
  const edge = edgeOf(entered);

  it("has endpoint groups in all of its regions", () => {
    const groups = Object.values(resourcesOf(edge, "aws_globalaccelerator_endpoint_group"));

    expect(groups.map((group) => [group.endpoint_group_region, group.traffic_dial_percentage])).toEqual([
      ["eu-central-1", 100],
      ["eu-west-1", 100],
    ]);
  });

  it("has a name that leads to the accelerator, and to the nearest region while nobody answers there", () => {
    expect(selectors(edge, "web.example.com", "failover_routing_policy")).toEqual({
      primary: { type: "PRIMARY" },
      secondary: { type: "SECONDARY" },
    });
    expect(recordOf(edge, "web.example.com", "primary").alias).toMatchObject({ zone_id: "Z2BJ6XQ5FK7U4H" });
    expect(selectors(edge, "secondary.web.example.com", "latency_routing_policy")).toEqual({
      "eu-central-1": { region: "eu-central-1" },
      "eu-west-1": { region: "eu-west-1" },
    });
  });

  it("leaves the accelerator when a certificate behind it expires, which the accelerator does not look at", () => {
    expect(
      resourceAt(edge, "aws_route53_health_check", "Routing-Web/Checks/accelerator/Resource"),
    ).toMatchObject({
      type: "CALCULATED",
      child_health_threshold: 3,
      child_healthchecks: [
        expect.stringContaining("Checks_accelerator_Children_service"),
        expect.stringContaining("Certificate-eu-west-1"),
        expect.stringContaining("Certificate-eu-central-1"),
      ],
    });
  });

  it("is asked for by its own name at an address of the accelerator", () => {
    const asked = Object.values(resourcesOf(edge, "aws_route53_health_check")).filter(
      ({ ip_address: address }) => address !== undefined,
    );

    expect(asked).toEqual([
      expect.objectContaining({
        type: "HTTPS",
        fqdn: "web.example.com",
        ip_address:
          "${element(aws_globalaccelerator_accelerator.Accelerator-Global_8266FD6E.ip_sets[0].ip_addresses, 0)}",
        resource_path: "/health",
      }),
    ]);
  });

  it("has no second judge of its targets", () => {
    const group = resourceAt(stackOf(entered, "eu-west-1"), "aws_lb_target_group");

    expect(group.target_group_health).toMatchObject({
      dns_failover: { minimum_healthy_targets_count: "off" },
    });
  });

  it("turns the dial of a region", () => {
    const accelerator = { trafficDialPercentages: { "eu-central-1": 10 } };
    const dialled = Object.values(
      resourcesOf(edgeOf({ ...entered, accelerator }), "aws_globalaccelerator_endpoint_group"),
    );

    expect(dialled.map((group) => group.traffic_dial_percentage)).toEqual([10, 100]);
  });

  it("has an accelerator that knows the regions of its jurisdiction only", () => {
    const input = sample({
      regions: { "eu-west-1": ireland(), "eu-central-1": frankfurt(), "us-east-1": virginia() },
      jurisdictions: { eu: ["eu-west-1", "eu-central-1"] },
      services: {
        web: service({ routing: { entry: "accelerator" } }),
        records: service({ routing: { entry: "accelerator" }, jurisdiction: "eu" }),
      },
    });
    const names = Object.values(resourcesOf(edgeOf(input), "aws_globalaccelerator_accelerator")).map(
      ({ name }) => name,
    );
    const groups = Object.keys(resourcesOf(edgeOf(input), "aws_globalaccelerator_endpoint_group"));

    expect(names).toEqual(["sample-eu", "sample-global"]);
    expect(groups.map((id) => id.replace(/_[0-9A-F]{8}$/, ""))).toEqual([
      "Accelerator-Eu_Listeners_web_eu-central-1",
      "Accelerator-Eu_Listeners_web_eu-west-1",
      "Accelerator-Global_Listeners_web_eu-central-1",
      "Accelerator-Global_Listeners_web_eu-west-1",
      "Accelerator-Global_Listeners_web_us-east-1",
    ]);
  });
});

describe("an accelerator that is the only way in", () => {
  const stacks = stacksOf({
    ...sampleService({ routing: { entry: "accelerator" } }),
    accelerator: { onlyEntry: true },
  });
  const {
    edge,
    "eu-west-1": region,
    "eu-west-1-network": network,
  } = stacks as Record<"edge" | "eu-west-1" | "eu-west-1-network", TerraformStack>;

  it("has private load balancers behind it", () => {
    const loadBalancer = resourceAt(region, "aws_lb");

    expect(loadBalancer.internal).toBe(true);
    expect(loadBalancer.subnets).toEqual([
      expect.stringContaining("outputs.private_subnet_id_eu_west_1a"),
      expect.stringContaining("outputs.private_subnet_id_eu_west_1b"),
    ]);
  });

  it("lets the clients of the accelerator through to them", () => {
    expect(resourceAt(network, "aws_network_acl_rule", "Network/PrivateAcl/InboundHttps")).toMatchObject({
      rule_action: "allow",
      cidr_block: "0.0.0.0/0",
      from_port: 443,
    });
  });

  it("has a name without a fallback, and no regional names", () => {
    const records = Object.values(resourcesOf(edge, "aws_route53_record"));

    expect(records.map(({ name, type }) => [name, type])).toEqual([["web.example.com", "A"]]);
    expect(resourcesOf(edge, "aws_route53_health_check")).toEqual({});
  });
});

describe("a service that moves from App Runner to Fargate", () => {
  const appRunner = { existingCustomer: true } as const;
  const moving = (runtime: NonNullable<Parameters<typeof service>[0]>["runtime"]): EnvironmentInput =>
    sample({ appRunner, services: { web: service({ runtime }) } });
  const weights = (input: EnvironmentInput) =>
    selectors(edgeOf(input), "web.example.com", "weighted_routing_policy");

  it("is weighted from the start", () => {
    expect(weights(moving("app-runner"))).toEqual({ "app-runner": { weight: 100 } });
  });

  it("stands on both, whose weights share the answers out", () => {
    expect(weights(moving({ "app-runner": 90, fargate: 10 }))).toEqual({
      "app-runner": { weight: 90 },
      fargate: { weight: 10 },
    });
  });

  it("keeps its weight when App Runner is gone", () => {
    expect(weights(moving({ fargate: 100 }))).toEqual({ fargate: { weight: 100 } });
  });

  it("keeps the addresses of all records on the way", () => {
    const addresses = (input: EnvironmentInput) =>
      Object.keys(resourcesOf(edgeOf(input), "aws_route53_record"));
    const both = addresses(moving({ "app-runner": 50, fargate: 50 }));

    expect(both).toEqual(expect.arrayContaining(addresses(moving("app-runner"))));
    expect(both).toEqual(expect.arrayContaining(addresses(moving({ fargate: 100 }))));
  });

  it("is asked for by the name that App Runner gives each region", () => {
    const checks = Object.values(resourcesOf(edgeOf(moving("app-runner")), "aws_route53_health_check"));

    expect(checks.map(({ type, fqdn }) => [type, fqdn])).toEqual([
      ["HTTPS", "${data.terraform_remote_state.Upstream-EuCentral1.outputs.app_runner_web_domain_name}"],
      ["HTTPS", "${data.terraform_remote_state.Upstream-EuWest1.outputs.app_runner_web_domain_name}"],
    ]);
  });
});

describe("a service that is entered by a distribution", () => {
  const edge = edgeOf(sampleService({ routing: { entry: "distribution" } }));

  it("has a name that leads to CloudFront", () => {
    expect(recordOf(edge, "web.example.com").alias).toMatchObject({
      name: "${data.terraform_remote_state.Upstream-Cloudfront.outputs.distribution_web_domain_name}",
      zone_id: "Z2FDTNDATAQYW2",
    });
  });

  it("has another that leads from CloudFront to the regions", () => {
    expect(selectors(edge, "origin-web.example.com", "latency_routing_policy")).toEqual({
      "eu-central-1": { region: "eu-central-1" },
      "eu-west-1": { region: "eu-west-1" },
    });
  });
});

describe("a distribution that is the only way in", () => {
  const entered = sampleService({ routing: { entry: "distribution" } });
  const stacks = stacksOf({ ...entered, distribution: { onlyEntry: true } });
  const { edge, "eu-west-1": region } = stacks as Record<"edge" | "eu-west-1", TerraformStack>;

  it("has load balancers behind it that admit CloudFront and health checkers only", () => {
    const loadBalancer = resourceAt(region, "aws_lb");
    const groups = loadBalancer.security_groups as string[];
    const rules = Object.values(resourcesOf(region, "aws_vpc_security_group_ingress_rule")).filter(
      ({ security_group_id: group }) => groups.includes(String(group)),
    );

    expect(loadBalancer.internal).toBe(false);
    expect(groups).toHaveLength(2);
    expect(
      rules.map(({ description, from_port: port, cidr_ipv4: block }) => [description, port, block]),
    ).toEqual([
      ["HTTPS from com.amazonaws.global.cloudfront.origin-facing", 443, undefined],
      ["HTTPS from com.amazonaws.eu-west-1.route53-healthchecks", 443, undefined],
    ]);
  });

  it("has the same edge as one that is not, health checks included", () => {
    expect(synthesize(edge)).toEqual(synthesize(edgeOf(entered)));
  });
});
