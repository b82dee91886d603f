import { Annotations, type App } from "cdktf";

import type { Environment, Service, ServiceImage } from "../environments";
import { AlarmTopic } from "../modules/alarm-topic";
import { ImageRepository } from "../modules/container-registry";
import {
  clientKeepAliveSecondsFor,
  InternalError,
  pascalCase,
  type IAlarmTopic,
  type IImageRepository,
  type ILoadBalancer,
  type INetwork,
} from "../modules/core";
import { Certificate } from "../modules/dns";
import { blockedCidrBlockLimit, Network } from "../modules/network";
import { Firewall, networkAclDenies } from "../modules/firewall";
import { FargateCluster, FargateService } from "../modules/fargate-service";
import { LoadBalancer } from "../modules/load-balancer";
import type { BlockedAddresses } from "./blocked-addresses";
import type { FoundationStack } from "./foundation-stack";
import { certificateNames, regionalHostname } from "./hostnames";
import { listenerPriorities } from "./listener-priorities";
import { PlatformStack } from "./platform-stack";

/** What a region tells the stacks that route to it. */
export type RegionalOutput =
  | "vpc_id"
  | "load_balancer_arn"
  | "load_balancer_dns_name"
  | "load_balancer_hosted_zone_id"
  | "alarm_topic_arn";

/** What the regions of an environment have in common. */
export interface RegionalStackProps {
  /** The stack that holds what exists once. */
  readonly foundation: FoundationStack;
  /** Who is turned away. */
  readonly blockedAddresses: BlockedAddresses;
}

/** All of one region: network, load balancer, services, alarms. It needs no other region. */
export class RegionalStack extends PlatformStack<RegionalOutput> {
  private readonly blockedAddresses: BlockedAddresses;

  public constructor(app: App, environment: Environment, region: string, shared: RegionalStackProps) {
    super(app, environment, region, region);
    this.blockedAddresses = shared.blockedAddresses;

    shared.foundation.read(this);
    const network = this.createNetwork();
    const alarmTopic = this.createAlarmTopic();
    const loadBalancer = this.createLoadBalancer(network);
    this.createFirewall(loadBalancer);
    this.createServices(network, loadBalancer, alarmTopic);
    this.publish({
      vpc_id: network.vpcId,
      load_balancer_arn: loadBalancer.loadBalancerArn,
      load_balancer_dns_name: loadBalancer.dnsName,
      load_balancer_hosted_zone_id: loadBalancer.hostedZoneId,
      alarm_topic_arn: alarmTopic.topicArn,
    });
  }

  private createNetwork(): Network {
    const { name, regions, logRetentionDays } = this.environment;
    const settings = regions[this.region];
    if (settings === undefined) {
      throw new InternalError(`${this.node.id}: ${this.region} is no region of ${name}`);
    }
    return new Network(this, "Network", {
      name,
      region: this.region,
      ipv4CidrBlock: settings.ipv4CidrBlock,
      zones: settings.zones,
      natGateways: settings.natGateways,
      // Without NAT the tasks reach what they need of AWS through endpoints or not at all.
      interfaceEndpoints: settings.natGateways === "none" ? ["private-fargate"] : [],
      flowLogs: { retentionDays: logRetentionDays },
      blockedIpv4CidrBlocks: this.networkAclDenies(),
    });
  }

  /** The blocks that fit in network ACLs; the firewall in front of the load balancer has them all. */
  private networkAclDenies(): readonly string[] {
    const { cidrBlocks } = this.blockedAddresses;
    const { ipv4CidrBlocks, leftOut } = networkAclDenies(cidrBlocks, blockedCidrBlockLimit);
    if (leftOut.length > 0) {
      Annotations.of(this).addWarning(
        `network ACLs hold the ${ipv4CidrBlocks.length} widest blocks of the block list; ${leftOut.length} are turned away by the web ACL only`,
      );
    }
    return ipv4CidrBlocks;
  }

  private createFirewall(loadBalancer: ILoadBalancer): void {
    const { name, account, firewall, logRetentionDays } = this.environment;
    const webAcl = new Firewall(this, "Firewall", {
      name: `${name}-${this.region}`,
      account,
      region: this.region,
      scope: "REGIONAL",
      blockList: this.blockedAddresses.cidrBlocks,
      allowList: firewall.allowedIpCidrBlocks,
      blockedCountries: firewall.blockedCountries,
      rateLimits: [{ name: "per-address", limit: firewall.requestsPerFiveMinutes }],
      logging: { retentionDays: logRetentionDays },
    });
    webAcl.associate("LoadBalancer", loadBalancer.loadBalancerArn);
  }

  private createAlarmTopic(): AlarmTopic {
    const { name, account, alarms } = this.environment;
    return new AlarmTopic(this, "AlarmTopic", {
      topicName: `${name}-alarms`,
      account,
      region: this.region,
      emails: alarms.emails,
    });
  }

  private createLoadBalancer(network: INetwork): LoadBalancer {
    const { name, account, recovery, deletionProtection } = this.environment;
    const [domainName = "", ...subjectAlternativeNames] = certificateNames(this.environment, this.region);
    const certificate = new Certificate(this, "Certificate", { domainName, subjectAlternativeNames });
    return new LoadBalancer(this, "LoadBalancer", {
      name: `${name}-${this.region}`,
      account,
      network,
      certificate,
      deletionProtection,
      clientKeepAliveSeconds: clientKeepAliveSecondsFor(recovery.rtoSeconds),
    });
  }

  private createServices(network: INetwork, loadBalancer: ILoadBalancer, alarmTopic: IAlarmTopic): void {
    const { name, account, logRetentionDays } = this.environment;
    const services = Object.entries(this.environment.services).filter(
      ([, service]) => service.runtime === "fargate" && service.regions.includes(this.region),
    );
    if (services.length === 0) {
      return;
    }
    const cluster = new FargateCluster(this, "Cluster", {
      name,
      account,
      region: this.region,
      exec: services.some(([, service]) => service.exec),
      logRetentionDays,
    });
    const priorities = listenerPriorities(Object.keys(this.environment.services));
    for (const [serviceName, service] of services) {
      const listenerRule = {
        priority: priorities.get(serviceName) ?? 0,
        hostHeaders: [service.routing.hostname, regionalHostname(this.environment, service, this.region)],
      };
      new FargateService(this, `Service-${pascalCase(serviceName)}`, {
        name: `${name}-${serviceName}`,
        account,
        cluster,
        network,
        loadBalancer,
        alarmTopic,
        listenerRule,
        ...this.imageOf(service.image),
        ...containerSettings(service),
      });
    }
  }

  /** The image's address in this region: every region runs its own copy of a replicated repository. */
  private imageOf(image: ServiceImage): { image: string; repository?: IImageRepository } {
    if ("uri" in image) {
      return { image: image.uri };
    }
    const repository = ImageRepository.fromName(image.repository, this.environment.account);
    const version = "tag" in image ? `:${image.tag}` : `@${image.digest}`;
    return { image: `${repository.repositoryUri(this.region)}${version}`, repository };
  }
}

/** What the environment says of a service that holds in each of its regions. */
function containerSettings(service: Service) {
  return {
    containerPort: service.port,
    cpu: service.cpu,
    memoryMiB: service.memoryMiB,
    cpuArchitecture: service.cpuArchitecture,
    capacity: service.capacity,
    scaling: service.scaling,
    healthCheck: service.healthCheck,
    environment: service.environment,
    secrets: service.secrets,
    sidecars: service.sidecars.map(({ image, ...sidecar }) => ({ ...sidecar, image: image.uri })),
    exec: service.exec,
    readonlyRootFilesystem: service.readonlyRootFilesystem,
    logRetentionDays: service.logRetentionDays,
  };
}
