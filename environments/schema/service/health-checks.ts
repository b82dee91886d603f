import type { Environment } from "../environment";
import type { Finding } from "../checks/finding";

/** An answer is waited for shorter than the next question is away. */
export function checkHealthChecks({ services }: Environment): Finding[] {
  return Object.entries(services)
    .filter(([, { healthCheck }]) => healthCheck.timeoutSeconds >= healthCheck.intervalSeconds)
    .map(([name, { healthCheck }]) => ({
      property: `services.${name}.healthCheck.timeoutSeconds`,
      expected: `be less than 'intervalSeconds', which is ${healthCheck.intervalSeconds}`,
      got: healthCheck.timeoutSeconds,
      remedy: "lower it, or raise 'intervalSeconds'",
    }));
}
