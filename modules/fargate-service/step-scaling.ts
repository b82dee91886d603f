/** What to do in one range of utilisation. */
export interface StepChange {
  /**
   * The range begins here, in percent.
   *
   * @default - no lower bound
   */
  readonly lower?: number;
  /**
   * The range ends here, in percent.
   *
   * @default - no upper bound
   */
  readonly upper?: number;
  /** Tasks to add; negative to remove. */
  readonly change: number;
}

/** Scaling in steps on the utilisation of the service. */
export interface StepScaling {
  /** The utilisation that is watched. */
  readonly metric: "cpu" | "memory";
  /**
   * What to do in which range. The ranges that add tasks follow on each other and the last has no end;
   * the ranges that remove tasks likewise downward. Between the two nothing happens.
   */
  readonly changes: readonly StepChange[];
  /**
   * Seconds to wait after one step before the next.
   *
   * @default 300
   */
  readonly cooldownSeconds?: number;
}

/** One direction of step scaling as AWS wants it: an alarm's threshold, and steps relative to it. */
export interface StepPlan {
  readonly threshold: number;
  readonly adjustments: readonly {
    readonly metricIntervalLowerBound?: string;
    readonly metricIntervalUpperBound?: string;
    readonly scalingAdjustment: number;
  }[];
}

/** The steps that add tasks, from the lowest up; undefined where there are none. */
export function planScaleOut(changes: readonly StepChange[]): StepPlan | undefined {
  const steps = scaleOutSteps(changes);
  return plan(steps, steps[0]?.lower);
}

/** The steps that remove tasks, from the highest down; undefined where there are none. */
export function planScaleIn(changes: readonly StepChange[]): StepPlan | undefined {
  const steps = scaleInSteps(changes);
  return plan(steps, steps[0]?.upper);
}

/** Why AWS would refuse the steps, to be read after "must"; undefined where it would not. */
export function stepProblem(changes: readonly StepChange[]): string | undefined {
  const [out, into] = [scaleOutSteps(changes), scaleInSteps(changes)];
  if (out.length + into.length < Math.max(changes.length, 1)) {
    return "have steps that each add or remove at least one task";
  }
  if (!follows(out, "lower", "upper")) {
    return "have ranges that add tasks following on each other, the first with a 'lower', the last without an 'upper'";
  }
  if (!follows(into, "upper", "lower")) {
    return "have ranges that remove tasks following on each other, the first with an 'upper', the last without a 'lower'";
  }
  const [low = -Infinity, high = Infinity] = [into[0]?.upper, out[0]?.lower];
  return low < high ? undefined : "remove tasks only below where it adds them";
}

function scaleOutSteps(changes: readonly StepChange[]): StepChange[] {
  return changes
    .filter(({ change }) => change > 0)
    .sort((left, right) => (left.lower ?? -Infinity) - (right.lower ?? -Infinity));
}

function scaleInSteps(changes: readonly StepChange[]): StepChange[] {
  return changes
    .filter(({ change }) => change < 0)
    .sort((left, right) => (right.upper ?? Infinity) - (left.upper ?? Infinity));
}

/** Whether each step begins where the one before it ends, and only the last has no end. */
function follows(steps: readonly StepChange[], begin: "lower" | "upper", end: "lower" | "upper"): boolean {
  return steps.every(
    (step, index) =>
      step[begin] !== undefined && step[begin] !== step[end] && step[end] === steps[index + 1]?.[begin],
  );
}

function plan(steps: readonly StepChange[], threshold: number | undefined): StepPlan | undefined {
  if (threshold === undefined) {
    return undefined;
  }
  const relative = (bound: number | undefined): string | undefined =>
    bound === undefined ? undefined : String(bound - threshold);
  return {
    threshold,
    adjustments: steps.map(({ lower, upper, change }) => ({
      metricIntervalLowerBound: relative(lower),
      metricIntervalUpperBound: relative(upper),
      scalingAdjustment: change,
    })),
  };
}
