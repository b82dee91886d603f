import { targetHealthCheckDefaults as defaults } from "../../core/forms";

/**
 * How the load balancer asks a task whether it is well.
 *
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
 */
export interface ServiceHealthCheck {
  /** Path that answers when the task can serve. */
  readonly path: string;
  /**
   * Seconds between two checks, 5 to 300.
   *
   * @default 10
   */
  readonly intervalSeconds?: number;
  /**
   * Seconds that an answer may take; fewer than the interval.
   *
   * @default 4
   */
  readonly timeoutSeconds?: number;
  /**
   * Good answers in a row that make a task healthy, 2 to 10.
   *
   * @default 2
   */
  readonly healthyThreshold?: number;
  /**
   * Bad answers in a row that make a task unhealthy, 2 to 10.
   *
   * @default 2
   */
  readonly unhealthyThreshold?: number;
  /**
   * Status codes of a good answer: one, a list or a range, between 200 and 499.
   *
   * @default "200"
   */
  readonly matcher?: string;
  /**
   * Seconds that a task may take from its start to its first good answer.
   *
   * @default 60
   */
  readonly startPeriodSeconds?: number;
  /**
   * Seconds after a task's start during which ECS does not stop it for bad answers.
   *
   * @default - the start period and the time that becoming healthy takes after it
   */
  readonly gracePeriodSeconds?: number;
}

/** A health check with its defaults filled in. */
export type ResolvedHealthCheck = Required<ServiceHealthCheck>;

/** Fills in the defaults. */
export function resolveHealthCheck(healthCheck: ServiceHealthCheck): ResolvedHealthCheck {
  const { path, matcher = "200" } = healthCheck;
  const {
    intervalSeconds = defaults.intervalSeconds,
    timeoutSeconds = defaults.timeoutSeconds,
    healthyThreshold = defaults.healthyThreshold,
    unhealthyThreshold = defaults.unhealthyThreshold,
    startPeriodSeconds = defaults.startPeriodSeconds,
  } = healthCheck;
  const {
    gracePeriodSeconds = secondsUntilHealthy({ startPeriodSeconds, intervalSeconds, healthyThreshold }),
  } = healthCheck;
  return {
    path,
    intervalSeconds,
    timeoutSeconds,
    matcher,
    healthyThreshold,
    unhealthyThreshold,
    startPeriodSeconds,
    gracePeriodSeconds,
  };
}

/** The longest that a task which starts as slowly as it may needs until the load balancer trusts it. */
export function secondsUntilHealthy({
  startPeriodSeconds,
  intervalSeconds,
  healthyThreshold,
}: Pick<ResolvedHealthCheck, "startPeriodSeconds" | "intervalSeconds" | "healthyThreshold">): number {
  return startPeriodSeconds + intervalSeconds * healthyThreshold;
}
