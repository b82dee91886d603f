import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { App, Testing, TerraformStack } from "cdktf";
import { localCloudEnvironment, startLocalCloud, stopLocalCloud } from "../../../local-cloud";

/** What a plan would do to one resource. */
export interface PlannedChange {
  readonly address: string;
  readonly actions: readonly string[];
}

/** A folder with one stack, a local state and a local cloud of its own, for real Terraform. */
export class TerraformFolder {
  public static async create(region: string): Promise<TerraformFolder> {
    const directory = mkdtempSync(join(tmpdir(), "meridian-network-"));
    const configuration = join(directory, "terraformrc");
    writeFileSync(configuration, providerInstallation());
    const cloud = await startLocalCloud({ directory: join(directory, "cloud") });
    const environment = {
      ...process.env,
      ...localCloudEnvironment(cloud),
      TF_CLI_CONFIG_FILE: configuration,
      CHECKPOINT_DISABLE: "1",
    };
    return new TerraformFolder(directory, region, environment);
  }

  private constructor(
    private readonly directory: string,
    private readonly region: string,
    private readonly environment: NodeJS.ProcessEnv,
  ) {}

  /** Writes the stack anew. */
  public synthesize(build: (stack: TerraformStack) => void): void {
    const stack = new TerraformStack(new App(), "network");
    new AwsProvider(stack, "Aws", { region: this.region, maxRetries: 3, skipMetadataApiCheck: "true" });
    stack.addOverride("terraform.required_providers.aws", {
      source: "hashicorp/aws",
      version: ">= 5.100.0, < 7.0.0",
    });
    build(stack);
    writeFileSync(join(this.directory, "cdk.tf.json"), Testing.synth(stack, true));
  }

  /** Runs Terraform and returns what it printed. */
  public async terraform(...args: string[]): Promise<string> {
    const run = promisify(execFile)(process.env.TERRAFORM_BINARY_NAME ?? "terraform", args, {
      cwd: this.directory,
      env: this.environment,
      maxBuffer: 64 * 1024 * 1024,
    });
    return (await run).stdout;
  }

  /** Plans, and returns the resources that would not stay as they are. */
  public async plan(...args: string[]): Promise<PlannedChange[]> {
    await this.terraform("plan", "-input=false", "-out=saved.tfplan", ...args);
    const plan = JSON.parse(await this.terraform("show", "-json", "saved.tfplan")) as {
      resource_changes: { address: string; change: { actions: string[] } }[];
    };
    return plan.resource_changes
      .map(({ address, change }) => ({ address, actions: change.actions }))
      .filter(({ actions }) => actions.join() !== "no-op");
  }

  /** Stops the cloud and removes the folder. */
  public async remove(): Promise<void> {
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
