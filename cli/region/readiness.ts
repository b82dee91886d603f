import type { EnvironmentService } from "../base/target-environment";

/** How a region's copy of a service was found. */
export interface Observation {
  readonly service: string;
  readonly region: string;
  /** Whether it serves; absent where nobody could tell. */
  readonly serves?: boolean;
  /** Tasks that run there; absent where they are not counted. */
  readonly tasks?: number;
  /** What was seen, or why nothing was. */
  readonly says: string;
}

/** What speaks for or against leading users elsewhere. */
export interface Judgement {
  readonly result: "ok" | "warn" | "block";
  readonly service: string;
  readonly says: string;
}

/** Services that users find by names, which alone routing controls lead elsewhere. */
export function ledServices(
  services: Readonly<Record<string, EnvironmentService>>,
  region: string,
): Readonly<Record<string, EnvironmentService>> {
  return Object.fromEntries(
    Object.entries(services).filter(
      ([, { regions, routing }]) => routing.entry !== "private" && regions.includes(region),
    ),
  );
}

/**
 * Whether the regions that stay can take the users of one that is taken out. A service that none of them
 * serves blocks, and so does one of which nobody knows.
 *
 * @param on - the regions whose routing controls are on
 */
export function judgeReadiness(
  services: Readonly<Record<string, EnvironmentService>>,
  leaving: string,
  on: readonly string[],
  observations: readonly Observation[],
): Judgement[] {
  return Object.entries(ledServices(services, leaving)).map(([service, { regions, peakTasks }]) => {
    const others = regions.filter((region) => region !== leaving && on.includes(region));
    if (others.length === 0) {
      // Route 53 answers as if all were healthy where nothing is.
      return {
        result: "warn",
        service,
        says: `has no other region that is on: Route 53 goes on answering with ${leaving}`,
      };
    }
    const seen = observations.filter((each) => each.service === service && others.includes(each.region));
    const serving = others.filter((region) => isServing(seen, region));
    const idle = seen.filter(({ serves }) => serves !== true).map(({ region, says }) => `${region}: ${says}`);
    if (serving.length === 0) {
      return {
        result: "block",
        service,
        says: `serves nowhere else (${idle.join("; ") || "nothing was seen"})`,
      };
    }
    const short = shortage(seen, serving, peakTasks);
    const warnings = [...idle, ...(short === undefined ? [] : [short])];
    return warnings.length === 0
      ? { result: "ok", service, says: `serves in ${serving.join(", ")}` }
      : { result: "warn", service, says: `serves in ${serving.join(", ")}; ${warnings.join("; ")}` };
  });
}

/** What runs a service in a region serves, in all its parts. */
function isServing(seen: readonly Observation[], region: string): boolean {
  const there = seen.filter((each) => each.region === region);
  return there.length > 0 && there.every(({ serves }) => serves === true);
}

function shortage(
  seen: readonly Observation[],
  serving: readonly string[],
  peakTasks: number | undefined,
): string | undefined {
  const counted = seen.filter(({ region, tasks }) => serving.includes(region) && tasks !== undefined);
  const running = counted.reduce((sum, { tasks = 0 }) => sum + tasks, 0);
  return peakTasks !== undefined && counted.length > 0 && running < peakTasks
    ? `${running} tasks run there, and the peak needs ${peakTasks}: until it has scaled out, which takes minutes, answers may be slow`
    : undefined;
}
