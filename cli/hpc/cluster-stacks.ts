import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import pc from "picocolors";

import { CommandError } from "../base/errors";
import type { Stack } from "../stacks/manifest";
import type { Session } from "../session/session";
import { type Fleet, fleetOf, isSilent } from "./fleet";
import { headNodeState, waitForHeadNode } from "./head-node";
import { isComputeNode, type Machine, stands } from "../aws/machines";

/** The module is large and needed for clusters alone. */
const load = createRequire(__filename);

/** How long the daemon has to end its fleet before its instances are ended over its head. */
const stopSeconds = 180;
/** How long EC2 may take to end instances. */
const endSeconds = 600;
const pollMilliseconds = 5000;

/** A cluster whose stack is applied or destroyed. */
interface StackCluster {
  /** Its key in the environment. */
  readonly key: string;
  /** Its name in AWS. */
  readonly name: string;
  readonly region: string;
}

/** The cluster that a stack holds, also one that the environment does not have any more; nothing for other stacks. */
function clusterOf({ environment }: Session, stack: Stack): StackCluster | undefined {
  const prefix = `${environment.name}-hpc-`;
  if (!stack.name.startsWith(prefix)) {
    return undefined;
  }
  const key = stack.name.slice(prefix.length);
  const region = stack.configuration.provider?.aws?.[0]?.region;
  return {
    key,
    name: `${environment.name}-${key}`,
    region: typeof region === "string" ? region : environment.homeRegion,
  };
}

/** How long the head node of a cluster may boot; nothing for a cluster of AWS Batch, which has none. */
function bootSecondsOf({ environment, context }: Session, { key }: StackCluster): number | undefined {
  const fileName = environment.hpc?.clusters[key]?.file;
  if (fileName === undefined) {
    return undefined;
  }
  const { parseClusterFile } = load(
    "../../modules/hpc-cluster",
  ) as typeof import("../../modules/hpc-cluster");
  const text = readFileSync(join(context.workspace.projectDirectory, fileName), "utf8");
  const { configuration } = parseClusterFile(text, fileName);
  return configuration?.HeadNode === undefined
    ? undefined
    : configuration.DevSettings.Timeouts.HeadNodeBootstrapTimeout;
}

/**
 * Waits until the head node of the cluster that was applied is ready. The local cloud boots no machine, so nobody
 * waits there.
 *
 * @throws CommandError with the log of a head node that did not boot.
 */
export async function awaitHeadNode(session: Session, stack: Stack): Promise<void> {
  const { context, environment, access, progress } = session;
  const cluster = environment.target === "aws" ? clusterOf(session, stack) : undefined;
  const timeoutSeconds = cluster && bootSecondsOf(session, cluster);
  if (cluster === undefined || timeoutSeconds === undefined) {
    return;
  }
  const { name, region } = cluster;
  const table = context.aws.fleetTable(access, region, `meridian-hpc-${name}`);
  let told = false;
  await waitForHeadNode({
    cluster: name,
    timeoutSeconds,
    state: async () => {
      const found = headNodeState(
        fleetOf((await table.items()) ?? []),
        await context.aws.machines.of(access, region, name),
      );
      if (found.state === "booting" && !told) {
        told = true;
        progress.note(pc.dim(`${stack.name}: waiting for its head node to boot`));
      }
      return found;
    },
    console: (instance) => context.aws.machines.console(access, region, instance),
    sleep: context.sleep,
    now: context.now,
    isInterrupted: () => context.interrupts.requested,
  });
}

/**
 * Ends the compute nodes of a cluster before its stack is destroyed: the cluster's daemon launched them, so Terraform
 * does not know them, and security groups and subnets cannot be deleted below them. The daemon is asked to stop its
 * fleet, so that it launches no more; what it has not ended in time is ended here.
 *
 * @throws CommandError when instances are still there in the end.
 */
export async function endComputeNodes(session: Session, stack: Stack): Promise<void> {
  const { context, access, progress } = session;
  const cluster = clusterOf(session, stack);
  if (cluster === undefined) {
    return;
  }
  const { name, region } = cluster;
  const table = context.aws.fleetTable(access, region, `meridian-hpc-${name}`);
  const nodes = async (): Promise<Machine[]> =>
    (await context.aws.machines.of(access, region, name)).filter(
      (machine) => isComputeNode(machine) && stands(machine),
    );
  const fleet = async (): Promise<Fleet> => fleetOf((await table.items()) ?? []);
  const seconds = () => context.now().getTime() / 1000;
  const { heartbeat, status } = await fleet();
  if (heartbeat !== undefined && !isSilent(heartbeat, seconds()) && status !== "STOPPED") {
    progress.note(pc.dim(`${stack.name}: asking its daemon to terminate the compute nodes`));
    await table.request("STOP_REQUESTED");
    const end = seconds() + stopSeconds;
    while ((await fleet()).status !== "STOPPED" && seconds() < end) {
      await context.sleep(pollMilliseconds);
    }
  }
  const left = await nodes();
  const ids = left.filter(({ state }) => state !== "shutting-down").map(({ id }) => id);
  if (ids.length > 0) {
    progress.note(pc.dim(`${stack.name}: terminating ${ids.length} compute nodes: ${ids.join(", ")}`));
    await context.aws.machines.terminate(access, region, ids);
  }
  const end = seconds() + endSeconds;
  for (let standing = left; standing.length > 0; standing = await nodes()) {
    if (seconds() >= end) {
      throw new CommandError(
        `EC2 did not terminate ${standing.map(({ id }) => id).join(", ")} of ${name} in ${endSeconds} s. Nothing of ${stack.name} was destroyed.`,
        "Check them in EC2, terminate them, then run the command again.",
      );
    }
    await context.sleep(pollMilliseconds);
  }
}
