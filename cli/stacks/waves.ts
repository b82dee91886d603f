import picomatch from "picomatch";

import { UsageError } from "../base/errors";
import { alternatives } from "../base/alternatives";

/** What ordering needs to know of a stack. */
export interface Ordered {
  readonly name: string;
  readonly dependencies: readonly string[];
}

/**
 * Sorts stacks into waves: every stack stands in the first wave after all it depends on, so a
 * wave's stacks may run at the same time. A dependency that is not among the stacks is ignored.
 */
export function wavesOf<Item extends Ordered>(stacks: readonly Item[]): Item[][] {
  const waves: Item[][] = [];
  let waiting = [...stacks];
  while (waiting.length > 0) {
    const names = new Set(waiting.map((stack) => stack.name));
    const ready = waiting.filter((stack) => !stack.dependencies.some((name) => names.has(name)));
    if (ready.length === 0) {
      throw new Error(`these stacks depend on each other in a circle: ${[...names].join(", ")}`);
    }
    waves.push(ready.sort((a, b) => a.name.localeCompare(b.name)));
    waiting = waiting.filter((stack) => !ready.includes(stack));
  }
  return waves;
}

/** The same stacks with every dependency turned round: the order of a destroy. */
export function reversed<Item extends Ordered>(stacks: readonly Item[]): Item[] {
  return stacks.map((stack) => ({
    ...stack,
    dependencies: stacks
      .filter((other) => other.dependencies.includes(stack.name))
      .map((other) => other.name),
  }));
}

/**
 * The stacks whose names match one of the globs, all without a glob.
 *
 * @throws UsageError for a glob that matches nothing.
 */
export function selectStacks<Item extends Ordered>(
  stacks: readonly Item[],
  globs: readonly string[] = [],
): Item[] {
  if (globs.length === 0) {
    return [...stacks];
  }
  for (const glob of globs) {
    if (!stacks.some((stack) => picomatch(glob)(stack.name))) {
      throw new UsageError(
        `No stack matches '${glob}'.`,
        alternatives(
          glob,
          stacks.map((stack) => stack.name),
        ),
      );
    }
  }
  const matches = picomatch([...globs]);
  return stacks.filter((stack) => matches(stack.name));
}

/** Runs a task for every item, at most `limit` at a time; results are in the order of the items. */
export async function runLimited<Item, Result>(
  items: readonly Item[],
  limit: number,
  task: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results = new Array<Result>(items.length);
  const queue = items.entries();
  const worker = async (): Promise<void> => {
    for (const [index, item] of queue) {
      results[index] = await task(item);
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, Math.min(limit, items.length)) }, worker));
  return results;
}
