import { DataAwsSubnet } from "@cdktf/provider-aws/lib/data-aws-subnet";
import { EbsVolume } from "@cdktf/provider-aws/lib/ebs-volume";
import { EfsFileSystem } from "@cdktf/provider-aws/lib/efs-file-system";
import { EfsMountTarget } from "@cdktf/provider-aws/lib/efs-mount-target";
import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group";
import { conditional, Fn, TerraformCount, Token } from "cdktf";
import { Construct } from "constructs";
import { InternalError, known, nameLimits, pascalCase, resourceName } from "../../../core";
import { mountPath } from "../checks/check";
import type {
  EbsSettings,
  EfsSettings,
  LustreSettings,
  SharedStorageConfiguration,
} from "../file/cluster-keys";
import { createLustreRules, LustreFileSystem, slug } from "./lustre-file-system";
import type { Mount, VolumeMount } from "./mounts";
import { TrafficFrom } from "../network/security-rules";

/** What the shared storage of a cluster is made of. */
export interface SharedStorageProps {
  /** The cluster's name. */
  readonly clusterName: string;
  /** The region's code. */
  readonly region: string;
  /** The DNS suffix of the partition, such as `amazonaws.com`. */
  readonly dnsSuffix: string;
  /** The file's shared storages. */
  readonly storages: readonly SharedStorageConfiguration[];
  /** The VPC. */
  readonly vpcId: string;
  /** Subnets that get an EFS mount target, one a zone; Lustre lies in the first. */
  readonly subnetIds: readonly string[];
  /**
   * Other subnets of nodes. One that lies in a zone of its own gets an EFS mount target too, because
   * a node resolves the file system's name to the mount target of its own zone.
   *
   * @default - none
   */
  readonly otherSubnetIds?: readonly string[];
  /**
   * The zone of the head node, where EBS volumes lie.
   *
   * @default - the cluster has no EBS volumes
   */
  readonly headZone?: string;
  /** Security groups of the nodes that mount, by the role that they play. */
  readonly memberGroupIds: Readonly<Record<string, string>>;
}

const nfs = { from: 2049, to: 2049 };

/**
 * The shared storage of a cluster, managed or existing, and how nodes mount it.
 *
 * **Creates** for each storage of the file: a Lustre file system with its group and associations,
 * an EFS file system with its group and mount targets, or EBS volumes in the head node's zone.
 * Existing file systems and volumes are mounted and never changed.
 */
export class SharedStorage extends Construct {
  /** How nodes mount each storage, in the order of the file. */
  public readonly mounts: readonly Mount[];
  /** EBS volumes to attach to the head node, by storage name, in order. */
  public readonly volumes: Readonly<Record<string, readonly EbsVolume[]>>;
  /** Existing EBS volumes to attach to the head node, by storage name. */
  public readonly existingVolumeIds: Readonly<Record<string, string>>;
  /** The managed Lustre file systems, by storage name. */
  public readonly lustre: Readonly<Record<string, LustreFileSystem>>;

  /** EFS file systems that nodes mount with their role. */
  public readonly efsWithRoleIds: readonly string[];

  private readonly props: SharedStorageProps;
  private readonly createdVolumes: Record<string, readonly EbsVolume[]> = {};
  private readonly foundVolumes: Record<string, string> = {};
  private readonly createdLustre: Record<string, LustreFileSystem> = {};

  public constructor(scope: Construct, id: string, props: SharedStorageProps) {
    super(scope, id);
    this.props = props;
    this.mounts = props.storages.map((storage) => this.createStorage(storage));
    this.volumes = this.createdVolumes;
    this.existingVolumeIds = this.foundVolumes;
    this.efsWithRoleIds = this.mounts.flatMap((mount) =>
      mount.type === "efs" && mount.iam ? [mount.fileSystemId] : [],
    );
    this.lustre = this.createdLustre;
  }

  private createStorage(storage: SharedStorageConfiguration): Mount {
    switch (storage.StorageType) {
      case "FsxLustre":
        return this.createLustre(storage, settingsOf(storage.FsxLustreSettings));
      case "Efs":
        return this.createEfs(storage, settingsOf(storage.EfsSettings));
      case "Ebs":
        return this.createVolumes(storage, settingsOf(storage.EbsSettings));
      case "FsxOpenZfs":
        return {
          type: "openzfs",
          ...frameOf(storage),
          volumeId: settingsOf(storage.FsxOpenZfsSettings).VolumeId,
        };
      case "FsxOntap":
        return {
          type: "ontap",
          ...frameOf(storage),
          volumeId: settingsOf(storage.FsxOntapSettings).VolumeId,
        };
      case "FileCache":
        throw new InternalError("the schema let a file cache pass");
    }
  }

  private createLustre(storage: SharedStorageConfiguration, settings: LustreSettings): Mount {
    const { clusterName, vpcId, memberGroupIds, region, dnsSuffix } = this.props;
    const id = pascalCase(storage.Name);
    if (settings.FileSystemId !== undefined) {
      for (const group of settings.Meridian.SecurityGroups ?? []) {
        createLustreRules(new Construct(this, `${id}-${group}`), group, memberGroupIds);
      }
      const dnsName = `${settings.FileSystemId}.fsx.${region}.${dnsSuffix}`;
      return { type: "lustre", ...frameOf(storage), fileSystemId: settings.FileSystemId, dnsName };
    }
    const fileSystem = new LustreFileSystem(this, id, {
      clusterName,
      vpcId,
      memberGroupIds,
      settings,
      name: storage.Name,
      mountDirectory: mountPath(storage.MountDir),
      subnetId: firstOf(this.props.subnetIds),
    });
    this.createdLustre[storage.Name] = fileSystem;
    return fileSystem.mount;
  }

  private createEfs(storage: SharedStorageConfiguration, settings: EfsSettings): Mount {
    const { region, dnsSuffix } = this.props;
    const fileSystemId = settings.FileSystemId ?? this.createFileSystem(storage, settings).id;
    return {
      type: "efs",
      ...frameOf(storage),
      fileSystemId,
      dnsName: `${fileSystemId}.efs.${region}.${dnsSuffix}`,
      tls: settings.EncryptionInTransit,
      iam: settings.IamAuthorization,
      accessPointId: settings.AccessPointId,
    };
  }

  private createFileSystem(storage: SharedStorageConfiguration, settings: EfsSettings): EfsFileSystem {
    const { clusterName, vpcId, memberGroupIds, subnetIds } = this.props;
    const id = pascalCase(storage.Name);
    const groupName = resourceName(nameLimits.securityGroup, clusterName, "efs", slug(storage.Name));
    const group = new SecurityGroup(this, `${id}SecurityGroup`, {
      name: groupName,
      description: `NFS clients of ${storage.Name} in the cluster ${clusterName}`,
      vpcId,
      tags: { Name: groupName },
    });
    for (const [role, peer] of Object.entries(memberGroupIds)) {
      new TrafficFrom(this, `${id}From${role}`, {
        securityGroupId: group.id,
        peer: { securityGroupId: peer },
        ports: nfs,
        description: `NFS of ${role.toLowerCase()} nodes`,
      });
    }
    const fileSystem = new EfsFileSystem(this, id, {
      encrypted: settings.Encrypted,
      kmsKeyId: settings.KmsKeyId,
      performanceMode: settings.PerformanceMode,
      throughputMode: settings.ThroughputMode,
      provisionedThroughputInMibps: settings.ProvisionedThroughput,
      tags: { Name: `${clusterName} ${storage.Name}` },
      lifecycle: settings.DeletionPolicy === "Retain" ? { preventDestroy: true } : undefined,
    });
    subnetIds.forEach((subnetId, index) => {
      // Subnets that the module makes have no id yet at synthesis, so the zone's place is the key.
      new EfsMountTarget(this, `${id}MountTarget-${index}`, {
        fileSystemId: fileSystem.id,
        subnetId,
        securityGroups: [group.id],
      });
    });
    this.createOtherTargets(id, fileSystem, group);
    return fileSystem;
  }

  /** A zone takes one mount target, and which zone a subnet lies in is known at plan time only. */
  private createOtherTargets(id: string, fileSystem: EfsFileSystem, group: SecurityGroup): void {
    const { subnetIds, otherSubnetIds = [] } = this.props;
    const zoneOf = (subnetId: string) =>
      new DataAwsSubnet(this, `${id}Subnet-${subnetId}`, { id: subnetId }).availabilityZone;
    const zones = otherSubnetIds.length === 0 ? [] : subnetIds.map(zoneOf);
    for (const subnetId of otherSubnetIds) {
      const zone = zoneOf(subnetId);
      new EfsMountTarget(this, `${id}MountTarget-${subnetId}`, {
        subnetId,
        count: TerraformCount.of(Token.asNumber(conditional(Fn.contains([...zones], zone), 0, 1))),
        fileSystemId: fileSystem.id,
        securityGroups: [group.id],
      });
      zones.push(zone);
    }
  }

  private createVolumes(storage: SharedStorageConfiguration, settings: EbsSettings): VolumeMount {
    const frame = { type: "ebs", ...frameOf(storage) } as const;
    if (settings.VolumeId !== undefined) {
      this.foundVolumes[storage.Name] = settings.VolumeId;
      return { ...frame, volumeIds: [settings.VolumeId] };
    }
    const count = settings.Raid?.NumberOfVolumes ?? 1;
    const volumes = Array.from({ length: count }, (_, index) => this.createVolume(storage, settings, index));
    this.createdVolumes[storage.Name] = volumes;
    return { ...frame, volumeIds: volumes.map(({ id }) => id), raid: settings.Raid?.Type };
  }

  private createVolume(storage: SharedStorageConfiguration, settings: EbsSettings, index: number): EbsVolume {
    const { clusterName, headZone } = this.props;
    return new EbsVolume(
      this,
      settings.Raid === undefined ? pascalCase(storage.Name) : `${pascalCase(storage.Name)}-${index}`,
      {
        availabilityZone: known(headZone, `${this.node.path}: the head node has no zone to put volumes in`),
        type: settings.VolumeType,
        size: settings.Size,
        iops: settings.Iops,
        throughput: settings.Throughput,
        encrypted: settings.Encrypted,
        kmsKeyId: settings.KmsKeyId,
        snapshotId: settings.SnapshotId,
        finalSnapshot: settings.DeletionPolicy === "Snapshot" ? true : undefined,
        tags: { Name: `${clusterName} ${storage.Name}` },
        lifecycle: settings.DeletionPolicy === "Retain" ? { preventDestroy: true } : undefined,
      },
    );
  }
}

function frameOf({ Name, MountDir }: SharedStorageConfiguration): { name: string; directory: string } {
  return { name: Name, directory: mountPath(MountDir) };
}

function settingsOf<T>(settings: T | undefined): T {
  if (settings === undefined) {
    throw new InternalError("the defaults left a storage without its settings");
  }
  return settings;
}

function firstOf(subnetIds: readonly string[]): string {
  const [first] = subnetIds;
  if (first === undefined) {
    throw new InternalError("a cluster has no subnet");
  }
  return first;
}
