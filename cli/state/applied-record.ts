import pc from "picocolors";

import { messageOf } from "../base/errors";
import type { Backend, Configuration, Stack } from "../stacks/manifest";
import { commitOf } from "../base/repository";
import type { Session } from "../session/session";
import type { State } from "../stacks/state-file";
import type { StateHome } from "./state-home";
import { placeBeside, readBeside, storeBeside } from "./beside";

/** What was applied last to a stack, kept beside its state. Holds no secret: the configuration has none. */
export interface AppliedRecord {
  /** Version of this format. */
  readonly version: 1;
  readonly stack: string;
  readonly appliedAt: string;
  /** Lineage and serial of the state that the apply left. */
  readonly stateLineage: string;
  readonly stateSerial: number;
  /** SHA-256 of the synthesized stack. */
  readonly stackDigest: string;
  /** Names of the stacks that it depended on. */
  readonly dependencies: readonly string[];
  /** The synthesized stack: what destroys it, when nothing else knows it any more. */
  readonly configuration: Configuration;
  /**
   * The commit that was checked out.
   *
   * @default - there was no git repository
   */
  readonly commit?: string;
  /**
   * Digest of the saved plans that it belonged to.
   *
   * @default - the deploy planned by itself
   */
  readonly plans?: string;
}

/** Reads what was applied last where a state lies; nothing when that was never recorded. */
export async function readAppliedRecord(
  session: Session,
  backend: Backend,
): Promise<AppliedRecord | undefined> {
  const place = placeBeside(backend, "applied.json");
  const text = place === undefined ? undefined : await readBeside(session, place);
  return text === undefined ? undefined : (JSON.parse(text) as AppliedRecord);
}

/**
 * Records what was done to a stack: applied, with which plans, or destroyed and so forgotten. It is done, so
 * that a record which cannot be written is said and fails nothing.
 */
export async function recordApplied(
  ...args: Parameters<typeof recordAppliedSurely>
): ReturnType<typeof recordAppliedSurely> {
  const [session, , stack, mode] = args;
  await recordAppliedSurely(...args).catch((error: unknown) => {
    session.progress.note(
      pc.yellow(`${stack.name}: its ${mode} is done, but was not recorded: ${messageOf(error)}`),
    );
  });
}

async function recordAppliedSurely(
  session: Session,
  home: StateHome,
  stack: Stack,
  mode: "apply" | "destroy",
  plans?: string,
): Promise<void> {
  const state = mode === "apply" ? await home.stateOf(stack) : undefined;
  if (mode === "destroy" || state !== undefined) {
    await store(session, stack, state === undefined ? undefined : recordOf(session, stack, state, plans));
  }
}

/** Records what is about to be applied: an apply that fails halfway leaves resources too. */
export async function recordBegun(session: Session, home: StateHome, stack: Stack): Promise<void> {
  const state = (await home.stateOf(stack)) ?? { lineage: "", serial: 0 };
  await store(session, stack, recordOf(session, stack, state));
}

/** Records a stack that a plan found as it should be, where the last record is of other bytes. */
export async function recordUnchanged(session: Session, home: StateHome, stack: Stack): Promise<void> {
  const record = stack.backend === undefined ? undefined : await readAppliedRecord(session, stack.backend);
  if (record?.stackDigest !== stack.digest) {
    await recordApplied(session, home, stack, "apply");
  }
}

/** Notes in what is recorded of a stack which stacks it depends on now: orphans are destroyed in that order. */
export async function recordDependencies(session: Session, stack: Stack): Promise<void> {
  const record = stack.backend === undefined ? undefined : await readAppliedRecord(session, stack.backend);
  if (record !== undefined) {
    await store(session, stack, `${JSON.stringify({ ...record, dependencies: stack.dependencies })}\n`);
  }
}

async function store(session: Session, { backend }: Stack, text: string | undefined): Promise<void> {
  const place = backend === undefined ? undefined : placeBeside(backend, "applied.json");
  if (place !== undefined) {
    await storeBeside(session, place, text);
  }
}

function recordOf(
  { context }: Session,
  stack: Stack,
  state: Pick<State, "lineage" | "serial">,
  plans?: string,
): string {
  const commit = commitOf(context.workspace.projectDirectory);
  const record: AppliedRecord = {
    version: 1,
    stack: stack.name,
    appliedAt: context.now().toISOString(),
    stateLineage: state.lineage,
    stateSerial: state.serial,
    stackDigest: stack.digest,
    dependencies: stack.dependencies,
    configuration: stack.configuration,
    ...(commit === undefined ? {} : { commit }),
    ...(plans === undefined ? {} : { plans }),
  };
  return `${JSON.stringify(record)}\n`;
}
