import type { Construct } from "constructs";

import type { Environment, Service } from "../../environments";
import {
  clientKeepAliveSecondsFor,
  type IAlarmTopic,
  type IHostedZone,
  type ILoadBalancer,
  type INetwork,
} from "../../core";
import { Certificate, CertificateExpiryAlarm, PrivateHostedZone, RegionalRecord } from "../../modules/dns";
import { LoadBalancer } from "../../modules/load-balancer";
import { privateCertificateName } from "../dns/hostnames";
import { privateCertificateAlarmName } from "../physical-names";

/** Whether a service needs a private load balancer in its regions. */
export function isPrivateOnFargate({ routing, runtimes }: Service): boolean {
  return routing.entry === "private" && runtimes.fargate !== undefined;
}

/** Where a region's private services stand. */
export interface PrivateServicesProps {
  readonly environment: Environment;
  readonly network: INetwork;
}

/** What the load balancer of private services needs besides. */
export interface PrivateLoadBalancerProps extends PrivateServicesProps {
  /** The public zone, which proves the names of the private one. */
  readonly zone: IHostedZone;
  readonly alarmTopic: IAlarmTopic;
}

/** The load balancer of the region's private services, where it has any: the network alone may ask it. */
export function addPrivateLoadBalancer(
  scope: Construct,
  { environment, network, zone, alarmTopic }: PrivateLoadBalancerProps,
): ILoadBalancer | undefined {
  const { name, account, ipv6, deletionProtection, recovery, services, privateDns } = environment;
  const { region } = network;
  const isNeeded = Object.values(services).some(
    (service) => isPrivateOnFargate(service) && service.regions.includes(region),
  );
  if (!isNeeded || privateDns === undefined) {
    return undefined;
  }
  const certificate = new Certificate(scope, "PrivateCertificate", {
    domainName: privateCertificateName(privateDns.zone),
    zone,
  });
  new CertificateExpiryAlarm(scope, "PrivateCertificateExpiry", {
    certificate,
    alarmName: privateCertificateAlarmName(environment),
    region,
    topics: [alarmTopic],
  });
  return new LoadBalancer(scope, "PrivateLoadBalancer", {
    name: `${name}-${region}-private`,
    account,
    network,
    certificate,
    internal: true,
    admits: "network",
    ipAddressType: ipv6 ? "dualstack" : "ipv4",
    deletionProtection,
    clientKeepAliveSeconds: clientKeepAliveSecondsFor(recovery.rtoSeconds),
  });
}

/**
 * Leads the region's network to its own private load balancer. A zone of the name alone, for this network
 * alone: in one that several networks ask, Route 53 would lead them to regions that they cannot reach.
 */
export function leadPrivately(
  scope: Construct,
  { routing }: Service,
  { environment, network }: PrivateServicesProps,
  { dnsName, hostedZoneId }: ILoadBalancer,
): void {
  const zone = new PrivateHostedZone(scope, "PrivateZone", {
    name: routing.hostname,
    network,
    // It holds nothing but the record below.
    deletionProtection: false,
  });
  new RegionalRecord(scope, "PrivateName", {
    zone,
    recordName: routing.hostname,
    target: { region: network.region, value: { kind: "alias", dnsName, hostedZoneId } },
    dualStack: environment.ipv6,
  });
}
