import { availableParallelism, freemem } from "node:os";

import pc from "picocolors";

import type { AwsAccess } from "../aws/access";
import { type Context, environmentNamed } from "../session/context";
import type { TargetEnvironment } from "../base/target-environment";
import { explain } from "../base/diagnose";
import { CommandError, exitCodes, messageOf } from "../base/errors";
import { guardAccount } from "../session/guards";
import { accessTo, lostDeploy, requireLocalCloud } from "../session/local-cloud-access";
import { takeLock, thisProcess } from "../base/lock";
import { awaitEarlierRuns, releaseDeadLocks } from "./earlier-runs";
import { Progress } from "../terminal/progress";
import { refuseUnwritable } from "../base/result-file";
import { discardPlans } from "../plan/saved-plan";
import { refuseUnsavedState, synthesize } from "../session/synthesis";
import { findTerraform, type TerraformBinary } from "../terraform/binary";
import { configureProviders } from "../terraform/providers";
import { TerraformCommand } from "../terraform/terraform-command";
import { Durations } from "../terminal/durations";
import { selectStacks } from "../stacks/waves";
import { ensurePrivateDirectory } from "../base/workspace";
import { refuseAfterInterrupt, type Session } from "../session/session";
import { defaultLockTimeout, type RunOptions } from "./run-options";

/** What a command needs of its session. */
export interface SessionSettings {
  /** The command, as the lock's holder is called. */
  readonly command: string;
  /** `start` starts a local cloud that is not running, `require` refuses, `offline` asks AWS nothing. */
  readonly cloud: "start" | "require" | "offline";
  /**
   * Whether it repairs what a killed run left.
   *
   * @default false
   */
  readonly recovers?: boolean;
}

const gibibyte = 2 ** 30;
/** Terraform with the AWS provider takes about 0.9 GiB; waits, not the processor, take the time. */
export function defaultParallelism(freeBytes = freemem(), cores = availableParallelism()): number {
  return Math.max(1, Math.min(2 * cores, Math.floor(freeBytes / gibibyte), 10));
}

/**
 * Opens a session: takes the environment's lock, checks Terraform, the local cloud and the
 * account, synthesizes, and closes all of it again when `work` is done.
 */
export async function withSession<Result>(
  context: Context,
  environmentName: string,
  options: RunOptions,
  settings: SessionSettings,
  work: (session: Session) => Promise<Result>,
): Promise<Result> {
  const environment = withStateAt(await environmentNamed(context, environmentName), options.state);
  refuseUnwritable(context.workspace, [options.json]);
  const startedAt = context.now();
  const binary = await findTerraform(context.variables);
  const release = takeLock(
    context.workspace.lock(environment.name),
    environment.name,
    thisProcess(`${settings.command} ${environment.name}`, startedAt),
  );
  const stopListening = context.interrupts.listen();
  try {
    return await context.interrupts.patiently(
      open(context, environment, options, settings, binary, startedAt).then(async (session) => {
        // A run that was killed has left its plans, and plans hold secrets. What it started has ended by now.
        discardPlans(context.workspace, environment.name);
        if (settings.cloud !== "offline") {
          await releaseDeadLocks(session, session.selected);
        }
        return work(session);
      }),
    );
  } catch (error) {
    throw withRemedyFor(environment.name, error);
  } finally {
    discardPlans(context.workspace, environment.name);
    stopListening();
    release();
  }
}

/** A known failure of a program, with a remedy that can be copied. */
function withRemedyFor(environment: string, error: unknown): unknown {
  const known = error instanceof CommandError ? error : explain(messageOf(error));
  return known?.remedy?.includes("<env>") === true
    ? new CommandError(
        messageOf(error),
        known.remedy.replaceAll("<env>", environment),
        error instanceof CommandError ? error.exitCode : exitCodes.failure,
      )
    : error;
}

function withStateAt(environment: TargetEnvironment, location: RunOptions["state"]): TargetEnvironment {
  return location === undefined ? environment : { ...environment, state: { ...environment.state, location } };
}

async function open(
  context: Context,
  environment: TargetEnvironment,
  options: RunOptions,
  settings: SessionSettings,
  binary: TerraformBinary,
  startedAt: Date,
): Promise<Session> {
  const durations = new Durations(context.workspace);
  const progress = new Progress(context.terminal, options.verbose, () => performance.now(), durations);
  const { access, instanceId } = await reach(context, environment, settings, progress);
  if (settings.cloud !== "offline") {
    progress.note(
      pc.dim(`Account ${environment.account} as ${await guardAccount(context, environment, access)}`),
    );
  }
  if (settings.cloud !== "offline") {
    await awaitEarlierRuns(context, environment.name, progress);
  }
  const synthesis = await synthesize(context, environment.name, options.blockListDay, options.state);
  const selected = selectStacks(synthesis.stacks, options.stack);
  if (settings.cloud !== "offline" && settings.recovers !== true) {
    refuseUnsavedState(environment.name, selected);
  }
  refuseAfterInterrupt(context);
  progress.align(selected.map(({ name }) => name));
  const { workspace } = context;
  const runDirectory = ensurePrivateDirectory(workspace.run(runId(startedAt, settings.command)));
  return {
    context,
    environment,
    synthesis,
    selected,
    access,
    progress,
    instanceId,
    runDirectory,
    startedAt,
    parallelism: options.parallelism ?? defaultParallelism(),
    lockTimeout: options.lockTimeout ?? defaultLockTimeout,
    lock: options.lock ?? true,
    terraform: new TerraformCommand({
      environment: environment.name,
      workspace,
      binary,
      run: context.run,
      variables: { ...context.variables, ...access.variables },
      configurationFile: configureProviders(workspace, context.variables, binary).configurationFile,
      runDirectory,
    }),
  };
}

async function reach(
  context: Context,
  environment: TargetEnvironment,
  settings: SessionSettings,
  progress: Progress,
): Promise<{ access: AwsAccess; instanceId: string | undefined }> {
  if (environment.target === "aws" || settings.cloud === "offline") {
    return { access: { variables: {} }, instanceId: undefined };
  }
  const status = await requireLocalCloud(context, environment, settings.cloud === "start");
  const lost = lostDeploy(context.workspace, environment.name, status.instanceId);
  if (lost !== undefined) {
    progress.note(
      pc.yellow(
        `The local cloud was restarted since '${environment.name}' was deployed (${lost.at}): its resources and its state are gone, so everything is new again.`,
      ),
    );
  }
  return { access: accessTo(context, status), instanceId: status.instanceId };
}

function runId(startedAt: Date, command: string): string {
  return `${startedAt.toISOString().replace(/[:.]/g, "-")}-${command}-${process.pid}`;
}
