import type { Environment } from "../environment";
import type { Service } from "./settings";
import { hidden, type Finding } from "../checks/finding";

/** What a Fargate service may ask for and App Runner does not have. */
const lacking: readonly {
  property: string;
  asks: (service: Service) => unknown;
  isAsked: (service: Service) => boolean;
}[] = [
  {
    property: "sidecars",
    asks: ({ sidecars }) => sidecars.map(({ name }) => name),
    isAsked: ({ sidecars }) => sidecars.length > 0,
  },
  {
    property: "command",
    asks: ({ command }) => command,
    isAsked: ({ command }) => command !== undefined,
  },
  {
    property: "scratchPaths",
    asks: ({ scratchPaths }) => scratchPaths,
    isAsked: ({ scratchPaths }) => scratchPaths.length > 0,
  },
  { property: "exec", asks: ({ exec }) => exec, isAsked: ({ exec }) => exec },
  {
    property: "cpuArchitecture",
    asks: ({ cpuArchitecture }) => cpuArchitecture,
    isAsked: ({ cpuArchitecture }) => cpuArchitecture === "ARM64",
  },
  {
    property: "capacity.spotPercentage",
    asks: ({ capacity }) => capacity.spotPercentage,
    isAsked: ({ capacity }) => capacity.spotPercentage > 0,
  },
  {
    property: "scaling.steps",
    asks: ({ scaling }) => scaling.steps,
    isAsked: ({ scaling }) => scaling.steps !== undefined,
  },
  {
    property: "scaling.schedules",
    asks: ({ scaling }) => scaling.schedules.map(({ name }) => name),
    isAsked: ({ scaling }) => scaling.schedules.length > 0,
  },
];

/** Numbers that App Runner bounds more narrowly than Fargate. */
const bounds: readonly {
  property: string;
  value: (service: Service) => number;
  minimum: number;
  maximum: number;
}[] = [
  {
    property: "capacity.minimum",
    value: ({ capacity }) => capacity.minimum,
    minimum: 1,
    maximum: 25,
  },
  {
    property: "capacity.maximum",
    value: ({ capacity }) => capacity.maximum,
    minimum: 1,
    maximum: 25,
  },
  {
    property: "healthCheck.intervalSeconds",
    value: ({ healthCheck }) => healthCheck.intervalSeconds,
    minimum: 1,
    maximum: 20,
  },
  {
    property: "healthCheck.timeoutSeconds",
    value: ({ healthCheck }) => healthCheck.timeoutSeconds,
    minimum: 1,
    maximum: 20,
  },
];

/** App Runner is used only by an existing customer, and only for what it can do. */
export function checkAppRunner({ appRunner, services }: Environment): Finding[] {
  return Object.entries(services)
    .filter(([, { runtimes }]) => runtimes["app-runner"] !== undefined)
    .flatMap(([name, service]) => [
      ...(appRunner === undefined ? [unacknowledged(name)] : []),
      ...lacking
        .filter(({ isAsked }) => isAsked(service))
        .map(({ property, asks }) => ({
          property: `services.${name}.${property}`,
          expected: "be left out, because App Runner does not have it",
          got: asks(service),
          remedy: "remove it, or use runtime 'fargate'",
        })),
      ...bounds
        .map((bound) => ({ ...bound, got: bound.value(service) }))
        .filter(({ got, minimum, maximum }) => got < minimum || got > maximum)
        .map(({ property, got, minimum, maximum }) => ({
          property: `services.${name}.${property}`,
          expected: `be between ${minimum} and ${maximum} on App Runner`,
          got,
          remedy: "choose a value within, or use runtime 'fargate'",
        })),
      ...secretNames(name, service),
    ]);
}

/** App Runner knows no names of Secrets Manager, and an ARN of it belongs to one region. */
function secretNames(name: string, { secrets }: Service): Finding[] {
  return Object.entries(secrets)
    .filter(([, reference]) => !reference.startsWith("/") && !reference.startsWith("arn:"))
    .map(([variable]) => ({
      property: `services.${name}.secrets.${variable}`,
      expected:
        "be the name of an SSM parameter or an ARN, because App Runner cannot find a secret by its name",
      got: hidden,
      remedy: "keep it in an SSM parameter of every region, or use runtime 'fargate'",
    }));
}

function unacknowledged(name: string): Finding {
  return {
    property: `services.${name}.runtime`,
    expected: "be 'fargate', because App Runner has accepted no new customers since 2026-04-30",
    got: "app-runner",
    remedy:
      "use 'fargate', or, if the account used App Runner before, add appRunner: { existingCustomer: true }",
  };
}
