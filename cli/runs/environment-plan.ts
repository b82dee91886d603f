import type { StackDiff } from "../../analysis/diff";
import { affectedStacks } from "../plan/affected-stacks";
import { codeChangesOf } from "../plan/code-changes";
import { standingStacks } from "./deployment";
import { gatedOf, Gatekeeper } from "../gates/gatekeeper";
import { denialsOf } from "../gates/policies";
import type { Stack } from "../stacks/manifest";
import { findOrphans, type Orphan } from "../state/orphans";
import { unsplitStacks } from "../state/unsplit";
import { refuseForeign } from "../plan/plan-bundle";
import { readPlans } from "../plan/plan-reading";
import { saveEnvironment } from "../plan/plan-saving";
import { planDestroy, planStack } from "../plan/planning";
import type { StackResult } from "../terminal/report";
import { fullReport, reportOf, writeReport, type ReportFiles } from "../plan/report-input";
import { refuseUnwritable } from "../base/result-file";
import { rolloutWaves } from "../rollout/rollout";
import { boundCommitOf } from "../plan/saved-plan";
import { forEachStack, isWhole, type Session } from "../session/session";
import type { StateHome } from "../state/state-home";
import { withOutcome } from "./results";
import { wavesOf } from "../stacks/waves";

/** What planning an environment may be told. */
export interface PlanSettings extends ReportFiles {
  /**
   * Plan only what changed since a commit, and what follows it.
   *
   * @default - all of the session's stacks
   */
  readonly changedSince?: string;
  /**
   * Directory to save the plans in.
   *
   * @default - they are not saved
   */
  readonly save?: string;
}

/** What planning an environment gave. */
export interface PlanFindings {
  readonly results: readonly StackResult[];
  /** Digest of the plans, where they were saved. */
  readonly digest?: string;
}

/** Plans the session's stacks, and the end of those that the code does not have any more. */
export async function planEnvironment(
  session: Session,
  home: StateHome,
  options: PlanSettings = {},
): Promise<PlanFindings> {
  refuseUnwritable(session.context.workspace, [
    options.report,
    options.markdown,
    options.fullReport,
    options.summary,
  ]);
  if (options.save !== undefined) {
    refuseForeign(options.save);
    boundCommitOf(session.context.workspace.projectDirectory);
  }
  const wanted = affectedStacks(session, options.changedSince);
  const orphans = isWhole(session) ? await findOrphans(session) : [];
  const unsplit = await unsplitStacks(session, home);
  const waiting = new Set(unsplit.flatMap(({ region, network }) => [region.name, network.name]));
  const needs = [`meridian state split ${session.environment.name}`];
  const planned = await forEachStack(session, wanted, async (stack): Promise<StackResult> =>
    waiting.has(stack.name) ? { ...withOutcome(stack, "blocked"), needs } : planStack(session, home, stack),
  );
  const ending = await forEachStack(
    session,
    orphans.map(({ stack }) => stack),
    (stack) => planDestroy(session, home, stack),
  );
  const results = [...planned, ...ending];
  const { report, markdown, fullReport: whole, summary, save } = options;
  const isAsked = [report, markdown, whole, summary, save].some((file) => file !== undefined);
  return isAsked && !session.context.interrupts.requested
    ? tell(session, home, wanted, orphans, results, options)
    : { results };
}

/** Saves the plans and writes the report, as far as they were asked for. */
async function tell(
  session: Session,
  home: StateHome,
  wanted: readonly Stack[],
  orphans: readonly Orphan[],
  results: readonly StackResult[],
  options: PlanSettings,
): Promise<PlanFindings> {
  const stacks = [...wanted, ...orphans.map(({ stack }) => stack)];
  const plans = await readPlans(session, stacks, results);
  const codeChanges = await codeChangesOfBlocked(session, home, wanted, results);
  const about = { orphans: new Set(orphans.map(({ stack }) => stack.name)), codeChanges };
  const isComplete = results.every(({ outcome }) => outcome !== "failed" && outcome !== "interrupted");
  const bare = reportOf(session, results, plans, about);
  const standing = await standingStacks(session, home, wanted);
  const waves = rolloutWaves(wavesOf(wanted), standing, session.environment);
  const { refused, approved } = new Gatekeeper(session, orphans).judge(
    gatedOf(bare.stacks, standing, await denialsOf(session, plans)),
    waves.map((wave) => wave.filter(({ name }) => standing.has(name)).map(({ name }) => name)),
  );
  const approvals = [...refused, ...approved].map(({ summary: text, approvedBy }) => ({
    summary: text,
    approvedBy,
  }));
  const report = { ...bare, approvals };
  const manifest =
    options.save !== undefined && isComplete
      ? await saveEnvironment(
          session,
          home,
          options.save,
          { stacks, results, plans, ...about },
          fullReport(report),
        )
      : undefined;
  const digest = manifest === undefined ? {} : { digest: manifest.digest };
  writeReport({ ...report, ...digest }, options, manifest?.reportDigest);
  return { results, ...digest };
}

async function codeChangesOfBlocked(
  session: Session,
  home: StateHome,
  stacks: readonly Stack[],
  results: readonly StackResult[],
): Promise<ReadonlyMap<string, StackDiff>> {
  const blocked = new Set(results.filter(({ outcome }) => outcome === "blocked").map(({ stack }) => stack));
  const changes = await forEachStack(
    session,
    stacks.filter(({ name }) => blocked.has(name)),
    (stack) => codeChangesOf(session, home, stack),
  );
  return new Map(changes.flatMap((diff) => (diff === undefined ? [] : [[diff.stack, diff]])));
}
