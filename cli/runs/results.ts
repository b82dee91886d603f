import { exitCodes } from "../base/errors";
import type { Stack } from "../stacks/manifest";
import type { Outcome, StackResult } from "../terminal/report";
import { exitCodeOfSignal } from "../terraform/process";

const good: ReadonlySet<Outcome> = new Set([
  "no changes",
  "applied",
  "already applied",
  "destroyed",
  "nothing to destroy",
  "recovered",
  "nothing lost",
]);

/** Whether what depends on a stack may go on after this. */
export function isGood({ outcome }: StackResult): boolean {
  return good.has(outcome);
}

/** Whether a stack was tried and failed, with or without having changed something. */
export function hasFailed({ outcome }: StackResult): boolean {
  return ["failed", "partly applied", "partly destroyed"].includes(outcome);
}

/** What a command exits with that failed: 137 where a Terraform was killed, as shells have it. */
export function failureCodeOf(results: readonly StackResult[]): number {
  const signal = results.find((result) => result.signal !== undefined)?.signal;
  return signal === undefined ? exitCodes.failure : exitCodeOfSignal(signal);
}

/** A result that only says how a stack ended. */
export function withOutcome(stack: Stack, outcome: Outcome): StackResult {
  return { stack: stack.name, outcome, elapsedMilliseconds: 0 };
}

/**
 * The results so far of a run through waves. A stack that is asked for before all it depends on went well is
 * not begun.
 */
export class Results {
  private readonly results = new Map<string, StackResult>();

  /**
   * Records results; the time of an earlier one of the same stack is added. What a plan was to change is no
   * figure of what came after it: a stack that was not applied has changed nothing.
   */
  public add(results: readonly StackResult[]): void {
    for (const result of results) {
      const before = this.results.get(result.stack);
      const { counts, ...kept }: Partial<StackResult> = before ?? {};
      this.results.set(result.stack, {
        ...kept,
        ...(counts === undefined || kept.outcome === "changes" ? {} : { counts }),
        ...result,
        elapsedMilliseconds: result.elapsedMilliseconds + (before?.elapsedMilliseconds ?? 0),
      });
    }
  }

  /** The stacks of a wave that may run; the others are recorded as not begun. */
  public runnable(wave: readonly Stack[]): Stack[] {
    return wave.filter((stack) => {
      const needs = this.causesIn(stack.dependencies);
      if (needs.length > 0 && this.of(stack) === undefined) {
        this.add([{ ...withOutcome(stack, "not begun"), needs }]);
      }
      return needs.length === 0;
    });
  }

  /** The result of a stack. */
  public of(stack: Stack): StackResult | undefined {
    return this.results.get(stack.name);
  }

  /**
   * Results in the order of the stacks; what was never reached has the given outcome. Where the run stopped
   * for what went wrong, that is what the rest waits for.
   */
  public inOrderOf(stacks: readonly Stack[], unreached: Outcome): StackResult[] {
    const needs = unreached === "not begun" ? this.causesIn(this.results.keys()) : [];
    const rest = needs.length === 0 ? {} : { needs };
    return stacks.map((stack) => this.of(stack) ?? { ...withOutcome(stack, unreached), ...rest });
  }

  /** Those of the stacks that went wrong, and what kept those of them back that were never begun. */
  private causesIn(names: Iterable<string>): string[] {
    const causes = [...names].flatMap((name) => {
      const result = this.results.get(name);
      if (result === undefined || isGood(result) || result.outcome === "changes") {
        return [];
      }
      return result.outcome === "not begun" ? (result.needs ?? []) : [name];
    });
    return [...new Set(causes)];
  }
}
