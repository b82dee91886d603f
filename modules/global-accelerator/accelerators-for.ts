import type { ListenerOptions } from "./listener";

/** One accelerator and the regions that it may send anyone to. */
export interface AcceleratorPlan {
  /** The first of its jurisdictions, for its name and its construct id. */
  readonly name: string;
  /** The jurisdictions whose users it serves, in the order they were given. */
  readonly jurisdictions: readonly string[];
  /** Its regions, sorted. */
  readonly regions: readonly string[];
}

/**
 * The fewest accelerators that keep users within the regions allowed to them: one for each distinct
 * set of regions.
 *
 * An accelerator that finds no healthy endpoint in the three nearest groups sends traffic to any
 * endpoint of its own, so what must not leave a jurisdiction needs an accelerator that knows no
 * other region. Append new jurisdictions: a plan is named after its first.
 *
 * @param allowedRegions - The regions that may serve the users of each jurisdiction.
 */
export function acceleratorsFor(
  allowedRegions: Readonly<Record<string, readonly string[]>>,
): readonly AcceleratorPlan[] {
  const bySet = new Map<string, { name: string; jurisdictions: string[]; regions: string[] }>();
  for (const [jurisdiction, allowed] of Object.entries(allowedRegions)) {
    const regions = [...new Set(allowed)].sort();
    const key = regions.join(" ");
    const plan = bySet.get(key) ?? { name: jurisdiction, jurisdictions: [], regions };
    plan.jurisdictions.push(jurisdiction);
    bySet.set(key, plan);
  }
  return [...bySet.values()];
}

/** The listeners with the endpoint groups of some regions only, without those that keep none. */
export function listenersWithin(
  listeners: Readonly<Record<string, ListenerOptions>>,
  regions: readonly string[],
): Readonly<Record<string, ListenerOptions>> {
  return Object.fromEntries(
    Object.entries(listeners)
      .map(([name, listener]): [string, ListenerOptions] => [
        name,
        {
          ...listener,
          endpointGroups: Object.fromEntries(
            Object.entries(listener.endpointGroups).filter(([region]) => regions.includes(region)),
          ),
        },
      ])
      .filter(([, { endpointGroups }]) => Object.keys(endpointGroups).length > 0),
  );
}
