import { DataAwsEc2ManagedPrefixList } from "@cdktf/provider-aws/lib/data-aws-ec2-managed-prefix-list";
import { Lb } from "@cdktf/provider-aws/lib/lb";
import { LbListener } from "@cdktf/provider-aws/lib/lb-listener";
import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group";
import { VpcSecurityGroupIngressRule } from "@cdktf/provider-aws/lib/vpc-security-group-ingress-rule";
import { Fn, Token } from "cdktf";
import { Construct } from "constructs";

import { type ILoadBalancer, nameLimits, resourceName } from "../../core";
import { validate } from "../parts";
import { AccessLogBucket } from "./access-log-bucket";
import type { LoadBalancerProps } from "./load-balancer-props";
import { defaults, loadBalancerRules } from "./load-balancer-rules";

/** Where everyone is. */
const anyIpv4 = "0.0.0.0/0";
const anyIpv6 = "::/0";

/**
 * What AWS keeps of CloudFront's own addresses. It counts as 55 of the 60 rules that a security
 * group has, however short it is.
 *
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/working-with-aws-managed-prefix-lists.html
 */
const cloudFrontPrefixList = "com.amazonaws.global.cloudfront.origin-facing";

/** What AWS keeps of the addresses that Route 53 checks health from; it counts as 25 rules. */
function healthCheckerPrefixList(region: string): string {
  return `com.amazonaws.${region}.route53-healthchecks`;
}

/** What is known of a load balancer that stands elsewhere. */
export interface LoadBalancerAttributes {
  /** Its ARN. */
  readonly loadBalancerArn: string;
  /** The HTTPS listener that rules are added to. */
  readonly httpsListenerArn: string;
  /** Its security group, which services add egress rules to. */
  readonly securityGroupId: string;
  /** The name that AWS gives it. */
  readonly dnsName: string;
  /** The hosted zone of that name. */
  readonly hostedZoneId: string;
}

/**
 * An Application Load Balancer that takes HTTPS from the internet and hands it to services.
 *
 * Creates the load balancer in the public tier (or the private one, where it is internal), an HTTPS listener that answers 404 until a service
 * adds its rule, an HTTP listener that redirects to it, a security group open to the internet on
 * ports 80 and 443 and to nobody behind it, and a bucket for the logs of requests and connections.
 * Where it admits CloudFront only, there is no HTTP listener, the group is open to CloudFront on port
 * 443 instead, and a second one to the health checkers of Route 53. Where it admits its network only,
 * there is no HTTP listener either, and the group is open to the network's own addresses.
 *
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/introduction.html
 */
export class LoadBalancer extends Construct implements ILoadBalancer {
  /** A load balancer that already exists. Nothing is looked up. */
  public static fromLoadBalancerAttributes(attributes: LoadBalancerAttributes): ILoadBalancer {
    return { ...attributes, loadBalancerArnSuffix: arnSuffixOf(attributes.loadBalancerArn) };
  }

  /** The load balancer, for settings that this module does not model. */
  public readonly resource: Lb;
  public readonly loadBalancerArn: string;
  public readonly loadBalancerArnSuffix: string;
  public readonly httpsListenerArn: string;
  public readonly dnsName: string;
  public readonly hostedZoneId: string;
  public readonly securityGroupId: string;
  /** Name of the bucket that the logs are in. */
  public readonly logBucketName: string;

  public constructor(scope: Construct, id: string, props: LoadBalancerProps) {
    super(scope, id);
    validate(this, loadBalancerRules, props);

    const { deletionProtection = defaults.deletionProtection } = props;
    const logs = new AccessLogBucket(this, "Logs", {
      name: props.name,
      account: props.account,
      region: props.network.region,
      retentionDays: props.accessLogs?.retentionDays ?? defaults.retentionDays,
      deletionProtection,
    });
    this.logBucketName = logs.bucketName;
    const securityGroups = this.createSecurityGroups(props);
    this.securityGroupId = securityGroups[0];
    this.resource = new Lb(this, "Resource", {
      name: resourceName(nameLimits.loadBalancer, props.name),
      loadBalancerType: "application",
      internal: props.internal ?? false,
      ipAddressType: props.ipAddressType ?? defaults.ipAddressType,
      subnets: props.network.subnetIds(props.internal === true ? "private" : "public"),
      securityGroups,
      enableDeletionProtection: deletionProtection,
      enableHttp2: true,
      dropInvalidHeaderFields: true,
      // `strictest` also turns away old clients and monitors whose requests are merely unusual.
      desyncMitigationMode: "defensive",
      clientKeepAlive: props.clientKeepAliveSeconds ?? defaults.clientKeepAliveSeconds,
      idleTimeout: props.idleTimeoutSeconds ?? defaults.idleTimeoutSeconds,
      accessLogs: { bucket: logs.bucketName, prefix: AccessLogBucket.requestPrefix, enabled: true },
      connectionLogs: { bucket: logs.bucketName, prefix: AccessLogBucket.connectionPrefix, enabled: true },
      // AWS writes a test object when logging is switched on, and fails without the grant.
      dependsOn: [logs.policy],
    });
    this.loadBalancerArn = this.resource.arn;
    this.loadBalancerArnSuffix = this.resource.arnSuffix;
    this.dnsName = this.resource.dnsName;
    this.hostedZoneId = this.resource.zoneId;
    if (props.admits === undefined || props.admits === "anyone") {
      this.redirectHttp();
    }
    this.httpsListenerArn = this.createHttpsListener(props);
  }

  /** The group that services answer to comes first. */
  private createSecurityGroups(props: LoadBalancerProps): [string, ...string[]] {
    const { name, network } = props;
    const group = new SecurityGroup(this, "SecurityGroup", {
      name: resourceName(nameLimits.securityGroup, name, "load-balancer"),
      // AWS cannot change it: a word for whoever is admitted would replace the group under a load
      // balancer that serves. Who is admitted stands in the descriptions of the rules.
      description: `Load balancer ${name}: HTTP and HTTPS from the internet, to its services only`,
      vpcId: network.vpcId,
      tags: { Name: `${name}-load-balancer` },
    });
    if (props.admits === "cloudfront") {
      this.allowFromPrefixList("CloudFront", cloudFrontPrefixList, group);
      return [group.id, this.createHealthCheckGroup(props)];
    }
    if (props.admits === "network") {
      this.allowFromNetwork(props, group);
    } else {
      this.allowFromAnyone(props, group);
    }
    return [group.id];
  }

  private allowFromAnyone({ ipAddressType }: LoadBalancerProps, group: SecurityGroup): void {
    this.allowFromAnyIpv4("Http", 80, group);
    this.allowFromAnyIpv4("Https", 443, group);
    if (ipAddressType === "dualstack") {
      this.allowFromAnyIpv6("Http", 80, group);
      this.allowFromAnyIpv6("Https", 443, group);
    }
  }

  private allowFromNetwork({ network, ipAddressType }: LoadBalancerProps, group: SecurityGroup): void {
    const rule = {
      securityGroupId: group.id,
      description: "HTTPS from the network",
      ipProtocol: "tcp",
      fromPort: 443,
      toPort: 443,
    };
    new VpcSecurityGroupIngressRule(this, "HttpsFromNetwork", { ...rule, cidrIpv4: network.vpcCidrBlock });
    if (ipAddressType === "dualstack") {
      new VpcSecurityGroupIngressRule(this, "HttpsFromNetworkIpv6", {
        ...rule,
        cidrIpv6: network.vpcIpv6CidrBlock,
      });
    }
  }

  /** A group of its own: both lists together are 80 rules, and a group has 60. */
  private createHealthCheckGroup({ name, network }: LoadBalancerProps): string {
    const group = new SecurityGroup(this, "HealthCheckSecurityGroup", {
      name: resourceName(nameLimits.securityGroup, name, "load-balancer-health-checks"),
      description: `Load balancer ${name}: HTTPS from the health checkers of Route 53`,
      vpcId: network.vpcId,
      tags: { Name: `${name}-load-balancer-health-checks` },
    });
    this.allowFromPrefixList("Route53", healthCheckerPrefixList(network.region), group);
    return group.id;
  }

  /** Each region has its own id for a list, so Terraform looks it up by name when it plans. */
  private allowFromPrefixList(who: "CloudFront" | "Route53", name: string, group: SecurityGroup): void {
    const list = new DataAwsEc2ManagedPrefixList(this, `${who}PrefixList`, { name });
    new VpcSecurityGroupIngressRule(this, `HttpsFrom${who}`, {
      securityGroupId: group.id,
      description: `HTTPS from ${name}`,
      prefixListId: list.id,
      ipProtocol: "tcp",
      fromPort: 443,
      toPort: 443,
    });
  }

  private allowFromAnyIpv4(protocol: "Http" | "Https", port: 80 | 443, group: SecurityGroup): void {
    new VpcSecurityGroupIngressRule(this, `${protocol}FromAnyIpv4`, {
      securityGroupId: group.id,
      description: `${protocol.toUpperCase()} from the internet`,
      cidrIpv4: anyIpv4,
      ipProtocol: "tcp",
      fromPort: port,
      toPort: port,
    });
  }

  private allowFromAnyIpv6(protocol: "Http" | "Https", port: 80 | 443, group: SecurityGroup): void {
    new VpcSecurityGroupIngressRule(this, `${protocol}FromAnyIpv6`, {
      securityGroupId: group.id,
      description: `${protocol.toUpperCase()} from the internet`,
      cidrIpv6: anyIpv6,
      ipProtocol: "tcp",
      fromPort: port,
      toPort: port,
    });
  }

  private redirectHttp(): void {
    new LbListener(this, "HttpListener", {
      loadBalancerArn: this.loadBalancerArn,
      port: 80,
      protocol: "HTTP",
      defaultAction: [
        { type: "redirect", redirect: { protocol: "HTTPS", port: "443", statusCode: "HTTP_301" } },
      ],
    });
  }

  private createHttpsListener({ certificate, sslPolicy = defaults.sslPolicy }: LoadBalancerProps): string {
    return new LbListener(this, "HttpsListener", {
      loadBalancerArn: this.loadBalancerArn,
      port: 443,
      protocol: "HTTPS",
      sslPolicy,
      certificateArn: certificate.certificateArn,
      defaultAction: [
        {
          type: "fixed-response",
          fixedResponse: { statusCode: "404", contentType: "text/plain", messageBody: "Not found" },
        },
      ],
    }).arn;
  }
}

/** `app/name/id` of `arn:...:loadbalancer/app/name/id`, also where the ARN is known at apply only. */
function arnSuffixOf(loadBalancerArn: string): string {
  const mark = "loadbalancer/";
  return Token.isUnresolved(loadBalancerArn)
    ? Token.asString(Fn.element(Fn.split(mark, loadBalancerArn), 1))
    : loadBalancerArn.slice(loadBalancerArn.indexOf(mark) + mark.length);
}
