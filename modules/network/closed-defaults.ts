import { DefaultNetworkAcl } from "@cdktf/provider-aws/lib/default-network-acl";
import { DefaultRouteTable } from "@cdktf/provider-aws/lib/default-route-table";
import { DefaultSecurityGroup } from "@cdktf/provider-aws/lib/default-security-group";
import type { Vpc } from "@cdktf/provider-aws/lib/vpc";
import { Construct } from "constructs";

/** What {@link ClosedDefaults} are made of. */
export interface ClosedDefaultsProps {
  /** Prefix of `Name` tags. */
  readonly name: string;
  /** The VPC whose defaults are closed. */
  readonly vpc: Vpc;
}

/**
 * The security group, network ACL and route table that AWS makes with every VPC, emptied: what
 * forgets to name its own reaches nothing.
 */
export class ClosedDefaults extends Construct {
  /** The default security group, for settings that this module does not model. */
  public readonly resource: DefaultSecurityGroup;

  public constructor(scope: Construct, id: string, { name, vpc }: ClosedDefaultsProps) {
    super(scope, id);
    const tags = { Name: `${name}-default-closed` };
    this.resource = new DefaultSecurityGroup(this, "SecurityGroup", {
      vpcId: vpc.id,
      ingress: [],
      egress: [],
      tags,
    });
    new DefaultNetworkAcl(this, "NetworkAcl", {
      defaultNetworkAclId: vpc.defaultNetworkAclId,
      ingress: [],
      egress: [],
      tags,
      // Every new subnet belongs to the default ACL until its tier's takes it over.
      lifecycle: { ignoreChanges: ["subnet_ids"] },
    });
    new DefaultRouteTable(this, "RouteTable", {
      defaultRouteTableId: vpc.defaultRouteTableId,
      route: [],
      tags,
    });
  }
}
