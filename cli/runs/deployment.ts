import type { Approval } from "../gates/approval";
import { attempt } from "../session/attempt";
import { recordApplied, recordBegun, recordUnchanged } from "../state/applied-record";
import { CommandError } from "../base/errors";
import { gatedOf, Gatekeeper } from "../gates/gatekeeper";
import { denialsOf } from "../gates/policies";
import { awaitHeadNode, endComputeNodes } from "../hpc/cluster-stacks";
import { refusedImages } from "../gates/image-findings";
import { requireImages } from "../gates/images";
import { rememberDeploy } from "../session/local-cloud-access";
import type { Stack } from "../stacks/manifest";
import { findOrphans, guardOrphans, type Orphan } from "../state/orphans";
import { PlanBundle } from "../plan/plan-bundle";
import { type PlansByStack, readPlans } from "../plan/plan-reading";
import { applyPlan, planDestroy, planStack } from "../plan/planning";
import { switchOnNewControls } from "../region/switch-on";
import { changeList, type Outcome, type StackResult } from "../terminal/report";
import { reportOf } from "../plan/report-input";
import { ReviewedPlans } from "./reviewed-plans";
import { Bake, rolloutWaves } from "../rollout/rollout";
import { awaitDelegation } from "../rollout/delegation-wait";
import { BegunApply } from "../state/begun";
import { hasFailed, isGood, Results, withOutcome } from "./results";
import { makeLinkedRoles } from "../rollout/linked-roles";
import { refuseUnfinished } from "./unfinished";
import { refuseUnsplit } from "../state/unsplit";
import { Settling } from "../rollout/settling";
import { forEachStack, isWhole, type Session } from "../session/session";
import { managedCountOf } from "../stacks/state-file";
import type { StateHome } from "../state/state-home";
import { refuseUnsavedState } from "../session/synthesis";
import { wavesOf } from "../stacks/waves";

/** What a deploy may be told. */
export interface DeploySettings {
  /**
   * Directory of saved plans to apply as they are.
   *
   * @default - the deploy plans by itself, wave by wave
   */
  readonly plan?: string;
  /** The digest that was reviewed. */
  readonly digest?: string;
  /** Whether a plan that could not be reviewed is applied all the same. */
  readonly acceptBlocked?: boolean;
  /** Names of alarms that do not stop the rollout. */
  readonly ignoreAlarm?: readonly string[];
  /**
   * Whether images that nobody pushed are pushed empty, for a local cloud that runs none.
   *
   * @default false
   */
  readonly pushMissingImages?: boolean;
  /** Called with all plans that are about to be applied; they hold secrets. Reading them takes time. */
  readonly onPlans?: (plans: PlansByStack) => void;
  /** Called, before anything is changed, with the stacks that the code does not have any more. */
  readonly onOrphans?: (stacks: readonly Stack[]) => void;
}

/** What the waves of one deploy share. */
interface Deployment {
  readonly session: Session;
  readonly home: StateHome;
  readonly approval: Approval;
  readonly results: Results;
  readonly gates: Gatekeeper;
  readonly bake: Bake;
  readonly settling: Settling;
  /** Names of the stacks that held resources when it began. */
  readonly standing: ReadonlySet<string>;
  /** Names of the stacks that the code does not have any more. */
  readonly orphans: ReadonlySet<string>;
  readonly pushMissingImages: boolean;
  readonly reviewed?: ReviewedPlans;
  readonly onPlans?: (plans: PlansByStack) => void;
}

/**
 * Deploys the session's stacks wave by wave, no two regions that stand at once. A wave is planned to
 * files, or has been planned and reviewed before; it passes the gates, is approved once, waits for the
 * alarms of what was changed before it, and then exactly those files are applied. Stacks that the code
 * does not have any more are destroyed last, once nothing refers to them.
 */
export async function deploy(
  whole: Session,
  home: StateHome,
  approval: Approval,
  settings: DeploySettings = {},
): Promise<StackResult[]> {
  const { context, environment, instanceId, startedAt } = whole;
  if (instanceId !== undefined) {
    rememberDeploy(context.workspace, environment.name, { instanceId, at: startedAt.toISOString() });
  }
  const found = await orphansOf(whole, settings);
  refuseUnsavedState(
    environment.name,
    found.map(({ stack }) => stack),
  );
  await refuseUnsplit(whole, home);
  await refuseUnfinished(whole, home, [...whole.selected, ...found.map(({ stack }) => stack)]);
  const reviewed = await reviewedPlans(whole, home, settings, found);
  const orphans = found.filter(({ stack }) => reviewed?.destroys(stack) ?? true);
  guardOrphans(whole, orphans);
  settings.onOrphans?.(orphans.map(({ stack }) => stack));
  const session = reviewed === undefined ? whole : { ...whole, selected: reviewed.stacks };
  const standing = await standingStacks(session, home);
  const waves = rolloutWaves(wavesOf(session.selected), standing, environment);
  const deployment: Deployment = {
    session,
    home,
    approval,
    standing,
    results: new Results(),
    gates: new Gatekeeper(session, orphans),
    bake: new Bake(session, home, settings.ignoreAlarm),
    settling: new Settling(session, home),
    orphans: new Set(orphans.map(({ stack }) => stack.name)),
    pushMissingImages: settings.pushMissingImages ?? false,
    ...(reviewed === undefined ? {} : { reviewed }),
    ...(settings.onPlans === undefined ? {} : { onPlans: settings.onPlans }),
  };
  // Before anything is changed: all that is known beforehand.
  deployment.gates.admit(gatedOf(reviewed?.reports ?? [], standing, new Map()), namesOf(waves, standing));
  if (reviewed?.appliedAt !== undefined) {
    deployment.bake.begin(reviewed.appliedAt);
  }
  const names = session.selected.map(({ name }) => name);
  const last = orphans.map(({ stack }) => [{ ...stack, dependencies: names }]);
  return runWaves(deployment, [...waves, ...last]);
}

async function runWaves(
  deployment: Deployment,
  waves: readonly (readonly Stack[])[],
): Promise<StackResult[]> {
  const { session, results } = deployment;
  let unreached: Outcome = "not approved";
  session.progress.through(waves, ["planning", "applying"]);
  for (const [index, wave] of waves.entries()) {
    session.progress.enter(index);
    const after = await deployWave(deployment, wave);
    if (after !== "go on") {
      unreached = after === "stopped" ? "not begun" : after;
      break;
    }
  }
  return results.inOrderOf(waves.flat(), session.context.interrupts.requested ? "interrupted" : unreached);
}

/** Gives what becomes of the stacks after it, or `go on`. */
async function deployWave(
  deployment: Deployment,
  wave: readonly Stack[],
): Promise<"go on" | "not approved" | "stopped" | "interrupted"> {
  const { session, results, approval, bake } = deployment;
  const { context } = session;
  const runnable = results.runnable(wave);
  const planned = await forEachStack(session, runnable, (stack) => prepare(deployment, stack));
  results.add(planned);
  const changed = runnable.filter((stack) => results.of(stack)?.outcome === "changes");
  if (isInterrupted(session)) {
    results.add(changed.map((stack) => withOutcome(stack, "interrupted")));
    return "interrupted";
  }
  if (changed.length === 0) {
    await settle(deployment, runnable);
    return hasFailedStanding(deployment, wave) ? "stopped" : "go on";
  }
  planned
    .filter(({ outcome }) => outcome === "changes")
    .forEach((result) => {
      context.terminal.err(`${changeList(result)}\n`);
    });
  const isAdmitted = await ends(results, changed, "refused", () => passGates(deployment, changed, planned));
  if (!isAdmitted) {
    return "stopped";
  }
  if (!(await ends(results, changed, "stopped", () => awaitDelegation(session, deployment.home, changed)))) {
    return "stopped";
  }
  if (isInterrupted(session)) {
    results.add(changed.map((stack) => withOutcome(stack, "interrupted")));
    return "interrupted";
  }
  if (!(await approval.given(`Apply this to ${changed.map(({ name }) => name).join(", ")}?`))) {
    results.add(changed.map((stack) => withOutcome(stack, "not approved")));
    return "not approved";
  }
  const approvedAt = context.now();
  if (!(await ends(results, changed, "stopped", () => bake.pass(changed)))) {
    return "stopped";
  }
  await makeLinkedRoles(
    session,
    changed.filter(({ name }) => !deployment.orphans.has(name)),
  );
  results.add(await forEachStack(session, changed, (stack) => applyStack(deployment, stack, approvedAt)));
  await settle(deployment, runnable);
  // A change that does not serve yet rings no alarm.
  if (changed.some((stack) => deployment.standing.has(stack.name))) {
    bake.begin(context.now());
  }
  if (hasFailedStanding(deployment, wave)) {
    return "stopped";
  }
  return isInterrupted(session) ? "interrupted" : "go on";
}

/** Waits until what the stacks of a wave run serves, before anything depends on it. */
async function settle(
  { session, results, settling, orphans }: Deployment,
  wave: readonly Stack[],
): Promise<void> {
  const good = wave.filter(
    (stack) => !orphans.has(stack.name) && isGood(results.of(stack) ?? withOutcome(stack, "not begun")),
  );
  await forEachStack(session, good, async (stack) => {
    const workloads = await settling.workloadsOf(stack);
    const before = results.of(stack);
    if (workloads.length === 0 || before === undefined || isInterrupted(session)) {
      return;
    }
    results.add([
      await attempt(session, stack, "waiting until its services are healthy", async () => {
        await settling.wait(workloads, before.outcome === "applied");
        return { outcome: before.outcome };
      }),
    ]);
  });
}

function prepare({ session, home, reviewed, orphans }: Deployment, stack: Stack): Promise<StackResult> {
  if (reviewed !== undefined) {
    return reviewed.prepare(stack);
  }
  return orphans.has(stack.name)
    ? planDestroy(session, home, stack)
    : planStack(session, home, stack, async () => {
        await home.settle(stack);
        await recordUnchanged(session, home, stack);
      });
}

/** What was reviewed has passed already, but for stacks that were blocked then. */
async function passGates(
  { session, gates, standing, reviewed, orphans, pushMissingImages, onPlans }: Deployment,
  changed: readonly Stack[],
  planned: readonly StackResult[],
): Promise<void> {
  const remaining = changed.filter(({ name }) => !orphans.has(name));
  const isJudged = new Set(reviewed?.reports.map(({ name }) => name));
  const open = remaining.filter(({ name }) => standing.has(name) && !isJudged.has(name));
  // Policies are asked about first deploys and about what goes as a whole, too.
  const asked =
    session.environment.rollout.policies === undefined
      ? open
      : changed.filter(({ name }) => !isJudged.has(name));
  const read = await readPlans(session, onPlans === undefined ? asked : changed, planned);
  onPlans?.(read);
  await requireImages(session, remaining, pushMissingImages);
  gates.admitImages(await refusedImages(session, remaining));
  const isAsked = new Set(asked.map(({ name }) => name));
  const plans = new Map([...read].filter(([name]) => isAsked.has(name)));
  const results = planned.filter(({ stack }) => isAsked.has(stack));
  const { stacks } = reportOf(session, results, plans);
  const gated = gatedOf(stacks, standing, await denialsOf(session, plans));
  gates.admit(gated, namesOf([open], standing));
}

function applyStack(
  { session, home, orphans, reviewed, results }: Deployment,
  stack: Stack,
  approvedAt: Date,
): Promise<StackResult> {
  const mode = orphans.has(stack.name) ? "destroy" : "apply";
  return applyPlan(session, stack, mode, approvedAt, {
    home,
    approved: results.of(stack)?.changes ?? [],
    begin: async () => {
      if (mode === "destroy") {
        await endComputeNodes(session, stack);
      } else {
        await switchOnNewControls(session, home, stack);
      }
      const begun = await BegunApply.begin(session, home, stack, mode, reviewed?.digest);
      if (mode === "apply" && !home.isBootstrap(stack)) {
        await recordBegun(session, home, stack);
      }
      return begun;
    },
    settle: async () => {
      await home.settle(stack);
      await recordApplied(session, home, stack, mode, reviewed?.digest);
      if (mode === "apply") {
        await awaitHeadNode(session, stack);
      }
    },
  });
}

/** Does what may throw a refusal; one becomes the outcome of the stacks, told once. */
async function ends(
  results: Results,
  stacks: readonly Stack[],
  outcome: Outcome,
  act: () => Promise<void>,
): Promise<boolean> {
  try {
    await act();
    return true;
  } catch (error) {
    if (!(error instanceof CommandError)) {
      throw error;
    }
    const { message, remedy } = error;
    results.add(
      stacks.map((stack, index) => ({
        ...withOutcome(stack, outcome),
        ...(index === 0 ? { message, remedy } : {}),
      })),
    );
    return false;
  }
}

/** What went wrong in one region would go wrong in the next. */
function hasFailedStanding({ results, standing }: Deployment, wave: readonly Stack[]): boolean {
  return wave.some((stack) => {
    const result = results.of(stack);
    return standing.has(stack.name) && result !== undefined && hasFailed(result);
  });
}

function isInterrupted({ context }: Session): boolean {
  return context.interrupts.requested;
}

function namesOf(waves: readonly (readonly Stack[])[], standing: ReadonlySet<string>): string[][] {
  return waves.map((wave) => wave.filter(({ name }) => standing.has(name)).map(({ name }) => name));
}

/** Only a deploy of everything may end what is not a part of it. */
async function orphansOf(session: Session, { plan }: DeploySettings): Promise<Orphan[]> {
  return isWhole(session) || plan !== undefined ? findOrphans(session) : [];
}

async function reviewedPlans(
  session: Session,
  home: StateHome,
  { plan, digest, acceptBlocked }: DeploySettings,
  orphans: readonly Orphan[],
): Promise<ReviewedPlans | undefined> {
  return plan === undefined
    ? undefined
    : ReviewedPlans.verify(
        session,
        home,
        plan,
        await PlanBundle.open(session, plan, digest),
        orphans,
        acceptBlocked,
      );
}

/** The names of the stacks that hold resources. */
export async function standingStacks(
  session: Session,
  home: StateHome,
  stacks: readonly Stack[] = session.selected,
): Promise<ReadonlySet<string>> {
  const states = await forEachStack(session, stacks, (stack) => home.stateOf(stack));
  return new Set(stacks.filter((_stack, index) => managedCountOf(states[index]) > 0).map(({ name }) => name));
}
