import { execFile } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

import { localCloudEnvironment, startLocalCloud, stopLocalCloud } from "../../../local-cloud";

const run = promisify(execFile);

/** A root module in a folder of its own, with real Terraform and a local cloud of its own. */
export class TerraformRoot {
  /** Writes files, by their path in the folder, starts a cloud and initialises Terraform. */
  static async create(files: Readonly<Record<string, string>>): Promise<TerraformRoot> {
    const directory = mkdtempSync(join(tmpdir(), "meridian-terraform-"));
    for (const [path, content] of Object.entries({ ...files, terraformrc: providerInstallation() })) {
      mkdirSync(dirname(join(directory, path)), { recursive: true });
      writeFileSync(join(directory, path), content);
    }
    const cloud = await startLocalCloud({ directory: join(directory, "cloud") });
    const root = new TerraformRoot(directory, cloud.logFile, cloud.endpoint, {
      ...process.env,
      ...localCloudEnvironment(cloud),
      TF_CLI_CONFIG_FILE: join(directory, "terraformrc"),
      TF_IN_AUTOMATION: "1",
      CHECKPOINT_DISABLE: "1",
    });
    await root.terraform("init");
    return root;
  }

  private constructor(
    private readonly directory: string,
    /** Log of the cloud. */
    readonly logFile: string,
    /** Where the cloud answers. */
    readonly endpoint: string,
    private readonly environment: NodeJS.ProcessEnv,
  ) {}

  /** Runs Terraform and returns what it printed; a failure shows the end of it. */
  async terraform(command: string, ...args: string[]): Promise<string> {
    const { stdout, stderr, failed } = await this.attempt(command, ...args);
    if (failed) {
      throw new Error(`terraform ${command} failed:\n${stdout.slice(-2_000)}\n${stderr.slice(-8_000)}`);
    }
    return stdout;
  }

  /** Runs Terraform and returns what it printed, whether it failed or not. */
  async attempt(
    command: string,
    ...args: string[]
  ): Promise<{ stdout: string; stderr: string; failed: boolean }> {
    const input = command === "state" || command === "show" ? [] : ["-input=false", "-no-color"];
    try {
      const output = await run(
        process.env.TERRAFORM_BINARY_NAME ?? "terraform",
        [command, ...input, ...args],
        {
          cwd: this.directory,
          env: this.environment,
          maxBuffer: 256 * 1024 * 1024,
        },
      );
      return { ...output, failed: false };
    } catch (error) {
      const { stdout = "", stderr = String(error) } = error as { stdout?: string; stderr?: string };
      return { stdout, stderr, failed: true };
    }
  }

  /** Stops the cloud and removes the folder. */
  async remove(): Promise<void> {
    await stopLocalCloud(join(this.directory, "cloud"));
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** Terraform's own way to providers, or the mirror that this machine keeps where Terraform does not look. */
function providerInstallation(): string {
  const places = existsSync("/opt") ? readdirSync("/opt").map((name) => join("/opt", name)) : [];
  const mirror = [process.env.MERIDIAN_PROVIDER_MIRROR ?? "", ...places].find((directory) =>
    existsSync(join(directory, "registry.terraform.io/hashicorp/aws")),
  );
  return mirror === undefined
    ? ""
    : `provider_installation {\n  filesystem_mirror { path = ${JSON.stringify(mirror)} }\n}\n`;
}
