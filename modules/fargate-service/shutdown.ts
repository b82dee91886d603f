/** Seconds that a leaving task may finish its requests unless said otherwise. */
export const defaultDeregistrationDelaySeconds = 30;

/** The longest that Fargate waits for a container to stop by itself. */
export const longestStopTimeoutSeconds = 120;

/** How a task leaves. */
export interface Shutdown {
  readonly deregistrationDelaySeconds?: number;
  readonly stopTimeoutSeconds?: number;
}

/**
 * The shortest time to stop that cuts no request off. When Spot takes a task back, or somebody stops it,
 * the signal comes at once, while the load balancer still lets the task finish its requests.
 */
export function shortestStopTimeoutSeconds({
  deregistrationDelaySeconds = defaultDeregistrationDelaySeconds,
}: Shutdown): number {
  return Math.min(deregistrationDelaySeconds, longestStopTimeoutSeconds);
}

/** The time to stop that was asked for, else one that cuts no request off. */
export function stopTimeoutSecondsFor(shutdown: Shutdown): number {
  return shutdown.stopTimeoutSeconds ?? Math.max(shortestStopTimeoutSeconds(shutdown), 30);
}
