import { TerraformStack } from "cdktf";

import type { EnvironmentInput } from "../../environments";
import { buildApp } from "../../stacks/app";
import { check } from "../environments/sample";

/** The stacks of an environment by their layer, such as `edge`. */
export function stacksOf(input: EnvironmentInput): Readonly<Record<string, TerraformStack>> {
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
