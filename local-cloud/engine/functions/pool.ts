import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, symlinkSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { unpack } from "./code";
import type { LambdaFunction, Version } from "./function";
import { RuntimeProcess } from "./runtime-process";
import { commandOf, environmentOf, type Machine } from "./runtimes";
import { Watchdog } from "./watchdog";

/** How long a process without work is kept. */
const idleMilliseconds = 300_000;

/** The most processes at a time: a machine is no region. Further invocations wait. */
const mostProcesses = 32;

/** A process that works for one version, and what belongs to it. */
export interface Sandbox {
  readonly process: RuntimeProcess;
  /** Where its lines go. */
  readonly logStream: string;
  readonly version: Version;
  idle?: NodeJS.Timeout;
}

/** The processes of all functions: each runs one invocation at a time, and is used again. */
export class Pool {
  private root?: string;
  private watchdog?: Watchdog;
  private readonly folders = new Map<Version, Promise<string>>();
  private readonly idle = new Map<Version, Sandbox[]>();
  private readonly all = new Set<Sandbox>();
  private starting = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(private readonly machine: Machine) {}

  /** A process for the version, warm where there is one. */
  async take(owner: LambdaFunction, version: Version, now: Date): Promise<Sandbox> {
    for (;;) {
      const warm = this.warm(version);
      if (warm !== undefined) {
        return warm;
      }
      if (this.all.size + this.starting < mostProcesses || this.dropAnIdleOne()) {
        break;
      }
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    }
    this.starting += 1;
    try {
      return await this.start(owner, version, now);
    } catch (error) {
      this.waiting.shift()?.();
      throw error;
    } finally {
      this.starting -= 1;
    }
  }

  /** Takes a process back after its work. */
  giveBack(sandbox: Sandbox, owner: LambdaFunction): void {
    const { version } = sandbox;
    const isCurrent = owner.latest === version || [...owner.versions.values()].includes(version);
    if (!sandbox.process.isAlive || !isCurrent) {
      this.drop(sandbox);
    } else {
      this.idle.set(version, [...(this.idle.get(version) ?? []), sandbox]);
      sandbox.idle = setTimeout(() => {
        this.idle.set(
          version,
          (this.idle.get(version) ?? []).filter((each) => each !== sandbox),
        );
        this.drop(sandbox);
      }, idleMilliseconds);
      sandbox.idle.unref();
    }
    this.waiting.shift()?.();
  }

  /** Ends the processes of a version that is no more; those at work end with their work. */
  retire(version: Version): void {
    for (const sandbox of this.idle.get(version) ?? []) {
      clearTimeout(sandbox.idle);
      this.drop(sandbox);
    }
    this.idle.delete(version);
    this.folders.delete(version);
  }

  /** Ends all processes. */
  end(): void {
    this.all.forEach((sandbox) => {
      clearTimeout(sandbox.idle);
      sandbox.process.end();
    });
    this.all.clear();
    this.idle.clear();
  }

  private warm(version: Version): Sandbox | undefined {
    for (;;) {
      const sandbox = this.idle.get(version)?.pop();
      clearTimeout(sandbox?.idle);
      if (sandbox === undefined || sandbox.process.isAlive) {
        return sandbox;
      }
      this.drop(sandbox);
    }
  }

  private drop(sandbox: Sandbox): void {
    this.all.delete(sandbox);
    sandbox.process.end();
  }

  private dropAnIdleOne(): boolean {
    for (const sandboxes of this.idle.values()) {
      const sandbox = sandboxes.shift();
      if (sandbox !== undefined) {
        clearTimeout(sandbox.idle);
        this.drop(sandbox);
        return true;
      }
    }
    return false;
  }

  private async start(owner: LambdaFunction, version: Version, now: Date): Promise<Sandbox> {
    const { configuration } = version;
    const folder = await this.folderOf(version);
    const command = await commandOf(configuration, folder, this.machine);
    const temporary = join(this.rootFolder(), `tmp-${randomBytes(6).toString("hex")}`);
    await mkdir(temporary, { recursive: true });
    const day = now.toISOString().slice(0, 10).replaceAll("-", "/");
    const logStream = `${day}/[${configuration.Version}]${randomBytes(16).toString("hex")}`;
    const place = { folder, temporary, region: owner.region, logStream };
    const watchdog = (this.watchdog ??= new Watchdog(this.rootFolder()));
    const process = await RuntimeProcess.start(
      command,
      folder,
      (runtimeApi) => environmentOf(configuration, place, this.machine, runtimeApi),
      watchdog,
    );
    const sandbox = { process, logStream, version };
    this.all.add(sandbox);
    return sandbox;
  }

  private folderOf(version: Version): Promise<string> {
    const known = this.folders.get(version) ?? this.unpacked(version);
    this.folders.set(version, known);
    return known;
  }

  private async unpacked({ code }: Version): Promise<string> {
    const folder = join(this.rootFolder(), `task-${randomBytes(6).toString("hex")}`);
    await mkdir(folder, { recursive: true });
    if (code !== undefined) {
      await unpack(code, folder);
    }
    return folder;
  }

  /** A folder that only this user may enter, beside the SDK that Lambda's own Node.js runtimes bring. */
  private rootFolder(): string {
    if (this.root === undefined) {
      this.root = mkdtempSync(join(tmpdir(), "meridian-functions-"));
      const sdk = join(dirname(require.resolve("@aws-sdk/client-sts/package.json")), "..");
      if (existsSync(sdk)) {
        mkdirSync(join(this.root, "node_modules"));
        symlinkSync(sdk, join(this.root, "node_modules", "@aws-sdk"));
      }
    }
    return this.root;
  }
}
