import type { Construct } from "constructs";

import { known } from "../../core";
import type { Environment } from "../../environments";
import { PrivateHostedZone } from "../../modules/dns";

/** A region's network, as private zones are told of it. */
interface ZoneNetwork {
  readonly region: string;
  readonly vpcId: string;
}

/** The zone of private names, which the networks of all regions ask. */
export function addPrivateZone(
  scope: Construct,
  { name, privateDns, homeRegion, deletionProtection }: Environment,
  networks: () => readonly ZoneNetwork[],
): void {
  if (privateDns === undefined) {
    return;
  }
  const others = new Map(networks().map((network) => [network.region, network]));
  const network = known(others.get(homeRegion), `${name}: ${homeRegion} has no network`);
  others.delete(homeRegion);
  new PrivateHostedZone(scope, "PrivateZone", {
    name: privateDns.zone,
    network,
    otherNetworks: Object.fromEntries(others),
    deletionProtection,
  });
}
