import { prefixLengthOf } from "../../core";
import type { AcceleratorFlowLogs } from "./flow-logs";
import type { PortRange } from "./listener";
import { portCount } from "./private/ports";

/** How many listener ports a subnet takes: one for each port of each of its addresses. */
export function customRoutingPortsOf(ipv4CidrBlock: string, destinations: readonly PortRange[]): number {
  return (2 ** (32 - prefixLengthOf(ipv4CidrBlock)) - reservedAddresses) * portCount(destinations);
}

/** Settings of a {@link CustomRoutingAccelerator}. */
export interface CustomRoutingAcceleratorProps {
  /** Name, unique in its account: letters, digits and hyphens. */
  readonly name: string;
  /** The account that it stands in, 12 digits. */
  readonly account: string;
  /** The ports that it deals out, by a name of your choice; ten at most. */
  readonly listeners: Readonly<Record<string, CustomRoutingListener>>;
  /**
   * Whether it takes traffic. A disabled accelerator keeps its addresses.
   *
   * @default true
   */
  readonly enabled?: boolean;
  /**
   * IPv4 addresses of your own range for it, two at most. A change replaces the accelerator.
   *
   * @default - two addresses of Amazon's
   */
  readonly ipAddresses?: readonly string[];
  /**
   * Where its flow logs go.
   *
   * @default - a new bucket that keeps them for 90 days
   */
  readonly flowLogs?: AcceleratorFlowLogs;
  /**
   * Whether Terraform refuses to destroy the accelerator, whose addresses are lost for good then,
   * and its logs. Before a destroy, apply once with `false`.
   *
   * @default true
   */
  readonly deletionProtection?: boolean;
}

/** The subnets of a custom routing listener in one region. */
export interface CustomRoutingEndpointGroup {
  /** The ports of instances that get listener ports. */
  readonly destinations: readonly CustomRoutingDestination[];
  /** The subnets whose instances users are sent to. */
  readonly subnets: readonly CustomRoutingSubnet[];
}

/** The ports that a custom routing accelerator deals out. */
export interface CustomRoutingListener {
  /** The ports, ten ranges at most, each of 16 ports or more. */
  readonly portRanges: readonly PortRange[];
  /** The subnets by region. */
  readonly endpointGroups: Readonly<Record<string, CustomRoutingEndpointGroup>>;
}

/** Addresses that AWS keeps of every subnet, which get no listener ports. */
export const reservedAddresses = 5;

/** Ports of instances that users can be sent to. */
export interface CustomRoutingDestination extends PortRange {
  /** What the instances speak there. */
  readonly protocols: readonly ("TCP" | "UDP")[];
}

/** A subnet whose instances users are sent to. */
export interface CustomRoutingSubnet {
  /** The subnet's id. */
  readonly subnetId: string;
  /** Its block, /17 to /28, from which the listener's ports are counted. */
  readonly ipv4CidrBlock: string;
}
