import { mountPath } from "../checks/check";
import type { ClusterConfiguration, SharedStorageConfiguration } from "../file/cluster-keys";

const homes = "/home";

/**
 * The file's shared storages, and one for the homes where `SharedStorageType: Efs` asks for it and no storage of the file
 * is mounted there. Only homes leave the head node: root of any node may write what lies on EFS, and root of the head node
 * and of other nodes runs what lies in the other shared directories.
 */
export function storagesWithHomes({
  HeadNode,
  Scheduling,
  SharedStorage = [],
}: ClusterConfiguration): readonly SharedStorageConfiguration[] {
  const wanted = Scheduling.Scheduler === "slurm" && HeadNode?.SharedStorageType === "Efs";
  return !wanted || SharedStorage.some(({ MountDir }) => mountPath(MountDir) === homes)
    ? SharedStorage
    : [...SharedStorage, ofHomes];
}

const ofHomes: SharedStorageConfiguration = {
  Name: "meridian homes",
  MountDir: homes,
  StorageType: "Efs",
  EfsSettings: {
    Encrypted: true,
    PerformanceMode: "generalPurpose",
    DeletionPolicy: "Delete",
    EncryptionInTransit: false,
    IamAuthorization: false,
  },
};
