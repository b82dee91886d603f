import type { TerraformPlanJson } from "../../analysis/plan";
import type { Stack } from "../stacks/manifest";
import type { StackResult } from "../terminal/report";
import { forEachStack, type Session } from "../session/session";

/** Plans as Terraform tells them to machines, by stack. They hold secrets: never write them to a file. */
export type PlansByStack = ReadonlyMap<string, TerraformPlanJson>;

/** Reads the plans of results that have one. */
export async function readPlans(
  session: Session,
  stacks: readonly Stack[],
  results: readonly StackResult[],
): Promise<PlansByStack> {
  const files = new Map(results.map(({ stack, plan }) => [stack, plan]));
  const read = await forEachStack(session, stacks, async (stack) => {
    const file = files.get(stack.name);
    return file === undefined ? [] : [[stack.name, await session.terraform.show(stack, file)] as const];
  });
  return new Map(read.flat());
}
