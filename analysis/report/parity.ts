import { canonicalJson, type Action, type ResourceChange } from "../change";
import type { StackReport } from "./stack-report";

/** One change that is not the same in every region of a layer. */
export interface ParityDifference {
  /** The resource's address, with `{region}` for the region's name. */
  readonly address: string;
  /**
   * - `missing`: some regions do not have the change.
   * - `shape`: the action or the attributes differ.
   * - `values`: the same attributes get other values.
   */
  readonly kind: "missing" | "shape" | "values";
  /** What happens in each region; absent where nothing does. */
  readonly regions: Readonly<Record<string, Action>>;
}

/** How the regions of one layer compare. */
export interface LayerParity {
  readonly layer: string;
  /** Every region of the layer that was planned. */
  readonly regions: readonly string[];
  /** Number of changes that are the same everywhere. */
  readonly same: number;
  readonly differences: readonly ParityDifference[];
}

/** Compares the changes of each layer's regions; layers with one planned region are left out. */
export function parityOf(stacks: readonly StackReport[]): LayerParity[] {
  const layers = new Map<string, StackReport[]>();
  for (const stack of stacks) {
    if (stack.region !== undefined && (stack.state === "changes" || stack.state === "no changes")) {
      layers.set(stack.layer, [...(layers.get(stack.layer) ?? []), stack]);
    }
  }
  return [...layers]
    .filter(([, members]) => members.length > 1)
    .map(([layer, members]) => layerParity(layer, members));
}

/** A change without what differs between regions by design: the region's name and the stack's. */
export function regionless(change: ResourceChange, stack: StackReport): { address: string; body: string } {
  const { region } = stack;
  if (region === undefined) {
    return { address: change.address, body: bodyOf(change) };
  }
  const neutral = (text: string): string =>
    text.replaceAll(stack.name, "{stack}").replaceAll(region, "{region}");
  const address = neutral(change.address);
  return {
    // A construct's id ends with a hash of its path, which differs when the path names the region.
    address: address === change.address ? address : address.replace(/_[0-9A-F]{8}(?=$|\[)/, ""),
    body: neutral(bodyOf(change)),
  };
}

/** Terraform writes the keys of every object in one order, so plain JSON compares. */
function bodyOf({ action, attributes, movedFrom, imported }: ResourceChange): string {
  return JSON.stringify({ action, attributes, movedFrom, imported });
}

interface RegionalChange {
  readonly region: string;
  readonly action: Action;
  readonly shape: string;
  readonly body: string;
}

function layerParity(layer: string, stacks: readonly StackReport[]): LayerParity {
  const regions = stacks.map((stack) => stack.region ?? "");
  const byAddress = new Map<string, RegionalChange[]>();
  for (const stack of stacks) {
    for (const change of stack.changes) {
      const { address, body } = regionless(change, stack);
      const shape = canonicalJson([change.action, change.attributes.map(({ path }) => path).sort()]);
      const entry = { region: stack.region ?? "", action: change.action, shape, body };
      byAddress.set(address, [...(byAddress.get(address) ?? []), entry]);
    }
  }
  const differences = [...byAddress].flatMap(([address, changes]) =>
    differenceOf(address, changes, regions.length),
  );
  return { layer, regions, same: byAddress.size - differences.length, differences };
}

function differenceOf(
  address: string,
  changes: readonly RegionalChange[],
  count: number,
): ParityDifference[] {
  const isOne = (values: readonly string[]): boolean => new Set(values).size <= 1;
  const kind =
    changes.length < count
      ? "missing"
      : !isOne(changes.map(({ shape }) => shape))
        ? "shape"
        : isOne(changes.map(({ body }) => body))
          ? undefined
          : "values";
  return kind === undefined
    ? []
    : [{ address, kind, regions: Object.fromEntries(changes.map(({ region, action }) => [region, action])) }];
}
