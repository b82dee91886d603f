/**
 * The vocabulary of the platform: what one module may know of another. Modules never import each
 * other; they take and offer these.
 */

import type { SubnetTier } from "./cidr";

/** A network in one region, owned here or elsewhere. */
export interface INetwork {
  /** The region's code, such as `eu-west-1`. */
  readonly region: string;
  /** The VPC's id. */
  readonly vpcId: string;
  /** The VPC's IPv4 block. */
  readonly vpcCidrBlock: string;
  /**
   * The VPC's IPv6 block, where its public and private subnets have IPv6 addresses too.
   *
   * @default - IPv4 only
   */
  readonly vpcIpv6CidrBlock?: string;
  /** Names of the zones in use, sorted. */
  readonly zones: readonly string[];
  /** Ids of a tier's subnets, one a zone, in the order of {@link zones}. */
  subnetIds(tier: SubnetTier): string[];
}

/** Something that is reached through a security group. */
export interface IConnectable {
  /** The security group that its traffic comes from and goes to. */
  readonly securityGroupId: string;
}

/** An Application Load Balancer that services attach to. */
export interface ILoadBalancer extends IConnectable {
  /** Its ARN. */
  readonly loadBalancerArn: string;
  /** The last part of its ARN, the `LoadBalancer` dimension of its metrics. */
  readonly loadBalancerArnSuffix: string;
  /** The HTTPS listener that rules are added to. */
  readonly httpsListenerArn: string;
  /** The name that AWS gives it. */
  readonly dnsName: string;
  /** The hosted zone of that name, for alias records. */
  readonly hostedZoneId: string;
}

/** A private image repository, in the region of whoever asks. */
export interface IImageRepository {
  /** The repository's name, the same in every region it is replicated to. */
  readonly repositoryName: string;
  /** Its ARN in a region. */
  repositoryArn(region: string): string;
  /** Its URI in a region, without tag or digest. */
  repositoryUri(region: string): string;
}

/** A hosted zone that records are written to. */
export interface IHostedZone {
  /** The zone's id, such as `Z0123456789`. */
  readonly hostedZoneId: string;
  /** The zone's name without a trailing dot. */
  readonly zoneName: string;
}

/** An issued certificate. */
export interface ICertificate {
  /** Its ARN; usable only after validation. */
  readonly certificateArn: string;
}

/** Where a DNS name can lead: one endpoint of a service in one region. */
export interface IDnsTarget {
  /** The region that serves. */
  readonly region: string;
  /** What the record says: an alias to an AWS resource, or plain values. */
  readonly value: DnsAlias | DnsValues;
}

/** An alias to an AWS resource. */
export interface DnsAlias {
  readonly kind: "alias";
  /** The resource's own DNS name. */
  readonly dnsName: string;
  /** The hosted zone of that name. */
  readonly hostedZoneId: string;
  /**
   * Whether the resource's health is that of others too, so that a record must not go by it: a load
   * balancer is unhealthy as soon as any one of its target groups is.
   *
   * @default false
   */
  readonly sharesHealth?: boolean;
}

/** Addresses or names, with the time that resolvers may keep them. */
export interface DnsValues {
  readonly kind: "values";
  /** One value a line of the record set. */
  readonly values: readonly string[];
  /** Seconds that resolvers may cache it. */
  readonly ttlSeconds: number;
}

/** An endpoint that Global Accelerator can send traffic to: ALB, NLB, EC2 instance or Elastic IP. */
export interface IAcceleratorEndpoint {
  /** The region that serves. */
  readonly region: string;
  /** ARN, instance id or allocation id. */
  readonly endpointId: string;
  /**
   * Whether a target group behind it has a DNS-failover threshold, which AWS advises against where
   * an accelerator judges the same targets.
   *
   * @default - not known
   */
  readonly hasDnsFailoverThreshold?: boolean;
  /**
   * The addresses that it answers on. An accelerator with IPv6 takes only what has both.
   *
   * @default - not known
   */
  readonly ipAddressType?: "ipv4" | "dualstack";
}

/** Something that permissions are granted to. */
export interface IGrantable {
  /** The role's name, for attaching policies. */
  readonly roleName: string;
  /** The role's ARN, for resource policies. */
  readonly roleArn: string;
}

/** Where alarms go: an SNS topic. */
export interface IAlarmTopic {
  /** The topic's ARN, in the alarm's region. */
  readonly topicArn: string;
}

/** A web ACL that load balancers, App Runner services and distributions put in front of themselves. */
export interface IFirewall {
  /** Its ARN. A distribution names it in its own settings; a regional resource is associated with it. */
  readonly webAclArn: string;
}
