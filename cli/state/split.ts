import { randomUUID } from "node:crypto";
import { basename } from "node:path";

import { CommandError } from "../base/errors";
import type { Session } from "../session/session";
import type { RegionLayers } from "../stacks/layers";
import type { Block, Stack } from "../stacks/manifest";
import { managedCountOf, parseState, type State, type StateOutput } from "../stacks/state-file";
import { recordApplied, recordDependencies } from "./applied-record";
import { beside } from "./beside";
import type { StateHome } from "./state-home";
import { statePlaceOf, whileLocked } from "./state-versions";
import { belongsToNetwork, unsplitStacks } from "./unsplit";

/** What moves from one state to another. */
export interface StateMove {
  /** The stack that holds it. */
  readonly from: string;
  /** The stack that declares it. */
  readonly to: string;
  /** Addresses of what moves. */
  readonly addresses: readonly string[];
  /** How many resources stay. */
  readonly staying: number;
  /** Name of the object that keeps the state as it was. */
  readonly backup: string;
}

/** A move with the bytes that it writes. */
interface PreparedMove extends StateMove {
  readonly layers: RegionLayers;
  /** The state as it is. */
  readonly before: string;
  readonly network: StateFile;
  readonly region: StateFile;
}

/** A state with all that Terraform wrote into it, also what the runner does not read. */
type StateFile = State & Readonly<Record<string, unknown>>;

type StateResource = State["resources"][number];

/** The part of an instance that is read here. */
interface Instance extends Readonly<Record<string, unknown>> {
  readonly attributes?: Readonly<Record<string, unknown>>;
  readonly dependencies?: readonly string[];
}

/**
 * Gives each region's network the state of its own that the code has for it. Every state is locked before the
 * first is read, and all moves are worked out before the first is written; nothing in AWS is touched. A region
 * is written in the order backup, network, region: one that is cut off has its network in both states, and the
 * next run takes up from there.
 *
 * @param confirm - asked with all moves before anything is changed.
 * @returns what was moved, or nothing when it was not confirmed.
 * @throws CommandError where there is nothing to split, where a state is locked, or where a network's state
 *   holds something else.
 */
export async function splitStates(
  session: Session,
  home: StateHome,
  confirm: (moves: readonly StateMove[]) => Promise<boolean>,
): Promise<readonly StateMove[] | undefined> {
  const unsplit = await unsplitStacks(session, home);
  if (unsplit.length === 0) {
    throw new CommandError(
      `There is nothing to split: no region of '${session.environment.name}' holds its network in its own state. Nothing was changed.`,
    );
  }
  const stacks = unsplit.flatMap(({ region, network }) => [region, network]);
  return whileAllLocked(session, stacks, async () => {
    const moves: PreparedMove[] = [];
    for (const layers of unsplit) {
      moves.push(await prepare(session, layers));
    }
    const shown = moves.map(({ from, to, addresses, staying, backup }) => ({
      from,
      to,
      addresses,
      staying,
      backup,
    }));
    if (!(await confirm(shown))) {
      return undefined;
    }
    for (const move of moves) {
      await write(session, home, move);
    }
    return shown;
  });
}

function whileAllLocked<Result>(
  session: Session,
  [stack, ...rest]: readonly Stack[],
  work: () => Promise<Result>,
): Promise<Result> {
  return stack === undefined
    ? work()
    : whileLocked(session, stack, "state split", () => whileAllLocked(session, rest, work));
}

async function prepare(session: Session, layers: RegionLayers): Promise<PreparedMove> {
  const { objects } = session.context.aws;
  const { region, network } = layers;
  const place = statePlaceOf(region);
  const before = await objects.read(session.access, place);
  if (before === undefined) {
    throw new CommandError(
      `The state of ${region.name} is gone since it was read. Nothing was changed.`,
      `Look at its versions with \`meridian state list ${session.environment.name} ${region.name}\`.`,
    );
  }
  const there = await objects.read(session.access, statePlaceOf(network));
  const whole = parseState(before, region.name) as StateFile;
  const standing = there === undefined ? undefined : (parseState(there, network.name) as StateFile);
  refuseOther(session.environment.name, layers, whole, standing);
  const split = splitState(layers, whole, standing);
  return {
    layers,
    before,
    ...split,
    from: region.name,
    to: network.name,
    addresses: split.network.resources.map(addressOf),
    staying: managedCountOf(split.region),
    backup: basename(beside(place.key, backupSuffix)),
  };
}

const backupSuffix = "before-split.json";

async function write(session: Session, home: StateHome, move: PreparedMove): Promise<void> {
  const { objects } = session.context.aws;
  const { access } = session;
  const { region, network } = move.layers;
  const place = statePlaceOf(region);
  // One that is there is from a run that was cut off, or of an earlier state that was restored since.
  const backup = { ...place, key: beside(place.key, backupSuffix) };
  await objects.write(access, backup, move.before, "absent");
  await objects.write(access, statePlaceOf(network), textOf(move.network));
  // Before the network leaves the old state: without a record nothing could destroy it as an orphan.
  await recordApplied(session, home, network, "apply");
  await objects.write(access, place, textOf(move.region));
  await recordDependencies(session, region);
}

function textOf(state: StateFile): string {
  return `${JSON.stringify(state, null, 2)}\n`;
}

/**
 * A region's state without its network, and the state of the network with its outputs, so that what reads
 * them can be planned before the network is deployed again.
 *
 * @param standing - the state that the network has already, from a run that was cut off.
 */
export function splitState(
  layers: RegionLayers,
  whole: StateFile,
  standing: StateFile | undefined,
): { readonly network: StateFile; readonly region: StateFile } {
  const { network } = layers;
  const moves = belongsToNetwork(layers);
  const moved = whole.resources.filter(moves);
  const { version, terraform_version } = whole;
  return {
    network: {
      version,
      ...(terraform_version === undefined ? {} : { terraform_version }),
      serial: (standing?.serial ?? 0) + 1,
      lineage: standing?.lineage ?? randomUUID(),
      outputs: outputsOf(network, moved),
      resources: ownDependencies(moved),
      check_results: null,
    },
    region: {
      ...whole,
      serial: whole.serial + 1,
      resources: ownDependencies(whole.resources.filter((resource) => !moves(resource))),
    },
  };
}

/** Refuses a network's state that holds what the region's state does not: somebody deployed a second network. */
function refuseOther(
  environment: string,
  layers: RegionLayers,
  whole: StateFile,
  standing: StateFile | undefined,
): void {
  const { region, network } = layers;
  const moved = whole.resources.filter(belongsToNetwork(layers));
  const ids = new Map(moved.map((resource) => [addressOf(resource), idsOf(resource)]));
  const others = (standing?.resources ?? [])
    .filter((resource) => resource.mode === "managed")
    .filter((resource) => ids.get(addressOf(resource)) !== idsOf(resource))
    .map(addressOf);
  if (others.length > 0) {
    throw new CommandError(
      `The state of ${network.name} holds resources that the state of ${region.name} does not: ${others.slice(0, shown).join(", ")}${others.length > shown ? ` and ${others.length - shown} more` : ""}. Nothing was changed.`,
      `${network.name} was deployed beside the network that stands. Destroy what was made there (\`meridian destroy ${environment} --stack ${network.name}\`), then run the command again.`,
    );
  }
}

const shown = 5;

function addressOf({ type, name }: StateResource): string {
  return `${type}.${name}`;
}

function idsOf({ instances }: StateResource): string {
  return JSON.stringify((instances as Instance[]).map(({ attributes }) => attributes?.id));
}

/** What stands in another state is nothing that Terraform could order these after. */
function ownDependencies(resources: readonly StateResource[]): StateResource[] {
  const own = new Set(resources.map(addressIn));
  return resources.map((resource) => ({
    ...resource,
    instances: (resource.instances as Instance[]).map((instance) =>
      instance.dependencies === undefined
        ? instance
        : { ...instance, dependencies: instance.dependencies.filter((address) => own.has(address)) },
    ),
  }));
}

/** The address as instances name it among their dependencies. */
function addressIn(resource: StateResource): string {
  const address = addressOf(resource);
  const module = resource.module === undefined ? "" : `${resource.module}.`;
  return `${module}${resource.mode === "data" ? "data." : ""}${address}`;
}

/** The outputs of a stack as far as they are texts or attributes of what the state holds. */
function outputsOf(
  { configuration }: Stack,
  resources: readonly StateResource[],
): Record<string, StateOutput & { readonly type: "string" }> {
  const attributes = new Map(
    resources.map((resource) => [
      addressOf(resource),
      (resource.instances[0] as Instance | undefined)?.attributes,
    ]),
  );
  return Object.fromEntries(
    Object.entries(configuration.output ?? {}).flatMap(([name, { value }]: [string, Block]) => {
      const text = typeof value === "string" ? evaluated(value, attributes) : undefined;
      return text === undefined ? [] : [[name, { value: text, type: "string" as const }]];
    }),
  );
}

const attributeReference = /^\$\{(\w+\.[\w-]+)\.(\w+)\}$/;

function evaluated(
  value: string,
  attributes: ReadonlyMap<string, Readonly<Record<string, unknown>> | undefined>,
): string | undefined {
  const [, address = "", attribute = ""] = attributeReference.exec(value) ?? [];
  const found = address === "" ? value : attributes.get(address)?.[attribute];
  return typeof found === "string" && !found.includes("${") ? found : undefined;
}
