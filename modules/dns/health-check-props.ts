import type { HealthCheckTiming } from "../../core";

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
 * How the health of something is told.
 *
 * @see https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/health-checks-types.html
 */
export type HealthCheckDefinition =
  HttpCheck | TcpCheck | CalculatedCheck | AlarmCheck | RoutingControlCheck | ExistingCheck;

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

/** Opens a connection and takes success for healthy. */
export interface TcpCheck extends ProbeCommon {
  readonly kind: "tcp";
  /** The name to connect to. */
  readonly fullyQualifiedDomainName: string;
  /** The port. */
  readonly port: number;
}

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

/** A check that already exists. */
export interface ExistingCheck {
  readonly kind: "existing";
  /** The check's id. */
  readonly healthCheckId: string;
}

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
