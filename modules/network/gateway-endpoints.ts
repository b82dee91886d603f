import type { RouteTable } from "@cdktf/provider-aws/lib/route-table";
import { VpcEndpoint } from "@cdktf/provider-aws/lib/vpc-endpoint";
import { VpcEndpointRouteTableAssociation } from "@cdktf/provider-aws/lib/vpc-endpoint-route-table-association";
import { Construct } from "constructs";

/** What {@link GatewayEndpoints} are made of. */
export interface GatewayEndpointsProps {
  /** Prefix of `Name` tags. */
  readonly name: string;
  /** The region's code. */
  readonly region: string;
  /** The VPC's id. */
  readonly vpcId: string;
  /** All route tables of the network, by a stable key. */
  readonly routeTables: Readonly<Record<string, RouteTable>>;
}

/** Services with a gateway endpoint, by construct id. They cost nothing and spare NAT traffic. */
const services = { S3: "s3", DynamoDb: "dynamodb" } as const;

/**
 * The gateway endpoints of S3 and DynamoDB on every route table.
 *
 * Associations are resources of their own, so a new zone adds one and changes no other.
 *
 * @see https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html
 */
export class GatewayEndpoints extends Construct {
  public constructor(scope: Construct, id: string, props: GatewayEndpointsProps) {
    super(scope, id);
    for (const [endpointId, service] of Object.entries(services)) {
      const place = new Construct(this, endpointId);
      const endpoint = new VpcEndpoint(place, "Resource", {
        vpcId: props.vpcId,
        vpcEndpointType: "Gateway",
        serviceName: `com.amazonaws.${props.region}.${service}`,
        tags: { Name: `${props.name}-${service}` },
      });
      for (const [key, routeTable] of Object.entries(props.routeTables)) {
        new VpcEndpointRouteTableAssociation(place, key, {
          vpcEndpointId: endpoint.id,
          routeTableId: routeTable.id,
        });
      }
    }
  }
}
