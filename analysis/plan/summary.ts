import {
  attributeName,
  changedAttributes,
  classify,
  interruptsTraffic,
  isNothing,
  isObject,
  isTag,
  pathOf,
  riskRank,
  type Action,
  type AttributeChange,
  type JsonObject,
  type ResourceChange,
} from "../change";
import { redactPlan } from "../redact";
import type { PlannedAction, PlannedChange, PlannedResource, TerraformPlanJson } from "./terraform-plan";

/** How many resources a plan creates, updates and so on. */
export interface ChangeCounts {
  readonly create: number;
  readonly update: number;
  readonly replace: number;
  readonly destroy: number;
  /** Taken into the state; those that also change count as `update` too. */
  readonly import: number;
  /** Moved to another address; those that also change count as `update` too. */
  readonly move: number;
  /** Dropped from the state but left standing. */
  readonly forget: number;
  /** Found different from what was applied. */
  readonly drift: number;
}

/** An output that changes. */
export interface OutputChange {
  readonly name: string;
  readonly action: "create" | "update" | "destroy";
}

/** A check, a condition or a validation that does not hold. */
export interface CheckWarning {
  /** What was checked (`check.bucket_name`). */
  readonly address: string;
  /** `fail`, or `error` when it could not be evaluated. */
  readonly status: string;
  /** The messages that it gives. */
  readonly messages: readonly string[];
}

/** Something that happens, or waits, and that no rule of ours has looked at. Holds no secret. */
export interface Unreviewed {
  /** What it is about. */
  readonly address: string;
  /** What of it, as the end of a sentence that begins with the address. */
  readonly what: string;
}

/** What one plan does, without secrets, in the order of risk. */
export interface PlanSummary {
  readonly counts: ChangeCounts;
  /** What the configuration asks for, worst first. */
  readonly changes: readonly ResourceChange[];
  /** What was changed behind Terraform's back. */
  readonly drift: readonly ResourceChange[];
  readonly outputs: readonly OutputChange[];
  readonly warnings: readonly CheckWarning[];
  /** Actions, what Terraform puts off, and changes of a kind that is not known here. */
  readonly unreviewed: readonly Unreviewed[];
  /** Whether planning stopped on an error, so that the rest is not to be trusted. */
  readonly errored: boolean;
}

/** Whether a plan does nothing that anybody has to know. */
export function isEmptyPlan(summary: PlanSummary): boolean {
  return (
    summary.changes.length === 0 &&
    summary.drift.length === 0 &&
    summary.outputs.length === 0 &&
    summary.warnings.length === 0 &&
    summary.unreviewed.length === 0 &&
    !summary.errored
  );
}

/**
 * Reads a plan: what happens to each resource, how much a reader must care and why.
 *
 * Secrets are redacted first, so nothing in the result can hold one.
 */
export function summarizePlan(plan: TerraformPlanJson): PlanSummary {
  return summarizeRedactedPlan(redactPlan(plan));
}

/** As {@link summarizePlan}, for a plan that went through `redactPlan` already. */
export function summarizeRedactedPlan(plan: TerraformPlanJson): PlanSummary {
  const managed = (plan.resource_changes ?? []).filter(({ mode }) => mode !== "data");
  const changes = managed.map(resourceChange).filter((change) => change.action !== "no-op");
  const drift = driftOf(plan);
  return {
    counts: { ...countChanges(changes), drift: drift.length },
    changes: changes.sort(byRisk),
    drift: drift.sort(byRisk),
    outputs: Object.entries(plan.output_changes ?? {}).flatMap(([name, change]) =>
      outputChange(name, change),
    ),
    warnings: (plan.checks ?? []).flatMap((check) =>
      check.status === "fail" || check.status === "error"
        ? [
            {
              address: check.address?.to_display ?? "check",
              status: check.status,
              messages: (check.instances ?? []).flatMap((instance) =>
                (instance.problems ?? []).map(({ message }) => message ?? ""),
              ),
            },
          ]
        : [],
    ),
    unreviewed: unreviewedOf(plan),
    errored: plan.errored === true,
  };
}

const deferralReasons: Readonly<Record<string, string>> = {
  absent_prereq: "something that it needs does not exist yet",
  deferred_prereq: "something that it needs is deferred",
  instance_count_unknown: "how many there will be is not known yet",
  provider_config_unknown: "the configuration of its provider is not known yet",
  resource_config_unknown: "its configuration is not known yet",
};

const knownActions = new Set(["no-op", "read", "create", "update", "delete", "forget"]);

/** What happens besides known changes. Terraform's own words stay: what it is must not be guessed. */
function unreviewedOf(plan: TerraformPlanJson): Unreviewed[] {
  const waits = (reason: string | undefined): string =>
    `is put off: ${reason !== undefined && Object.hasOwn(deferralReasons, reason) ? (deferralReasons[reason] ?? "") : (reason ?? "no reason is given")}`;
  const deferred = plan.deferred_changes ?? [];
  const waiting = plan.deferred_action_invocations ?? [];
  const isExplained = deferred.length > 0 || waiting.length > 0;
  return [
    ...(plan.resource_changes ?? [])
      .filter(({ change }) => change.actions.some((action) => !knownActions.has(action)))
      .map(({ address, change }) => ({
        address,
        what: `is changed in a way that Meridian does not know: ${change.actions.join(", ")}`,
      })),
    ...(plan.action_invocations ?? []).map((action) => ({
      address: action.address ?? "action",
      what: `is invoked ${occasionOf(action)}`,
    })),
    ...deferred.map(({ reason, resource_change: resource }) => ({
      address: resource?.address ?? "resource",
      what: waits(reason),
    })),
    ...waiting.map(({ reason, action_invocation: action }) => ({
      address: action?.address ?? "action",
      what: waits(reason),
    })),
    ...(plan.complete === false && plan.errored !== true && !isExplained
      ? [{ address: "the plan", what: "is not complete: Terraform will need another one after it" }]
      : []),
  ];
}

function occasionOf({ lifecycle_action_trigger: trigger }: PlannedAction): string {
  const event = trigger?.action_trigger_event;
  const resource = trigger?.triggering_resource_address;
  if (event === undefined || resource === undefined) {
    return "by this plan";
  }
  const [, when = "with", what = event] = /^(Before|After)(\w+)$/.exec(event) ?? [];
  return `${when.toLowerCase()} the ${what.toLowerCase()} of ${resource}`;
}

/** Counts changes by what happens; `drift` is left at zero. */
export function countChanges(changes: readonly ResourceChange[]): ChangeCounts {
  const count = (isCounted: (change: ResourceChange) => boolean): number => changes.filter(isCounted).length;
  return {
    create: count(({ action }) => action === "create"),
    update: count(({ action }) => action === "update"),
    replace: count(({ action }) => action === "replace"),
    destroy: count(({ action }) => action === "destroy"),
    import: count(({ imported }) => imported !== undefined),
    move: count(({ movedFrom }) => movedFrom !== undefined),
    forget: count(({ action }) => action === "forget"),
    drift: 0,
  };
}

/** Worst first; equal risks by what is lost, then by address. */
export function byRisk(left: ResourceChange, right: ResourceChange): number {
  return (
    riskRank(left.risk) - riskRank(right.risk) ||
    severity(left.action) - severity(right.action) ||
    (left.address < right.address ? -1 : left.address > right.address ? 1 : 0)
  );
}

function severity(action: Action): number {
  return ["destroy", "replace", "forget", "update", "create", "import", "move", "no-op"].indexOf(action);
}

function resourceChange(resource: PlannedResource): ResourceChange {
  const { change } = resource;
  const action = actionOf(resource);
  const attributes = action === "destroy" || action === "forget" ? [] : attributesOf(change, action);
  const [before, after] = [objectOr(change.before), objectOr(change.after)];
  const because = reasonOf(resource.action_reason);
  return {
    address:
      resource.deposed === undefined ? resource.address : `${resource.address} (deposed ${resource.deposed})`,
    type: resource.type,
    action,
    attributes,
    ...classify({ address: resource.address, type: resource.type, action, attributes, before, after }),
    ...(resource.previous_address === undefined ? {} : { movedFrom: resource.previous_address }),
    ...(change.importing === undefined || change.importing === null
      ? {}
      : { imported: change.importing.id ?? "an id that is not known yet" }),
    ...(interruptsTraffic(resource.type, change.actions, before) ? { interruptsTraffic: true } : {}),
    ...(because === undefined ? {} : { because }),
  };
}

function actionOf({ change, previous_address: previous }: PlannedResource): Action {
  const actions = [...change.actions].sort().join(" ");
  switch (actions) {
    case "create":
    case "update":
    case "forget":
      return actions;
    case "delete":
      return "destroy";
    case "create delete":
      return "replace";
    case "create forget":
      return "forget";
    default:
      return isPresent(change.importing) ? "import" : isPresent(previous) ? "move" : "no-op";
  }
}

function isPresent(value: unknown): boolean {
  return value !== undefined && value !== null;
}

/**
 * What differs, without what says nothing: attributes that the provider computes anew with every
 * replacement, and `tags_all` when it only repeats `tags`.
 */
function attributesOf(change: PlannedChange, action: Action): AttributeChange[] {
  const forcing = (change.replace_paths ?? []).map((steps) => pathOf(steps));
  const all = changedAttributes(change.before, change.after, { unknown: change.after_unknown });
  const isForcing = (path: string): boolean =>
    forcing.some(
      (forced) => path === forced || path.startsWith(`${forced}.`) || path.startsWith(`${forced}[`),
    );
  const tagged = all.some(({ path }) => /^tags([.[]|$)/.test(path));
  return all
    .filter(
      ({ path, unknown }) =>
        isForcing(path) ||
        ((unknown !== true || action === "update") && !(tagged && path.startsWith("tags_all"))),
    )
    .map((attribute) => (isForcing(attribute.path) ? { ...attribute, forcesReplacement: true } : attribute))
    .sort(
      (left, right) => Number(right.forcesReplacement ?? false) - Number(left.forcesReplacement ?? false),
    );
}

const reasons: Readonly<Record<string, string>> = {
  delete_because_count_index: "its index is beyond the count",
  delete_because_each_key: "its key is gone from for_each",
  delete_because_no_module: "its module is gone",
  delete_because_no_move_target: "it moved to an address that does not exist",
  delete_because_no_resource_config: "it is gone from the configuration",
  delete_because_wrong_repetition: "count or for_each came or went",
  replace_because_cannot_update: "it cannot be changed in place",
  replace_because_tainted: "an earlier apply left it incomplete",
  replace_by_request: "its replacement was asked for",
  replace_by_triggers: "replace_triggered_by names something that changes",
};

function reasonOf(reason: string | undefined): string | undefined {
  return reason !== undefined && Object.hasOwn(reasons, reason) ? reasons[reason] : undefined;
}

function outputChange(name: string, { actions }: PlannedChange): OutputChange[] {
  const [first] = actions;
  switch (first) {
    case "create":
    case "update":
      return [{ name, action: first }];
    case "delete":
      return [{ name, action: "destroy" }];
    default:
      return [];
  }
}

/**
 * Changes made by somebody else.
 *
 * Terraform's `resource_drift` also lists what it read for the first time after its own apply: computed
 * attributes, and lists that mirror other resources (a role's `inline_policy`, a security group's
 * `ingress`). Only what the configuration sets, or what the plan is about to set back, is drift.
 */
function driftOf(plan: TerraformPlanJson): ResourceChange[] {
  const configured = new Map(
    (plan.configuration?.root_module?.resources ?? []).map(({ address, expressions }) => [
      address ?? "",
      new Set(Object.keys(expressions ?? {})),
    ]),
  );
  const planned = new Map((plan.resource_changes ?? []).map((resource) => [resource.address, resource]));
  return (plan.resource_drift ?? []).flatMap((resource) => {
    const names = configured.get(resource.address.replace(/\[[^\]]*\]$/, ""));
    const reverted = revertedNames(planned.get(resource.address));
    const change = resourceChange({ ...resource, change: { ...resource.change, importing: null } });
    const attributes = change.attributes.filter(({ path, before, after, unknown }) => {
      const name = attributeName(path).split(".")[0] ?? "";
      const isSet = names === undefined || names.has(name);
      return (
        !path.startsWith("tags_all") &&
        (reverted.has(name) || (isSet && !(isZero(before) && isZero(after) && unknown !== true)))
      );
    });
    return change.action === "destroy" || attributes.length > 0 ? [driftChange(change, attributes)] : [];
  });
}

/**
 * Whether a value is what a provider reads where nothing was set: after an apply, `null` in the state becomes
 * the zero of its type with the next refresh.
 */
function isZero(value: unknown): boolean {
  return isNothing(value) || value === 0 || value === false;
}

/** Drift is classified by what was lost or opened outside, never as a destruction that is to come. */
function driftChange(change: ResourceChange, attributes: readonly AttributeChange[]): ResourceChange {
  const { address, type, action, findings } = change;
  const isTagsOnly = change.action === "update" && attributes.every(({ path }) => isTag(path));
  return {
    address,
    type,
    action,
    findings,
    attributes,
    risk: isTagsOnly ? "tags" : change.risk === "tags" ? "change" : change.risk,
  };
}

function revertedNames(planned: PlannedResource | undefined): Set<string> {
  const changes = planned === undefined ? [] : changedAttributes(planned.change.before, planned.change.after);
  return new Set(changes.map(({ path }) => attributeName(path).split(".")[0] ?? ""));
}

function objectOr(value: unknown): JsonObject {
  return isObject(value) && !isNothing(value) ? value : {};
}
