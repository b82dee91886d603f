import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { App, TerraformResource, TerraformStack, Testing } from "cdktf";
import type { Construct } from "constructs";

/** A synthesized resource, data source or block: snake_case keys as Terraform reads them. */
export type Block = Record<string, unknown>;

interface Template {
  resource?: Record<string, Record<string, Block>>;
  data?: Record<string, Record<string, Block>>;
  output?: Record<string, Block>;
  provider?: Record<string, Block[]>;
  terraform: Block;
}

/** A bare stack to put one construct in: a provider and nothing else. */
export function emptyStack(id = "test"): TerraformStack {
  const stack = new TerraformStack(new App(), id);
  new AwsProvider(stack, "TestProvider", { region: "eu-west-1" });
  return stack;
}

/** The stack's JSON after the tree's own validation ran. */
export function synthesize(stack: TerraformStack): Template {
  return JSON.parse(Testing.synth(stack, true)) as Template;
}

/** All resources of a type, by logical id, without the `//` metadata. */
export function resourcesOf(stack: TerraformStack, type: string): Record<string, Block> {
  const found = synthesize(stack).resource?.[type] ?? {};
  return Object.fromEntries(Object.entries(found).map(([id, block]) => [id, withoutMetadata(block)]));
}

/** All data sources of a type, by logical id, without the `//` metadata. */
export function dataOf(stack: TerraformStack, type: string): Record<string, Block> {
  const found = synthesize(stack).data?.[type] ?? {};
  return Object.fromEntries(Object.entries(found).map(([id, block]) => [id, withoutMetadata(block)]));
}

/**
 * The one resource of a type, at `path` below the stack (`"Network/Resource"`) where that is given.
 * Fails when there is none or more than one, so that no test passes on some other resource.
 */
export function resourceAt(stack: TerraformStack, type: string, path?: string): Block {
  const wanted = path === undefined ? undefined : `${stack.node.id}/${path}`;
  const all = stack.node
    .findAll()
    .filter((child) => TerraformResource.isTerraformResource(child))
    .filter((resource) => resource.terraformResourceType === type);
  const found = all.filter((resource) => wanted === undefined || resource.node.path === wanted);
  const [only] = found;
  if (only === undefined || found.length > 1) {
    const paths = all.map((resource) => resource.node.path).sort();
    throw new Error(
      `expected one ${type} at ${path ?? "any path"}, found ${found.length} of: ${paths.join(", ")}`,
    );
  }
  const block = resourcesOf(stack, type)[only.friendlyUniqueId];
  if (block === undefined) {
    throw new Error(`${only.node.path} was not synthesized`);
  }
  return block;
}

/** The message of the error that `build` throws; fails when it throws none. */
export function refusal(build: () => unknown): string {
  try {
    build();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  throw new Error("expected a refusal, but nothing was thrown");
}

/** Ids of the construct tree, one a line, to pin addresses. */
export function treeOf(root: Construct): string[] {
  return root.node.findAll().map((child) => child.node.path);
}

function withoutMetadata(block: Block): Block {
  return Object.fromEntries(Object.entries(block).filter(([key]) => key !== "//"));
}
