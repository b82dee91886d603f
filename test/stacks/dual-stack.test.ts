import type { TerraformStack } from "cdktf";

import type { EnvironmentInput } from "../../environments";
import { sample, sampleService, service } from "../environments/sample";
import { resourceAt, resourcesOf } from "../support/synth";
import { stackOf, stacksOf } from "./sample-stacks";

type ServiceInput = Parameters<typeof sampleService>[0];

const withIpv6 = (
  changes: ServiceInput = {},
  environment: Partial<EnvironmentInput> = {},
): EnvironmentInput => ({
  ...sampleService(changes),
  ipv6: true,
  ...environment,
});

/** The types of a name's records with their set identifiers, such as `A eu-west-1`. */
function recordsOf(input: EnvironmentInput, name: string): string[] {
  return Object.values(resourcesOf(stackOf(input, "edge"), "aws_route53_record"))
    .filter((record) => record.name === name)
    .map(({ type, set_identifier: identifier }) => [type, identifier].filter(Boolean).join(" "))
    .sort();
}

describe("an environment with IPv6", () => {
  it("has dual-stack networks and load balancers in all of its regions", () => {
    for (const region of ["eu-west-1", "eu-central-1"]) {
      const network = stackOf(withIpv6(), `${region}-network`);

      expect(resourceAt(network, "aws_vpc").assign_generated_ipv6_cidr_block).toBe(true);
      expect(resourceAt(stackOf(withIpv6(), region), "aws_lb").ip_address_type).toBe("dualstack");
    }
  });

  it("gives each region's own name an AAAA record beside its A record", () => {
    expect(recordsOf(withIpv6(), "web.eu-west-1.example.com")).toEqual(["A", "AAAA"]);
  });

  const regions = ["eu-central-1", "eu-west-1"];
  it.each<[string, NonNullable<ServiceInput["routing"]>["policy"], string[]]>([
    ["latency", "latency", regions],
    ["failover", "failover", ["primary", "secondary"]],
    ["weighted", { kind: "weighted", weights: { "eu-west-1": 1, "eu-central-1": 1 } }, regions],
    [
      "geolocation",
      { kind: "geolocation", places: { "eu-central-1": [{ country: "DE" }] }, otherwise: "eu-west-1" },
      ["country-de", "default"],
    ],
    ["geoproximity", { kind: "geoproximity", bias: {} }, regions],
    [
      "IP-based",
      { kind: "ip-based", networks: { "eu-central-1": ["2001:db8::/48"] }, otherwise: "eu-west-1" },
      ["eu-central-1", "otherwise"],
    ],
  ])("answers for both families under %s routing", (_, policy, identifiers) => {
    expect(recordsOf(withIpv6({ routing: { policy } }), "web.example.com")).toEqual([
      ...identifiers.map((identifier) => `A ${identifier}`),
      ...identifiers.map((identifier) => `AAAA ${identifier}`),
    ]);
  });

  it("has dual-stack accelerators, whose names and fallbacks answer for both families", () => {
    const input = withIpv6({ routing: { entry: "accelerator" } });

    expect(resourceAt(stackOf(input, "edge"), "aws_globalaccelerator_accelerator").ip_address_type).toBe(
      "DUAL_STACK",
    );
    expect(recordsOf(input, "web.example.com")).toEqual([
      "A primary",
      "A secondary",
      "AAAA primary",
      "AAAA secondary",
    ]);
    expect(recordsOf(input, "secondary.web.example.com")).toEqual([
      ...regions.map((region) => `A ${region}`),
      ...regions.map((region) => `AAAA ${region}`),
    ]);
  });

  it("leads both families to a distribution", () => {
    expect(recordsOf(withIpv6({ routing: { entry: "distribution" } }), "web.example.com")).toEqual([
      "A",
      "AAAA",
    ]);
  });

  it("gives App Runner's own names IPv6, and no AAAA records, which Route 53 cannot alias to it", () => {
    const appRunner = { existingCustomer: true } as const;
    const input = withIpv6({ runtime: { "app-runner": 90, fargate: 10 } }, { appRunner });

    expect(
      resourceAt(stackOf(input, "eu-west-1"), "aws_apprunner_service").network_configuration,
    ).toMatchObject({ ip_address_type: "DUAL_STACK" });
    expect(recordsOf(input, "web.example.com")).toEqual(["A app-runner", "A fargate"]);
    expect(recordsOf(input, "web.eu-west-1.example.com")).toEqual(["A", "AAAA"]);
  });

  it("keeps the address of everything that exists without IPv6", () => {
    const services = { web: service(), api: service({ routing: { entry: "accelerator" } }) };
    const addressesOf = (stack: TerraformStack): string[] =>
      stack.node
        .findAll()
        .map(({ node }) => node.path)
        .sort();
    const before = stacksOf(sample({ services }));
    const after = stacksOf(sample({ services, ipv6: true }));

    expect(Object.keys(after)).toEqual(Object.keys(before));
    for (const [layer, stack] of Object.entries(before)) {
      expect(addressesOf(after[layer] ?? stack)).toEqual(expect.arrayContaining(addressesOf(stack)));
    }
  });
});
