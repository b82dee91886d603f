import { SsmParameter } from "@cdktf/provider-aws/lib/ssm-parameter";
import type { App } from "cdktf";

import type { Environment, Runtime, Service } from "../environments";
import {
  clientKeepAliveSecondsFor,
  type IAlarmTopic,
  type ICertificate,
  type IHostedZone,
  type ILoadBalancer,
  type INetwork,
} from "../core";
import { Certificate, CertificateExpiryAlarm, HostedZone } from "../modules/dns";
import { Firewall } from "../modules/firewall";
import { LoadBalancer } from "../modules/load-balancer";
import { addAppRunnerServices } from "./runtimes/app-runner-services";
import type { BlockedAddresses } from "./firewall/blocked-addresses";
import { addFargateServices } from "./runtimes/fargate-services";
import { firewallSettings } from "./firewall/firewall-settings";
import type { FoundationStack } from "./foundation-stack";
import { regionalCertificateName, sharedCertificateNames } from "./dns/hostnames";
import {
  alarmTopicArn,
  certificateAlarmName,
  outputWord,
  routingControlsParameterName,
} from "./physical-names";
import type { NetworkStack } from "./network-stack";
import { PlatformStack } from "./platform-stack";
import { addPrivateLoadBalancer } from "./runtimes/private-services";
import type { RecoveryStack } from "./recovery-stack";
import { prepareRegistry } from "./registry/registries";

/** What a region tells the stacks that route to it. */
export type RegionalOutput =
  | "load_balancer_arn"
  | "load_balancer_dns_name"
  | "load_balancer_hosted_zone_id"
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

/** What serves users in one region: load balancer, firewall, services. It needs no other region. */
export class RegionalStack extends PlatformStack<RegionalOutput> {
  private readonly blockedAddresses: BlockedAddresses;

  public constructor(
    app: App,
    environment: Environment,
    networkStack: NetworkStack,
    shared: RegionalStackProps,
  ) {
    const { region } = networkStack;
    super(app, environment, region, region);
    this.blockedAddresses = shared.blockedAddresses;

    const zone = HostedZone.fromHostedZoneAttributes({
      hostedZoneId: shared.foundation.read(this).hosted_zone_id,
      zoneName: environment.domain.name,
    });
    const network = networkStack.networkFor(this);
    const alarmTopic = { topicArn: alarmTopicArn(environment, region) };
    const certificate = this.createCertificate(zone, alarmTopic);
    const loadBalancer = this.createLoadBalancer(network, certificate);
    const firewall = this.createFirewall(loadBalancer);
    prepareRegistry(this, environment, region);
    this.noteRoutingControls(shared.recovery);
    const privateLoadBalancer = addPrivateLoadBalancer(this, { environment, network, zone, alarmTopic });
    const regional = { environment, network, alarmTopic, loadBalancer, privateLoadBalancer, firewall, zone };
    addFargateServices(this, { ...regional, services: this.servicesOn("fargate") });
    const appRunner = addAppRunnerServices(this, { ...regional, services: this.servicesOn("app-runner") });
    this.publish({
      load_balancer_arn: loadBalancer.loadBalancerArn,
      load_balancer_dns_name: loadBalancer.dnsName,
      load_balancer_hosted_zone_id: loadBalancer.hostedZoneId,
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
