import type { Claims } from "../../analysis/resilience";
import { CommandError } from "../base/errors";
import type { TargetEnvironment } from "../base/target-environment";

/**
 * What an environment promises, as its file says it.
 *
 * @throws CommandError where it promises nothing.
 */
export function claimsOf({ name, recovery, services = {} }: TargetEnvironment): Claims {
  if (recovery === undefined) {
    throw new CommandError(
      `${name} promises nothing that could be proved.`,
      "Say what it survives in `recovery` (`rtoSeconds`, `survives`).",
    );
  }
  const { rtoSeconds, survives } = recovery;
  return {
    rtoSeconds,
    survives,
    services: Object.entries(services)
      // Private names are answered in each network apart.
      .filter(([, { routing }]) => routing.entry !== "private")
      .map(([service, { routing, healthCheck, peakTasks }]) => ({
        name: service,
        hostname: routing.hostname,
        path: healthCheck.path,
        ...(peakTasks === undefined ? {} : { peakTasks }),
      })),
  };
}
