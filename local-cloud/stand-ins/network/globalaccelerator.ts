import { randomUUID } from "node:crypto";
import { ServiceError } from "../../answer";
import {
  account,
  found,
  jsonService,
  listAt,
  pick,
  randomHex,
  required,
  tagOperations,
  Tags,
  textsAt,
  type JsonObject,
  type JsonOperation,
  type StandIn,
} from "../../toolkit";

const invalid = "InvalidArgumentException";

type Operations = Record<string, JsonOperation>;
type Shelf = Map<string, JsonObject>;

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

function below(shelf: Shelf, arn: unknown): JsonObject[] {
  return [...shelf].filter(([key]) => key.startsWith(`${String(arn)}/`)).map(([, resource]) => resource);
}

function at(shelf: Shelf, arn: unknown, noun: string): JsonObject {
  return found(shelf.get(String(arn)), `${noun}NotFoundException`, `${noun} ${String(arn)} was not found`);
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

/** Load balancers, instances and Elastic IP addresses can be end points; nothing else can. */
function describeEndpoint(configuration: JsonObject): JsonObject {
  const { EndpointId } = required(configuration, invalid, "EndpointId");
  if (!/^(arn:aws[\w-]*:elasticloadbalancing:.*:loadbalancer\/|i-|eipalloc-)/.test(EndpointId)) {
    throw new ServiceError(
      invalid,
      `The endpoint ${EndpointId} is not of a type that an accelerator supports`,
    );
  }
  return {
    EndpointId,
    Weight: configuration.Weight ?? 128,
    ClientIPPreservationEnabled:
      configuration.ClientIPPreservationEnabled ?? EndpointId.includes(":loadbalancer/app/"),
    HealthState: "HEALTHY",
    // Not part of a description: kept for ListCrossAccountResources.
    ...pick(configuration, "AttachmentArn"),
  };
}

/** The endpoints of another account in use, with the attachments that let them be. */
function crossAccountOperations(groups: Shelf): Operations {
  const inUse = () =>
    [...groups.values()]
      .flatMap((group) => listAt(group, "EndpointDescriptions"))
      .filter((endpoint) => "AttachmentArn" in endpoint);
  return {
    ListCrossAccountResources: (input) => {
      const { ResourceOwnerAwsAccountId } = required(input, invalid, "ResourceOwnerAwsAccountId");
      return {
        CrossAccountResources: inUse()
          .filter(({ EndpointId }) => String(EndpointId).split(":")[4] === ResourceOwnerAwsAccountId)
          .map((endpoint) => pick(endpoint, "EndpointId", "AttachmentArn")),
      };
    },
    ListCrossAccountResourceAccounts: () => ({
      ResourceOwnerAwsAccountIds: [
        ...new Set(inUse().map(({ EndpointId }) => String(EndpointId).split(":")[4])),
      ],
    }),
  };
}

function standardEndpointOperations(groups: Shelf): Operations {
  return {
    AddEndpoints: (input) => {
      const group = at(groups, input.EndpointGroupArn, "EndpointGroup");
      const added = listAt(input, "EndpointConfigurations").map(describeEndpoint);
      const kept = without(group, added);
      group.EndpointDescriptions = [...kept, ...added];
      return { EndpointDescriptions: added, EndpointGroupArn: group.EndpointGroupArn };
    },
    RemoveEndpoints: (input) => {
      const group = at(groups, input.EndpointGroupArn, "EndpointGroup");
      group.EndpointDescriptions = without(group, listAt(input, "EndpointIdentifiers"));
    },
  };
}

function customEndpointOperations(groups: Shelf): Operations {
  return {
    AddCustomRoutingEndpoints: (input) => {
      const group = at(groups, input.EndpointGroupArn, "EndpointGroup");
      const added = listAt(input, "EndpointConfigurations").map(({ EndpointId }) => ({ EndpointId }));
      group.EndpointDescriptions = [...without(group, added), ...added];
      return { EndpointDescriptions: added, EndpointGroupArn: group.EndpointGroupArn };
    },
    RemoveCustomRoutingEndpoints: (input) => {
      const group = at(groups, input.EndpointGroupArn, "EndpointGroup");
      group.EndpointDescriptions = without(
        group,
        textsAt(input, "EndpointIds").map((EndpointId) => ({ EndpointId })),
      );
    },
    AllowCustomRoutingTraffic: (input) => void at(groups, input.EndpointGroupArn, "EndpointGroup"),
    DenyCustomRoutingTraffic: (input) => void at(groups, input.EndpointGroupArn, "EndpointGroup"),
  };
}

function without(group: JsonObject, gone: readonly JsonObject[]): JsonObject[] {
  const ids = new Set(gone.map(({ EndpointId }) => EndpointId));
  return listAt(group, "EndpointDescriptions").filter(({ EndpointId }) => !ids.has(EndpointId));
}

function attachmentOperations(tags: Tags): Operations {
  const attachments: Shelf = new Map();
  const same = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);
  return {
    CreateCrossAccountAttachment: (input) => {
      required(input, invalid, "Name", "IdempotencyToken");
      const AttachmentArn = `arn:aws:globalaccelerator::${account}:attachment/${randomUUID()}`;
      const now = Date.now() / 1000;
      const attachment = {
        AttachmentArn,
        Principals: [],
        Resources: [],
        ...pick(input, "Name", "Principals", "Resources"),
        CreatedTime: now,
        LastModifiedTime: now,
      };
      attachments.set(AttachmentArn, attachment);
      tags.addList(AttachmentArn, listAt(input, "Tags"));
      return { CrossAccountAttachment: attachment };
    },
    DescribeCrossAccountAttachment: (input) => ({
      CrossAccountAttachment: at(attachments, input.AttachmentArn, "Attachment"),
    }),
    ListCrossAccountAttachments: () => ({ CrossAccountAttachments: [...attachments.values()] }),
    UpdateCrossAccountAttachment: (input) => {
      const attachment = at(attachments, input.AttachmentArn, "Attachment");
      const gone = textsAt(input, "RemovePrincipals");
      const goneResources = listAt(input, "RemoveResources");
      Object.assign(attachment, pick(input, "Name"), {
        Principals: [
          ...textsAt(attachment, "Principals").filter((each) => !gone.includes(each)),
          ...textsAt(input, "AddPrincipals"),
        ],
        Resources: [
          ...listAt(attachment, "Resources").filter(
            (each) => !goneResources.some((other) => same(each, other)),
          ),
          ...listAt(input, "AddResources"),
        ],
        LastModifiedTime: Date.now() / 1000,
      });
      return { CrossAccountAttachment: attachment };
    },
    DeleteCrossAccountAttachment: (input) => {
      const { AttachmentArn } = at(attachments, input.AttachmentArn, "Attachment");
      attachments.delete(String(AttachmentArn));
      tags.drop(String(AttachmentArn));
    },
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
