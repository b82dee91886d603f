import type { StackDiff, SynthDiff } from "../diff";
import { countChanges, summarizeRedactedPlan, type ChangeCounts, type TerraformPlanJson } from "../plan";
import { redactPlan, redactValue, scrubberFor, type Scrubber } from "../redact";
import { parityOf, type LayerParity } from "./parity";
import type { StackReport } from "./stack-report";

/** One stack of an environment, as far as it was planned. */
export interface PlannedStack {
  readonly name: string;
  /**
   * The region that the stack is for.
   *
   * @default - the stack is for the whole environment
   */
  readonly region?: string;
  /**
   * What the stack is, the same word in every region (`regional`). Regions are compared within it.
   *
   * @default - the name without the region
   */
  readonly layer?: string;
  /**
   * The plan, as `terraform show -json` prints it.
   *
   * @default - the stack was not planned, because it is unchanged, blocked, or failed
   */
  readonly plan?: TerraformPlanJson;
  /**
   * Stacks that must be applied before this one can be planned.
   *
   * @default - none
   */
  readonly blockedOn?: readonly string[];
  /**
   * Whether the code does not have the stack any more, so that its plan destroys all of it.
   *
   * @default false
   */
  readonly isOrphan?: boolean;
  /**
   * The stack's difference in the synthesized code, shown where there is no plan.
   *
   * @default - not compared
   */
  readonly synthDiff?: StackDiff;
  /**
   * Why planning failed.
   *
   * @default - it did not
   */
  readonly error?: string;
}

/** Everything that the report on one environment is made of. */
export interface PlanReportInput {
  readonly environment: string;
  /**
   * The commit that was planned.
   *
   * @default - not shown
   */
  readonly commit?: string;
  readonly stacks: readonly PlannedStack[];
  /**
   * The digest that binds the saved plans.
   *
   * @default - not shown
   */
  readonly digest?: string;
}

/** Something that a deploy does only with an approval in the repository. Holds no secret. */
export interface NeededApproval {
  /** What is asked for, as a sentence without its full stop. */
  readonly summary: string;
  /** Files of the approvals that allow it; none when the deploy will refuse. */
  readonly approvedBy: readonly string[];
}

/** The report on one environment, as data. Holds no secret, and can be kept and rendered later. */
export interface PlanReport {
  /** Version of this format. */
  readonly version: 1;
  /** Whether the stacks were planned, or only compared in the code. */
  readonly source: "plan" | "code";
  readonly environment: string;
  readonly commit?: string;
  readonly digest?: string;
  /** Whether there is nothing to say: no change, drift, warning, blockage or failure. */
  readonly empty: boolean;
  /** Over all stacks that were planned. */
  readonly counts: ChangeCounts;
  readonly stacks: readonly StackReport[];
  /** How the regions compare, one entry for each layer that has several. */
  readonly parity: readonly LayerParity[];
  /** What needs an approval; absent where that was not asked. */
  readonly approvals?: readonly NeededApproval[];
}

/**
 * Makes the report on an environment from the plans of its stacks.
 *
 * A secret of any of the stacks is scrubbed from all of them, and from errors and synthesized
 * differences too. The names of the environment, the stacks and the regions are taken as they are.
 */
export function buildReport(input: PlanReportInput): PlanReport {
  const scrubber = scrubberFor(input.stacks.flatMap(({ plan }) => (plan === undefined ? [] : [plan])));
  const stacks = input.stacks.map((stack) => stackReport(stack, scrubber));
  return {
    version: 1,
    source: "plan",
    environment: input.environment,
    ...(input.commit === undefined ? {} : { commit: input.commit }),
    ...(input.digest === undefined ? {} : { digest: input.digest }),
    empty: stacks.every(isQuiet),
    counts: totalCounts(stacks.filter(({ fromCode }) => !fromCode).map(({ counts }) => counts)),
    stacks,
    parity: parityOf(stacks.filter(({ isOrphan }) => isOrphan !== true)),
  };
}

/** What the report on a comparison of the code is made of. */
export interface CodeReportInput {
  readonly environment: string;
  /**
   * The commit that was compared.
   *
   * @default - not shown
   */
  readonly commit?: string;
  readonly diff: SynthDiff;
  /**
   * The region of each stack that is for one.
   *
   * @default - no regions are compared
   */
  readonly regions?: Readonly<Record<string, string>>;
}

/** Makes the same report from synthesized code alone: no state, no credentials, no secrets. */
export function buildCodeReport({ environment, commit, diff, regions = {} }: CodeReportInput): PlanReport {
  const stacks = diff.stacks.map((stack): StackReport => {
    const region = Object.hasOwn(regions, stack.stack) ? regions[stack.stack] : undefined;
    const named = { name: stack.stack, ...(region === undefined ? {} : { region }) };
    return {
      ...named,
      layer: layerOf(named),
      state: stack.status === "unchanged" ? "no changes" : "changes",
      fromCode: true,
      counts: countChanges(stack.changes),
      changes: stack.changes,
      drift: [],
      outputs: stack.settings.map(({ path, before, after }) => ({
        name: path,
        action: before === undefined ? "create" : after === undefined ? "destroy" : "update",
      })),
      warnings: [],
      unreviewed: [],
      blockedOn: [],
    };
  });
  return {
    version: 1,
    source: "code",
    environment,
    ...(commit === undefined ? {} : { commit }),
    empty: stacks.every(({ state }) => state === "no changes"),
    counts: totalCounts(stacks.map(({ counts }) => counts)),
    stacks,
    parity: parityOf(stacks),
  };
}

/** The sum of counts. */
export function totalCounts(all: readonly ChangeCounts[]): ChangeCounts {
  const sum = (name: keyof ChangeCounts): number => all.reduce((total, counts) => total + counts[name], 0);
  return {
    create: sum("create"),
    update: sum("update"),
    replace: sum("replace"),
    destroy: sum("destroy"),
    import: sum("import"),
    move: sum("move"),
    forget: sum("forget"),
    drift: sum("drift"),
  };
}

function isQuiet({ state, outputs, drift, warnings, unreviewed }: StackReport): boolean {
  const isStill = state === "no changes" || state === "not planned";
  return (
    isStill && unreviewed.length === 0 && outputs.length === 0 && drift.length === 0 && warnings.length === 0
  );
}

function stackReport(stack: PlannedStack, scrubber: Scrubber): StackReport {
  const { name, region, layer, plan, error, isOrphan, blockedOn = [] } = stack;
  const common = {
    name,
    ...(region === undefined ? {} : { region }),
    layer: layer ?? layerOf(stack),
    blockedOn,
    ...(isOrphan === true ? { isOrphan } : {}),
  };
  const read = plan === undefined ? unplanned(stack, scrubber) : planned(plan, scrubber);
  const failure = error ?? read.failure;
  return {
    ...common,
    ...read.content,
    ...(failure === undefined ? {} : { state: "failed", error: scrubber.text(failure) }),
  };
}

type StackContent = Pick<
  StackReport,
  "state" | "fromCode" | "counts" | "changes" | "drift" | "outputs" | "warnings" | "unreviewed"
>;

interface ReadStack {
  readonly content: StackContent;
  readonly failure?: string;
}

function planned(plan: TerraformPlanJson, scrubber: Scrubber): ReadStack {
  const { errored, ...summary } = summarizeRedactedPlan(redactPlan(plan, scrubber));
  return {
    content: {
      ...summary,
      fromCode: false,
      state: summary.changes.length + summary.unreviewed.length > 0 ? "changes" : "no changes",
    },
    ...(errored ? { failure: "planning stopped on an error; the rest is incomplete" } : {}),
  };
}

/** Without a plan the code is all there is to show, and only where a plan was wanted. */
function unplanned({ blockedOn = [], error, synthDiff }: PlannedStack, scrubber: Scrubber): ReadStack {
  const isWanted = blockedOn.length > 0 || error !== undefined;
  const changes = isWanted ? redactValue(synthDiff?.changes ?? [], scrubber) : [];
  const state = blockedOn.length > 0 ? "blocked" : "not planned";
  return {
    content: {
      state,
      fromCode: true,
      counts: countChanges(changes),
      changes,
      drift: [],
      outputs: [],
      warnings: [],
      unreviewed: [],
    },
  };
}

function layerOf({ name, region }: Pick<PlannedStack, "name" | "region">): string {
  return region === undefined ? name : name.replaceAll(region, "{region}");
}
