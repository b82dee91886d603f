import { CommandError } from "../base/errors";
import { forEachStack, type Session } from "../session/session";
import { type RegionLayers, regionLayers } from "../stacks/layers";
import type { Configuration } from "../stacks/manifest";
import type { State } from "../stacks/state-file";
import type { StateHome } from "./state-home";

type StateResource = State["resources"][number];

/** Whether a region's state holds something that is declared by the stack of its network, and there alone. */
export function belongsToNetwork({ region, network }: RegionLayers): (resource: StateResource) => boolean {
  return (resource) =>
    resource.mode === "managed" &&
    resource.module === undefined &&
    declares(network.configuration, resource) &&
    !declares(region.configuration, resource);
}

function declares({ resource = {} }: Configuration, { type, name }: StateResource): boolean {
  return resource[type]?.[name] !== undefined;
}

/** The regions, of those that were asked for, whose states still hold their networks. */
export async function unsplitStacks(session: Session, home: StateHome): Promise<RegionLayers[]> {
  const asked = new Set(session.selected.map(({ name }) => name));
  const pairs = regionLayers(session.synthesis.stacks).filter(
    ({ region, network }) => asked.has(region.name) || asked.has(network.name),
  );
  const states = await forEachStack(
    session,
    pairs.map(({ region }) => region),
    (stack) => home.stateOf(stack),
  );
  return pairs.filter((pair, index) => states[index]?.resources.some(belongsToNetwork(pair)) === true);
}

/**
 * Refuses to change regions whose networks are still in their states: Terraform would make second networks
 * and destroy the first.
 *
 * @throws CommandError that names them, and the command that puts it right.
 */
export async function refuseUnsplit(session: Session, home: StateHome): Promise<void> {
  const unsplit = await unsplitStacks(session, home);
  if (unsplit.length > 0) {
    const { name } = session.environment;
    const stacks = unsplit.map(({ region, network }) => `  - ${region.name} holds ${network.name}`);
    throw new CommandError(
      `Networks of '${name}' have stacks of their own now, and are still in the states of their regions. Nothing was changed.\n${stacks.join("\n")}`,
      `Run \`meridian state split ${name}\`, which moves them between the states and leaves AWS as it is; then run this command again.`,
    );
  }
}
