import type { App } from "cdktf";

import type { Environment } from "../environments";
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
import { capabilities } from "./capabilities";
import type { RegionPlace } from "./capability";
import { regionalCertificateName, sharedCertificateNames } from "./dns/hostnames";
import type { BlockedAddresses } from "./firewall/blocked-addresses";
import { firewallSettings } from "./firewall/firewall-settings";
import type { FoundationStack } from "./foundation-stack";
import type { NetworkStack } from "./network-stack";
import { alarmTopicArn, type AppRunnerOutput, certificateAlarmName } from "./physical-names";
import { PlatformStack } from "./platform-stack";
import type { RecoveryStack } from "./recovery-stack";

/** What a region tells the stacks that route to it. */
export type RegionalOutput =
  | "load_balancer_arn"
  | "load_balancer_dns_name"
  | "load_balancer_hosted_zone_id"
  | "certificate_arn"
  | AppRunnerOutput;

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
    this.publish({
      load_balancer_arn: loadBalancer.loadBalancerArn,
      load_balancer_dns_name: loadBalancer.dnsName,
      load_balancer_hosted_zone_id: loadBalancer.hostedZoneId,
      certificate_arn: certificate.certificateArn,
      ...this.addCapabilities({ network, alarmTopic, zone, loadBalancer, firewall }, shared.recovery),
    });
  }

  /** Gives the outputs of all of them. */
  private addCapabilities(
    standing: Omit<RegionPlace, "scope" | "environment" | "routingControls">,
    recovery: RecoveryStack | undefined,
  ): Record<string, string> {
    const place = {
      ...standing,
      scope: this,
      environment: this.environment,
      routingControls: recovery?.read(this).routing_controls,
    };
    return Object.assign({}, ...capabilities.map(({ region }) => region?.(place))) as Record<string, string>;
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
}
