import { ServiceError } from "../../answer";
import {
  account,
  found,
  jsonService,
  listAt,
  objectAt,
  pick,
  randomHex,
  required,
  Store,
  tagOperations,
  Tags,
  textAt,
  type Context,
  type JsonObject,
  type JsonOperation,
  type StandIn,
} from "../../toolkit";
import { Unkindness } from "../../unkind";
import { ConnectorUse } from "./apprunner-connectors";

const invalid = "InvalidRequestException";
const notFound = "ResourceNotFoundException";

type Operations = Record<string, JsonOperation>;

/** App Runner: services, their configurations, connectors, connections and custom domains. */
export function appRunner(unkind = new Unkindness()): StandIn {
  const tags = new Tags();
  const configurations = new Store<JsonObject>();
  const services = new Store<JsonObject>();
  const use = new ConnectorUse(services, () => unkind.isOn("connector-in-use"));
  return jsonService({
    service: "apprunner",
    complete: true,
    operations: {
      ...revisioned(autoScaling, configurations, tags),
      ...revisioned(observability, new Store<JsonObject>(), tags),
      ...revisioned(vpcConnector, new Store<JsonObject>(), tags, (arn, region) => {
        use.refuseDeletion(arn, region);
      }),
      ...connectionOperations(tags),
      ...serviceOperations(services, configurations, tags, use),
      ...domainOperations(services),
      ...ingressOperations(services, tags),
      ...tagOperations(tags),
    },
  });
}

/** A configuration that is never changed: creating it again under its name makes a new revision. */
interface Revisioned {
  readonly noun: string;
  readonly plural: string;
  readonly arnPart: string;
  readonly required: readonly string[];
  readonly fields: readonly string[];
  readonly defaults: JsonObject;
  /** Whether each revision says if it is the latest one. */
  readonly hasLatest: boolean;
  readonly listField: string;
  /** The words for a usable and for a deleted one, which differ between kinds. */
  readonly states: readonly [usable: string, deleted: string];
}

const autoScaling: Revisioned = {
  noun: "AutoScalingConfiguration",
  plural: "AutoScalingConfigurations",
  arnPart: "autoscalingconfiguration",
  required: [],
  fields: ["MaxConcurrency", "MinSize", "MaxSize"],
  defaults: { MaxConcurrency: 100, MinSize: 1, MaxSize: 25, HasAssociatedService: false, IsDefault: false },
  hasLatest: true,
  listField: "AutoScalingConfigurationSummaryList",
  states: ["active", "inactive"],
};

const observability: Revisioned = {
  noun: "ObservabilityConfiguration",
  plural: "ObservabilityConfigurations",
  arnPart: "observabilityconfiguration",
  required: [],
  fields: ["TraceConfiguration"],
  defaults: {},
  hasLatest: true,
  listField: "ObservabilityConfigurationSummaryList",
  states: ["ACTIVE", "INACTIVE"],
};

const vpcConnector: Revisioned = {
  noun: "VpcConnector",
  plural: "VpcConnectors",
  arnPart: "vpcconnector",
  required: ["Subnets"],
  fields: ["Subnets", "SecurityGroups"],
  defaults: {},
  hasLatest: false,
  listField: "VpcConnectors",
  states: ["ACTIVE", "INACTIVE"],
};

function revisioned(
  kind: Revisioned,
  store: Store<JsonObject>,
  tags: Tags,
  beforeDeletion: (arn: string, region: string) => void = () => undefined,
): Operations {
  const { noun, arnPart } = kind;
  const nameField = `${noun}Name`;
  const arnField = `${noun}Arn`;
  const revisionField = `${noun}Revision`;
  const at = (region: string, arn: unknown) =>
    found(store.in(region).get(String(arn)), notFound, `${noun} ${String(arn)} does not exist`);
  return {
    [`Create${noun}`]: (input, context) => {
      const name = String(required(input, invalid, nameField, ...kind.required)[nameField]);
      const earlier = [...store.in(context.region).values()].filter((each) => each[nameField] === name);
      const revision = Math.max(0, ...earlier.map((each) => Number(each[revisionField]))) + 1;
      const arn = context.arn("apprunner", `${arnPart}/${name}/${revision}/${randomHex(32)}`);
      for (const each of earlier) {
        Object.assign(each, kind.hasLatest ? { Latest: false } : {});
      }
      const resource = {
        [arnField]: arn,
        [nameField]: name,
        [revisionField]: revision,
        ...kind.defaults,
        ...pick(input, ...kind.fields),
        ...(kind.hasLatest ? { Latest: true } : {}),
        Status: kind.states[0],
        CreatedAt: Date.now() / 1000,
      };
      store.in(context.region).set(arn, resource);
      tags.addList(arn, listAt(input, "Tags"));
      return { [noun]: resource };
    },
    [`Describe${noun}`]: (input, { region }) => ({ [noun]: at(region, input[arnField]) }),
    [`List${kind.plural}`]: (input, { region }) => ({
      [kind.listField]: [...store.in(region).values()].filter(
        (each) => input[nameField] === undefined || each[nameField] === input[nameField],
      ),
    }),
    [`Delete${noun}`]: (input, { region }) => {
      const resource = at(region, input[arnField]);
      beforeDeletion(String(resource[arnField]), region);
      store.in(region).delete(String(resource[arnField]));
      tags.drop(String(resource[arnField]));
      return { [noun]: { ...resource, Status: kind.states[1], DeletedAt: Date.now() / 1000 } };
    },
  };
}

function connectionOperations(tags: Tags): Operations {
  const connections = new Store<JsonObject>();
  return {
    CreateConnection: (input, context) => {
      const { ConnectionName } = required(input, invalid, "ConnectionName", "ProviderType");
      if (connections.in(context.region).has(ConnectionName)) {
        throw new ServiceError(invalid, `The connection ${ConnectionName} already exists`);
      }
      const connection = {
        ...pick(input, "ConnectionName", "ProviderType"),
        ConnectionArn: context.arn("apprunner", `connection/${ConnectionName}/${randomHex(32)}`),
        Status: "AVAILABLE",
        CreatedAt: Date.now() / 1000,
      };
      connections.in(context.region).set(ConnectionName, connection);
      tags.addList(connection.ConnectionArn, listAt(input, "Tags"));
      return { Connection: connection };
    },
    ListConnections: (input, { region }) => ({
      ConnectionSummaryList: [...connections.in(region).values()].filter(
        (each) => input.ConnectionName === undefined || each.ConnectionName === input.ConnectionName,
      ),
    }),
    DeleteConnection: (input, { region }) => {
      const all = connections.in(region);
      const entry = [...all].find(([, each]) => each.ConnectionArn === input.ConnectionArn);
      const [name, connection] = found(
        entry,
        notFound,
        `Connection ${String(input.ConnectionArn)} does not exist`,
      );
      all.delete(name);
      tags.drop(String(connection.ConnectionArn));
      return { Connection: { ...connection, Status: "DELETED" } };
    },
  };
}

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

function serviceOperations(
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

function serviceAt(services: Store<JsonObject>, region: string, arn: unknown): JsonObject {
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

/** What a service says of its configuration. */
const summaryFields = [
  ...["AutoScalingConfigurationArn", "AutoScalingConfigurationName", "AutoScalingConfigurationRevision"],
  ...["Status", "CreatedAt", "HasAssociatedService", "IsDefault"],
];

/** A configuration may be named by an ARN without revision, which means the latest. */
function configurationNamed(configurations: Store<JsonObject>, region: string, arn: string): JsonObject {
  const all = [...configurations.in(region).values()];
  const match = all.filter((each) => String(each.AutoScalingConfigurationArn).startsWith(arn)).at(-1);
  return found(match, invalid, `AutoScalingConfiguration ${arn} does not exist`);
}

function defaultConfiguration(region: string): JsonObject {
  const id = "00000000000000000000000000000001";
  return {
    AutoScalingConfigurationArn: `arn:aws:apprunner:${region}:${account}:autoscalingconfiguration/DefaultConfiguration/1/${id}`,
    AutoScalingConfigurationName: "DefaultConfiguration",
    AutoScalingConfigurationRevision: 1,
  };
}

function domainOperations(services: Store<JsonObject>): Operations {
  const domains = new Map<string, JsonObject[]>();
  const answer = (service: JsonObject) => ({
    DNSTarget: service.ServiceUrl,
    ServiceArn: service.ServiceArn,
    VpcDNSTargets: [],
  });
  return {
    AssociateCustomDomain: (input, { region }) => {
      const service = serviceAt(services, region, input.ServiceArn);
      const { DomainName } = required(input, invalid, "DomainName");
      const EnableWWWSubdomain = input.EnableWWWSubdomain ?? true;
      // Beside the names that were asked for, the certificate holds one that App Runner makes up.
      const names = [DomainName, `2a57j7${randomHex(25)}.${DomainName}`];
      if (EnableWWWSubdomain === true) {
        names.push(`www.${DomainName}`);
      }
      const CustomDomain = {
        DomainName,
        EnableWWWSubdomain,
        Status: "pending_certificate_dns_validation",
        CertificateValidationRecords: names.map((name) => ({
          Name: `_${randomHex(32)}.${name}.`,
          Type: "CNAME",
          Value: `_${randomHex(32)}.${randomHex(10)}.acm-validations.aws.`,
          Status: "PENDING_VALIDATION",
        })),
      };
      const key = String(service.ServiceArn);
      domains.set(key, [...(domains.get(key) ?? []), CustomDomain]);
      return { ...answer(service), CustomDomain };
    },
    DescribeCustomDomains: (input, { region }) => {
      const service = serviceAt(services, region, input.ServiceArn);
      const CustomDomains = domains.get(String(service.ServiceArn)) ?? [];
      // Validation ends once it was seen to run, as it does while a user waits for it.
      domains.set(String(service.ServiceArn), CustomDomains.map(validated));
      return { ...answer(service), CustomDomains };
    },
    DisassociateCustomDomain: (input, { region }) => {
      const service = serviceAt(services, region, input.ServiceArn);
      const key = String(service.ServiceArn);
      const all = domains.get(key) ?? [];
      const gone = found(
        all.find((each) => each.DomainName === input.DomainName),
        notFound,
        `Domain ${String(input.DomainName)} is not associated`,
      );
      domains.set(
        key,
        all.filter((each) => each !== gone),
      );
      return { ...answer(service), CustomDomain: { ...gone, Status: "deleting" } };
    },
  };
}

function validated(domain: JsonObject): JsonObject {
  const records = listAt(domain, "CertificateValidationRecords");
  return {
    ...domain,
    Status: "active",
    CertificateValidationRecords: records.map((record) => ({ ...record, Status: "SUCCESS" })),
  };
}

function ingressOperations(services: Store<JsonObject>, tags: Tags): Operations {
  const ingresses = new Store<JsonObject>();
  const at = (region: string, arn: unknown) =>
    found(
      ingresses.in(region).get(String(arn)),
      notFound,
      `VpcIngressConnection ${String(arn)} does not exist`,
    );
  return {
    CreateVpcIngressConnection: (input, context) => {
      const names = ["ServiceArn", "VpcIngressConnectionName", "IngressVpcConfiguration"] as const;
      const { VpcIngressConnectionName } = required(input, invalid, ...names);
      serviceAt(services, context.region, input.ServiceArn);
      const arn = context.arn(
        "apprunner",
        `vpcingressconnection/${VpcIngressConnectionName}/${randomHex(32)}`,
      );
      const ingress = {
        VpcIngressConnectionArn: arn,
        ...pick(input, ...names),
        AccountId: account,
        DomainName: `${randomHex(10)}.${context.region}.awsapprunner.com`,
        Status: "AVAILABLE",
        CreatedAt: Date.now() / 1000,
      };
      ingresses.in(context.region).set(arn, ingress);
      tags.addList(arn, listAt(input, "Tags"));
      return { VpcIngressConnection: ingress };
    },
    DescribeVpcIngressConnection: (input, { region }) => ({
      VpcIngressConnection: at(region, input.VpcIngressConnectionArn),
    }),
    ListVpcIngressConnections: (_, { region }) => ({
      VpcIngressConnectionSummaryList: [...ingresses.in(region).values()],
    }),
    UpdateVpcIngressConnection: (input, { region }) => {
      const ingress = at(region, input.VpcIngressConnectionArn);
      Object.assign(ingress, pick(input, "IngressVpcConfiguration"));
      return { VpcIngressConnection: ingress };
    },
    DeleteVpcIngressConnection: (input, { region }) => {
      const ingress = at(region, input.VpcIngressConnectionArn);
      ingresses.in(region).delete(String(ingress.VpcIngressConnectionArn));
      tags.drop(String(ingress.VpcIngressConnectionArn));
      return { VpcIngressConnection: { ...ingress, Status: "DELETED", DeletedAt: Date.now() / 1000 } };
    },
  };
}
