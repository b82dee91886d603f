import { TerraformOutput, type App } from "cdktf";

import type { Environment, Service } from "../environments";
import {
  healthCheckTimingFor,
  InternalError,
  pascalCase,
  type IDnsTarget,
  type IHostedZone,
} from "../modules/core";
import {
  DnsRouting,
  HostedZone,
  RegionalRecord,
  type RoutedEndpoint,
  type RoutingPolicy,
} from "../modules/dns";
import type { FoundationStack } from "./foundation-stack";
import { regionalHostname } from "./hostnames";
import { PlatformStack, type Outputs } from "./platform-stack";
import type { RegionalOutput, RegionalStack } from "./regional-stack";

/** How the world reaches the regions: the names of the services, their routing and health checks. */
export class EdgeStack extends PlatformStack {
  private readonly zone: IHostedZone;
  private readonly regional: ReadonlyMap<string, Outputs<RegionalOutput>>;

  public constructor(
    app: App,
    environment: Environment,
    foundation: FoundationStack,
    regionalStacks: readonly RegionalStack[],
  ) {
    super(app, environment, "edge");

    this.zone = HostedZone.fromHostedZoneAttributes({
      hostedZoneId: foundation.read(this).hosted_zone_id,
      zoneName: environment.domain.name,
    });
    this.regional = new Map(regionalStacks.map((stack) => [stack.region, stack.read(this)]));
    for (const [name, service] of Object.entries(environment.services)) {
      this.routeService(name, service);
    }
  }

  private routeService(name: string, service: Service): void {
    const endpoints = service.regions.map(
      (region) => [region, this.createEndpoint(name, service, region)] as const,
    );
    new DnsRouting(this, `Routing-${pascalCase(name)}`, {
      zone: this.zone,
      recordName: service.routing.hostname,
      endpoints: Object.fromEntries(endpoints),
      policy: policyOf(this.environment, service),
      rtoSeconds: this.environment.recovery.rtoSeconds,
    });
    new TerraformOutput(this, `Url-${pascalCase(name)}`, {
      value: `https://${service.routing.hostname}`,
    }).overrideLogicalId(`${name.replaceAll("-", "_")}_url`);
  }

  private createEndpoint(name: string, service: Service, region: string): RoutedEndpoint {
    const target = this.loadBalancerIn(region);
    const hostname = regionalHostname(this.environment, service, region);
    new RegionalRecord(this, `Regional-${pascalCase(name)}-${region}`, {
      zone: this.zone,
      recordName: hostname,
      target,
    });
    const timing = healthCheckTimingFor(this.environment.recovery.rtoSeconds);
    if (timing === undefined) {
      throw new InternalError(
        `${this.node.id}: no health check keeps the recovery time, which validation refuses`,
      );
    }
    return {
      target,
      healthCheck: {
        kind: "https",
        fullyQualifiedDomainName: hostname,
        path: service.healthCheck.path,
        timing,
      },
    };
  }

  private loadBalancerIn(region: string): IDnsTarget {
    const outputs = this.regional.get(region);
    if (outputs === undefined) {
      throw new InternalError(`${this.node.id}: ${region} has no stack`);
    }
    return {
      region,
      value: {
        kind: "alias",
        dnsName: outputs.load_balancer_dns_name,
        hostedZoneId: outputs.load_balancer_hosted_zone_id,
      },
    };
  }
}

function policyOf(environment: Environment, service: Service): RoutingPolicy {
  if (service.routing.policy === "latency") {
    return { kind: "latency" };
  }
  const primary = service.regions.find((region) => environment.regions[region]?.role === "primary");
  if (primary === undefined) {
    throw new InternalError(`${environment.name}: failover without a primary, which validation refuses`);
  }
  return { kind: "failover", primary };
}
