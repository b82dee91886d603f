import type { Failure, Scenarios } from "../scenarios";
import type { Verdict } from "../truth/verdict";
import { asObject, listOf, numberOf, type Program, type Resource } from "./program";

/** What runs a service in one region: tasks of an ECS service, or an App Runner service. */
export interface Copy {
  readonly resource: Resource;
  /** Its name in AWS, with App Runner's apart from one on ECS. */
  readonly name: string;
  readonly region: string;
  /** The zones that its tasks run in; none where the stacks do not say. */
  readonly zones: readonly string[];
  /** Tasks that run at the quietest hour. */
  readonly minimum: number;
  /** Those of them that AWS does not take back: Spot capacity can be reclaimed at any time. */
  readonly onDemand: number;
  readonly maximum: number;
}

/** The copies of all services. */
export function copiesIn(program: Program): Copy[] {
  const fargate = program.ofType("aws_ecs_service").map((resource) => ecsCopy(program, resource));
  const appRunner = program
    .ofType("aws_apprunner_service")
    .map((resource) => appRunnerCopy(program, resource));
  return [...fargate, ...appRunner].filter((copy) => copy !== undefined);
}

function ecsCopy(program: Program, resource: Resource): Copy | undefined {
  const { attributes, region } = resource;
  if (region === undefined) {
    return undefined;
  }
  const { minimum, maximum } = ecsCapacity(program, resource);
  return {
    resource,
    name: nameOf(program, resource, attributes.name),
    region,
    zones: zonesOf(program, resource, asObject(listOf(attributes.network_configuration)[0]).subnets),
    minimum,
    onDemand: onDemandOf(minimum, listOf(attributes.capacity_provider_strategy).map(asObject)),
    maximum,
  };
}

/** What scaling keeps, at the hour of its schedules that keeps least. */
function ecsCapacity(program: Program, resource: Resource): Pick<Copy, "minimum" | "maximum"> {
  const desired = numberOf(resource.attributes.desired_count) ?? 1;
  const target = program
    .ofType("aws_appautoscaling_target")
    .find((each) => program.referred(each, each.attributes.resource_id, "aws_ecs_service") === resource);
  if (target === undefined) {
    return { minimum: desired, maximum: desired };
  }
  const scheduled = program
    .ofType("aws_appautoscaling_scheduled_action")
    .filter(
      (each) =>
        program.referred(each, each.attributes.resource_id, target.type, "aws_ecs_service") !== undefined,
    )
    .filter((each) => isOf(program, each, target, resource))
    .map(({ attributes }) => asObject(listOf(attributes.scalable_target_action)[0]));
  const least = (name: string, own: unknown, choose: (...numbers: number[]) => number): number =>
    choose(
      ...[own, ...scheduled.map((action) => action[name])].map(numberOf).filter((each) => each !== undefined),
    );
  return {
    minimum: least("min_capacity", target.attributes.min_capacity, Math.min),
    maximum: least("max_capacity", target.attributes.max_capacity, Math.min),
  };
}

function isOf(program: Program, action: Resource, target: Resource, service: Resource): boolean {
  const referred = program.referred(action, action.attributes.resource_id, target.type, service.type);
  return referred === target || referred === service;
}

/** The tasks that a strategy does not place on Spot: the base first, then by the weights, rounded down. */
function onDemandOf(tasks: number, strategy: readonly Readonly<Record<string, unknown>>[]): number {
  if (strategy.length === 0) {
    return tasks;
  }
  const parts = strategy.map(({ capacity_provider, base, weight }) => ({
    isSpot: typeof capacity_provider === "string" && capacity_provider.includes("SPOT"),
    base: Math.min(numberOf(base) ?? 0, tasks),
    weight: numberOf(weight) ?? 0,
  }));
  const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);
  const rest = tasks - Math.min(tasks, sum(parts.map(({ base }) => base)));
  const weights = sum(parts.map(({ weight }) => weight));
  return sum(
    parts
      .filter(({ isSpot }) => !isSpot)
      .map(({ base, weight }) => base + (weights === 0 ? 0 : Math.floor((rest * weight) / weights))),
  );
}

function appRunnerCopy(program: Program, resource: Resource): Copy | undefined {
  const { attributes, region } = resource;
  const scaling = program.referred(
    resource,
    attributes.auto_scaling_configuration_arn,
    "aws_apprunner_auto_scaling_configuration_version",
  )?.attributes;
  // The defaults of App Runner's own configuration: 1 to 25 instances.
  const minimum = numberOf(scaling?.min_size) ?? 1;
  return region === undefined
    ? undefined
    : {
        resource,
        name: `${nameOf(program, resource, attributes.service_name)} on App Runner`,
        region,
        zones: [],
        minimum,
        onDemand: minimum,
        maximum: numberOf(scaling?.max_size) ?? 25,
      };
}

function nameOf(program: Program, resource: Resource, name: unknown): string {
  return program.textOf(resource, name) ?? resource.id;
}

/** The zones of the subnets that an expression refers to. */
export function zonesOf(program: Program, resource: Resource, subnets: unknown): string[] {
  const zones = program
    .referencesOf(resource, subnets)
    .filter(({ resource: { type } }) => type === "aws_subnet")
    .map(({ resource: subnet }) => program.textOf(subnet, subnet.attributes.availability_zone))
    .filter((zone) => zone !== undefined);
  return [...new Set(zones)].sort();
}

/** Where what runs in some zones of a region is alive: the region stands, and one of the zones. */
export function placeAlive(scenarios: Scenarios, region: string, zones: readonly string[]): Verdict {
  const { verdicts } = scenarios;
  const lost = (matches: (failure: Failure) => boolean): Verdict => scenarios.where(matches);
  const stands = verdicts.not(lost((failure) => failure.kind === "region" && failure.region === region));
  const standing = zones.map((zone) =>
    verdicts.not(lost((failure) => failure.kind === "zone" && failure.zone === zone)),
  );
  return zones.length === 0 ? stands : verdicts.and(stands, verdicts.or(...standing));
}

/** Where a copy serves. */
export function copyAlive(scenarios: Scenarios, { name, region, zones }: Copy): Verdict {
  const { verdicts } = scenarios;
  const failed = scenarios.where(
    (failure) => failure.kind === "service" && failure.service === name && failure.region === region,
  );
  return verdicts.and(placeAlive(scenarios, region, zones), verdicts.not(failed));
}
