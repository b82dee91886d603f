import {
  jsonService,
  listAt,
  objectAt,
  omit,
  pick,
  textAt,
  textsAt,
  type Context,
  type JsonObject,
  type StandIn,
} from "../../toolkit";
import { Unkindness } from "../../unkind";
import { EcsDeployments } from "./ecs-deployments";

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

/** ECS: services keep the settings that moto forgets, and are deployed. Everything else is moto's. */
export function ecs(unkind = new Unkindness()): StandIn {
  const kept = new Map<string, JsonObject>();
  const deployments = new EcsDeployments(() => unkind.isOn("ecs-rollback"));
  const remember = async (service: JsonObject, input: JsonObject, context: Context): Promise<JsonObject> => {
    const arn = String(service.serviceArn);
    kept.set(arn, { ...kept.get(arn), ...pick(input, ...keptFields) });
    await deployments.deploy(service, input, context);
    return deployments.overlay(overlay(service, kept.get(arn)), false);
  };
  return jsonService({
    service: "ecs",
    complete: false,
    operations: {
      CreateService: async (input, context) => {
        const service = objectAt(await context.motoJson("CreateService", input), "service");
        const arn = String(service.serviceArn);
        kept.delete(arn);
        deployments.forget(arn);
        return { service: await remember(service, input, context) };
      },
      UpdateService: async (input, context) => {
        const output = await context.motoJson("UpdateService", input);
        return { service: await remember(objectAt(output, "service"), input, context) };
      },
      DescribeServices: async (input, context) => {
        const output = await context.motoJson("DescribeServices", input);
        const services = listAt(output, "services").map((each) =>
          deployments.overlay(overlay(each, kept.get(String(each.serviceArn))), !context.isTerraform),
        );
        return { ...output, services };
      },
      ListTasks: (input, context) =>
        input.desiredStatus === "STOPPED"
          ? { taskArns: deployments.stoppedTasksOf(textAt(input, "serviceName")) }
          : context.moto(),
      DescribeTasks: async (input, context) => {
        const wanted = textsAt(input, "tasks");
        const stopped = wanted.flatMap((arn) => deployments.stoppedTask(arn) ?? []);
        const others = wanted.filter((arn) => deployments.stoppedTask(arn) === undefined);
        const output =
          others.length === 0 ? {} : await context.motoJson("DescribeTasks", { ...input, tasks: others });
        return { failures: [], ...output, tasks: [...stopped, ...listAt(output, "tasks")] };
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
