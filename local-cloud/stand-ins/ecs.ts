import { jsonService, listAt, objectAt, omit, pick } from "../toolkit";
import type { JsonObject, StandIn } from "../toolkit";

/** Settings of a service that moto drops or answers with a constant. */
const keptFields = [
  "capacityProviderStrategy",
  "enableExecuteCommand",
  "enableECSManagedTags",
  "healthCheckGracePeriodSeconds",
  "availabilityZoneRebalancing",
  "platformVersion",
  "propagateTags",
  "placementConstraints",
  "placementStrategy",
  "deploymentConfiguration",
  "networkConfiguration",
];

/** ECS: services keep the settings that moto forgets. Everything else is moto's. */
export function ecs(): StandIn {
  const kept = new Map<string, JsonObject>();
  const remember = (service: JsonObject, input: JsonObject): JsonObject => {
    const arn = String(service.serviceArn);
    kept.set(arn, { ...kept.get(arn), ...pick(input, ...keptFields) });
    return overlay(service, kept.get(arn));
  };
  return jsonService({
    service: "ecs",
    complete: false,
    operations: {
      CreateService: async (input, context) => {
        const service = objectAt(await context.motoJson("CreateService", input), "service");
        kept.delete(String(service.serviceArn));
        return { service: remember(service, input) };
      },
      UpdateService: async (input, context) => {
        const output = await context.motoJson("UpdateService", input);
        return { service: remember(objectAt(output, "service"), input) };
      },
      DescribeServices: async (input, context) => {
        const output = await context.motoJson("DescribeServices", input);
        const services = listAt(output, "services").map((each) =>
          overlay(each, kept.get(String(each.serviceArn))),
        );
        return { ...output, services };
      },
    },
  });
}

/** A service with a capacity provider strategy has no launch type. */
function overlay(service: JsonObject, settings: JsonObject | undefined): JsonObject {
  const merged = { ...service, ...settings };
  if (listAt(merged, "capacityProviderStrategy").length === 0) {
    return merged;
  }
  return omit(merged, "launchType");
}
