import type { Backend, Configuration, Stack } from "./manifest";
import type { State } from "./state-file";

/** A state that a stack reads, and the outputs that it needs from there. */
export interface RemoteReference {
  readonly backend: Backend;
  readonly outputs: readonly string[];
}

const reference = /data\.terraform_remote_state\.([\w-]+)\.outputs(?:\.([A-Za-z_][\w-]*)|\["([^"]+)"\])/g;

/** The remote states that a stack reads, with the outputs that its expressions name. */
export function remoteReferencesOf(configuration: Configuration): RemoteReference[] {
  const outputs = new Map<string, Set<string>>();
  for (const text of stringsIn(configuration)) {
    for (const [, id = "", attribute, key] of text.matchAll(reference)) {
      const names = outputs.get(id) ?? new Set();
      outputs.set(id, names.add(attribute ?? key ?? ""));
    }
  }
  return Object.entries(configuration.data?.terraform_remote_state ?? {}).map(([id, block]) => ({
    backend: {
      type: String(block.backend),
      settings: (block.config ?? {}) as Readonly<Record<string, unknown>>,
    },
    outputs: [...(outputs.get(id) ?? [])].sort(),
  }));
}

/**
 * The stacks that must be applied before this one can be planned: those whose state does not
 * have an output that it reads.
 */
export async function blockersOf(
  stack: Stack,
  stacks: readonly Stack[],
  readState: (backend: Backend) => Promise<State | undefined>,
): Promise<string[]> {
  const blockers = new Set<string>();
  for (const { backend, outputs } of remoteReferencesOf(stack.configuration)) {
    const state = await readState(backend);
    if (state === undefined || outputs.some((name) => state.outputs[name] === undefined)) {
      blockers.add(stacks.find((other) => isSamePlace(other.backend, backend))?.name ?? placeOf(backend));
    }
  }
  return [...blockers].sort();
}

function isSamePlace(a: Backend | undefined, b: Backend): boolean {
  return a !== undefined && placeOf(a) === placeOf(b);
}

function placeOf({ type, settings }: Backend): string {
  return type === "s3" ? `s3://${String(settings.bucket)}/${String(settings.key)}` : String(settings.path);
}

function* stringsIn(value: unknown): Generator<string> {
  if (typeof value === "string") {
    yield value;
  } else if (typeof value === "object" && value !== null) {
    for (const item of Object.values(value)) {
      yield* stringsIn(item);
    }
  }
}
