import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";

/** What tells a process from every other, also from one that gets the same number later. */
export interface ProcessIdentity {
  readonly pid: number;
  readonly host: string;
  /**
   * When it was started, as the system counts.
   *
   * @default - the system does not say
   */
  readonly birth?: string;
  /**
   * The start of the system that it runs on.
   *
   * @default - the system does not say
   */
  readonly boot?: string;
  /**
   * The space in which its number counts: a container has its own.
   *
   * @default - the system does not say
   */
  readonly space?: string;
}

/** `unknown`: it runs, or ran, where this process cannot look. */
export type Life = "alive" | "dead" | "unknown";

/** The identity of a process of this machine; nothing when there is none of that number. */
export function identityOf(pid: number): ProcessIdentity | undefined {
  const birth = birthOf(pid);
  return birth === undefined
    ? undefined
    : { pid, host: hostname(), birth, boot: orNothing(bootOf), space: orNothing(spaceOf) };
}

/** The identity of this process, as far as the system tells it. */
export function ownIdentity(): ProcessIdentity {
  return identityOf(process.pid) ?? { pid: process.pid, host: hostname() };
}

/** Whether a process still runs. Nothing but a certain death is called `dead`. */
export function lifeOf({ pid, host, birth, boot, space }: ProcessIdentity): Life {
  if (host !== hostname()) {
    return "unknown";
  }
  const here = { boot: orNothing(bootOf), space: orNothing(spaceOf) };
  if (boot !== undefined && here.boot !== undefined && boot !== here.boot) {
    return "dead";
  }
  if (space !== undefined && space !== here.space) {
    return "unknown";
  }
  const found = birthOf(pid);
  if (found === undefined) {
    return "dead";
  }
  return birth === undefined || birth === found ? "alive" : "dead";
}

/**
 * Kills what a process that is gone left behind in its group: providers, which would go on without anyone
 * to write down what they make.
 *
 * @returns how many processes were killed.
 */
export function endGroupOf({ pid, boot }: Pick<ProcessIdentity, "pid" | "boot">): number {
  // Another process of that number has a group of its own.
  const isOurs = identityOf(pid) === undefined && (boot === undefined || boot === orNothing(bootOf));
  const left = isOurs ? membersOf(pid) : [];
  for (const member of left) {
    try {
      process.kill(member, "SIGKILL");
    } catch {
      // It ended by itself.
    }
  }
  return left.length;
}

/** Processes of these programs that run on this machine, with the directory that each gives Terraform for its data. */
export function livingPrograms(names: readonly string[]): { readonly pid: number; readonly data?: string }[] {
  if (process.platform !== "linux") {
    return rows(["-A", "-o", "pid=,comm="]).flatMap(([pid, comm = ""]) =>
      names.includes(comm.slice(comm.lastIndexOf("/") + 1)) ? [{ pid: Number(pid) }] : [],
    );
  }
  return readdirSync("/proc").flatMap((name) => {
    const pid = Number(name);
    const program = Number.isInteger(pid)
      ? orNothing(() => readFileSync(`/proc/${pid}/comm`, "utf8").trim())
      : undefined;
    if (program === undefined || !names.includes(program) || identityOf(pid) === undefined) {
      return [];
    }
    const variables = orNothing(() => readFileSync(`/proc/${pid}/environ`, "utf8")) ?? "";
    const data = /(?:^|\0)TF_DATA_DIR=([^\0]+)/.exec(variables)?.[1];
    return [{ pid, ...(data === undefined ? {} : { data }) }];
  });
}

/** Processes of a group that have not ended. The number of a group is not given away while it has members. */
function membersOf(group: number): number[] {
  if (process.platform !== "linux") {
    return rows(["-A", "-o", "pid=,pgid=,stat="]).flatMap(([pid, pgid, stat]) =>
      Number(pgid) === group && !String(stat).startsWith("Z") ? [Number(pid)] : [],
    );
  }
  return readdirSync("/proc").flatMap((name) => {
    const pid = Number(name);
    const stat = Number.isInteger(pid) ? statOf(pid) : undefined;
    return stat !== undefined && Number(stat[2]) === group && !hasEnded(stat) ? [pid] : [];
  });
}

function birthOf(pid: number): string | undefined {
  if (process.platform === "linux") {
    const stat = statOf(pid);
    return stat === undefined || hasEnded(stat) ? undefined : stat[19];
  }
  if (process.platform === "win32") {
    return isThere(pid) ? "" : undefined;
  }
  const [row] = rows(["-o", "stat=,lstart=", "-p", String(pid)]);
  return row === undefined || row[0]?.startsWith("Z") === true ? undefined : row.slice(1).join(" ");
}

/** https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html, from the third field on. */
function statOf(pid: number): string[] | undefined {
  return orNothing(() => {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The second field is the program's name in brackets, which may hold anything.
    return text.slice(text.lastIndexOf(")") + 2).split(" ");
  });
}

/** A process that nobody has waited for yet has ended all the same. */
function hasEnded([state = ""]: readonly string[]): boolean {
  return state === "Z" || state === "X";
}

function bootOf(): string {
  return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
}

function spaceOf(): string {
  return readlinkSync("/proc/self/ns/pid");
}

function rows(args: readonly string[]): string[][] {
  const text = orNothing(() =>
    execFileSync("ps", args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }),
  );
  return (text ?? "")
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean)
    .map((line) => line.split(/\s+/));
}

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}

function orNothing<Value>(ask: () => Value): Value | undefined {
  try {
    return ask();
  } catch {
    return undefined;
  }
}
