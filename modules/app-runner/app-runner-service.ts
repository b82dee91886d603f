import { ApprunnerAutoScalingConfigurationVersion } from "@cdktf/provider-aws/lib/apprunner-auto-scaling-configuration-version";
import { ApprunnerObservabilityConfiguration } from "@cdktf/provider-aws/lib/apprunner-observability-configuration";
import {
  ApprunnerService,
  type ApprunnerServiceHealthCheckConfiguration,
  type ApprunnerServiceNetworkConfiguration,
} from "@cdktf/provider-aws/lib/apprunner-service";
import { Wafv2WebAclAssociation } from "@cdktf/provider-aws/lib/wafv2-web-acl-association";
import { Construct } from "constructs";

import {
  aliasTtlSeconds,
  known,
  partitionOf,
  resourceName,
  ValidationError,
  type DnsAlias,
  type DnsValues,
  type HealthCheckTiming,
  type IDnsTarget,
  type IGrantable,
  type SecretReference,
} from "../../core";
import { validate } from "../parts";
import { CustomDomain } from "./custom-domain";
import { appRunnerHostedZoneIds } from "./hosted-zones";
import { appRunnerNameLimits } from "./name-limits";
import { PrivateIngress } from "./private-ingress";
import { RuntimeRoles } from "./runtime-roles";
import { secretReference } from "./secret-reference";
import { ServiceAlarms } from "./service-alarms";
import { appRunnerServiceRules } from "./service-rules";
import { defaults, type AppRunnerHealthCheck } from "./service-settings";
import { renderSource } from "./service-source";
import { VpcEgress } from "./vpc-egress";
import type { AppRunnerServiceProps } from "./app-runner-service-props";

/** How Route 53 asks a service in one region whether it is well; a check of the DNS module. */
export interface AppRunnerProbe {
  readonly kind: "https";
  /** The name that App Runner gives, which leads to this region alone. */
  readonly fullyQualifiedDomainName: string;
  /** The path that is asked. */
  readonly path: string;
  /** How often, and how many failures count. */
  readonly timing: HealthCheckTiming;
}

/**
 * A service on App Runner in one region, for accounts that had App Runner before it was closed.
 *
 * Creates the service, its scaling configuration, alarms, an instance role that may do nothing but read the
 * service's secrets, and an access role where the image is in a private repository. On demand: a VPC
 * connector, a private ingress, X-Ray tracing, the association with a web ACL, a custom domain.
 *
 * @see https://docs.aws.amazon.com/apprunner/latest/dg/what-is-apprunner.html
 */
export class AppRunnerService extends Construct implements IDnsTarget, IGrantable {
  /** The service, for settings that this module does not model. */
  public readonly resource: ApprunnerService;
  /** The region that it serves from. */
  public readonly region: string;
  /** ARN of the service. */
  public readonly serviceArn: string;
  /** The name that App Runner gives the service, without scheme; a private one's in its network. */
  public readonly domainName: string;
  /** The instance role's name. */
  public readonly roleName: string;
  /** The instance role's ARN. */
  public readonly roleArn: string;
  /** The alarms on its answers. */
  public readonly alarmNames: readonly string[];
  /** The VPC connector's security group; undefined without a connector. */
  public readonly connectorSecurityGroupId: string | undefined;

  private readonly healthCheckPath: string;
  private readonly isPrivate: boolean;

  public constructor(scope: Construct, id: string, props: AppRunnerServiceProps) {
    super(scope, id);
    validate(this, appRunnerServiceRules, {
      ...props,
      existingCustomer: isAcknowledged(props),
    });

    this.region = props.region;
    this.healthCheckPath = props.healthCheck?.path ?? "/";
    this.isPrivate = props.privateIngress !== undefined;
    const secrets = resolveSecrets(props);
    const roles = this.createRoles(props, secrets);
    this.roleName = roles.instance.name;
    this.roleArn = roles.instance.arn;
    const egress =
      props.vpcConnector &&
      new VpcEgress(this, "Egress", { name: props.name, network: props.vpcConnector.network });
    this.connectorSecurityGroupId = egress?.securityGroupId;
    this.resource = new ApprunnerService(this, "Resource", {
      serviceName: resourceName(appRunnerNameLimits.service, props.name),
      sourceConfiguration: renderSource(props.source, {
        region: props.region,
        port: props.port,
        environment: props.environment ?? {},
        secrets: valuesOf(secrets),
        accessRoleArn: roles.accessRoleArn,
      }),
      instanceConfiguration: {
        cpu: String(props.cpu),
        memory: String(props.memoryMiB),
        instanceRoleArn: this.roleArn,
      },
      autoScalingConfigurationArn: this.createScaling(props),
      healthCheckConfiguration: renderHealthCheck(props.healthCheck),
      networkConfiguration: renderNetwork(props, egress),
      observabilityConfiguration: this.renderObservability(props),
      encryptionConfiguration: props.encryptionKeyArn ? { kmsKey: props.encryptionKeyArn } : undefined,
      // An instance that starts before its grants cannot pull its image or read its secrets.
      dependsOn: [...roles.policies],
    });
    this.serviceArn = this.resource.arn;
    this.domainName = this.createIngress(props);
    this.alarmNames = this.createAlarms(props);
    this.createEdge(props);
  }

  /** An alias to App Runner's name; for a private service the name that its network reaches it by. */
  public get value(): DnsAlias | DnsValues {
    return this.isPrivate
      ? { kind: "values", values: [this.domainName], ttlSeconds: aliasTtlSeconds }
      : {
          kind: "alias",
          dnsName: this.domainName,
          hostedZoneId: known(
            appRunnerHostedZoneIds[this.region],
            `${this.node.path}: App Runner has no hosted zone in ${this.region}`,
          ),
        };
  }

  /**
   * How Route 53 asks this region whether it is well. What an alias to App Runner says of its target's
   * health is not documented, so every routed record needs this check.
   *
   * @param timing - how often, and how many failures count; see `healthCheckTimingFor` of core
   * @param path - what to ask; the path of the service's own health check, or `/`, where it is left out
   */
  public httpsCheck(timing: HealthCheckTiming, path: string = this.healthCheckPath): AppRunnerProbe {
    if (this.isPrivate) {
      throw new ValidationError([
        {
          where: this.node.path,
          property: "privateIngress",
          expected: "be absent for a check from the internet",
          got: "a network",
          remedy: "check an alarm instead, such as one on the service's 5xx responses",
        },
      ]);
    }
    return { kind: "https", fullyQualifiedDomainName: this.domainName, path, timing };
  }

  private createRoles(props: AppRunnerServiceProps, secrets: ResolvedSecrets): RuntimeRoles {
    const { name, region, source } = props;
    return new RuntimeRoles(this, "Roles", {
      name,
      region,
      repositoryArn: source.kind === "repository" ? source.repository.repositoryArn(region) : undefined,
      secrets: Object.values(secrets),
      secretKeyArns: props.secretKeyArns ?? [],
      tracing: props.tracing ?? false,
    });
  }

  private createScaling({ name, autoScaling }: AppRunnerServiceProps): string {
    return new ApprunnerAutoScalingConfigurationVersion(this, "Scaling", {
      autoScalingConfigurationName: resourceName(appRunnerNameLimits.autoScalingConfiguration, name),
      minSize: autoScaling.minimum,
      maxSize: autoScaling.maximum,
      maxConcurrency: autoScaling.concurrency ?? defaults.concurrency,
      // A change makes a new revision, which the service must use before the old one can go.
      lifecycle: { createBeforeDestroy: true },
    }).arn;
  }

  private renderObservability({ name, tracing = false }: AppRunnerServiceProps) {
    if (!tracing) {
      return { observabilityEnabled: false };
    }
    const configuration = new ApprunnerObservabilityConfiguration(this, "Tracing", {
      observabilityConfigurationName: resourceName(appRunnerNameLimits.observabilityConfiguration, name),
      traceConfiguration: { vendor: "AWSXRAY" },
      lifecycle: { createBeforeDestroy: true },
    });
    return { observabilityEnabled: true, observabilityConfigurationArn: configuration.arn };
  }

  private createAlarms({ name, alarmThresholds, alarmTopic }: AppRunnerServiceProps): readonly string[] {
    const { serviceName, serviceId } = this.resource;
    return new ServiceAlarms(this, "Alarms", {
      name,
      serviceName,
      serviceId,
      thresholds: alarmThresholds ?? {},
      alarmTopic,
    }).alarmNames;
  }

  private createIngress({ name, privateIngress }: AppRunnerServiceProps): string {
    return privateIngress === undefined
      ? this.resource.serviceUrl
      : new PrivateIngress(this, "PrivateIngress", { name, serviceArn: this.serviceArn, ...privateIngress })
          .domainName;
  }

  private createEdge({ firewall, customDomain }: AppRunnerServiceProps): void {
    if (firewall !== undefined) {
      new Wafv2WebAclAssociation(this, "FirewallAssociation", {
        resourceArn: this.serviceArn,
        webAclArn: firewall.webAclArn,
      });
    }
    if (customDomain !== undefined) {
      new CustomDomain(this, "CustomDomain", { serviceArn: this.serviceArn, ...customDomain });
    }
  }
}

type ResolvedSecrets = Readonly<Record<string, SecretReference>>;

/** The type demands it; a program that was not compiled, or reads its input, may still leave it out. */
function isAcknowledged({ existingCustomer }: { readonly existingCustomer?: boolean }): boolean {
  return existingCustomer === true;
}

function resolveSecrets({ secrets = {}, account, region }: AppRunnerServiceProps): ResolvedSecrets {
  const prefix = `arn:${partitionOf(region)}:ssm:${region}:${account}:parameter`;
  return Object.fromEntries(
    Object.entries(secrets).flatMap(([variable, reference]) => {
      const resolved = secretReference(reference, prefix);
      return resolved === undefined ? [] : [[variable, resolved]];
    }),
  );
}

function valuesOf(secrets: ResolvedSecrets): Record<string, string> {
  return Object.fromEntries(
    Object.entries(secrets).map(([variable, { valueFrom }]) => [variable, valueFrom]),
  );
}

function renderHealthCheck(check: AppRunnerHealthCheck = {}): ApprunnerServiceHealthCheckConfiguration {
  return {
    protocol: check.path === undefined ? "TCP" : "HTTP",
    path: check.path,
    interval: check.intervalSeconds ?? defaults.intervalSeconds,
    timeout: check.timeoutSeconds ?? defaults.timeoutSeconds,
    healthyThreshold: check.healthyThreshold ?? defaults.healthyThreshold,
    unhealthyThreshold: check.unhealthyThreshold ?? defaults.unhealthyThreshold,
  };
}

function renderNetwork(
  { ipAddressType, privateIngress }: AppRunnerServiceProps,
  egress: VpcEgress | undefined,
): ApprunnerServiceNetworkConfiguration {
  return {
    ipAddressType,
    ingressConfiguration: { isPubliclyAccessible: privateIngress === undefined },
    egressConfiguration:
      egress === undefined
        ? { egressType: "DEFAULT" }
        : { egressType: "VPC", vpcConnectorArn: egress.resource.arn },
  };
}
