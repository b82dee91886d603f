import { regionNames } from "../../../core";
import type { ClusterConfiguration } from "../file/cluster-keys";
import {
  bootsStockImage,
  listed,
  mountPath,
  queuesOf,
  repeated,
  resourcesOf,
  storagesOf,
  type Check,
} from "./check";

const longestClusterName = { plain: 60, withAccounting: 40 };
const longestName = 25;
const most = { queues: 50, resourcesOfQueue: 50, resources: 50, loginPools: 10 };
const reservedNames = ["default"];

const clusterName: Check = {
  code: "ClusterName",
  run: (cluster, { error }, { name }) => {
    const accounting =
      cluster.Scheduling.SlurmSettings?.Database ?? cluster.Scheduling.SlurmSettings?.ExternalSlurmdbd;
    const longest = accounting === undefined ? longestClusterName.plain : longestClusterName.withAccounting;
    if (name !== undefined && (!/^[a-zA-Z][a-zA-Z0-9-]*$/.test(name) || name.length > longest)) {
      error(
        "",
        `the cluster's name '${name}' must begin with a letter, hold letters, digits and hyphens only, and have at most ${longest} characters`,
        "rename the cluster",
      );
    }
  },
};

const region: Check = {
  code: "Region",
  run: (cluster, { error }, context) => {
    const { Region } = cluster;
    if (Region !== undefined && !regionNames.includes(Region)) {
      error("Region", `'${Region}' is not an AWS region`, "write the region's code, such as eu-west-1");
    } else if (Region !== undefined && context.region !== undefined && Region !== context.region) {
      error(
        "Region",
        `the file is for ${Region} but the cluster is built in ${context.region}`,
        "remove Region or correct it",
      );
    }
  },
};

const schedulerSections: Check = {
  code: "SchedulerSections",
  run: ({ Scheduling, HeadNode }, { error, warn }) => {
    const slurm = Scheduling.Scheduler === "slurm";
    const [own, other] = slurm ? (["Slurm", "AwsBatch"] as const) : (["AwsBatch", "Slurm"] as const);
    if (Scheduling[`${own}Queues`] === undefined) {
      error(
        "Scheduling",
        `the scheduler ${Scheduling.Scheduler} needs ${own}Queues`,
        `add ${own}Queues with at least one queue`,
      );
    }
    for (const key of [`${other}Queues`, `${other}Settings`] as const) {
      if (Scheduling[key] !== undefined) {
        error(
          `Scheduling.${key}`,
          `${key} does not belong to the scheduler ${Scheduling.Scheduler}`,
          `remove ${key} or change Scheduler`,
        );
      }
    }
    if (slurm && HeadNode === undefined) {
      error("", "a Slurm cluster needs a head node", "add HeadNode");
    }
    if (!slurm && HeadNode !== undefined) {
      warn(
        "HeadNode",
        "a Batch cluster needs no head node, and none is made",
        "remove HeadNode, and submit jobs to the queue itself",
      );
    }
  },
};

const notWithBatch: Check = {
  code: "SchedulerFeatures",
  run: (cluster, { error }) => {
    if (cluster.Scheduling.Scheduler === "slurm") {
      return;
    }
    const remedy = "remove the section or use Slurm";
    if (cluster.LoginNodes !== undefined) {
      error("LoginNodes", "login nodes are available with Slurm only", remedy);
    }
    if (cluster.DirectoryService !== undefined) {
      error("DirectoryService", "a directory service can be joined with Slurm only", remedy);
    }
    if (cluster.AdditionalPackages?.IntelSoftware !== undefined) {
      error("AdditionalPackages.IntelSoftware", "the Intel packages are available with Slurm only", remedy);
    }
    if (cluster.HeadNode?.CustomActions?.OnNodeUpdated !== undefined) {
      error("HeadNode.CustomActions.OnNodeUpdated", "OnNodeUpdated runs with Slurm only", remedy);
    }
    if (cluster.DeploymentSettings.DisableSudoAccessForDefaultUser) {
      error(
        "DeploymentSettings.DisableSudoAccessForDefaultUser",
        "sudo can be taken from the default user with Slurm only",
        remedy,
      );
    }
    if (!cluster.Image.Os.startsWith("alinux")) {
      error("Image.Os", `AWS Batch runs on Amazon Linux, not on ${cluster.Image.Os}`, "use alinux2023");
    }
  },
};

const names: Check = {
  code: "Name",
  run: (cluster, { error }) => {
    for (const { name, path } of namesOf(cluster)) {
      if (!/^[a-z][a-z0-9-]*$/.test(name)) {
        error(
          path,
          `the name '${name}' must begin with a letter and hold lower-case letters, digits and hyphens only`,
          "rename it",
        );
      }
      if (name.length > longestName) {
        error(path, `the name '${name}' must have at most ${longestName} characters`, "shorten it");
      }
      if (reservedNames.includes(name)) {
        error(path, `the name '${name}' is reserved`, "rename it");
      }
    }
  },
};

function namesOf(cluster: ClusterConfiguration): { name: string; path: string }[] {
  const batch = (cluster.Scheduling.AwsBatchQueues ?? []).flatMap((queue, index) => {
    const path = `Scheduling.AwsBatchQueues[${index}]`;
    return [
      { name: queue.Name, path: `${path}.Name` },
      ...queue.ComputeResources.map(({ Name }, at) => ({
        name: Name,
        path: `${path}.ComputeResources[${at}].Name`,
      })),
    ];
  });
  return [
    ...queuesOf(cluster).map(({ queue, path }) => ({ name: queue.Name, path: `${path}.Name` })),
    ...resourcesOf(cluster).map(({ resource, resourcePath }) => ({
      name: resource.Name,
      path: `${resourcePath}.Name`,
    })),
    ...(cluster.LoginNodes?.Pools ?? []).map(({ Name }, index) => ({
      name: Name,
      path: `LoginNodes.Pools[${index}].Name`,
    })),
    ...batch,
  ];
}

const uniqueNames: Check = {
  code: "DuplicateName",
  run: (cluster, { error }) => {
    const unique = (path: string, what: string, all: readonly string[]) => {
      for (const name of repeated(all)) {
        error(path, `${what} '${name}' is listed more than once`, "give each a name of its own");
      }
    };
    unique(
      "Scheduling.SlurmQueues",
      "the queue",
      queuesOf(cluster).map(({ queue }) => queue.Name),
    );
    unique(
      "Scheduling.AwsBatchQueues",
      "the queue",
      (cluster.Scheduling.AwsBatchQueues ?? []).map(({ Name }) => Name),
    );
    unique(
      "LoginNodes.Pools",
      "the pool",
      (cluster.LoginNodes?.Pools ?? []).map(({ Name }) => Name),
    );
    unique(
      "SharedStorage",
      "the storage",
      storagesOf(cluster).map(({ storage }) => storage.Name),
    );
    for (const { queue, path } of queuesOf(cluster)) {
      unique(
        `${path}.ComputeResources`,
        "the compute resource",
        queue.ComputeResources.map(({ Name }) => Name),
      );
    }
  },
};

const counts: Check = {
  code: "MaxCount",
  run: (cluster, { error, warn }) => {
    const queues = queuesOf(cluster);
    if (queues.length > most.queues) {
      error(
        "Scheduling.SlurmQueues",
        `a cluster has at most ${most.queues} queues, got ${queues.length}`,
        "merge queues or split the cluster",
      );
    }
    const all = resourcesOf(cluster).length;
    if (all > most.resources) {
      warn(
        "Scheduling.SlurmQueues",
        `ParallelCluster stops at ${most.resources} compute resources, this file has ${all}`,
        "accept that ParallelCluster itself would refuse the file",
      );
    }
    for (const { queue, path } of queues) {
      if (queue.ComputeResources.length > most.resourcesOfQueue) {
        error(
          `${path}.ComputeResources`,
          `a queue has at most ${most.resourcesOfQueue} compute resources, got ${queue.ComputeResources.length}`,
          "split the queue",
        );
      }
    }
    const pools = cluster.LoginNodes?.Pools.length ?? 0;
    if (pools > most.loginPools) {
      error(
        "LoginNodes.Pools",
        `a cluster has at most ${most.loginPools} login node pools, got ${pools}`,
        "merge pools",
      );
    }
  },
};

const operatingSystem: Check = {
  code: "OperatingSystem",
  run: (cluster, { warn, error }) => {
    const { Image } = cluster;
    const ended: Record<string, string> = { alinux2: "Amazon Linux 2", ubuntu2004: "Ubuntu 20.04" };
    const name = ended[Image.Os];
    if (name !== undefined && bootsStockImage(cluster)) {
      error(
        "Image.Os",
        `${name} has reached its end of support and has no stock image here`,
        "use alinux2023 or ubuntu2404, or give a CustomAmi",
      );
    } else if (name !== undefined) {
      warn("Image.Os", `${name} has reached its end of support`, "move to alinux2023 or ubuntu2404");
    }
  },
};

const intelPackages: Check = {
  code: "IntelHpcOs",
  run: (cluster, { error }) => {
    if (
      cluster.AdditionalPackages?.IntelSoftware?.IntelHpcPlatform === true &&
      !["centos7", "rhel8", "rocky8"].includes(cluster.Image.Os)
    ) {
      error(
        "AdditionalPackages.IntelSoftware.IntelHpcPlatform",
        `the Intel packages do not exist for ${cluster.Image.Os}`,
        "remove the key or use rhel8 or rocky8",
      );
    }
  },
};

const sharedStorageType: Check = {
  code: "SharedStorageType",
  run: ({ HeadNode, SharedStorage = [] }, { note }) => {
    const homes = SharedStorage.find(({ MountDir }) => mountPath(MountDir) === "/home");
    if (HeadNode?.SharedStorageType === "Efs") {
      note(
        "HeadNode.SharedStorageType",
        homes === undefined
          ? "homes are on an EFS file system; what root of the nodes runs is shared by the head node, read-only, because every node could write it on EFS"
          : `homes are on the storage ${homes.Name}, so no EFS file system is made for them`,
        "keep what must outlive the head node in homes and on shared storage",
      );
    }
  },
};

const logRotation: Check = {
  code: "LogRotation",
  run: ({ Monitoring: { Logs } }, { warn }) => {
    if (!Logs.CloudWatch.Enabled && Logs.Rotation.Enabled) {
      warn(
        "Monitoring.Logs.Rotation.Enabled",
        "logs are rotated away on the nodes and kept nowhere else, because CloudWatch logging is off",
        "set Rotation.Enabled to false to keep them",
      );
    }
  },
};

const detailedMonitoring: Check = {
  code: "DetailedMonitoring",
  run: ({ Monitoring }, { warn }) => {
    if (Monitoring.DetailedMonitoring) {
      warn(
        "Monitoring.DetailedMonitoring",
        "detailed monitoring is billed for every instance of the fleet",
        "set it to false for five-minute metrics at no charge",
      );
    }
  },
};

const instanceTypesData: Check = {
  code: "InstanceTypesData",
  run: ({ DevSettings }, { error }) => {
    if (DevSettings.InstanceTypesData === undefined) {
      return;
    }
    try {
      JSON.parse(DevSettings.InstanceTypesData);
    } catch {
      error(
        "DevSettings.InstanceTypesData",
        "the text is not JSON",
        `write what aws ec2 describe-instance-types prints, as {${listed(['"<type>": {…}'])}}`,
      );
    }
  },
};

/** Checks of the file's frame: names, counts, the scheduler's sections, the operating system. */
export const clusterChecks: readonly Check[] = [
  clusterName,
  region,
  schedulerSections,
  notWithBatch,
  names,
  uniqueNames,
  counts,
  operatingSystem,
  intelPackages,
  sharedStorageType,
  logRotation,
  detailedMonitoring,
  instanceTypesData,
];
