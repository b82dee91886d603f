import { createHmac } from "node:crypto";
import { canonicalJson, digestOf } from "../change";
import type { TerraformPlanJson } from "../plan";

/** Everything that a reviewed plan rests on. */
export interface PlanFoundation {
  /** The stack's name. */
  readonly stack: string;
  /** The stack's digest, from `stackDigest`. */
  readonly synthesized: string;
  /** The content of `.terraform.lock.hcl`. */
  readonly providerLock: string;
  /** The commit that was synthesized. */
  readonly commit: string;
  /** The lineage of the state; empty before the first apply. */
  readonly stateLineage: string;
  /** The serial of the state; zero before the first apply. */
  readonly stateSerial: number;
  /** The plan, as `terraform show -json` prints it. */
  readonly plan: TerraformPlanJson;
  /**
   * A random text that is kept with the encrypted plan and nowhere else.
   *
   * The plan's values are part of the digest, and the digest is public: without a salt, whoever reads it
   * could try short passwords until the digest fits.
   */
  readonly salt: string;
}

/** What a digest binds, part by part, so that a mismatch can be explained. */
export interface PlanSeal {
  /** One digest over all parts. */
  readonly digest: string;
  readonly stack: string;
  readonly synthesized: string;
  readonly providerLock: string;
  readonly commit: string;
  readonly stateLineage: string;
  readonly stateSerial: number;
  /** Keyed digests of what the plan does to each resource, by address. */
  readonly resources: Readonly<Record<string, string>>;
  /** Keyed digest of what the plan does to the outputs. */
  readonly outputs: string;
}

/** Binds a plan to the code, the providers, the commit and the state that it was made from. */
export function sealPlan(foundation: PlanFoundation): PlanSeal {
  const { plan, salt } = foundation;
  const keyed = (value: unknown): string =>
    `hmac-sha256:${createHmac("sha256", salt).update(canonicalJson(value)).digest("hex")}`;
  const parts = {
    stack: foundation.stack,
    synthesized: foundation.synthesized,
    providerLock: digestOf(foundation.providerLock),
    commit: foundation.commit,
    stateLineage: foundation.stateLineage,
    stateSerial: foundation.stateSerial,
    resources: Object.fromEntries(
      (plan.resource_changes ?? [])
        .filter(({ change }) => canonicalJson(change.actions) !== '["no-op"]' || isPresent(change.importing))
        .map((resource): [string, string] => [
          `${resource.address}${resource.deposed === undefined ? "" : ` (deposed ${resource.deposed})`}`,
          keyed(resource),
        ])
        .sort(([left], [right]) => (left < right ? -1 : 1)),
    ),
    outputs: keyed(plan.output_changes ?? {}),
  };
  return { digest: sealDigest(parts), ...parts };
}

/** The seal that a plan would have, had it been made from something else. */
export function resealed(seal: PlanSeal, changes: Partial<Omit<PlanSeal, "digest">>): PlanSeal {
  const changed = { ...seal, ...changes };
  return { ...changed, digest: sealDigest(changed) };
}

/**
 * What differs between the plan that was reviewed and what is about to be applied, one sentence a
 * difference; empty when they are the same.
 *
 * A seal whose own digest does not fit its parts was edited, and that comes first.
 */
export function explainMismatch(expected: PlanSeal, actual: PlanSeal): string[] {
  const edited = [
    ...(isIntact(expected) ? [] : ["the reviewed seal was edited: its digest does not match its parts"]),
    ...(isIntact(actual) ? [] : ["the plan's seal was edited: its digest does not match its parts"]),
  ];
  const differences = [
    ...simple("stack", "the plan is of another stack", expected, actual),
    ...simple("commit", "the plan is of another commit", expected, actual),
    ...simple("synthesized", "the synthesized stack is not the one that was planned", expected, actual),
    ...simple("providerLock", "the provider lock file changed", expected, actual),
    ...simple("stateLineage", "the state is another one", expected, actual),
    ...simple("stateSerial", "the state changed since the plan was made", expected, actual),
    ...resourceDifferences(expected, actual),
    ...(expected.outputs === actual.outputs ? [] : ["the plan does something else to the outputs"]),
  ];
  return [...edited, ...differences];
}

function isIntact(seal: PlanSeal): boolean {
  return seal.digest === sealDigest(seal);
}

function sealDigest(seal: Omit<PlanSeal, "digest">): string {
  return digestOf({ ...seal, digest: undefined });
}

function simple(
  part: Exclude<keyof PlanSeal, "resources">,
  sentence: string,
  expected: PlanSeal,
  actual: PlanSeal,
): string[] {
  return expected[part] === actual[part]
    ? []
    : [`${sentence}: reviewed ${shown(expected[part])}, now ${shown(actual[part])}`];
}

function resourceDifferences(expected: PlanSeal, actual: PlanSeal): string[] {
  const [before, after] = [
    new Map(Object.entries(expected.resources)),
    new Map(Object.entries(actual.resources)),
  ];
  const addresses = [...new Set([...before.keys(), ...after.keys()])].sort();
  return addresses
    .filter((address) => before.get(address) !== after.get(address))
    .map((address) => {
      if (!before.has(address)) {
        return `the plan changes ${address}, which the reviewed plan leaves alone`;
      }
      return after.has(address)
        ? `the plan does something else to ${address}`
        : `the plan leaves ${address} alone, which the reviewed plan changes`;
    });
}

function shown(value: string | number): string {
  return value === "" ? "none" : String(value);
}

function isPresent(value: unknown): boolean {
  return value !== undefined && value !== null;
}
