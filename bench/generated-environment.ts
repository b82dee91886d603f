import type { EnvironmentInput } from "../environments";
import { regionNames, partitionOf, zonesOf } from "../core";

/** An environment over the first regions of the alphabet, all services in each of them. */
export function generatedEnvironment(regionCount: number, serviceCount: number): EnvironmentInput {
  const regions = regionNames.filter((region) => partitionOf(region) === "aws").slice(0, regionCount);
  const service = {
    image: { repository: "service", tag: "1.0.0" },
    port: 8080,
    cpu: 256,
    memoryMiB: 512,
    capacity: { minimum: 2, maximum: 8 },
    healthCheck: { path: "/health" },
  };
  return {
    name: "bench",
    account: "111122223333",
    homeRegion: regions[0] ?? "",
    domain: { name: "bench.example.com" },
    regions: Object.fromEntries(
      regions.map((region, index) => [
        region,
        { ipv4CidrBlock: `10.${index}.0.0/16`, zones: [...zonesOf(region)].slice(0, 3) },
      ]),
    ),
    services: Object.fromEntries(
      Array.from({ length: serviceCount }, (_, index) => [`service-${index + 1}`, service]),
    ),
    recovery: { rtoSeconds: 156, survives: regionCount > 1 ? 1 : 0 },
  };
}
