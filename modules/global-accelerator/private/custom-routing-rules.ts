import { Token } from "cdktf";

import { isIpv4CidrBlock, prefixLengthOf, regions, reportOn, type Check, type Problem } from "../../../core";
import {
  type CustomRoutingListener,
  type CustomRoutingEndpointGroup,
  type CustomRoutingAcceleratorProps,
  customRoutingPortsOf,
} from "../custom-routing-accelerator-props";
import { commonProblems } from "./common-rules";
import { isPortRange, overlappingPortRanges, portCount } from "./ports";

/** @see https://docs.aws.amazon.com/global-accelerator/latest/dg/about-custom-routing-guidelines.html */
const limits = { listeners: 10, endpointGroups: 42, portRanges: 10, portsOfRange: 16 } as const;

/** Everything that is wrong with a custom routing accelerator. */
export function customRoutingProblems(
  where: string,
  props: CustomRoutingAcceleratorProps,
): readonly Problem[] {
  const { problems, check } = reportOn(where);
  const listeners = Object.entries(props.listeners);
  commonProblems(check, props);
  check(
    listeners.length <= limits.listeners,
    "listeners",
    `be at most ${limits.listeners}`,
    listeners.length,
    "give one listener several port ranges, or make a second accelerator",
  );
  const groups = listeners.flatMap(([, { endpointGroups }]) => Object.keys(endpointGroups));
  check(
    groups.length <= limits.endpointGroups,
    "listeners",
    `have at most ${limits.endpointGroups} endpoint groups together`,
    groups.length,
    "make a second accelerator",
  );
  const overlap = overlappingPortRanges(listeners.flatMap(([, { portRanges }]) => portRanges));
  check(
    overlap === undefined,
    "listeners",
    "have ports that do not overlap",
    overlap,
    "give each port to one listener",
  );
  for (const [name, listener] of listeners) {
    checkListener(check, `listeners.${name}`, listener);
  }
  return problems;
}

function checkListener(check: Check, path: string, listener: CustomRoutingListener): void {
  const { portRanges, endpointGroups } = listener;
  check(
    portRanges.length >= 1 && portRanges.length <= limits.portRanges,
    `${path}.portRanges`,
    `be between 1 and ${limits.portRanges}`,
    portRanges.length,
    "join neighbouring ranges, or make a second listener",
  );
  for (const [index, range] of portRanges.entries()) {
    check(
      isPortRange(range) && portCount([range]) >= limits.portsOfRange,
      `${path}.portRanges[${index}]`,
      `hold at least ${limits.portsOfRange} ports within 1 and 65535`,
      range,
      "correct 'fromPort' and 'toPort'",
    );
  }
  for (const [region, group] of Object.entries(endpointGroups)) {
    checkGroup(check, `${path}.endpointGroups.${region}`, region, group);
  }
  const needed = portsNeeded(Object.values(endpointGroups));
  check(
    needed <= portCount(portRanges),
    `${path}.portRanges`,
    `hold a port for each port of each address of its subnets, ${needed} in all`,
    portCount(portRanges),
    "widen the ranges, or name fewer destination ports or smaller subnets",
  );
}

function checkGroup(check: Check, path: string, region: string, group: CustomRoutingEndpointGroup): void {
  check(
    regions[region]?.partition === "aws",
    path,
    "be of a region that Global Accelerator reaches",
    region,
    "name a region of the partition 'aws', such as 'eu-west-1'",
  );
  check(
    group.destinations.length > 0 && group.destinations.every(isPortRange),
    `${path}.destinations`,
    "be port ranges within 1 and 65535, one at least",
    group.destinations,
    "name the ports that the instances listen on",
  );
  check(
    group.destinations.every(({ protocols }) => protocols.length > 0),
    `${path}.destinations`,
    "have a protocol each",
    group.destinations,
    "name 'TCP', 'UDP' or both",
  );
  const overlap = overlappingPortRanges(group.destinations);
  check(
    overlap === undefined,
    `${path}.destinations`,
    "not overlap",
    overlap,
    "join the ranges and name both protocols",
  );
  for (const [index, { ipv4CidrBlock }] of group.subnets.entries()) {
    check(
      Token.isUnresolved(ipv4CidrBlock) || isSubnetBlock(ipv4CidrBlock),
      `${path}.subnets[${index}].ipv4CidrBlock`,
      "be a block between /17 and /28",
      ipv4CidrBlock,
      "choose a subnet of that size",
    );
  }
}

function isSubnetBlock(block: string): boolean {
  return isIpv4CidrBlock(block) && prefixLengthOf(block) >= 17 && prefixLengthOf(block) <= 28;
}

/** Counts what is known; a block that is not known or not valid counts nothing. */
function portsNeeded(groups: readonly CustomRoutingEndpointGroup[]): number {
  return groups
    .flatMap(({ destinations, subnets }) =>
      subnets
        .filter(({ ipv4CidrBlock }) => !Token.isUnresolved(ipv4CidrBlock) && isSubnetBlock(ipv4CidrBlock))
        .map(({ ipv4CidrBlock }) => customRoutingPortsOf(ipv4CidrBlock, destinations)),
    )
    .reduce((sum, ports) => sum + ports, 0);
}
