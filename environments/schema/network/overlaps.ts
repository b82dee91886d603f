import {
  addressRangeOf,
  addressRangesOverlap,
  prefixLengthOf,
  subnetOf,
  type AddressRange,
  type Problem,
} from "../../../core";
import { isNetworkBlock } from "./cidr-blocks";
import type { Subject } from "../checks/finding";

/** The network of one region of one environment. */
interface Network extends AddressRange {
  readonly file: string;
  readonly environment: string;
  readonly mayPeer: boolean;
  readonly region: string;
  readonly block: string;
}

/** Networks that may be peered share no address: those of one environment, and of all that say `mayPeer`. */
export function checkOverlaps(subjects: readonly Subject[]): Problem[] {
  const networks = subjects.flatMap(networksOf);
  const taken: AddressRange[] = [...networks];
  const problems: Problem[] = [];
  for (const [index, later] of networks.entries()) {
    const earlier = networks
      .slice(0, index)
      .find((other) => mayMeet(later, other) && addressRangesOverlap(later, other));
    if (earlier === undefined) {
      continue;
    }
    const free = freeBlock(prefixLengthOf(later.block), taken);
    problems.push({
      where: later.file,
      property: `regions.${later.region}.ipv4CidrBlock`,
      expected: `not overlap with ${earlier.block}, the network of ${describe(earlier, later)}`,
      got: later.block,
      remedy: free === undefined ? "choose another block" : `choose another block; ${free} is free`,
    });
    if (free !== undefined) {
      taken.push(addressRangeOf(free));
    }
  }
  return problems;
}

/** The first block of that size in 10.0.0.0/8 that shares no address with those taken; undefined when it is full. */
export function freeBlock(prefixLength: number, taken: readonly AddressRange[]): string | undefined {
  const outer = addressRangeOf("10.0.0.0/8");
  const size = 2 ** (32 - prefixLength);
  let first = outer.first;
  while (first < outer.last) {
    const candidate = { first, last: first + size - 1 };
    const obstacle = taken.find((range) => addressRangesOverlap(range, candidate));
    if (obstacle === undefined) {
      return subnetOf("0.0.0.0/0", prefixLength, first / size);
    }
    first = Math.ceil((obstacle.last + 1) / size) * size;
  }
  return undefined;
}

function networksOf({ file, environment }: Subject): Network[] {
  return Object.entries(environment.regions)
    .filter(([, { ipv4CidrBlock }]) => isNetworkBlock(ipv4CidrBlock))
    .map(([region, { ipv4CidrBlock }]) => ({
      file,
      environment: environment.name,
      mayPeer: environment.mayPeer,
      region,
      block: ipv4CidrBlock,
      ...addressRangeOf(ipv4CidrBlock),
    }));
}

function mayMeet(left: Network, right: Network): boolean {
  return left.file === right.file || (left.mayPeer && right.mayPeer);
}

function describe(network: Network, from: Network): string {
  return network.file === from.file
    ? network.region
    : `${network.region} in '${network.environment}' (${network.file})`;
}
