import type { App } from "cdktf";

import type { Environment } from "../environments";
import { ImageRepository, RegistryReplication } from "../modules/container-registry";
import { pascalCase, type IHostedZone } from "../modules/core";
import { Certificate, HostedZone } from "../modules/dns";
import { certificateNames } from "./hostnames";
import { PlatformStack } from "./platform-stack";

/** What an environment has once, for all of its regions: zone, certificate records, images. */
export class FoundationStack extends PlatformStack<"hosted_zone_id"> {
  public constructor(app: App, environment: Environment) {
    super(app, environment, "foundation");

    const zone = this.createHostedZone();
    this.createCertificate(zone);
    this.createRepositories();
    this.publish({ hosted_zone_id: zone.hostedZoneId });
  }

  private createHostedZone(): IHostedZone {
    const { domain, deletionProtection } = this.environment;
    return domain.zone === "existing"
      ? HostedZone.fromLookup(this, "Zone", { name: domain.name })
      : new HostedZone(this, "Zone", { name: domain.name, deletionProtection });
  }

  /**
   * The certificate that brings the validation records of all names into the zone. The records of a
   * name are the same for every certificate of an account, so regional certificates need none.
   */
  private createCertificate(zone: IHostedZone): void {
    const regions = Object.keys(this.environment.regions);
    const names = new Set(regions.flatMap((region) => certificateNames(this.environment, region)));
    const [domainName = this.environment.domain.name, ...subjectAlternativeNames] = names;
    new Certificate(this, "Certificate", { domainName, subjectAlternativeNames, zone });
  }

  private createRepositories(): void {
    const { account, homeRegion, deletionProtection } = this.environment;
    const names = repositoryNames(this.environment);
    for (const name of names) {
      new ImageRepository(this, `Repository-${pascalCase(name)}`, {
        name,
        account,
        region: homeRegion,
        deletionProtection,
      });
    }
    const destinationRegions = Object.keys(this.environment.regions).filter(
      (region) => region !== homeRegion,
    );
    if (names.length > 0 && destinationRegions.length > 0) {
      new RegistryReplication(this, "Replication", {
        account,
        homeRegion,
        destinationRegions,
        repositoryPrefixes: names,
      });
    }
  }
}

/** The environment's own repositories: one for each that a service takes its image from. */
function repositoryNames(environment: Environment): string[] {
  const names = Object.values(environment.services).flatMap(({ image }) =>
    "repository" in image ? [image.repository] : [],
  );
  return [...new Set(names)].sort();
}
