import { ServiceError } from "../../answer";
import { type JsonObject, listAt, pick, required, textsAt } from "../../toolkit";
import { at, invalid, type Operations, type Shelf } from "./globalaccelerator-shelf";

/** Load balancers, instances and Elastic IP addresses can be end points; nothing else can. */
export function describeEndpoint(configuration: JsonObject): JsonObject {
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

export function standardEndpointOperations(groups: Shelf): Operations {
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

export function customEndpointOperations(groups: Shelf): Operations {
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
