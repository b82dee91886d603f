import { Fn, TerraformOutput, Token, type App } from "cdktf";

import type { Environment, Runtime, Service } from "../environments";
import {
  type HealthCheckTiming,
  healthCheckTimingFor,
  type IDnsTarget,
  type IHostedZone,
  known,
  pascalCase,
} from "../core";
import { appRunnerHostedZoneIds } from "../modules/app-runner";
import { cloudFrontHostedZoneId } from "../modules/distribution";
import {
  allOf,
  CertificateExpiryAlarm,
  CidrCollection,
  DnsRouting,
  HealthCheck,
  HostedZone,
  RegionalRecord,
  type ExistingCheck,
  type HttpCheck,
  type ICidrCollection,
  type RoutedEndpoint,
  type RoutingPolicy,
} from "../modules/dns";
import type { Accelerator } from "../modules/global-accelerator";
import { addAccelerators, everywhere } from "./routing/accelerators";
import { capabilities } from "./capabilities";
import { distributionOutput, type CloudfrontStack } from "./cloudfront-stack";
import type { FoundationStack } from "./foundation-stack";
import { regionalHostname } from "./dns/hostnames";
import { appRunnerOutput, certificateAlarmName, outputWord } from "./physical-names";
import type { NetworkStack } from "./network-stack";
import { addPrivateZone } from "./private-dns/private-zone";
import { outputNamed, PlatformStack, stateRegionOf, type Outputs } from "./platform-stack";
import { routingControlOutput, type RecoveryOutput, type RecoveryStack } from "./recovery-stack";
import type { RegionalOutput, RegionalStack } from "./regional-stack";
import { endpointName, routingPolicyOf } from "./routing/routing-policy";

/** The stacks that the edge leads to. */
export interface EdgeStackProps {
  /** Where the zone is. */
  readonly foundation: FoundationStack;
  /** The regions' networks. */
  readonly networks: readonly NetworkStack[];
  /** The regions. */
  readonly regional: readonly RegionalStack[];
  /**
   * The distributions.
   *
   * @default - no service is entered by one
   */
  readonly cloudfront?: CloudfrontStack;
  /**
   * The switches that take regions out.
   *
   * @default - regions leave by their health alone
   */
  readonly recovery?: RecoveryStack;
}

/** How the world reaches the regions: accelerators, the names of the services, their routing and health checks. */
export class EdgeStack extends PlatformStack {
  private readonly zone: IHostedZone;
  private readonly regional: ReadonlyMap<string, Outputs<RegionalOutput>>;
  private readonly distributions: Outputs<ReturnType<typeof distributionOutput>>;
  private readonly recovery: Outputs<RecoveryOutput> | undefined;
  private readonly accelerators: ReadonlyMap<string, Accelerator>;
  private readonly timing: HealthCheckTiming;
  private readonly certificateChecks = new Map<string, HealthCheck>();
  private readonly controlChecks = new Map<string, HealthCheck>();
  private readonly healthCheckIds = new Map<string, Readonly<Record<string, string>>>();

  public constructor(app: App, environment: Environment, upstream: EdgeStackProps) {
    // Nothing in it has a region, and its provider must not depend on one that is dark.
    super(app, environment, "edge", stateRegionOf(environment));

    this.zone = HostedZone.fromHostedZoneAttributes({
      hostedZoneId: upstream.foundation.read(this).hosted_zone_id,
      zoneName: environment.domain.name,
    });
    this.regional = new Map(upstream.regional.map((stack) => [stack.region, stack.read(this)]));
    this.distributions = upstream.cloudfront?.read(this) ?? {};
    this.recovery = upstream.recovery?.read(this);
    addPrivateZone(this, environment, () =>
      upstream.networks.map((stack) => ({ region: stack.region, vpcId: stack.read(this).vpc_id })),
    );
    this.timing = this.healthCheckTiming();
    this.accelerators = addAccelerators(this, environment, (region) => ({
      region,
      endpointId: this.outputsOf(region).load_balancer_arn,
      ipAddressType: environment.ipv6 ? "dualstack" : "ipv4",
      hasDnsFailoverThreshold: false,
    }));
    for (const [name, service] of Object.entries(environment.services)) {
      if (service.routing.entry === "private") {
        this.tellPrivateUrls(name, service);
      } else {
        this.routeService(name, service);
      }
    }
    for (const capability of capabilities) {
      capability.edge?.({
        scope: this,
        environment,
        zone: this.zone,
        healthCheckIds: this.healthCheckIds,
        providerIn: (region) => (region === this.region ? undefined : this.providerIn(region)),
      });
    }
  }

  private routeService(name: string, service: Service): void {
    const isAlone = service.routing.entry === "accelerator" && this.environment.accelerator.onlyEntry;
    const { accelerator, policy } = this.policyOf(name, service, isAlone);
    const { healthCheckIds } = new DnsRouting(this, `Routing-${pascalCase(name)}`, {
      zone: this.zone,
      recordName: service.routing.regionsHostname,
      endpoints: {
        ...(accelerator === undefined
          ? {}
          : { accelerator: this.acceleratorEndpoint(accelerator, service, isAlone) }),
        ...(isAlone ? {} : this.regionalEndpoints(name, service)),
      },
      policy,
      dualStack: this.isDualStack(service),
      rtoSeconds: this.environment.recovery.rtoSeconds,
    });
    this.healthCheckIds.set(name, healthCheckIds);
    if (service.routing.entry === "distribution") {
      this.leadToDistribution(name, service);
    }
    this.tellUrl(name, service.routing.hostname);
  }

  /**
   * Every region leads its own network to a private service. App Runner answers there to the name that
   * it gave the service, which differs from region to region.
   */
  private tellPrivateUrls(name: string, service: Service): void {
    if (service.runtimes.fargate !== undefined) {
      this.tellUrl(name, service.routing.hostname);
      return;
    }
    for (const region of service.regions) {
      this.tellUrl(`${name}-${region}`, outputNamed(this.outputsOf(region), appRunnerOutput(name)));
    }
  }

  private tellUrl(name: string, hostname: string): void {
    new TerraformOutput(this, `Url-${pascalCase(name)}`, {
      value: `https://${hostname}`,
    }).overrideLogicalId(`${outputWord(name)}_url`);
  }

  /**
   * Whether IPv6 leads to a service as well. Route 53 aliases App Runner over IPv4 only, and to lead
   * IPv6 to another runtime alone would pass over the weights of the two.
   */
  private isDualStack({ runtimes }: Service): boolean {
    return this.environment.ipv6 && runtimes["app-runner"] === undefined;
  }

  private policyOf(
    name: string,
    service: Service,
    isAlone: boolean,
  ): { readonly accelerator?: Accelerator; readonly policy: RoutingPolicy } {
    if (service.routing.entry !== "accelerator") {
      return { policy: this.policyOverRegions(name, service) };
    }
    const accelerator = known(
      this.accelerators.get(service.jurisdiction ?? everywhere),
      `${this.node.id}: ${name} has no accelerator`,
    );
    return {
      accelerator,
      policy: isAlone
        ? { kind: "simple", to: "accelerator" }
        : { kind: "failover", primary: "accelerator", secondary: this.policyOverRegions(name, service) },
    };
  }

  private policyOverRegions(name: string, service: Service): RoutingPolicy {
    return routingPolicyOf(this.environment, service, this.networksOf(name, service));
  }

  private networksOf(name: string, { routing: { policy } }: Service): ICidrCollection | undefined {
    return typeof policy === "string" || policy.kind !== "ip-based"
      ? undefined
      : new CidrCollection(this, `Networks-${pascalCase(name)}`, {
          name: `${this.environment.name}-${name}`,
          locations: policy.networks,
        });
  }

  /**
   * Asked through one of the accelerator's addresses, so that the name leaves it when nobody answers there. An
   * accelerator leads on to a region whose certificate expires or that was taken out, which its own checks do
   * not look at: the name leaves it then, too, for the regions that are good.
   */
  private acceleratorEndpoint(target: Accelerator, service: Service, isAlone: boolean): RoutedEndpoint {
    return isAlone
      ? { target }
      : {
          target,
          healthCheck: allOf({
            service: {
              kind: "https",
              ipAddress: Token.asString(Fn.element(target.ipv4Addresses, 0)),
              fullyQualifiedDomainName: service.routing.hostname,
              path: service.healthCheck.path,
              timing: this.timing,
            },
            ...Object.fromEntries(
              this.acceleratedRegions(service).flatMap((region): [string, ExistingCheck][] => [
                [`certificate-${region}`, existing(this.certificateCheck(region))],
                ...Object.entries(this.routingControl(region)).map(
                  ([key, check]): [string, ExistingCheck] => [`${key}-${region}`, check],
                ),
              ]),
            ),
          }),
        };
  }

  /** The regions that the accelerator of a service may lead to. */
  private acceleratedRegions({ jurisdiction }: Service): readonly string[] {
    const { regions, jurisdictions } = this.environment;
    return jurisdiction === undefined
      ? Object.keys(regions)
      : known(jurisdictions[jurisdiction], `${this.node.id}: ${jurisdiction} is no jurisdiction`);
  }

  private regionalEndpoints(name: string, service: Service): Record<string, RoutedEndpoint> {
    const runtimes = Object.keys(service.runtimes) as Runtime[];
    return Object.fromEntries(
      runtimes.flatMap((runtime) =>
        service.regions.map((region): [string, RoutedEndpoint] => [
          endpointName(runtime, region),
          runtime === "fargate"
            ? this.loadBalancerEndpoint(name, service, region)
            : this.appRunnerEndpoint(name, service, region),
        ]),
      ),
    );
  }

  /** A region is healthy while the service answers there and the region's certificate is valid for another day. */
  private loadBalancerEndpoint(name: string, service: Service, region: string): RoutedEndpoint {
    const outputs = this.outputsOf(region);
    const target: IDnsTarget = {
      region,
      value: {
        kind: "alias",
        dnsName: outputs.load_balancer_dns_name,
        hostedZoneId: outputs.load_balancer_hosted_zone_id,
        ...(this.sharesLoadBalancer(region) ? { sharesHealth: true } : {}),
      },
    };
    const hostname = regionalHostname(this.environment, service, region);
    new RegionalRecord(this, `Regional-${pascalCase(name)}-${region}`, {
      zone: this.zone,
      recordName: hostname,
      target,
      dualStack: this.environment.ipv6,
    });
    return {
      target,
      healthCheck: allOf({
        service: {
          kind: "https",
          fullyQualifiedDomainName: hostname,
          path: service.healthCheck.path,
          timing: this.timing,
        },
        certificate: existing(this.certificateCheck(region)),
        ...this.routingControl(region),
      }),
    };
  }

  /** Whether the load balancer of a region has target groups of several services, all of which its health is about. */
  private sharesLoadBalancer(region: string): boolean {
    const there = Object.values(this.environment.services).filter(
      ({ routing, runtimes, regions }) =>
        routing.entry !== "private" && runtimes.fargate !== undefined && regions.includes(region),
    );
    return there.length > 1;
  }

  private certificateCheck(region: string): HealthCheck {
    const alarmName = certificateAlarmName(this.environment);
    const check =
      this.certificateChecks.get(region) ??
      new HealthCheck(this, `Certificate-${region}`, {
        name: `${this.environment.name} certificate ${region}`,
        check: CertificateExpiryAlarm.healthCheckOf(alarmName, region, {
          certificateArn: this.outputsOf(region).certificate_arn,
          daysBeforeExpiry: String(CertificateExpiryAlarm.defaultDaysBeforeExpiry),
        }),
      });
    this.certificateChecks.set(region, check);
    return check;
  }

  /** The check that follows a region's routing control, in what is counted together; none where there are no controls. */
  private routingControl(region: string): Readonly<Record<string, ExistingCheck>> {
    if (this.recovery === undefined) {
      return {};
    }
    const check =
      this.controlChecks.get(region) ??
      new HealthCheck(this, `RoutingControl-${region}`, {
        name: `${this.environment.name} routing control ${region}`,
        check: {
          kind: "routing-control",
          routingControlArn: outputNamed(this.recovery, routingControlOutput(region)),
        },
      });
    this.controlChecks.set(region, check);
    return { "routing-control": existing(check) };
  }

  private appRunnerEndpoint(name: string, service: Service, region: string): RoutedEndpoint {
    const dnsName = outputNamed(this.outputsOf(region), appRunnerOutput(name));
    const answers: HttpCheck = {
      kind: "https",
      fullyQualifiedDomainName: dnsName,
      path: service.healthCheck.path,
      timing: this.timing,
    };
    const control = this.routingControl(region);
    return {
      target: {
        region,
        value: {
          kind: "alias",
          dnsName,
          hostedZoneId: known(
            appRunnerHostedZoneIds[region],
            `${this.node.id}: App Runner has no hosted zone in ${region}`,
          ),
        },
      },
      healthCheck: Object.keys(control).length === 0 ? answers : allOf({ service: answers, ...control }),
    };
  }

  private leadToDistribution(name: string, { routing }: Service): void {
    new DnsRouting(this, `Distribution-${pascalCase(name)}`, {
      zone: this.zone,
      recordName: routing.hostname,
      endpoints: {
        distribution: {
          target: {
            region: "us-east-1",
            value: {
              kind: "alias",
              dnsName: outputNamed(this.distributions, distributionOutput(name)),
              hostedZoneId: cloudFrontHostedZoneId,
            },
          },
        },
      },
      policy: { kind: "simple" },
      dualStack: this.environment.ipv6,
    });
  }

  private outputsOf(region: string): Outputs<RegionalOutput> {
    return known(this.regional.get(region), `${this.node.id}: ${region} has no stack`);
  }

  private healthCheckTiming(): HealthCheckTiming {
    return known(
      healthCheckTimingFor(this.environment.recovery.rtoSeconds),
      `${this.node.id}: no health check keeps the recovery time, which validation refuses`,
    );
  }
}

function existing({ healthCheckId }: HealthCheck): ExistingCheck {
  return { kind: "existing", healthCheckId };
}
