import { healthCheckPath } from "./addresses";
import { wholeNumber } from "./form";

const counts = wholeNumber(2, 10, "choose a count that the load balancer accepts");

/**
 * How a load balancer asks its targets, and what it takes as answers.
 *
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateTargetGroup.html
 */
export const targetHealthCheck = {
  path: healthCheckPath,
  intervalSeconds: wholeNumber(5, 300, "choose an interval that the load balancer accepts"),
  timeoutSeconds: wholeNumber(2, 120, "choose a timeout that the load balancer accepts"),
  healthyThreshold: counts,
  unhealthyThreshold: counts,
  startPeriodSeconds: wholeNumber(0, 7_200, "give the time that a task needs to start, at most two hours"),
} as const;

/** What a load balancer's health check is where nothing is said: a task is in or out after 20 seconds. */
export const targetHealthCheckDefaults = {
  intervalSeconds: 10,
  timeoutSeconds: 4,
  healthyThreshold: 2,
  unhealthyThreshold: 2,
  startPeriodSeconds: 60,
} as const;

/**
 * Tasks that a service of ECS can run.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-quotas.html
 */
export const mostTasks = 5_000;
