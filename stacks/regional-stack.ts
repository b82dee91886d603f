import { SsmParameter } from "@cdktf/provider-aws/lib/ssm-parameter";
import { Annotations, type App } from "cdktf";

import type { Environment, Runtime, Service } from "../environments";
import { AlarmTopic } from "../modules/alarm-topic";
import {
  clientKeepAliveSecondsFor,
  InternalError,
  type IAlarmTopic,
  type ICertificate,
  type IHostedZone,
  type ILoadBalancer,
  type INetwork,
} from "../core";
import { Certificate, CertificateExpiryAlarm, HostedZone } from "../modules/dns";
import { dualStackNetworkAclDenies, Firewall, networkAclDenies } from "../modules/firewall";
import { LoadBalancer } from "../modules/load-balancer";
import {
  blockedCidrBlockLimit,
  dualStackBlockedCidrBlockLimit,
  Network,
  type NetworkProps,
} from "../modules/network";
import { addAppRunnerServices } from "./runtimes/app-runner-services";
import type { BlockedAddresses } from "./firewall/blocked-addresses";
import { addDnsFirewall } from "./dns/dns-firewall";
import { addFargateServices } from "./runtimes/fargate-services";
import { firewallSettings } from "./firewall/firewall-settings";
import type { FoundationStack } from "./foundation-stack";
import { regionalCertificateName, sharedCertificateNames } from "./dns/hostnames";
import {
  alarmTopicName,
  certificateAlarmName,
  outputWord,
  routingControlsParameterName,
} from "./physical-names";
import { PlatformStack } from "./platform-stack";
import { addResolver } from "./dns/private-dns";
import { addPrivateLoadBalancer } from "./runtimes/private-services";
import type { RecoveryStack } from "./recovery-stack";
import { prepareRegistry } from "./registry/registries";

/** What a region tells the stacks that route to it. */
export type RegionalOutput =
  | "vpc_id"
  | "load_balancer_arn"
  | "load_balancer_dns_name"
  | "load_balancer_hosted_zone_id"
  | "alarm_topic_arn"
  | "certificate_arn"
  | AppRunnerOutput;

/** The name that App Runner gives a service in the region. */
export type AppRunnerOutput = `app_runner_${string}_domain_name`;

/** The output that holds the name that App Runner gives a service. */
export function appRunnerOutput(service: string): AppRunnerOutput {
  return `app_runner_${outputWord(service)}_domain_name`;
}

/** What the regions of an environment have in common. */
export interface RegionalStackProps {
  /** The stack that holds what exists once. */
  readonly foundation: FoundationStack;
  /** Who is turned away. */
  readonly blockedAddresses: BlockedAddresses;
  /**
   * The switches that take regions out.
   *
   * @default - the environment has none
   */
  readonly recovery?: RecoveryStack;
}

/** All of one region: network, load balancer, services, alarms. It needs no other region. */
export class RegionalStack extends PlatformStack<RegionalOutput> {
  private readonly blockedAddresses: BlockedAddresses;

  public constructor(app: App, environment: Environment, region: string, shared: RegionalStackProps) {
    super(app, environment, region, region);
    this.blockedAddresses = shared.blockedAddresses;

    const zone = HostedZone.fromHostedZoneAttributes({
      hostedZoneId: shared.foundation.read(this).hosted_zone_id,
      zoneName: environment.domain.name,
    });
    const network = this.createNetwork();
    const alarmTopic = this.createAlarmTopic();
    const certificate = this.createCertificate(zone, alarmTopic);
    const loadBalancer = this.createLoadBalancer(network, certificate);
    const firewall = this.createFirewall(loadBalancer);
    addResolver(this, environment, network);
    addDnsFirewall(this, environment, network);
    prepareRegistry(this, environment, region);
    this.noteRoutingControls(shared.recovery);
    const privateLoadBalancer = addPrivateLoadBalancer(this, { environment, network, zone, alarmTopic });
    const regional = { environment, network, alarmTopic, loadBalancer, privateLoadBalancer, firewall, zone };
    addFargateServices(this, { ...regional, services: this.servicesOn("fargate") });
    const appRunner = addAppRunnerServices(this, { ...regional, services: this.servicesOn("app-runner") });
    this.publish({
      vpc_id: network.vpcId,
      load_balancer_arn: loadBalancer.loadBalancerArn,
      load_balancer_dns_name: loadBalancer.dnsName,
      load_balancer_hosted_zone_id: loadBalancer.hostedZoneId,
      alarm_topic_arn: alarmTopic.topicArn,
      certificate_arn: certificate.certificateArn,
      ...Object.fromEntries(
        Object.entries(appRunner).map(([name, { domainName }]) => [appRunnerOutput(name), domainName]),
      ),
    });
  }

  /** Each region says where the switches are, so that they are found while any other one is dark. */
  private noteRoutingControls(recovery: RecoveryStack | undefined): void {
    if (recovery === undefined) {
      return;
    }
    new SsmParameter(this, "RoutingControls", {
      name: routingControlsParameterName(this.environment),
      description: "Where the routing controls are, for `meridian region`",
      type: "String",
      value: recovery.read(this).routing_controls,
    });
  }

  private createNetwork(): Network {
    const { name, regions, logRetentionDays, logKeyArns, ipv6, accelerator } = this.environment;
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
      flowLogs: { retentionDays: logRetentionDays, kmsKeyArn: logKeyArns?.[this.region] },
      dualStack: ipv6,
      acceleratorEndpoints: accelerator.onlyEntry,
      ...this.networkAclDenies(),
    });
  }

  /** The blocks that fit in network ACLs; the firewall in front of the load balancer has them all. */
  private networkAclDenies(): Pick<NetworkProps, "blockedIpv4CidrBlocks" | "blockedIpv6CidrBlocks"> {
    const { cidrBlocks } = this.blockedAddresses;
    if (this.environment.ipv6) {
      const denies = dualStackNetworkAclDenies(cidrBlocks, dualStackBlockedCidrBlockLimit);
      this.warnOfRest(dualStackBlockedCidrBlockLimit, denies.leftOut);
      return {
        blockedIpv4CidrBlocks: denies.ipv4CidrBlocks,
        blockedIpv6CidrBlocks: denies.ipv6CidrBlocks,
      };
    }
    const { ipv4CidrBlocks, leftOut } = networkAclDenies(cidrBlocks, blockedCidrBlockLimit);
    this.warnOfRest(blockedCidrBlockLimit, leftOut);
    return { blockedIpv4CidrBlocks: ipv4CidrBlocks };
  }

  private warnOfRest(limit: number, leftOut: readonly string[]): void {
    if (leftOut.length > 0) {
      Annotations.of(this).addWarning(
        `network ACLs hold the ${limit} widest blocks of the block list; ${leftOut.length} are blocked by the web ACL only`,
      );
    }
  }

  private createAlarmTopic(): AlarmTopic {
    const { account, alarms } = this.environment;
    return new AlarmTopic(this, "AlarmTopic", {
      topicName: alarmTopicName(this.environment),
      account,
      region: this.region,
      emails: alarms.emails,
    });
  }

  /**
   * The region's certificate with its proof. Every region writes the records of the names that regions
   * share: they are the same for all, and so no region waits for another.
   */
  private createCertificate(zone: IHostedZone, alarmTopic: IAlarmTopic): ICertificate {
    const [domainName, ...others] = sharedCertificateNames(this.environment);
    const certificate = new Certificate(this, "Certificate", {
      domainName,
      subjectAlternativeNames: [...others, regionalCertificateName(this.environment, this.region)],
      zone,
    });
    new CertificateExpiryAlarm(this, "CertificateExpiry", {
      certificate,
      alarmName: certificateAlarmName(this.environment),
      region: this.region,
      topics: [alarmTopic],
    });
    return certificate;
  }

  private createLoadBalancer(network: INetwork, certificate: ICertificate): LoadBalancer {
    const { name, account, accelerator, distribution, recovery, deletionProtection, ipv6 } = this.environment;
    return new LoadBalancer(this, "LoadBalancer", {
      name: `${name}-${this.region}`,
      account,
      network,
      certificate,
      internal: accelerator.onlyEntry,
      ipAddressType: ipv6 ? "dualstack" : "ipv4",
      admits: distribution.onlyEntry ? "cloudfront" : "anyone",
      deletionProtection,
      clientKeepAliveSeconds: clientKeepAliveSecondsFor(recovery.rtoSeconds),
    });
  }

  private createFirewall(loadBalancer: ILoadBalancer): Firewall {
    const firewall = new Firewall(this, "Firewall", {
      ...firewallSettings(this.environment, this.blockedAddresses, "REGIONAL", this.region),
      name: `${this.environment.name}-${this.region}`,
      region: this.region,
    });
    firewall.associate("LoadBalancer", loadBalancer.loadBalancerArn);
    return firewall;
  }

  private servicesOn(runtime: Runtime): Readonly<Record<string, Service>> {
    return Object.fromEntries(
      Object.entries(this.environment.services).filter(
        ([, { runtimes, regions }]) => runtimes[runtime] !== undefined && regions.includes(this.region),
      ),
    );
  }
}
