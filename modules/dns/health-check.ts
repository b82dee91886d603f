import type { Route53HealthCheckConfig } from "@cdktf/provider-aws/lib/route53-health-check";
import { Route53HealthCheck } from "@cdktf/provider-aws/lib/route53-health-check";
import { Construct } from "constructs";

import type { HealthCheckTiming } from "../../core";
import { ValidationError } from "../../core";
import { healthCheckProblems } from "./private/health-check-rules";

/** The regions that Route 53 probes from. */
export type CheckerRegion =
  | "ap-northeast-1"
  | "ap-southeast-1"
  | "ap-southeast-2"
  | "eu-west-1"
  | "sa-east-1"
  | "us-east-1"
  | "us-west-1"
  | "us-west-2";

/** What all checks have in common. */
export interface HealthCheckCommon {
  /**
   * Whether healthy and unhealthy change places. Invert the check of a region to take it out for
   * maintenance, or invert a check on an object that only the standby's operator can remove, so
   * that the standby takes over by its own hand.
   *
   * @default false
   */
  readonly inverted?: boolean;
}

/** What all checks that probe an endpoint from the internet have in common. */
export interface ProbeCommon extends HealthCheckCommon {
  /** How often to probe and how many failures count; see `healthCheckTimingFor` of core. */
  readonly timing: HealthCheckTiming;

  /**
   * The address to probe; the name is then only said, in the `Host` header and in SNI.
   *
   * @default - what the name resolves to, IPv4 only
   */
  readonly ipAddress?: string;

  /**
   * Where to probe from, three regions at least.
   *
   * @default - from everywhere
   */
  readonly checkerRegions?: readonly CheckerRegion[];
}

/**
 * Asks a path and takes a status of 2xx or 3xx for healthy.
 *
 * HTTPS checks do not validate the certificate: watch its expiry by an alarm.
 */
export interface HttpCheck extends ProbeCommon {
  readonly kind: "https" | "http";

  /** The name to ask. It must lead to this endpoint alone, never to the name that is routed. */
  readonly fullyQualifiedDomainName: string;

  /** The path to ask, with its query. */
  readonly path: string;

  /**
   * The port.
   *
   * @default - 443 for HTTPS, 80 for HTTP
   */
  readonly port?: number;

  /**
   * Text that the first 5,120 bytes of the answer must hold.
   *
   * @default - the status decides alone
   */
  readonly searchString?: string;
}

/** Opens a connection and takes success for healthy. */
export interface TcpCheck extends ProbeCommon {
  readonly kind: "tcp";
  /** The name to connect to. */
  readonly fullyQualifiedDomainName: string;
  /** The port. */
  readonly port: number;
}

/** Counts the healthy among other checks, none of which may be calculated itself. */
export interface CalculatedCheck extends HealthCheckCommon {
  readonly kind: "calculated";
  /**
   * The checks that are counted, by name; 255 at most, and none of them calculated. Let their number not
   * follow auto scaling.
   */
  readonly children: Readonly<Record<string, HealthCheckDefinition>>;
  /** How many of them must be healthy. */
  readonly healthyThreshold: number;
}

/**
 * Follows the metric of a CloudWatch alarm: the way to check what the internet cannot reach.
 *
 * Route 53 reads the metric, not the alarm's state, so setting the state by hand changes nothing. It
 * keeps a copy of the alarm's settings: name those that may change in {@link AlarmCheck.triggers}.
 * Alarms of high resolution, with metric maths or of M out of N are not understood.
 */
export interface AlarmCheck extends HealthCheckCommon {
  readonly kind: "alarm";
  /** The alarm's name. */
  readonly alarmName: string;
  /** The alarm's region. */
  readonly alarmRegion: string;

  /**
   * What missing data means: `Unhealthy` suits a sign of life, `LastKnownStatus` a noisy metric.
   *
   * @default "Unhealthy"
   */
  readonly insufficientDataHealthStatus?: "Healthy" | "Unhealthy" | "LastKnownStatus";

  /**
   * Settings of the alarm, by a name of your choice. When one changes, Route 53 reads the alarm again;
   * else it goes on with the metric and the threshold of before.
   *
   * @default - the alarm is read once, when the check is made
   * @see https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/health-checks-updating-cloudwatch-alarm-settings.html
   */
  readonly triggers?: Readonly<Record<string, string>>;
}

/**
 * Follows a routing control of Application Recovery Controller: healthy while it is on. An operator
 * switches it by an API that five regions serve, also while Route 53's own cannot be changed.
 *
 * @see https://docs.aws.amazon.com/r53recovery/latest/dg/routing-control.create-health-check.html
 */
export interface RoutingControlCheck extends HealthCheckCommon {
  readonly kind: "routing-control";
  /** The routing control's ARN. */
  readonly routingControlArn: string;
}

/** A check that stands already. */
export interface ExistingCheck {
  readonly kind: "existing";
  /** The check's id. */
  readonly healthCheckId: string;
}

/**
 * How the health of something is told.
 *
 * @see https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/health-checks-types.html
 */
export type HealthCheckDefinition =
  HttpCheck | TcpCheck | CalculatedCheck | AlarmCheck | RoutingControlCheck | ExistingCheck;

/** A check that is healthy while all of its parts are. */
export function allOf(children: Readonly<Record<string, HealthCheckDefinition>>): CalculatedCheck {
  return { kind: "calculated", children, healthyThreshold: Object.keys(children).length };
}

/** A check that is healthy while any of its parts is. */
export function anyOf(children: Readonly<Record<string, HealthCheckDefinition>>): CalculatedCheck {
  return { kind: "calculated", children, healthyThreshold: 1 };
}

/** What a health check is made of. */
export interface HealthCheckProps {
  /** The name to show in the console, kept in the tag `Name`. */
  readonly name: string;
  /** What is checked. */
  readonly check: Exclude<HealthCheckDefinition, ExistingCheck>;
}

/**
 * A health check of Route 53, with the checks that it counts where it is a calculated one.
 *
 * A new check begins healthy, an inverted one unhealthy. One that must be replaced goes after its successor
 * stands and records follow that.
 */
export class HealthCheck extends Construct {
  /** The health check of the provider, for settings that this module does not model. */
  public readonly resource: Route53HealthCheck;
  /** The id that records name. */
  public readonly healthCheckId: string;

  public constructor(scope: Construct, id: string, props: HealthCheckProps) {
    super(scope, id);
    const problems = healthCheckProblems(this.node.path, "check", props.check);
    if (problems.length > 0) {
      throw new ValidationError(problems);
    }

    this.resource = new Route53HealthCheck(this, "Resource", {
      ...this.render(props.name, props.check),
      ...(props.check.inverted === true ? { invertHealthcheck: true } : {}),
      tags: { Name: props.name.slice(0, tagValueCharacters) },
      // Probes every 10 or 30 seconds, among others, cannot be changed in place. A record whose check is gone
      // counts as healthy, whatever stands behind it.
      lifecycle: { createBeforeDestroy: true },
    });
    this.healthCheckId = this.resource.id;
  }

  private render(name: string, check: HealthCheckProps["check"]): Route53HealthCheckConfig {
    switch (check.kind) {
      case "https":
      case "http":
        return renderHttp(check);
      case "tcp":
        return { type: "TCP", port: check.port, ...renderProbe(check), fqdn: check.fullyQualifiedDomainName };
      case "alarm":
        return {
          type: "CLOUDWATCH_METRIC",
          cloudwatchAlarmName: check.alarmName,
          cloudwatchAlarmRegion: check.alarmRegion,
          insufficientDataHealthStatus: check.insufficientDataHealthStatus ?? "Unhealthy",
          triggers: check.triggers && { ...check.triggers },
        };
      case "routing-control":
        return { type: "RECOVERY_CONTROL", routingControlArn: check.routingControlArn };
      case "calculated":
        return {
          type: "CALCULATED",
          childHealthThreshold: check.healthyThreshold,
          childHealthchecks: this.childrenOf(name, check),
        };
    }
  }

  private childrenOf(name: string, check: CalculatedCheck): string[] {
    const children = new Construct(this, "Children");
    return Object.entries(check.children).map(([key, child]) =>
      child.kind === "existing"
        ? child.healthCheckId
        : new HealthCheck(children, key, { name: `${name} ${key}`, check: child }).healthCheckId,
    );
  }
}

const tagValueCharacters = 256;

const defaultPorts = { https: 443, http: 80 } as const;

function renderHttp(check: HttpCheck): Route53HealthCheckConfig {
  const type = check.kind === "https" ? "HTTPS" : "HTTP";
  return {
    type: check.searchString === undefined ? type : `${type}_STR_MATCH`,
    fqdn: check.fullyQualifiedDomainName,
    resourcePath: check.path,
    port: check.port ?? defaultPorts[check.kind],
    searchString: check.searchString,
    enableSni: check.kind === "https" ? true : undefined,
    ...renderProbe(check),
  };
}

function renderProbe(check: HttpCheck | TcpCheck): Partial<Route53HealthCheckConfig> {
  return {
    ipAddress: check.ipAddress,
    requestInterval: check.timing.requestIntervalSeconds,
    failureThreshold: check.timing.failureThreshold,
    regions: check.checkerRegions === undefined ? undefined : [...check.checkerRegions].sort(),
    // Latency graphs are charged for and say nothing about health.
    measureLatency: false,
  };
}
