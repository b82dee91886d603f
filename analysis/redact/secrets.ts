import { isObject, parseJsonText } from "../change";
import type {
  ConfiguredModule,
  ModuleCall,
  PlannedAction,
  PlannedChange,
  PlannedModule,
  TerraformPlanJson,
} from "../plan/terraform-plan";
import { fullyDecoded } from "./decoding";

/** A value that Terraform marks as sensitive. */
export type Secret = string | number;

/** Names of members whose value is a secret inside a larger sensitive document. */
const secretName = /pass|secret|token|credential|private|api_?key|auth/i;

/** Shorter pieces of a sensitive document are words that occur everywhere. */
const shortestPiece = 6;

/** A line of a multi-line secret that is long enough to be recognised alone. */
const shortestLine = 20;

/**
 * Every value that a plan marks as sensitive, wherever the mark stands: changes, drift, deferred changes,
 * actions, outputs, prior state, planned values, and variables that the configuration declares sensitive.
 *
 * A sensitive document is taken apart too: the value beside a telling name in JSON, the password in a
 * URL, and the long lines of a key file, because each of them turns up alone elsewhere.
 */
export function secretsOf(plan: TerraformPlanJson): Set<Secret> {
  const found = new Set<Secret>();
  for (const [value, mark] of [...changedValues(plan), ...knownValues(plan), ...variables(plan)]) {
    collectMarked(value, mark, found);
  }
  for (const secret of [...found]) {
    for (const piece of piecesOf(secret)) {
      found.add(piece);
    }
  }
  return found;
}

/** A value and Terraform's marks for it: true, or the same shape with true at the sensitive members. */
type Marked = readonly [value: unknown, mark: unknown];

function changedValues(plan: TerraformPlanJson): Marked[] {
  const deferred = plan.deferred_changes ?? [];
  return [
    ...(plan.resource_changes ?? []),
    ...(plan.resource_drift ?? []),
    ...deferred.flatMap(({ resource_change: change }) => change ?? []),
  ]
    .flatMap(({ change }): PlannedChange[] => (isObject(change) ? [change] : []))
    .concat(Object.values(plan.output_changes ?? {}))
    .flatMap((change): Marked[] => [
      [change.before, change.before_sensitive],
      [change.after, change.after_sensitive],
    ])
    .concat(actionsOf(plan).map((action): Marked => [action.config_values, action.config_sensitive]));
}

/** Actions that are invoked after the apply, and those that wait. */
function actionsOf(plan: TerraformPlanJson): PlannedAction[] {
  return [
    ...(plan.action_invocations ?? []),
    ...(plan.deferred_action_invocations ?? []).flatMap(({ action_invocation: action }) => action ?? []),
  ];
}

function knownValues(plan: TerraformPlanJson): Marked[] {
  return [plan.prior_state?.values, plan.planned_values].flatMap((values): Marked[] => [
    ...Object.values(values?.outputs ?? {}).map(({ value, sensitive }): Marked => [value, sensitive]),
    ...modulesOf(values?.root_module)
      .flatMap((module) => module.resources ?? [])
      .map((resource): Marked => [resource.values, resource.sensitive_values]),
  ]);
}

function variables(plan: TerraformPlanJson): Marked[] {
  const root = plan.configuration?.root_module;
  const declared = Object.entries(root?.variables ?? {});
  return [
    ...declared.map(([name, { sensitive }]): Marked => [plan.variables?.[name]?.value, sensitive]),
    ...configuredValues(root),
  ];
}

/** What the configuration itself says of sensitive variables and outputs, in every module. */
function configuredValues(root: ConfiguredModule | undefined): Marked[] {
  const values: Marked[] = [];
  const open = root === undefined ? [] : [root];
  for (let module = open.pop(); module !== undefined; module = open.pop()) {
    const { variables: declared = {}, outputs = {}, module_calls: calls = {} } = module;
    values.push(
      ...Object.values(declared).map((variable): Marked => [variable.default, variable.sensitive]),
      ...Object.values(outputs).map((output): Marked => [
        output.expression?.constant_value,
        output.sensitive,
      ]),
      ...Object.values(calls).flatMap(givenValues),
    );
    open.push(...Object.values(calls).flatMap(({ module: called }) => called ?? []));
  }
  return values;
}

function givenValues({ module: called, expressions = {} }: ModuleCall): Marked[] {
  return Object.entries(called?.variables ?? {}).map(([name, { sensitive }]): Marked => {
    const given = expressions[name];
    return [isObject(given) ? given.constant_value : undefined, sensitive];
  });
}

function modulesOf(root: PlannedModule | undefined): PlannedModule[] {
  const modules: PlannedModule[] = [];
  const open = root === undefined ? [] : [root];
  for (let module = open.pop(); module !== undefined; module = open.pop()) {
    modules.push(module);
    open.push(...(module.child_modules ?? []));
  }
  return modules;
}

/** Walks with a list of its own, not by recursion: no nesting is too deep to hide a secret. */
function collectMarked(root: unknown, rootMark: unknown, found: Set<Secret>): void {
  const open: [unknown, unknown][] = [[root, rootMark]];
  for (let pair = open.pop(); pair !== undefined; pair = open.pop()) {
    const [value, mark] = pair;
    if (mark === true && (typeof value === "string" || typeof value === "number")) {
      found.add(value);
    } else if (typeof value === "object" && value !== null && mark !== undefined && mark !== false) {
      for (const [key, member] of Object.entries(value)) {
        open.push([member, mark === true ? true : (mark as Record<string, unknown> | null)?.[key]]);
      }
    }
  }
}

function piecesOf(secret: Secret): string[] {
  if (typeof secret === "number") {
    return [];
  }
  const lines = secret.includes("\n")
    ? secret.split(/\r?\n/).filter((line) => line.trim().length >= shortestLine)
    : [];
  // Lengths are limited, so that a long text of `://` takes no quadratic time.
  const passwords = [...secret.matchAll(/:\/\/[^\s:/@]{0,200}:([^\s@]{1,500})@/g)].flatMap(
    ({ 1: password = "" }) => [password, fullyDecoded(password)],
  );
  return [...lines.map((line) => line.trim()), ...passwords, ...namedMembers(secret)].filter(
    (piece) => piece.length >= shortestPiece,
  );
}

/** The strings beside a telling name: `{"password": "x"}` and `{"name": "DB_PASSWORD", "value": "x"}`. */
function namedMembers(text: string): string[] {
  const pieces: string[] = [];
  const open: unknown[] = [parseJsonText(text)];
  while (open.length > 0) {
    const value = open.pop();
    if (typeof value === "object" && value !== null) {
      for (const [key, member] of Object.entries(value) as [string, unknown][]) {
        pieces.push(...namedText(value, key, member));
        open.push(member);
      }
    }
  }
  return pieces;
}

function namedText(owner: object, key: string, member: unknown): string[] {
  const name = key === "value" && "name" in owner && typeof owner.name === "string" ? owner.name : key;
  return typeof member === "string" && secretName.test(name) ? [member] : [];
}
