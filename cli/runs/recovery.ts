import { existsSync, renameSync } from "node:fs";
import { join } from "node:path";

import type { Approval } from "../gates/approval";
import { attempt } from "../session/attempt";
import { CommandError } from "../base/errors";
import { regionOf, type Stack } from "../stacks/manifest";
import type { StackResult } from "../terminal/report";
import { formerStacks } from "../state/orphans";
import { isWhole, type Session } from "../session/session";
import { releaseDeadLocks } from "./earlier-runs";
import { stateLockOf } from "../state/state-lock";
import { takeUnsaved } from "../state/unsaved";
import type { StateHome } from "../state/state-home";
import { unsavedStateOf } from "../session/synthesis";
import { forgetBegun } from "../state/begun";
import { importIdOf } from "./import-ids";
import { importAll } from "./import-plan";
import { instancesIn, type Made } from "../terraform/journal";
import { declaredIn, type Found, isReplaced, searchFor } from "../terraform/lost-resources";
import { type Unfinished, unfinishedOf } from "./unfinished";

/** What is to be done so that the state of a stack has all that stands. */
interface Repair {
  readonly stack: Stack;
  readonly unfinished: Unfinished;
  /** What was made, by address and id. */
  readonly made: readonly Made[];
  /** What was being made, and may stand. */
  readonly found: readonly Found[];
  /** Addresses of what was being made and cannot be looked for. */
  readonly unknown: readonly string[];
  /** ARNs of what has the stack's tags and is in no state. */
  readonly strays: readonly string[];
}

/** What a recovery may be told. */
export interface RecoverySettings {
  /**
   * Directory of states that a deploy on another machine could not store, encrypted.
   *
   * @default - those that lie on this machine are stored
   */
  readonly unsaved?: string;
}

/** The tag that every resource of a stack has. */
const stackTag = "meridian:stack";

/**
 * Puts right what killed runs left, stack by stack: stores states that could not be stored, releases the locks
 * of runs that are certainly dead, and imports what was made and is in no state.
 */
export async function recover(
  session: Session,
  home: StateHome,
  approval: Approval,
  { unsaved }: RecoverySettings = {},
): Promise<StackResult[]> {
  const results: StackResult[] = [];
  const former = isWhole(session) ? await formerStacks(session) : [];
  const stacks = [...session.selected, ...former];
  if (unsaved !== undefined) {
    await takeUnsaved(session, unsaved, stacks);
  }
  for (const stack of stacks) {
    results.push(
      await attempt(session, stack, "looking for what was lost", () =>
        recoverStack(session, home, approval, stack),
      ),
    );
  }
  return results;
}

async function recoverStack(
  session: Session,
  home: StateHome,
  approval: Approval,
  stack: Stack,
): Promise<Pick<StackResult, "outcome" | "message" | "remedy">> {
  const { environment } = session;
  const isStored = await storeUnsaved(session, home, stack);
  await releaseDeadLocks(session, [stack]);
  const lock = await stateLockOf(session, stack);
  if (lock !== undefined) {
    throw new CommandError(
      `The state of ${stack.name} is locked by ${lock.who} (${lock.operation}), and whether that run is dead cannot be determined from here.`,
      `If you know that it is, run \`meridian unlock ${environment.name} ${stack.name} --lock-id ${lock.id}\`, then this command again.`,
    );
  }
  const unfinished = await unfinishedOf(session, home, stack);
  if (unfinished === undefined) {
    return { outcome: isStored ? "recovered" : "nothing lost" };
  }
  const repair = await repairOf(session, home, unfinished);
  session.progress.note(inWords(repair));
  if (!(await approval.given(`Import this into the state of ${stack.name}?`))) {
    return { outcome: "not approved" };
  }
  await carryOut(session, home, repair);
  await forgetBegun(session, home, stack);
  return { outcome: "recovered" };
}

/** Stores the state that an apply left in a file. Terraform refuses one that is older, or another's. */
async function storeUnsaved(
  { terraform, runDirectory, context }: Session,
  home: StateHome,
  stack: Stack,
): Promise<boolean> {
  const file = unsavedStateOf(stack);
  if (!existsSync(file)) {
    return false;
  }
  await home.init(stack);
  await terraform.pushState(stack, file);
  const kept = join(runDirectory, stack.name, "stored.tfstate");
  renameSync(file, kept);
  context.terminal.err(
    `The state that the last apply of ${stack.name} left in a file is stored; the file is ${kept} now.\n`,
  );
  return true;
}

async function repairOf(session: Session, home: StateHome, unfinished: Unfinished): Promise<Repair> {
  const { stack, missing, begun } = unfinished;
  const state = await home.stateOf(stack);
  const known = JSON.stringify([...instancesIn(state).values()]);
  const lost = missing.made.filter(({ id }) => id !== "");
  const tagged = await taggedOf(session, stack);
  const strays = tagged.filter(
    ({ arn }) =>
      !known.includes(JSON.stringify(arn)) &&
      !lost.some(({ id }) => arn.endsWith(id)) &&
      !isKnownId(known, arn),
  );
  const open = begun.mode === "destroy" ? [] : missing.open;
  const standing = instancesIn(state);
  const possible = declaredIn(stack.configuration).filter(
    (address) => !standing.has(address) && !lost.some((made) => made.address === address),
  );
  return { stack, unfinished, made: lost, ...searchFor(open, possible, stack.configuration, strays) };
}

function isKnownId(known: string, arn: string): boolean {
  const id = arn.slice(Math.max(arn.lastIndexOf("/"), arn.lastIndexOf(":")) + 1);
  return known.includes(JSON.stringify(id));
}

async function taggedOf({ context, access, environment }: Session, stack: Stack) {
  const regions = new Set([regionOf(stack.configuration) ?? environment.homeRegion, "us-east-1"]);
  const found = await Promise.all(
    [...regions].map((region) => context.aws.tagged.find(access, region, stackTag, stack.name)),
  );
  return found.flat();
}

function inWords({ stack, unfinished, made, found, unknown, strays }: Repair): string {
  const { mode, startedAt, runner } = unfinished.begun;
  return [
    `${stack.name}: the ${mode} of ${startedAt} on ${runner.host} was cut off.`,
    ...made.map(({ address, id }) => `  import ${address}, which it made: ${id}`),
    ...found.map(({ address, id, isGuess }) =>
      isGuess
        ? `  import ${address} if it stands, which it was making: ${id}`
        : `  import ${address}, which it was making: ${id}`,
    ),
    ...unknown.map(
      (address) => `  look yourself for ${address}, which it was making and which has no tags to find it by`,
    ),
    ...strays.map(
      (arn) => `  look yourself at ${arn}, which has the tags of this stack and is not in its state`,
    ),
  ].join("\n");
}

async function carryOut(session: Session, home: StateHome, repair: Repair): Promise<void> {
  const { terraform, progress } = session;
  const { stack, unfinished, made, found } = repair;
  await home.init(stack);
  const standing = instancesIn(await home.stateOf(stack));
  for (const each of made) {
    if (standing.has(each.address) && isReplaced(each, unfinished.begun.removed)) {
      await terraform.forgetResource(stack, each.address);
      standing.delete(each.address);
    }
  }
  const ids = new Map(unfinished.begun.made.map(({ address, key, id }) => [address, { [key]: id }]));
  const attributesOf = (address: string) => ids.get(address) ?? standing.get(address)?.[0];
  const wanted = [
    ...made.map((each) => ({
      address: each.address,
      id: importIdOf(each, stack.configuration, attributesOf),
    })),
    ...found,
  ];
  const { imported, absent } = await importAll(session, home, stack, wanted, new Set(standing.keys()));
  for (const { address, id } of imported) {
    progress.note(`${stack.name}  imported ${address} (${id})`);
  }
  for (const { address, id } of absent) {
    progress.note(`${stack.name}  ${address} (${id}) does not stand`);
  }
}
