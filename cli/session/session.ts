import type { AwsAccess } from "../aws/access";
import { InterruptedError } from "../base/errors";
import type { TargetEnvironment } from "../base/target-environment";
import type { Stack } from "../stacks/manifest";
import type { State } from "../stacks/state-file";
import { runLimited } from "../stacks/waves";
import type { Progress } from "../terminal/progress";
import type { Terraform } from "../terraform/terraform";
import type { Context } from "./context";
import type { Synthesis } from "./synthesis";

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
