import { spawn, type ChildProcess } from "node:child_process";
import { randomUUID } from "node:crypto";
import { closeSync, openSync } from "node:fs";
import { mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { extname, join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { findMoto } from "./moto";
import { httpGet, httpPut } from "./http";
import { commandLine, isAlive, terminate, waitUntilGone } from "./processes";
import { portInUseExitCode, readState, removeState, type CloudState } from "./state";
import { switchesNamed, type Switch } from "./unkind";

/** A local cloud that answers. */
export interface LocalCloudStatus {
  /** URL of the gateway, the end point of every AWS service. */
  readonly endpoint: string;
  /** Process id of the gateway. */
  readonly pid: number;
  /** Unique id of this run: a restarted cloud has another one and has lost all it held. */
  readonly instanceId: string;
  /** ISO time of the start. */
  readonly startedAt: string;
  /** Log of the gateway and of moto. */
  readonly logFile: string;
  /** The ways in which it is unkind at the moment. */
  readonly unkind: readonly Switch[];
}

/** How to start the local cloud. */
export interface StartOptions {
  /** Folder for state, logs and the private Python environment; one cloud runs for each folder. */
  readonly directory: string;
  /**
   * Port of loopback to listen on.
   * @default - a free port
   */
  readonly port?: number;
  /**
   * Receives a line for each step that takes time.
   * @default - silent
   */
  readonly report?: (line: string) => void;
  /**
   * Switches to turn on, beside those that are on where it runs already.
   * @default - none
   */
  readonly unkind?: readonly string[];
}

const startDeadlineMilliseconds = 60_000;
const installDeadlineMilliseconds = 300_000;
const keptLogs = 5;

/**
 * Starts the local cloud and returns when it answers. A cloud that already runs for the folder
 * is returned as it is; leftovers of one that was killed are cleared away first.
 * @throws UnknownSwitches before anything is started.
 */
export async function startLocalCloud(options: StartOptions): Promise<LocalCloudStatus> {
  const unkind = switchesNamed(options.unkind ?? []);
  const status = await startOrFind(options);
  return unkind.length === 0 ? status : setUnkindness(status, [...status.unkind, ...unkind]);
}

/**
 * Turns exactly these switches of a running local cloud on, and all others off.
 * @throws UnknownSwitches, and then changes nothing.
 */
export async function setUnkindness(
  status: LocalCloudStatus,
  names: readonly string[],
): Promise<LocalCloudStatus> {
  const body = JSON.stringify({ switches: switchesNamed(names) });
  const { unkind } = JSON.parse(
    await httpPut(Number(new URL(status.endpoint).port), "/_meridian/unkind", body),
  ) as Pick<LocalCloudStatus, "unkind">;
  return { ...status, unkind };
}

async function startOrFind(options: StartOptions): Promise<LocalCloudStatus> {
  const directory = resolve(options.directory);
  const report = options.report ?? (() => undefined);
  await mkdir(join(directory, "logs"), { recursive: true });
  return (
    (await localCloudStatus(directory)) ??
    (await exclusively(
      join(directory, "start.lock"),
      async () => (await localCloudStatus(directory)) ?? (await start(directory, options.port, report)),
    ))
  );
}

/**
 * Stops the gateway and moto and returns when both are gone; `false` when neither was there.
 */
export async function stopLocalCloud(directory: string): Promise<boolean> {
  const folder = resolve(directory);
  const state = await readState(folder);
  if (state === undefined) {
    return false;
  }
  const stopped = await endProcesses(state);
  await removeState(folder, state.instanceId);
  return stopped;
}

/**
 * The cloud of a folder, if it answers and is the instance that the state file speaks of. A
 * process id alone proves nothing: it may belong to another program by now.
 */
export async function localCloudStatus(directory: string): Promise<LocalCloudStatus | undefined> {
  const state = await readState(resolve(directory));
  if (state === undefined || !isAlive(state.pid)) {
    return undefined;
  }
  const answered = await answerAt(state.port);
  if (answered?.instanceId !== state.instanceId) {
    return undefined;
  }
  const { pid, instanceId, startedAt, logFile } = state;
  const endpoint = `http://127.0.0.1:${state.port}`;
  return { endpoint, pid, instanceId, startedAt, logFile, unkind: answered.unkind };
}

async function start(
  directory: string,
  port: number | undefined,
  report: (line: string) => void,
): Promise<LocalCloudStatus> {
  await stopLocalCloud(directory);
  const executable = await findMoto(directory, report);
  const instanceId = randomUUID();
  const logFile = await newLog(directory);
  report(`Starting the local cloud (log: ${logFile})`);
  const log = openSync(logFile, "a");
  const gateway = spawn(
    process.execPath,
    [...serverScript(), directory, instanceId, logFile, executable, String(port ?? 0)],
    {
      detached: true,
      env: process.env,
      stdio: ["ignore", log, log],
    },
  );
  closeSync(log);
  try {
    return await untilHealthy(directory, gateway, instanceId);
  } catch (error) {
    if (gateway.pid !== undefined) {
      await terminate(gateway.pid);
    }
    await removeState(directory, instanceId);
    if (error instanceof PortInUse) {
      throw new Error(
        `port ${port ?? 0} of 127.0.0.1 is in use by another program; choose another port, or none for a free one`,
      );
    }
    throw new Error(await explain(error instanceof Error ? error.message : String(error), logFile));
  } finally {
    gateway.removeAllListeners();
    gateway.unref();
  }
}

/** The server as this file's neighbour: TypeScript through tsx in a checkout, JavaScript when installed. */
function serverScript(): string[] {
  const extension = extname(__filename);
  const script = join(__dirname, `server${extension}`);
  return extension === ".ts" ? ["--require", require.resolve("tsx/cjs"), script] : [script];
}

class PortInUse extends Error {}

async function untilHealthy(
  directory: string,
  gateway: ChildProcess,
  instanceId: string,
): Promise<LocalCloudStatus> {
  const failure: { reason?: Error } = {};
  gateway.once("error", (error) => (failure.reason = error));
  gateway.once(
    "exit",
    (code) =>
      (failure.reason ??=
        code === portInUseExitCode
          ? new PortInUse()
          : new Error("the local cloud ended while it was starting")),
  );
  const deadline = Date.now() + startDeadlineMilliseconds;
  for (;;) {
    const status = await localCloudStatus(directory);
    if (status?.instanceId === instanceId) {
      return status;
    }
    if (failure.reason !== undefined) {
      throw failure.reason;
    }
    if (Date.now() > deadline) {
      throw new Error(`the local cloud did not answer within ${startDeadlineMilliseconds / 1000} s`);
    }
    await sleep(100);
  }
}

/** Adds the end of the log, where the gateway names what it stumbled over. */
async function explain(reason: string, logFile: string): Promise<string> {
  const lines = (await readFile(logFile, "utf8").catch(() => "")).trimEnd().split("\n").slice(-15);
  return [`${reason}; the end of its log ${logFile} was:`, ...lines.map((line) => `  ${line}`)].join("\n");
}

async function answerAt(port: number): Promise<Pick<LocalCloudStatus, "instanceId" | "unkind"> | undefined> {
  try {
    const status = JSON.parse(
      await httpGet({ host: "127.0.0.1", port }, "/_meridian/status"),
    ) as Partial<LocalCloudStatus> | null;
    return { instanceId: status?.instanceId ?? "", unkind: status?.unkind ?? [] };
  } catch {
    return undefined;
  }
}

/**
 * Ends what a state file speaks of. Each process is touched only when it is the one recorded:
 * the gateway carries the instance in its command line, moto its socket.
 */
async function endProcesses(state: CloudState): Promise<boolean> {
  const gateway = ((await commandLine(state.pid)) ?? "").includes(state.instanceId);
  const moto = ((await commandLine(state.motoPid)) ?? "").includes(state.motoSocket);
  if (gateway) {
    await terminate(state.pid);
  }
  if (moto && !(await waitUntilGone(state.motoPid, gateway ? 2_000 : 0))) {
    await terminate(state.motoPid, 1_000);
  }
  return gateway || moto;
}

/** A fresh log file; only the newest few are kept. */
async function newLog(directory: string): Promise<string> {
  const folder = join(directory, "logs");
  const older = (await readdir(folder)).filter((name) => name.endsWith(".log")).sort();
  for (const name of older.slice(0, Math.max(0, older.length - keptLogs + 1))) {
    await rm(join(folder, name), { force: true });
  }
  return join(folder, `${new Date().toISOString().replaceAll(":", "-")}.log`);
}

/** Runs one start at a time for a folder; the lock of a process that is gone does not count. */
async function exclusively<T>(lockFile: string, action: () => Promise<T>): Promise<T> {
  while (!(await takeLock(lockFile))) {
    await sleep(100);
  }
  try {
    return await action();
  } finally {
    await rm(lockFile, { force: true });
  }
}

async function takeLock(lockFile: string): Promise<boolean> {
  try {
    await writeFile(lockFile, String(process.pid), { flag: "wx" });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") {
      throw error;
    }
  }
  if (await isAbandoned(lockFile)) {
    await rm(lockFile, { force: true });
  }
  return false;
}

async function isAbandoned(lockFile: string): Promise<boolean> {
  try {
    const [holder, { mtimeMs }] = await Promise.all([readFile(lockFile, "utf8"), stat(lockFile)]);
    const tooOld = Date.now() - mtimeMs > 2 * installDeadlineMilliseconds;
    return tooOld || (holder !== "" && !isAlive(Number(holder)));
  } catch {
    return false;
  }
}
