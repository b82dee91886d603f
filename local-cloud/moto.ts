import { execFile, spawn, type ChildProcess } from "node:child_process";
import { access, constants, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { createInterface } from "node:readline";
import type { Duplex } from "node:stream";
import { promisify } from "node:util";

const run = promisify(execFile);

/** The version that the stand-ins were written against. */
export const motoRequirement = "moto[server]==5.2.1";

/** The version of the API models that calls are checked against. */
const botocoreRequirement = "botocore==1.43.11";

/** Names the executable to use instead of the one that would be found. */
export const motoSetting = "MERIDIAN_MOTO_SERVER";

const remedy =
  `set ${motoSetting} to a moto_server executable, or run 'pip install "${motoRequirement}"' ` +
  `so that moto_server is on the PATH`;

/**
 * Finds `moto_server`: the setting, else the PATH, else a private virtual environment below
 * `directory`, which is made on first use and needs Python and a network.
 */
export async function findMoto(directory: string, report: (line: string) => void): Promise<string> {
  const configured = process.env[motoSetting];
  if (configured !== undefined && configured !== "") {
    if (await isExecutable(configured)) {
      return configured;
    }
    throw new Error(
      `${motoSetting} is ${JSON.stringify(configured)}, which is no executable file; correct it or unset it`,
    );
  }
  return (await onPath("moto_server")) ?? (await inVirtualEnvironment(directory, report));
}

/** A running moto and the way to end it. */
export interface Moto {
  /** Process id of moto itself. */
  readonly pid: number;
  /** Settles with a sentence about how it ended, however that came about. */
  readonly ended: Promise<string>;
  /** Ends it at once: it holds nothing that would have to be saved. */
  end(): void;
}

/**
 * A path for moto's socket, in a new folder that only this user may enter. moto reflects `Origin` and
 * takes any `Host`: on a port of loopback, every website that the user visits could talk to it.
 */
export async function newMotoSocket(): Promise<string> {
  // A socket's path has 104 bytes at most on macOS, and 108 on Linux.
  const parent = tmpdir().length > 60 ? "/tmp" : tmpdir();
  return join(await mkdtemp(join(parent, "meridian-moto-")), "socket");
}

/**
 * Starts moto under a watchdog that kills it when this process ends, even by SIGKILL: the
 * shell's copy of file descriptor 3 reaches its end together with this process.
 */
export async function startMoto(executable: string, socket: string, log: number): Promise<Moto> {
  const watchdog = spawn("/bin/sh", ["-c", watchdogScript, executable, "-H", `unix://${socket}`], {
    stdio: ["ignore", log, log, "pipe"],
    env: { ...process.env, ...motoSettings },
  });
  const lifeline = watchdog.stdio[3] as Duplex;
  lifeline.on("error", () => undefined);
  const ended = untilEnded(watchdog);
  const pid = await Promise.race([firstLine(lifeline), ended]);
  return {
    pid: Number(pid),
    ended,
    end: () => {
      lifeline.destroy();
    },
  };
}

/** `$0` is the executable; the pid goes back through the descriptor that is the lifeline. */
const watchdogScript = `
"$0" "$@" 3<&- &
moto=$!
echo "$moto" >&3
socket="\${2#unix://}"
{ cat >/dev/null; kill -9 "$moto" 2>/dev/null; rm -rf "\${socket%/*}"; } <&3 &
exec 3<&-
wait "$moto"
`;

/**
 * Managed policies are attached by name in ordinary stacks, but moto loads them only when asked;
 * and certificates are issued at once instead of after a minute.
 */
const motoSettings = {
  MOTO_IAM_LOAD_MANAGED_POLICIES: "true",
  MOTO_ACM_VALIDATION_WAIT: "0",
  PYTHONUNBUFFERED: "1",
};

function untilEnded(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once("error", (error) => {
      resolve(`moto did not start: ${error.message}`);
    });
    child.once("exit", (code, signal) => {
      resolve(`moto ended with ${signal === null ? `exit code ${code ?? "unknown"}` : `signal ${signal}`}`);
    });
  });
}

function firstLine(stream: Duplex): Promise<string> {
  return new Promise((resolve) => {
    createInterface({ input: stream }).once("line", resolve);
  });
}

async function onPath(name: string): Promise<string | undefined> {
  for (const folder of (process.env.PATH ?? "").split(delimiter)) {
    const candidate = join(folder, name);
    if (folder !== "" && (await isExecutable(candidate))) {
      return candidate;
    }
  }
  return undefined;
}

async function inVirtualEnvironment(directory: string, report: (line: string) => void): Promise<string> {
  const environment = join(directory, "venv");
  const executable = join(environment, "bin", "moto_server");
  const requirements = join(environment, "requirements.txt");
  if ((await isExecutable(executable)) && (await isExecutable(requirements, constants.R_OK))) {
    return executable;
  }
  const python = await onPath("python3");
  if (python === undefined) {
    throw new Error(`neither moto_server nor python3 was found; install Python 3.9 or later, or ${remedy}`);
  }
  report(`Installing ${motoRequirement} into ${environment} (once, about a minute)`);
  try {
    await run(python, ["-m", "venv", "--clear", environment]);
    await run(join(environment, "bin", "python"), [
      ...[
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--retries",
        "1",
        motoRequirement,
        botocoreRequirement,
      ],
    ]);
    await writeFile(requirements, `${motoRequirement}\n${botocoreRequirement}\n`);
    return executable;
  } catch (error) {
    await rm(environment, { recursive: true, force: true });
    throw new Error(
      `could not install ${motoRequirement} from the Python package index: ${lastLine(error)}; ` +
        `check the network, or ${remedy}`,
    );
  }
}

function lastLine(error: unknown): string {
  const text =
    (error as { stderr?: string }).stderr ?? (error instanceof Error ? error.message : String(error));
  return text.trim().split("\n").at(-1) ?? "no output";
}

async function isExecutable(file: string, mode = constants.X_OK): Promise<boolean> {
  try {
    await access(file, mode);
    return true;
  } catch {
    return false;
  }
}
