import type { TerraformPlanJson } from "../../analysis/plan";
import { CommandError } from "../base/errors";
import type { Stack } from "../stacks/manifest";
import type { TerraformBinary } from "./binary";
import {
  type ChangeCounts,
  type Diagnostic,
  EventCollector,
  type PlannedChange,
  type TerraformEvent,
} from "./events";

/** How a stack's working directory is prepared. */
export interface InitOptions {
  /**
   * `none` is enough to validate; `migrate` moves the state to where the configuration now
   * says; `reconfigure` takes the new place without looking at the old.
   *
   * @default "configured"
   */
  readonly backend?: "none" | "configured" | "reconfigure" | "migrate";
}

/** What to plan. */
export interface PlanOptions {
  /** Where the plan is written. */
  readonly file: string;
  /**
   * Whether everything is to be destroyed.
   *
   * @default false
   */
  readonly destroy?: boolean;
  /** How long to wait for another run's lock, as Terraform writes it. */
  readonly lockTimeout: string;
  /**
   * Whether the state is locked meanwhile. A role that may only read cannot lock.
   *
   * @default true
   */
  readonly lock?: boolean;
  /**
   * Addresses that are planned, with what they depend on.
   *
   * @default - all
   */
  readonly targets?: readonly string[];
}

/** How a plan is applied. */
export interface ApplyOptions {
  /** How long to wait for another run's lock, as Terraform writes it. */
  readonly lockTimeout: string;
}

/** What a plan found. */
export interface PlanOutcome {
  /** Whether there is anything to do, outputs included. */
  readonly hasChanges: boolean;
  readonly counts: ChangeCounts;
  readonly changes: readonly PlannedChange[];
  readonly warnings: readonly Diagnostic[];
}

/** Called for every event of a running plan or apply. */
export type OnEvent = (event: TerraformEvent, soFar: EventCollector) => void;

/** The Terraform operations on one stack. Each throws {@link TerraformError} when it fails. */
export interface Terraform {
  readonly binary: TerraformBinary;
  init(stack: Stack, options?: InitOptions): Promise<void>;
  validate(stack: Stack): Promise<Diagnostic[]>;
  plan(stack: Stack, options: PlanOptions, onEvent?: OnEvent): Promise<PlanOutcome>;
  apply(stack: Stack, file: string, options: ApplyOptions, onEvent?: OnEvent): Promise<ChangeCounts>;
  /** Takes something out of a state and leaves it in AWS. */
  forgetResource(stack: Stack, address: string): Promise<void>;
  /** Makes a file the state, if it is a later one of the same lineage. */
  pushState(stack: Stack, file: string): Promise<void>;
  /** A saved plan as Terraform tells it to machines. It may hold secrets, so it is never logged. */
  show(stack: Stack, file: string): Promise<TerraformPlanJson>;
}

/** A Terraform run that failed: explained if the failure is known, and as it was said if not. */
export class TerraformError extends CommandError {
  public override readonly name = "TerraformError";

  public constructor(
    message: string,
    remedy: string | undefined,
    /** Where everything that it said is kept. */
    public readonly log: string,
    /** Name of the known failure, see `explain`. */
    public readonly kind: string | undefined,
    /** Addresses of the resources that failed. */
    public readonly resources: readonly string[] = [],
    /** What an apply had changed before it failed. */
    public readonly counts?: ChangeCounts,
    /** The signal that ended it; what it had not saved by then is lost. */
    public readonly signal?: NodeJS.Signals,
    /** Whether AWS refused nothing but what it will take later, unchanged. */
    public readonly isPassing = false,
  ) {
    super(message, remedy);
  }
}
