import { execFile } from "node:child_process";
import { basename } from "node:path";
import { promisify } from "node:util";

import { gte, valid } from "semver";

import { CommandError } from "../base/errors";

/** The Terraform (or OpenTofu) that is used. */
export interface TerraformBinary {
  /** The program as it is started. */
  readonly command: string;
  readonly product: "terraform" | "tofu";
  readonly version: string;
}

/** Native locking of S3 state: final in Terraform 1.11, there since OpenTofu 1.10. */
const floors = { terraform: "1.11.0", tofu: "1.10.0" } as const;

/**
 * Finds the program that `TERRAFORM_BINARY_NAME` names, or `terraform`.
 *
 * @throws CommandError when it is missing, does not start, or is too old.
 */
export async function findTerraform(
  variables: Readonly<Record<string, string | undefined>>,
  versionOf: (command: string) => Promise<string> = askVersion,
): Promise<TerraformBinary> {
  const command = variables.TERRAFORM_BINARY_NAME ?? "terraform";
  const product = basename(command).includes("tofu") ? "tofu" : "terraform";
  const version = await versionOf(command).catch((error: unknown) => {
    throw notStarted(command, error as NodeJS.ErrnoException);
  });
  if (!gte(version, floors[product])) {
    throw new CommandError(
      `${command} is version ${version}; Meridian needs ${floors[product]} or later, for native locking of S3 state.`,
      `Install a newer ${product}, or name another program in TERRAFORM_BINARY_NAME.`,
    );
  }
  return { command, product, version };
}

async function askVersion(command: string): Promise<string> {
  const { stdout } = await promisify(execFile)(command, ["version", "-json"], {
    env: { ...process.env, CHECKPOINT_DISABLE: "1", TF_CLI_CONFIG_FILE: "/dev/null", TF_CLI_ARGS: "" },
  });
  return versionIn(stdout);
}

function versionIn(answer: string): string {
  try {
    const { terraform_version: version } = JSON.parse(answer) as { terraform_version?: unknown };
    if (typeof version === "string" && valid(version) !== null) {
      return version;
    }
  } catch {
    // What it says is no JSON.
  }
  throw new Error("it does not answer `version -json` as Terraform does");
}

function notStarted(command: string, error: NodeJS.ErrnoException): CommandError {
  return error.code === "ENOENT"
    ? new CommandError(
        `The program '${command}' was not found.`,
        "Install Terraform 1.11 or later (https://developer.hashicorp.com/terraform/install) or OpenTofu 1.10 or later with TERRAFORM_BINARY_NAME=tofu.",
      )
    : new CommandError(
        `The program '${command}' is not usable: ${error.message}`,
        "Check that TERRAFORM_BINARY_NAME names Terraform or OpenTofu.",
      );
}
