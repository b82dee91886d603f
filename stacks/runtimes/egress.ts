import type { Construct } from "constructs";

import type { Service } from "../../environments";
import { isIpv4CidrBlock, type INetwork } from "../../core";
import { SecurityGroupEgress, type EgressRule } from "../../modules/parts";

/** Lets what runs a service connect to where it says, besides HTTPS. */
export function allowEgress(
  runtime: Construct,
  securityGroupId: string,
  egress: Service["egress"],
  network: INetwork,
): void {
  const rules = Object.entries(egress).flatMap(([name, { to, ...rule }]): [string, EgressRule][] =>
    to === "network"
      ? ownNetwork(name, network).map(([word, block]) => [word, { ...rule, ...block }])
      : [[name, { ...rule, ...(isIpv4CidrBlock(to) ? { ipv4CidrBlock: to } : { ipv6CidrBlock: to }) }]],
  );
  if (rules.length > 0) {
    new SecurityGroupEgress(runtime, "AllowedEgress", {
      from: { securityGroupId },
      rules: Object.fromEntries(rules),
    });
  }
}

/** The network's own addresses, of both families where it has both. */
function ownNetwork(
  name: string,
  { vpcCidrBlock, vpcIpv6CidrBlock }: INetwork,
): [string, Pick<EgressRule, "ipv4CidrBlock" | "ipv6CidrBlock">][] {
  return [
    [name, { ipv4CidrBlock: vpcCidrBlock }],
    ...(vpcIpv6CidrBlock === undefined
      ? []
      : [[`${name}.ipv6`, { ipv6CidrBlock: vpcIpv6CidrBlock }] satisfies [string, object]]),
  ];
}
