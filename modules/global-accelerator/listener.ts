import type { IAcceleratorEndpoint } from "../../core";

/** Ports that follow each other, both ends included. */
export interface PortRange {
  /** The first port, 1 to 65535. */
  readonly fromPort: number;
  /** The last port, 1 to 65535. */
  readonly toPort: number;
}

/** A port that arrives elsewhere than it was sent to. */
export interface PortOverride {
  /** The port that users connect to; a port of the listener. */
  readonly listenerPort: number;
  /** The port that the endpoints are reached at; a port of no listener of the accelerator. */
  readonly endpointPort: number;
}

/** One endpoint in an endpoint group. */
export interface EndpointOptions {
  /** What receives traffic. */
  readonly endpoint: IAcceleratorEndpoint;
  /**
   * Its part of the group's traffic in relation to the other weights, 0 to 255. An endpoint of
   * weight 0 receives nothing, not even when all others are unhealthy.
   *
   * @default 128
   */
  readonly weight?: number;
  /**
   * Whether the endpoint sees the user's address as the source. Network Load Balancers without a
   * security group and Elastic IP addresses cannot; a dual-stack accelerator takes no endpoint that
   * does not.
   *
   * @default true
   */
  readonly clientIpPreservation?: boolean;
  /**
   * The attachment by which another account lets this accelerator use its endpoint; see
   * {@link CrossAccountAttachment}.
   *
   * @default - the endpoint is of the accelerator's account
   */
  readonly attachmentArn?: string;
}

/** How instances and Elastic IP addresses are probed. Load balancers are judged by their own targets. */
export interface EndpointHealthCheck {
  /**
   * What is spoken.
   *
   * @default "TCP"
   */
  readonly protocol?: "TCP" | "HTTP" | "HTTPS";
  /**
   * The path that must answer 200, for HTTP and HTTPS only.
   *
   * @default "/"
   */
  readonly path?: string;
  /**
   * The port.
   *
   * @default - the first port of the listener
   */
  readonly port?: number;
  /**
   * Seconds between two probes.
   *
   * @default 30
   */
  readonly intervalSeconds?: 10 | 30;
  /**
   * Probes in a row that change an endpoint's health, 1 to 10.
   *
   * @default 3
   */
  readonly threshold?: number;
}

/** The endpoints of a listener in one region. */
export interface EndpointGroupOptions {
  /** What receives traffic, ten at most. */
  readonly endpoints: readonly EndpointOptions[];
  /**
   * Percentage of the traffic that would come here which does come here, 0 to 100. The rest goes to
   * the next nearest region. Failover does not look at it: at 0 the region is a warm standby.
   *
   * @default 100
   */
  readonly trafficDialPercentage?: number;
  /**
   * Ports that arrive elsewhere than they were sent to, ten at most.
   *
   * @default []
   */
  readonly portOverrides?: readonly PortOverride[];
  /**
   * How instances and Elastic IP addresses are probed. It has no effect on load balancers.
   *
   * @default - a TCP connection every 30 seconds, three times
   */
  readonly healthCheck?: EndpointHealthCheck;
}

/** What an accelerator takes on some ports, and who serves it. */
export interface ListenerOptions {
  /** The protocol. */
  readonly protocol: "TCP" | "UDP";
  /** The ports, ten ranges at most; they overlap no other listener's of the same protocol. */
  readonly portRanges: readonly PortRange[];
  /**
   * Whether all connections from one address go to one endpoint.
   *
   * @default "NONE"
   */
  readonly clientAffinity?: "NONE" | "SOURCE_IP";
  /** The endpoints by region. */
  readonly endpointGroups: Readonly<Record<string, EndpointGroupOptions>>;
}
