import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

import { type Workspace, writePrivateFile } from "../base/workspace";
import type { ProcessIdentity } from "../base/process-identity";

/** A Terraform that works on a stack's state, as the run that started it wrote it down. */
export interface RunningTerraform extends ProcessIdentity {
  readonly stack: string;
  /** `plan`, `apply`, … */
  readonly operation: string;
  readonly startedAt: string;
  /** The file that it writes to, and the byte at which it began. */
  readonly output: string;
  readonly offset: number;
}

/**
 * The Terraforms that were started from this directory and whose end nobody has seen. A run that is killed
 * leaves its own here; the next one finds it.
 */
export class RunningTerraforms {
  public constructor(private readonly workspace: Workspace) {}

  /** Where a stack's is written down. */
  public fileOf(stack: string): string {
    return join(this.workspace.root, "running", `${stack}.json`);
  }

  /** Notes one that was started. */
  public note(running: RunningTerraform): void {
    writePrivateFile(this.fileOf(running.stack), `${JSON.stringify(running)}\n`);
  }

  /** Forgets one that has ended. */
  public forget(stack: string): void {
    rmSync(this.fileOf(stack), { force: true });
  }

  /** The one of a stack; nothing when its end was seen. */
  public of(stack: string): RunningTerraform | undefined {
    const file = this.fileOf(stack);
    if (!existsSync(file)) {
      return undefined;
    }
    try {
      return JSON.parse(readFileSync(file, "utf8")) as RunningTerraform;
    } catch {
      // Cut off while it was written: what it would have said is not known.
      return undefined;
    }
  }

  /** Those of an environment's stacks. */
  public ofEnvironment(environment: string): RunningTerraform[] {
    const directory = join(this.workspace.root, "running");
    const names = existsSync(directory) ? readdirSync(directory) : [];
    return names
      .filter((name) => name.startsWith(`${environment}-`) && name.endsWith(".json"))
      .flatMap((name) => this.of(name.replace(/\.json$/, "")) ?? []);
  }
}
