import { sample } from "../../environments/sample";
import { resourceAt, resourcesOf } from "../../support/synth";
import { stackOf } from "../sample-stacks";

const input = sample({
  privateDns: {
    zone: "internal.example.com",
    clientCidrBlocks: ["192.168.0.0/16"],
    forward: {
      "corp.example.com": { servers: ["192.168.0.10", "192.168.0.11"], sharedWith: ["444455556666"] },
      "lab.example.com": { servers: ["192.168.0.10"] },
    },
  },
});

describe("the private names of an environment", () => {
  it("are asked for by the networks of all regions", () => {
    const edge = stackOf(input, "edge");

    expect(resourceAt(edge, "aws_route53_zone")).toMatchObject({
      name: "internal.example.com",
      vpc: [
        {
          vpc_id: "${data.terraform_remote_state.Upstream-EuWest1Network.outputs.vpc_id}",
          vpc_region: "eu-west-1",
        },
      ],
    });
    expect(resourceAt(edge, "aws_route53_zone_association")).toMatchObject({
      vpc_id: "${data.terraform_remote_state.Upstream-EuCentral1Network.outputs.vpc_id}",
      vpc_region: "eu-central-1",
    });
  });

  it("are published to other networks, and theirs are resolved, by endpoints of each region", () => {
    const regional = stackOf(input, "eu-central-1-network");
    const endpoints = Object.values(resourcesOf(regional, "aws_route53_resolver_endpoint"));
    const rules = Object.values(resourcesOf(regional, "aws_route53_resolver_rule"));

    expect(endpoints.map(({ direction }) => direction)).toEqual(["INBOUND", "OUTBOUND"]);
    expect(rules.map(({ domain_name: domain, target_ip: servers }) => [domain, servers])).toEqual([
      [
        "corp.example.com",
        [
          { ip: "192.168.0.10", port: 53 },
          { ip: "192.168.0.11", port: 53 },
        ],
      ],
      ["lab.example.com", [{ ip: "192.168.0.10", port: 53 }]],
    ]);
  });

  it("are shared with the accounts that may obey a rule", () => {
    const regional = stackOf(input, "eu-central-1-network");

    expect(resourceAt(regional, "aws_ram_principal_association").principal).toBe("444455556666");
  });

  it("need no endpoint while nobody else asks", () => {
    const alone = sample({ privateDns: { zone: "internal.example.com" } });

    expect(resourcesOf(stackOf(alone, "eu-central-1-network"), "aws_route53_resolver_endpoint")).toEqual({});
  });
});
