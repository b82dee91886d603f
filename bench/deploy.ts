import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import { localCloudEnvironment, localCloudStatus } from "../local-cloud";
import { Project } from "../test/support/project";

/** Seconds of `meridian deploy local` and of the slowest chain of `terraform apply` by hand. */
export interface DeployTimes {
  readonly meridianSeconds: number;
  readonly rawSeconds: number;
}

/** The stacks after the bootstrap, as `meridian` deploys them side by side. */
const waves = [
  ["local-foundation", "local-eu-west-1-network", "local-eu-central-1-network"],
  ["local-eu-west-1", "local-eu-central-1", "local-cloudfront", "local-hpc-lab"],
  ["local-edge"],
];

/**
 * Deploys the environment `local` twice to a local cloud that is bootstrapped: through the runner, and
 * with `terraform init` and `apply` by hand, wave by wave. Each time includes providers and state.
 */
export async function measureDeploy(): Promise<DeployTimes> {
  const project = new Project();
  try {
    meridian(project, "local", "start");
    meridian(project, "bootstrap", "local", "--auto-approve");
    const meridianSeconds = seconds(() => {
      // Deploys, and pushes the images that the regions wait for.
      meridian(project, "local", "up");
    });
    meridian(project, "destroy", "local", "--auto-approve", "--stack", ...waves.flat());
    const rawSeconds = await rawChain(project);
    return { meridianSeconds, rawSeconds };
  } finally {
    project.meridian("local", "stop");
    project.remove();
  }
}

function meridian(project: Project, ...args: readonly string[]): void {
  const { exitCode, output } = project.meridian(...args);
  if (exitCode !== 0) {
    throw new Error(`meridian ${args.join(" ")} ended with ${String(exitCode)}:\n${output}`);
  }
}

function seconds(work: () => void): number {
  const started = process.hrtime.bigint();
  work();
  return Number(process.hrtime.bigint() - started) / 1e9;
}

async function rawChain(project: Project): Promise<number> {
  const cloud = await localCloudStatus(path.join(project.directory, ".meridian", "local-cloud"));
  if (cloud === undefined) {
    throw new Error("the local cloud does not run");
  }
  const env = {
    ...process.env,
    ...localCloudEnvironment(cloud),
    TF_CLI_CONFIG_FILE: path.join(project.directory, ".meridian", "terraformrc"),
  };
  const started = process.hrtime.bigint();
  for (const wave of waves) {
    await Promise.all(wave.map((stack) => apply(project, stack, env)));
  }
  return Number(process.hrtime.bigint() - started) / 1e9;
}

async function apply(project: Project, stack: string, env: NodeJS.ProcessEnv): Promise<void> {
  const directory = path.join(project.directory, ".meridian", "synth", "local", "stacks", stack);
  const data = mkdtempSync(path.join(tmpdir(), "meridian-raw-"));
  const variables = { ...env, TF_DATA_DIR: data };
  try {
    execFileSync("terraform", ["init", "-input=false"], { cwd: directory, env: variables, stdio: "ignore" });
    await new Promise<void>((resolve, reject) => {
      const args = ["apply", "-auto-approve", "-input=false"];
      spawn("terraform", args, { cwd: directory, env: variables, stdio: "ignore" }).once("close", (code) => {
        if (code === 0) {
          resolve();
        } else {
          reject(new Error(`terraform apply of ${stack} ended with ${String(code)}`));
        }
      });
    });
  } finally {
    rmSync(data, { recursive: true, force: true });
  }
}
