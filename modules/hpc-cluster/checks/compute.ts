import {
  bootsStockImage,
  holdsNvidiaDriver,
  instanceTypesOf,
  factsOf,
  listed,
  placementGroupOf,
  queuesOf,
  repeated,
  resourcesOf,
  typesOf,
  usesPlacementGroup,
  type Check,
  type Report,
} from "./check";
import type { ClusterConfiguration } from "../file/cluster-keys";
import type { InstanceTypeFacts, InstanceTypes } from "../machines/instance-types";

const least = { memoryMiB: 1740 };

interface TypeUse {
  readonly type: string;
  readonly path: string;
}

function typeUses(cluster: ClusterConfiguration): TypeUse[] {
  const head = cluster.HeadNode;
  return [
    ...(head === undefined ? [] : [{ type: head.InstanceType, path: "HeadNode.InstanceType" }]),
    ...(cluster.LoginNodes?.Pools ?? []).map(({ InstanceType }, index) => ({
      type: InstanceType,
      path: `LoginNodes.Pools[${index}].InstanceType`,
    })),
    ...resourcesOf(cluster).flatMap(({ resource, resourcePath }) =>
      resource.InstanceType === undefined
        ? (resource.Instances ?? []).map(({ InstanceType }, index) => ({
            type: InstanceType,
            path: `${resourcePath}.Instances[${index}].InstanceType`,
          }))
        : [{ type: resource.InstanceType, path: `${resourcePath}.InstanceType` }],
    ),
  ];
}

function sameOf(facts: readonly InstanceTypeFacts[], value: (one: InstanceTypeFacts) => unknown): boolean {
  return new Set(facts.map(value)).size <= 1;
}

const instanceType: Check = {
  code: "InstanceType",
  run: (cluster, { error }) => {
    const types = instanceTypesOf(cluster);
    for (const { type, path } of typeUses(cluster)) {
      if (types.find(type) === undefined) {
        error(
          path,
          `the instance type '${type}' is not known; the nearest is '${types.nearest(type)}'`,
          "correct it, or bring its facts under DevSettings.InstanceTypesData",
        );
      }
    }
  },
};

const architectures: Check = {
  code: "InstanceArchitectureCompatibility",
  run: (cluster, { error }) => {
    const types = instanceTypesOf(cluster);
    const head = types.find(cluster.HeadNode?.InstanceType ?? "")?.architecture;
    for (const { type, path } of typeUses(cluster)) {
      const architecture = types.find(type)?.architecture;
      if (architecture !== undefined && !["x86_64", "arm64"].includes(architecture)) {
        error(
          path,
          `'${type}' is a ${architecture} machine, which no operating system of a cluster runs on`,
          "choose an x86_64 or arm64 type",
        );
      } else if (head !== undefined && architecture !== undefined && architecture !== head) {
        error(
          path,
          `'${type}' is ${architecture} but the head node is ${head}`,
          "use one architecture in the whole cluster",
        );
      }
    }
  },
};

const architectureOs: Check = {
  code: "ArchitectureOs",
  run: (cluster, { error }) => {
    const architecture = instanceTypesOf(cluster).find(cluster.HeadNode?.InstanceType ?? "")?.architecture;
    if (architecture === "arm64" && cluster.Image.Os === "rocky8" && bootsStockImage(cluster)) {
      error("Image.Os", "there is no stock arm64 image of rocky8", "use alinux2023, ubuntu2404 or rocky9");
    }
  },
};

const oneSourceOfTypes: Check = {
  code: "InstanceTypeOrInstances",
  run: (cluster, { error }) => {
    for (const { resource, resourcePath } of resourcesOf(cluster)) {
      if (resource.InstanceType !== undefined && resource.Instances !== undefined) {
        error(resourcePath, "InstanceType and Instances cannot be combined", "keep one of them");
      }
      if (resource.InstanceType === undefined && resource.Instances === undefined) {
        error(resourcePath, "the compute resource names no instance type", "add InstanceType or Instances");
      }
      for (const type of repeated(typesOf(resource))) {
        error(
          `${resourcePath}.Instances`,
          `the instance type ${type} is listed more than once`,
          "remove the repeated type",
        );
      }
    }
  },
};

const sizes: Check = {
  code: "ComputeResourceSize",
  run: (cluster, { error }) => {
    for (const { queue, resource, resourcePath } of resourcesOf(cluster)) {
      if (resource.MaxCount < resource.MinCount) {
        error(
          `${resourcePath}.MaxCount`,
          `MaxCount ${resource.MaxCount} is below MinCount ${resource.MinCount}`,
          "raise MaxCount or lower MinCount",
        );
      }
      if (queue.CapacityType === "CAPACITY_BLOCK" && resource.MinCount === 0) {
        error(
          `${resourcePath}.MinCount`,
          "a capacity block needs static nodes, but MinCount is 0",
          "set MinCount and MaxCount to the size of the block",
        );
      } else if (queue.CapacityType === "CAPACITY_BLOCK" && resource.MinCount !== resource.MaxCount) {
        error(
          `${resourcePath}.MaxCount`,
          `with a capacity block MaxCount must equal MinCount, got ${resource.MaxCount} and ${resource.MinCount}`,
          "set both to the size of the block",
        );
      }
    }
  },
};

const efa: Check = {
  code: "Efa",
  run: (cluster, { error, warn }) => {
    const types = instanceTypesOf(cluster);
    for (const { resource, resourcePath } of resourcesOf(cluster)) {
      const path = `${resourcePath}.Efa.Enabled`;
      const able = typesOf(resource).filter((type) => (types.find(type)?.efaInterfaces ?? 0) > 0);
      if (resource.Efa.Enabled) {
        for (const type of typesOf(resource).filter((one) => !able.includes(one))) {
          withoutEfa(types, type, path, error);
        }
      } else if (able.length > 0 && able.length === typesOf(resource).length) {
        warn(
          path,
          `${listed(able)} could use EFA at no charge`,
          "set Efa.Enabled to true for jobs that span nodes",
        );
      }
      if (resource.Efa.GdrSupport && !resource.Efa.Enabled) {
        error(
          `${resourcePath}.Efa.GdrSupport`,
          "GdrSupport needs EFA",
          "set Efa.Enabled to true or remove GdrSupport",
        );
      }
    }
  },
};

function withoutEfa(types: InstanceTypes, type: string, path: string, error: Report): void {
  const facts = types.find(type);
  if (facts === undefined) {
    return;
  }
  const sizes = types.efaSizesOf(type);
  const old = facts.enhancedNetworking ? "" : ", and has the Intel 82599 function instead of ENA";
  error(
    path,
    `'${type}' has no EFA${old}`,
    sizes.length === 0
      ? "no size of its family has EFA; choose another family, or set Efa.Enabled to false"
      : `use ${listed(sizes)}, or set Efa.Enabled to false`,
  );
}

const efaPlacement: Check = {
  code: "EfaPlacementGroup",
  run: (cluster, { error, warn }) => {
    for (const { queue, resource, resourcePath } of resourcesOf(cluster)) {
      const setting = placementGroupOf(queue, resource);
      const reserved = queue.CapacityType === "CAPACITY_BLOCK";
      if (!resource.Efa.Enabled || reserved) {
        continue;
      }
      if (setting === undefined || (setting.Enabled === undefined && !usesPlacementGroup(setting))) {
        error(
          `${resourcePath}.Networking.PlacementGroup`,
          "with EFA the file must say whether a placement group is used",
          "add PlacementGroup with Enabled true (faster) or false (easier to place)",
        );
      } else if (!usesPlacementGroup(setting)) {
        warn(
          `${resourcePath}.Networking.PlacementGroup`,
          "EFA without a placement group has longer paths between nodes",
          "set PlacementGroup.Enabled to true where capacity allows",
        );
      }
    }
  },
};

const efaOs: Check = {
  code: "EfaOsArchitecture",
  run: (cluster, { error }) => {
    for (const { resource, resourcePath } of resourcesOf(cluster)) {
      const arm = factsOf(cluster, resource).some(({ architecture }) => architecture === "arm64");
      if (resource.Efa.Enabled && arm && cluster.Image.Os === "rhel8") {
        error(
          `${resourcePath}.Efa.Enabled`,
          "EFA's installer does not support rhel8 on arm64",
          "use another operating system or set Efa.Enabled to false",
        );
      }
    }
  },
};

const placementGroupNaming: Check = {
  code: "PlacementGroupNaming",
  run: (cluster, { error }) => {
    const settings = [
      ...queuesOf(cluster).map(({ queue, path }) => ({
        setting: queue.Networking.PlacementGroup,
        path: `${path}.Networking.PlacementGroup`,
      })),
      ...resourcesOf(cluster).map(({ resource, resourcePath }) => ({
        setting: resource.Networking.PlacementGroup,
        path: `${resourcePath}.Networking.PlacementGroup`,
      })),
    ];
    for (const { setting, path } of settings) {
      if (setting?.Id !== undefined && setting.Name !== undefined) {
        error(path, "Id and Name of a placement group cannot be combined", "keep Name");
      }
      if (setting?.Enabled === false && (setting.Id ?? setting.Name) !== undefined) {
        error(path, "a placement group is named but not enabled", "remove Enabled, or remove the name");
      }
    }
  },
};

const placementOfTypes: Check = {
  code: "InstanceTypePlacementGroup",
  run: (cluster, { error }) => {
    const types = instanceTypesOf(cluster);
    for (const { queue, resource, resourcePath } of resourcesOf(cluster)) {
      if (usesPlacementGroup(placementGroupOf(queue, resource))) {
        for (const type of typesOf(resource).filter((one) => types.find(one)?.clusterPlacement === false)) {
          error(
            `${resourcePath}.Networking.PlacementGroup`,
            `'${type}' cannot be launched in a cluster placement group`,
            "set PlacementGroup.Enabled to false or choose another type",
          );
        }
      }
    }
  },
};

const capacityTypes: Check = {
  code: "CapacityType",
  run: (cluster, { error }) => {
    const types = instanceTypesOf(cluster);
    const usage = { ONDEMAND: "on-demand", SPOT: "spot", CAPACITY_BLOCK: "capacity-block" } as const;
    for (const { queue, path, resource, resourcePath } of resourcesOf(cluster)) {
      const target = resource.CapacityReservationTarget ?? queue.CapacityReservationTarget;
      if (queue.CapacityType === "CAPACITY_BLOCK" && target?.CapacityReservationId === undefined) {
        error(
          `${resourcePath}.CapacityReservationTarget`,
          "a capacity block needs the id of its reservation",
          "add CapacityReservationTarget with CapacityReservationId",
        );
      }
      for (const type of typesOf(resource)) {
        const classes = types.find(type)?.usageClasses;
        const wanted = usage[queue.CapacityType];
        if (classes !== undefined && wanted !== "on-demand" && !classes.includes(wanted)) {
          error(
            `${path}.CapacityType`,
            `'${type}' cannot be bought as ${queue.CapacityType}, only as ${listed(classes)}`,
            "change CapacityType or the type",
          );
        }
      }
    }
  },
};

const reservations: Check = {
  code: "CapacityReservation",
  run: (cluster, { error }) => {
    const targets = [
      ...queuesOf(cluster).map(({ queue, path }) => ({
        target: queue.CapacityReservationTarget,
        path: `${path}.CapacityReservationTarget`,
      })),
      ...resourcesOf(cluster).map(({ resource, resourcePath }) => ({
        target: resource.CapacityReservationTarget,
        path: `${resourcePath}.CapacityReservationTarget`,
      })),
    ];
    for (const { target, path } of targets) {
      const given = [target?.CapacityReservationId, target?.CapacityReservationResourceGroupArn].filter(
        (one) => one !== undefined,
      );
      if (target !== undefined && given.length !== 1) {
        error(
          path,
          "a reservation is named by its id or by its resource group, by exactly one of them",
          "keep CapacityReservationId or CapacityReservationResourceGroupArn",
        );
      }
    }
  },
};

const reservationsAndCapacity: Check = {
  code: "CapacityReservationUse",
  run: (cluster, { error }) => {
    for (const { queue, resource, resourcePath } of resourcesOf(cluster)) {
      const target = resource.CapacityReservationTarget ?? queue.CapacityReservationTarget;
      if (target?.CapacityReservationId !== undefined && resource.Instances !== undefined) {
        error(
          `${resourcePath}.Instances`,
          "a capacity reservation holds one instance type, so Instances cannot be used with it",
          "use InstanceType",
        );
      }
      if (target !== undefined && queue.CapacityType === "SPOT") {
        error(
          resourcePath,
          "a capacity reservation holds On-Demand capacity, but the queue is Spot",
          "set CapacityType to ONDEMAND or remove the reservation",
        );
      }
    }
  },
};

const placementOfReservations: Check = {
  code: "PlacementGroupCapacityReservation",
  run: (cluster, { warn }) => {
    for (const { queue, resource, resourcePath } of resourcesOf(cluster)) {
      const placed = usesPlacementGroup(placementGroupOf(queue, resource));
      const target = resource.CapacityReservationTarget ?? queue.CapacityReservationTarget;
      if (placed && (queue.CapacityType === "CAPACITY_BLOCK" || target !== undefined)) {
        warn(
          `${resourcePath}.Networking.PlacementGroup`,
          "a placement group that the reservation was not made in can run out of capacity while the reservation is free",
          "remove the placement group, or reserve inside it",
        );
      }
    }
  },
};

const allocationStrategy: Check = {
  code: "InstancesAllocationStrategy",
  run: (cluster, { error }) => {
    for (const { queue, path } of queuesOf(cluster)) {
      const strategy = queue.AllocationStrategy;
      if (queue.CapacityType === "ONDEMAND" && strategy !== undefined && strategy !== "lowest-price") {
        error(
          `${path}.AllocationStrategy`,
          `On-Demand capacity is allocated by lowest-price only, got ${strategy}`,
          "remove AllocationStrategy or set CapacityType to SPOT",
        );
      }
      if (queue.CapacityType === "CAPACITY_BLOCK" && strategy !== undefined) {
        error(
          `${path}.AllocationStrategy`,
          "a capacity block has no allocation strategy",
          "remove AllocationStrategy",
        );
      }
    }
  },
};

const spotKeys: Check = {
  code: "SpotKeys",
  run: (cluster, { error, warn }) => {
    for (const { queue, path, resource, resourcePath } of resourcesOf(cluster)) {
      if (queue.CapacityType !== "SPOT" && resource.SpotPrice !== undefined) {
        warn(
          `${resourcePath}.SpotPrice`,
          "SpotPrice has no effect because the queue is not Spot",
          "remove SpotPrice or set CapacityType to SPOT",
        );
      }
      if (queue.CapacityType !== "SPOT" && queue.Meridian.SpotFallback) {
        error(
          `${path}.Meridian.SpotFallback`,
          `SpotFallback needs a Spot queue, got ${queue.CapacityType}`,
          "set CapacityType to SPOT or remove SpotFallback",
        );
      }
    }
  },
};

const flexible: Check = {
  code: "InstancesUniformity",
  run: (cluster, { error }) => {
    for (const { resource, resourcePath } of resourcesOf(cluster)) {
      const facts = factsOf(cluster, resource);
      const path = `${resourcePath}.Instances`;
      const cpus = (one: InstanceTypeFacts) =>
        resource.DisableSimultaneousMultithreading ? one.cores : one.vcpus;
      if (!sameOf(facts, cpus)) {
        error(
          path,
          `the types differ in ${resource.DisableSimultaneousMultithreading ? "cores" : "vCPUs"} (${listed(facts.map(cpus))}), but Slurm knows one number for all`,
          "choose types of one size",
        );
      }
      if (
        !sameOf(facts, ({ gpus }) => gpus?.count ?? 0) ||
        !sameOf(facts, ({ gpus }) => gpus?.manufacturer)
      ) {
        error(
          path,
          "the types differ in their GPUs, but Slurm knows one number and one kind for all",
          "choose types with the same GPUs",
        );
      }
    }
  },
};

const flexiblePlacement: Check = {
  code: "InstancesNetworking",
  run: (cluster, { warn }) => {
    for (const { queue, resource, resourcePath } of resourcesOf(cluster)) {
      const facts = factsOf(cluster, resource);
      const path = `${resourcePath}.Instances`;
      if (!sameOf(facts, ({ cards }) => cards.length)) {
        warn(
          path,
          `the types differ in network cards (${listed(facts.map(({ cards }) => cards.length))}); all nodes get the smallest number`,
          "choose types with the same network cards",
        );
      }
      if (facts.length > 1 && usesPlacementGroup(placementGroupOf(queue, resource))) {
        warn(
          path,
          "several types in one placement group run out of capacity sooner",
          "use one type, or set PlacementGroup.Enabled to false",
        );
      }
      if (
        facts.length > 1 &&
        cluster.Scheduling.SlurmSettings?.EnableMemoryBasedScheduling === true &&
        !sameOf(facts, ({ memoryMiB }) => memoryMiB)
      ) {
        warn(
          path,
          "with memory-based scheduling all nodes count with the smallest type's memory",
          "choose types with the same memory",
        );
      }
    }
  },
};

const memory: Check = {
  code: "SchedulableMemory",
  run: (cluster, { error, note }) => {
    for (const { resource, resourcePath } of resourcesOf(cluster)) {
      const path = `${resourcePath}.SchedulableMemory`;
      const given = resource.SchedulableMemory;
      const available = Math.min(...factsOf(cluster, resource).map(({ memoryMiB }) => memoryMiB));
      if (given === undefined) {
        continue;
      }
      if (given < 1) {
        error(path, `the memory must be at least 1 MiB, got ${given}`, "correct the number");
      } else if (given > available) {
        error(path, `${given} MiB is more than the ${available} MiB that the type has`, "lower it");
      } else if (given < 0.95 * available) {
        note(
          path,
          `${given} MiB is below 95 percent of the ${available} MiB that the type has`,
          "raise it, or leave it out to schedule 95 percent",
        );
      }
    }
  },
};

const accelerators: Check = {
  code: "InstanceTypeAcceleratorManufacturer",
  run: (cluster, { warn }) => {
    const types = instanceTypesOf(cluster);
    for (const { type, path } of typeUses(cluster)) {
      const maker = types.find(type)?.gpus?.manufacturer;
      if (maker !== undefined && maker !== "NVIDIA") {
        warn(
          path,
          `the GPUs of '${type}' are made by ${maker}, and their driver is not installed`,
          "use a CustomAmi with the driver",
        );
      }
    }
    for (const { queue, resource, resourcePath } of resourcesOf(cluster)) {
      const type = typesOf(resource).find((one) => types.find(one)?.gpus?.manufacturer === "NVIDIA");
      const isStock = queue.Image?.CustomAmi === undefined && bootsStockImage(cluster);
      if (type !== undefined && isStock && !holdsNvidiaDriver(cluster)) {
        warn(
          resourcePath,
          `the stock image has no driver for the GPUs of '${type}', and Slurm's daemon does not start without their devices`,
          "set the queue's Image.CustomAmi to an image with the driver, such as the Deep Learning Base GPU AMI, or install it in OnNodeStart",
        );
      }
    }
  },
};

const smallMachines: Check = {
  code: "InstanceTypeOSCompatible",
  run: (cluster, { warn }) => {
    const types = instanceTypesOf(cluster);
    for (const { type, path } of typeUses(cluster)) {
      if ((types.find(type)?.memoryMiB ?? least.memoryMiB) < least.memoryMiB) {
        warn(
          path,
          `'${type}' has less than 1.7 GB of memory, too little for a node of a cluster`,
          "choose a larger type",
        );
      }
    }
  },
};

const keyPair: Check = {
  code: "KeyPair",
  run: ({ HeadNode }, { warn }) => {
    if (HeadNode !== undefined && HeadNode.Ssh.KeyName === undefined) {
      warn(
        "HeadNode.Ssh",
        "without KeyName the head node is reached through Session Manager only",
        "add KeyName to use SSH",
      );
    }
  },
};

const rootVolumes: Check = {
  code: "RootVolumeEncryptionConsistency",
  run: (cluster, { warn }) => {
    const [first, ...others] = queuesOf(cluster);
    const encrypted = ({ queue }: (typeof others)[number]) =>
      queue.ComputeSettings.LocalStorage.RootVolume.Encrypted;
    for (const at of others) {
      if (first !== undefined && encrypted(at) !== encrypted(first)) {
        warn(
          `${at.path}.ComputeSettings.LocalStorage.RootVolume.Encrypted`,
          `the queue ${at.queue.Name} differs from ${first.queue.Name} in the encryption of root volumes`,
          "use one setting, so that policies that enforce encryption hold for all",
        );
      }
    }
  },
};

/** Checks of instance types, EFA, placement and capacity. */
export const computeChecks: readonly Check[] = [
  instanceType,
  architectures,
  architectureOs,
  oneSourceOfTypes,
  sizes,
  efa,
  efaPlacement,
  efaOs,
  placementGroupNaming,
  placementOfTypes,
  capacityTypes,
  reservations,
  reservationsAndCapacity,
  placementOfReservations,
  allocationStrategy,
  spotKeys,
  flexible,
  flexiblePlacement,
  memory,
  accelerators,
  smallMachines,
  keyPair,
  rootVolumes,
];
