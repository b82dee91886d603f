import { explain } from "./diagnose";
import { messageOf } from "./errors";
import type { Stack } from "./manifest";
import type { StackResult } from "./report";
import type { Session } from "./session";
import { TerraformError } from "./terraform/terraform";

type Finding = Omit<StackResult, "stack" | "elapsedMilliseconds">;

/**
 * Does one thing to one stack, shows it, and turns what is thrown into a result: the failure
 * of one stack is no reason to stop its siblings.
 */
export async function attempt(
  session: Session,
  stack: Stack,
  what: string,
  task: () => Promise<Finding>,
): Promise<StackResult> {
  const { context, progress } = session;
  if (context.interrupts.requested) {
    return { stack: stack.name, outcome: "interrupted", elapsedMilliseconds: 0 };
  }
  const since = performance.now();
  progress.start(stack.name, what);
  const finding = await task().catch((error: unknown) => failureOf(error, context.interrupts.requested));
  progress.finish(stack.name, described(finding));
  return { stack: stack.name, elapsedMilliseconds: performance.now() - since, ...finding };
}

function failureOf(error: unknown, isInterrupted: boolean): Finding {
  const outcome = isInterrupted ? "interrupted" : "failed";
  if (error instanceof TerraformError) {
    return {
      outcome,
      message: error.message,
      remedy: error.remedy,
      log: error.log,
      failedResources: error.resources,
      counts: error.counts,
    };
  }
  const said = messageOf(error);
  const remedy = (error as { remedy?: string }).remedy ?? explain(said)?.remedy;
  return { outcome, message: said, remedy };
}

function described({ outcome, counts, needs = [], failedResources = [] }: Finding): string {
  switch (outcome) {
    case "changes":
      return counts === undefined
        ? "changes"
        : `${counts.add} to add, ${counts.change} to change, ${counts.remove} to destroy`;
    case "applied":
    case "destroyed":
      return counts === undefined
        ? outcome
        : `${outcome}: ${counts.add} added, ${counts.change} changed, ${counts.remove} destroyed`;
    case "blocked":
      return `blocked on ${needs.join(", ")}`;
    case "failed":
      return `failed ${failedResources.length === 0 ? "" : `in ${failedResources.join(", ")}`}`.trimEnd();
    default:
      return outcome;
  }
}
