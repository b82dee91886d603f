import { asObject, listOf, numberOf, type Program, type Resource } from "./program";

/** A Route 53 health check. */
export type HealthCheck = EndpointCheck | CalculatedCheck | AlarmCheck | UnknownCheck;

interface Check {
  readonly resource: Resource;
  readonly isInverted: boolean;
  /** A disabled check counts as healthy, whatever it asks. */
  readonly isDisabled: boolean;
}

/** It asks an endpoint. */
export interface EndpointCheck extends Check {
  readonly kind: "endpoint";
  /** The host that is resolved, and asked for; absent where the stacks do not say. */
  readonly host?: string;
  /** What the stacks say of the address that is asked instead of the name's. */
  readonly address?: Resource;
  /** What the name is taken from, where it is another resource's. */
  readonly named?: Resource;
  readonly path: string;
  readonly regions: readonly string[];
  /** Seconds until it is unhealthy, at most. */
  readonly detectionSeconds: number;
}

/** It counts healthy children. */
export interface CalculatedCheck extends Check {
  readonly kind: "calculated";
  readonly threshold: number;
  readonly children: readonly (HealthCheck | undefined)[];
}

/** It follows a CloudWatch alarm. */
export interface AlarmCheck extends Check {
  readonly kind: "alarm";
  /** Seconds until it is unhealthy, at most; absent where the alarm is not in the stacks. */
  readonly detectionSeconds?: number;
}

/** A routing control, or a kind that is not known. */
export interface UnknownCheck extends Check {
  readonly kind: "control" | "unknown";
}

/** Seconds that CloudWatch may take to hand a period's data to an alarm. */
const alarmDelaySeconds = 60;

/** The health check that an expression refers to, with its children. */
export function healthCheckOf(
  program: Program,
  from: Resource,
  expression: unknown,
  seen: readonly Resource[] = [],
): HealthCheck | undefined {
  const resource = program.referred(from, expression, "aws_route53_health_check");
  if (resource === undefined || seen.includes(resource)) {
    return undefined;
  }
  const { attributes } = resource;
  const check: Check = {
    resource,
    isInverted: attributes.invert_healthcheck === true,
    isDisabled: attributes.disabled === true,
  };
  switch (attributes.type) {
    case "CALCULATED":
      return {
        ...check,
        kind: "calculated",
        threshold: numberOf(attributes.child_health_threshold) ?? 1,
        children: listOf(attributes.child_healthchecks).map((child) =>
          healthCheckOf(program, resource, child, [...seen, resource]),
        ),
      };
    case "CLOUDWATCH_METRIC":
      return { ...check, kind: "alarm", ...alarmSeconds(program, resource) };
    case "RECOVERY_CONTROL":
      return { ...check, kind: "control" };
    default:
      return typeof attributes.type === "string" && /^(HTTPS?(_STR_MATCH)?|TCP)$/.test(attributes.type)
        ? { ...check, ...endpointOf(program, resource, attributes.type) }
        : { ...check, kind: "unknown" };
  }
}

/**
 * An endpoint is unhealthy after so many failed requests in a row, the last of which may take 4 s to connect
 * and 2 s to answer; TCP gets 10 s to connect, a body is read for 2 s more
 * (https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-failover-determining-health-of-endpoints.html).
 */
function endpointOf(program: Program, resource: Resource, type: string): Omit<EndpointCheck, keyof Check> {
  const { attributes } = resource;
  const last = type === "TCP" ? 10 : type.endsWith("_STR_MATCH") ? 8 : 6;
  const host = program.textOf(resource, attributes.fqdn);
  const named = program.referencesOf(resource, attributes.fqdn)[0]?.resource;
  const address = program.referencesOf(resource, attributes.ip_address)[0]?.resource;
  return {
    kind: "endpoint",
    ...(host === undefined ? {} : { host: host.toLowerCase() }),
    ...(named === undefined ? {} : { named }),
    ...(address === undefined ? {} : { address }),
    path: program.textOf(resource, attributes.resource_path) ?? "/",
    regions: listOf(attributes.regions).filter((region) => typeof region === "string"),
    detectionSeconds:
      (numberOf(attributes.request_interval) ?? 30) * (numberOf(attributes.failure_threshold) ?? 3) + last,
  };
}

function alarmSeconds(program: Program, { attributes }: Resource): Pick<AlarmCheck, "detectionSeconds"> {
  const alarm = program
    .ofType("aws_cloudwatch_metric_alarm")
    .find(
      (each) =>
        each.region === attributes.cloudwatch_alarm_region &&
        program.textOf(each, each.attributes.alarm_name) === attributes.cloudwatch_alarm_name,
    )?.attributes;
  const period = numberOf(asObject(alarm).period);
  const periods = numberOf(asObject(alarm).evaluation_periods);
  return period === undefined || periods === undefined
    ? {}
    : { detectionSeconds: period * periods + alarmDelaySeconds };
}
