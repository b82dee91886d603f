import { cidrBlocksOverlap, prefixLengthOf, subnetOf, type Problem } from "../../modules/core";
import { isNetworkBlock } from "./cidr-blocks";
import type { Subject } from "./finding";

/** The network of one region of one environment. */
interface Network {
  readonly file: string;
  readonly environment: string;
  readonly mayPeer: boolean;
  readonly region: string;
  readonly block: string;
}

/** Networks that may be peered share no address: those of one environment, and of all that say `mayPeer`. */
export function checkOverlaps(subjects: readonly Subject[]): Problem[] {
  const networks = subjects.flatMap(networksOf);
  const taken = networks.map(({ block }) => block);
  const problems: Problem[] = [];
  for (const [index, later] of networks.entries()) {
    const earlier = networks.slice(0, index).find((other) => mayMeet(later, other) && overlap(later, other));
    if (earlier === undefined) {
      continue;
    }
    const free = freeBlock(prefixLengthOf(later.block), taken);
    taken.push(...free);
    problems.push({
      where: later.file,
      property: `regions.${later.region}.ipv4CidrBlock`,
      expected: `not overlap with ${earlier.block}, the network of ${describe(earlier, later)}`,
      got: later.block,
      remedy: free.length > 0 ? `choose another block; ${free.join()} is free` : "choose another block",
    });
  }
  return problems;
}

/** The first block of that size in 10.0.0.0/8 that shares no address with those taken; none when it is full. */
export function freeBlock(prefixLength: number, taken: readonly string[]): string[] {
  const outer = "10.0.0.0/8";
  const count = 2 ** (prefixLength - prefixLengthOf(outer));
  for (let index = 0; index < count; index += 1) {
    const candidate = subnetOf(outer, prefixLength, index);
    if (!taken.some((block) => cidrBlocksOverlap(candidate, block))) {
      return [candidate];
    }
  }
  return [];
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
    }));
}

function mayMeet(left: Network, right: Network): boolean {
  return left.file === right.file || (left.mayPeer && right.mayPeer);
}

function overlap(left: Network, right: Network): boolean {
  return cidrBlocksOverlap(left.block, right.block);
}

function describe(network: Network, from: Network): string {
  return network.file === from.file
    ? network.region
    : `${network.region} in '${network.environment}' (${network.file})`;
}
