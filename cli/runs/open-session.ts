import { availableParallelism, freemem } from "node:os";

import { type Command, InvalidArgumentError } from "commander";
import pc from "picocolors";

import type { AwsAccess } from "../aws/aws";
import { type Context, environmentNamed, type TargetEnvironment } from "../session/context";
import { explain } from "../base/diagnose";
import { CommandError, InterruptedError, messageOf } from "../base/errors";
import { guardAccount } from "../session/guards";
import { accessTo, lostDeploy, requireLocalCloud } from "../session/local-cloud-access";
import { takeLock, thisProcess } from "../base/lock";
import type { Stack } from "../stacks/manifest";
import { awaitEarlierRuns, releaseDeadLocks } from "./earlier-runs";
import { Progress } from "../terminal/progress";
import { refuseUnwritable } from "../base/result-file";
import { discardPlans } from "../plan/saved-plan";
import type { State } from "../stacks/state-file";
import { refuseUnsavedState, synthesize, type Synthesis } from "../session/synthesis";
import { findTerraform, type TerraformBinary } from "../terraform/binary";
import { configureProviders } from "../terraform/providers";
import { type Terraform, TerraformCommand } from "../terraform/terraform";
import { Durations } from "../terminal/durations";
import { runLimited, selectStacks } from "../stacks/waves";
import { ensurePrivateDirectory } from "../base/workspace";

/** Options of every command that runs Terraform. */
export interface RunOptions {
  /** `--stack <glob...>`. */
  readonly stack?: readonly string[];
  /** `--parallelism <n>`. */
  readonly parallelism?: number;
  /** `--lock-timeout <duration>`. */
  readonly lockTimeout?: string;
  /** `--block-list-day <day>`. */
  readonly blockListDay?: string;
  /** Which copy of the states is read, whatever the environment says. */
  readonly state?: "home" | "replica";
  /** False where the state is read without being locked. */
  readonly lock?: boolean;
  /** `--json <file>`. */
  readonly json?: string;
  /** `--verbose`. */
  readonly verbose?: boolean;
}

/** What a command that runs Terraform on one environment works with. */
export interface Session {
  readonly context: Context;
  readonly environment: TargetEnvironment;
  readonly synthesis: Synthesis;
  /** The stacks that were asked for, each after those it depends on. */
  readonly selected: readonly Stack[];
  readonly terraform: Terraform;
  readonly access: AwsAccess;
  readonly progress: Progress;
  /** How many stacks run at once. */
  readonly parallelism: number;
  readonly lockTimeout: string;
  /** Whether a state is locked while it is planned. */
  readonly lock: boolean;
  /** The instance of the local cloud, where that is the target. */
  readonly instanceId: string | undefined;
  /** Directory of the full logs. */
  readonly runDirectory: string;
  readonly startedAt: Date;
}

/** What a command needs of its session. */
export interface SessionSettings {
  /** The command, as the lock's holder is called. */
  readonly command: string;
  /** `start` starts a local cloud that is not running, `require` refuses, `offline` asks AWS nothing. */
  readonly cloud: "start" | "require" | "offline";
  /**
   * Whether it puts right what a killed run left.
   *
   * @default false
   */
  readonly recovers?: boolean;
}

const gibibyte = 2 ** 30;
const defaultLockTimeout = "30s";

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
  const known = error instanceof CommandError ? undefined : explain(messageOf(error));
  return known?.remedy.includes("<env>") === true
    ? new CommandError(messageOf(error), known.remedy.replaceAll("<env>", environment))
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

/** Throws when the user asked to stop. */
export function refuseAfterInterrupt(context: Context): void {
  if (context.interrupts.requested) {
    throw new InterruptedError("Interrupted before anything was started.");
  }
}

/** The state of a stack, from where its configuration says. */
export async function stateOf(session: Session, stack: Stack): Promise<State | undefined> {
  return stack.backend === undefined
    ? undefined
    : session.context.aws.readState(session.access, stack.backend);
}

/** Whether all stacks of the environment were asked for. */
export function isWhole({ selected, synthesis }: Session): boolean {
  return selected.length === synthesis.stacks.length;
}

/** Runs a task for each stack within the session's limit. */
export function forEachStack<Result>(
  session: Session,
  stacks: readonly Stack[],
  task: (stack: Stack) => Promise<Result>,
): Promise<Result[]> {
  return runLimited(stacks, session.parallelism, task);
}

/** Adds the options that {@link RunOptions} describes. */
export function addRunOptions(command: Command): Command {
  return addSynthesisOptions(command)
    .option("--stack <glob...>", "only stacks whose name matches")
    .option("--parallelism <number>", "stacks at once (default: by memory and processors)", positiveInteger)
    .option(
      "--lock-timeout <duration>",
      `how long to wait for a locked state (default: ${defaultLockTimeout})`,
      duration,
    )
    .option("--json <file>", "write a machine-readable result")
    .option("--verbose", "show everything that Terraform says");
}

/** Adds what a synthesis may be told; it has no clock. */
export function addSynthesisOptions(command: Command): Command {
  return command.option(
    "--block-list-day <day>",
    "leave out what has expired of the block lists by this day, such as 2026-11-30 (default: nothing)",
    existingDay,
  );
}

/** Reads an option that is a whole number above zero. */
export function positiveInteger(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1) {
    throw new InvalidArgumentError("Give a whole number above zero.");
  }
  return number;
}

/** Reads an option that is a day of the calendar. */
function existingDay(text: string): string {
  const day = /^\d{4}-\d{2}-\d{2}$/.test(text) ? new Date(`${text}T00:00:00Z`) : undefined;
  // The 31st of February becomes another day, or none.
  if (day === undefined || Number.isNaN(day.getTime()) || !day.toISOString().startsWith(text)) {
    throw new InvalidArgumentError("Give a day that exists, such as 2026-11-30.");
  }
  return text;
}

/** Reads an option that is a length of time as Terraform writes it. */
function duration(text: string): string {
  if (!/^(\d+(\.\d+)?(ms|s|m|h))+$|^0$/.test(text)) {
    throw new InvalidArgumentError("Give a length of time such as 30s, 10m or 1h30m.");
  }
  return text;
}

function runId(startedAt: Date, command: string): string {
  return `${startedAt.toISOString().replace(/[:.]/g, "-")}-${command}-${process.pid}`;
}
