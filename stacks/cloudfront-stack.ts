import type { App } from "cdktf";

import type { Environment, Service } from "../environments";
import { AlarmTopic } from "../modules/alarm-topic";
import { pascalCase, type ICertificate, type IFirewall, type IHostedZone } from "../core";
import { Certificate, CertificateExpiryAlarm, HostedZone } from "../modules/dns";
import { Distribution } from "../modules/distribution";
import { Firewall } from "../modules/firewall";
import type { BlockedAddresses } from "./firewall/blocked-addresses";
import { firewallSettings } from "./firewall/firewall-settings";
import type { FoundationStack } from "./foundation-stack";
import { sharedCertificateNames } from "./dns/hostnames";
import { cloudfrontAlarmTopicName, cloudfrontCertificateAlarmName, outputWord } from "./physical-names";
import { PlatformStack } from "./platform-stack";

/** The name that CloudFront gives the distribution of a service. */
export type CloudfrontOutput = `distribution_${string}_domain_name`;

/** The output that holds the name of a service's distribution. */
export function distributionOutput(service: string): CloudfrontOutput {
  return `distribution_${outputWord(service)}_domain_name`;
}

/** Where CloudFront takes its certificates and web ACLs from. */
const cloudfrontRegion = "us-east-1";

/** The services of an environment that are entered by a distribution, by name. */
export function distributedServices({ services }: Environment): Readonly<Record<string, Service>> {
  return Object.fromEntries(
    Object.entries(services).filter(([, { routing }]) => routing.entry === "distribution"),
  );
}

/** The distributions of an environment, behind a web ACL with the same rules as those of its regions. */
export class CloudfrontStack extends PlatformStack<CloudfrontOutput> {
  public constructor(
    app: App,
    environment: Environment,
    shared: { readonly foundation: FoundationStack; readonly blockedAddresses: BlockedAddresses },
  ) {
    super(app, environment, "cloudfront", cloudfrontRegion);

    const zone = HostedZone.fromHostedZoneAttributes({
      hostedZoneId: shared.foundation.read(this).hosted_zone_id,
      zoneName: environment.domain.name,
    });
    const certificate = this.createCertificate(zone);
    const firewall = new Firewall(this, "Firewall", {
      ...firewallSettings(environment, shared.blockedAddresses, "CLOUDFRONT", this.region),
      name: `${environment.name}-cloudfront`,
      region: cloudfrontRegion,
    });
    for (const [name, service] of Object.entries(distributedServices(environment))) {
      const { domainName } = this.createDistribution(name, service, certificate, firewall);
      this.publish({ [distributionOutput(name)]: domainName });
    }
  }

  private createCertificate(zone: IHostedZone): ICertificate {
    const [domainName, ...subjectAlternativeNames] = sharedCertificateNames(this.environment);
    const certificate = new Certificate(this, "Certificate", { domainName, subjectAlternativeNames, zone });
    this.watch(certificate);
    return certificate;
  }

  /** The environment need not have a region here, so that the alarms have a topic of their own. */
  private watch(certificate: ICertificate): void {
    const { account, alarms } = this.environment;
    const topic = new AlarmTopic(this, "AlarmTopic", {
      topicName: cloudfrontAlarmTopicName(this.environment),
      account,
      region: this.region,
      emails: alarms.emails,
    });
    new CertificateExpiryAlarm(this, "CertificateExpiry", {
      certificate,
      alarmName: cloudfrontCertificateAlarmName(this.environment),
      region: this.region,
      topics: [topic],
    });
  }

  private createDistribution(
    name: string,
    service: Service,
    certificate: ICertificate,
    firewall: IFirewall,
  ): Distribution {
    const { account, firewall: blocks, deletionProtection, logRetentionDays } = this.environment;
    const { blockedCountries } = blocks;
    return new Distribution(this, `Distribution-${pascalCase(name)}`, {
      name: `${this.environment.name}-${name}`,
      account,
      aliases: [service.routing.hostname],
      certificate,
      origins: { regions: { kind: "https", domainName: service.routing.regionsHostname } },
      defaultBehavior: { origin: "regions" },
      firewall,
      geoRestriction:
        blockedCountries === undefined || blockedCountries.length === 0
          ? undefined
          : { kind: "block", countries: blockedCountries },
      accessLogs: { retentionDays: logRetentionDays },
      deletionProtection,
    });
  }
}
