import { type ClusterConfiguration, type SharedStorageConfiguration, clusterSchema } from "./cluster-keys";
import { Reader } from "./file-reader";
import type { KeyTable, SectionShape } from "./key-schema";

/** What a gp3 volume has without more being paid. */
const gp3 = { Iops: 3000, Throughput: 125 };
const sharedVolumeSize = 40;

/**
 * The configuration with the defaults that depend on other keys: the settings section of the
 * scheduler and of each storage type, and the speed of gp3 volumes.
 */
export function withDependentDefaults(configuration: ClusterConfiguration): ClusterConfiguration {
  const { Scheduling, HeadNode, SharedStorage } = configuration;
  return {
    ...configuration,
    ...(HeadNode === undefined
      ? {}
      : {
          HeadNode: {
            ...HeadNode,
            LocalStorage: { ...HeadNode.LocalStorage, RootVolume: volume(HeadNode.LocalStorage.RootVolume) },
          },
        }),
    Scheduling: {
      ...Scheduling,
      ...(Scheduling.Scheduler === "slurm" && Scheduling.SlurmSettings === undefined
        ? {
            SlurmSettings: Reader.defaultsOf(
              slurmSettings,
            ) as ClusterConfiguration["Scheduling"]["SlurmSettings"],
          }
        : {}),
      ...(Scheduling.SlurmQueues === undefined
        ? {}
        : {
            SlurmQueues: Scheduling.SlurmQueues.map((queue) => ({
              ...queue,
              ComputeSettings: {
                LocalStorage: {
                  ...queue.ComputeSettings.LocalStorage,
                  RootVolume: volume(queue.ComputeSettings.LocalStorage.RootVolume),
                },
              },
            })),
          }),
    },
    ...(SharedStorage === undefined ? {} : { SharedStorage: SharedStorage.map(withSettings) }),
  };
}

const schedulingKeys = (clusterSchema.keys.Scheduling.shape as SectionShape<KeyTable>).keys;
const slurmSettings = schedulingKeys.SlurmSettings?.shape as SectionShape<KeyTable>;
const storageKeys = (clusterSchema.keys.SharedStorage.shape as unknown as { item: SectionShape<KeyTable> })
  .item.keys;

function withSettings(storage: SharedStorageConfiguration): SharedStorageConfiguration {
  const name = `${storage.StorageType}Settings` as const;
  if (name !== "EbsSettings" && name !== "EfsSettings" && name !== "FsxLustreSettings") {
    return storage;
  }
  const shape = storageKeys[name]?.shape as SectionShape<KeyTable>;
  const settings = storage[name] ?? (Reader.defaultsOf(shape) as object);
  const complete = name === "EbsSettings" ? ebs(settings) : settings;
  return { ...storage, [name]: complete };
}

function ebs<T extends object>(settings: T): T {
  const existing = "VolumeId" in settings || "SnapshotId" in settings;
  return volume(existing ? settings : { Size: sharedVolumeSize, ...settings });
}

function volume<T extends object>(settings: T): T {
  return "VolumeType" in settings && settings.VolumeType === "gp3" && !("VolumeId" in settings)
    ? { ...gp3, ...settings }
    : settings;
}
