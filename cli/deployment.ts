import type { Approval } from "./approval";
import { rememberDeploy } from "./local-cloud-access";
import type { Stack } from "./manifest";
import { applyPlan, planStack } from "./planning";
import { changeList, type Outcome, type StackResult } from "./report";
import { forEachStack, type Session } from "./session";
import type { StateHome } from "./state-home";
import { wavesOf } from "./waves";

const good: ReadonlySet<Outcome> = new Set(["no changes", "applied", "destroyed", "nothing to destroy"]);

/** Whether what depends on a stack may go on after this. */
export function isGood({ outcome }: StackResult): boolean {
  return good.has(outcome);
}

/**
 * The results so far of a run through waves. A stack that is asked for before all it depends
 * on went well is skipped.
 */
export class Results {
  private readonly results = new Map<string, StackResult>();

  /** Records results; the time of an earlier one of the same stack is added. */
  public add(results: readonly StackResult[]): void {
    for (const result of results) {
      const before = this.results.get(result.stack);
      this.results.set(result.stack, {
        ...before,
        ...result,
        elapsedMilliseconds: result.elapsedMilliseconds + (before?.elapsedMilliseconds ?? 0),
      });
    }
  }

  /** The stacks of a wave that may run; the others are recorded as skipped. */
  public runnable(wave: readonly Stack[]): Stack[] {
    return wave.filter((stack) => {
      const needs = stack.dependencies.filter((name) => {
        const result = this.results.get(name);
        return result !== undefined && !isGood(result);
      });
      if (needs.length > 0) {
        this.add([{ stack: stack.name, outcome: "skipped", needs, elapsedMilliseconds: 0 }]);
      }
      return needs.length === 0;
    });
  }

  /** The result of a stack. */
  public of(stack: Stack): StackResult | undefined {
    return this.results.get(stack.name);
  }

  /** Results in the order of the stacks; what was never reached has the given outcome. */
  public inOrderOf(stacks: readonly Stack[], unreached: Outcome): StackResult[] {
    return stacks.map(
      (stack) => this.of(stack) ?? { stack: stack.name, outcome: unreached, elapsedMilliseconds: 0 },
    );
  }
}

/**
 * Deploys the session's stacks wave by wave. A wave is planned to files, shown, approved once,
 * and exactly those files are applied; the next wave is planned from what then stands.
 */
export async function deploy(session: Session, home: StateHome, approval: Approval): Promise<StackResult[]> {
  const { context, environment, instanceId, startedAt } = session;
  if (instanceId !== undefined) {
    rememberDeploy(context.workspace, environment.name, { instanceId, at: startedAt.toISOString() });
  }
  const results = new Results();
  for (const wave of wavesOf(session.selected)) {
    const goOn = await deployWave(session, home, approval, results, wave);
    if (!goOn) {
      break;
    }
  }
  const unreached = context.interrupts.requested ? "interrupted" : "not approved";
  return results.inOrderOf(session.selected, unreached);
}

async function deployWave(
  session: Session,
  home: StateHome,
  approval: Approval,
  results: Results,
  wave: readonly Stack[],
): Promise<boolean> {
  const { context } = session;
  const runnable = results.runnable(wave);
  const planned = await forEachStack(session, runnable, (stack) =>
    planStack(session, home, stack, () => home.settle(stack)),
  );
  results.add(planned);
  const changed = runnable.filter((stack) => results.of(stack)?.outcome === "changes");
  if (context.interrupts.requested) {
    results.add(changed.map((stack) => withOutcome(stack, "interrupted")));
    return false;
  }
  if (changed.length === 0) {
    return true;
  }
  planned
    .filter(({ outcome }) => outcome === "changes")
    .forEach((result) => {
      context.terminal.err(`${changeList(result)}\n`);
    });
  if (!(await approval.given(`Apply this to ${changed.map(({ name }) => name).join(", ")}?`))) {
    results.add(changed.map((stack) => withOutcome(stack, "not approved")));
    return false;
  }
  const approvedAt = context.now();
  results.add(
    await forEachStack(session, changed, (stack) =>
      applyPlan(session, stack, "apply", approvedAt, () => home.settle(stack)),
    ),
  );
  return !context.interrupts.requested;
}

/** A result that only says how a stack ended. */
export function withOutcome(stack: Stack, outcome: Outcome): StackResult {
  return { stack: stack.name, outcome, elapsedMilliseconds: 0 };
}
