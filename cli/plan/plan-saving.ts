import { readFileSync } from "node:fs";

import type { StackDiff } from "../../analysis/diff";
import { sealPlan } from "../../analysis/integrity";
import type { Stack } from "../stacks/manifest";
import { type PlanToSave, savePlans } from "./plan-bundle";
import type { PlanManifest } from "./plan-manifest";
import type { PlansByStack } from "./plan-reading";
import type { StackResult } from "../terminal/report";
import { boundCommitOf, discardPlan } from "./saved-plan";
import type { Session } from "../session/session";
import type { StateHome } from "../state/state-home";
import { ProviderLock } from "../terraform/provider-lock";

/** What was planned, as it is to be saved. */
export interface PlannedEnvironment {
  /** Every stack that was planned. */
  readonly stacks: readonly Stack[];
  readonly results: readonly StackResult[];
  readonly plans: PlansByStack;
  /** Names of the stacks that the code does not have any more. */
  readonly orphans: ReadonlySet<string>;
  /** What the code changes in stacks that are blocked. */
  readonly codeChanges: ReadonlyMap<string, StackDiff>;
}

/** Saves plans in a directory, and removes what lay unencrypted in the workspace. */
export async function saveEnvironment(
  session: Session,
  home: StateHome,
  directory: string,
  planned: PlannedEnvironment,
  report?: string,
): Promise<PlanManifest> {
  const { workspace } = session.context;
  const lock = new ProviderLock(workspace).content;
  const commit = boundCommitOf(workspace.projectDirectory);
  const entries = await Promise.all(
    planned.results.map((result) => toSave(session, home, result, planned, lock, commit)),
  );
  const manifest = await savePlans(session, directory, entries, lock, commit, report);
  for (const { plan } of planned.results) {
    if (plan !== undefined) {
      discardPlan(plan);
    }
  }
  return manifest;
}

async function toSave(
  session: Session,
  home: StateHome,
  result: StackResult,
  { stacks, plans, orphans, codeChanges }: PlannedEnvironment,
  providerLock: string,
  commit: string,
): Promise<PlanToSave> {
  const stack = stacks.find(({ name }) => name === result.stack);
  if (stack === undefined) {
    throw new Error(`${result.stack} was planned but is not a stack of ${session.environment.name}`);
  }
  const state = await home.stateOf(stack);
  const { name, digest: synthesized } = stack;
  const outcome = result.outcome as "changes" | "no changes" | "blocked";
  const expected = codeChanges.get(name)?.changes.map(({ address, action }) => ({ address, action }));
  return {
    stack: {
      name,
      outcome,
      mode: orphans.has(name) ? "destroy" : "apply",
      ...(result.counts === undefined ? {} : { counts: result.counts }),
      ...(result.needs === undefined ? {} : { needs: result.needs }),
      ...(outcome === "blocked" && expected !== undefined ? { expected } : {}),
    },
    seal: (salt) =>
      sealPlan({
        stack: name,
        synthesized,
        providerLock,
        commit,
        stateLineage: state?.lineage ?? "",
        stateSerial: state?.serial ?? 0,
        plan: plans.get(name) ?? {},
        salt,
      }),
    ...(outcome === "changes" && result.plan !== undefined ? { plan: readFileSync(result.plan) } : {}),
  };
}
