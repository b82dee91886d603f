import { FsxDataRepositoryAssociation } from "@cdktf/provider-aws/lib/fsx-data-repository-association";
import { FsxLustreFileSystem } from "@cdktf/provider-aws/lib/fsx-lustre-file-system";
import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group";
import { Construct } from "constructs";
import { nameLimits, resourceName } from "../../../core";
import { madeSoFar } from "../slurm/boot-order";
import type { LustreSettings } from "../file/cluster-keys";
import type { LustreMount } from "./mounts";
import { TrafficFrom, TrafficTo } from "../network/security-rules";

/** What a {@link LustreFileSystem} is made of. */
export interface LustreFileSystemProps {
  /** The cluster's name. */
  readonly clusterName: string;
  /** The storage's name in the file. */
  readonly name: string;
  /** Where nodes mount it. */
  readonly mountDirectory: string;
  /** The file's settings. */
  readonly settings: LustreSettings;
  /** The one subnet that it lies in. */
  readonly subnetId: string;
  /** The VPC of that subnet. */
  readonly vpcId: string;
  /** Security groups of the nodes that mount it, by the role that they play. */
  readonly memberGroupIds: Readonly<Record<string, string>>;
}

/**
 * Ports that Lustre clients and servers use.
 *
 * @see https://docs.aws.amazon.com/fsx/latest/LustreGuide/limit-access-security-groups.html
 */
export const lustrePorts = [
  { from: 988, to: 988 },
  { from: 1018, to: 1023 },
] as const;

/** Which events an association writes back when the file says nothing: none. */
const noEvents: readonly string[] = [];

/**
 * An FSx for Lustre file system that only the cluster's nodes reach.
 *
 * **Creates** the file system, a security group with the Lustre ports from each kind of node and
 * between the servers, and the data repository associations.
 */
export class LustreFileSystem extends Construct {
  /** The file system, for settings that this construct does not model. */
  public readonly resource: FsxLustreFileSystem;
  /** Its security group. */
  public readonly securityGroup: SecurityGroup;

  private readonly props: LustreFileSystemProps;

  public constructor(scope: Construct, id: string, props: LustreFileSystemProps) {
    super(scope, id);
    this.props = props;
    this.securityGroup = this.createSecurityGroup();
    const rules = madeSoFar(this);
    this.resource = this.createFileSystem();
    // FSx refuses a file system whose group does not let its own traffic through yet.
    this.resource.dependsOn = rules;
    this.createAssociations();
  }

  /** How nodes mount it. */
  public get mount(): LustreMount {
    const { name, mountDirectory } = this.props;
    const { id, mountName, dnsName } = this.resource;
    return { type: "lustre", name, directory: mountDirectory, fileSystemId: id, mountName, dnsName };
  }

  private createSecurityGroup(): SecurityGroup {
    const { clusterName, name, vpcId, memberGroupIds, settings } = this.props;
    const groupName = resourceName(nameLimits.securityGroup, clusterName, "lustre", slug(name));
    const group = new SecurityGroup(this, "SecurityGroup", {
      name: groupName,
      description: `Lustre clients of ${name} in the cluster ${clusterName}`,
      vpcId,
      tags: { Name: groupName },
    });
    createLustreRules(this, group.id, { Itself: group.id, ...memberGroupIds });
    if (settings.Meridian.EfaEnabled) {
      const description = "EFA between clients and servers";
      for (const [role, peer] of Object.entries({
        Itself: group.id,
        Compute: memberGroupIds.Compute ?? group.id,
      })) {
        const rule = {
          securityGroupId: group.id,
          peer: { securityGroupId: peer },
          ports: "all" as const,
          description,
        };
        new TrafficFrom(this, `EfaFrom${role}`, rule);
        new TrafficTo(this, `EfaTo${role}`, rule);
      }
      if (memberGroupIds.Compute !== undefined) {
        // A block of addresses lets no EFA traffic through: the clients' group must name the servers' too.
        const rule = {
          securityGroupId: memberGroupIds.Compute,
          peer: { securityGroupId: group.id },
          ports: "all" as const,
          description: `EFA of the file system ${name}`,
        };
        new TrafficFrom(this, "ComputeFromEfa", rule);
        new TrafficTo(this, "ComputeToEfa", rule);
      }
    }
    return group;
  }

  private createFileSystem(): FsxLustreFileSystem {
    const { clusterName, name, settings, subnetId } = this.props;
    const restored = settings.BackupId !== undefined;
    const persistent = settings.DeploymentType.startsWith("PERSISTENT");
    return new FsxLustreFileSystem(this, "Resource", {
      subnetIds: [subnetId],
      securityGroupIds: [this.securityGroup.id],
      storageCapacity: settings.StorageCapacity,
      storageType: restored ? undefined : settings.StorageType,
      deploymentType: settings.DeploymentType,
      fileSystemTypeVersion: settings.Meridian.FileSystemTypeVersion,
      perUnitStorageThroughput: settings.PerUnitStorageThroughput,
      driveCacheType: settings.StorageType === "HDD" ? (settings.DriveCacheType ?? "NONE") : undefined,
      dataCompressionType: settings.DataCompressionType,
      importPath: settings.ImportPath,
      exportPath: settings.ExportPath,
      importedFileChunkSize: settings.ImportedFileChunkSize,
      autoImportPolicy: settings.AutoImportPolicy,
      weeklyMaintenanceStartTime: settings.WeeklyMaintenanceStartTime,
      automaticBackupRetentionDays: settings.AutomaticBackupRetentionDays,
      dailyAutomaticBackupStartTime: settings.DailyAutomaticBackupStartTime,
      copyTagsToBackups: settings.CopyTagsToBackups,
      backupId: settings.BackupId,
      kmsKeyId: settings.KmsKeyId,
      efaEnabled: settings.Meridian.EfaEnabled ? true : undefined,
      metadataConfiguration:
        settings.Meridian.MetadataMode === undefined
          ? undefined
          : { mode: settings.Meridian.MetadataMode, iops: settings.Meridian.MetadataIops },
      skipFinalBackup: persistent ? settings.DeletionPolicy === "Delete" : undefined,
      tags: { Name: `${clusterName} ${name}` },
      lifecycle: settings.DeletionPolicy === "Retain" ? { preventDestroy: true } : undefined,
    });
  }

  private createAssociations(): void {
    for (const association of this.props.settings.DataRepositoryAssociations ?? []) {
      new FsxDataRepositoryAssociation(this, `Association-${association.Name}`, {
        fileSystemId: this.resource.id,
        dataRepositoryPath: association.DataRepositoryPath,
        fileSystemPath: association.FileSystemPath,
        batchImportMetaDataOnCreate: association.BatchImportMetaDataOnCreate,
        importedFileChunkSize: association.ImportedFileChunkSize,
        s3: {
          autoImportPolicy: { events: [...(association.AutoImportPolicy ?? noEvents)] },
          autoExportPolicy: { events: [...(association.AutoExportPolicy ?? noEvents)] },
        },
        tags: { Name: association.Name },
      });
    }
  }
}

/** Opens the Lustre ports of a file system's group to peers, in both directions. */
export function createLustreRules(
  scope: Construct,
  groupId: string,
  peers: Readonly<Record<string, string>>,
): void {
  for (const [role, peer] of Object.entries(peers)) {
    for (const ports of lustrePorts) {
      const rule = {
        securityGroupId: groupId,
        peer: { securityGroupId: peer },
        ports,
        description: role === "Itself" ? "Lustre between servers" : `Lustre of ${role.toLowerCase()} nodes`,
      };
      new TrafficFrom(scope, `LustreFrom${role}-${ports.from}`, rule);
      new TrafficTo(scope, `LustreTo${role}-${ports.from}`, rule);
    }
  }
}

/** A storage's name as part of an AWS name. */
export function slug(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]+/g, "-");
}
