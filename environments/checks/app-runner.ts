import type { Environment, Service } from "../environment";
import type { Finding } from "./finding";

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

/** App Runner is used only by an existing customer, and only for what it can do. */
export function checkAppRunner({ appRunner, services }: Environment): Finding[] {
  return Object.entries(services)
    .filter(([, service]) => service.runtime === "app-runner")
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
    ]);
}

function unacknowledged(name: string): Finding {
  return {
    property: `services.${name}.runtime`,
    expected: "be 'fargate', because App Runner takes no new customers since 2026-04-30",
    got: "app-runner",
    remedy:
      "use 'fargate', or, if the account used App Runner before, add appRunner: { existingCustomer: true }",
  };
}
