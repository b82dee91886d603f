import type { Answer } from "../../answer";
import { queryList, queryService, type QueryInput, type QueryOperation, type StandIn } from "../../toolkit";
import { escapeXml } from "../../xml";

/** EC2: moto forgets the description of a rule that names another security group or a prefix list. */
export function securityGroupRules(): StandIn {
  const descriptions = new Map<string, string>();
  return queryService({
    service: "ec2",
    operations: {
      AuthorizeSecurityGroupIngress: remember(descriptions),
      AuthorizeSecurityGroupEgress: remember(descriptions),
      DescribeSecurityGroupRules: async (_input, context) => {
        const answer = await context.moto();
        return { ...answer, body: Buffer.from(described(answer, descriptions)) };
      },
    },
  });
}

/** Keeps the description by the id of the rule; Terraform authorizes one rule a call. */
function remember(descriptions: Map<string, string>): QueryOperation {
  return async (input, context) => {
    const answer = await context.moto();
    const description = peerDescription(input);
    const id = /<securityGroupRuleId>([^<]+)</.exec(answer.body.toString("utf8"))?.[1];
    if (answer.status < 300 && id !== undefined && description !== undefined) {
      descriptions.set(id, description);
    }
    return answer;
  };
}

function peerDescription(input: QueryInput): string | undefined {
  const [permission] = queryList(input.IpPermissions);
  const [peer] =
    typeof permission === "object"
      ? [...queryList(permission.Groups), ...queryList(permission.PrefixListIds)]
      : [];
  return typeof peer === "object" && typeof peer.Description === "string" ? peer.Description : undefined;
}

function described(answer: Answer, descriptions: ReadonlyMap<string, string>): string {
  return answer.body
    .toString("utf8")
    .replace(/<securityGroupRuleId>([^<]+)<\/securityGroupRuleId>/g, (element, id: string) => {
      const description = descriptions.get(id);
      return description === undefined
        ? element
        : `${element}<description>${escapeXml(description)}</description>`;
    });
}
