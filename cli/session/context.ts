import type { LocalCloudStatus, StartOptions } from "../../local-cloud";
import type { Aws } from "../aws/aws";
import { UsageError } from "../base/errors";
import type { AskUrl } from "../runs/answers";
import type { Severity } from "../gates/image-findings";
import type { Interrupts } from "../base/interrupts";
import type { Finding } from "../preflight/finding";
import type { Session } from "../runs/open-session";
import type { StateHome } from "../state/state-home";
import { alternatives } from "../base/alternatives";
import type { Folding } from "../terminal/folding";
import type { RunProcess } from "../terraform/process";
import type { Workspace } from "../base/workspace";

/** What the runner needs to know of a service. */
export interface EnvironmentService {
  readonly regions: readonly string[];
  /** The weight of each runtime. */
  readonly runtimes: Readonly<Partial<Record<"fargate" | "app-runner", number>>>;
  /** Tasks that carry the peak, in all regions together. */
  readonly peakTasks: number;
  readonly healthCheck: { readonly path: string };
  readonly routing: {
    readonly entry: "dns" | "accelerator" | "distribution" | "private";
    readonly subdomain: string;
    readonly hostname: string;
  };
}

/** What the runner needs to know of an environment. */
export interface TargetEnvironment {
  readonly name: string;
  /** The AWS account, twelve digits. */
  readonly account: string;
  /** Where it is deployed to. */
  readonly target: "aws" | "local-cloud";
  readonly homeRegion: string;
  readonly regions: Readonly<Record<string, unknown>>;
  readonly state: {
    /** Name of the bucket in the home region; its replica's ends with `-replica`. */
    readonly bucket: string;
    readonly replicaRegion: string;
    /** Which of the two is read and written. */
    readonly location: "home" | "replica";
  };
  /**
   * The domain of its services.
   *
   * @default - not known
   */
  readonly domain?: { readonly name: string };
  /**
   * Its services by name.
   *
   * @default - none
   */
  readonly services?: Readonly<Record<string, EnvironmentService>>;
  /**
   * What a lost region may cost.
   *
   * @default - not known, and no routing controls
   */
  readonly recovery?: {
    readonly rtoSeconds: number;
    /** Absent where no switch takes regions out. */
    readonly routingControls?: { readonly minimumOn: number };
  };
  /**
   * Its HPC clusters by name.
   *
   * @default - none
   */
  readonly hpc?: {
    readonly clusters: Readonly<Record<string, { readonly file: string; readonly region?: string }>>;
  };
  /**
   * Its container registries.
   *
   * @default - images are rolled out whatever was found in them
   */
  readonly registry?: {
    /** The least severity of findings that keeps an image from being rolled out. */
    readonly blockedFindings?: Severity;
  };
  /** Whether a destroy is refused. */
  readonly deletionProtection: boolean;
  /** Whether a question is answered with "yes" or with the environment's name. */
  readonly confirmation: "name" | "yes";
  /** How a change reaches what already stands. */
  readonly rollout: {
    readonly bakeSeconds: number;
    readonly regionsPerWave: number;
    readonly maximumChanges: number;
    /** Public SSH keys of who may approve, by name; absent where approvals need no signature. */
    readonly approvers?: Readonly<Record<string, string>>;
    readonly settleSeconds: number;
    /** Directory of the policies that every plan is held against; absent where there are none. */
    readonly policies?: string;
  };
}

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

/** The person, or the pipeline, that runs the command. */
export interface Terminal {
  /** Whether somebody is there who can answer and see lines redrawn. */
  readonly isInteractive: boolean;
  /** Width of the window in which progress is shown, in cells. */
  readonly columns: number;
  /**
   * Height of that window.
   *
   * @default 24
   */
  readonly rows?: number | undefined;
  /**
   * Width of the window in which results are shown.
   *
   * @default - they are not shown in a window, and as wide as they get
   */
  readonly outColumns?: number | undefined;
  /**
   * Whose log this is written to, where lines can be folded in it.
   *
   * @default - nothing is folded
   */
  readonly folding?: Folding | undefined;
  /** Writes results. */
  out(text: string): void;
  /** Writes progress, remarks and errors. */
  err(text: string): void;
  /** Asks one question. Throws InterruptedError on Ctrl-C. */
  ask(question: string): Promise<string>;
}

/** Everything that commands touch outside themselves; tests bring their own. */
export interface Context {
  readonly workspace: Workspace;
  readonly terminal: Terminal;
  readonly interrupts: Interrupts;
  readonly aws: Aws;
  readonly localCloud: LocalCloud;
  /** Asks the account what could stop a deploy of the session's stacks. */
  readonly preflight: (session: Session, home: StateHome) => Promise<Finding[]>;
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
