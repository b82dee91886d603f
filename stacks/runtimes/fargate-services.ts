import type { Construct } from "constructs";

import type { Environment, Service, ServiceImage } from "../../environments";
import {
  type IAlarmTopic,
  type IImageRepository,
  type ILoadBalancer,
  type INetwork,
  InternalError,
  known,
  pascalCase,
} from "../../core";
import { FargateCluster, FargateService } from "../../modules/fargate-service";
import { regionalHostname } from "../dns/hostnames";
import { listenerPriorities } from "./listener-priorities";
import { isPrivateOnFargate, leadPrivately } from "./private-services";
import { serviceAccess } from "./service-access";
import { imageOf } from "./service-image";

/** Where services on Fargate stand. */
export interface FargateServicesProps {
  readonly environment: Environment;
  readonly network: INetwork;
  readonly loadBalancer: ILoadBalancer;
  /**
   * What the services are behind that only the network reaches.
   *
   * @default - there are none
   */
  readonly privateLoadBalancer?: ILoadBalancer;
  readonly alarmTopic: IAlarmTopic;
  /** The services that run on Fargate in this region, by name. */
  readonly services: Readonly<Record<string, Service>>;
}

/** A region's services on Fargate, in one cluster behind its load balancer. */
export function addFargateServices(scope: Construct, props: FargateServicesProps): void {
  const { environment, network, loadBalancer, alarmTopic, services } = props;
  const { name, account, logRetentionDays, logKeyArns } = environment;
  if (Object.keys(services).length === 0) {
    return;
  }
  const cluster = new FargateCluster(scope, "Cluster", {
    name,
    account,
    region: network.region,
    exec: Object.values(services).some((service) => service.exec),
    logRetentionDays,
  });
  const priorities = listenerPriorities(Object.keys(environment.services));
  const isBehindAccelerator = Object.values(services).some(({ routing }) => routing.entry === "accelerator");
  for (const [serviceName, service] of Object.entries(services)) {
    const privateEntry = privateEntryOf(service, props);
    const access = serviceAccess(environment, service, network);
    const runtime = new FargateService(scope, `Service-${pascalCase(serviceName)}`, {
      name: `${name}-${serviceName}`,
      account,
      cluster,
      network,
      loadBalancer: privateEntry ?? loadBalancer,
      alarmTopic,
      listenerRule: {
        priority: known(priorities.get(serviceName), `${name}: ${serviceName} has no listener priority`),
        hostHeaders: hostHeadersOf(environment, service, network.region),
      },
      // The accelerator judges the same targets; two judges would disagree.
      dnsFailoverMinimumHealthyTargets: isBehindAccelerator && privateEntry === undefined ? "off" : undefined,
      ...containerImage(service.image, account, network.region),
      ...containerSettings(service),
      ...access.settings,
      logKeyArn: logKeyArns?.[network.region],
    });
    access.grantTo(runtime, runtime.securityGroupId);
    if (privateEntry !== undefined) {
      leadPrivately(runtime, service, props, privateEntry);
    }
  }
}

/** What a service is behind that only the network reaches; it must never come to stand behind the public one. */
function privateEntryOf(
  service: Service,
  { environment, network, privateLoadBalancer }: FargateServicesProps,
): ILoadBalancer | undefined {
  if (!isPrivateOnFargate(service)) {
    return undefined;
  }
  if (privateLoadBalancer === undefined) {
    throw new InternalError(`${environment.name}: ${network.region} has no private load balancer`);
  }
  return privateLoadBalancer;
}

function hostHeadersOf(environment: Environment, service: Service, region: string): string[] {
  return isPrivateOnFargate(service)
    ? [service.routing.hostname]
    : [service.routing.regionsHostname, regionalHostname(environment, service, region)];
}

/** The image's address in this region: every region runs its own copy of a replicated repository. */
function containerImage(
  image: ServiceImage,
  account: string,
  region: string,
): { image: string; repository?: IImageRepository } {
  const source = imageOf(image, account);
  if (source.kind === "foreign") {
    return { image: source.uri };
  }
  const { repository, version } = source;
  const separator = version.startsWith("sha256:") ? "@" : ":";
  return { image: `${repository.repositoryUri(region)}${separator}${version}`, repository };
}

/** What the environment says of a service that holds in each of its regions. */
function containerSettings(service: Service) {
  return {
    containerPort: service.port,
    command: service.command,
    scratchPaths: service.scratchPaths,
    cpu: service.cpu,
    memoryMiB: service.memoryMiB,
    cpuArchitecture: service.cpuArchitecture,
    capacity: service.capacity,
    scaling: service.scaling,
    healthCheck: service.healthCheck,
    sidecars: service.sidecars.map(({ image, ...sidecar }) => ({ ...sidecar, image: image.uri })),
    exec: service.exec,
    readonlyRootFilesystem: service.readonlyRootFilesystem,
    logRetentionDays: service.logRetentionDays,
  };
}
