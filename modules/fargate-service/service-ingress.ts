import { LbListenerRule } from "@cdktf/provider-aws/lib/lb-listener-rule";
import { LbTargetGroup } from "@cdktf/provider-aws/lib/lb-target-group";
import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group";
import { VpcSecurityGroupEgressRule } from "@cdktf/provider-aws/lib/vpc-security-group-egress-rule";
import { VpcSecurityGroupIngressRule } from "@cdktf/provider-aws/lib/vpc-security-group-ingress-rule";
import { Construct } from "constructs";

import { nameLimits, resourceName, type ILoadBalancer, type INetwork } from "../../core";
import type { ResolvedHealthCheck } from "./health-check";

/** Where requests come in: which of the load balancer's requests are this service's. */
export interface ListenerRuleOptions {
  /** Place among the listener's rules, 1 to 50000, unique; the lowest that matches wins. */
  readonly priority: number;
  /** Names that clients ask for, at most five; `*` stands for any text. */
  readonly hostHeaders: readonly string[];
}

/** Settings of a {@link ServiceIngress}. */
export interface ServiceIngressProps {
  /** Name of the service. */
  readonly name: string;
  /** The network that the tasks are in. */
  readonly network: INetwork;
  /** The load balancer that requests come from. */
  readonly loadBalancer: ILoadBalancer;
  /** Which requests are the service's. */
  readonly listenerRule: ListenerRuleOptions;
  /** Port that the tasks listen on. */
  readonly containerPort: number;
  /** How tasks are asked whether they are well. */
  readonly healthCheck: ResolvedHealthCheck;
  /** Seconds that a leaving task may finish its requests. */
  readonly deregistrationDelaySeconds: number;
  /** Healthy tasks below which DNS leads away from the load balancer; `off` behind Global Accelerator. */
  readonly dnsFailoverMinimumHealthyTargets: number | "off";
}

/**
 * The way from the load balancer to the tasks, and from the tasks to AWS: target group, listener
 * rule, security group and its rules.
 */
export class ServiceIngress extends Construct {
  /** The target group that tasks register in. */
  public readonly targetGroup: LbTargetGroup;
  /** The listener's rule. */
  public readonly listenerRule: LbListenerRule;
  /** The tasks' security group. */
  public readonly securityGroup: SecurityGroup;

  public constructor(scope: Construct, id: string, props: ServiceIngressProps) {
    super(scope, id);

    this.targetGroup = this.createTargetGroup(props);
    this.listenerRule = new LbListenerRule(this, "ListenerRule", {
      listenerArn: props.loadBalancer.httpsListenerArn,
      priority: props.listenerRule.priority,
      condition: [{ hostHeader: { values: [...props.listenerRule.hostHeaders].sort() } }],
      action: [{ type: "forward", targetGroupArn: this.targetGroup.arn }],
      // A rule that has to be replaced would else leave its names to the listener's 404 meanwhile.
      lifecycle: { createBeforeDestroy: true },
    });
    this.securityGroup = this.createSecurityGroup(props);
  }

  private createTargetGroup(props: ServiceIngressProps): LbTargetGroup {
    const { healthCheck, dnsFailoverMinimumHealthyTargets: minimum } = props;
    return new LbTargetGroup(this, "TargetGroup", {
      name: resourceName(nameLimits.targetGroup, props.name),
      vpcId: props.network.vpcId,
      targetType: "ip",
      protocol: "HTTP",
      // Every task registers with its own port. A constant here keeps the group, which AWS does not
      // let go while a rule uses it, when the container's port changes.
      port: 80,
      loadBalancingAlgorithmType: "least_outstanding_requests",
      deregistrationDelay: String(props.deregistrationDelaySeconds),
      healthCheck: {
        enabled: true,
        protocol: "HTTP",
        port: "traffic-port",
        path: healthCheck.path,
        matcher: healthCheck.matcher,
        interval: healthCheck.intervalSeconds,
        timeout: healthCheck.timeoutSeconds,
        healthyThreshold: healthCheck.healthyThreshold,
        unhealthyThreshold: healthCheck.unhealthyThreshold,
      },
      targetGroupHealth: {
        dnsFailover: {
          minimumHealthyTargetsCount: String(minimum),
          minimumHealthyTargetsPercentage: "off",
        },
        unhealthyStateRouting: {
          minimumHealthyTargetsCount: 1,
          minimumHealthyTargetsPercentage: "off",
        },
      },
    });
  }

  private createSecurityGroup({
    name,
    network,
    loadBalancer,
    containerPort,
  }: ServiceIngressProps): SecurityGroup {
    const group = new SecurityGroup(this, "SecurityGroup", {
      name: resourceName(nameLimits.securityGroup, name, "service"),
      description: `Service ${name}: from its load balancer, to HTTPS`,
      vpcId: network.vpcId,
      tags: { Name: `${name}-service` },
    });
    const containerPorts = { ipProtocol: "tcp", fromPort: containerPort, toPort: containerPort };
    new VpcSecurityGroupIngressRule(this, "FromLoadBalancer", {
      securityGroupId: group.id,
      description: "Requests from the load balancer",
      referencedSecurityGroupId: loadBalancer.securityGroupId,
      ...containerPorts,
    });
    new VpcSecurityGroupEgressRule(this, "LoadBalancerToService", {
      securityGroupId: loadBalancer.securityGroupId,
      description: `Requests to ${name}`,
      referencedSecurityGroupId: group.id,
      ...containerPorts,
    });
    new VpcSecurityGroupEgressRule(this, "HttpsToAnyIpv4", {
      securityGroupId: group.id,
      description: "HTTPS to AWS and the internet",
      cidrIpv4: "0.0.0.0/0",
      ipProtocol: "tcp",
      fromPort: 443,
      toPort: 443,
    });
    // What has an IPv6 address tries that first, and waits for long where nothing lets it out.
    if (network.vpcIpv6CidrBlock !== undefined) {
      new VpcSecurityGroupEgressRule(this, "HttpsToAnyIpv6", {
        securityGroupId: group.id,
        description: "HTTPS to AWS and the internet",
        cidrIpv6: "::/0",
        ipProtocol: "tcp",
        fromPort: 443,
        toPort: 443,
      });
    }
    return group;
  }
}
