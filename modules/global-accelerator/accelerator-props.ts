import type { AcceleratorFlowLogs } from "./flow-logs";
import type { ListenerOptions } from "./listener";

/** Settings of an {@link Accelerator}. */
export interface AcceleratorProps {
  /** Name, unique in its account: letters, digits and hyphens. */
  readonly name: string;
  /** The account that it stands in, 12 digits. */
  readonly account: string;
  /** What it takes and who serves it, by a name of your choice; ten at most. */
  readonly listeners: Readonly<Record<string, ListenerOptions>>;
  /**
   * Whether users reach it over IPv6 too. All endpoints must then be dual-stack.
   *
   * @default false
   */
  readonly dualStack?: boolean;
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
