import type { TerraformStack } from "cdktf";
import fc from "fast-check";

import {
  CustomRoutingAccelerator,
  customRoutingPortsOf,
  type CustomRoutingAcceleratorProps,
  type CustomRoutingEndpointGroup,
  type CustomRoutingListener,
} from "../../../modules/global-accelerator";
import { emptyStack, refusal, resourceAt, resourcesOf } from "../../support/synth";

const group: CustomRoutingEndpointGroup = {
  destinations: [{ fromPort: 81, toPort: 90, protocols: ["UDP", "TCP"] }],
  subnets: [{ subnetId: "subnet-1", ipv4CidrBlock: "10.0.0.0/24" }],
};
const games: CustomRoutingListener = {
  portRanges: [{ fromPort: 10_001, toPort: 20_040 }],
  endpointGroups: { "eu-west-1": group },
};
const required: CustomRoutingAcceleratorProps = {
  name: "prod-games",
  account: "111122223333",
  listeners: { games },
};

function stackWith(props: Partial<CustomRoutingAcceleratorProps> = {}): TerraformStack {
  const stack = emptyStack();
  new CustomRoutingAccelerator(stack, "Accelerator", { ...required, ...props });
  return stack;
}

function refusalOf(listener: Partial<CustomRoutingListener>): string {
  return refusal(() => stackWith({ listeners: { games: { ...games, ...listener } } }));
}

function refusalOfGroup(options: Partial<CustomRoutingEndpointGroup>): string {
  return refusalOf({ endpointGroups: { "eu-west-1": { ...group, ...options } } });
}

const at = "test/Accelerator: ";
const groupPath = "listeners.games.endpointGroups.eu-west-1";

describe("CustomRoutingAccelerator", () => {
  it("deals its ports out to the instances of a subnet and logs every flow by default", () => {
    const stack = stackWith();

    expect(resourceAt(stack, "aws_globalaccelerator_custom_routing_accelerator")).toEqual({
      name: "prod-games",
      ip_address_type: "IPV4",
      enabled: true,
      attributes: {
        flow_logs_enabled: true,
        flow_logs_s3_bucket: "${aws_s3_bucket.Accelerator_FlowLogs_235E55A1.bucket}",
        flow_logs_s3_prefix: "flow-logs",
      },
      lifecycle: { prevent_destroy: true },
      depends_on: ["aws_s3_bucket_policy.Accelerator_FlowLogs_Policy_39B6783F"],
    });
    expect(resourceAt(stack, "aws_globalaccelerator_custom_routing_listener").port_range).toEqual([
      { from_port: 10_001, to_port: 20_040 },
    ]);
    expect(resourceAt(stack, "aws_globalaccelerator_custom_routing_endpoint_group")).toEqual({
      listener_arn:
        "${aws_globalaccelerator_custom_routing_listener.Accelerator_Listeners_games_350CCC76.arn}",
      endpoint_group_region: "eu-west-1",
      destination_configuration: [{ from_port: 81, to_port: 90, protocols: ["TCP", "UDP"] }],
      endpoint_configuration: [{ endpoint_id: "subnet-1" }],
    });
  });

  it("takes every setting as given", () => {
    const stack = stackWith({
      enabled: false,
      ipAddresses: ["198.51.100.1"],
      flowLogs: { kind: "none" },
      deletionProtection: false,
    });

    expect(resourceAt(stack, "aws_globalaccelerator_custom_routing_accelerator")).toEqual({
      name: "prod-games",
      ip_address_type: "IPV4",
      ip_addresses: ["198.51.100.1"],
      enabled: false,
      attributes: { flow_logs_enabled: false },
      lifecycle: { prevent_destroy: false },
    });
    expect(resourcesOf(stack, "aws_s3_bucket")).toEqual({});
  });

  it("counts a port for each port of each address that AWS does not keep", () => {
    expect(customRoutingPortsOf("10.0.0.0/24", group.destinations)).toBe(2510);
    fc.assert(
      fc.property(fc.integer({ min: 17, max: 28 }), fc.integer({ min: 1, max: 100 }), (prefix, ports) => {
        const one = customRoutingPortsOf(`10.0.0.0/${prefix}`, [{ fromPort: 1, toPort: 1 }]);
        expect(one).toBeGreaterThan(0);
        expect(customRoutingPortsOf(`10.0.0.0/${prefix}`, [{ fromPort: 1, toPort: ports }])).toBe(
          one * ports,
        );
      }),
    );
  });

  it("refuses ranges too small for the subnets' ports", () => {
    expect(refusalOf({ portRanges: [{ fromPort: 10_001, toPort: 12_000 }] })).toBe(
      `${at}'listeners.games.portRanges' must hold a port for each port of each address of its subnets, 2510 in all, got 2000; widen the ranges, or name fewer destination ports or smaller subnets`,
    );
  });

  it("refuses a range of fewer than 16 ports, and an eleventh range", () => {
    expect(refusalOf({ portRanges: [{ fromPort: 1, toPort: 15 }, ...games.portRanges] })).toBe(
      `${at}'listeners.games.portRanges[0]' must hold at least 16 ports within 1 and 65535, got {"fromPort":1,"toPort":15}; correct 'fromPort' and 'toPort'`,
    );
    const portRanges = Array.from({ length: 11 }, (_, index) => ({
      fromPort: 1 + index * 1000,
      toPort: 1000 + index * 1000,
    }));
    expect(refusalOf({ portRanges })).toBe(
      `${at}'listeners.games.portRanges' must be between 1 and 10, got 11; join neighbouring ranges, or make a second listener`,
    );
  });

  it("refuses an eleventh listener and ports that listeners share", () => {
    const listeners = Object.fromEntries(
      Array.from({ length: 11 }, (_, index) => [
        `l${index}`,
        { portRanges: [{ fromPort: 1 + index * 100, toPort: 101 + index * 100 }], endpointGroups: {} },
      ]),
    );

    expect(refusal(() => stackWith({ listeners }))).toBe(
      [
        `${at}'listeners' must be at most 10, got 11; give one listener several port ranges, or make a second accelerator`,
        `${at}'listeners' must have ports that do not overlap, got [{"fromPort":1,"toPort":101},{"fromPort":101,"toPort":201}]; give each port to one listener`,
      ].join("\n"),
    );
  });

  it("refuses a 43rd endpoint group", () => {
    const regions = ["eu-west-1", "eu-west-2", "eu-west-3", "eu-north-1", "eu-central-1"];
    const endpointGroups = Object.fromEntries(regions.map((region) => [region, { ...group, subnets: [] }]));
    const listeners = Object.fromEntries(
      Array.from({ length: 9 }, (_, index) => [
        `l${index}`,
        { portRanges: [{ fromPort: 1 + index * 100, toPort: 100 + index * 100 }], endpointGroups },
      ]),
    );

    expect(refusal(() => stackWith({ listeners }))).toBe(
      `${at}'listeners' must have at most 42 endpoint groups together, got 45; make a second accelerator`,
    );
  });

  it("refuses a region that Global Accelerator does not reach", () => {
    expect(refusalOf({ endpointGroups: { nowhere: group } })).toBe(
      `${at}'listeners.games.endpointGroups.nowhere' must be of a region that Global Accelerator reaches, got "nowhere"; name a region of the partition 'aws', such as 'eu-west-1'`,
    );
  });

  it("refuses no destination, one without a protocol, and two that overlap", () => {
    expect(refusalOfGroup({ destinations: [] })).toBe(
      `${at}'${groupPath}.destinations' must be port ranges within 1 and 65535, one at least, got []; name the ports that the instances listen on`,
    );
    expect(refusalOfGroup({ destinations: [{ fromPort: 81, toPort: 81, protocols: [] }] })).toBe(
      `${at}'${groupPath}.destinations' must have a protocol each, got [{"fromPort":81,"toPort":81,"protocols":[]}]; name 'TCP', 'UDP' or both`,
    );
    const destination = { fromPort: 81, toPort: 81, protocols: ["TCP" as const] };
    expect(refusalOfGroup({ destinations: [destination, destination] })).toBe(
      `${at}'${groupPath}.destinations' must not overlap, got ${JSON.stringify([destination, destination])}; join the ranges and name both protocols`,
    );
  });

  it("refuses a subnet that is too large or too small", () => {
    expect(refusalOfGroup({ subnets: [{ subnetId: "subnet-1", ipv4CidrBlock: "10.0.0.0/16" }] })).toBe(
      `${at}'${groupPath}.subnets[0].ipv4CidrBlock' must be a block between /17 and /28, got "10.0.0.0/16"; choose a subnet of that size`,
    );
  });
});
