import type { TerraformPlanJson } from "../analysis/plan";
import type { Stack } from "./manifest";
import type { StackResult } from "./report";
import type { Session } from "./session";

/** Plans as Terraform tells them to machines, by stack. They hold secrets: never write them to a file. */
export type PlansByStack = ReadonlyMap<string, TerraformPlanJson>;

/** Reads the plans of results that have one. */
export async function readPlans(
  session: Session,
  stacks: readonly Stack[],
  results: readonly StackResult[],
): Promise<PlansByStack> {
  const plans = new Map<string, TerraformPlanJson>();
  // One after the other: each loads the provider.
  for (const { stack: name, plan: file } of results) {
    const stack = stacks.find((other) => other.name === name);
    if (stack !== undefined && file !== undefined) {
      plans.set(name, await session.terraform.show(stack, file));
    }
  }
  return plans;
}
