import { execFileSync, spawn, spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

const root = path.resolve(__dirname, "../..");

/** How a command ended. */
export interface Outcome {
  readonly exitCode: number | null;
  /** Standard output and standard error, in that order. */
  readonly output: string;
}

/** A command that runs beside the test. */
export interface Running {
  /** How it ended, once it has. */
  readonly ended: Promise<Outcome>;
  /** Settles when a text was printed; rejects when the command ends without it. */
  printed(text: string): Promise<void>;
}

/** A copy of this repository in a folder of its own, to change and deploy without traces. */
export class Project {
  public readonly directory = mkdtempSync(path.join(tmpdir(), "meridian-project-"));
  /** Variables for all commands, on top of those of this process. */
  public variables: Readonly<Record<string, string>> = {};

  public constructor() {
    const files = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
      cwd: root,
      encoding: "utf8",
    });
    for (const file of files.split("\0").filter((name) => name !== "")) {
      cpSync(path.join(root, file), path.join(this.directory, file), { recursive: true });
    }
    symlinkSync(path.join(root, "node_modules"), path.join(this.directory, "node_modules"));
  }

  /** Runs `meridian` in the project, without a terminal, and waits for it. */
  public meridian(...args: readonly string[]): Outcome {
    return this.run(process.execPath, [path.join(this.directory, "bin", "meridian.js"), ...args]);
  }

  /** Starts `meridian` in the project and does not wait for it. */
  public start(...args: readonly string[]): Running {
    const child = spawn(process.execPath, [path.join(this.directory, "bin", "meridian.js"), ...args], {
      cwd: this.directory,
      env: { ...process.env, ...this.variables, NO_COLOR: "1" },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    const listeners = new Set<() => void>();
    const listen = (chunk: Buffer): void => {
      output += chunk.toString("utf8");
      listeners.forEach((listener) => {
        listener();
      });
    };
    child.stdout.on("data", listen);
    child.stderr.on("data", listen);
    const ended = new Promise<Outcome>((resolve) => {
      child.once("close", (exitCode) => {
        resolve({ exitCode, output });
      });
    });
    const printed = (text: string): Promise<void> =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (output.includes(text)) {
            listeners.delete(look);
            resolve();
          }
        };
        listeners.add(look);
        void ended.then(() => {
          reject(new Error(`ended without printing ${JSON.stringify(text)}:\n${output}`));
        });
        look();
      });
    return { ended, printed };
  }

  /** Runs a program in the project and waits for it. */
  public run(command: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Outcome {
    const { status, stdout, stderr } = spawnSync(command, args, {
      cwd: this.directory,
      encoding: "utf8",
      env: { ...process.env, ...this.variables, ...env, NO_COLOR: "1" },
      stdio: ["ignore", "pipe", "pipe"],
      maxBuffer: 64 * 1024 * 1024,
    });
    return { exitCode: status, output: `${stdout}${stderr}` };
  }

  /** Replaces a text that must occur in a file, as an editor would. */
  public edit(file: string, before: string | RegExp, after: string): void {
    const target = path.join(this.directory, file);
    const text = readFileSync(target, "utf8");
    if (!(typeof before === "string" ? text.includes(before) : before.test(text))) {
      throw new Error(`${file} does not contain ${String(before)}`);
    }
    writeFileSync(target, text.replace(before, after));
  }

  /** A file of the project, as JSON. */
  public readJson(file: string): unknown {
    return JSON.parse(readFileSync(path.join(this.directory, file), "utf8")) as unknown;
  }

  /** Removes the copy. */
  public remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}
