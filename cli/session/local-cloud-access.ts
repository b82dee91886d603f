import { existsSync, readFileSync } from "node:fs";

import type { LocalCloudStatus } from "../../local-cloud";
import type { AwsAccess } from "../aws/access";
import type { Context } from "./context";
import type { TargetEnvironment } from "../base/target-environment";
import { explain } from "../base/diagnose";
import { CommandError, messageOf } from "../base/errors";
import { ensurePrivateDirectory, type Workspace, writePrivateFile } from "../base/workspace";

interface LocalCloudDeploy {
  readonly instanceId: string;
  readonly at: string;
}

/** How to reach the local cloud once it runs. */
export function accessTo(context: Context, status: LocalCloudStatus): AwsAccess {
  return { variables: context.localCloud.environment(status), endpoint: status.endpoint };
}

/** The running local cloud, started if that is wanted. */
export async function requireLocalCloud(
  context: Context,
  environment: TargetEnvironment,
  mayStart: boolean,
): Promise<LocalCloudStatus> {
  const directory = context.workspace.localCloud;
  const running = await context.localCloud.status(directory);
  if (running !== undefined) {
    return running;
  }
  if (!mayStart) {
    throw new CommandError(
      `The local cloud, where environment '${environment.name}' is deployed, is not running.`,
      "Start it with `meridian local start`, or start it and deploy with `meridian local up`.",
    );
  }
  return startLocalCloud(context);
}

/** Starts the local cloud, or finds it running. */
export async function startLocalCloud(
  context: Context,
  port?: number,
  unkind?: readonly string[],
): Promise<LocalCloudStatus> {
  const { localCloud } = context.workspace;
  // A refusal of the system is told as what it is.
  ensurePrivateDirectory(localCloud);
  try {
    return await context.localCloud.start({
      directory: localCloud,
      port,
      unkind,
      report: (line) => {
        context.terminal.err(`${line}\n`);
      },
    });
  } catch (error) {
    const known = explain(messageOf(error));
    throw new CommandError(
      `The local cloud did not start: ${messageOf(error)}`,
      known?.kind === "port-in-use"
        ? known.remedy
        : `\`meridian doctor\` says what this machine lacks; logs are in ${localCloud}/logs.`,
    );
  }
}

/**
 * Whether the environment was deployed to an instance of the local cloud that is gone, and
 * with it the environment's resources and state.
 */
export function lostDeploy(
  workspace: Workspace,
  environment: string,
  instanceId: string,
): LocalCloudDeploy | undefined {
  const deploy = readDeploys(workspace)[environment];
  return deploy !== undefined && deploy.instanceId !== instanceId ? deploy : undefined;
}

/** Remembers which instance the environment is deployed to; forgets it without one. */
export function rememberDeploy(
  workspace: Workspace,
  environment: string,
  deploy: LocalCloudDeploy | undefined,
): void {
  const deploys = Object.entries({ ...readDeploys(workspace), [environment]: deploy });
  const known = Object.fromEntries(deploys.filter(([, value]) => value !== undefined));
  writePrivateFile(workspace.localCloudDeploys, `${JSON.stringify(known, null, 2)}\n`);
}

function readDeploys(workspace: Workspace): Record<string, LocalCloudDeploy | undefined> {
  const file = workspace.localCloudDeploys;
  if (!existsSync(file)) {
    return {};
  }
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Record<string, LocalCloudDeploy>;
  } catch (error) {
    throw new CommandError(
      `${file} cannot be read: ${messageOf(error)}`,
      "It only remembers what was deployed to the local cloud. Delete it; the next deploy writes it again.",
    );
  }
}
