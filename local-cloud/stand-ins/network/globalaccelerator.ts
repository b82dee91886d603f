import { randomUUID } from "node:crypto";

import { ServiceError } from "../../answer";
import {
  account,
  type JsonObject,
  jsonService,
  listAt,
  pick,
  randomHex,
  required,
  type StandIn,
  tagOperations,
  Tags,
  textsAt,
} from "../../toolkit";
import { attachmentOperations, crossAccountOperations } from "./globalaccelerator-cross-account";
import {
  customEndpointOperations,
  describeEndpoint,
  standardEndpointOperations,
} from "./globalaccelerator-endpoints";
import { at, below, invalid, type Operations, type Shelf } from "./globalaccelerator-shelf";

/** Global Accelerator: standard and custom routing accelerators and cross-account attachments. */
export function globalAccelerator(): StandIn {
  const tags = new Tags();
  const accelerators: Shelf = new Map();
  const groups: Shelf = new Map();
  return jsonService({
    service: "globalaccelerator",
    complete: true,
    operations: {
      ...family(standard, tags, accelerators, groups),
      ...family(customRouting, tags, accelerators, groups),
      ...attributeOperations(accelerators),
      ...attachmentOperations(tags),
      ...crossAccountOperations(groups),
      ...tagOperations(tags),
    },
  });
}

/** What tells standard from custom routing accelerators. */
interface Family {
  /** Part of the names of the operations. */
  readonly infix: "" | "CustomRouting";
  readonly listenerFields: readonly string[];
  readonly listenerDefaults: JsonObject;
  /** The changeable part of an end point group. */
  readonly group: (input: JsonObject, listener: JsonObject) => JsonObject;
  readonly endpointOperations: (groups: Shelf) => Operations;
}

const standard: Family = {
  infix: "",
  listenerFields: ["PortRanges", "Protocol", "ClientAffinity"],
  listenerDefaults: { ClientAffinity: "NONE" },
  group: (input, listener) => ({
    TrafficDialPercentage: 100,
    HealthCheckPort: listAt(listener, "PortRanges")[0]?.FromPort,
    HealthCheckProtocol: "TCP",
    HealthCheckIntervalSeconds: 30,
    ThresholdCount: 3,
    PortOverrides: [],
    EndpointDescriptions: [],
    ...groupChanges(input),
  }),
  endpointOperations: standardEndpointOperations,
};

const customRouting: Family = {
  infix: "CustomRouting",
  listenerFields: ["PortRanges"],
  listenerDefaults: {},
  group: (input) => ({
    DestinationDescriptions: listAt(input, "DestinationConfigurations"),
    EndpointDescriptions: [],
  }),
  endpointOperations: customEndpointOperations,
};

function family(kind: Family, tags: Tags, all: Shelf, groups: Shelf): Operations {
  const accelerators: Shelf = new Map();
  const listeners: Shelf = new Map();
  return {
    ...acceleratorOperations(kind, accelerators, all, listeners, tags),
    ...listenerOperations(kind, accelerators, listeners, groups),
    ...groupOperations(kind, listeners, groups),
    ...kind.endpointOperations(groups),
  };
}

function acceleratorOperations(
  { infix }: Family,
  accelerators: Shelf,
  all: Shelf,
  listeners: Shelf,
  tags: Tags,
): Operations {
  return {
    [`Create${infix}Accelerator`]: (input) => {
      required(input, invalid, "Name", "IdempotencyToken");
      const AcceleratorArn = `arn:aws:globalaccelerator::${account}:accelerator/${randomUUID()}`;
      const dns = `a${randomHex(16)}`;
      const now = Date.now() / 1000;
      const IpAddressType = input.IpAddressType ?? "IPV4";
      const accelerator = {
        AcceleratorArn,
        ...pick(input, "Name"),
        IpAddressType,
        Enabled: input.Enabled ?? true,
        IpSets: ipSets(IpAddressType, textsAt(input, "IpAddresses")),
        DnsName: `${dns}.awsglobalaccelerator.com`,
        ...(IpAddressType === "DUAL_STACK"
          ? { DualStackDnsName: `${dns}.dualstack.awsglobalaccelerator.com` }
          : {}),
        Status: "DEPLOYED",
        CreatedTime: now,
        LastModifiedTime: now,
        // Accelerators for custom routing tell no events.
        ...(infix === "" ? { Events: [] } : {}),
      };
      accelerators.set(AcceleratorArn, accelerator);
      all.set(AcceleratorArn, accelerator);
      tags.addList(AcceleratorArn, listAt(input, "Tags"));
      return { Accelerator: accelerator };
    },
    [`Describe${infix}Accelerator`]: (input) => ({
      Accelerator: at(accelerators, input.AcceleratorArn, "Accelerator"),
    }),
    [`List${infix}Accelerators`]: () => ({ Accelerators: [...accelerators.values()] }),
    [`Update${infix}Accelerator`]: (input) => {
      const accelerator = at(accelerators, input.AcceleratorArn, "Accelerator");
      Object.assign(accelerator, pick(input, "Name", "IpAddressType", "Enabled"), {
        LastModifiedTime: Date.now() / 1000,
      });
      return { Accelerator: accelerator };
    },
    [`Delete${infix}Accelerator`]: (input) => {
      const { AcceleratorArn, Enabled } = at(accelerators, input.AcceleratorArn, "Accelerator");
      if (Enabled === true) {
        throw new ServiceError(
          "AcceleratorNotDisabledException",
          "The accelerator must be disabled before it is deleted",
        );
      }
      if (below(listeners, AcceleratorArn).length > 0) {
        throw new ServiceError("AssociatedListenerFoundException", "The accelerator still has listeners");
      }
      accelerators.delete(String(AcceleratorArn));
      all.delete(String(AcceleratorArn));
      tags.drop(String(AcceleratorArn));
    },
  };
}

/**
 * Attributes of all accelerators. The provider switches on the flow logs of a new custom routing
 * accelerator by the operation for standard ones, so either takes either.
 */
function attributeOperations(accelerators: Shelf): Operations {
  const attributes = new WeakMap<JsonObject, JsonObject>();
  const describe = (input: JsonObject) => ({
    AcceleratorAttributes: attributes.get(at(accelerators, input.AcceleratorArn, "Accelerator")) ?? {
      FlowLogsEnabled: false,
    },
  });
  const update = (input: JsonObject) => {
    const accelerator = at(accelerators, input.AcceleratorArn, "Accelerator");
    const changes = pick(input, "FlowLogsEnabled", "FlowLogsS3Bucket", "FlowLogsS3Prefix");
    const merged = { FlowLogsEnabled: false, ...attributes.get(accelerator), ...changes };
    if (merged.FlowLogsEnabled && !("FlowLogsS3Bucket" in merged)) {
      throw new ServiceError(invalid, "flow logs need an S3 bucket");
    }
    attributes.set(accelerator, merged);
    return { AcceleratorAttributes: merged };
  };
  return {
    DescribeAcceleratorAttributes: describe,
    DescribeCustomRoutingAcceleratorAttributes: describe,
    UpdateAcceleratorAttributes: update,
    UpdateCustomRoutingAcceleratorAttributes: update,
  };
}

function listenerOperations(kind: Family, accelerators: Shelf, listeners: Shelf, groups: Shelf): Operations {
  const { infix } = kind;
  return {
    [`Create${infix}Listener`]: (input) => {
      const { AcceleratorArn } = at(accelerators, input.AcceleratorArn, "Accelerator");
      required(input, invalid, ...kind.listenerFields.filter((field) => field !== "ClientAffinity"));
      const siblings = below(listeners, AcceleratorArn);
      if (siblings.length >= 10) {
        throw new ServiceError("LimitExceededException", "An accelerator has at most 10 listeners");
      }
      checkPorts(input, siblings);
      const ListenerArn = `${String(AcceleratorArn)}/listener/${randomHex(8)}`;
      const listener = { ListenerArn, ...kind.listenerDefaults, ...pick(input, ...kind.listenerFields) };
      listeners.set(ListenerArn, listener);
      return { Listener: listener };
    },
    [`Describe${infix}Listener`]: (input) => ({ Listener: at(listeners, input.ListenerArn, "Listener") }),
    [`List${infix}Listeners`]: (input) => ({ Listeners: below(listeners, input.AcceleratorArn) }),
    [`Update${infix}Listener`]: (input) => {
      const listener = at(listeners, input.ListenerArn, "Listener");
      Object.assign(listener, pick(input, ...kind.listenerFields));
      return { Listener: listener };
    },
    [`Delete${infix}Listener`]: (input) => {
      const { ListenerArn } = at(listeners, input.ListenerArn, "Listener");
      if (below(groups, ListenerArn).length > 0) {
        throw new ServiceError(
          "AssociatedEndpointGroupFoundException",
          "The listener still has endpoint groups",
        );
      }
      listeners.delete(String(ListenerArn));
    },
  };
}

function checkPorts(input: JsonObject, siblings: readonly JsonObject[]): void {
  const taken = siblings
    .filter(({ Protocol }) => Protocol === input.Protocol)
    .flatMap((listener) => listAt(listener, "PortRanges"));
  for (const range of listAt(input, "PortRanges")) {
    const [from, to] = [Number(range.FromPort), Number(range.ToPort)];
    if (!(from >= 1 && to <= 65_535 && from <= to)) {
      throw new ServiceError("InvalidPortRangeException", `The port range ${from} to ${to} is not valid`);
    }
    if (taken.some((other) => from <= Number(other.ToPort) && Number(other.FromPort) <= to)) {
      throw new ServiceError(
        "InvalidPortRangeException",
        `The port range ${from} to ${to} overlaps another listener's`,
      );
    }
  }
}

function groupOperations(kind: Family, listeners: Shelf, groups: Shelf): Operations {
  const { infix } = kind;
  return {
    [`Create${infix}EndpointGroup`]: (input) => {
      const listener = at(listeners, input.ListenerArn, "Listener");
      const { EndpointGroupRegion } = required(input, invalid, "EndpointGroupRegion");
      if (
        below(groups, listener.ListenerArn).some((group) => group.EndpointGroupRegion === EndpointGroupRegion)
      ) {
        throw new ServiceError(
          "EndpointGroupAlreadyExistsException",
          `There is a group for ${EndpointGroupRegion}`,
        );
      }
      const EndpointGroupArn = `${String(listener.ListenerArn)}/endpoint-group/${randomHex(12)}`;
      const group = { EndpointGroupArn, EndpointGroupRegion, ...kind.group(input, listener) };
      groups.set(EndpointGroupArn, group);
      return { EndpointGroup: group };
    },
    [`Describe${infix}EndpointGroup`]: (input) => ({
      EndpointGroup: at(groups, input.EndpointGroupArn, "EndpointGroup"),
    }),
    [`List${infix}EndpointGroups`]: (input) => ({ EndpointGroups: below(groups, input.ListenerArn) }),
    [`Update${infix}EndpointGroup`]: (input) => {
      const group = at(groups, input.EndpointGroupArn, "EndpointGroup");
      Object.assign(group, groupChanges(input));
      return { EndpointGroup: group };
    },
    [`Delete${infix}EndpointGroup`]: (input) => {
      const { EndpointGroupArn } = at(groups, input.EndpointGroupArn, "EndpointGroup");
      groups.delete(String(EndpointGroupArn));
    },
  };
}

function groupChanges(input: JsonObject): JsonObject {
  const dial = Number(input.TrafficDialPercentage ?? 100);
  if (!(dial >= 0 && dial <= 100)) {
    throw new ServiceError(invalid, "The traffic dial must be between 0 and 100");
  }
  return {
    ...pick(
      input,
      ...["TrafficDialPercentage", "HealthCheckPort", "HealthCheckProtocol", "HealthCheckPath"],
      ...["HealthCheckIntervalSeconds", "ThresholdCount", "PortOverrides"],
    ),
    ...("EndpointConfigurations" in input
      ? { EndpointDescriptions: listAt(input, "EndpointConfigurations").map(describeEndpoint) }
      : {}),
  };
}

/** Two addresses of the ranges that accelerators really get, and two of IPv6 for a dual stack. */
function ipSets(type: unknown, own: readonly string[]): JsonObject[] {
  const byte = () => Number.parseInt(randomHex(2), 16);
  const ipv4 = [...own, `75.2.${byte()}.${byte()}`, `99.83.${byte()}.${byte()}`].slice(0, 2);
  const ipv6 = [`2600:9000:a400:${randomHex(4)}::1`, `2600:9000:a700:${randomHex(4)}::1`];
  const sets = [{ IpFamily: "IPv4", IpAddressFamily: "IPv4", IpAddresses: ipv4 }];
  return type === "DUAL_STACK"
    ? [...sets, { IpFamily: "IPv6", IpAddressFamily: "IPv6", IpAddresses: ipv6 }]
    : sets;
}
