import type { Construct } from "constructs";

import type { Environment, Service, ServiceImage } from "../../environments";
import { AppRunnerService, type AppRunnerSource } from "../../modules/app-runner";
import {
  known,
  pascalCase,
  type IAlarmTopic,
  type IFirewall,
  type IHostedZone,
  type INetwork,
} from "../../core";
import { serviceAccess } from "./service-access";
import { imageOf } from "./service-image";

/** Where services on App Runner stand. */
export interface AppRunnerServicesProps {
  readonly environment: Environment;
  readonly network: INetwork;
  readonly alarmTopic: IAlarmTopic;
  readonly firewall: IFirewall;
  /** The zone that the services' names are in. */
  readonly zone: IHostedZone;
  /** The services that run on App Runner in this region, by name. */
  readonly services: Readonly<Record<string, Service>>;
}

/** A region's services on App Runner, by name. */
export function addAppRunnerServices(
  scope: Construct,
  { environment, network, alarmTopic, firewall, zone, services }: AppRunnerServicesProps,
): Readonly<Record<string, AppRunnerService>> {
  const { name, account, ipv6 } = environment;
  return Object.fromEntries(
    Object.entries(services).map(([serviceName, service]) => {
      const access = serviceAccess(environment, service, network);
      const runtime = new AppRunnerService(scope, `AppRunner-${pascalCase(serviceName)}`, {
        name: `${name}-${serviceName}`,
        account,
        region: network.region,
        // Validation refuses App Runner where the environment does not say so.
        existingCustomer: true,
        source: sourceOf(service.image, account),
        port: service.port,
        cpu: service.cpu,
        memoryMiB: service.memoryMiB,
        autoScaling: service.capacity,
        healthCheck: healthCheckOf(service),
        ...access.settings,
        vpcConnector: { network },
        tracing: environment.appRunner?.tracing,
        alarmTopic,
        ...(service.routing.entry === "private"
          ? // No web ACL: it would see every request come from one address, and limit all by the rate of one.
            { privateIngress: { network } }
          : {
              ipAddressType: ipv6 ? ("DUAL_STACK" as const) : undefined,
              firewall,
              customDomain: { name: service.routing.regionsHostname, zone },
            }),
      });
      access.grantTo(
        runtime,
        known(runtime.connectorSecurityGroupId, `${name}: ${serviceName} has no connector to its network`),
      );
      return [serviceName, runtime];
    }),
  );
}

function sourceOf(image: ServiceImage, account: string): AppRunnerSource {
  const source = imageOf(image, account);
  return source.kind === "own"
    ? { kind: "repository", repository: source.repository, version: source.version }
    : { kind: "public-image", uri: source.uri };
}

function healthCheckOf({ healthCheck }: Service) {
  const { path, intervalSeconds, timeoutSeconds, healthyThreshold, unhealthyThreshold } = healthCheck;
  return { path, intervalSeconds, timeoutSeconds, healthyThreshold, unhealthyThreshold };
}
