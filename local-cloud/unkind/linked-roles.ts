import { ServiceError } from "../answer";
import { Context } from "../toolkit";
import type { Interference } from "./interference";
import type { Unkindness } from "./switches";

/** How long ECS cannot assume a role that was just made. AWS names no bound. */
const unusableMilliseconds = 3_000;

const role = "AWSServiceRoleForECS";

/**
 * ECS on the first day of an account: it may assume its service-linked role some seconds after that was made. AWS
 * makes it when the first cluster is created, where the caller may; here nobody does but who asks for it.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using-service-linked-roles.html
 */
export function missingLinkedRole(unkind: Unkindness, now: () => number = Date.now): Interference {
  let usableAt = -Infinity;
  return {
    before: async (call, forward) => {
      if (
        call.service !== "ecs" ||
        !["CreateCluster", "CreateService"].includes(call.action) ||
        !unkind.isOn("missing-linked-role")
      ) {
        return;
      }
      const answer = await new Context(call, forward).motoQuery("iam", {
        ...{ Action: "GetRole", Version: "2010-05-08", RoleName: role },
      });
      if (!answer.includes(`<RoleName>${role}</RoleName>`) || now() < usableAt) {
        throw new ServiceError(
          "InvalidParameterException",
          "Unable to assume the service linked role. Please verify that the ECS service linked role exists.",
        );
      }
    },
    after: ({ service, action }, { status }) => {
      if (service === "iam" && action === "CreateServiceLinkedRole" && status < 300) {
        usableAt = now() + unusableMilliseconds;
      }
    },
  };
}
