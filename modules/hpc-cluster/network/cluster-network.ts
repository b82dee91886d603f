import { DefaultSecurityGroup } from "@cdktf/provider-aws/lib/default-security-group";
import { Eip } from "@cdktf/provider-aws/lib/eip";
import { InternetGateway } from "@cdktf/provider-aws/lib/internet-gateway";
import { NatGateway } from "@cdktf/provider-aws/lib/nat-gateway";
import { Route } from "@cdktf/provider-aws/lib/route";
import { RouteTable } from "@cdktf/provider-aws/lib/route-table";
import { RouteTableAssociation } from "@cdktf/provider-aws/lib/route-table-association";
import { Subnet } from "@cdktf/provider-aws/lib/subnet";
import { Vpc } from "@cdktf/provider-aws/lib/vpc";
import { VpcEndpoint } from "@cdktf/provider-aws/lib/vpc-endpoint";
import { Construct } from "constructs";
import { pascalCase, subnetOf, prefixLengthOf } from "../../../core";
import { VpcFlowLog } from "../../parts/vpc-flow-log";

/** What a {@link ClusterNetwork} is made of. */
export interface ClusterNetworkProps {
  /** The cluster's name. */
  readonly clusterName: string;
  /** The region's code. */
  readonly region: string;
  /** The one zone of the cluster, such as `eu-west-1a`. EFA traffic does not leave it. */
  readonly zone: string;
  /** The VPC's IPv4 block. Half of it is the private subnet. */
  readonly ipv4CidrBlock: string;
}

const everywhere = "0.0.0.0/0";

/** The public subnet holds NAT and login balancers only: a sixteenth is plenty. */
const publicSubnet = { bits: 4, index: 8 };

/**
 * A network for a cluster whose file names no subnets: one zone, because EFA and Lustre lie in one.
 *
 * **Creates** a VPC, a private subnet of half its addresses, a public subnet for the NAT gateway and
 * login balancers, their routes, endpoints of S3 and DynamoDB, whose traffic then costs nothing, flow
 * logs that are kept for 30 days; and empties the VPC's default security group.
 */
export class ClusterNetwork extends Construct {
  /** The VPC, for settings that this construct does not model. */
  public readonly resource: Vpc;
  /** The subnet of head and compute nodes. */
  public readonly privateSubnet: Subnet;
  /** The subnet of what faces the internet. */
  public readonly publicSubnet: Subnet;
  /** The routes of the private subnet. */
  public readonly privateRouteTable: RouteTable;

  private readonly props: ClusterNetworkProps;

  public constructor(scope: Construct, id: string, props: ClusterNetworkProps) {
    super(scope, id);
    this.props = props;
    this.resource = new Vpc(this, "Resource", {
      cidrBlock: props.ipv4CidrBlock,
      enableDnsHostnames: true,
      enableDnsSupport: true,
      tags: { Name: props.clusterName },
    });
    const prefix = prefixLengthOf(props.ipv4CidrBlock);
    this.privateSubnet = this.createSubnet("Private", subnetOf(props.ipv4CidrBlock, prefix + 1, 0));
    this.publicSubnet = this.createSubnet(
      "Public",
      subnetOf(props.ipv4CidrBlock, prefix + publicSubnet.bits, publicSubnet.index),
    );
    this.privateRouteTable = this.createRoutes();
    // What forgets to name a group of its own reaches nothing.
    new DefaultSecurityGroup(this, "DefaultSecurityGroup", {
      vpcId: this.resource.id,
      ingress: [],
      egress: [],
      tags: { Name: `${props.clusterName} default, closed` },
    });
    new VpcFlowLog(this, "FlowLog", {
      name: `hpc-${props.clusterName}`,
      region: props.region,
      vpc: this.resource,
    });
  }

  private createSubnet(role: "Private" | "Public", cidrBlock: string): Subnet {
    const { clusterName, zone } = this.props;
    return new Subnet(this, `${role}Subnet`, {
      vpcId: this.resource.id,
      availabilityZone: zone,
      cidrBlock,
      mapPublicIpOnLaunch: false,
      tags: { Name: `${clusterName} ${role.toLowerCase()}` },
    });
  }

  private createRoutes(): RouteTable {
    const tags = { Name: this.props.clusterName };
    const gateway = new InternetGateway(this, "InternetGateway", { vpcId: this.resource.id, tags });
    const publicTable = this.createTable("Public", this.publicSubnet);
    new Route(this, "PublicRoute", {
      routeTableId: publicTable.id,
      destinationCidrBlock: everywhere,
      gatewayId: gateway.id,
    });
    const address = new Eip(this, "NatAddress", { domain: "vpc", tags, dependsOn: [gateway] });
    const nat = new NatGateway(this, "NatGateway", {
      allocationId: address.id,
      subnetId: this.publicSubnet.id,
      tags,
      dependsOn: [gateway],
    });
    const privateTable = this.createTable("Private", this.privateSubnet);
    new Route(this, "PrivateRoute", {
      routeTableId: privateTable.id,
      destinationCidrBlock: everywhere,
      natGatewayId: nat.id,
    });
    for (const service of ["s3", "dynamodb"]) {
      new VpcEndpoint(this, `${pascalCase(service)}Endpoint`, {
        vpcId: this.resource.id,
        vpcEndpointType: "Gateway",
        serviceName: `com.amazonaws.${this.props.region}.${service}`,
        routeTableIds: [privateTable.id],
        tags,
      });
    }
    return privateTable;
  }

  private createTable(role: "Private" | "Public", subnet: Subnet): RouteTable {
    const tags = { Name: `${this.props.clusterName} ${role.toLowerCase()}` };
    const table = new RouteTable(this, `${role}Routes`, { vpcId: this.resource.id, tags });
    new RouteTableAssociation(this, `${role}Association`, { routeTableId: table.id, subnetId: subnet.id });
    return table;
  }
}
