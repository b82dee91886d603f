import type { PlannedResource, TerraformPlanJson } from "../../../analysis/plan";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { CommandError } from "../../../cli/base/errors";
import type { Stack } from "../../../cli/stacks/manifest";
import { Progress } from "../../../cli/terminal/progress";
import type { Session } from "../../../cli/session/session";
import type { State } from "../../../cli/stacks/state-file";
import { synthesize } from "../../../cli/session/synthesis";
import { type ChangeCounts, noChanges } from "../../../cli/terraform/events";
import {
  type InitOptions,
  type PlanOptions,
  type PlanOutcome,
  type Terraform,
  TerraformError,
} from "../../../cli/terraform/terraform";
import { selectStacks } from "../../../cli/stacks/waves";
import { devEnvironment, type FakeContext, stateWith } from "./fake-context";

/**
 * Terraform as the runner sees it: every stack has one resource and publishes the outputs that
 * it declares. States go to the fake bucket, or to the file that an override names.
 */
export class FakeTerraform implements Terraform {
  public readonly binary = { command: "terraform", product: "terraform", version: "1.11.4" } as const;
  /** What was called, in order: `plan dev-edge`. */
  public readonly calls: string[] = [];
  /** Calls that fail, such as `apply dev-edge`. */
  public readonly failing = new Set<string>();
  /** What calls that fail have done by then. */
  public readonly doneBeforeFailing = new Map<string, ChangeCounts>();
  /** What plans change in stacks that stand, by stack. */
  public readonly planned = new Map<string, readonly PlannedResource[]>();
  /** What an apply makes besides, by stack. */
  public readonly makes = new Map<string, State["resources"]>();
  /** Called after each apply. */
  public afterApply: () => void = () => undefined;
  /** Called before each operation. */
  public onCall: (call: string) => void = () => undefined;
  private readonly places = new Map<string, string>();

  public constructor(private readonly context: FakeContext) {}

  public init(stack: Stack, { backend = "configured" }: InitOptions = {}): Promise<void> {
    this.call(backend === "configured" ? "init" : backend, stack);
    const before = this.read(stack);
    this.places.set(stack.name, placeOf(stack));
    if (backend === "migrate" && before !== undefined) {
      this.write(stack, { ...before, lineage: `${before.lineage}'` });
    }
    return Promise.resolve();
  }

  public validate(): Promise<[]> {
    return Promise.resolve([]);
  }

  public plan(stack: Stack, { file, destroy = false, targets }: PlanOptions): Promise<PlanOutcome> {
    if (targets !== undefined) {
      return this.planImports(stack, file);
    }
    this.call(destroy ? "plan -destroy" : "plan", stack);
    const isThere = (this.read(stack)?.resources.length ?? 0) > 0;
    const wanted = destroy ? undefined : this.planned.get(stack.name);
    const action = destroy ? "delete" : "create";
    const resources = wanted ?? (isThere === destroy ? [thing(action)] : []);
    const hasChanges = resources.length > 0;
    writeFileSync(file, JSON.stringify({ resource_changes: resources, destroy }));
    const counts = { ...noChanges, ...(hasChanges ? { [destroy ? "remove" : "add"]: 1 } : {}) };
    const changes = resources.map(({ address }) => ({
      address,
      action: wanted === undefined ? action : "update",
    }));
    return Promise.resolve({ hasChanges, counts, changes: changes as PlanOutcome["changes"], warnings: [] });
  }

  private planImports(stack: Stack, file: string): Promise<PlanOutcome> {
    const { import: imports = [] } = stack.configuration as { import?: { to: string; id: string }[] };
    imports.forEach(({ to, id }) => {
      this.call(`import ${to} ${id}`, stack);
    });
    writeFileSync(file, JSON.stringify({ resource_changes: [], destroy: false }));
    return Promise.resolve({ hasChanges: true, counts: noChanges, changes: [], warnings: [] });
  }

  public show(stack: Stack, file: string): Promise<TerraformPlanJson> {
    this.call("show", stack);
    return Promise.resolve(JSON.parse(readFileSync(file, "utf8")) as TerraformPlanJson);
  }

  public apply(stack: Stack, file: string): Promise<ChangeCounts> {
    this.call("apply", stack);
    const { destroy: isDestroy } = JSON.parse(readFileSync(file, "utf8")) as { destroy: boolean };
    this.planned.delete(stack.name);
    const outputs = Object.keys(stack.configuration.output ?? {}).map((name) => [
      name,
      `${stack.name} ${name}`,
    ]);
    const before = this.read(stack);
    const state = stateWith(
      isDestroy ? 0 : 1,
      isDestroy ? {} : (Object.fromEntries(outputs) as Record<string, unknown>),
    );
    this.write(stack, {
      ...state,
      resources: [...state.resources, ...(isDestroy ? [] : (this.makes.get(stack.name) ?? []))],
      lineage: before?.lineage ?? stack.name,
      serial: (before?.serial ?? 0) + 1,
    });
    if (stack.name.endsWith("-bootstrap")) {
      this.context.aws.bucket = isDestroy ? "absent" : "present";
    }
    this.afterApply();
    return Promise.resolve({ ...noChanges, [isDestroy ? "remove" : "add"]: 1 });
  }

  public forgetResource(stack: Stack, address: string): Promise<void> {
    this.call(`forget ${address}`, stack);
    return Promise.resolve();
  }

  public pushState(stack: Stack, file: string): Promise<void> {
    this.call("push", stack);
    this.write(stack, JSON.parse(readFileSync(file, "utf8")) as State);
    return Promise.resolve();
  }

  private call(operation: string, stack: Stack): void {
    const call = `${operation} ${stack.name}`;
    this.calls.push(call);
    this.onCall(call);
    const counts = this.doneBeforeFailing.get(call);
    if (this.failing.has(call) && counts !== undefined) {
      throw new TerraformError(`${call} went wrong`, undefined, "/x/apply.log", undefined, [], counts);
    }
    if (this.failing.has(call)) {
      throw new CommandError(`${call} went wrong`);
    }
  }

  private read(stack: Stack): State | undefined {
    const place = this.places.get(stack.name) ?? placeOf(stack);
    if (!place.startsWith("/")) {
      return this.context.aws.states.get(place);
    }
    return existsSync(place) ? (JSON.parse(readFileSync(place, "utf8")) as State) : undefined;
  }

  private write(stack: Stack, state: State): void {
    const place = placeOf(stack);
    if (place.startsWith("/")) {
      mkdirSync(dirname(place), { recursive: true });
      writeFileSync(place, JSON.stringify({ version: 4, ...state }));
    } else {
      this.context.aws.states.set(place, state);
    }
  }
}

function thing(action: string): PlannedResource {
  const change = { actions: [action], before: action === "delete" ? {} : null, after: {}, after_unknown: {} };
  return { address: "terraform_data.thing", mode: "managed", type: "terraform_data", name: "thing", change };
}

/** A file, or a key in the fake bucket. */
function placeOf(stack: Stack): string {
  const override = join(stack.directory, "backend_override.tf.json");
  return existsSync(override)
    ? (JSON.parse(readFileSync(override, "utf8")) as { terraform: { backend: { local: { path: string } } } })
        .terraform.backend.local.path
    : String(stack.backend?.settings.key);
}

/** A session over the context's stacks, with a fake Terraform. */
export async function fakeSession(
  context: FakeContext,
  globs: readonly string[] = [],
  overrides: Partial<Session> = {},
): Promise<Session & { terraform: FakeTerraform }> {
  const environment = overrides.environment ?? devEnvironment;
  const synthesis = await synthesize(context, environment.name);
  return {
    context,
    environment,
    synthesis,
    selected: selectStacks(synthesis.stacks, globs),
    access: { variables: {} },
    progress: new Progress(context.terminal),
    parallelism: 2,
    lockTimeout: "0s",
    lock: true,
    instanceId: undefined,
    runDirectory: context.workspace.run("test"),
    startedAt: context.now(),
    ...overrides,
    terraform: new FakeTerraform(context),
  };
}
