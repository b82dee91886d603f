import type { Environment } from "../environment";
import type { Finding } from "../checks/finding";

/** Something runs each service and gets answers: weights that are all zero would spread users evenly. */
export function checkRuntimes({ services }: Environment): Finding[] {
  return Object.entries(services)
    .filter(([, { runtimes }]) => !Object.values(runtimes).some((weight) => weight > 0))
    .map(([name, { runtimes }]) => ({
      property: `services.${name}.runtime`,
      expected: "give one runtime a weight above 0",
      got: runtimes,
      remedy: "raise the weight of the one that serves, or write it as text, such as 'fargate'",
    }));
}
