import type { ICertificate, INetwork } from "../../core";

/** What a {@link LoadBalancer} keeps of its logs. */
export interface AccessLogOptions {
  /**
   * Days that logs are kept.
   *
   * @default 90
   */
  readonly retentionDays?: number;
}

/** Settings of a {@link LoadBalancer}. */
export interface LoadBalancerProps {
  /** Name, unique in its account and region: lower-case letters, digits and single hyphens. */
  readonly name: string;
  /** The account that it stands in, 12 digits. */
  readonly account: string;
  /** The network that it stands in; its region is the load balancer's. */
  readonly network: INetwork;
  /**
   * Whether it has private addresses only and stands in the private tier, so that nothing but an
   * accelerator or a network of one's own leads to it. A change replaces it.
   *
   * @default false
   */
  readonly internal?: boolean;
  /**
   * The addresses that it answers on. With `dualstack` it has IPv6 addresses too, which the network
   * must have, and is open to them on the same ports. A change leaves it in place.
   *
   * @default "ipv4"
   * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-ip-address-type.html
   */
  readonly ipAddressType?: "ipv4" | "dualstack";
  /**
   * Who may connect: everyone who can send it a packet; only CloudFront and the health checkers of
   * Route 53, on port 443 and from the addresses that AWS lists for them; or, where it is `internal`,
   * only its network, on port 443. CloudFront has those addresses in common for all of its customers,
   * so a stranger's distribution can still ask. Nothing is open over IPv6 then, by which CloudFront
   * does not ask, and it cannot be `internal`. It can be changed while the load balancer serves.
   *
   * @default "anyone"
   * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/LocationsOfEdgeServers.html
   */
  readonly admits?: "anyone" | "cloudfront" | "network";
  /** The certificate of the HTTPS listener, issued in the same region. */
  readonly certificate: ICertificate;
  /**
   * Whether AWS refuses to delete the load balancer, and Terraform its logs.
   *
   * Before a destroy, apply once with `false`.
   *
   * @default true
   */
  readonly deletionProtection?: boolean;
  /**
   * Seconds after which a client's connection is closed however busy it is, 60 to 604800.
   *
   * A client notices a moved DNS record only when it opens a new connection, so this is part of the
   * recovery time. AWS's own default is an hour.
   *
   * @default 300
   * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html#http-client-keep-alive-duration
   */
  readonly clientKeepAliveSeconds?: number;
  /**
   * Seconds that a connection may be silent, 1 to 4000.
   *
   * @default 60
   */
  readonly idleTimeoutSeconds?: number;
  /**
   * What clients may negotiate. TLS 1.1 and older cannot be chosen, and with TLS 1.3 alone Route 53's
   * health checkers, which speak TLS 1.2 at most, find the load balancer unhealthy.
   *
   * The default is what AWS recommends: TLS 1.3 and 1.2 with forward secrecy and authenticated
   * ciphers, and key exchange that a quantum computer cannot undo where the client knows it.
   *
   * @default "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09"
   * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html
   */
  readonly sslPolicy?: string;
  /**
   * What is kept of the logs of requests and connections, which are always written.
   *
   * @default - 90 days
   */
  readonly accessLogs?: AccessLogOptions;
}
