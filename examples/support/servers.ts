import type { HealthCheckTiming, RoutedEndpoint } from "../../index";

/** Three failed probes, half a minute apart. */
export const timing: HealthCheckTiming = { requestIntervalSeconds: 30, failureThreshold: 3 };

/** A server in a region, known by its address and asked for its health by a name of that region. */
export function serverIn(region: string, address: string): RoutedEndpoint {
  return {
    target: { region, value: { kind: "values", values: [address], ttlSeconds: 60 } },
    healthCheck: {
      kind: "https",
      fullyQualifiedDomainName: `web.${region}.example.com`,
      ipAddress: address,
      path: "/health",
      timing,
    },
  };
}
