import { execFile } from "node:child_process";
import { statfsSync } from "node:fs";
import { promisify } from "node:util";

import { Command } from "commander";
import pc from "picocolors";
import { gte } from "semver";

import type { Context } from "../session/context";
import type { TargetEnvironment } from "../base/target-environment";
import { CommandError, exitCodes, messageOf } from "../base/errors";
import { guardAccount } from "../session/guards";
import { findTerraform } from "../terraform/binary";
import { configureProviders } from "../terraform/providers";

/** What one check found. */
export interface Finding {
  readonly verdict: "ok" | "warn" | "fail";
  readonly text: string;
  /** What to do about it. */
  readonly remedy?: string;
}

/** A check of the machine, under the name that `doctor` prints. */
type Check = (context: Context) => Finding[] | Promise<Finding[]>;

const nodeFloor = "20.9.0";
const diskFloorGiB = 2;

const checks: Readonly<Record<string, Check>> = {
  Node: () => [
    gte(process.versions.node, nodeFloor)
      ? ok(process.versions.node)
      : fail(process.versions.node, `Install Node ${nodeFloor} or later.`),
  ],
  Terraform: async (context) => {
    const { product, version, command } = await findTerraform(context.variables);
    return [ok(`${product} ${version} (${command})`)];
  },
  Providers: async (context) => {
    const binary = await findTerraform(context.variables);
    const { description, mirrors } = configureProviders(context.workspace, context.variables, binary);
    const held = mirrors.flatMap(({ directory, providers }) =>
      Object.entries(providers).map(([name, versions]) =>
        ok(`${name} ${versions.join(", ")} in ${directory}`),
      ),
    );
    return held.length > 0
      ? held
      : [
          warn(
            `downloaded from ${description}`,
            "Without a network, name a mirror in MERIDIAN_PROVIDER_MIRROR.",
          ),
        ];
  },
  "Local cloud": async (context) => [await checkLocalCloud(context)],
  Git: async () => [
    await versionOf("git", ["--version"]).then(ok, () =>
      warn("not found", "Install git: plans then name the commit."),
    ),
  ],
  Disk: (context) => [checkDisk(context.workspace.projectDirectory)],
};

/** `meridian doctor`. */
export function doctorCommand(context: Context, done: (exitCode: number) => void): Command {
  return new Command("doctor")
    .description("check that this machine has what Meridian needs")
    .option("--offline", "do not ask AWS which account the credentials belong to")
    .action(async ({ offline }: { offline?: boolean }) => {
      const findings: Finding[] = [];
      const print = (name: string, found: readonly Finding[]): void => {
        findings.push(...found);
        found.forEach((finding) => {
          context.terminal.out(line(name, finding));
        });
      };
      for (const [name, check] of Object.entries(checks)) {
        print(name, await examine(() => check(context)));
      }
      for (const environment of await context.environments()) {
        print(`Account of ${environment.name}`, await checkAccount(context, environment, offline === true));
      }
      const hasFailure = findings.some(({ verdict }) => verdict === "fail");
      done(hasFailure ? exitCodes.failure : exitCodes.success);
    });
}

/** Runs a check; what it throws is what it found. */
async function examine(check: () => Finding[] | Promise<Finding[]>): Promise<Finding[]> {
  try {
    return await check();
  } catch (error) {
    return [fail(messageOf(error), error instanceof CommandError ? error.remedy : undefined)];
  }
}

async function checkLocalCloud(context: Context): Promise<Finding> {
  const status = await context.localCloud.status(context.workspace.localCloud);
  if (status !== undefined) {
    return ok(`runs at ${status.endpoint}`);
  }
  const hasMoto = await promisify(execFile)("moto_server", ["--help"]).then(
    () => true,
    () => false,
  );
  if (hasMoto) {
    return ok("not running; moto_server is installed");
  }
  return versionOf("python3", ["--version"]).then(
    (python) =>
      warn(
        `not running; moto is not installed, ${python} is`,
        "The first start installs moto from PyPI, which needs a network.",
      ),
    () =>
      fail(
        "there is neither moto_server nor python3",
        "Install Python 3.9 or later; only the local cloud needs it.",
      ),
  );
}

/** Credentials of the wrong account are a warning: nobody is signed in to all accounts. */
async function checkAccount(
  context: Context,
  environment: TargetEnvironment,
  isOffline: boolean,
): Promise<Finding[]> {
  if (environment.target === "local-cloud") {
    return [ok("the local cloud's; needs no credentials")];
  }
  if (isOffline) {
    return [warn("not checked (--offline)")];
  }
  return guardAccount(context, environment, { variables: {} }).then(
    (arn) => [ok(`${environment.account} as ${arn}`)],
    (error: unknown) => [warn(messageOf(error), error instanceof CommandError ? error.remedy : undefined)],
  );
}

function checkDisk(directory: string): Finding {
  const { bavail, bsize } = statfsSync(directory);
  const freeGiB = (bavail * bsize) / 2 ** 30;
  const text = `${freeGiB.toFixed(1)} GiB free`;
  return freeGiB < diskFloorGiB ? warn(text, "A provider takes about 0.7 GiB; free some space.") : ok(text);
}

async function versionOf(command: string, args: readonly string[]): Promise<string> {
  const { stdout, stderr } = await promisify(execFile)(command, args);
  return `${command} ${/\d+(?:\.\d+)+/.exec(stdout + stderr)?.[0] ?? ""}`;
}

const marks = { ok: pc.green("ok  "), warn: pc.yellow("warn"), fail: pc.red("fail") } as const;
const nameWidth = 20;

function line(name: string, { verdict, text, remedy }: Finding): string {
  const todo = remedy === undefined ? "" : `\n${" ".repeat(nameWidth + 6)}${remedy}`;
  return `${marks[verdict]}  ${name.padEnd(nameWidth)}${text}${todo}\n`;
}

function ok(text: string): Finding {
  return { verdict: "ok", text };
}

function warn(text: string, remedy?: string): Finding {
  return { verdict: "warn", text, remedy };
}

function fail(text: string, remedy?: string): Finding {
  return { verdict: "fail", text, remedy };
}
