import { App, TerraformStack, Testing } from "cdktf";
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

/** A bare stack to put one construct in, without provider or back end. */
export function emptyStack(id = "test"): TerraformStack {
  return new TerraformStack(new App({ skipValidation: false }), id);
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
 * The one resource of a type under a construct, or at `path` below the stack
 * (`"Network/Vpc"`). Fails when there is none or more than one, so that no test passes on
 * some other resource of the same type.
 */
export function resourceAt(stack: TerraformStack, type: string, path?: string): Block {
  const all = synthesize(stack).resource?.[type] ?? {};
  const wanted = path === undefined ? undefined : `${stack.node.id}/${path}`;
  const found = Object.values(all).filter((block) => wanted === undefined || pathOf(block) === wanted);
  const [only] = found;
  if (only === undefined || found.length > 1) {
    const paths = Object.values(all).map(pathOf).sort().join(", ");
    throw new Error(`expected one ${type} at ${path ?? "any path"}, found ${found.length} of: ${paths}`);
  }
  return withoutMetadata(only);
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

function pathOf(block: Block): string {
  const metadata = block["//"] as { metadata?: { path?: string } } | undefined;
  return metadata?.metadata?.path ?? "";
}

function withoutMetadata(block: Block): Block {
  return Object.fromEntries(Object.entries(block).filter(([key]) => key !== "//"));
}
