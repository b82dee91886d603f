import { dirname, join } from "node:path";

import pc from "picocolors";

import { attempt, failureOf } from "../session/attempt";
import { messageOf } from "../base/errors";
import { digestOf, type Stack } from "../stacks/manifest";
import type { StackResult } from "../terminal/report";
import type { BegunApply } from "../state/begun";
import { EndedFamilies } from "../state/ended-families";
import { applyPatiently } from "./patience";
import { discardPlan, type PlanMetadata, savePlanMetadata, verifyPlan } from "./saved-plan";
import { commitOf } from "../base/repository";
import { isAny, noChanges, type PlannedChange } from "../terraform/events";
import { TerraformError } from "../terraform/terraform";
import type { Session } from "../session/session";
import type { StateHome } from "../state/state-home";
import { ensurePrivateDirectory } from "../base/workspace";

/**
 * Plans one stack into a file, or says what it is blocked on. `whenUnchanged` is called when
 * there is nothing to apply.
 */
export function planStack(
  session: Session,
  home: StateHome,
  stack: Stack,
  whenUnchanged: () => Promise<void> = () => Promise.resolve(),
): Promise<StackResult> {
  return attempt(session, stack, "planning", async () => {
    const needs = await home.blockersOf(stack);
    if (needs.length > 0) {
      return { outcome: "blocked", needs };
    }
    await home.init(stack);
    const finding = await planToFile(session, stack, "apply");
    if (finding.outcome === "no changes") {
      await whenUnchanged();
    }
    return finding;
  });
}

/** Plans the end of one stack into a file. */
export function planDestroy(session: Session, home: StateHome, stack: Stack): Promise<StackResult> {
  return attempt(session, stack, "planning its destruction", async () => {
    await home.init(stack);
    return planToFile(session, stack, "destroy");
  });
}

/** Plans a prepared stack and records what the plan was made from. */
export async function planToFile(
  session: Session,
  stack: Stack,
  mode: PlanMetadata["mode"],
): Promise<Pick<StackResult, "outcome" | "counts" | "changes" | "plan" | "log">> {
  const { context, environment, terraform, progress, lockTimeout, lock, runDirectory } = session;
  const file = context.workspace.plan(environment.name, stack.name);
  ensurePrivateDirectory(dirname(file));
  const { hasChanges, counts, changes } = await terraform.plan(
    stack,
    { file, destroy: mode === "destroy" && !keepsSome(stack), lockTimeout, lock },
    (event, soFar) => {
      progress.event(stack.name, event, soFar);
    },
  );
  savePlanMetadata(file, {
    environment: environment.name,
    stack: stack.name,
    mode,
    stackDigest: stack.digest,
    createdAt: context.now().toISOString(),
    terraform: `${terraform.binary.product} ${terraform.binary.version}`,
    commit: commitOf(context.workspace.projectDirectory),
    counts,
  });
  const log = join(runDirectory, stack.name, "plan.log");
  return { outcome: hasChanges ? "changes" : "no changes", counts, changes, plan: file, log };
}

/** What surrounds an apply. */
export interface Surroundings {
  readonly home: StateHome;
  /** What the plan was approved for. */
  readonly approved: readonly PlannedChange[];
  /** Called before anything is changed; gives what keeps the record of it. */
  readonly begin: () => Promise<BegunApply | undefined>;
  /** Called once all of it is changed. */
  readonly settle: () => Promise<void>;
}

/**
 * Whether all that is configured of a stack is what Terraform lets go of at its end. It does so only where it
 * plans to reach the configuration, which destroys all else just the same, not where it plans to destroy.
 */
function keepsSome({ configuration }: Stack): boolean {
  return configuration.resource === undefined && configuration.removed !== undefined;
}

/**
 * Applies a stack's saved plan: exactly that file, if it is still what was approved. What AWS does not let go
 * of at once is deleted later, see {@link applyPatiently}.
 */
export function applyPlan(
  session: Session,
  stack: Stack,
  mode: PlanMetadata["mode"],
  approvedAt: Date,
  { home, approved, begin, settle }: Surroundings,
): Promise<StackResult> {
  const { context, environment, terraform, progress, runDirectory, lockTimeout } = session;
  return attempt(session, stack, mode === "apply" ? "applying" : "destroying", async () => {
    const file = context.workspace.plan(environment.name, stack.name);
    verifyPlan(file, { ...stack, digest: digestOf(stack.directory) }, mode, approvedAt);
    let begun: BegunApply | undefined;
    try {
      const families = await EndedFamilies.before(session, home, stack);
      begun = await begin();
      const counts = await applyPatiently(session, stack, {
        approved,
        apply: () =>
          terraform.apply(stack, file, { lockTimeout }, (event, soFar) => {
            begun?.note(event);
            progress.event(stack.name, event, soFar);
          }),
        replan: () => planToFile(session, stack, mode),
      });
      const log = join(runDirectory, stack.name, "apply.log");
      // What was changed stays changed, whatever becomes of what follows it.
      const failure = await families
        .end()
        .then(settle)
        .then(
          () => undefined,
          (error: unknown) => failureOf(error, session),
        );
      return { outcome: mode === "apply" ? "applied" : "destroyed", log, ...failure, counts };
    } catch (error) {
      if (
        error instanceof TerraformError &&
        isAny(error.counts ?? noChanges) &&
        !context.interrupts.requested
      ) {
        return {
          ...failureOf(error, session),
          outcome: mode === "apply" ? "partly applied" : "partly destroyed",
        };
      }
      throw error;
    } finally {
      await begun?.end().catch((error: unknown) => {
        progress.note(
          pc.yellow(`${stack.name}: the record of this ${mode} was not closed: ${messageOf(error)}`),
        );
      });
      discardPlan(file);
    }
  });
}
