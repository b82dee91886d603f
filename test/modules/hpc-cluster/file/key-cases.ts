import { stringify } from "yaml";
import type { KeyRow } from "../../../../modules/hpc-cluster";
import type { ChoiceShape, ListShape, NumberShape } from "../../../../modules/hpc-cluster/file/key-schema";

/**
 * How each key of a cluster file is shown to do what the table in the README says: the key is set to
 * another value in a file that has every section, and the cluster built from it is compared.
 */

type Value = string | number | boolean | null | readonly Value[] | { readonly [key: string]: Value };

const tags = [{ Key: "a", Value: "b" }];
const script = { Script: "s3://scripts/one.sh", Args: ["x"] };
const reservation = "cr-0123456789abcdef0";
const secret = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:one";
const policy = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess";
const groups = ["sg-0123456789abcdef0"];

const scripts = { OnNodeStart: script, OnNodeConfigured: script };
const iam = {
  S3Access: [{ BucketName: "data", KeyName: "in/*" }],
  AdditionalIamPolicies: [{ Policy: policy }],
};
const proxy = { HttpProxyAddress: "http://proxy:3128" };

/** A Slurm file with every section that a Slurm cluster can have at once. */
const slurm = {
  Image: { Os: "alinux2023" },
  HeadNode: {
    InstanceType: "c5.xlarge",
    Networking: { SubnetId: "subnet-11111111111111111", Proxy: proxy },
    Ssh: { KeyName: "hpc", AllowedIps: "10.0.0.0/8" },
    CustomActions: { ...scripts, OnNodeUpdated: script },
    Iam: iam,
  },
  LoginNodes: {
    Pools: [
      {
        Name: "login",
        InstanceType: "c5.large",
        Count: 1,
        Networking: { SubnetIds: ["subnet-11111111111111111"], Proxy: proxy },
        Ssh: { AllowedIps: "10.0.0.0/8" },
        CustomActions: scripts,
        Iam: { AdditionalIamPolicies: [{ Policy: policy }] },
      },
    ],
  },
  Scheduling: {
    Scheduler: "slurm",
    SlurmSettings: {
      Database: { Uri: "db:3306", UserName: "slurm", PasswordSecretArn: secret },
      CustomSlurmSettings: [{ MaxJobCount: "5" }],
    },
    SlurmQueues: [
      {
        Name: "q1",
        Networking: { SubnetIds: ["subnet-22222222222222222"], Proxy: proxy },
        CustomActions: scripts,
        Iam: iam,
        Tags: tags,
        CustomSlurmSettings: { MaxNodes: "5" },
        ComputeResources: [
          {
            Name: "cr1",
            InstanceType: "c5n.18xlarge",
            MinCount: 1,
            MaxCount: 4,
            Networking: { PlacementGroup: { Enabled: false } },
            CustomSlurmSettings: { TmpDisk: "5" },
            Tags: [{ Key: "c", Value: "d" }],
          },
        ],
      },
    ],
  },
  SharedStorage: [
    {
      MountDir: "/fsx",
      Name: "fsx",
      StorageType: "FsxLustre",
      FsxLustreSettings: {
        StorageCapacity: 2400,
        DeploymentType: "PERSISTENT_2",
        PerUnitStorageThroughput: 250,
        DataRepositoryAssociations: [
          { Name: "in", FileSystemPath: "/in", DataRepositoryPath: "s3://data/in" },
        ],
      },
    },
  ],
  Tags: [{ Key: "team", Value: "cfd" }],
} as const;

const batch = {
  Image: { Os: "alinux2023" },
  Scheduling: {
    Scheduler: "awsbatch",
    AwsBatchSettings: {
      Meridian: {
        JobDefinitions: [
          { Name: "one", Image: "a/b:1", Mounts: [{ SharedStorage: "fsx", ContainerPath: "/data" }] },
        ],
      },
    },
    AwsBatchQueues: [
      {
        Name: "b1",
        Networking: { SubnetIds: ["subnet-22222222222222222"] },
        ComputeResources: [{ Name: "cr1", InstanceTypes: ["c5n.18xlarge"], MaxvCpus: 144 }],
      },
    ],
  },
  SharedStorage: [
    { MountDir: "/fsx", Name: "fsx", StorageType: "FsxLustre", FsxLustreSettings: { StorageCapacity: 1200 } },
  ],
} as const;

const queue = "Scheduling.SlurmQueues[]";
const resource = `${queue}.ComputeResources[]`;
const settings = "Scheduling.SlurmSettings";
const lustre = "SharedStorage[].FsxLustreSettings";
const job = "Scheduling.AwsBatchSettings.Meridian.JobDefinitions[]";
const batchQueue = "Scheduling.AwsBatchQueues[]";

const ebs = { MountDir: "/a", Name: "a", StorageType: "Ebs", EbsSettings: { Raid: { Type: 0 } } };
const efs = { MountDir: "/a", Name: "a", StorageType: "Efs", EfsSettings: {} };
const scratch = { "SharedStorage[].FsxLustreSettings": { StorageCapacity: 1200, ImportPath: "s3://data" } };
const transfer = "Meridian.DataTransfers[]";
const budget = { "Meridian.Budget": { MonthlyUsd: 100, Emails: ["a@example.com"] } };
const associations = {
  "SharedStorage[].FsxLustreSettings": {
    StorageCapacity: 1200,
    DataRepositoryAssociations: [
      { Name: "in", FileSystemPath: "/in", DataRepositoryPath: "s3://data/in" },
      { Name: "out", FileSystemPath: "/out", DataRepositoryPath: "s3://data/out" },
    ],
  },
};
const agent = (id: string) => `arn:aws:datasync:eu-west-1:111122223333:agent/agent-${id}`;
const fromNfs = {
  ...associations,
  [transfer]: {
    Name: "site",
    Association: "in",
    Nfs: { ServerHostname: "nfs.example.com", Path: "/export", AgentArns: [agent("1")] },
  },
};
const fromBucket = { ...associations, [transfer]: { Name: "raw", Association: "in", S3Path: "s3://raw" } };
const directory = {
  DomainName: "a.example.com",
  DomainAddr: "ldaps://a",
  PasswordSecretArn: secret,
  DomainReadOnlyUser: "cn=r",
};

/** What a key needs beside itself, and a value where the shape alone does not give one. */
export interface KeySetting {
  /** The value to set; found from the key's shape when absent. */
  readonly value?: Value;
  /** Other keys that both files have. */
  readonly also?: Readonly<Record<string, Value>>;
}

const inEbs = (value?: Value): KeySetting => ({ value, also: { "SharedStorage[]": ebs } });
const inEfs = (value?: Value, also: Record<string, Value> = {}): KeySetting => ({
  value,
  also: { "SharedStorage[]": efs, ...also },
});
const inScratch = (value?: Value): KeySetting => ({ value, also: scratch });
const inDirectory = (value: Value): KeySetting => ({ value, also: { DirectoryService: directory } });
const without = (...paths: string[]) => Object.fromEntries(paths.map((path) => [path, null]));

/** Settings of keys that need more than their shape says. */
export const keySettings: Readonly<Record<string, KeySetting>> = {
  Region: { value: "eu-west-1" },
  "Image.Os": { value: "ubuntu2404" },
  "Image.CustomAmi": { value: "ami-0123456789abcdef0" },
  "HeadNode.InstanceType": { value: "c5.large" },
  "HeadNode.Networking.SubnetId": { value: "subnet-44444444444444444" },
  "HeadNode.Networking.ElasticIp": { value: true },
  "HeadNode.LocalStorage.RootVolume.VolumeType": { value: "gp2" },
  "HeadNode.LocalStorage.RootVolume.Iops": { value: 4000 },
  "HeadNode.LocalStorage.RootVolume.Throughput": { value: 250 },
  "HeadNode.Image.CustomAmi": { value: "ami-0123456789abcdef0" },
  "HeadNode.Dcv": { value: { Enabled: true } },
  "LoginNodes.Pools[].InstanceType": { value: "c5.xlarge" },
  "LoginNodes.Pools[].Networking.SubnetIds": { value: ["subnet-44444444444444444"] },
  "LoginNodes.Pools[].Dcv": { value: { Enabled: true } },
  "LoginNodes.Pools[].CustomActions.OnNodeUpdated": { value: script },
  [`${settings}.Dns.HostedZoneId`]: { value: "Z0123" },
  [`${settings}.Database.Uri`]: { value: "other:3306" },
  [`${settings}.Database.DatabaseName`]: { value: "other" },
  [`${settings}.ExternalSlurmdbd.Host`]: {
    value: "dbd",
    also: {
      ...without(`${settings}.Database`),
      [`${settings}.MungeKeySecretArn`]: secret,
      [`${settings}.ExternalSlurmdbd`]: { Host: "first" },
    },
  },
  [`${settings}.ExternalSlurmdbd.Port`]: {
    also: {
      ...without(`${settings}.Database`),
      [`${settings}.MungeKeySecretArn`]: secret,
      [`${settings}.ExternalSlurmdbd`]: { Host: "first" },
    },
  },
  [`${settings}.CustomSlurmSettings`]: { value: [{ MaxJobCount: "6" }] },
  [`${settings}.CustomSlurmSettingsIncludeFile`]: {
    value: "s3://data/slurm.conf",
    also: without(`${settings}.CustomSlurmSettings`),
  },
  [`${queue}.CapacityType`]: { value: "SPOT" },
  [`${queue}.AllocationStrategy`]: {
    value: "capacity-optimized",
    also: { [`${queue}.CapacityType`]: "SPOT" },
  },
  [`${queue}.Meridian.SpotFallback`]: { also: { [`${queue}.CapacityType`]: "SPOT" } },
  [`${queue}.CustomSlurmSettings`]: { value: { MaxNodes: "6" } },
  [`${queue}.ComputeSettings.LocalStorage.RootVolume.Iops`]: { value: 4000 },
  [`${queue}.ComputeSettings.LocalStorage.RootVolume.Throughput`]: { value: 250 },
  [`${queue}.Networking.SubnetIds`]: { value: ["subnet-44444444444444444"] },
  [`${queue}.CapacityReservationTarget.CapacityReservationId`]: { value: reservation },
  [`${queue}.Image.CustomAmi`]: { value: "ami-0123456789abcdef0" },
  [`${queue}.Networking.PlacementGroup.Enabled`]: { also: { [`${resource}.Networking`]: {} }, value: true },
  [`${queue}.Networking.PlacementGroup.Id`]: { also: { [`${resource}.Networking`]: {} } },
  [`${queue}.Networking.PlacementGroup.Name`]: { also: { [`${resource}.Networking`]: {} } },
  [`${resource}.Networking.PlacementGroup.Id`]: { also: { [`${resource}.Networking`]: {} } },
  [`${resource}.Networking.PlacementGroup.Name`]: { also: { [`${resource}.Networking`]: {} } },
  [`${resource}.InstanceType`]: { value: "c5.large" },
  [`${resource}.Instances[].InstanceType`]: {
    value: "c5.large",
    also: {
      ...without(`${resource}.InstanceType`),
      [`${resource}.Instances`]: [{ InstanceType: "m5.large" }],
    },
  },
  [`${resource}.SpotPrice`]: { value: 0.5, also: { [`${queue}.CapacityType`]: "SPOT" } },
  [`${resource}.Efa.GdrSupport`]: { also: { [`${resource}.Efa`]: { Enabled: true } } },
  [`${resource}.MaxCount`]: { value: 8 },
  [`${resource}.SchedulableMemory`]: { value: 1000 },
  [`${resource}.CapacityReservationTarget.CapacityReservationId`]: { value: reservation },
  [`${resource}.CustomSlurmSettings`]: { value: { TmpDisk: "6" } },
  [`${resource}.LaunchTemplateOverrides`]: { value: { LaunchTemplateId: "lt-1", Version: "1" } },
  "SharedStorage[].MountDir": { value: "/other" },
  "SharedStorage[].StorageType": {
    value: "Ebs",
    also: { "SharedStorage[]": { MountDir: "/a", Name: "a", StorageType: "Efs" } },
  },
  "SharedStorage[].FsxOpenZfsSettings.VolumeId": {
    value: "fsvol-0123456789abcdef1",
    also: {
      "SharedStorage[]": {
        MountDir: "/a",
        Name: "a",
        StorageType: "FsxOpenZfs",
        FsxOpenZfsSettings: { VolumeId: "fsvol-0123456789abcdef0" },
      },
    },
  },
  "SharedStorage[].FsxOntapSettings.VolumeId": {
    value: "fsvol-0123456789abcdef1",
    also: {
      "SharedStorage[]": {
        MountDir: "/a",
        Name: "a",
        StorageType: "FsxOntap",
        FsxOntapSettings: { VolumeId: "fsvol-0123456789abcdef0" },
      },
    },
  },
  "SharedStorage[].FileCacheSettings.FileCacheId": {
    value: "fc-0123456789abcdef0",
    also: { "SharedStorage[]": { MountDir: "/a", Name: "a", StorageType: "FileCache" } },
  },
  "SharedStorage[].FileCacheSettings": {
    value: { FileCacheId: "fc-0123456789abcdef0" },
    also: { "SharedStorage[]": { MountDir: "/a", Name: "a", StorageType: "FileCache" } },
  },
  "SharedStorage[].EbsSettings.VolumeType": inEbs("gp2"),
  "SharedStorage[].EbsSettings.Iops": inEbs(4000),
  "SharedStorage[].EbsSettings.Size": inEbs(100),
  "SharedStorage[].EbsSettings.Encrypted": inEbs(),
  "SharedStorage[].EbsSettings.KmsKeyId": inEbs(),
  "SharedStorage[].EbsSettings.SnapshotId": inEbs("snap-0123456789abcdef0"),
  "SharedStorage[].EbsSettings.Throughput": inEbs(250),
  "SharedStorage[].EbsSettings.VolumeId": {
    value: "vol-0123456789abcdef0",
    also: { "SharedStorage[]": { ...ebs, EbsSettings: {} } },
  },
  "SharedStorage[].EbsSettings.DeletionPolicy": inEbs("Snapshot"),
  "SharedStorage[].EbsSettings.Raid.Type": inEbs(1),
  "SharedStorage[].EbsSettings.Raid.NumberOfVolumes": inEbs(3),
  "SharedStorage[].EfsSettings.Encrypted": inEfs(),
  "SharedStorage[].EfsSettings.KmsKeyId": inEfs("key", { "SharedStorage[].EfsSettings.Encrypted": true }),
  "SharedStorage[].EfsSettings.PerformanceMode": inEfs(),
  "SharedStorage[].EfsSettings.ThroughputMode": inEfs("bursting"),
  "SharedStorage[].EfsSettings.ProvisionedThroughput": inEfs(20, {
    "SharedStorage[].EfsSettings": { ThroughputMode: "provisioned", ProvisionedThroughput: 10 },
  }),
  "SharedStorage[].EfsSettings.FileSystemId": inEfs("fs-0123456789abcdef0"),
  "SharedStorage[].EfsSettings.DeletionPolicy": inEfs("Retain"),
  "SharedStorage[].EfsSettings.AccessPointId": inEfs("fsap-0123456789abcdef0", {
    "SharedStorage[].EfsSettings": { FileSystemId: "fs-0123456789abcdef0", EncryptionInTransit: true },
  }),
  "SharedStorage[].EfsSettings.EncryptionInTransit": inEfs(),
  "SharedStorage[].EfsSettings.IamAuthorization": inEfs(true, {
    "SharedStorage[].EfsSettings.EncryptionInTransit": true,
  }),
  [`${lustre}.StorageCapacity`]: { value: 4800 },
  [`${lustre}.DeploymentType`]: {
    value: "PERSISTENT_1",
    also: {
      [`${lustre}.PerUnitStorageThroughput`]: null,
      [`${lustre}.BackupId`]: "backup-0123456789abcdef0",
      [`${lustre}.StorageCapacity`]: null,
    },
  },
  [`${lustre}.StorageType`]: {
    value: "HDD",
    also: { [lustre]: { DeploymentType: "PERSISTENT_1", BackupId: "backup-0123456789abcdef0" } },
  },
  [`${lustre}.PerUnitStorageThroughput`]: { value: 500 },
  [`${lustre}.DriveCacheType`]: {
    value: "READ",
    also: {
      [lustre]: {
        StorageType: "HDD",
        DeploymentType: "PERSISTENT_1",
        PerUnitStorageThroughput: 12,
        StorageCapacity: 6000,
      },
    },
  },
  [`${lustre}.ImportPath`]: inScratch("s3://other"),
  [`${lustre}.ExportPath`]: inScratch("s3://data/out"),
  [`${lustre}.ImportedFileChunkSize`]: inScratch(2048),
  [`${lustre}.AutoImportPolicy`]: inScratch("NEW"),
  [`${lustre}.WeeklyMaintenanceStartTime`]: { value: "1:01:30" },
  [`${lustre}.DailyAutomaticBackupStartTime`]: {
    value: "01:30",
    also: { [`${lustre}.AutomaticBackupRetentionDays`]: 5 },
  },
  [`${lustre}.CopyTagsToBackups`]: { value: true, also: { [`${lustre}.AutomaticBackupRetentionDays`]: 5 } },
  [`${lustre}.BackupId`]: {
    value: "backup-0123456789abcdef0",
    also: { [lustre]: { DeploymentType: "PERSISTENT_1", BackupId: "backup-00000000" } },
  },
  [`${lustre}.FileSystemId`]: {
    value: "fs-0123456789abcdef0",
    also: { [lustre]: { FileSystemId: "fs-0123456789abcdef1" } },
  },
  [`${lustre}.DataRepositoryAssociations[].DataRepositoryPath`]: { value: "s3://other" },
  [`${lustre}.DataRepositoryAssociations[].FileSystemPath`]: { value: "/other" },
  [`${lustre}.DataRepositoryAssociations[].AutoExportPolicy`]: { value: ["NEW"] },
  [`${lustre}.DataRepositoryAssociations[].AutoImportPolicy`]: { value: ["NEW"] },
  [`${lustre}.Meridian.EfaEnabled`]: {
    also: { [`${lustre}.StorageCapacity`]: 19_200, [`${lustre}.Meridian`]: { MetadataMode: "AUTOMATIC" } },
  },
  [`${lustre}.Meridian.MetadataMode`]: { value: "AUTOMATIC" },
  [`${lustre}.Meridian.MetadataIops`]: {
    value: 3000,
    also: { [`${lustre}.Meridian`]: { MetadataMode: "USER_PROVISIONED", MetadataIops: 1500 } },
  },
  [`${lustre}.Meridian.SecurityGroups`]: {
    value: groups,
    also: { [lustre]: { FileSystemId: "fs-0123456789abcdef1" } },
  },
  "Monitoring.Logs.CloudWatch.DeletionPolicy": { value: "Delete" },
  "AdditionalPackages.IntelSoftware.IntelHpcPlatform": { value: false },
  AdditionalPackages: { value: { IntelSoftware: { IntelHpcPlatform: false } } },
  "Iam.Roles": { value: { LambdaFunctionsRole: "arn:aws:iam::111122223333:role/l" } },
  DirectoryService: { value: directory },
  "DirectoryService.DomainName": inDirectory("other.example.com"),
  "DirectoryService.DomainAddr": inDirectory("ldaps://other.example.com"),
  "DirectoryService.PasswordSecretArn": inDirectory(
    "arn:aws:ssm:eu-west-1:111122223333:parameter/directory/password",
  ),
  "DirectoryService.DomainReadOnlyUser": inDirectory("cn=other"),
  "DirectoryService.LdapTlsCaCert": inDirectory("/etc/other.pem"),
  "DirectoryService.LdapTlsReqCert": inDirectory("demand"),
  "DirectoryService.LdapAccessFilter": inDirectory("memberOf=cn=other"),
  "DirectoryService.GenerateSshKeysForUsers": inDirectory(false),
  "DirectoryService.AdditionalSssdConfigs": inDirectory({ debug_level: "1" }),
  "DevSettings.Cookbook": { value: { ChefCookbook: "x" } },
  "DevSettings.AmiSearchFilters.Tags[].Key": {
    value: "c",
    also: { "DevSettings.AmiSearchFilters": { Tags: tags } },
  },
  "DevSettings.AmiSearchFilters.Tags[].Value": {
    value: "c",
    also: { "DevSettings.AmiSearchFilters": { Tags: tags } },
  },
  "DevSettings.InstanceTypesData": { value: '{"c5n.18xlarge": {"VCpuInfo": {"DefaultVCpus": 8}}}' },
  "DevSettings.EfaInterfaceType": { value: "efa", also: { [`${resource}.Efa`]: { Enabled: true } } },
  "DeploymentSettings.LambdaFunctionsVpcConfig": {
    value: { SecurityGroupIds: groups, SubnetIds: ["subnet-11111111111111111"] },
  },
  "Meridian.NetworkCidrBlock": {
    value: "10.64.0.0/16",
    also: without(
      "HeadNode.Networking.SubnetId",
      `${queue}.Networking.SubnetIds`,
      "LoginNodes.Pools[].Networking.SubnetIds",
    ),
  },
  "Meridian.DirectConnectGatewayId": {
    value: "11111111-2222-3333-4444-555555555555",
    also: without(
      "HeadNode.Networking.SubnetId",
      `${queue}.Networking.SubnetIds`,
      "LoginNodes.Pools[].Networking.SubnetIds",
    ),
  },
  "Meridian.ReadyImage.InstanceType": { value: "c5.2xlarge", also: { "Meridian.ReadyImage.Enabled": true } },
  "Meridian.Budget.MonthlyUsd": { value: 200, also: budget },
  "Meridian.Budget.AlertPercentages": { value: [50], also: budget },
  "Meridian.Budget.Emails": { value: ["b@example.com"], also: budget },
  [`${transfer}.Name`]: { value: "other", also: fromNfs },
  [`${transfer}.Association`]: { value: "out", also: fromNfs },
  [`${transfer}.Nfs.ServerHostname`]: { value: "nfs2.example.com", also: fromNfs },
  [`${transfer}.Nfs.Path`]: { value: "/other", also: fromNfs },
  [`${transfer}.Nfs.AgentArns`]: { value: [agent("2")], also: fromNfs },
  [`${transfer}.S3Path`]: { value: "s3://other", also: fromBucket },
  [`${transfer}.Schedule`]: { value: "rate(1 day)", also: fromNfs },
  "Meridian.MirrorBucket": { value: "copies-of-downloads" },
  "Meridian.Zone": {
    value: "eu-west-1b",
    also: without(
      "HeadNode.Networking.SubnetId",
      `${queue}.Networking.SubnetIds`,
      "LoginNodes.Pools[].Networking.SubnetIds",
    ),
  },
  [`${batchQueue}.CapacityType`]: { value: "SPOT" },
  [`${batchQueue}.Meridian.Fargate`]: { also: without("SharedStorage", `${job}.Mounts`) },
  [`${batchQueue}.Networking.SubnetIds`]: { value: ["subnet-44444444444444444"] },
  [`${batchQueue}.ComputeResources[].InstanceTypes`]: { value: ["c5.large"] },
  [`${batchQueue}.ComputeResources[].DesiredvCpus`]: { value: 72 },
  [`${batchQueue}.ComputeResources[].MaxvCpus`]: { value: 288 },
  [`${batchQueue}.ComputeResources[].SpotBidPercentage`]: {
    value: 60,
    also: { [`${batchQueue}.CapacityType`]: "SPOT" },
  },
  [`${job}.Efa`]: { value: 1, also: { [`${batchQueue}.Meridian.Efa`]: true } },
  [`${job}.Vcpus`]: { value: 4 },
  [`${job}.JobRoleArn`]: { value: "arn:aws:iam::111122223333:role/job" },
  [`${job}.Environment`]: { value: { A: "b" } },
  [`${job}.Mounts[].SharedStorage`]: {
    value: "other",
    also: { SharedStorage: [...batch.SharedStorage, { MountDir: "/o", Name: "other", StorageType: "Efs" }] },
  },
};

/** The words that a text key is set to, by the end of its path. */
const textsByEnd: readonly (readonly [RegExp, Value])[] = [
  [/AllowedIps$/, "10.1.0.0/16"],
  [/SecurityGroups$/, groups],
  [/HttpProxyAddress$/, "http://other:3128"],
  [/InstanceRole$/, "arn:aws:iam::111122223333:role/own"],
  [/InstanceProfile$/, "arn:aws:iam::111122223333:instance-profile/own"],
  [/\.Policy$/, "arn:aws:iam::aws:policy/ReadOnlyAccess"],
  [/PermissionsBoundary$/, "arn:aws:iam::111122223333:policy/boundary"],
  [/ResourceGroupArn$/, "arn:aws:resource-groups:eu-west-1:111122223333:group/g"],
  [/SecretArn$/, "arn:aws:secretsmanager:eu-west-1:111122223333:secret:two"],
  [/Script$/, "https://example.com/two.sh"],
  [/(OnNodeStart|OnNodeConfigured|OnNodeUpdated)\.Sequence\[\]\.Script$/, "https://example.com/three.sh"],
  [/CustomAmi$/, "ami-0123456789abcdef0"],
  [/(MountDir|ContainerPath)$/, "/elsewhere"],
  [/\.Args$|Command$/, ["y"]],
];

/** Sections that nothing is made of: they are given whole, with the key in them. */
const wholeSections: Readonly<Record<string, Value>> = {
  "DeploymentSettings.LambdaFunctionsVpcConfig": {
    SecurityGroupIds: groups,
    SubnetIds: ["subnet-11111111111111111"],
  },
  "LoginNodes.Pools[].CustomActions.OnNodeUpdated": script,
  "Iam.Roles": { LambdaFunctionsRole: "arn:aws:iam::111122223333:role/l" },
};

/** The two files of a key: without its new value, and with it. */
export function filesOf(row: KeyRow): { before: string; after: string } {
  const { also = {}, value } = keySettings[row.path] ?? {};
  if (row.path === "Scheduling.Scheduler") {
    return { before: stringify(batch), after: stringify(slurm) };
  }
  const isBatch = row.path.includes("AwsBatch");
  const base = structuredClone(isBatch ? batch : slurm) as unknown as Value;
  const before = Object.entries({ ...exclusive(row.path), ...also }).reduce(
    (file, [path, one]) => withValue(file, parts(path), one),
    base,
  );
  const whole = Object.keys(wholeSections).find((section) => row.path.startsWith(section));
  const after =
    whole === undefined
      ? withValue(before, parts(row.path), value ?? valueOf(row, valueAt(before, parts(row.path))))
      : withValue(before, parts(whole), wholeSections[whole] ?? null);
  return { before: stringify(before), after: stringify(after) };
}

/** Keys that must go where another of their group comes. */
function exclusive(path: string): Record<string, Value> {
  const section = /^(.*\.Iam)\.Instance(Role|Profile)$/.exec(path)?.[1];
  if (section !== undefined) {
    return { [section]: {} };
  }
  const action = /^(.*\.(OnNodeStart|OnNodeConfigured|OnNodeUpdated))\.Sequence/.exec(path)?.[1];
  return action === undefined ? {} : { [action]: { Sequence: [script, script] } };
}

function valueOf({ path, shape, presence }: KeyRow, now: Value | undefined): Value {
  const text = textsByEnd.find(([end]) => end.test(path));
  if (text !== undefined) {
    return text[1];
  }
  const current =
    now ?? (presence !== "" && presence !== "required" ? (JSON.parse(presence) as Value) : undefined);
  switch (shape.kind) {
    case "boolean":
      return current !== true;
    case "choice":
      return (
        (shape as ChoiceShape<string | number>).values.find((one) => one !== current && one !== "alinux2") ??
        ""
      );
    case "integer":
    case "number":
      return numberFor(shape as NumberShape, current);
    case "list":
      return [
        valueOf({ path, shape: (shape as ListShape<unknown>).item, presence: "" } as KeyRow, undefined),
      ];
    default:
      return "other";
  }
}

function numberFor({ minimum = 0, maximum = 1_000_000 }: NumberShape, current: Value | undefined): number {
  const next = typeof current === "number" ? current + 1 : minimum + 1;
  return next > maximum ? minimum : next;
}

function parts(path: string): (string | 0)[] {
  return path.split(".").flatMap((part) => (part.endsWith("[]") ? [part.slice(0, -2), 0 as const] : [part]));
}

function valueAt(value: Value | undefined, path: readonly (string | 0)[]): Value | undefined {
  return path.reduce<Value | undefined>(
    (at, part) => (at as Record<string | number, Value> | undefined)?.[part],
    value,
  );
}

function withValue(value: Value | undefined, [part, ...rest]: readonly (string | 0)[], set: Value): Value {
  if (part === undefined) {
    return set;
  }
  if (part === 0) {
    const items = Array.isArray(value) ? (value as Value[]) : [];
    return [withValue(items[0], rest, set), ...items.slice(1)];
  }
  const section = { ...(value as Record<string, Value> | undefined) };
  const inner = rest.length === 0 && set === null ? undefined : withValue(section[part], rest, set);
  return Object.fromEntries([
    ...Object.entries(section).filter(([key]) => key !== part),
    ...(inner === undefined ? [] : [[part, inner] as const]),
  ]);
}
