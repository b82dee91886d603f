import type { Instance } from "@aws-sdk/client-ec2";

import type { AwsAccess } from "./access";
import { clientSettings } from "./client";
import { CommandError, messageOf } from "../base/errors";

/** An instance of a cluster. */
export interface Machine {
  readonly id: string;
  /** EC2's word, such as `running` or `stopped`. */
  readonly state: string;
  readonly type: string;
  /** The image that it was launched from. */
  readonly image?: string | undefined;
  /** Unix time in seconds. */
  readonly launchedAt: number;
  readonly tags: Readonly<Record<string, string>>;
  /** Why EC2 ended or stopped it, in EC2's own code. */
  readonly stateReason: string | undefined;
}

/** The instances of a cluster in EC2. */
export interface Machines {
  /** All instances that carry the cluster's tag, those that EC2 has just ended too. */
  of(access: AwsAccess, region: string, cluster: string): Promise<Machine[]>;
  /** Ends instances. */
  terminate(access: AwsAccess, region: string, ids: readonly string[]): Promise<void>;
  /** What an instance wrote to its console; nothing where EC2 has none. */
  console(access: AwsAccess, region: string, id: string): Promise<string | undefined>;
}

/** States of an instance that exists, or may exist again. */
const standing: ReadonlySet<string> = new Set(["pending", "running", "stopping", "stopped", "shutting-down"]);

/** Whether EC2 still has the machine. */
export function stands({ state }: Machine): boolean {
  return standing.has(state);
}

/** Whether the cluster's daemon launched the machine: its queue is written on it. */
export function isComputeNode({ tags }: Machine): boolean {
  return tags["meridian:queue"] !== undefined;
}

/** Whether it is the head node. */
export function isHeadNode({ tags }: Machine): boolean {
  return tags["meridian:node-type"] === "HeadNode";
}

function machineOf({
  InstanceId,
  State,
  InstanceType,
  ImageId,
  LaunchTime,
  Tags = [],
  StateReason,
}: Instance): Machine {
  return {
    id: InstanceId ?? "",
    state: State?.Name ?? "unknown",
    type: InstanceType ?? "unknown",
    image: ImageId,
    launchedAt: (LaunchTime?.getTime() ?? 0) / 1000,
    tags: Object.fromEntries(Tags.map(({ Key = "", Value = "" }) => [Key, Value])),
    stateReason: StateReason?.Code,
  };
}

/** EC2's answers, loaded on first use. */
export const ec2Machines: Machines = {
  async of(access, region, cluster) {
    const { paginateDescribeInstances } = await import("@aws-sdk/client-ec2");
    const client = await ec2Client(access, region);
    const found: Machine[] = [];
    try {
      const pages = paginateDescribeInstances(
        { client },
        { Filters: [{ Name: "tag:meridian:cluster", Values: [cluster] }] },
      );
      for await (const { Reservations = [] } of pages) {
        for (const instance of Reservations.flatMap(({ Instances = [] }) => Instances)) {
          found.push(machineOf(instance));
        }
      }
    } catch (error) {
      throw new CommandError(
        `The instances of ${cluster} in ${region} cannot be read: ${messageOf(error)}`,
        "Allow the credentials ec2:DescribeInstances.",
      );
    }
    return found;
  },

  async terminate(access, region, ids) {
    const { TerminateInstancesCommand } = await import("@aws-sdk/client-ec2");
    const client = await ec2Client(access, region);
    try {
      await client.send(new TerminateInstancesCommand({ InstanceIds: [...ids] }));
    } catch (error) {
      throw new CommandError(
        `The instances ${ids.join(", ")} in ${region} cannot be terminated: ${messageOf(error)}`,
        "Allow the credentials ec2:TerminateInstances, or terminate them by hand, then run the command again.",
      );
    }
  },

  async console(access, region, id) {
    const { GetConsoleOutputCommand } = await import("@aws-sdk/client-ec2");
    const client = await ec2Client(access, region);
    // Only Nitro instances have the latest output; others have what EC2 took last.
    for (const Latest of [true, undefined]) {
      try {
        const { Output } = await client.send(
          new GetConsoleOutputCommand({ InstanceId: id, ...(Latest === undefined ? {} : { Latest }) }),
        );
        if (Output !== undefined && Output !== "") {
          return Buffer.from(Output, "base64").toString("utf8");
        }
      } catch {
        // Without its console a failure is still a failure; the caller says that there is none.
      }
    }
    return undefined;
  },
};

async function ec2Client(access: AwsAccess, region: string) {
  const { EC2Client } = await import("@aws-sdk/client-ec2");
  return new EC2Client(clientSettings(access, region));
}
