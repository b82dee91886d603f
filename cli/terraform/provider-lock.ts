import { copyFileSync, existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

import type { Stack } from "../stacks/manifest";
import { type Workspace, writePrivateFile } from "../base/workspace";

/**
 * The provider selections that all stacks share. Terraform keeps them in the directory it
 * runs in; copying one file in before `init` and merging it back after makes parallel inits
 * agree, and lets them use the plugin cache, which is not safe without it.
 */
export class ProviderLock {
  public constructor(private readonly workspace: Workspace) {}

  /** Whether the selections are under version control, and so not the runner's to change. */
  public get isCommitted(): boolean {
    return existsSync(this.workspace.committedProviderLock);
  }

  /** The shared selections. */
  public get content(): string {
    const file = this.isCommitted ? this.workspace.committedProviderLock : this.workspace.providerLock;
    return existsSync(file) ? readFileSync(file, "utf8") : "";
  }

  /** Whether every provider that a stack declares has been selected. */
  public covers(stack: Stack): boolean {
    const selected = [...providersIn(this.content).keys()];
    return Object.values(stack.configuration.terraform?.required_providers ?? {}).every(({ source = "" }) =>
      selected.some((address) => address.endsWith(`/${source}`)),
    );
  }

  /** Gives a stack the shared selections. */
  public seed(stack: Stack): void {
    const file = lockFileOf(stack);
    if (this.isCommitted) {
      copyFileSync(this.workspace.committedProviderLock, file);
    } else if (this.content === "") {
      rmSync(file, { force: true });
    } else {
      writePrivateFile(file, this.content);
    }
  }

  /** Adds what a stack's `init` selected. */
  public merge(stack: Stack): void {
    const file = lockFileOf(stack);
    if (this.isCommitted || !existsSync(file)) {
      return;
    }
    const merged = new Map([...providersIn(this.content), ...providersIn(readFileSync(file, "utf8"))]);
    const content = [...merged.keys()].sort().map((address) => merged.get(address) ?? "");
    writePrivateFile(this.workspace.providerLock, content.join("\n"));
  }

  /** Forgets the selections, so that the next `init` selects anew. */
  public clear(): void {
    rmSync(this.workspace.providerLock, { force: true });
  }
}

function lockFileOf(stack: Stack): string {
  return join(stack.directory, ".terraform.lock.hcl");
}

/** The `provider` blocks of a lock file, by address. */
function providersIn(content: string): Map<string, string> {
  const blocks = content.matchAll(/^provider "([^"]+)" \{\n[\s\S]*?^\}\n/gm);
  return new Map([...blocks].map(([block, address = ""]) => [address, block]));
}
