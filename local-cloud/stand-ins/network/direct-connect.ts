import { randomUUID } from "node:crypto";
import { account, jsonService, listAt, required, type JsonObject, type StandIn } from "../../toolkit";

const invalid = "DirectConnectClientException";

/** Direct Connect: what a gateway is associated with. The gateway itself may be anybody's. */
export function directConnect(): StandIn {
  const associations = new Map<string, JsonObject>();
  return jsonService({
    service: "directconnect",
    complete: false,
    operations: {
      CreateDirectConnectGatewayAssociation: (input, { region }) => {
        const { directConnectGatewayId } = required(input, invalid, "directConnectGatewayId", "gatewayId");
        const associationId = randomUUID();
        const association = {
          associationId,
          associationState: "associated",
          directConnectGatewayId,
          directConnectGatewayOwnerAccount: account,
          associatedGateway: {
            id: input.gatewayId,
            type: String(input.gatewayId).startsWith("tgw-") ? "transitGateway" : "virtualPrivateGateway",
            ownerAccount: account,
            region,
          },
          virtualGatewayId: input.gatewayId,
          virtualGatewayOwnerAccount: account,
          virtualGatewayRegion: region,
          allowedPrefixesToDirectConnectGateway: listAt(input, "addAllowedPrefixesToDirectConnectGateway"),
        };
        associations.set(associationId, association);
        return { directConnectGatewayAssociation: association };
      },
      DescribeDirectConnectGatewayAssociations: (input) => ({
        directConnectGatewayAssociations: [...associations.values()].filter(
          (one) =>
            (input.associationId === undefined || one.associationId === input.associationId) &&
            (input.directConnectGatewayId === undefined ||
              one.directConnectGatewayId === input.directConnectGatewayId),
        ),
      }),
      DeleteDirectConnectGatewayAssociation: (input) => {
        const association = associations.get(String(input.associationId));
        associations.delete(String(input.associationId));
        return { directConnectGatewayAssociation: { ...association, associationState: "disassociating" } };
      },
    },
  });
}
