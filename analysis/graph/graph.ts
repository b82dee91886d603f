import { canonicalJson, isObject, type JsonObject } from "../change";
import { withoutNotes, type SynthesizedOutput, type SynthesizedStack } from "../diff";

/** One stack reads outputs of another. */
export interface StackReference {
  /** The stack that reads. */
  readonly from: string;
  /** The stack that is read. */
  readonly to: string;
  /** The outputs that are read, by name; empty when the order is all that is known. */
  readonly outputs: readonly string[];
}

/** Stacks and who reads whom. */
export interface StackGraph {
  readonly stacks: readonly string[];
  readonly references: readonly StackReference[];
}

/** A stack that cannot be planned yet, and why. */
export interface Blockage {
  readonly stack: string;
  /** Outputs that the stack reads and that do not exist, by the stack that will publish them. */
  readonly missing: Readonly<Record<string, readonly string[]>>;
}

/**
 * Who reads whom, from the stacks themselves: each `terraform_remote_state` names a back end, each back
 * end belongs to a stack, and each reference names an output.
 *
 * @param dependencies - the order that the synthesizer's manifest declares, by stack; it adds edges
 *   where stacks depend without reading each other.
 */
export function stackGraph(
  output: SynthesizedOutput,
  dependencies: Readonly<Record<string, readonly string[]>> = {},
): StackGraph {
  const stacks = Object.keys(output).sort();
  const owners = new Map(
    stacks.flatMap((name): [string, string][] => {
      const key = backendKey(backendOf(output[name]));
      return key === undefined ? [] : [[key, name]];
    }),
  );
  const references = stacks.flatMap((from) => {
    const read = remoteOutputs(output[from], owners);
    for (const to of dependencies[from] ?? []) {
      if (!read.has(to)) {
        read.set(to, new Set());
      }
    }
    return [...read]
      .filter(([to]) => to !== from)
      .map(([to, outputs]) => ({ from, to, outputs: [...outputs].sort() }))
      .sort((left, right) => (left.to < right.to ? -1 : 1));
  });
  return { stacks, references };
}

/** Some stacks and everything that reads them, directly or through others, in the graph's order. */
export function downstreamOf(graph: StackGraph, stacks: readonly string[]): string[] {
  return closure(graph, stacks, ({ from, to }) => [to, from]);
}

/** Some stacks and everything that they read, directly or through others, in the graph's order. */
export function upstreamOf(graph: StackGraph, stacks: readonly string[]): string[] {
  return closure(graph, stacks, ({ from, to }) => [from, to]);
}

/**
 * The stacks in waves: each wave reads only what earlier waves publish.
 *
 * @throws Error that names the stacks of a cycle.
 */
export function wavesOf(graph: StackGraph, stacks: readonly string[] = graph.stacks): string[][] {
  const waves: string[][] = [];
  let open = graph.stacks.filter((name) => stacks.includes(name));
  while (open.length > 0) {
    const waiting = new Set(open);
    const ready = open.filter(
      (name) => !graph.references.some(({ from, to }) => from === name && waiting.has(to)),
    );
    if (ready.length === 0) {
      throw new Error(
        `stacks read each other in a circle: ${open.join(", ")}; break it with a deterministic name`,
      );
    }
    waves.push(ready);
    open = open.filter((name) => !ready.includes(name));
  }
  return waves;
}

/**
 * Which of some stacks cannot be planned, because they read outputs that no applied state has yet.
 *
 * @param published - names of the outputs in each stack's state; a stack that was never applied is absent.
 */
export function blockagesOf(
  graph: StackGraph,
  stacks: readonly string[],
  published: Readonly<Record<string, readonly string[]>>,
): Blockage[] {
  return stacks.flatMap((stack) => {
    const missing = graph.references
      .filter(({ from }) => from === stack)
      .map(({ to, outputs }): [string, string[]] => {
        const had = Object.hasOwn(published, to) ? published[to] : undefined;
        return [to, outputs.filter((name) => had?.includes(name) !== true)];
      })
      .filter(([, outputs]) => outputs.length > 0);
    return missing.length === 0 ? [] : [{ stack, missing: Object.fromEntries(missing) }];
  });
}

function closure(
  graph: StackGraph,
  stacks: readonly string[],
  step: (reference: StackReference) => [string, string],
): string[] {
  const reached = new Set(stacks);
  const open = [...stacks];
  for (let stack = open.pop(); stack !== undefined; stack = open.pop()) {
    for (const [near, far] of graph.references.map(step)) {
      if (near === stack && !reached.has(far)) {
        reached.add(far);
        open.push(far);
      }
    }
  }
  return graph.stacks.filter((name) => reached.has(name));
}

function backendOf(stack: SynthesizedStack | undefined): JsonObject | undefined {
  const terraform = stack?.terraform;
  const backend = isObject(terraform) ? terraform.backend : undefined;
  return isObject(backend) ? backend : undefined;
}

/** What tells one state from another: kind and place, not credentials or encryption. */
function backendKey(backend: JsonObject | undefined): string | undefined {
  const [kind, settings] = Object.entries(backend ?? {})[0] ?? [];
  if (kind === undefined || !isObject(settings)) {
    return undefined;
  }
  const place = [
    "bucket",
    "key",
    "path",
    "address",
    "organization",
    "workspaces",
    "container_name",
    "prefix",
  ];
  return canonicalJson([kind, ...place.map((name) => settings[name] ?? null)]);
}

function remoteOutputs(
  stack: SynthesizedStack | undefined,
  owners: ReadonlyMap<string, string>,
): Map<string, Set<string>> {
  const states = stack?.data?.terraform_remote_state ?? {};
  const text = canonicalJson(withoutNotes(stack ?? {}));
  const read = new Map<string, Set<string>>();
  for (const [id, block] of Object.entries(states)) {
    const key = backendKey({ [typeof block.backend === "string" ? block.backend : ""]: block.config });
    const owner = key === undefined ? undefined : owners.get(key);
    if (owner !== undefined) {
      const outputs = read.get(owner) ?? new Set<string>();
      for (const name of outputNames(text, id)) {
        outputs.add(name);
      }
      read.set(owner, outputs);
    }
  }
  return read;
}

/** Both spellings of an output: `.outputs.name` and `.outputs["name"]`, the latter escaped in JSON. */
function outputNames(text: string, id: string): string[] {
  const prefix = `data.terraform_remote_state.${id}.outputs`;
  return text
    .split(prefix)
    .slice(1)
    .map((rest) => /^(?:\.([\w-]+)|\[\\*"([^"\\]+)\\*"\])/.exec(rest))
    .flatMap((match) => (match === null ? [] : [match[1] ?? match[2] ?? ""]));
}
