import type { EbsSettings, RootVolumeConfiguration, SharedStorageConfiguration } from "../file/cluster-keys";
import {
  factsOf,
  listed,
  mountPath,
  queuesOf,
  repeated,
  resourcesOf,
  storagesOf,
  type Check,
  type Report,
} from "./check";

const longestName = 30;
const most = { ebs: 5, raid: 1, efs: 1, existingEfs: 20, existingFsx: 20 };

/** Directories that a mount would break. */
const reservedDirectories = [
  "/",
  "/bin",
  "/boot",
  "/dev",
  "/etc",
  "/lib",
  "/lib64",
  "/media",
  "/proc",
  "/root",
  "/run",
  "/sbin",
  "/sys",
  "/tmp",
  "/usr",
  "/var",
  "/mnt",
  "/opt",
  "/opt/slurm",
  "/opt/meridian",
  "/srv",
];

/** The smallest and largest size of each volume type in GiB. */
const volumeSizes: Readonly<Record<string, readonly [number, number]>> = {
  standard: [1, 1024],
  io1: [4, 16_384],
  io2: [4, 65_536],
  gp2: [1, 16_384],
  gp3: [1, 16_384],
  st1: [500, 16_384],
  sc1: [500, 16_384],
};

/** The smallest and largest IOPS, and the most of them for each GiB. */
const volumeIops: Readonly<Record<string, readonly [number, number, number]>> = {
  io1: [100, 64_000, 50],
  io2: [100, 256_000, 1000],
  gp3: [3000, 16_000, 500],
};

const throughputBounds = { least: 125, most: 1000, perIops: 0.25 };
const defaultIops = 3000;
const defaultSize = 40;

const settingsSections = [
  "EbsSettings",
  "EfsSettings",
  "FsxLustreSettings",
  "FsxOpenZfsSettings",
  "FsxOntapSettings",
  "FileCacheSettings",
] as const;

const settingsOfType: Check = {
  code: "StorageSettings",
  run: (cluster, { error }) => {
    for (const { storage, path } of storagesOf(cluster)) {
      const own = `${storage.StorageType}Settings` as const;
      for (const other of settingsSections.filter((name) => name !== own && storage[name] !== undefined)) {
        error(
          `${path}.${other}`,
          `${other} does not belong to the storage type ${storage.StorageType}`,
          `remove it or write ${own}`,
        );
      }
      if (
        ["FsxOpenZfs", "FsxOntap", "FileCache"].includes(storage.StorageType) &&
        storage[own] === undefined
      ) {
        error(
          path,
          `the storage type ${storage.StorageType} exists by its id only, so ${own} is needed`,
          `add ${own}`,
        );
      }
    }
  },
};

const names: Check = {
  code: "SharedStorageName",
  run: (cluster, { error }) => {
    for (const { storage, path } of storagesOf(cluster)) {
      if (
        !/^[\p{L}\p{N} +\-=._:/]+$/u.test(storage.Name) ||
        storage.Name.length > longestName ||
        storage.Name === "default"
      ) {
        error(
          `${path}.Name`,
          `the name '${storage.Name}' must have at most ${longestName} letters, digits, spaces and + - = . _ : /, and not be 'default'`,
          "rename it",
        );
      }
    }
  },
};

const mountDirectories: Check = {
  code: "SharedStorageMountDir",
  run: (cluster, { error }) => {
    for (const { storage, path } of storagesOf(cluster)) {
      if (reservedDirectories.includes(mountPath(storage.MountDir))) {
        error(
          `${path}.MountDir`,
          `${mountPath(storage.MountDir)} belongs to the operating system`,
          "choose another directory, such as /shared",
        );
      }
    }
  },
};

const sameMount: Check = {
  code: "DuplicateMountDir",
  run: (cluster, { error, warn }) => {
    const storages = storagesOf(cluster);
    for (const directory of repeated(storages.map(({ storage }) => mountPath(storage.MountDir)))) {
      const [, second] = storages.filter(({ storage }) => mountPath(storage.MountDir) === directory);
      error(
        `${second?.path ?? "SharedStorage"}.MountDir`,
        `${directory} is the mount directory of several storages`,
        "give each a directory of its own",
      );
    }
    for (const { queue, path } of queuesOf(cluster)) {
      const local = mountPath(queue.ComputeSettings.LocalStorage.EphemeralVolume.MountDir);
      const hasDisks = queue.ComputeResources.some((resource) =>
        factsOf(cluster, resource).some(({ instanceStoreGB }) => instanceStoreGB > 0),
      );
      if (hasDisks && storages.some(({ storage }) => mountPath(storage.MountDir) === local)) {
        warn(
          `${path}.ComputeSettings.LocalStorage.EphemeralVolume.MountDir`,
          `${local} is a shared storage and the mount directory of local disks as well`,
          "change one of them",
        );
      }
    }
  },
};

/** The existing volume or file system that a storage mounts, and the key that names it. */
function existingOf(storage: SharedStorageConfiguration): [string, string | undefined] {
  const all: readonly [string, string | undefined][] = [
    ["EbsSettings.VolumeId", storage.EbsSettings?.VolumeId],
    ["EfsSettings.FileSystemId", storage.EfsSettings?.FileSystemId],
    ["FsxLustreSettings.FileSystemId", storage.FsxLustreSettings?.FileSystemId],
    ["FsxOpenZfsSettings.VolumeId", storage.FsxOpenZfsSettings?.VolumeId],
    ["FsxOntapSettings.VolumeId", storage.FsxOntapSettings?.VolumeId],
  ];
  return all.find(([, id]) => id !== undefined) ?? ["Name", undefined];
}

const sameVolume: Check = {
  code: "DuplicateStorage",
  run: (cluster, { error }) => {
    const existing = storagesOf(cluster).map(({ storage, path }) => {
      const [key, id] = existingOf(storage);
      return { path: `${path}.${key}`, id };
    });
    existing.forEach(({ path, id }, index) => {
      const first = existing.findIndex((other) => other.id === id);
      if (id !== undefined && first < index) {
        error(
          path,
          `${id} is mounted by another storage already`,
          "mount it once, and use directories of it",
        );
      }
    });
  },
};

const overlappingMounts: Check = {
  code: "OverlappingMountDir",
  run: (cluster, { error }) => {
    const storages = storagesOf(cluster).map(({ storage, path }) => ({
      path,
      directory: mountPath(storage.MountDir),
    }));
    for (const { path, directory } of storages) {
      const around = storages.find((other) => directory.startsWith(`${other.directory}/`));
      if (around !== undefined) {
        error(
          `${path}.MountDir`,
          `${directory} lies inside ${around.directory}`,
          "choose directories side by side",
        );
      }
    }
  },
};

function kindOf(storage: SharedStorageConfiguration): keyof typeof most | undefined {
  switch (storage.StorageType) {
    case "Ebs":
      return storage.EbsSettings?.Raid === undefined ? "ebs" : "raid";
    case "Efs":
      return storage.EfsSettings?.FileSystemId === undefined ? "efs" : "existingEfs";
    case "FsxLustre":
      return storage.FsxLustreSettings?.FileSystemId === undefined ? undefined : "existingFsx";
    default:
      return "existingFsx";
  }
}

const numbers: Check = {
  code: "NumberOfStorage",
  run: (cluster, { error }) => {
    const words = {
      ebs: "EBS volumes",
      raid: "RAID arrays",
      efs: "managed EFS file systems",
      existingEfs: "existing EFS file systems",
      existingFsx: "existing FSx file systems",
    };
    const kinds = storagesOf(cluster).map(({ storage }) => kindOf(storage));
    for (const kind of Object.keys(most) as (keyof typeof most)[]) {
      const count = kinds.filter((one) => one === kind).length;
      if (count > most[kind]) {
        error(
          "SharedStorage",
          `a cluster has at most ${most[kind]} ${words[kind]}, got ${count}`,
          "remove some",
        );
      }
    }
  },
};

const managedInSeveralZones: Check = {
  code: "ManagedFsxMultiAz",
  run: (cluster, { error, note }) => {
    const managed = storagesOf(cluster).filter(
      ({ storage }) =>
        storage.StorageType === "FsxLustre" && storage.FsxLustreSettings?.FileSystemId === undefined,
    );
    for (const { queue, path } of queuesOf(cluster)) {
      if ((queue.Networking.SubnetIds ?? []).length <= 1) {
        continue;
      }
      if (managed.length > 0) {
        error(
          `${path}.Networking.SubnetIds`,
          "a managed Lustre file system is in one zone, but the queue has several subnets",
          "give one subnet, or use an existing file system",
        );
      } else if (storagesOf(cluster).length > 0) {
        note(
          `${path}.Networking.SubnetIds`,
          "storage in another zone is slower, and traffic between zones is billed",
          "keep the queue in the storage's zone where that matters",
        );
      }
    }
  },
};

const ebsVolumes: Check = {
  code: "EbsVolume",
  run: (cluster, { error }) => {
    for (const { storage, path } of storagesOf(cluster)) {
      if (storage.StorageType === "Ebs") {
        checkVolume(
          { VolumeType: "gp3", Size: defaultSize, Encrypted: true, ...storage.EbsSettings },
          `${path}.EbsSettings`,
          error,
        );
        checkKey(storage.EbsSettings ?? { Encrypted: true }, `${path}.EbsSettings`, error);
        checkExisting(storage.EbsSettings, `${path}.EbsSettings`, error);
      }
    }
    const head = cluster.HeadNode?.LocalStorage.RootVolume;
    if (head !== undefined) {
      checkVolume(head, "HeadNode.LocalStorage.RootVolume", error);
    }
    for (const { queue, path } of queuesOf(cluster)) {
      checkVolume(
        queue.ComputeSettings.LocalStorage.RootVolume,
        `${path}.ComputeSettings.LocalStorage.RootVolume`,
        error,
      );
    }
  },
};

type VolumeSettings = Partial<Pick<RootVolumeConfiguration, "Iops" | "Size" | "Throughput">> & {
  readonly VolumeType: string;
};

function checkVolume(volume: VolumeSettings, path: string, error: Report): void {
  const { VolumeType, Size, Iops, Throughput } = volume;
  const [smallest, largest] = volumeSizes[VolumeType] ?? [1, Number.POSITIVE_INFINITY];
  if (Size !== undefined && (Size < smallest || Size > largest)) {
    error(
      `${path}.Size`,
      `${VolumeType} volumes have between ${smallest} and ${largest} GiB, got ${Size}`,
      "correct the size or the type",
    );
  }
  checkIops(volume, path, error);
  if (Throughput === undefined) {
    return;
  }
  if (VolumeType !== "gp3") {
    error(
      `${path}.Throughput`,
      `throughput is set for gp3 volumes only, not for ${VolumeType}`,
      "remove Throughput or use gp3",
    );
  } else if (Throughput < throughputBounds.least || Throughput > throughputBounds.most) {
    error(
      `${path}.Throughput`,
      `throughput is between ${throughputBounds.least} and ${throughputBounds.most} MB/s, got ${Throughput}`,
      "correct the number",
    );
  } else if (Throughput > (Iops ?? defaultIops) * throughputBounds.perIops) {
    error(
      `${path}.Throughput`,
      `${Throughput} MB/s needs at least ${Throughput / throughputBounds.perIops} IOPS, got ${Iops ?? defaultIops}`,
      "raise Iops or lower Throughput",
    );
  }
}

function checkIops({ VolumeType, Size, Iops }: VolumeSettings, path: string, error: Report): void {
  const bounds = volumeIops[VolumeType];
  if (Iops === undefined) {
    return;
  }
  if (bounds === undefined) {
    error(
      `${path}.Iops`,
      `IOPS cannot be set for ${VolumeType} volumes`,
      `remove Iops or use ${listed(Object.keys(volumeIops))}`,
    );
    return;
  }
  const [least, largest, perGiB] = bounds;
  if (Iops < least || Iops > largest) {
    error(
      `${path}.Iops`,
      `${VolumeType} volumes have between ${least} and ${largest} IOPS, got ${Iops}`,
      "correct the number",
    );
  } else if (Size !== undefined && Iops > Math.max(Size * perGiB, VolumeType === "gp3" ? defaultIops : 0)) {
    error(
      `${path}.Iops`,
      `${VolumeType} volumes have at most ${perGiB} IOPS for each GiB, got ${Iops} for ${Size} GiB`,
      "raise Size or lower Iops",
    );
  }
}

function checkKey(
  settings: { readonly Encrypted: boolean; readonly KmsKeyId?: string },
  path: string,
  error: Report,
): void {
  if (settings.KmsKeyId !== undefined && !settings.Encrypted) {
    error(
      `${path}.KmsKeyId`,
      "a key is named but Encrypted is false",
      "set Encrypted to true or remove KmsKeyId",
    );
  }
}

function checkExisting(settings: EbsSettings | undefined, path: string, error: Report): void {
  if (settings?.VolumeId !== undefined && (settings.Raid ?? settings.SnapshotId) !== undefined) {
    error(
      `${path}.VolumeId`,
      "an existing volume cannot be combined with Raid or SnapshotId",
      "keep one of them",
    );
  }
}

const efs: Check = {
  code: "EfsSettings",
  run: (cluster, { error }) => {
    for (const { storage, path: at } of storagesOf(cluster)) {
      const settings = storage.EfsSettings;
      const path = `${at}.EfsSettings`;
      if (settings === undefined) {
        continue;
      }
      const provisioned = settings.ThroughputMode === "provisioned";
      if (provisioned !== (settings.ProvisionedThroughput !== undefined)) {
        error(
          path,
          "ThroughputMode provisioned and ProvisionedThroughput need each other",
          provisioned
            ? "add ProvisionedThroughput"
            : "set ThroughputMode to provisioned or remove ProvisionedThroughput",
        );
      }
      if (settings.IamAuthorization && !settings.EncryptionInTransit) {
        error(
          `${path}.IamAuthorization`,
          "IAM authorisation needs encryption in transit",
          "set EncryptionInTransit to true",
        );
      }
      if (settings.AccessPointId !== undefined && settings.FileSystemId === undefined) {
        error(
          `${path}.AccessPointId`,
          "an access point belongs to an existing file system",
          "add FileSystemId or remove AccessPointId",
        );
      }
      if (settings.AccessPointId !== undefined && !settings.EncryptionInTransit) {
        error(
          `${path}.AccessPointId`,
          "an access point needs encryption in transit",
          "set EncryptionInTransit to true",
        );
      }
      checkKey(settings, path, error);
    }
  },
};

const deletion: Check = {
  code: "DeletionPolicy",
  run: (cluster, { note }) => {
    for (const { storage, path } of storagesOf(cluster)) {
      const [key, settings] = managedSettings(storage) ?? [];
      if (settings?.DeletionPolicy === "Delete") {
        note(
          `${path}.${key}.DeletionPolicy`,
          `the storage ${storage.Name} is deleted with its data when it is removed from the file or the cluster is deleted`,
          "set DeletionPolicy to Retain to keep it",
        );
      }
    }
  },
};

function managedSettings(
  storage: SharedStorageConfiguration,
): [string, { DeletionPolicy: string }] | undefined {
  const { EbsSettings, EfsSettings, FsxLustreSettings } = storage;
  if (EbsSettings !== undefined && EbsSettings.VolumeId === undefined) {
    return ["EbsSettings", EbsSettings];
  }
  if (EfsSettings !== undefined && EfsSettings.FileSystemId === undefined) {
    return ["EfsSettings", EfsSettings];
  }
  return FsxLustreSettings !== undefined && FsxLustreSettings.FileSystemId === undefined
    ? ["FsxLustreSettings", FsxLustreSettings]
    : undefined;
}

const lustreOs: Check = {
  code: "FsxArchitectureOs",
  run: (cluster, { error }) => {
    const arm = resourcesOf(cluster).some(({ resource }) =>
      factsOf(cluster, resource).some(({ architecture }) => architecture === "arm64"),
    );
    const lustre = storagesOf(cluster).find(({ storage }) => storage.StorageType === "FsxLustre");
    if (lustre !== undefined && arm && ["rhel8", "rocky8"].includes(cluster.Image.Os)) {
      error(
        `${lustre.path}.StorageType`,
        `there is no Lustre client for ${cluster.Image.Os} on arm64`,
        "use alinux2023, ubuntu2204 or ubuntu2404",
      );
    }
  },
};

/** Checks of volumes, EFS and mounts. */
export const storageChecks: readonly Check[] = [
  settingsOfType,
  names,
  mountDirectories,
  sameMount,
  sameVolume,
  overlappingMounts,
  numbers,
  managedInSeveralZones,
  ebsVolumes,
  efs,
  deletion,
  lustreOs,
];
