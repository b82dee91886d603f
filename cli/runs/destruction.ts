import { recordApplied } from "../state/applied-record";
import type { Approval } from "../gates/approval";
import { attempt } from "../session/attempt";
import type { TargetEnvironment } from "../base/target-environment";
import { standingStacks } from "./deployment";
import { CommandError } from "../base/errors";
import { endComputeNodes } from "../hpc/cluster-stacks";
import { deleteReplicas } from "../gates/images";
import { rememberDeploy } from "../session/local-cloud-access";
import type { Stack } from "../stacks/manifest";
import { findOrphans } from "../state/orphans";
import { applyPlan, planDestroy, planToFile } from "../plan/planning";
import { changeList, type StackResult } from "../terminal/report";
import { BegunApply } from "../state/begun";
import { Results, withOutcome } from "./results";
import { refuseUnfinished } from "./unfinished";
import { forEachStack, type Session } from "../session/session";
import type { StateHome } from "../state/state-home";
import type { PlannedChange } from "../terraform/events";
import { reversed, wavesOf } from "../stacks/waves";

/** Refuses to destroy an environment that is protected. */
export function guardDeletion({ name, deletionProtection }: TargetEnvironment): void {
  if (deletionProtection) {
    throw new CommandError(
      `Environment '${name}' is protected from deletion. Nothing was changed.`,
      `Set \`deletionProtection: false\` in environments/${name}.ts and deploy it first; then destroy.`,
    );
  }
}

/**
 * Destroys the session's stacks, dependents first. All is planned, shown and approved once;
 * then exactly those plans are applied. The bootstrap stack goes last, after its state is
 * taken out of the bucket that it destroys.
 */
export async function destroy(session: Session, home: StateHome, approval: Approval): Promise<StackResult[]> {
  const { context, environment } = session;
  const results = new Results();
  const standing = await standingStacks(session, home, session.synthesis.stacks);
  refuseLosses(session, standing);
  const orphans = await orphansBelow(session, home);
  const selected = [...session.selected, ...orphans];
  await refuseUnfinished(session, home, selected);
  const chosen = reversed([...selected.filter((stack) => standing.has(stack.name)), ...orphans]);
  results.add(
    selected
      .filter((stack) => !standing.has(stack.name) && !orphans.includes(stack))
      .map((stack) => withOutcome(stack, "nothing to destroy")),
  );
  const planned = await forEachStack(session, chosen, (stack) => planDestroy(session, home, stack));
  const failed = planned.filter(({ outcome }) => outcome === "failed" || outcome === "interrupted");
  results.add(failed);
  const plans = new Map(planned.map((result) => [result.stack, result]));
  if (context.interrupts.requested) {
    return results.inOrderOf(selected, "interrupted");
  }
  if (chosen.length > 0) {
    planned
      .filter((result) => !failed.includes(result))
      .forEach((result) => {
        context.terminal.err(`${changeList(result)}\n`);
      });
    if (!(await approval.given(`Destroy all of this in ${environment.name}?`))) {
      return results.inOrderOf(selected, "not approved");
    }
  }
  const approvedAt = context.now();
  const waves = wavesOf(chosen);
  session.progress.through(waves, ["destroying"]);
  for (const [index, wave] of waves.entries()) {
    session.progress.enter(index);
    const runnable = results.runnable(wave.filter((stack) => results.of(stack) === undefined));
    results.add(
      await forEachStack(session, runnable, (stack) =>
        destroyStack(session, home, stack, plans.get(stack.name)?.changes ?? [], approvedAt),
      ),
    );
  }
  await deleteReplicas(
    session,
    chosen.filter((stack) => results.of(stack)?.outcome === "destroyed"),
  );
  forgetLocalDeploy(session, results);
  return results.inOrderOf(selected, "interrupted");
}

async function destroyStack(
  session: Session,
  home: StateHome,
  stack: Stack,
  approved: readonly PlannedChange[],
  approvedAt: Date,
): Promise<StackResult> {
  if (!home.isBootstrap(stack)) {
    return applyPlan(session, stack, "destroy", approvedAt, {
      home,
      approved,
      begin: async () => {
        await endComputeNodes(session, stack);
        return BegunApply.begin(session, home, stack, "destroy");
      },
      settle: () => recordApplied(session, home, stack, "destroy"),
    });
  }
  // Its state moves, and a plan is bound to where the state was: it is planned again, and
  // must come to what was approved.
  const moved = await attempt(session, stack, "moving its state out of the bucket", async () => {
    await recordApplied(session, home, stack, "destroy");
    await home.unsettle(stack);
    const finding = await planToFile(session, stack, "destroy");
    if (addresses(finding.changes) !== addresses(approved)) {
      throw new CommandError(
        `What is to be destroyed in ${stack.name} is no longer what was approved.`,
        "Nothing of it was destroyed. Run the command again.",
      );
    }
    return finding;
  });
  if (moved.outcome === "failed" || moved.outcome === "interrupted") {
    return moved;
  }
  return applyPlan(session, stack, "destroy", session.context.now(), {
    home,
    approved,
    begin: () => BegunApply.begin(session, home, stack, "destroy"),
    settle: () => home.forgetWhenEmpty(stack),
  });
}

function addresses(changes: readonly PlannedChange[] = []): string {
  return changes
    .map(({ action, address }) => `${action} ${address}`)
    .sort()
    .join("\n");
}

/** Stacks that the code does not have any more, where the bucket goes that knows of them. */
async function orphansBelow(session: Session, home: StateHome): Promise<Stack[]> {
  const isAll = session.selected.some((stack) => home.isBootstrap(stack));
  return isAll ? (await findOrphans(session)).map(({ stack }) => stack) : [];
}

/** Refuses to take the ground from under stacks that stay. */
function refuseLosses(session: Session, standing: ReadonlySet<string>): void {
  const chosen = new Set(session.selected.map(({ name }) => name));
  for (const stack of session.synthesis.stacks) {
    const lost = stack.dependencies.filter((name) => chosen.has(name) && standing.has(name));
    if (!chosen.has(stack.name) && standing.has(stack.name) && lost.length > 0) {
      throw new CommandError(
        `${stack.name} still exists and needs ${lost.join(", ")}. Nothing was changed.`,
        `Destroy it first, or add --stack ${stack.name}.`,
      );
    }
  }
}

function forgetLocalDeploy({ context, environment, instanceId, synthesis }: Session, results: Results): void {
  const isGone = synthesis.stacks.every((stack) =>
    ["destroyed", "nothing to destroy"].includes(results.of(stack)?.outcome ?? ""),
  );
  if (instanceId !== undefined && isGone) {
    rememberDeploy(context.workspace, environment.name, undefined);
  }
}
