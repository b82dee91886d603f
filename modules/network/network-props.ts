import type { FlowLogOptions } from "../parts/vpc-flow-log";
import type { InterfaceEndpointBundle } from "./interface-endpoints";

/** What a {@link Network} is made of. */
export interface NetworkProps {
  /** Name of what the network belongs to, such as the environment's. The region is added to it. */
  readonly name: string;
  /** The region's code, such as `eu-west-1`. */
  readonly region: string;
  /** The VPC's IPv4 block, between a /16 and a /22. */
  readonly ipv4CidrBlock: string;
  /**
   * Names of the zones to use, such as `eu-west-1a`. Add a zone at the end of the list: a single
   * NAT gateway stands in the first.
   */
  readonly zones: readonly string[];
  /**
   * NAT gateways of the private tier. With `single`, the loss of its zone cuts all zones off the
   * internet. With `none`, private subnets reach only the VPC and the services that have an
   * endpoint: S3, DynamoDB and those of {@link interfaceEndpoints}.
   *
   * @default "one-per-zone"
   */
  readonly natGateways?: NatGatewayMode;
  /**
   * Workloads whose calls to AWS stay inside the VPC.
   *
   * @default - no interface endpoints
   */
  readonly interfaceEndpoints?: readonly InterfaceEndpointBundle[];
  /**
   * How flow logs are kept, or `none` to write none.
   *
   * @default - kept in CloudWatch Logs for 30 days
   */
  readonly flowLogs?: FlowLogOptions | "none";
  /**
   * IPv4 blocks that no subnet talks to, in either direction. At most 13 fit beside the tiers' own
   * rules, in a dual-stack network 6 together with {@link blockedIpv6CidrBlocks}; longer lists belong
   * in the firewall in front of the load balancer.
   *
   * @default - none are blocked
   */
  readonly blockedIpv4CidrBlocks?: readonly string[];
  /**
   * Whether load balancers in the private tier are endpoints of Global Accelerator, which hands on the
   * clients' own IPv4 addresses: the tier's network ACL then lets HTTP and HTTPS in from anywhere. What may
   * answer is up to security groups, as in the public tier.
   *
   * @default false
   * @see https://docs.aws.amazon.com/global-accelerator/latest/dg/preserve-client-ip-address.html
   */
  readonly acceleratorEndpoints?: boolean;
  /**
   * Whether the public and the private tier have IPv6 addresses besides, of a block that Amazon
   * provides. It can be switched on at any time; switching it off takes more than one apply.
   *
   * @default false
   * @see https://docs.aws.amazon.com/vpc/latest/userguide/vpc-migrate-ipv6.html
   */
  readonly dualStack?: boolean;
  /**
   * IPv6 blocks that no subnet of a dual-stack network talks to, in either direction.
   *
   * @default - none are blocked
   */
  readonly blockedIpv6CidrBlocks?: readonly string[];
}

/** How many NAT gateways the private tier reaches the internet through. */
export type NatGatewayMode = "none" | "single" | "one-per-zone";
