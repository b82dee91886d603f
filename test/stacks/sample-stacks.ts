import { TerraformStack } from "cdktf";

import type { EnvironmentInput } from "../../environments";
import { buildApp } from "../../stacks/app";
import { check } from "../environments/sample";

type Stacks = Readonly<Record<string, TerraformStack>>;

const built = new Map<string, Stacks>();

/** The stacks of an environment by their layer, such as `edge`; not to be added to, as tests share them. */
export function stacksOf(input: EnvironmentInput): Stacks {
  const key = JSON.stringify(input);
  const stacks = built.get(key) ?? buildStacks(input);
  built.set(key, stacks);
  return stacks;
}

function buildStacks(input: EnvironmentInput): Stacks {
  const stacks = buildApp({ environments: check(input) }).node.children.filter((child) =>
    TerraformStack.isStack(child),
  );
  return Object.fromEntries(stacks.map((stack) => [stack.node.id.slice(input.name.length + 1), stack]));
}

/** One stack of an environment, by its layer. */
export function stackOf(input: EnvironmentInput, layer: string): TerraformStack {
  const stacks = stacksOf(input);
  const stack = stacks[layer];
  if (stack === undefined) {
    throw new Error(`expected a stack ${layer}, found ${Object.keys(stacks).join(", ")}`);
  }
  return stack;
}
