import { isIpv4CidrBlock, isIpv6CidrBlock } from "../../../core";
import type { Environment } from "../environment";
import type { Finding } from "../checks/finding";

/** Where services connect to is a block of addresses that their networks can reach. */
export function checkEgress({ services, ipv6 }: Environment): Finding[] {
  return Object.entries(services).flatMap(([name, { egress }]) =>
    Object.entries(egress).flatMap(([word, { to }]) => {
      const property = `services.${name}.egress.${word}.to`;
      if (to === "network" || isIpv4CidrBlock(to)) {
        return [];
      }
      if (isIpv6CidrBlock(to)) {
        return ipv6 ? [] : [unreachable(property, to)];
      }
      return [
        {
          property,
          expected: "be 'network', or an IPv4 or IPv6 block in its shortest form",
          got: to,
          remedy: 'write it like "10.0.0.0/16", with no host bits set',
        },
      ];
    }),
  );
}

function unreachable(property: string, got: string): Finding {
  return {
    property,
    expected: "be an IPv4 block in an environment without IPv6",
    got,
    remedy: "set 'ipv6' to true, or give the IPv4 block",
  };
}
