import { explain } from "../base/diagnose";
import { messageOf } from "../base/errors";
import type { Stack } from "../stacks/manifest";
import type { StackResult } from "../terminal/report";
import type { Session } from "./session";
import type { ChangeCounts } from "../terraform/events";
import { TerraformError } from "../terraform/terraform";

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
  const finding = await task().catch((error: unknown) => failureOf(error, session));
  const isGood = !["failed", "interrupted", "blocked", "partly applied", "partly destroyed"].includes(
    finding.outcome,
  );
  progress.finish(stack.name, described(finding), isGood);
  return { stack: stack.name, elapsedMilliseconds: performance.now() - since, ...finding };
}

/** What is told of a failure. */
export function failureOf(error: unknown, { context, environment }: Session): Finding {
  const outcome = context.interrupts.requested ? "interrupted" : "failed";
  if (error instanceof TerraformError) {
    return {
      outcome,
      message: error.message,
      remedy: error.remedy,
      log: error.log,
      failedResources: error.resources,
      counts: error.counts,
      ...(error.signal === undefined ? {} : { signal: error.signal }),
    };
  }
  const said = messageOf(error);
  const remedy =
    (error as { remedy?: string }).remedy ?? explain(said)?.remedy.replaceAll("<env>", environment.name);
  return { outcome, message: said, remedy };
}

function described({ outcome, counts, needs = [], failedResources = [] }: Finding): string {
  if (outcome === "blocked") {
    return `blocked on ${needs.join(", ")}`;
  }
  if (outcome === "changes") {
    return counts === undefined ? outcome : figures(counts, ["to add", "to change", "to destroy"]);
  }
  const done =
    counts === undefined || outcome === "no changes"
      ? ""
      : `: ${figures(counts, ["added", "changed", "destroyed"])}`;
  const places = failedResources.length === 0 ? "" : ` in ${failedResources.join(", ")}`;
  return `${outcome}${places}${done}`;
}

function figures(
  { add, change, remove }: ChangeCounts,
  [added, changed, removed]: readonly [string, string, string],
): string {
  return `${add} ${added}, ${change} ${changed}, ${remove} ${removed}`;
}
