import { instanceTypesOf, mountPath, queuesOf, resourcesOf, storagesOf, factsOf, type Check } from "./check";
import type { ClusterConfiguration } from "../file/cluster-keys";

/** What the operating system takes, what 25 nodes take, and the memory that any cluster gets along with, in GiB. */
const memoryGiB = { system: 0.6, nodesOfOne: 25, most: 16 };

const memorySize: Check = {
  code: "HeadNodeMemorySize",
  run: (cluster, { error }) => {
    const type = cluster.HeadNode?.InstanceType;
    const facts = type === undefined ? undefined : instanceTypesOf(cluster).find(type);
    if (type === undefined || facts === undefined) {
      return;
    }
    const nodes = resourcesOf(cluster).reduce((sum, { resource }) => sum + resource.MaxCount, 0);
    const needed = Math.min(nodes / memoryGiB.nodesOfOne + memoryGiB.system, memoryGiB.most);
    if (facts.memoryMiB / 1024 < needed) {
      error(
        "HeadNode.InstanceType",
        `${type} has ${rounded(facts.memoryMiB / 1024)} GiB of memory, and the head node of ${nodes} nodes needs at least ${rounded(needed)}`,
        "choose a larger type, or lower MaxCount",
      );
    }
  },
};

function rounded(gib: number): string {
  return String(Math.round(gib * 10) / 10);
}

/** Where local disks are mounted, and who has them. */
function localDirectories(cluster: ClusterConfiguration): { path: string; directory: string }[] {
  const head = cluster.HeadNode;
  const headFacts = head === undefined ? undefined : instanceTypesOf(cluster).find(head.InstanceType);
  const ofQueues = queuesOf(cluster)
    .filter(({ queue }) =>
      queue.ComputeResources.some((resource) =>
        factsOf(cluster, resource).some(({ instanceStoreGB }) => instanceStoreGB > 0),
      ),
    )
    .map(({ queue, path }) => ({
      path: `${path}.ComputeSettings.LocalStorage.EphemeralVolume.MountDir`,
      directory: mountPath(queue.ComputeSettings.LocalStorage.EphemeralVolume.MountDir),
    }));
  return head === undefined || (headFacts?.instanceStoreGB ?? 0) === 0
    ? ofQueues
    : [
        {
          path: "HeadNode.LocalStorage.EphemeralVolume.MountDir",
          directory: mountPath(head.LocalStorage.EphemeralVolume.MountDir),
        },
        ...ofQueues,
      ];
}

const overlappingDisks: Check = {
  code: "OverlappingMountDir",
  run: (cluster, { error }) => {
    const shared = storagesOf(cluster).map(({ storage }) => mountPath(storage.MountDir));
    for (const { path, directory } of localDirectories(cluster)) {
      const other = shared.find((one) => one.startsWith(`${directory}/`) || directory.startsWith(`${one}/`));
      if (other !== undefined) {
        error(
          path,
          `local disks are mounted at ${directory} and a shared storage at ${other}, one inside the other`,
          "choose directories side by side",
        );
      }
    }
  },
};

const oldPython: Check = {
  code: "OperatingSystem",
  run: ({ Image, Scheduling }, { error }) => {
    if (Scheduling.Scheduler === "slurm" && ["rhel8", "rocky8"].includes(Image.Os)) {
      error(
        "Image.Os",
        `the cluster daemon needs Python 3.7 and Slurm 21.08 or newer, and ${Image.Os} has Python 3.6 and Slurm 20.11`,
        `use ${Image.Os.replace("8", "9")}`,
      );
    }
  },
};

/** Checks of the head node against the rest of the file, and of disks of nodes against what they share. */
export const headNodeChecks: readonly Check[] = [memorySize, oldPython, overlappingDisks];
