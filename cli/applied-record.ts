import { existsSync, readFileSync, rmSync } from "node:fs";

import type { Backend, Configuration, Stack } from "./manifest";
import { commitOf } from "./saved-plan";
import type { Session } from "./session";
import type { State } from "./state";
import type { StateHome } from "./state-home";
import { writePrivateFile } from "./workspace";

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
  const { context, access } = session;
  const place = placeBeside(backend);
  if (place === undefined) {
    return undefined;
  }
  const text =
    typeof place === "string"
      ? existsSync(place)
        ? readFileSync(place, "utf8")
        : undefined
      : await context.aws.objects.read(access, place);
  return text === undefined ? undefined : (JSON.parse(text) as AppliedRecord);
}

/** Records what was done to a stack: applied, with which plans, or destroyed and so forgotten. */
export async function recordApplied(
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

async function store({ context, access }: Session, stack: Stack, text: string | undefined): Promise<void> {
  const place = stack.backend === undefined ? undefined : placeBeside(stack.backend);
  if (place === undefined) {
    return;
  }
  if (typeof place !== "string") {
    await (text === undefined
      ? context.aws.objects.remove(access, place)
      : context.aws.objects.write(access, place, text));
  } else if (text === undefined) {
    rmSync(place, { force: true });
  } else {
    writePrivateFile(place, text);
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

/** A file, or an object in the state's bucket. */
function placeBeside({
  type,
  settings,
}: Backend): string | { bucket: string; key: string; region: string } | undefined {
  const beside = (name: string): string => `${name.replace(/\.tfstate$/, "")}.applied.json`;
  switch (type) {
    case "local":
      return beside(String(settings.path));
    case "s3":
      return {
        bucket: String(settings.bucket),
        key: beside(String(settings.key)),
        region: String(settings.region),
      };
    default:
      return undefined;
  }
}
