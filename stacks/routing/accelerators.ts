import type { Construct } from "constructs";

import type { Environment } from "../../environments";
import { type IAcceleratorEndpoint, pascalCase, resourceName } from "../../core";
import { Accelerator, acceleratorsFor, type EndpointGroupOptions } from "../../modules/global-accelerator";

/** The jurisdiction of services that name none: the whole environment. */
export const everywhere = "global";

/** https://docs.aws.amazon.com/global-accelerator/latest/api/API_CreateAccelerator.html */
const nameLimit = 64;

/**
 * The accelerators that the environment's services are entered by, by jurisdiction: one for each set
 * of regions, so that none can send anyone out of theirs.
 */
export function addAccelerators(
  scope: Construct,
  environment: Environment,
  endpointIn: (region: string) => IAcceleratorEndpoint,
): ReadonlyMap<string, Accelerator> {
  const { name, account, deletionProtection, logRetentionDays, ipv6 } = environment;
  const accelerators = new Map<string, Accelerator>();
  for (const plan of acceleratorsFor(allowedRegions(environment))) {
    const accelerator = new Accelerator(scope, `Accelerator-${pascalCase(plan.name)}`, {
      name: resourceName(nameLimit, name, plan.name),
      account,
      dualStack: ipv6,
      listeners: {
        web: {
          protocol: "TCP",
          portRanges: [
            { fromPort: 80, toPort: 80 },
            { fromPort: 443, toPort: 443 },
          ],
          endpointGroups: Object.fromEntries(
            plan.regions.map((region): [string, EndpointGroupOptions] => [
              region,
              {
                endpoints: [{ endpoint: endpointIn(region) }],
                trafficDialPercentage: environment.accelerator.trafficDialPercentages[region],
              },
            ]),
          ),
        },
      },
      flowLogs: { kind: "new-bucket", retentionDays: logRetentionDays },
      deletionProtection,
    });
    for (const jurisdiction of plan.jurisdictions) {
      accelerators.set(jurisdiction, accelerator);
    }
  }
  return accelerators;
}

/** The regions of every jurisdiction that has a service behind an accelerator. */
function allowedRegions({
  regions,
  jurisdictions,
  services,
}: Environment): Record<string, readonly string[]> {
  const entered = Object.values(services)
    .filter(({ routing }) => routing.entry === "accelerator")
    .map(({ jurisdiction }) => jurisdiction);
  const declared = Object.fromEntries(
    Object.entries(jurisdictions).filter(([name]) => entered.includes(name)),
  );
  return entered.includes(undefined) ? { [everywhere]: Object.keys(regions), ...declared } : declared;
}
