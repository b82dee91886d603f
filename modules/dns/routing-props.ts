import type { IDnsTarget, IHostedZone } from "../../core";
import type { HealthCheckDefinition } from "./health-check-props";
import type { RoutingPolicy } from "./routing-policy";

/** How a name finds its endpoints. */
export interface DnsRoutingProps {
  /** The zone that the name belongs to. */
  readonly zone: IHostedZone;

  /** The whole name, such as `web.example.com`. */
  readonly recordName: string;

  /** The endpoints by name: the region's code, where there is one in each. */
  readonly endpoints: Readonly<Record<string, RoutedEndpoint>>;

  /** Who gets which endpoint. */
  readonly policy: RoutingPolicy;

  /**
   * Whether all targets answer over IPv6 too, so that aliases get AAAA records.
   *
   * @default false
   */
  readonly dualStack?: boolean;

  /**
   * The longest that new connections may go to a dead endpoint, in seconds. Probes and caching
   * times are checked against it.
   *
   * @default - not checked
   */
  readonly rtoSeconds?: number;
}

/** One place that serves a name, mostly one a region. */
export interface RoutedEndpoint {
  /** Where it is. */
  readonly target: IDnsTarget;

  /**
   * How its health is told. For an alias it comes on top of the target's own health, and both must
   * be good: the target knows of dead instances, the check of a dead region or application.
   *
   * @default - the alias target's own health; plain values must have a check
   */
  readonly healthCheck?: HealthCheckDefinition;
}
