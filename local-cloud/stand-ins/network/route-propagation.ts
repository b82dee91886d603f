import { queryService, required, type QueryOperation, type StandIn } from "../../toolkit";

/** EC2: the virtual private gateways that route tables learn routes from, which moto does not know. */
export function routePropagation(): StandIn {
  const gateways = new Map<string, Set<string>>();
  const of = (input: Parameters<QueryOperation>[0]): [Set<string>, string] => {
    const { RouteTableId, GatewayId } = required(input, "MissingParameter", "RouteTableId", "GatewayId");
    const known = gateways.get(RouteTableId) ?? new Set();
    gateways.set(RouteTableId, known);
    return [known, GatewayId];
  };
  return queryService({
    service: "ec2",
    operations: {
      EnableVgwRoutePropagation: (input) => {
        const [known, gateway] = of(input);
        known.add(gateway);
        return { return: true };
      },
      DisableVgwRoutePropagation: (input) => {
        const [known, gateway] = of(input);
        known.delete(gateway);
        return { return: true };
      },
      DescribeRouteTables: async (_input, context) => {
        const answer = await context.moto();
        return { ...answer, body: Buffer.from(withGateways(answer.body.toString("utf8"), gateways)) };
      },
    },
  });
}

/** The id of a route table itself stands before its routes; others are those of its associations. */
const ownId = /<routeTableId>([^<]+)<\/routeTableId>(?=<routeSet)/g;

function withGateways(text: string, gateways: ReadonlyMap<string, ReadonlySet<string>>): string {
  return text.replace(ownId, (element, id: string) => {
    const items = [...(gateways.get(id) ?? [])].map(
      (gateway) => `<item><gatewayId>${gateway}</gatewayId></item>`,
    );
    return items.length === 0
      ? element
      : `${element}<propagatingVgwSet>${items.join("")}</propagatingVgwSet>`;
  });
}
