import { fargateMemoryMiB, fargateSizes } from "../../../core";
import type { BatchQueueConfiguration, ClusterConfiguration } from "../file/cluster-keys";
import { instanceTypesOf, listed, repeated, storagesOf, type Check } from "./check";

/** Words that Batch takes instead of an instance type. */
const typeWords = /^(optimal|default_x86_64|default_arm64|[a-z0-9-]+)$/;

function queues(cluster: ClusterConfiguration): { queue: BatchQueueConfiguration; path: string }[] {
  return (cluster.Scheduling.AwsBatchQueues ?? []).map((queue, index) => ({
    queue,
    path: `Scheduling.AwsBatchQueues[${index}]`,
  }));
}

const sizes: Check = {
  code: "AwsBatchComputeResourceSize",
  run: (cluster, { error }) => {
    for (const { queue, path } of queues(cluster)) {
      queue.ComputeResources.forEach(({ MinvCpus, MaxvCpus, DesiredvCpus }, index) => {
        const at = `${path}.ComputeResources[${index}]`;
        if (MaxvCpus < MinvCpus) {
          error(
            `${at}.MaxvCpus`,
            `MaxvCpus ${MaxvCpus} is below MinvCpus ${MinvCpus}`,
            "raise MaxvCpus or lower MinvCpus",
          );
        }
        if (DesiredvCpus !== undefined && (DesiredvCpus < MinvCpus || DesiredvCpus > MaxvCpus)) {
          error(
            `${at}.DesiredvCpus`,
            `DesiredvCpus must be between ${MinvCpus} and ${MaxvCpus}, got ${DesiredvCpus}`,
            "correct the number",
          );
        }
      });
    }
  },
};

const types: Check = {
  code: "AwsBatchComputeInstanceType",
  run: (cluster, { error }) => {
    const known = instanceTypesOf(cluster);
    for (const { queue, path } of queues(cluster)) {
      queue.ComputeResources.forEach(({ InstanceTypes, MaxvCpus }, index) => {
        const at = `${path}.ComputeResources[${index}]`;
        const facts = InstanceTypes.map((type) => known.find(type)).filter((one) => one !== undefined);
        for (const type of InstanceTypes.filter(
          (one) => !typeWords.test(one) && known.find(one) === undefined,
        )) {
          error(
            `${at}.InstanceTypes`,
            `the instance type '${type}' is not known; the nearest is '${known.nearest(type)}'`,
            "correct it",
          );
        }
        const least = Math.min(...facts.map(({ vcpus }) => vcpus));
        if (facts.length === InstanceTypes.length && MaxvCpus < least) {
          error(
            `${at}.MaxvCpus`,
            `MaxvCpus ${MaxvCpus} is below the ${least} vCPUs of the smallest type`,
            "raise MaxvCpus or choose a smaller type",
          );
        }
        if (new Set(facts.map(({ architecture }) => architecture)).size > 1) {
          error(
            `${at}.InstanceTypes`,
            "the types differ in architecture",
            "keep x86_64 and arm64 types in queues of their own",
          );
        }
        if (queue.Meridian.Efa) {
          for (const type of InstanceTypes.filter((one) => (known.find(one)?.efaInterfaces ?? 0) === 0)) {
            error(
              `${at}.InstanceTypes`,
              `'${type}' has no EFA, or may include types without it`,
              known.efaSizesOf(type).length === 0
                ? "name a type that has EFA"
                : `use ${listed(known.efaSizesOf(type))}`,
            );
          }
        }
      });
    }
  },
};

/** https://docs.aws.amazon.com/batch/latest/APIReference/API_CreateJobQueue.html */
const mostEnvironments = 3;

const environments: Check = {
  code: "AwsBatchComputeEnvironments",
  run: (cluster, { error }) => {
    for (const { queue, path } of queues(cluster)) {
      if (queue.ComputeResources.length > mostEnvironments) {
        error(
          `${path}.ComputeResources`,
          `a Batch queue takes at most ${mostEnvironments} compute environments, got ${queue.ComputeResources.length}`,
          "name more instance types in fewer compute resources, or add a queue",
        );
      }
    }
  },
};

const cpuUnitsOfVcpu = 1024;

/** vCPUs of Fargate's sizes. */
const fargateVcpus = fargateSizes.map(({ cpu }) => cpu / cpuUnitsOfVcpu);

const jobSizes: Check = {
  code: "AwsBatchJobSize",
  run: (cluster, { error }) => {
    const all = queues(cluster);
    const fargate = all.length > 0 && all.every(({ queue }) => queue.Meridian.Fargate);
    (cluster.Scheduling.AwsBatchSettings?.Meridian.JobDefinitions ?? []).forEach((job, index) => {
      const path = `Scheduling.AwsBatchSettings.Meridian.JobDefinitions[${index}]`;
      if (!fargate && !Number.isInteger(job.Vcpus)) {
        error(`${path}.Vcpus`, `machines give whole vCPUs, got ${job.Vcpus}`, "write a whole number");
      }
      if (!fargate) {
        return;
      }
      const memory = fargateMemoryMiB(job.Vcpus * cpuUnitsOfVcpu);
      if (!memory.includes(job.MemoryMiB)) {
        error(
          `${path}.Vcpus`,
          `Fargate has no task of ${job.Vcpus} vCPUs and ${job.MemoryMiB} MiB`,
          memory.length === 0
            ? `set Vcpus to one of ${listed(fargateVcpus)}`
            : `set MemoryMiB to one of ${listed(memory)}`,
        );
      }
      if (job.Mounts !== undefined || job.Gpus !== undefined) {
        error(
          job.Mounts === undefined ? `${path}.Gpus` : `${path}.Mounts`,
          "Fargate has no machines that mount the shared storage or have GPUs",
          "remove the key, or use a queue on EC2",
        );
      }
    });
  },
};

const features: Check = {
  code: "AwsBatchQueueFeatures",
  run: (cluster, { error }) => {
    for (const { queue, path } of queues(cluster)) {
      const { Fargate, Efa, PlacementGroup } = queue.Meridian;
      if (Fargate && (Efa || PlacementGroup)) {
        error(
          `${path}.Meridian.Fargate`,
          "Fargate has neither EFA nor placement groups",
          "remove Fargate, or the other keys",
        );
      }
      if ((Efa || PlacementGroup) && (queue.Networking.SubnetIds ?? []).length > 1) {
        error(
          `${path}.Networking.SubnetIds`,
          "EFA and placement groups are limited to one zone, but the queue has several subnets",
          "give one subnet",
        );
      }
      if (queue.CapacityType === "CAPACITY_BLOCK") {
        error(
          `${path}.CapacityType`,
          "Batch queues are On-Demand or Spot",
          "set CapacityType to ONDEMAND or SPOT",
        );
      }
      queue.ComputeResources.forEach(({ SpotBidPercentage }, index) => {
        if (SpotBidPercentage !== undefined && queue.CapacityType !== "SPOT") {
          error(
            `${path}.ComputeResources[${index}].SpotBidPercentage`,
            "SpotBidPercentage needs a Spot queue",
            "remove it or set CapacityType to SPOT",
          );
        }
      });
    }
  },
};

const publicAddresses: Check = {
  code: "AwsBatchPublicAddresses",
  run: (cluster, { error }) => {
    const all = queues(cluster).map(({ queue: { Meridian, Networking }, path }) => ({
      ...Meridian,
      assigned: Networking.AssignPublicIp,
      path: `${path}.Networking.AssignPublicIp`,
    }));
    const fargate = all.filter(({ Fargate }) => Fargate);
    for (const { path } of all.filter(({ Efa, assigned }) => Efa && assigned === true)) {
      error(
        path,
        "machines with EFA have several network interfaces, and AWS gives a public address to one interface only",
        "set AssignPublicIp to false and use a private subnet with NAT",
      );
    }
    for (const { path } of fargate.filter(({ assigned }) => assigned !== fargate[0]?.assigned)) {
      error(
        path,
        "a job definition of Fargate says whether its containers have public addresses, and serves every queue",
        "give all queues the same AssignPublicIp",
      );
    }
  },
};

const jobs: Check = {
  code: "AwsBatchJobDefinition",
  run: (cluster, { error }) => {
    const all = cluster.Scheduling.AwsBatchSettings?.Meridian.JobDefinitions ?? [];
    const section = "Scheduling.AwsBatchSettings.Meridian.JobDefinitions";
    for (const name of repeated(all.map(({ Name }) => Name))) {
      error(section, `the job definition '${name}' is listed more than once`, "give each a name of its own");
    }
    const storages = storagesOf(cluster).map(({ storage }) => storage.Name);
    all.forEach((job, index) => {
      const path = `${section}[${index}]`;
      if (!/^[A-Za-z0-9][\w-]{0,127}$/.test(job.Name)) {
        error(
          `${path}.Name`,
          `the name '${job.Name}' must hold letters, digits, hyphens and underscores only, at most 128`,
          "rename it",
        );
      }
      const able = queues(cluster).filter(
        ({ queue }) => queue.CapacityType === "ONDEMAND" && !queue.Meridian.Fargate,
      );
      if (job.Nodes > 1 && able.length === 0) {
        error(
          `${path}.Nodes`,
          "multi-node jobs need an On-Demand queue on EC2, and the file has none",
          "add one, or set Nodes to 1",
        );
      }
      if (job.Efa > 0 && !able.some(({ queue }) => queue.Meridian.Efa)) {
        error(
          `${path}.Efa`,
          "the job asks for EFA devices, but no On-Demand queue has EFA",
          "set Meridian.Efa of a queue to true",
        );
      }
      (job.Mounts ?? []).forEach(({ SharedStorage }, at) => {
        if (!storages.includes(SharedStorage)) {
          error(
            `${path}.Mounts[${at}].SharedStorage`,
            `there is no shared storage '${SharedStorage}'`,
            storages.length === 0 ? "add it under SharedStorage" : `use one of ${listed(storages)}`,
          );
        }
      });
    });
  },
};

const storage: Check = {
  code: "AwsBatchStorage",
  run: (cluster, { error }) => {
    if (cluster.Scheduling.Scheduler !== "awsbatch") {
      return;
    }
    for (const { storage: one, path } of storagesOf(cluster)) {
      if (one.StorageType === "Ebs") {
        error(
          `${path}.StorageType`,
          "an EBS volume is shared by the head node, and a Batch cluster has none",
          "use Efs or FsxLustre",
        );
      }
      if (one.StorageType === "FsxOpenZfs" || one.StorageType === "FsxOntap") {
        error(
          `${path}.StorageType`,
          "machines of Batch do not mount volumes of FSx for OpenZFS and ONTAP, and jobs would write to the root volume",
          "use Efs or FsxLustre",
        );
      }
    }
  },
};

/** Checks of AWS Batch queues and job definitions. */
export const batchChecks: readonly Check[] = [
  sizes,
  types,
  environments,
  features,
  publicAddresses,
  jobs,
  jobSizes,
  storage,
];
