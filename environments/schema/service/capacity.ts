import type { Environment } from "../environment";
import type { Service } from "./settings";
import type { Finding } from "../checks/finding";

/** Minimum capacity reaches the peak with the declared number of regions lost, and never exceeds the maximum. */
export function checkCapacity(environment: Environment): Finding[] {
  return [
    ...checkSurvives(environment),
    ...Object.entries(environment.services).flatMap(([name, service]) => [
      ...checkBounds(`services.${name}.capacity`, service.capacity),
      ...service.scaling.schedules.flatMap((schedule, index) =>
        checkBounds(`services.${name}.scaling.schedules.${index}`, schedule),
      ),
      ...checkSurvivors(`services.${name}.capacity.minimum`, service, environment.recovery.survives),
    ]),
  ];
}

function checkSurvives({ recovery, regions, services }: Environment): Finding[] {
  const groups = [
    { owner: "the environment", count: Object.keys(regions).length },
    ...Object.entries(services).map(([name, service]) => ({
      owner: `service '${name}'`,
      count: service.regions.length,
    })),
  ];
  return groups
    .filter(({ count }) => count > 0 && recovery.survives >= count)
    .map(({ owner, count }) => ({
      property: "recovery.survives",
      expected: `be less than ${count}, the number of regions of ${owner}`,
      got: recovery.survives,
      remedy: `lower it to ${count - 1}, or add a region`,
    }));
}

function checkBounds(path: string, { minimum, maximum }: { minimum: number; maximum: number }): Finding[] {
  return minimum <= maximum
    ? []
    : [
        {
          property: `${path}.minimum`,
          expected: `be at most 'maximum', which is ${maximum}`,
          got: minimum,
          remedy: "lower it, or raise 'maximum'",
        },
      ];
}

function checkSurvivors(
  property: string,
  { capacity, regions, peakTasks }: Service,
  survives: number,
): Finding[] {
  const survivors = regions.length - survives;
  const reached = capacity.minimum * survivors;
  if (peakTasks === undefined || survivors <= 0 || reached >= peakTasks) {
    return [];
  }
  const needed = Math.ceil(peakTasks / survivors);
  return [
    {
      property,
      expected:
        `be at least ${needed}, so that ${survivors} of ${regions.length} regions ` +
        `serve the peak of ${peakTasks} tasks`,
      got: capacity.minimum,
      remedy: `raise it to ${needed}, or lower 'peakTasks' to ${reached}`,
    },
  ];
}
