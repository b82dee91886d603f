import { isDeeperThan, isObject, sameJson, type JsonObject } from "../change";
import type {
  PlannedAction,
  PlannedChange,
  PlannedCheck,
  PlannedResource,
  TerraformPlanJson,
} from "../plan/terraform-plan";
import { Scrubber } from "./scrubber";
import { secretsOf } from "./secrets";

/** Stands for a value that is sensitive as a whole. */
export const sensitiveValue = "(sensitive value)";

/** Stands for a sensitive value that is not the one before. */
export const changedSensitiveValue = "(sensitive value, changed)";

/** Members below this depth are not shown; no resource nests as deep. */
const deepest = 60;
const tooDeep = "(nested too deeply)";

/**
 * A plan without its secrets, holding only what is read from plans.
 *
 * What `before_sensitive` and `after_sensitive` mark is replaced as a whole; the same values are then
 * scrubbed wherever else they occur. That a secret changed stays visible, what it is does not.
 * `prior_state`, `planned_values`, `variables` and `configuration` are dropped, but for the names of the
 * attributes that the configuration sets.
 *
 * @param scrubber - knows the secrets of all plans that end up in one report; a secret of one stack is
 *   often a plain value in the next.
 */
export function redactPlan(
  plan: TerraformPlanJson,
  scrubber: Scrubber = scrubberFor([plan]),
): TerraformPlanJson {
  return {
    ...(plan.terraform_version === undefined ? {} : { terraform_version: plan.terraform_version }),
    resource_changes: (plan.resource_changes ?? []).map((change) => redactedResource(change, scrubber)),
    resource_drift: (plan.resource_drift ?? []).map((change) => redactedResource(change, scrubber)),
    output_changes: Object.fromEntries(
      Object.entries(plan.output_changes ?? {}).map(([name, change]) => [
        scrubber.text(name),
        redactedChange(change, scrubber),
      ]),
    ),
    checks: (plan.checks ?? []).map((check) => redactedCheck(check, scrubber)),
    ...besidesChanges(plan, scrubber),
    ...(plan.complete === undefined ? {} : { complete: plan.complete }),
    ...(plan.configuration === undefined ? {} : { configuration: configuredNames(plan, scrubber) }),
    ...(plan.errored === undefined ? {} : { errored: plan.errored }),
  };
}

/** Knows every secret of some plans. */
export function scrubberFor(plans: readonly TerraformPlanJson[]): Scrubber {
  return new Scrubber(plans.flatMap((plan) => [...secretsOf(plan)]));
}

/** Any JSON value without the secrets that a scrubber knows. */
export function redactValue<Value>(value: Value, scrubber: Scrubber): Value {
  return pair(value, undefined, false, false, 0, scrubber)[0] as Value;
}

/** A resource as some version of Terraform wrote it. */
type WrittenResource = Partial<PlannedResource>;

function redactedResource(resource: WrittenResource, scrubber: Scrubber): PlannedResource {
  return {
    address: scrubber.text(addressOf(resource)),
    ...(resource.mode === undefined ? {} : { mode: resource.mode }),
    type: resource.type ?? "",
    ...(resource.previous_address === undefined
      ? {}
      : { previous_address: scrubber.text(resource.previous_address) }),
    ...(resource.deposed === undefined ? {} : { deposed: resource.deposed }),
    ...(resource.action_reason === undefined ? {} : { action_reason: resource.action_reason }),
    change: redactedChange(resource.change ?? {}, scrubber),
  };
}

/** What Terraform 1.0 leaves out of its drift can be put together from the rest. */
function addressOf({ address, module_address: module, mode, type, name, index }: WrittenResource): string {
  if (typeof address === "string") {
    return address;
  }
  const parts = [module, mode === "data" ? mode : undefined, type ?? "unknown", name ?? "unknown"];
  return `${parts.filter((part) => part !== undefined).join(".")}${index === undefined || index === null ? "" : `[${JSON.stringify(index)}]`}`;
}

/** Actions, and what Terraform puts off. */
function besidesChanges(plan: TerraformPlanJson, scrubber: Scrubber): TerraformPlanJson {
  return {
    deferred_changes: (plan.deferred_changes ?? []).map(({ reason, resource_change: resource }) => ({
      ...(reason === undefined ? {} : { reason: scrubber.text(reason) }),
      ...(resource === undefined ? {} : { resource_change: redactedResource(resource, scrubber) }),
    })),
    action_invocations: (plan.action_invocations ?? []).map((action) => redactedAction(action, scrubber)),
    deferred_action_invocations: (plan.deferred_action_invocations ?? []).map(
      ({ reason, action_invocation: action }) => ({
        ...(reason === undefined ? {} : { reason: scrubber.text(reason) }),
        ...(action === undefined ? {} : { action_invocation: redactedAction(action, scrubber) }),
      }),
    ),
  };
}

function redactedAction(action: PlannedAction, scrubber: Scrubber): PlannedAction {
  const { address, type, lifecycle_action_trigger: trigger } = action;
  return redactValue(
    {
      ...(address === undefined ? {} : { address }),
      ...(type === undefined ? {} : { type }),
      ...(trigger === undefined
        ? {}
        : {
            lifecycle_action_trigger: {
              triggering_resource_address: trigger.triggering_resource_address ?? "",
              action_trigger_event: trigger.action_trigger_event ?? "",
            },
          }),
    },
    scrubber,
  );
}

function redactedChange(change: Partial<PlannedChange>, scrubber: Scrubber): PlannedChange {
  const [before, after] = pair(
    change.before,
    change.after,
    change.before_sensitive,
    change.after_sensitive,
    0,
    scrubber,
  );
  const id = change.importing?.id;
  return {
    actions: change.actions ?? [],
    before,
    after,
    after_unknown: redactValue(change.after_unknown, scrubber),
    ...(change.replace_paths === undefined
      ? {}
      : { replace_paths: redactValue(change.replace_paths, scrubber) }),
    ...(change.importing === undefined || change.importing === null
      ? {}
      : { importing: id === undefined ? {} : { id: scrubber.text(id) } }),
  };
}

function redactedCheck(check: PlannedCheck, scrubber: Scrubber): PlannedCheck {
  return redactValue(
    {
      address: { kind: check.address?.kind ?? "check", to_display: check.address?.to_display ?? "" },
      status: check.status ?? "unknown",
      instances: (check.instances ?? []).map((instance) => ({
        problems: (instance.problems ?? []).map(({ message }) => ({ message: message ?? "" })),
      })),
    },
    scrubber,
  );
}

function configuredNames(plan: TerraformPlanJson, scrubber: Scrubber): TerraformPlanJson["configuration"] {
  return {
    root_module: {
      resources: (plan.configuration?.root_module?.resources ?? []).map(({ address, expressions }) => ({
        address: scrubber.text(address ?? ""),
        expressions: Object.fromEntries(Object.keys(expressions ?? {}).map((name) => [name, true])),
      })),
    },
  };
}

/**
 * Redacts two versions of one value together: only so can a change of a secret be told without telling
 * the secret.
 */
function pair(
  before: unknown,
  after: unknown,
  beforeMark: unknown,
  afterMark: unknown,
  depth: number,
  scrubber: Scrubber,
): [unknown, unknown] {
  if (beforeMark === true || afterMark === true) {
    return masked(before, after, sensitiveValue, changedSensitiveValue);
  }
  if (depth > deepest) {
    return masked(before, after, tooDeep, tooDeep);
  }
  if (isContainer(before) || isContainer(after)) {
    return containers(before, after, beforeMark, afterMark, depth, scrubber);
  }
  const [left, right] = [leaf(before, scrubber), leaf(after, scrubber)];
  const hidesChange = before !== after && left === right && typeof right === "string";
  return [left, hidesChange ? `${right} (changed)` : right];
}

function masked(before: unknown, after: unknown, same: string, changed: string): [unknown, unknown] {
  const isAbsent = [before, after].map((value) => value === undefined || value === null);
  const isKnown = same !== changed && !isAbsent.includes(true);
  const isEqual =
    !isKnown || (![before, after].some((value) => isDeeperThan(value, deepest)) && sameJson(before, after));
  return [isAbsent[0] === true ? before : same, isAbsent[1] === true ? after : isEqual ? same : changed];
}

function containers(
  before: unknown,
  after: unknown,
  beforeMark: unknown,
  afterMark: unknown,
  depth: number,
  scrubber: Scrubber,
): [unknown, unknown] {
  if (Array.isArray(before) !== Array.isArray(after) && isContainer(before) && isContainer(after)) {
    return [
      pair(before, undefined, beforeMark, false, depth, scrubber)[0],
      pair(undefined, after, false, afterMark, depth, scrubber)[1],
    ];
  }
  const [left, right] = [entriesOf(before), entriesOf(after)];
  const leftMembers: [string, unknown][] = [];
  const rightMembers: [string, unknown][] = [];
  for (const key of new Set([...left.keys(), ...right.keys()])) {
    const marks = [memberOf(beforeMark, key), memberOf(afterMark, key)];
    const members = pair(left.get(key), right.get(key), marks[0], marks[1], depth + 1, scrubber);
    if (left.has(key)) {
      leftMembers.push([scrubber.name(key), members[0]]);
    }
    if (right.has(key)) {
      rightMembers.push([scrubber.name(key), members[1]]);
    }
  }
  return [rebuilt(before, leftMembers, scrubber), rebuilt(after, rightMembers, scrubber)];
}

function rebuilt(original: unknown, members: readonly [string, unknown][], scrubber: Scrubber): unknown {
  if (Array.isArray(original)) {
    return members.map(([, value]) => value);
  }
  return isObject(original) ? Object.fromEntries(members) : leaf(original, scrubber);
}

function entriesOf(value: unknown): Map<string, unknown> {
  return isContainer(value) ? new Map(Object.entries(value)) : new Map<string, unknown>();
}

function memberOf(mark: unknown, key: string): unknown {
  return isContainer(mark) && Object.hasOwn(mark, key) ? (mark as JsonObject)[key] : false;
}

function isContainer(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function leaf(value: unknown, scrubber: Scrubber): unknown {
  if (typeof value === "string") {
    return scrubber.text(value);
  }
  return scrubber.isSecret(value) ? sensitiveValue : value;
}
