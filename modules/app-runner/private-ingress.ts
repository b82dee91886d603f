import { ApprunnerVpcIngressConnection } from "@cdktf/provider-aws/lib/apprunner-vpc-ingress-connection";
import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group";
import { VpcEndpoint } from "@cdktf/provider-aws/lib/vpc-endpoint";
import { VpcSecurityGroupIngressRule } from "@cdktf/provider-aws/lib/vpc-security-group-ingress-rule";
import { Construct } from "constructs";

import { nameLimits, resourceName, type INetwork } from "../../core";
import { appRunnerNameLimits } from "./name-limits";

/** The network that alone may reach a service. */
export interface AppRunnerPrivateIngress {
  /** The network; requests come from its own addresses. */
  readonly network: INetwork;
  /**
   * An interface endpoint of `apprunner.requests` in that network, which several services can share.
   *
   * @default - an endpoint of the service's own, in every zone of the private tier
   */
  readonly vpcEndpointId?: string;
}

/** Settings of a {@link PrivateIngress}. */
export interface PrivateIngressProps extends AppRunnerPrivateIngress {
  /** Name of the service. */
  readonly name: string;
  /** ARN of the service. */
  readonly serviceArn: string;
}

/**
 * The one way to a private service: an interface endpoint and the connection from it.
 *
 * @see https://docs.aws.amazon.com/apprunner/latest/dg/network-pl.html
 */
export class PrivateIngress extends Construct {
  /** The connection, for settings that this module does not model. */
  public readonly resource: ApprunnerVpcIngressConnection;
  /** The name that the network reaches the service by. */
  public readonly domainName: string;

  public constructor(scope: Construct, id: string, props: PrivateIngressProps) {
    super(scope, id);

    this.resource = new ApprunnerVpcIngressConnection(this, "Resource", {
      name: resourceName(appRunnerNameLimits.vpcIngressConnection, props.name),
      serviceArn: props.serviceArn,
      ingressVpcConfiguration: {
        vpcId: props.network.vpcId,
        vpcEndpointId: props.vpcEndpointId ?? this.createEndpoint(props),
      },
    });
    this.domainName = this.resource.domainName;
  }

  private createEndpoint({ name, network }: PrivateIngressProps): string {
    const group = new SecurityGroup(this, "SecurityGroup", {
      name: resourceName(nameLimits.securityGroup, name, "app-runner-ingress"),
      description: `App Runner service ${name}: HTTPS from its network`,
      vpcId: network.vpcId,
      tags: { Name: `${name}-app-runner-ingress` },
    });
    new VpcSecurityGroupIngressRule(this, "HttpsFromNetwork", {
      securityGroupId: group.id,
      description: "HTTPS from the network",
      cidrIpv4: network.vpcCidrBlock,
      ipProtocol: "tcp",
      fromPort: 443,
      toPort: 443,
    });
    return new VpcEndpoint(this, "Endpoint", {
      vpcId: network.vpcId,
      vpcEndpointType: "Interface",
      serviceName: `com.amazonaws.${network.region}.apprunner.requests`,
      subnetIds: network.subnetIds("private"),
      securityGroupIds: [group.id],
      // The connection's own name resolves to the endpoint; this service has no private name.
      privateDnsEnabled: false,
      tags: { Name: `${name}-app-runner-ingress` },
    }).id;
  }
}
