import type { LocalCloudStatus, StartOptions } from "../../local-cloud";
import type { Aws } from "../aws/aws";
import { UsageError } from "../base/errors";
import type { AskUrl } from "../base/answer";
import type { Interrupts } from "../base/interrupts";
import type { Finding } from "../preflight/finding";
import type { Subject } from "../preflight/subject";
import { alternatives } from "../base/alternatives";
import type { RunProcess } from "../terraform/process";
import type { Workspace } from "../base/workspace";
import type { TargetEnvironment } from "../base/target-environment";
import type { Terminal } from "../base/terminal";

/** The local cloud, see `local-cloud/`. */
export interface LocalCloud {
  start(options: StartOptions): Promise<LocalCloudStatus>;
  stop(directory: string): Promise<boolean>;
  status(directory: string): Promise<LocalCloudStatus | undefined>;
  environment(status: LocalCloudStatus): Record<string, string>;
  /** Turns exactly these switches on, and all others off. */
  setUnkindness(status: LocalCloudStatus, names: readonly string[]): Promise<LocalCloudStatus>;
  /** What each switch does while it is on, by name. */
  switches(): Readonly<Record<string, string>>;
}

/** Everything that commands touch outside themselves; tests bring their own. */
export interface Context {
  readonly workspace: Workspace;
  readonly terminal: Terminal;
  readonly interrupts: Interrupts;
  readonly aws: Aws;
  readonly localCloud: LocalCloud;
  /** Asks the account what could stop a deploy of some stacks. */
  readonly preflight: (subject: Subject) => Promise<Finding[]>;
  readonly run: RunProcess;
  /** Asks an address once. */
  readonly askUrl: AskUrl;
  /** The user's environment variables. */
  readonly variables: NodeJS.ProcessEnv;
  readonly now: () => Date;
  /** Waits. */
  readonly sleep: (milliseconds: number) => Promise<unknown>;
  /** All environments. */
  readonly environments: () => Promise<readonly TargetEnvironment[]>;
  /** Synthesizes one environment's stacks into a directory; `location` overrides where its states are. */
  readonly synthesize: (
    environment: string,
    directory: string,
    blockListDay?: string,
    location?: "home" | "replica",
  ) => Promise<void>;
}

/** Waits so many seconds, or until the user wants to stop. */
export async function pause({ interrupts, sleep }: Context, seconds: number): Promise<void> {
  for (let second = 0; second < seconds && !interrupts.requested; second += 1) {
    await sleep(1000);
  }
}

/**
 * The environment of that name.
 *
 * @throws UsageError that names the nearest one.
 */
export async function environmentNamed(context: Context, name: string): Promise<TargetEnvironment> {
  const environments = await context.environments();
  const found = environments.find((environment) => environment.name === name);
  if (found === undefined) {
    const names = environments.map((environment) => environment.name);
    throw new UsageError(
      `There is no environment '${name}'.`,
      names.length === 0 ? "Describe one in environments/." : alternatives(name, names),
    );
  }
  return found;
}

/** The environments of those names; all when none is named. */
export async function environmentsNamed(
  context: Context,
  names: readonly string[],
): Promise<TargetEnvironment[]> {
  return names.length === 0
    ? [...(await context.environments())]
    : Promise.all([...new Set(names)].map((name) => environmentNamed(context, name)));
}
