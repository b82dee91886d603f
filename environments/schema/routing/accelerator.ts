import type { Environment } from "../environment";
import type { Service } from "../service/settings";
import type { Finding } from "../checks/finding";
import { strangeRegion } from "../network/regions";

/**
 * An accelerator leads to load balancers only, and finds a service in every region that it may choose.
 * AWS keeps what comes by an internet gateway over IPv6 from a private load balancer.
 */
export function checkAccelerator(environment: Environment): Finding[] {
  const { accelerator, regions, services } = environment;
  const names = Object.keys(regions);
  return [
    ...(environment.ipv6 && accelerator.onlyEntry ? [privateOverIpv6] : []),
    ...Object.keys(accelerator.trafficDialPercentages)
      .filter((region) => !names.includes(region))
      .map((region) => strangeRegion(`accelerator.trafficDialPercentages.${region}`, region, names)),
    ...Object.entries(services).flatMap(([name, service]) =>
      checkService(`services.${name}`, service, environment),
    ),
  ];
}

const privateOverIpv6: Finding = {
  property: "accelerator.onlyEntry",
  expected:
    "be false where 'ipv6' is true, because AWS keeps the internet's IPv6 from private load balancers",
  got: true,
  remedy: "remove 'ipv6', or 'accelerator.onlyEntry'",
};

function checkService(path: string, service: Service, environment: Environment): Finding[] {
  const { entry } = service.routing;
  const property = `${path}.routing.entry`;
  if (entry !== "accelerator") {
    return environment.accelerator.onlyEntry && entry !== "private" && service.runtimes.fargate !== undefined
      ? [
          {
            property,
            expected: "be 'accelerator', because 'accelerator.onlyEntry' makes the load balancers private",
            got: entry,
            remedy: "enter it by the accelerator, or remove 'accelerator.onlyEntry'",
          },
        ]
      : [];
  }
  if (service.runtimes["app-runner"] !== undefined) {
    return [
      {
        property,
        expected:
          "be 'dns' or 'distribution' on App Runner, which cannot be an endpoint of Global Accelerator",
        got: entry,
        remedy: "choose another entry, or use runtime 'fargate'",
      },
    ];
  }
  const missing = regionsAllowed(environment, service).filter((region) => !service.regions.includes(region));
  return missing.length === 0
    ? []
    : [
        {
          property: `${path}.regions`,
          expected: "hold every region that its accelerator may choose",
          got: service.regions,
          remedy: `add ${missing.join(", ")}, or name a jurisdiction of the service's own regions`,
        },
      ];
}

function regionsAllowed(
  { regions, jurisdictions }: Environment,
  { jurisdiction }: Service,
): readonly string[] {
  return jurisdiction === undefined ? Object.keys(regions) : (jurisdictions[jurisdiction] ?? []);
}
