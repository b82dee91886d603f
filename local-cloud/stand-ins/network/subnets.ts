import type { Answer } from "../../answer";
import { queryList, queryService, type QueryInput, type StandIn } from "../../toolkit";

const associationFilter = "ipv6-cidr-block-association.association-id";

/**
 * EC2: the IPv6 blocks of subnets, whose state moto writes in the words of Python and by whose
 * association it finds no subnet.
 */
export function subnets(): StandIn {
  const subnetOf = new Map<string, string>();
  return queryService({
    service: "ec2",
    operations: {
      AssociateSubnetCidrBlock: async (input, context) => {
        const answer = await context.moto();
        const id = /<associationId>([^<]+)</.exec(answer.body.toString("utf8"))?.[1];
        if (id !== undefined && typeof input.SubnetId === "string") {
          subnetOf.set(id, input.SubnetId);
        }
        return answer;
      },
      CreateSubnet: async (_input, context) => readable(await context.moto()),
      DescribeSubnets: async (input, context) => {
        const association = associationIn(input);
        if (association === undefined) {
          return readable(await context.moto());
        }
        const SubnetId = subnetOf.get(association);
        if (SubnetId === undefined) {
          return { subnetSet: "" };
        }
        const parameters = { Action: "DescribeSubnets", Version: "2016-11-15", "SubnetId.1": SubnetId };
        return readable(
          await context.moto({ body: Buffer.from(new URLSearchParams(parameters).toString()) }),
        );
      },
    },
  });
}

/** The association that subnets are asked for by. Terraform asks by nothing else in the same call. */
function associationIn(input: QueryInput): string | undefined {
  for (const filter of queryList(input.Filter)) {
    if (typeof filter === "object" && filter.Name === associationFilter) {
      const [value] = queryList(filter.Value);
      return typeof value === "string" ? value : undefined;
    }
  }
  return undefined;
}

/** moto prints its own record of the state: `{'State': 'associated'}`. */
function readable(answer: Answer): Answer {
  const text = answer.body.toString("utf8").replace(/\{'State': '(\w+)'\}/g, "$1");
  return { ...answer, body: Buffer.from(text) };
}
