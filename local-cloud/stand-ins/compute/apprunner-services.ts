import { ServiceError } from "../../answer";
import {
  type Context,
  found,
  type JsonObject,
  type JsonOperation,
  listAt,
  objectAt,
  pick,
  randomHex,
  required,
  Store,
  Tags,
  textAt,
} from "../../toolkit";
import { configurationNamed, defaultConfiguration, summaryFields } from "./apprunner-configurations";
import { ConnectorUse } from "./apprunner-connectors";
import { invalid, notFound, type Operations } from "./apprunner-operations";

const changeable = [
  "SourceConfiguration",
  "InstanceConfiguration",
  "HealthCheckConfiguration",
  "NetworkConfiguration",
  "ObservabilityConfiguration",
];

const defaultHealthCheck = {
  Protocol: "TCP",
  Path: "/",
  Interval: 5,
  Timeout: 2,
  HealthyThreshold: 1,
  UnhealthyThreshold: 5,
};

export function serviceOperations(
  services: Store<JsonObject>,
  configurations: Store<JsonObject>,
  tags: Tags,
  use: ConnectorUse,
): Operations {
  const at = (region: string, arn: unknown) => serviceAt(services, region, arn);
  const operations = new Map<string, JsonObject[]>();
  const withOperation = (Service: JsonObject, Type: string) => {
    const Id = randomHex(32);
    const TargetArn = String(Service.ServiceArn);
    const now = Date.now() / 1000;
    const operation = {
      Id,
      Type,
      Status: "SUCCEEDED",
      TargetArn,
      StartedAt: now,
      EndedAt: now,
      UpdatedAt: now,
    };
    operations.set(TargetArn, [operation, ...(operations.get(TargetArn) ?? [])]);
    return { Service, OperationId: Id };
  };
  const setStatus = (status: string, type: string): JsonOperation => {
    return (input, { region }) => {
      const service = at(region, input.ServiceArn);
      service.Status = status;
      return withOperation(service, type);
    };
  };
  return {
    CreateService: (input, context) => {
      const { ServiceName } = required(input, invalid, "ServiceName", "SourceConfiguration");
      if ([...services.in(context.region).values()].some((each) => each.ServiceName === ServiceName)) {
        throw new ServiceError(invalid, `Service with the provided name already exists: ${ServiceName}`);
      }
      const ServiceId = randomHex(32);
      const now = Date.now() / 1000;
      const service: JsonObject = {
        ServiceName,
        ServiceId,
        ServiceArn: context.arn("apprunner", `service/${ServiceName}/${ServiceId}`),
        ServiceUrl: `${randomHex(10)}.${context.region}.awsapprunner.com`,
        CreatedAt: now,
        UpdatedAt: now,
        Status: "RUNNING",
        ...pick(input, "EncryptionConfiguration"),
        ...settings(input, {}, context, configurations),
      };
      services.in(context.region).set(String(service.ServiceArn), service);
      tags.addList(String(service.ServiceArn), listAt(input, "Tags"));
      return withOperation(service, "CREATE_SERVICE");
    },
    DescribeService: (input, { region }) => ({ Service: at(region, input.ServiceArn) }),
    ListServices: (_, { region }) => ({
      ServiceSummaryList: [...services.in(region).values()].map((service) =>
        pick(
          service,
          "ServiceName",
          "ServiceId",
          "ServiceArn",
          "ServiceUrl",
          "CreatedAt",
          "UpdatedAt",
          "Status",
        ),
      ),
    }),
    UpdateService: (input, context) => {
      const service = at(context.region, input.ServiceArn);
      use.noteEnd(service);
      Object.assign(service, settings(input, service, context, configurations), {
        UpdatedAt: Date.now() / 1000,
      });
      return withOperation(service, "UPDATE_SERVICE");
    },
    DeleteService: (input, { region }) => {
      const service = at(region, input.ServiceArn);
      use.noteEnd(service);
      services.in(region).delete(String(service.ServiceArn));
      tags.drop(String(service.ServiceArn));
      return withOperation({ ...service, Status: "DELETED", DeletedAt: Date.now() / 1000 }, "DELETE_SERVICE");
    },
    PauseService: setStatus("PAUSED", "PAUSE_SERVICE"),
    ResumeService: setStatus("RUNNING", "RESUME_SERVICE"),
    StartDeployment: setStatus("RUNNING", "START_DEPLOYMENT"),
    ListOperations: (input, { region }) => {
      const { ServiceArn } = at(region, input.ServiceArn);
      const all = operations.get(String(ServiceArn)) ?? [];
      return { OperationSummaryList: all.slice(0, Number(input.MaxResults ?? 20)) };
    },
  };
}

export function serviceAt(services: Store<JsonObject>, region: string, arn: unknown): JsonObject {
  return found(services.in(region).get(String(arn)), notFound, `Service ${String(arn)} does not exist`);
}

function settings(
  input: JsonObject,
  before: JsonObject,
  { region }: Context,
  configurations: Store<JsonObject>,
): JsonObject {
  const merged = { ...pick(before, ...changeable), ...pick(input, ...changeable) };
  const arn = textAt(input, "AutoScalingConfigurationArn");
  const network = objectAt(merged, "NetworkConfiguration");
  const source = objectAt(merged, "SourceConfiguration");
  const scaling = arn === undefined ? undefined : configurationNamed(configurations, region, arn);
  return {
    ...merged,
    SourceConfiguration: { AutoDeploymentsEnabled: source.ImageRepository === undefined, ...source },
    InstanceConfiguration: { Cpu: "1024", Memory: "2048", ...objectAt(merged, "InstanceConfiguration") },
    HealthCheckConfiguration: { ...defaultHealthCheck, ...objectAt(merged, "HealthCheckConfiguration") },
    NetworkConfiguration: {
      EgressConfiguration: network.EgressConfiguration ?? { EgressType: "DEFAULT" },
      IngressConfiguration: network.IngressConfiguration ?? { IsPubliclyAccessible: true },
      IpAddressType: network.IpAddressType ?? "IPV4",
    },
    AutoScalingConfigurationSummary:
      (scaling === undefined ? undefined : pick(scaling, ...summaryFields)) ??
      before.AutoScalingConfigurationSummary ??
      defaultConfiguration(region),
  };
}
