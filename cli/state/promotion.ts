import { CommandError, messageOf, UsageError } from "../base/errors";
import { inTime } from "../base/in-time";
import { table } from "../terminal/report";
import type { Session } from "../session/session";
import { managedCountOf, parseState, type State } from "../stacks/state-file";
import { bucketOf, promotionOf, type StateCopy } from "../session/state-places";

/** Seconds that a region gets to answer before it counts as dark. */
const answerSeconds = 20;

/** What a bucket holds of one environment. */
interface Contents {
  /** The text of each state by key. */
  readonly states: ReadonlyMap<string, string>;
  /** Keys of the locks. */
  readonly locks: readonly string[];
}

/** What is about to be done, for the question. */
export interface Move {
  /** A table of the states that will hold. */
  readonly states: string;
  readonly notes: readonly string[];
}

/**
 * Makes the replica the copy that is written: brings along what the home region still has and the replica
 * has not, removes the locks that were copied (their deletion is not), and notes it in the replica, so
 * that nobody writes at home any more.
 *
 * @param confirm - asked before anything is changed.
 * @returns how many states there are, or nothing when it was not confirmed.
 * @throws UsageError where the environment does not say that the replica is the place.
 */
export async function promoteReplica(
  session: Session,
  confirm: (move: Move) => Promise<boolean>,
): Promise<number | undefined> {
  const { environment, context, access } = session;
  const { objects } = context.aws;
  requireLocation(session, "replica");
  const replica = await contentsOf(session, "replica");
  if (replica.states.size === 0) {
    throw new CommandError(
      `The replica ${bucketOf(environment, "replica").bucket} holds no state of '${environment.name}'. Nothing was changed.`,
      "Check `state.bucket` and `state.replicaRegion`. What was never replicated can only be had in the home region.",
    );
  }
  const home = await homeIfItAnswers(session);
  if (home !== undefined && home.locks.length > 0) {
    throw new CommandError(
      `The home region answers, and a run is at work there: ${home.locks.join(", ")}. Nothing was changed.`,
      "Wait for it to end. If it is dead, delete these objects and run the command again.",
    );
  }
  const newer = home === undefined ? [] : newerIn(home, replica);
  const moved = new Map([...replica.states, ...newer]);
  const confirmed = await confirm({
    states: described(moved),
    notes: [
      home === undefined
        ? "The home region does not answer. What was written there in its last minutes may be missing: compare the resources with `meridian plan` before each deploy."
        : `The home region answers. ${newer.length} states are newer there and will be copied.`,
      `${replica.locks.length} copied locks will be removed. Make sure that no run is still at work.`,
    ],
  });
  if (!confirmed) {
    return undefined;
  }
  const place = bucketOf(environment, "replica");
  for (const [key, text] of newer) {
    await objects.write(access, { ...place, key }, text);
  }
  for (const key of replica.locks) {
    await objects.remove(access, { ...place, key });
  }
  const promotion = { promotedAt: context.now().toISOString() };
  await objects.write(access, promotionOf(environment), `${JSON.stringify(promotion)}\n`);
  return moved.size;
}

/**
 * Takes the states back to the home region, which answers again: every state that has gone on in the
 * replica is copied, and the replica is a replica again.
 *
 * @param confirm - asked before anything is changed.
 * @returns how many states were copied, or nothing when it was not confirmed.
 * @throws CommandError where the two have gone on apart from each other.
 */
export async function returnHome(
  session: Session,
  confirm: (move: Move) => Promise<boolean>,
): Promise<number | undefined> {
  const { environment, context, access } = session;
  const { objects } = context.aws;
  requireLocation(session, "home");
  if ((await objects.read(access, promotionOf(environment))) === undefined) {
    throw new CommandError(
      `The states of '${environment.name}' are at home: their replica was not promoted. Nothing was changed.`,
    );
  }
  const [home, replica] = await Promise.all([contentsOf(session, "home"), contentsOf(session, "replica")]);
  if (replica.locks.length > 0) {
    throw new CommandError(
      `A run is at work on the replica: ${replica.locks.join(", ")}. Nothing was changed.`,
      "Wait for it to end. If it is dead, delete these objects and run the command again.",
    );
  }
  const written = newerIn(home, replica).map(([key]) => key);
  if (written.length > 0) {
    throw new CommandError(
      `These states were written in the home region after the replica was promoted: ${written.join(", ")}. Nothing was changed.`,
      "Compare the versions of both (`aws s3api list-object-versions`), and delete the object at home if the replica's is the correct one; its versions stay.",
    );
  }
  const newer = newerIn(replica, home);
  const confirmed = await confirm({
    states: described(new Map(newer)),
    notes: [`${newer.length} states will be copied to the home region.`],
  });
  if (!confirmed) {
    return undefined;
  }
  const place = bucketOf(environment, "home");
  for (const [key, text] of newer) {
    await objects.write(access, { ...place, key }, text);
  }
  for (const key of home.locks) {
    await objects.remove(access, { ...place, key });
  }
  await objects.remove(access, promotionOf(environment));
  return newer.length;
}

/**
 * Refuses to work on the copy that is not the one to be written.
 *
 * @param isReading - whether states are only read, which a replica allows before it is promoted.
 */
export async function guardStateCopy(session: Session, isReading: boolean): Promise<void> {
  const { environment, context, access } = session;
  const { name, state } = environment;
  // While the replica's region does not answer, nobody works there either.
  const promotion = await context.aws.objects.read(access, promotionOf(environment)).catch(() => undefined);
  if (state.location === "home" && promotion !== undefined) {
    throw new CommandError(
      `The states of '${name}' were moved to their replica in ${state.replicaRegion} (${promotion.trim()}), and those in ${environment.homeRegion} are old. Nothing was changed.`,
      `Set \`state.location\` of the environment to "replica", or move them back with \`meridian state promote-replica ${name} --back\`.`,
    );
  }
  if (state.location === "replica" && promotion === undefined && !isReading) {
    throw new CommandError(
      `The replica of the states of '${name}' in ${state.replicaRegion} was not promoted, or cannot be read. Nothing was changed.`,
      `Run \`meridian state promote-replica ${name}\`; \`meridian plan ${name} --state replica\` reads it as it is.`,
    );
  }
}

function requireLocation({ environment }: Session, location: StateCopy): void {
  if (environment.state.location !== location) {
    throw new UsageError(
      `The environment '${environment.name}' says that its states are ${environment.state.location === "home" ? "at home" : "in the replica"}. Nothing was changed.`,
      `Set \`state: { location: "${location}" }\` in environments/${environment.name}.ts first, so that every run from now on looks there.`,
    );
  }
}

function homeIfItAnswers(session: Session): Promise<Contents | undefined> {
  return inTime(
    contentsOf(session, "home").catch(() => undefined),
    answerSeconds,
    undefined,
  );
}

async function contentsOf({ environment, context, access }: Session, copy: StateCopy): Promise<Contents> {
  const { objects } = context.aws;
  const place = bucketOf(environment, copy);
  const keys = await objects.list(access, place, `${environment.name}/`);
  const states = await Promise.all(
    keys
      .filter((key) => key.endsWith(".tfstate"))
      .map(async (key) => [key, (await objects.read(access, { ...place, key })) ?? ""] as const),
  );
  return { states: new Map(states), locks: keys.filter((key) => key.endsWith(".tflock")) };
}

/** The states that have gone on in one place since they were in the other. */
function newerIn(one: Contents, other: Contents): [string, string][] {
  return [...one.states].filter(([key, text]) => {
    const there = other.states.get(key);
    if (there === undefined) {
      return true;
    }
    const [here, before] = [stateIn(text, key), stateIn(there, key)];
    if (here.lineage !== before.lineage) {
      throw new CommandError(
        `${key} is another state at home than in the replica (lineages ${here.lineage} and ${before.lineage}). Nothing was changed.`,
        "Find out which one describes what stands, and delete the other object; its versions stay.",
      );
    }
    return here.serial > before.serial;
  });
}

function described(states: ReadonlyMap<string, string>): string {
  const rows = [...states].map(([key, text]) => {
    const state = stateIn(text, key);
    return [key, state.serial, managedCountOf(state)];
  });
  return rows.length === 0 ? "" : table(["State", "Serial", "Resources"], rows);
}

function stateIn(text: string, key: string): State {
  try {
    return parseState(text, key);
  } catch (error) {
    throw new CommandError(
      messageOf(error),
      "Nothing was changed. Restore the latest good version of that object from the bucket's versions, then try again.",
    );
  }
}
