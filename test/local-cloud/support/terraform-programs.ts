import { execFile } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import { localCloudEnvironment, startLocalCloud, stopLocalCloud } from "../../../local-cloud";

const run = promisify(execFile);

const providers = { aws: "eu-west-1", "aws.second": "eu-central-1", "aws.global": "us-east-1" };

/** A root module whose child modules are the programs of a folder, and a local cloud of its own. */
export class TerraformPrograms {
  /** Starts a cloud and initialises Terraform. */
  static async create(folder: string, only?: readonly string[]): Promise<TerraformPrograms> {
    const directory = mkdtempSync(join(tmpdir(), "meridian-programs-"));
    const names = readdirSync(folder)
      .filter((file) => file.endsWith(".tf"))
      .map((file) => basename(file, ".tf"))
      .filter((name) => only?.includes(name) ?? true);
    for (const name of names) {
      mkdirSync(join(directory, name));
      copyFileSync(join(folder, `${name}.tf`), join(directory, name, "main.tf"));
      writeJson(join(directory, name, "versions.tf.json"), {
        terraform: requirements(Object.keys(providers).slice(1)),
      });
    }
    writeJson(join(directory, "main.tf.json"), root(names));
    writeFileSync(join(directory, "terraformrc"), providerInstallation());
    const cloud = await startLocalCloud({ directory: join(directory, "cloud") });
    const environment = {
      ...process.env,
      ...localCloudEnvironment(cloud),
      TF_CLI_CONFIG_FILE: join(directory, "terraformrc"),
      TF_IN_AUTOMATION: "1",
      CHECKPOINT_DISABLE: "1",
    };
    const programs = new TerraformPrograms(directory, cloud.logFile, environment);
    await programs.terraform("init");
    return programs;
  }

  private constructor(
    private readonly directory: string,
    /** Log of the cloud. */
    readonly logFile: string,
    private readonly environment: NodeJS.ProcessEnv,
  ) {}

  /** Runs Terraform and returns what it printed; a failure shows the end of it. */
  async terraform(command: string, ...args: string[]): Promise<string> {
    const input = command === "state" ? [] : ["-input=false", "-no-color"];
    try {
      const { stdout } = await run("terraform", [command, ...args, ...input], {
        cwd: this.directory,
        env: this.environment,
        maxBuffer: 256 * 1024 * 1024,
      });
      return stdout;
    } catch (error) {
      const { stdout = "", stderr = "" } = error as { stdout?: string; stderr?: string };
      throw new Error(`terraform ${command} failed:\n${stdout.slice(-2_000)}\n${stderr.slice(-8_000)}`);
    }
  }

  /** Stops the cloud and removes the folder. */
  async remove(): Promise<void> {
    await stopLocalCloud(join(this.directory, "cloud"));
    rmSync(this.directory, { recursive: true, force: true });
  }
}

function root(names: readonly string[]): object {
  const configurations = Object.entries(providers).map(([name, region]) => ({
    region,
    ...(name === "aws" ? {} : { alias: name.replace("aws.", "") }),
    max_retries: 2,
    default_tags: [{ tags: { environment: "local" } }],
  }));
  const passed = Object.fromEntries(Object.keys(providers).map((name) => [name, name]));
  return {
    terraform: requirements(),
    provider: { aws: configurations },
    module: Object.fromEntries(names.map((name) => [name, { source: `./${name}`, providers: passed }])),
  };
}

function requirements(aliases: readonly string[] = []): object {
  const aws = { source: "hashicorp/aws", version: ">= 5.100.0, < 7.0.0" };
  return {
    required_providers: { aws: aliases.length > 0 ? { ...aws, configuration_aliases: aliases } : aws },
  };
}

function writeJson(file: string, value: unknown): void {
  writeFileSync(file, JSON.stringify(value));
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
