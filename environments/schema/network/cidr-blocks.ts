import {
  addressRangeOf,
  addressRangesOverlap,
  cidrBlocksOverlap,
  isIpv4CidrBlock,
  longestVpcPrefixLength,
  prefixLengthOf,
  shortestVpcPrefixLength,
} from "../../../core";
import type { Environment } from "../environment";
import type { Finding } from "../checks/finding";

/**
 * The blocks that no one on the internet has.
 *
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html
 */
const privateBlocks = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"];

const privateRanges = privateBlocks.map(addressRangeOf);

/** Blocks are canonical; those of networks are private and of a size that holds the subnets. */
export function checkCidrBlocks({ regions, firewall }: Environment): Finding[] {
  return [
    ...Object.entries(regions).flatMap(([region, { ipv4CidrBlock }]) =>
      checkNetworkBlock(`regions.${region}.ipv4CidrBlock`, ipv4CidrBlock),
    ),
    ...firewall.blockedIpv4CidrBlocks.flatMap((block, index) =>
      checkBlockedBlock(`firewall.blockedIpv4CidrBlocks.${index}`, block, regions),
    ),
  ];
}

/** Whether a block can be a network's, so that comparing it with others makes sense. */
export function isNetworkBlock(block: string): boolean {
  return checkNetworkBlock("", block).length === 0;
}

function checkNetworkBlock(property: string, block: string): Finding[] {
  if (!isIpv4CidrBlock(block)) {
    return [notCanonical(property, block)];
  }
  const length = prefixLengthOf(block);
  if (length > longestVpcPrefixLength || length < shortestVpcPrefixLength) {
    return [
      {
        property,
        expected: `be between /${shortestVpcPrefixLength} and /${longestVpcPrefixLength}`,
        got: block,
        remedy:
          length > longestVpcPrefixLength
            ? `widen it to /${longestVpcPrefixLength}, so that every subnet holds a load balancer`
            : `narrow it to /${shortestVpcPrefixLength}, the widest that AWS allows`,
      },
    ];
  }
  // Every private block is wider than the widest network, so a network that touches one lies in it.
  const range = addressRangeOf(block);
  return privateRanges.some((outer) => addressRangesOverlap(outer, range))
    ? []
    : [
        {
          property,
          expected: `lie in a private block (${privateBlocks.join(", ")})`,
          got: block,
          remedy: 'choose one such as "10.0.0.0/16"',
        },
      ];
}

function checkBlockedBlock(property: string, block: string, regions: Environment["regions"]): Finding[] {
  if (!isIpv4CidrBlock(block)) {
    return [notCanonical(property, block)];
  }
  return Object.entries(regions)
    .filter(
      ([, { ipv4CidrBlock }]) => isIpv4CidrBlock(ipv4CidrBlock) && cidrBlocksOverlap(block, ipv4CidrBlock),
    )
    .map(([region, { ipv4CidrBlock }]) => ({
      property,
      expected: `leave out ${ipv4CidrBlock}, the network of ${region}`,
      got: block,
      remedy: "block less, or the network blocks itself",
    }));
}

function notCanonical(property: string, block: string): Finding {
  return {
    property,
    expected: "be an IPv4 block whose host bits are zero",
    got: block,
    remedy: 'write it like "10.0.0.0/16"',
  };
}
