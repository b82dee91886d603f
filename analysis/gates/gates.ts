import { coversPattern, type ResourceChange, type Risk } from "../change";
import type { Unreviewed } from "../plan";
import type { Allowance, Approval, GateName } from "./approvals";

/** What is let through without an approval. */
export interface GatePolicy {
  /**
   * How many resources of one environment may be created, updated, replaced and destroyed at once.
   *
   * @default 100
   */
  readonly maximumChanges?: number;
  /**
   * How many regions of one environment may be changed in one wave.
   *
   * @default 1
   */
  readonly regionsPerWave?: number;
  /**
   * Risks that need an approval besides the loss of data.
   *
   * @default - none
   */
  readonly risks?: readonly Risk[];
}

/** What one stack's plan does, as far as the gates read it. A `StackReport` fits. */
export interface GatedStack {
  readonly name: string;
  readonly region?: string;
  readonly changes: readonly ResourceChange[];
  /**
   * What happens or waits besides known changes, which no rule has looked at.
   *
   * @default - nothing
   */
  readonly unreviewed?: readonly Unreviewed[];
  /**
   * What the policies of the repository deny of it, each as a sentence without its full stop.
   *
   * @default - nothing
   */
  readonly denials?: readonly string[];
}

/** An image that something speaks against. */
export interface GatedImage {
  /** The stack that would run it. */
  readonly stack: string;
  /** Its repository and digest, as `web@sha256:...`. */
  readonly address: string;
  /** What speaks against it, as a sentence without its full stop. */
  readonly summary: string;
}

/** What is about to be applied. */
export interface GatedPlan {
  readonly environment: string;
  readonly stacks: readonly GatedStack[];
  /**
   * Stacks that the code does not have any more, and how many resources they hold. Each is destroyed as a
   * whole, so one approval is asked for it and none for its resources.
   *
   * @default - none
   */
  readonly orphans?: readonly { readonly name: string; readonly resources: number }[];
  /**
   * Images that the stacks would run and that something speaks against.
   *
   * @default - none
   */
  readonly images?: readonly GatedImage[];
  /**
   * Names of the stacks that are applied at the same time, wave by wave.
   *
   * @default - one wave a stack
   */
  readonly waves?: readonly (readonly string[])[];
}

/** Something that needs an approval. */
export interface GateDemand {
  readonly gate: GateName;
  /** The stacks that it is about. */
  readonly stacks: readonly string[];
  /** The resource, image or denial that it is about; absent where it is about a number. */
  readonly address?: string;
  /** What is asked for, as a sentence without its full stop. */
  readonly summary: string;
  /** Files of the approvals that allow it; none when it is refused. */
  readonly approvedBy: readonly string[];
  /** Approvals that would have allowed it, had they not expired or not begun. */
  readonly expired: readonly string[];
}

/** The gates' verdict. */
export interface GateResult {
  /** Whether nothing is refused. */
  readonly open: boolean;
  /** What an approval allows. */
  readonly approved: readonly GateDemand[];
  /** What nothing allows. */
  readonly refused: readonly GateDemand[];
}

/**
 * Judges what is about to be applied: what needs an approval, and whether there is one.
 *
 * @param today - the day as `2026-11-20`; passed in, so that the verdict can be checked again.
 */
export function evaluateGates(
  plan: GatedPlan,
  policy: GatePolicy,
  approvals: readonly Approval[],
  today: string,
): GateResult {
  const here = approvals.filter(({ environment }) => environment === plan.environment);
  const [current, other] = [
    here.filter((approval) => isCurrent(approval, today)),
    here.filter((approval) => !isCurrent(approval, today)),
  ];
  const judged = demandsOf(plan, policy).map((demand) => ({
    ...demand.content,
    approvedBy: filesThatAllow(current, demand),
    expired: filesThatAllow(other, demand),
  }));
  const refused = judged.filter(({ approvedBy }) => approvedBy.length === 0);
  return {
    open: refused.length === 0,
    approved: judged.filter(({ approvedBy }) => approvedBy.length > 0),
    refused,
  };
}

/**
 * An approval file that would let everything through that was refused, to be completed by whoever
 * approves.
 */
export function approvalDraft(environment: string, refused: readonly GateDemand[], today: string): string {
  const entries = refused.map(({ gate, address, stacks, summary }) =>
    [
      `  # ${summary.replaceAll(/\s+/g, " ")}`,
      `  - gate: ${gate}`,
      ...(address === undefined ? [] : [`    addresses: [${JSON.stringify(address)}]`]),
      ...(gate === "change-count"
        ? [`    maximum: ${/\d+/.exec(summary)?.[0] ?? "0"}`]
        : [`    stacks: ${JSON.stringify(stacks)}`]),
    ].join("\n"),
  );
  return [
    `environment: ${environment}`,
    "approvedBy: # who approves",
    "reason: # why, in a sentence",
    `approved: ${today}`,
    `expires: # at most 30 days later`,
    "allows:",
    ...entries,
    "",
  ].join("\n");
}

interface Demand {
  readonly content: Omit<GateDemand, "approvedBy" | "expired">;
  /** The number that an approval's `maximum` must reach. */
  readonly count?: number;
}

function demandsOf(plan: GatedPlan, policy: GatePolicy): Demand[] {
  return [
    ...orphanDemands(plan),
    ...imageDemands(plan),
    ...changeDemands(plan, policy),
    ...interruptionDemands(plan),
    ...unreviewedDemands(plan),
    ...policyDemands(plan),
    ...countDemands(plan, policy),
    ...waveDemands(plan, policy),
  ];
}

function orphanDemands({ orphans = [] }: GatedPlan): Demand[] {
  return orphans.map(({ name, resources }) => ({
    content: {
      gate: "stack-loss" as const,
      stacks: [name],
      summary: `destroy the whole of ${name}, which is no longer in the code: ${resources} ${resources === 1 ? "resource" : "resources"}`,
    },
  }));
}

function imageDemands({ images = [] }: GatedPlan): Demand[] {
  return images.map(({ stack, address, summary }) => ({
    content: { gate: "image-findings" as const, stacks: [stack], address, summary },
  }));
}

function changeDemands({ stacks }: GatedPlan, { risks = [] }: GatePolicy): Demand[] {
  return stacks.flatMap(({ name, changes }) =>
    changes
      .filter((change) => change.risk === "data" || change.findings.some(({ risk }) => risks.includes(risk)))
      .map((change) => ({
        content: {
          gate: change.risk === "data" ? ("data-loss" as const) : ("risk" as const),
          stacks: [name],
          address: change.address,
          summary: `${change.action} ${change.address} in ${name}: ${change.findings[0]?.summary ?? change.risk}`,
        },
      })),
  );
}

function interruptionDemands({ stacks }: GatedPlan): Demand[] {
  return stacks.flatMap(({ name, changes }) =>
    changes
      .filter((change) => change.interruptsTraffic === true)
      .map(({ address }) => ({
        content: {
          gate: "interruption" as const,
          stacks: [name],
          address,
          summary: `replace ${address} in ${name}, destroyed before its successor exists, although names may lead to it`,
        },
      })),
  );
}

function unreviewedDemands({ stacks }: GatedPlan): Demand[] {
  return stacks.flatMap(({ name, unreviewed = [] }) =>
    unreviewed.map(({ address, what }) => ({
      content: {
        gate: "unreviewed" as const,
        stacks: [name],
        address,
        summary: `${address} ${what} in ${name}, and no rule covers what that does`,
      },
    })),
  );
}

function policyDemands({ stacks }: GatedPlan): Demand[] {
  return stacks.flatMap(({ name, denials = [] }) =>
    denials.map((denial) => ({
      content: {
        gate: "policy" as const,
        stacks: [name],
        address: denial,
        summary: `go on in ${name} against a policy: ${denial}`,
      },
    })),
  );
}

function countDemands({ stacks, environment }: GatedPlan, { maximumChanges = 100 }: GatePolicy): Demand[] {
  const acting = new Set(["create", "update", "replace", "destroy", "forget"]);
  const busy = stacks.map(({ name, changes }) => ({
    name,
    count: changes.filter(({ action }) => acting.has(action)).length,
  }));
  const count = busy.reduce((sum, stack) => sum + stack.count, 0);
  return count <= maximumChanges
    ? []
    : [
        {
          count,
          content: {
            gate: "change-count",
            stacks: busy.filter((stack) => stack.count > 0).map(({ name }) => name),
            summary: `${count} changes in ${environment} at once, where ${maximumChanges} need no approval`,
          },
        },
      ];
}

function waveDemands({ stacks, waves = [] }: GatedPlan, { regionsPerWave = 1 }: GatePolicy): Demand[] {
  const busy = new Map(
    stacks.filter(({ changes }) => changes.length > 0).map((stack) => [stack.name, stack]),
  );
  return waves.flatMap((wave) => {
    const regional = wave
      .flatMap((name) => busy.get(name) ?? [])
      .filter(({ region }) => region !== undefined);
    const regions = [...new Set(regional.map(({ region }) => region))];
    return regions.length <= regionsPerWave
      ? []
      : [
          {
            content: {
              gate: "regions-per-wave" as const,
              stacks: regional.map(({ name }) => name),
              summary: `${regions.join(", ")} change in one wave, so one mistake reaches all of them`,
            },
          },
        ];
  });
}

function isCurrent({ approved, expires }: Approval, today: string): boolean {
  return approved <= today && today <= expires;
}

function filesThatAllow(approvals: readonly Approval[], demand: Demand): string[] {
  return approvals
    .filter(({ allows }) => allows.some((allowed) => isAllowed(allowed, demand)))
    .map(({ file }) => file);
}

function isAllowed(allowed: Allowance, { content, count }: Demand): boolean {
  return (
    allowed.gate === content.gate &&
    (content.address === undefined || matches(allowed.addresses ?? [], content.address)) &&
    (allowed.stacks === undefined || content.stacks.every((stack) => matches(allowed.stacks ?? [], stack))) &&
    (count === undefined || (allowed.maximum ?? 0) >= count)
  );
}

/** Only `*` and `?` mean something: an address is text, and its brackets and quotes are themselves. */
function matches(patterns: readonly string[], text: string): boolean {
  return patterns.some((pattern) => coversPattern(pattern, text));
}
