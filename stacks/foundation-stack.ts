import { TerraformOutput, type App } from "cdktf";

import type { Environment } from "../environments";
import type { IHostedZone } from "../core";
import { HostedZone, type LookedUpZone, QueryLog, ZoneSigning, ZoneSigningKey } from "../modules/dns";
import { capabilities } from "./capabilities";
import { forgetFormerProof } from "./dns/former-proof";
import { PlatformStack } from "./platform-stack";

/** Where Route 53 keeps the keys that sign zones and the logs of their queries. */
const route53Region = "us-east-1";

/** What an environment has once, for all of its regions: zone, images, tables. */
export class FoundationStack extends PlatformStack<"hosted_zone_id"> {
  public constructor(app: App, environment: Environment) {
    super(app, environment, "foundation");

    const zone = this.createHostedZone();
    forgetFormerProof(this, environment);
    for (const capability of capabilities) {
      capability.foundation?.({ scope: this, environment, providerIn: (region) => this.providerIn(region) });
    }
    this.publish({ hosted_zone_id: zone.hostedZoneId });
    this.tellDelegation(zone);
  }

  /** What the registrar, or the zone above, must say of the domain; with `ds_record`, where the zone is signed. */
  private tellDelegation({ zoneName, nameServers }: LookedUpZone): void {
    new TerraformOutput(this, "DomainName", { value: zoneName }).overrideLogicalId("domain_name");
    new TerraformOutput(this, "NameServers", { value: nameServers }).overrideLogicalId("name_servers");
  }

  private createHostedZone(): LookedUpZone {
    const { domain, deletionProtection } = this.environment;
    if (domain.zone === "existing") {
      return HostedZone.fromLookup(this, "Zone", { name: domain.name });
    }
    const zone = new HostedZone(this, "Zone", { name: domain.name, deletionProtection });
    this.sign(zone);
    this.logQueries(zone);
    return zone;
  }

  private sign(zone: IHostedZone): void {
    const { account, domain, deletionProtection } = this.environment;
    if (!domain.dnssec) {
      return;
    }
    const { keyArn } = new ZoneSigningKey(this, "SigningKey", {
      account,
      provider: this.route53Provider(),
      deletionProtection,
    });
    const { dsRecord } = new ZoneSigning(this, "Signing", { zone, keyArn });
    new TerraformOutput(this, "DsRecord", { value: dsRecord }).overrideLogicalId("ds_record");
  }

  private logQueries(zone: IHostedZone): void {
    const { account, domain, logRetentionDays, logKeyArns } = this.environment;
    if (domain.queryLog) {
      new QueryLog(this, "QueryLog", {
        zone,
        account,
        retentionDays: logRetentionDays,
        keyArn: logKeyArns?.[route53Region],
        provider: this.route53Provider(),
      });
    }
  }

  private route53Provider() {
    return this.region === route53Region ? undefined : this.providerIn(route53Region);
  }
}
