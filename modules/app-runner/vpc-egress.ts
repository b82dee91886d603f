import { ApprunnerVpcConnector } from "@cdktf/provider-aws/lib/apprunner-vpc-connector";
import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group";
import { VpcSecurityGroupEgressRule } from "@cdktf/provider-aws/lib/vpc-security-group-egress-rule";
import { Construct } from "constructs";

import { nameLimits, resourceName, shortDigest, type IConnectable, type INetwork } from "../../core";
import { appRunnerNameLimits } from "./name-limits";

/** Settings of a {@link VpcEgress}. */
export interface VpcEgressProps {
  /** Name of the service. */
  readonly name: string;
  /** The network that its own calls go through. */
  readonly network: INetwork;
}

/**
 * The way of a service's own calls into a network: a connector to the private tier with a security
 * group that may reach port 443 anywhere. Other ports are added as rules on its group.
 *
 * @see https://docs.aws.amazon.com/apprunner/latest/dg/network-vpc.html
 */
export class VpcEgress extends Construct implements IConnectable {
  /** The connector, for settings that this module does not model. */
  public readonly resource: ApprunnerVpcConnector;
  /** The connector's security group. */
  public readonly securityGroupId: string;

  public constructor(scope: Construct, id: string, { name, network }: VpcEgressProps) {
    super(scope, id);

    const group = new SecurityGroup(this, "SecurityGroup", {
      name: resourceName(nameLimits.securityGroup, name, "app-runner"),
      description: `App Runner service ${name}: out on HTTPS, in from nobody`,
      vpcId: network.vpcId,
      tags: { Name: `${name}-app-runner` },
    });
    new VpcSecurityGroupEgressRule(this, "HttpsToAnyIpv4", {
      securityGroupId: group.id,
      description: "HTTPS to anywhere",
      cidrIpv4: "0.0.0.0/0",
      ipProtocol: "tcp",
      fromPort: 443,
      toPort: 443,
    });
    // What has an IPv6 address tries that first, and waits for long where nothing lets it out.
    if (network.vpcIpv6CidrBlock !== undefined) {
      new VpcSecurityGroupEgressRule(this, "HttpsToAnyIpv6", {
        securityGroupId: group.id,
        description: "HTTPS to anywhere",
        cidrIpv6: "::/0",
        ipProtocol: "tcp",
        fromPort: 443,
        toPort: 443,
      });
    }
    this.securityGroupId = group.id;
    this.resource = new ApprunnerVpcConnector(this, "Resource", {
      // Two connectors of one name cannot stand side by side, so the name changes with the zones.
      vpcConnectorName: resourceName(
        appRunnerNameLimits.vpcConnector,
        name,
        shortDigest(network.zones.join()),
      ),
      subnets: network.subnetIds("private"),
      securityGroups: [group.id],
      // A connector cannot be changed, nor deleted while a service uses it.
      lifecycle: { createBeforeDestroy: true },
    });
  }
}
