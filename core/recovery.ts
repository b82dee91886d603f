/**
 * Failover time over Route 53: how long new connections may still be sent to a region that is dark.
 *
 * Worst case = interval x threshold + probe timeout + TTL, for explicit HTTPS checks on alias
 * records of load balancers, whose TTL is 60 seconds and cannot be set.
 */
export interface HealthCheckTiming {
  /** Seconds between two probes of one checker. */
  readonly requestIntervalSeconds: 10 | 30;
  /** Failed probes in a row before a checker calls the endpoint unhealthy. */
  readonly failureThreshold: number;
}

/** TTL of an alias record that points at a load balancer, in seconds. Not settable. */
export const aliasTtlSeconds = 60;

/**
 * The longest an HTTPS probe takes: 4 seconds to connect, 2 to answer.
 *
 * @see https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-failover-determining-health-of-endpoints.html
 */
export const httpsProbeTimeoutSeconds = 6;

/** Slow and cheap first; ten-second checks cost more, and a threshold of 1 flaps. */
const timings: readonly HealthCheckTiming[] = [
  { requestIntervalSeconds: 30, failureThreshold: 3 },
  { requestIntervalSeconds: 30, failureThreshold: 2 },
  { requestIntervalSeconds: 10, failureThreshold: 3 },
  { requestIntervalSeconds: 10, failureThreshold: 2 },
];

/** Worst-case seconds until new connections avoid a dead region. */
export function worstCaseFailoverSeconds(timing: HealthCheckTiming): number {
  return timing.requestIntervalSeconds * timing.failureThreshold + httpsProbeTimeoutSeconds + aliasTtlSeconds;
}

/** The best that Route 53 routing reaches with checks that do not flap, in seconds. */
export const fastestRoute53RtoSeconds = Math.min(...timings.map(worstCaseFailoverSeconds));

/** The cheapest timing that keeps the worst case within the target; undefined where none does. */
export function healthCheckTimingFor(rtoSeconds: number): HealthCheckTiming | undefined {
  return timings.find((timing) => worstCaseFailoverSeconds(timing) <= rtoSeconds);
}

/** Bounds of the ALB's client keep-alive, in seconds. */
const keepAliveSeconds = { minimum: 60, maximum: 604_800 };

/**
 * How long an ALB may keep an idle client connection, so that clients pinned to a region by
 * keep-alive leave it within the target. AWS's default is an hour.
 */
export function clientKeepAliveSecondsFor(rtoSeconds: number): number {
  return Math.min(Math.max(rtoSeconds, keepAliveSeconds.minimum), keepAliveSeconds.maximum);
}
