import {
  type Route53HealthCheckConfig,
  Route53HealthCheck,
} from "@cdktf/provider-aws/lib/route53-health-check";
import { Construct } from "constructs";

import { ValidationError } from "../../core";
import { healthCheckProblems } from "./private/health-check-rules";
import type {
  CalculatedCheck,
  ExistingCheck,
  HealthCheckDefinition,
  HttpCheck,
  TcpCheck,
} from "./health-check-props";

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
