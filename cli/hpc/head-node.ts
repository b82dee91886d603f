import { CommandError } from "../base/errors";
import type { Fleet } from "./fleet";
import { isHeadNode, type Machine, stands } from "../aws/machines";

/** What is known of a head node that boots. */
export type HeadNodeState =
  | { readonly state: "ready"; readonly why: string }
  | { readonly state: "booting"; readonly instance: string | undefined }
  | { readonly state: "failed"; readonly instance: string; readonly log: string };

/**
 * Whether the head node that stands now is ready, going by what it said itself when it had booted. A head node that
 * was made before it said so counts as ready while its daemon responds; one that is stopped is nobody's to wait for.
 */
export function headNodeState(fleet: Fleet, machines: readonly Machine[]): HeadNodeState {
  const head = machines.find((machine) => isHeadNode(machine) && stands(machine));
  const { boot, heartbeat } = fleet;
  if (head === undefined) {
    return { state: "booting", instance: undefined };
  }
  if (head.state === "stopped" || head.state === "stopping") {
    return { state: "ready", why: "it is stopped" };
  }
  if (boot?.instance === head.id) {
    return boot.status === "READY"
      ? { state: "ready", why: "it has booted" }
      : { state: "failed", instance: head.id, log: boot.log };
  }
  return heartbeat !== undefined && heartbeat > head.launchedAt
    ? { state: "ready", why: "its daemon responds" }
    : { state: "booting", instance: head.id };
}

/** What {@link waitForHeadNode} asks and waits with. */
export interface HeadNodeWatch {
  readonly cluster: string;
  readonly timeoutSeconds: number;
  state(): Promise<HeadNodeState>;
  /** The console of an instance. */
  console(instance: string): Promise<string | undefined>;
  sleep(milliseconds: number): Promise<unknown>;
  now(): Date;
  isInterrupted(): boolean;
}

const pollSeconds = 10;

/** How much of a log a refusal shows. */
const shownLines = 40;

/**
 * Waits until the head node is ready.
 *
 * @throws CommandError with the end of the head node's log when its boot failed, and with the end of its console when
 * it says nothing in time.
 */
export async function waitForHeadNode(watch: HeadNodeWatch): Promise<void> {
  const end = watch.now().getTime() + watch.timeoutSeconds * 1000;
  for (;;) {
    const found = await watch.state();
    if (found.state === "ready") {
      return;
    }
    if (found.state === "failed") {
      throw new CommandError(
        `The head node ${found.instance} of ${watch.cluster} did not boot. Its log ends with:\n${lastLines(found.log)}`,
        "Correct what failed, then replace the head node: `terraform taint` it, or terminate it, and deploy again.",
      );
    }
    if (watch.isInterrupted()) {
      throw new CommandError(
        `Stopped waiting before the head node of ${watch.cluster} was ready.`,
        "`meridian hpc status` says whether it is.",
      );
    }
    if (watch.now().getTime() >= end) {
      const text = found.instance === undefined ? undefined : await watch.console(found.instance);
      throw new CommandError(
        `The head node ${found.instance ?? ""} of ${watch.cluster} was not ready after ${watch.timeoutSeconds} s. ` +
          (text === undefined
            ? "EC2 has no output of its console."
            : `Its console ends with:\n${lastLines(text)}`),
        "Raise DevSettings.Timeouts.HeadNodeBootstrapTimeout if it only needs longer; `meridian hpc diagnose` collects what is known.",
      );
    }
    await watch.sleep(pollSeconds * 1000);
  }
}

/** The end of a log, indented. */
function lastLines(text: string): string {
  return text
    .trimEnd()
    .split(/\r?\n/)
    .slice(-shownLines)
    .map((line) => `  ${line}`)
    .join("\n");
}
