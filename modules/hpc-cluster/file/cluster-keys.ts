import {
  boolean,
  choice,
  decimal,
  defaulted,
  dictionary,
  either,
  integer,
  list,
  nested,
  optional,
  required,
  section,
  text,
  textLike,
  type SectionValue,
  type ShapeValue,
} from "./key-schema";

/**
 * The keys of a ParallelCluster 3 configuration file, and the few that Meridian adds under
 * `Meridian` sections, which ParallelCluster does not use.
 *
 * @see https://docs.aws.amazon.com/parallelcluster/latest/ug/cluster-configuration-file-v3.html
 */

const extension = { extension: true } as const;

const checked = (note: string) => ({ support: "checked", note }) as const;

const refused = (note: string) => ({ support: "refused", note }) as const;

const warned = (note: string) => ({ support: "warned", note }) as const;

/** Text that cannot begin a line of its own where it is written into a file. */
const line = textLike(/^[^\p{Cc}]+$/u, "be one line of text without control characters");

const subnetId = textLike(
  /^subnet-([0-9a-z]{8}|[0-9a-z]{17})$/,
  "be a subnet id such as subnet-0123456789abcdef0",
);
const securityGroupId = textLike(
  /^sg-([0-9a-z]{8}|[0-9a-z]{17})$/,
  "be a security group id such as sg-0123456789abcdef0",
);
const amiId = textLike(/^ami-([0-9a-z]{8}|[0-9a-z]{17})$/, "be an AMI id such as ami-0123456789abcdef0");
const fileSystemId = textLike(
  /^fs-([0-9a-z]{8}|[0-9a-z]{17})$/,
  "be a file system id such as fs-0123456789abcdef0",
);
const fsxVolumeId = textLike(/^fsvol-[0-9a-f]{17}$/, "be an FSx volume id such as fsvol-0123456789abcdef0");
const mountDirectory = textLike(/^\/?[A-Za-z0-9._-]+(\/[A-Za-z0-9._-]+)*\/?$/, "be a path such as /shared");
const cidrOrPrefixList = textLike(
  /^(\d{1,3}(\.\d{1,3}){3}\/\d{1,2}|pl-[0-9A-Za-z]+)$/,
  "be an IPv4 block such as 10.0.0.0/8 or a prefix list id",
);
const policyArn = textLike(/^arn:[a-z-]+:iam::(aws|\d{12}):policy\/.+$/, "be the ARN of an IAM policy");
const roleArn = textLike(/^arn:[a-z-]+:iam::\d{12}:role\/.+$/, "be the ARN of an IAM role");
const instanceProfileArn = textLike(
  /^arn:[a-z-]+:iam::\d{12}:instance-profile\/.+$/,
  "be the ARN of an instance profile",
);
const secretArn = textLike(
  /^arn:[a-z-]+:secretsmanager:.+:secret:.+$/,
  "be the ARN of a secret in Secrets Manager",
);
const volumeType = choice("standard", "io1", "io2", "gp2", "gp3", "st1", "sc1");
const rootVolumeType = choice("standard", "io1", "io2", "gp2", "gp3");
const deletionPolicy = choice("Delete", "Retain");
const clock = textLike(/^([01]\d|2[0-3]):[0-5]\d$/, "be a time of day such as 01:30, in quotes");

const tag = section({
  Key: required(text({ maxLength: 128 })),
  Value: required(text({ maxLength: 256 })),
});

const capacityReservationTarget = section({
  CapacityReservationId: optional(textLike(/^cr-[0-9a-f]{8,17}$/, "be a capacity reservation id")),
  CapacityReservationResourceGroupArn: optional(
    textLike(/^arn:[a-z-]+:resource-groups:.+:group\/.+$/, "be the ARN of a resource group"),
  ),
});

const placementGroup = section({
  Enabled: optional(boolean()),
  Id: optional(text()),
  Name: optional(text()),
});

const healthChecks = nested({
  Gpu: nested({
    Enabled: optional(boolean(), { note: "with DCGM where the image has it, otherwise with nvidia-smi" }),
  }),
});

const proxy = optional(section({ HttpProxyAddress: optional(text()) }));

const securityGroupKeys = {
  SecurityGroups: optional(list(securityGroupId, 1)),
  AdditionalSecurityGroups: optional(list(securityGroupId, 1)),
};

const customAction = section({
  Script: required(
    text({ pattern: /^(s3|https):\/\/.+/, form: "be a script's address that begins with s3:// or https://" }),
  ),
  Args: optional(list(text())),
});

const customActionOrSequence = either(customAction, section({ Sequence: required(list(customAction, 1)) }));

const s3Access = section({
  BucketName: required(textLike(/^[*a-z0-9\-.]+$/, "be a bucket's name")),
  KeyName: optional(text()),
  EnableWriteAccess: defaulted(boolean(), false),
});

const iamKeys = {
  InstanceRole: optional(roleArn),
  InstanceProfile: optional(instanceProfileArn),
  AdditionalIamPolicies: optional(list(section({ Policy: required(policyArn) }), 0, 20)),
};

const iam = nested({ ...iamKeys, S3Access: optional(list(s3Access)) });

const dcv = optional(
  section({
    Enabled: optional(boolean()),
    Port: defaulted(integer(1, 65_535), 8443),
    AllowedIps: defaulted(cidrOrPrefixList, "0.0.0.0/0"),
  }),
  warned("Amazon DCV is not installed and its port stays closed"),
);

const ssh = nested({
  KeyName: optional(text()),
  AllowedIps: defaulted(cidrOrPrefixList, "0.0.0.0/0"),
});

const rootVolumeKeys = {
  Size: defaulted(integer(1, 16_384), 50, {
    note: "ParallelCluster takes its image's size; stock images are too small",
  }),
  Encrypted: defaulted(boolean(), true),
  VolumeType: defaulted(rootVolumeType, "gp3"),
  Iops: optional(integer(1)),
  Throughput: optional(integer(1)),
};

const ephemeralVolume = nested({ MountDir: defaulted(mountDirectory, "/scratch") });

const openMetadata = defaulted(boolean(), false, {
  ...extension,
  note: "gives every user of the node the credentials of its role; otherwise only root and Slurm have them",
});

const queueStorage = nested({ RootVolume: nested(rootVolumeKeys), EphemeralVolume: ephemeralVolume });

const headNode = section({
  InstanceType: required(text()),
  DisableSimultaneousMultithreading: defaulted(boolean(), false),
  Networking: nested({
    SubnetId: optional(subnetId, {
      note: "ParallelCluster needs it; here the module makes a network where no subnet is given",
    }),
    ElasticIp: defaulted(
      either(
        boolean(),
        textLike(/^(eipalloc-[0-9a-z]+|\d+\.\d+\.\d+\.\d+)$/, "be true, false, or an allocation id"),
      ),
      false,
    ),
    ...securityGroupKeys,
    Proxy: proxy,
  }),
  Ssh: ssh,
  LocalStorage: nested({
    RootVolume: nested({ ...rootVolumeKeys, DeleteOnTermination: defaulted(boolean(), true) }),
    EphemeralVolume: ephemeralVolume,
  }),
  SharedStorageType: defaulted(choice("Ebs", "Efs"), "Ebs", {
    note: "Efs holds the homes; what root runs stays read-only on the head node's root volume",
  }),
  Dcv: dcv,
  CustomActions: optional(
    section({
      OnNodeStart: optional(customActionOrSequence),
      OnNodeConfigured: optional(customActionOrSequence),
      OnNodeUpdated: optional(customActionOrSequence),
    }),
  ),
  Iam: iam,
  Imds: nested({ Secured: defaulted(boolean(), true) }),
  Image: optional(section({ CustomAmi: optional(amiId) })),
});

const loginPool = section({
  Name: required(text()),
  InstanceType: required(text()),
  Count: required(integer(0)),
  Networking: nested({
    SubnetIds: optional(list(subnetId, 1, 1)),
    ...securityGroupKeys,
    Proxy: proxy,
  }),
  Image: optional(section({ CustomAmi: optional(amiId) })),
  Ssh: ssh,
  Dcv: dcv,
  CustomActions: optional(
    section({
      OnNodeStart: optional(customActionOrSequence),
      OnNodeConfigured: optional(customActionOrSequence),
      OnNodeUpdated: optional(
        customActionOrSequence,
        warned("login nodes are replaced, never updated in place"),
      ),
    }),
  ),
  Iam: nested(iamKeys),
  GracetimePeriod: defaulted(integer(3, 120), 10),
  Meridian: nested(
    {
      OpenMetadata: openMetadata,
      InternetFacing: defaulted(boolean(), false, {
        ...extension,
        note: "opens the balancer to `Ssh.AllowedIps` of the internet; ParallelCluster does that in every public subnet",
      }),
    },
    extension,
  ),
});

const slurmComputeResource = section({
  Name: required(text()),
  InstanceType: optional(text()),
  Instances: optional(list(section({ InstanceType: required(text()) }), 1)),
  MinCount: defaulted(integer(0), 0),
  MaxCount: defaulted(integer(1), 10),
  SpotPrice: optional(decimal(0)),
  Efa: nested({
    Enabled: defaulted(boolean(), false),
    GdrSupport: defaulted(
      boolean(),
      false,
      checked("the EFA installer always enables GPUDirect where the type has it"),
    ),
  }),
  DisableSimultaneousMultithreading: defaulted(boolean(), false),
  SchedulableMemory: optional(integer()),
  CapacityReservationTarget: optional(capacityReservationTarget),
  Networking: nested({ PlacementGroup: optional(placementGroup) }),
  HealthChecks: healthChecks,
  CustomSlurmSettings: optional(dictionary()),
  Tags: optional(list(tag)),
  StaticNodePriority: defaulted(integer(1, 4_294_967_280), 1),
  DynamicNodePriority: defaulted(integer(1, 4_294_967_280), 1000),
  LaunchTemplateOverrides: optional(
    section({ LaunchTemplateId: optional(text()), Version: optional(text()) }),
    warned("the launch template is the module's own"),
  ),
});

const queueIam = iam;

const capacityType = choice("ONDEMAND", "SPOT", "CAPACITY_BLOCK");

const slurmQueue = section({
  Name: required(text()),
  CapacityType: defaulted(capacityType, "ONDEMAND"),
  AllocationStrategy: optional(choice("lowest-price", "capacity-optimized", "price-capacity-optimized")),
  JobExclusiveAllocation: defaulted(boolean(), false),
  ComputeResources: required(list(slurmComputeResource, 1)),
  Networking: nested({
    SubnetIds: optional(list(subnetId, 1), {
      note: "ParallelCluster needs it; see HeadNode.Networking.SubnetId",
    }),
    AssignPublicIp: optional(boolean()),
    PlacementGroup: optional(placementGroup),
    ...securityGroupKeys,
    Proxy: proxy,
  }),
  ComputeSettings: nested({ LocalStorage: queueStorage }),
  CustomActions: optional(
    section({
      OnNodeStart: optional(customActionOrSequence),
      OnNodeConfigured: optional(customActionOrSequence),
    }),
  ),
  Iam: queueIam,
  Image: optional(section({ CustomAmi: optional(amiId) })),
  CapacityReservationTarget: optional(capacityReservationTarget),
  HealthChecks: healthChecks,
  CustomSlurmSettings: optional(dictionary()),
  Tags: optional(list(tag)),
  Meridian: nested(
    {
      SpotFallback: defaulted(boolean(), false, {
        ...extension,
        note: "launches On-Demand where Spot has no capacity",
      }),
      OpenMetadata: openMetadata,
    },
    extension,
  ),
});

const batchMount = section({
  SharedStorage: required(text()),
  ContainerPath: required(text()),
});

const batchJobDefinition = section({
  Name: required(text()),
  Image: required(text()),
  Command: defaulted(list(text()), []),
  Vcpus: defaulted(decimal(0.25), 1),
  MemoryMiB: defaulted(integer(4), 2048),
  Gpus: optional(integer(1)),
  Nodes: defaulted(integer(1, 1000), 1, { note: "two or more make a multi-node parallel job" }),
  Efa: defaulted(integer(0, 32), 0, { note: "EFA devices of a container" }),
  Mounts: optional(list(batchMount)),
  Attempts: defaulted(integer(1, 10), 1),
  TimeoutSeconds: optional(integer(60)),
  JobRoleArn: optional(roleArn),
  Environment: optional(dictionary()),
});

const batchQueue = section({
  Name: required(text()),
  CapacityType: defaulted(capacityType, "ONDEMAND"),
  Networking: nested({
    SubnetIds: optional(list(subnetId, 1), {
      note: "ParallelCluster needs exactly one; here several are one a zone",
    }),
    AssignPublicIp: optional(boolean(), { note: "machines, or containers on Fargate" }),
    ...securityGroupKeys,
  }),
  ComputeResources: required(
    list(
      section({
        Name: required(text()),
        InstanceTypes: required(list(text(), 1)),
        MinvCpus: defaulted(integer(0), 0),
        DesiredvCpus: optional(integer(0), { note: "the start only; Batch changes it with the queue" }),
        MaxvCpus: defaulted(integer(1), 10),
        SpotBidPercentage: optional(integer(1, 100)),
      }),
      1,
    ),
  ),
  Meridian: nested(
    {
      Priority: defaulted(integer(0, 1000), 1, extension),
      Fargate: defaulted(boolean(), false, { ...extension, note: "containers without instances" }),
      Efa: defaulted(boolean(), false, { ...extension, note: "EFA interfaces on every node" }),
      PlacementGroup: defaulted(boolean(), false, extension),
    },
    extension,
  ),
});

const ebsSettings = section({
  VolumeType: defaulted(volumeType, "gp3"),
  Iops: optional(integer(1)),
  Size: optional(integer(1)),
  Encrypted: defaulted(boolean(), true),
  KmsKeyId: optional(text()),
  SnapshotId: optional(textLike(/^snap-([0-9a-z]{8}|[0-9a-z]{17})$/, "be a snapshot id")),
  Throughput: optional(integer(1)),
  VolumeId: optional(textLike(/^vol-([0-9a-z]{8}|[0-9a-z]{17})$/, "be a volume id")),
  DeletionPolicy: defaulted(choice("Delete", "Retain", "Snapshot"), "Delete", {
    note: "Snapshot takes Terraform's final_snapshot, Retain prevents the destruction",
  }),
  Raid: optional(section({ Type: required(choice(0, 1)), NumberOfVolumes: defaulted(integer(2, 5), 2) })),
});

const efsSettings = section({
  Encrypted: defaulted(boolean(), false),
  KmsKeyId: optional(text()),
  PerformanceMode: defaulted(choice("generalPurpose", "maxIO"), "generalPurpose"),
  ThroughputMode: optional(choice("provisioned", "bursting")),
  ProvisionedThroughput: optional(integer(1, 1024)),
  FileSystemId: optional(fileSystemId),
  DeletionPolicy: defaulted(deletionPolicy, "Delete"),
  AccessPointId: optional(textLike(/^fsap-[0-9a-z]{17}$/, "be an access point id")),
  EncryptionInTransit: defaulted(boolean(), false),
  IamAuthorization: defaulted(boolean(), false),
});

const repositoryEvents = list(choice("NEW", "CHANGED", "DELETED"), 0, 3);

const fsxLustreSettings = section({
  StorageCapacity: optional(integer(1)),
  DeploymentType: defaulted(choice("SCRATCH_1", "SCRATCH_2", "PERSISTENT_1", "PERSISTENT_2"), "SCRATCH_2"),
  StorageType: defaulted(choice("SSD", "HDD"), "SSD"),
  PerUnitStorageThroughput: optional(integer(1)),
  DriveCacheType: optional(choice("READ")),
  DataCompressionType: optional(choice("LZ4")),
  ImportPath: optional(text()),
  ExportPath: optional(text()),
  ImportedFileChunkSize: optional(integer(1, 512_000)),
  AutoImportPolicy: optional(choice("NEW", "NEW_CHANGED", "NEW_CHANGED_DELETED")),
  WeeklyMaintenanceStartTime: optional(
    textLike(/^[1-7]:([01]\d|2[0-3]):[0-5]\d$/, "be a day and a time such as 1:00:30, in quotes"),
  ),
  AutomaticBackupRetentionDays: optional(integer(0, 90), { note: "ParallelCluster stops at 35, FSx at 90" }),
  DailyAutomaticBackupStartTime: optional(clock),
  CopyTagsToBackups: optional(boolean()),
  BackupId: optional(textLike(/^backup-[0-9a-f]{8,}$/, "be a backup id")),
  KmsKeyId: optional(text()),
  FileSystemId: optional(fileSystemId),
  DeletionPolicy: defaulted(deletionPolicy, "Delete"),
  DataRepositoryAssociations: optional(
    list(
      section({
        Name: required(text()),
        DataRepositoryPath: required(text()),
        FileSystemPath: required(
          textLike(/^\/[^\u0000\u0085\u2028\u2029\r\n]{0,4095}$/, "be a path that begins with /"),
        ),
        BatchImportMetaDataOnCreate: defaulted(boolean(), false),
        ImportedFileChunkSize: defaulted(integer(1, 512_000), 1024),
        AutoExportPolicy: optional(repositoryEvents),
        AutoImportPolicy: optional(repositoryEvents),
      }),
    ),
  ),
  Meridian: nested(
    {
      EfaEnabled: defaulted(boolean(), false, {
        ...extension,
        note: "clients reach the file system over EFA",
      }),
      MetadataMode: optional(choice("AUTOMATIC", "USER_PROVISIONED"), extension),
      MetadataIops: optional(integer(1500, 192_000), extension),
      FileSystemTypeVersion: defaulted(choice("2.10", "2.12", "2.15"), "2.15", extension),
      SecurityGroups: optional(list(securityGroupId, 1), {
        ...extension,
        note: "the security groups of an existing file system, which then admit the cluster",
      }),
    },
    extension,
  ),
});

const sharedStorage = section({
  MountDir: required(mountDirectory),
  Name: required(text()),
  StorageType: required(choice("Ebs", "Efs", "FsxLustre", "FsxOpenZfs", "FsxOntap", "FileCache")),
  EbsSettings: optional(ebsSettings),
  EfsSettings: optional(efsSettings),
  FsxLustreSettings: optional(fsxLustreSettings),
  FsxOpenZfsSettings: optional(section({ VolumeId: required(fsxVolumeId) })),
  FsxOntapSettings: optional(section({ VolumeId: required(fsxVolumeId) })),
  FileCacheSettings: optional(
    section({ FileCacheId: required(textLike(/^fc-[0-9a-f]{17}$/, "be a file cache id")) }),
    refused("a file cache is not mounted, and jobs would write to the root volume instead"),
  ),
});

const budget = section({
  MonthlyUsd: required(decimal(1)),
  AlertPercentages: defaulted(list(integer(1, 1000), 1, 5), [80, 100]),
  Emails: required(list(textLike(/^[^\s@]+@[^\s@]+\.[^\s@]+$/, "be a mail address"), 1, 10)),
});

const s3Path = textLike(/^s3:\/\/[a-z0-9][a-z0-9.-]+(\/.*)?$/, "be a path such as s3://bucket/folder");

const dataTransfer = section({
  Name: required(text()),
  Association: required(text(), { note: "the data repository association whose bucket is filled" }),
  Nfs: optional(
    section({
      ServerHostname: required(text()),
      Path: required(textLike(/^\/.*$/, "be a path that begins with /")),
      AgentArns: required(
        list(textLike(/^arn:[a-z-]+:datasync:.+:agent\/.+$/, "be the ARN of a DataSync agent"), 1, 4),
      ),
    }),
    { note: "a server on premises" },
  ),
  S3Path: optional(s3Path, { note: "another bucket" }),
  Schedule: optional(textLike(/^(cron|rate)\(.+\)$/, "be a schedule such as rate(1 day)")),
});

const logRetentionDays = choice(0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1827, 3653);

/** The whole file. */
export const clusterSchema = section({
  Region: optional(text(), checked("must be the region that the cluster is built in")),
  Image: nested({
    Os: required(
      choice(
        "alinux2",
        "alinux2023",
        "ubuntu2004",
        "ubuntu2204",
        "ubuntu2404",
        "rhel8",
        "rocky8",
        "rhel9",
        "rocky9",
      ),
    ),
    CustomAmi: optional(amiId),
  }),
  HeadNode: optional(headNode, { note: "required with Slurm; a Batch cluster makes none" }),
  LoginNodes: optional(section({ Pools: required(list(loginPool, 1)) })),
  Scheduling: required(
    section({
      Scheduler: required(choice("slurm", "awsbatch")),
      ScalingStrategy: defaulted(
        choice("all-or-nothing", "best-effort", "greedy-all-or-nothing"),
        "all-or-nothing",
      ),
      SlurmSettings: optional(
        section({
          ScaledownIdletime: defaulted(integer(-1), 10),
          QueueUpdateStrategy: defaulted(
            choice("COMPUTE_FLEET_STOP", "DRAIN", "TERMINATE"),
            "COMPUTE_FLEET_STOP",
            {
              note: "for nodes that a change removes or gives other types; with another template, nodes keep theirs until they are replaced",
            },
          ),
          EnableMemoryBasedScheduling: defaulted(boolean(), false),
          Dns: nested({
            DisableManagedDns: defaulted(boolean(), false),
            HostedZoneId: optional(textLike(/^Z[A-Z0-9]+$/, "be a hosted zone id")),
            UseEc2Hostnames: defaulted(boolean(), false),
          }),
          Database: optional(
            section({
              Uri: required(text()),
              UserName: required(text()),
              PasswordSecretArn: required(secretArn),
              DatabaseName: optional(
                textLike(/^[0-9a-z_]{1,64}$/, "be 1 to 64 lower-case letters, digits and underscores"),
              ),
            }),
          ),
          ExternalSlurmdbd: optional(
            section({ Host: required(text()), Port: defaulted(integer(1, 65_535), 6819) }),
          ),
          CustomSlurmSettings: optional(list(dictionary())),
          CustomSlurmSettingsIncludeFile: optional(
            text({ pattern: /^(s3|https):\/\/.+/, form: "be an address that begins with s3:// or https://" }),
          ),
          MungeKeySecretArn: optional(secretArn),
        }),
      ),
      SlurmQueues: optional(list(slurmQueue, 1)),
      AwsBatchQueues: optional(list(batchQueue, 1)),
      AwsBatchSettings: optional(
        section({
          Meridian: nested({ JobDefinitions: optional(list(batchJobDefinition), extension) }, extension),
        }),
      ),
    }),
  ),
  SharedStorage: optional(list(sharedStorage)),
  Monitoring: nested({
    DetailedMonitoring: defaulted(boolean(), false),
    Logs: nested({
      CloudWatch: nested({
        Enabled: defaulted(boolean(), true),
        RetentionInDays: defaulted(logRetentionDays, 180),
        DeletionPolicy: defaulted(deletionPolicy, "Retain"),
      }),
      Rotation: nested({ Enabled: defaulted(boolean(), true) }),
    }),
    Dashboards: nested({ CloudWatch: nested({ Enabled: defaulted(boolean(), true) }) }),
    Alarms: nested({ Enabled: defaulted(boolean(), true) }),
  }),
  AdditionalPackages: optional(
    section({ IntelSoftware: optional(section({ IntelHpcPlatform: optional(boolean()) })) }),
    warned("the Intel packages are not installed"),
  ),
  Tags: optional(list(tag)),
  Iam: nested({
    Roles: optional(
      section({ LambdaFunctionsRole: optional(roleArn) }),
      warned("the cluster uses no Lambda function"),
    ),
    PermissionsBoundary: optional(policyArn),
    ResourcePrefix: optional(text()),
  }),
  DirectoryService: optional(
    section({
      DomainName: required(line),
      DomainAddr: required(line),
      PasswordSecretArn: required(
        textLike(
          /^arn:[a-z-]+:(secretsmanager:[a-z0-9-]+:\d{12}:secret:|ssm:[a-z0-9-]+:\d{12}:parameter\/)[\w/+=.@-]+$/,
          "be the ARN of a secret or of an SSM parameter",
        ),
      ),
      DomainReadOnlyUser: required(line),
      LdapTlsCaCert: optional(line, { note: "a file of the nodes: from their image or OnNodeStart" }),
      LdapTlsReqCert: defaulted(choice("never", "allow", "try", "demand", "hard"), "hard"),
      LdapAccessFilter: optional(line),
      GenerateSshKeysForUsers: defaulted(boolean(), true),
      AdditionalSssdConfigs: optional(dictionary()),
    }),
  ),
  Imds: nested({ ImdsSupport: defaulted(choice("v1.0", "v2.0"), "v2.0") }),
  CustomS3Bucket: optional(textLike(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, "be a bucket's name"), {
    note: "holds the rendered configuration instead of a bucket of the module's own",
  }),
  AdditionalResources: optional(text(), warned("CloudFormation templates are not deployed")),
  DevSettings: nested({
    ClusterTemplate: optional(text(), warned("there is no CloudFormation template")),
    Cookbook: optional(
      section({ ChefCookbook: optional(text()), ExtraChefAttributes: optional(text()) }),
      warned("no Chef runs"),
    ),
    NodePackage: optional(text(), warned("the cluster daemon is the module's own")),
    AwsBatchCliPackage: optional(text(), warned("no Batch client is installed")),
    AmiSearchFilters: optional(
      section({
        Tags: optional(list(tag)),
        Owner: optional(text(), { note: "an account, `self`, `amazon` or `aws-marketplace`; else `self`" }),
      }),
      { note: "the newest such image instead of the stock image" },
    ),
    InstanceTypesData: optional(text(), {
      note: "facts of instance types, as EC2 describes them, in JSON",
    }),
    EfaInterfaceType: optional(choice("efa", "efa-only")),
    Timeouts: nested({
      HeadNodeBootstrapTimeout: defaulted(
        integer(1),
        1800,
        checked("how long `meridian deploy` waits for the head node; Terraform alone does not wait"),
      ),
      ComputeNodeBootstrapTimeout: defaulted(integer(1), 1800),
    }),
    ComputeStartupTimeMetricEnabled: optional(boolean(), warned("no start-up metric is written")),
  }),
  DeploymentSettings: nested({
    LambdaFunctionsVpcConfig: optional(
      section({
        SecurityGroupIds: required(list(securityGroupId, 1, 5)),
        SubnetIds: required(list(subnetId, 1, 16)),
      }),
      warned("the cluster uses no Lambda function"),
    ),
    DisableSudoAccessForDefaultUser: defaulted(boolean(), false),
    DefaultUserHome: defaulted(choice("Shared", "Local"), "Shared"),
  }),
  Meridian: nested(
    {
      NetworkCidrBlock: defaulted(
        textLike(/^\d{1,3}(\.\d{1,3}){3}\/\d{1,2}$/, "be an IPv4 block"),
        "10.128.0.0/16",
        {
          ...extension,
          note: "the block of the network that the module makes where the file gives no subnets",
        },
      ),
      MirrorBucket: optional(textLike(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, "be a bucket's name"), {
        ...extension,
        note: "has copies of what nodes download, for networks without a way to the internet",
      }),
      Zone: optional(textLike(/^[a-z]{2}(-[a-z]+)+-\d[a-z]$/, "be a zone such as eu-west-1a"), extension),
      DirectConnectGatewayId: optional(
        textLike(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, "be the id of a Direct Connect gateway"),
        { ...extension, note: "an existing gateway that the module's network is attached to" },
      ),
      ReadyImage: nested(
        {
          Enabled: defaulted(boolean(), false, {
            ...extension,
            note: "nodes boot from an image that `meridian hpc image` builds, once there is one, and install nothing",
          }),
          InstanceType: optional(text(), {
            ...extension,
            note: "the machine that builds the image; else of the head node's type, or with a GPU where a queue has GPUs",
          }),
        },
        extension,
      ),
      Budget: optional(budget, extension),
      DataTransfers: optional(list(dataTransfer, 1), extension),
    },
    extension,
  ),
});

/** A cluster file with its defaults filled in. */
export type ClusterConfiguration = ShapeValue<typeof clusterSchema>;

/** The head node of a file. */
export type HeadNodeConfiguration = ShapeValue<typeof headNode>;

/** One login node pool of a file. */
export type LoginPoolConfiguration = ShapeValue<typeof loginPool>;

/** One Slurm queue of a file. */
export type SlurmQueueConfiguration = ShapeValue<typeof slurmQueue>;

/** One compute resource of a Slurm queue. */
export type ComputeResourceConfiguration = ShapeValue<typeof slurmComputeResource>;

/** One Batch queue of a file. */
export type BatchQueueConfiguration = ShapeValue<typeof batchQueue>;

/** One job definition of the Batch settings. */
export type BatchJobDefinitionConfiguration = ShapeValue<typeof batchJobDefinition>;

/** What a cluster may cost. */
export type BudgetConfiguration = ShapeValue<typeof budget>;

/** One data transfer of a file. */
export type DataTransferConfiguration = ShapeValue<typeof dataTransfer>;

/** One shared storage of a file. */
export type SharedStorageConfiguration = ShapeValue<typeof sharedStorage>;

/** Settings of an FSx for Lustre file system. */
export type LustreSettings = ShapeValue<typeof fsxLustreSettings>;

/** Settings of EBS volumes. */
export type EbsSettings = ShapeValue<typeof ebsSettings>;

/** Settings of an EFS file system. */
export type EfsSettings = ShapeValue<typeof efsSettings>;

/** A tag. */
export type TagConfiguration = ShapeValue<typeof tag>;

/** A placement group setting of a queue or of a compute resource. */
export type PlacementGroupConfiguration = ShapeValue<typeof placementGroup>;

/** One custom action, or a sequence of them. */
export type CustomActionConfiguration = ShapeValue<typeof customActionOrSequence>;

/** Storage of a node's own. */
export type RootVolumeConfiguration = SectionValue<typeof rootVolumeKeys>;
