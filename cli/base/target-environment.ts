import type { Severity } from "./severity";

/** What the runner needs to know of a service. */
export interface EnvironmentService {
  readonly regions: readonly string[];
  /** The weight of each runtime. */
  readonly runtimes: Readonly<Partial<Record<"fargate" | "app-runner", number>>>;
  /**
   * Tasks that carry the peak, in all regions together.
   *
   * @default - not said
   */
  readonly peakTasks?: number;
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
    /** Regions that may be lost at once. */
    readonly survives: number;
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
