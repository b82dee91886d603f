import { DxGatewayAssociation } from "@cdktf/provider-aws/lib/dx-gateway-association";
import { VpnGateway } from "@cdktf/provider-aws/lib/vpn-gateway";
import { VpnGatewayRoutePropagation } from "@cdktf/provider-aws/lib/vpn-gateway-route-propagation";
import { Construct } from "constructs";

/** What a {@link DirectConnect} is made of. */
export interface DirectConnectProps {
  /** The cluster's name. */
  readonly clusterName: string;
  /** The Direct Connect gateway that exists. */
  readonly gatewayId: string;
  /** The VPC of the cluster. */
  readonly vpcId: string;
  /** Its block, which the other side learns. */
  readonly ipv4CidrBlock: string;
  /** The route tables that learn the other side's networks, by their role. */
  readonly routeTableIds: Readonly<Record<string, string>>;
}

/**
 * The line from a cluster's network to a site, over a Direct Connect gateway that exists.
 *
 * **Creates** a virtual private gateway, its association with the Direct Connect gateway, and the
 * propagation of routes.
 */
export class DirectConnect extends Construct {
  /** The association, for settings that this construct does not model. */
  public readonly resource: DxGatewayAssociation;

  public constructor(scope: Construct, id: string, props: DirectConnectProps) {
    super(scope, id);
    const gateway = new VpnGateway(this, "Gateway", {
      vpcId: props.vpcId,
      tags: { Name: props.clusterName },
    });
    this.resource = new DxGatewayAssociation(this, "Resource", {
      dxGatewayId: props.gatewayId,
      associatedGatewayId: gateway.id,
      allowedPrefixes: [props.ipv4CidrBlock],
    });
    for (const [role, routeTableId] of Object.entries(props.routeTableIds)) {
      new VpnGatewayRoutePropagation(this, `${role}Routes`, { vpnGatewayId: gateway.id, routeTableId });
    }
  }
}
