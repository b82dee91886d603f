/** How a node mounts one shared storage. Rendered into `mounts.json`, which the nodes read. */
export type Mount = LustreMount | EfsMount | FsxVolumeMount | VolumeMount;

interface MountFrame {
  /** The storage's name in the file. */
  readonly name: string;
  /** Where it is mounted. */
  readonly directory: string;
}

/** An FSx for Lustre file system. */
export interface LustreMount extends MountFrame {
  readonly type: "lustre";
  readonly fileSystemId: string;
  /** The Lustre name of the file system; a node asks FSx for it where it is absent. */
  readonly mountName?: string;
  readonly dnsName: string;
}

/** An EFS file system. */
export interface EfsMount extends MountFrame {
  readonly type: "efs";
  readonly fileSystemId: string;
  readonly dnsName: string;
  readonly tls: boolean;
  readonly iam: boolean;
  readonly accessPointId?: string;
}

/** A volume of an existing OpenZFS or ONTAP file system. A node asks FSx where it is served. */
export interface FsxVolumeMount extends MountFrame {
  readonly type: "openzfs" | "ontap";
  readonly volumeId: string;
}

/** EBS volumes on the head node, which the other nodes mount over NFS. */
export interface VolumeMount extends MountFrame {
  readonly type: "ebs";
  readonly volumeIds: readonly string[];
  /** The RAID level; a single volume has none. */
  readonly raid?: 0 | 1;
}
