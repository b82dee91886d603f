import { chmodSync, existsSync, mkdirSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** Where the runner keeps what it makes: `<project>/.meridian`, ignored by git and private to the user. */
export class Workspace {
  public readonly root: string;

  public constructor(public readonly projectDirectory: string) {
    this.root = join(projectDirectory, ".meridian");
  }

  /** The CLI configuration that Terraform is given. */
  public get terraformConfiguration(): string {
    return join(this.root, "terraformrc");
  }

  /** The provider selections shared by all stacks. */
  public get providerLock(): string {
    return join(this.root, "terraform.lock.hcl");
  }

  /** Provider selections under version control; they win over {@link providerLock}. */
  public get committedProviderLock(): string {
    return join(this.projectDirectory, "terraform.lock.hcl");
  }

  /** Downloaded providers, shared by all stacks. */
  public get pluginCache(): string {
    return join(this.root, "plugin-cache");
  }

  /** Directory of the local cloud. */
  public get localCloud(): string {
    return join(this.root, "local-cloud");
  }

  /** Which instance of the local cloud each environment was last deployed to. */
  public get localCloudDeploys(): string {
    return join(this.root, "local-cloud-deployed.json");
  }

  /** How long earlier runs took. */
  public get durations(): string {
    return join(this.root, "durations.json");
  }

  /** The synthesized stacks of an environment. */
  public synthesis(environment: string): string {
    return join(this.root, "synth", environment);
  }

  /** `TF_DATA_DIR` of a stack. */
  public data(stack: string): string {
    return join(this.root, "data", stack);
  }

  /** Full logs of one run of a command. */
  public run(id: string): string {
    return join(this.root, "runs", id);
  }

  /** The saved plan of a stack. */
  public plan(environment: string, stack: string): string {
    return join(this.root, "plans", environment, `${stack}.tfplan`);
  }

  /** State of the bootstrap stack while the bucket that is to hold it does not exist. */
  public bootstrapState(environment: string): string {
    return join(this.root, "bootstrap", `${environment}.tfstate`);
  }

  /** Where an environment's routing controls are, as it was read last. */
  public routingControls(environment: string): string {
    return join(this.root, "routing-controls", `${environment}.json`);
  }

  /** Held while a command works on an environment. */
  public lock(environment: string): string {
    return join(this.root, `${environment}.lock`);
  }
}

/** Makes a directory, and its parents, that only the user can read. */
export function ensurePrivateDirectory(path: string): string {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
  } catch (error) {
    // Node says ENOENT of a recursive mkdir whatever the cause is; a plain one says that the file system is read-only.
    const parent = dirname(path);
    if (parent === path || existsSync(path)) {
      throw error;
    }
    ensurePrivateDirectory(parent);
    mkdirSync(path, { mode: 0o700 });
  }
  return path;
}

/** Writes a file whole or not at all, readable by the user only. */
export function writePrivateFile(path: string, content: string): void {
  ensurePrivateDirectory(dirname(path));
  const temporary = `${path}.${process.pid}.tmp`;
  writeFileSync(temporary, content, { mode: 0o600 });
  chmodSync(temporary, 0o600);
  renameSync(temporary, path);
}
