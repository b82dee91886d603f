import type { Environment, Runtime, Service } from "../../environments";
import type { Capability } from "../capability";
import { appRunnerOutput } from "../physical-names";
import { addAppRunnerServices } from "./app-runner-services";
import { addFargateServices } from "./fargate-services";
import { addPrivateLoadBalancer } from "./private-services";

/** The services of a region, on what runs them. */
export const services: Capability = {
  noun: "service",
  region: ({ scope, ...place }) => {
    const { environment, network } = place;
    const privateLoadBalancer = addPrivateLoadBalancer(scope, place);
    addFargateServices(scope, {
      ...place,
      privateLoadBalancer,
      services: servicesOn("fargate", environment, network.region),
    });
    const appRunner = addAppRunnerServices(scope, {
      ...place,
      services: servicesOn("app-runner", environment, network.region),
    });
    return Object.fromEntries(
      Object.entries(appRunner).map(([name, { domainName }]) => [appRunnerOutput(name), domainName]),
    );
  },
};

function servicesOn(
  runtime: Runtime,
  { services: all }: Environment,
  region: string,
): Readonly<Record<string, Service>> {
  return Object.fromEntries(
    Object.entries(all).filter(
      ([, { runtimes, regions }]) => runtimes[runtime] !== undefined && regions.includes(region),
    ),
  );
}
