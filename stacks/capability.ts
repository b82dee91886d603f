import type { TerraformProvider } from "cdktf";
import type { Construct } from "constructs";

import type { IAlarmTopic, IFirewall, IHostedZone, ILoadBalancer, INetwork } from "../core";
import type { Environment } from "../environments";

/**
 * What one noun adds to the stacks of an environment, layer by layer. A noun says here which stacks it has a
 * part in and leaves out the others; the stacks go through the list of `capabilities.ts` in its order.
 *
 * A capability adds constructs to the scope that it is given, under ids of its own. It reads no other
 * capability: what layers tell each other is in their places.
 */
export interface Capability {
  /** The noun, as `environments/schema/` and the folder beside this file have it. */
  readonly noun: string;
  /**
   * Adds what an environment has once, for all of its regions.
   *
   * @default - nothing
   */
  readonly foundation?: (place: FoundationPlace) => void;
  /**
   * Adds what belongs to the network of each region, and seldom changes.
   *
   * @default - nothing
   */
  readonly network?: (place: NetworkPlace) => void;
  /**
   * Adds what serves users in each region; gives what later stacks may read, nothing of it secret.
   *
   * @default - nothing
   */
  readonly region?: (place: RegionPlace) => Readonly<Record<string, string>>;
  /**
   * Adds to how the world reaches the regions.
   *
   * @default - nothing
   */
  readonly edge?: (place: EdgePlace) => void;
}

/** What every layer knows. */
interface Place {
  /** The stack. */
  readonly scope: Construct;
  readonly environment: Environment;
}

/** The stack of what exists once. */
export interface FoundationPlace extends Place {
  /** A provider of another region than the stack's. */
  readonly providerIn: (region: string) => TerraformProvider;
}

/** The stack of a region's network. */
export interface NetworkPlace extends Place {
  readonly network: INetwork;
}

/** The stack of what serves users in a region. */
export interface RegionPlace extends Place {
  readonly network: INetwork;
  /** Where the region's alarms go. */
  readonly alarmTopic: IAlarmTopic;
  /** The zone of the services. */
  readonly zone: IHostedZone;
  /** What users reach the region's services by. */
  readonly loadBalancer: ILoadBalancer;
  /** What stands before that. */
  readonly firewall: IFirewall;
  /**
   * Where the routing controls are, and the endpoints that flip them.
   *
   * @default - the environment has none
   */
  readonly routingControls?: string;
}

/** The stack of how the world reaches the regions. */
export interface EdgePlace extends Place {
  /** The zone of the services. */
  readonly zone: IHostedZone;
  /** Ids of the health checks by endpoint, such as a region, by service. */
  readonly healthCheckIds: ReadonlyMap<string, Readonly<Record<string, string>>>;
  /** A provider of another region than the stack's; nothing for the stack's own. */
  readonly providerIn: (region: string) => TerraformProvider | undefined;
}
