import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** Exit code by which the gateway says that its port is taken. */
export const portInUseExitCode = 3;

/** What a running local cloud writes down for later commands. */
export interface CloudState {
  /** Process id of the gateway. */
  readonly pid: number;
  /** Process id of moto, which belongs to the gateway. */
  readonly motoPid: number;
  /** Port of the gateway on loopback. */
  readonly port: number;
  /** Unix socket of moto, in a folder that only this user may enter; only the gateway talks to it. */
  readonly motoSocket: string;
  /** Unique id of this run. A restarted cloud has lost all it held, and another id. */
  readonly instanceId: string;
  /** ISO time of the start. */
  readonly startedAt: string;
  /** Log of the gateway and of moto. */
  readonly logFile: string;
}

/** Where the state of a cloud in `directory` is written. */
export function stateFile(directory: string): string {
  return join(directory, "state.json");
}

/** Reads the state file; an absent or unreadable one counts as no state. */
export async function readState(directory: string): Promise<CloudState | undefined> {
  try {
    const parsed = JSON.parse(await readFile(stateFile(directory), "utf8")) as Partial<CloudState> | null;
    return isComplete(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

/** Writes the state file in one step, so that no reader sees half of it. */
export async function writeState(directory: string, state: CloudState): Promise<void> {
  await mkdir(directory, { recursive: true });
  const draft = `${stateFile(directory)}.${process.pid}`;
  await writeFile(draft, `${JSON.stringify(state, undefined, 2)}\n`);
  await rename(draft, stateFile(directory));
}

/** Removes the state file if it still speaks of the given instance. */
export async function removeState(directory: string, instanceId: string): Promise<void> {
  const state = await readState(directory);
  if (state === undefined || state.instanceId === instanceId) {
    await rm(stateFile(directory), { force: true });
  }
}

function isComplete(state: Partial<CloudState> | null): state is CloudState {
  return (
    state !== null &&
    [state.pid, state.motoPid, state.port].every((value) => Number.isInteger(value)) &&
    [state.motoSocket, state.instanceId, state.startedAt, state.logFile].every(
      (value) => typeof value === "string" && value !== "",
    )
  );
}
