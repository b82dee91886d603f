import { digestOf, isObject, type JsonObject } from "../change";

/** One stack as synthesized: the content of its `cdk.tf.json`. */
export interface SynthesizedStack {
  readonly resource?: Readonly<Record<string, Readonly<Record<string, JsonObject>>>>;
  readonly data?: Readonly<Record<string, Readonly<Record<string, JsonObject>>>>;
  readonly output?: Readonly<Record<string, JsonObject>>;
  readonly moved?: unknown;
  readonly import?: unknown;
  readonly removed?: unknown;
  readonly [section: string]: unknown;
}

/** All stacks of a synthesis, by name. */
export type SynthesizedOutput = Readonly<Record<string, SynthesizedStack>>;

/** A resource or data source of a synthesized stack. */
export interface SynthesizedResource {
  /** `aws_s3_bucket.Logs`, `data.aws_caller_identity.Current`. */
  readonly address: string;
  /** `aws_s3_bucket`, `data.aws_caller_identity`. */
  readonly type: string;
  /** The construct's path, as the synthesizer notes it. */
  readonly constructPath: string | undefined;
  /** The block without the synthesizer's notes. */
  readonly body: JsonObject;
}

/**
 * The digest of what Terraform reads of a stack: `//` notes and the order of keys do not count.
 *
 * Two stacks with the same digest plan the same, so an unchanged one needs no plan.
 *
 * @param assets - digests of the files beside `cdk.tf.json` that the stack refers to, by path.
 */
export function stackDigest(stack: SynthesizedStack, assets: Readonly<Record<string, string>> = {}): string {
  return digestOf({ stack: withoutNotes(stack), assets });
}

/** A stack without the synthesizer's `//` notes, which say where a block came from. */
export function withoutNotes(stack: SynthesizedStack): JsonObject {
  return stripped(stack, 4) as JsonObject;
}

/** Every resource and data source of a stack, by address. */
export function resourcesOf(stack: SynthesizedStack): Map<string, SynthesizedResource> {
  return new Map(
    [...blocksOf(stack.resource, ""), ...blocksOf(stack.data, "data.")].map((resource) => [
      resource.address,
      resource,
    ]),
  );
}

function blocksOf(section: unknown, prefix: string): SynthesizedResource[] {
  return Object.entries(isObject(section) ? section : {}).flatMap(([type, blocks]) =>
    Object.entries(isObject(blocks) ? blocks : {}).flatMap(([name, block]) =>
      isObject(block)
        ? [
            {
              address: `${prefix}${type}.${name}`,
              type: `${prefix}${type}`,
              constructPath: constructPathOf(block),
              body: stripped(block, 1) as JsonObject,
            },
          ]
        : [],
    ),
  );
}

function constructPathOf(block: JsonObject): string | undefined {
  const notes = block["//"];
  const metadata = isObject(notes) ? notes.metadata : undefined;
  return isObject(metadata) && typeof metadata.path === "string" ? metadata.path : undefined;
}

/** Deeper than `levels` a `//` is a key that somebody wrote. */
function stripped(value: unknown, levels: number): unknown {
  if (Array.isArray(value)) {
    return levels === 0 ? value : value.map((member) => stripped(member, levels - 1));
  }
  if (!isObject(value) || levels === 0) {
    return value;
  }
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => key !== "//")
      .map(([key, member]) => [key, stripped(member, levels - 1)]),
  );
}
