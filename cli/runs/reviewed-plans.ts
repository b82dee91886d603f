import { writeFileSync } from "node:fs";
import { dirname } from "node:path";

import type { GatedStack } from "../../analysis/gates";
import { beyondExpected, explainMismatch, resealed, sealPlan } from "../../analysis/integrity";
import type { TerraformPlanJson } from "../../analysis/plan";
import { readAppliedRecord } from "../state/applied-record";
import { attempt } from "../session/attempt";
import { CommandError } from "../base/errors";
import { denialsOf } from "../gates/policies";
import type { Stack } from "../stacks/manifest";
import type { Orphan } from "../state/orphans";
import { type PlanBundle, plansRefused } from "../plan/plan-bundle";
import type { SavedStack } from "../plan/plan-manifest";
import { readPlans } from "../plan/plan-reading";
import { planStack } from "../plan/planning";
import type { StackResult } from "../terminal/report";
import { reportOf } from "../plan/report-input";
import { boundCommitOf, discardPlan, savePlanMetadata } from "../plan/saved-plan";
import { forEachStack, type Session } from "../session/session";
import type { StateHome } from "../state/state-home";
import type { PlannedChange } from "../terraform/events";
import { ProviderLock } from "../terraform/provider-lock";
import { ensurePrivateDirectory, writePrivateFile } from "../base/workspace";

/** A saved stack and what it is now. */
interface Reviewed {
  readonly saved: SavedStack;
  readonly stack: Stack;
  /** When an earlier run of the same plans applied it; absent when none did. */
  readonly appliedAt?: Date;
  /** What its plan does; absent where there is none to apply. */
  readonly report?: GatedStack;
}

/** Plans that were saved, reviewed, and are about to be applied as they are. */
export class ReviewedPlans {
  private constructor(
    private readonly session: Session,
    private readonly home: StateHome,
    private readonly directory: string,
    private readonly bundle: PlanBundle,
    private readonly reviewed: ReadonlyMap<string, Reviewed>,
    private readonly acceptBlocked: boolean,
  ) {}

  /**
   * Compares everything that saved plans rest on with what is there now.
   *
   * @throws CommandError that lists all that differs.
   */
  public static async verify(
    session: Session,
    home: StateHome,
    directory: string,
    bundle: PlanBundle,
    orphans: readonly Orphan[],
    acceptBlocked = false,
  ): Promise<ReviewedPlans> {
    const { workspace } = session.context;
    const { manifest } = bundle;
    const commit = boundCommitOf(workspace.projectDirectory);
    const lock = new ProviderLock(workspace);
    const problems: string[] = [];
    if (commit !== manifest.commit) {
      problems.push(`they are of commit ${shown(manifest.commit)}, and ${shown(commit)} is checked out`);
    }
    if (lock.isCommitted && lock.content !== bundle.lock) {
      problems.push("they were made with another terraform.lock.hcl than the one that is checked out");
    }
    const found: Reviewed[] = [];
    for (const saved of manifest.stacks) {
      const stack = stackOf(session, orphans, saved);
      if (typeof stack === "string") {
        problems.push(`${saved.name}: ${stack}`);
      } else if (stack !== undefined) {
        const [reviewed, differences] = await compared(session, home, saved, stack, manifest.digest);
        found.push(reviewed);
        problems.push(...differences.map((difference) => `${saved.name}: ${difference}`));
      }
    }
    if (problems.length > 0) {
      throw plansRefused(session, directory, problems);
    }
    if (!lock.isCommitted) {
      // Else `init` could choose a provider that nobody has reviewed.
      writePrivateFile(workspace.providerLock, bundle.lock);
    }
    const plans = new ReviewedPlans(
      session,
      home,
      directory,
      bundle,
      new Map(found.map((reviewed) => [reviewed.saved.name, reviewed])),
      acceptBlocked,
    );
    return plans.read();
  }

  /** The stacks that were planned, without those that go as a whole. */
  public get stacks(): Stack[] {
    return [...this.reviewed.values()]
      .filter(({ saved }) => saved.mode === "apply")
      .map(({ stack }) => stack);
  }

  /** Whether a stack is to be destroyed as a whole. */
  public destroys({ name }: Stack): boolean {
    return this.reviewed.get(name)?.saved.mode === "destroy";
  }

  /** Digest of the manifest. */
  public get digest(): string {
    return this.bundle.manifest.digest;
  }

  /** What the plans do that are not applied yet. */
  public get reports(): GatedStack[] {
    return [...this.reviewed.values()].flatMap(({ saved, report }) =>
      report === undefined || saved.mode === "destroy" ? [] : [report],
    );
  }

  /** When an earlier run of the same plans last applied one of them. */
  public get appliedAt(): Date | undefined {
    return [...this.reviewed.values()]
      .flatMap(({ appliedAt }) => appliedAt ?? [])
      .sort((left, right) => right.getTime() - left.getTime())[0];
  }

  /** Puts a stack's plan where it is applied from; plans it now if it was blocked. */
  public async prepare(stack: Stack): Promise<StackResult> {
    const { saved, appliedAt, report } = this.reviewedOf(stack);
    if (appliedAt !== undefined || saved.outcome === "no changes") {
      const outcome = appliedAt === undefined ? "no changes" : "already applied";
      return { stack: stack.name, outcome, elapsedMilliseconds: 0 };
    }
    if (saved.outcome === "blocked") {
      return this.planBlocked(saved, stack);
    }
    return attempt(this.session, stack, "taking its reviewed plan", async () => {
      const state = await this.home.stateOf(stack);
      const differences = explainMismatch(
        saved.seal,
        resealed(saved.seal, { stateLineage: state?.lineage ?? "", stateSerial: state?.serial ?? 0 }),
      );
      if (differences.length > 0) {
        throw plansRefused(
          this.session,
          this.directory,
          differences.map((difference) => `${stack.name}: ${difference}`),
        );
      }
      const plan = await this.unpack(saved, stack);
      const changes = (report?.changes ?? []).flatMap(({ address, action }) =>
        plannedChange(address, action),
      );
      return { outcome: "changes", counts: saved.counts, changes, plan };
    });
  }

  /** Decrypts and reads every plan that is to be applied, and compares it with its seal. */
  private async read(): Promise<ReviewedPlans> {
    const { session } = this;
    const waiting = [...this.reviewed.values()].filter(
      ({ saved, appliedAt }) => saved.outcome === "changes" && appliedAt === undefined,
    );
    const read = await forEachStack(
      session,
      waiting.map(({ stack }) => stack),
      (stack) => this.readPlan(stack),
    );
    const problems = read.flatMap(({ stack, differences }) =>
      differences.map((difference) => `${stack.name}: ${difference}`),
    );
    if (problems.length > 0) {
      throw plansRefused(session, this.directory, problems);
    }
    const reviewed = new Map([...this.reviewed, ...read.map((plan) => [plan.saved.name, plan] as const)]);
    return new ReviewedPlans(session, this.home, this.directory, this.bundle, reviewed, this.acceptBlocked);
  }

  private async readPlan(stack: Stack): Promise<Reviewed & { readonly differences: string[] }> {
    const { session, home } = this;
    const { saved } = this.reviewedOf(stack);
    await home.init(stack);
    const plan = await this.unpack(saved, stack);
    const result = { stack: stack.name, outcome: "changes", elapsedMilliseconds: 0, plan } as const;
    const plans = await readPlans(session, [stack], [result]);
    discardPlan(plan);
    const [report] = reportOf(session, [result], plans).stacks;
    const denials = (await denialsOf(session, plans)).get(stack.name) ?? [];
    return {
      saved,
      stack,
      ...(report === undefined ? {} : { report: { ...report, denials } }),
      differences: await this.compareWithSeal(saved, plans.get(stack.name) ?? {}),
    };
  }

  private reviewedOf({ name }: Stack): Reviewed {
    const reviewed = this.reviewed.get(name);
    if (reviewed === undefined) {
      throw new Error(`${name} was not planned`);
    }
    return reviewed;
  }

  private async compareWithSeal(saved: SavedStack, plan: TerraformPlanJson): Promise<string[]> {
    const { salt } = await this.bundle.plan(saved);
    const { seal } = saved;
    const { resources, outputs } = sealPlan({ ...seal, providerLock: "", plan, salt });
    return explainMismatch(seal, resealed(seal, { resources, outputs }));
  }

  private async unpack(saved: SavedStack, stack: Stack): Promise<string> {
    const { context, environment } = this.session;
    const file = context.workspace.plan(environment.name, stack.name);
    ensurePrivateDirectory(dirname(file));
    writeFileSync(file, (await this.bundle.plan(saved)).plan, { mode: 0o600 });
    savePlanMetadata(file, {
      environment: environment.name,
      stack: stack.name,
      mode: saved.mode,
      stackDigest: stack.digest,
      createdAt: context.now().toISOString(),
      terraform: this.bundle.manifest.terraform,
      commit: this.bundle.manifest.commit,
      counts: saved.counts ?? { add: 0, change: 0, remove: 0, import: 0 },
    });
    return file;
  }

  /** What was blocked at the review is planned now, and must keep to what the review showed of it. */
  private async planBlocked({ expected }: SavedStack, stack: Stack): Promise<StackResult> {
    const { session, home, acceptBlocked } = this;
    const planned = await planStack(session, home, stack, () => home.settle(stack));
    if (planned.outcome !== "changes" || acceptBlocked) {
      return planned;
    }
    const plans = await readPlans(session, [stack], [planned]);
    const [report] = reportOf(session, [planned], plans).stacks;
    const beyond =
      expected === undefined
        ? ["its last deploy was not recorded, so the review could not show what changes"]
        : beyondExpected(expected, report?.changes ?? []);
    if (beyond.length === 0) {
      return planned;
    }
    const error = new CommandError(
      `${stack.name} was blocked when it was reviewed, and its plan now goes beyond what the review showed:\n${beyond.map((sentence) => `  - ${sentence}`).join("\n")}`,
      "Nothing of it was changed. Plan again and have that reviewed, or accept it unseen with --accept-blocked.",
    );
    return { ...planned, outcome: "failed", message: error.message, remedy: error.remedy };
  }
}

function stackOf(
  { synthesis }: Session,
  orphans: readonly Orphan[],
  { name, mode }: SavedStack,
): Stack | string | undefined {
  const known = synthesis.stacks.find((stack) => stack.name === name);
  if (mode === "apply") {
    return known ?? "it is no longer in the code";
  }
  // Destroyed by an earlier run, it is found no more.
  return known === undefined
    ? orphans.find(({ stack }) => stack.name === name)?.stack
    : "it was to be destroyed, and is in the code again";
}

async function compared(
  session: Session,
  home: StateHome,
  saved: SavedStack,
  stack: Stack,
  digest: string,
): Promise<[Reviewed, string[]]> {
  const state = await home.stateOf(stack);
  const record = stack.backend === undefined ? undefined : await readAppliedRecord(session, stack.backend);
  const isApplied =
    record?.plans === digest && record.stateLineage === state?.lineage && record.stateSerial === state.serial;
  const reviewed: Reviewed = {
    saved,
    stack,
    ...(isApplied ? { appliedAt: new Date(record.appliedAt) } : {}),
  };
  const differences = explainMismatch(
    saved.seal,
    resealed(saved.seal, {
      synthesized: stack.digest,
      ...(isApplied ? {} : { stateLineage: state?.lineage ?? "", stateSerial: state?.serial ?? 0 }),
    }),
  );
  return [reviewed, differences];
}

function plannedChange(address: string, action: string): PlannedChange[] {
  switch (action) {
    case "destroy":
      return [{ address, action: "delete" }];
    case "no-op":
      return [];
    default:
      return [{ address, action: action as PlannedChange["action"] }];
  }
}

function shown(commit: string): string {
  return commit === "" ? "no repository" : commit.slice(0, 12);
}
