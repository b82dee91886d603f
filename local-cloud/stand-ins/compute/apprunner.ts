import { ServiceError } from "../../answer";
import {
  account,
  found,
  type JsonObject,
  jsonService,
  listAt,
  pick,
  randomHex,
  required,
  type StandIn,
  Store,
  tagOperations,
  Tags,
} from "../../toolkit";
import { Unkindness } from "../../unkind";
import { autoScaling, observability, revisioned, vpcConnector } from "./apprunner-configurations";
import { ConnectorUse } from "./apprunner-connectors";
import { domainOperations } from "./apprunner-domains";
import { invalid, notFound, type Operations } from "./apprunner-operations";
import { serviceAt, serviceOperations } from "./apprunner-services";

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
