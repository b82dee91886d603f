import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { formatFinding } from "../../../modules/hpc-cluster/file/findings";
import { parseClusterFile } from "../../../modules/hpc-cluster/file/cluster-file";
import type { ClusterContext } from "../../../modules/hpc-cluster/file/cluster-context";
import { checks } from "../../../modules/hpc-cluster/checks";
import { batchFile, slurmFile } from "./files";

type Case = readonly [title: string, file: string, context: ClusterContext, findings: readonly string[]];

/** One case a rule: the file, and what the check says of it, word for word. */
const cases: readonly Case[] = [
  [
    "names the nearest key of an unknown one",
    slurmFile({ resource: "InstanceTyp: c5.large" }),
    {},
    [
      "cluster.yaml:19: ERROR UnknownKey: Scheduling.SlurmQueues[0].ComputeResources[0].InstanceTyp: 'InstanceTyp' is not a key of this section; did you mean 'InstanceType'?",
    ],
  ],
  [
    "lists the keys where none is near",
    slurmFile({ rest: "Colour: blue" }),
    {},
    [
      "cluster.yaml:19: ERROR UnknownKey: Colour: 'Colour' is not a key of this section; the keys are AdditionalPackages, AdditionalResources, CustomS3Bucket, DeploymentSettings, DevSettings, DirectoryService, HeadNode, Iam, Image, Imds, LoginNodes, Meridian, Monitoring, Region, Scheduling, SharedStorage, Tags",
    ],
  ],
  [
    "refuses a missing key",
    slurmFile({ rest: "SharedStorage:\n  - Name: data\n    StorageType: Ebs" }),
    {},
    ["cluster.yaml:20: ERROR MissingKey: SharedStorage[0]: 'MountDir' is missing; add MountDir"],
  ],
  [
    "refuses a value of the wrong type",
    slurmFile({ resource: "MaxCount: many" }),
    {},
    [
      'cluster.yaml:19: ERROR WrongType: Scheduling.SlurmQueues[0].ComputeResources[0].MaxCount: the value must be a whole number, got "many"; correct the value',
    ],
  ],
  [
    "refuses a word outside the closed set",
    slurmFile({ queue: "CapacityType: spot" }),
    {},
    [
      'cluster.yaml:14: ERROR WrongType: Scheduling.SlurmQueues[0].CapacityType: the value must be one of ONDEMAND, SPOT, CAPACITY_BLOCK, got "spot"; correct the value',
    ],
  ],
  [
    "refuses a number out of bounds",
    slurmFile({ settings: "ScaledownIdletime: -2" }),
    {},
    [
      "cluster.yaml:13: ERROR NotAllowed: Scheduling.SlurmSettings.ScaledownIdletime: the value must be at least -1, got -2; correct the value",
    ],
  ],
  [
    "refuses text of the wrong form",
    slurmFile({ networking: "SubnetIds: [net-1]" }),
    {},
    [
      'cluster.yaml:15: ERROR NotAllowed: Scheduling.SlurmQueues[0].Networking.SubnetIds[0]: the value must be a subnet id such as subnet-0123456789abcdef0, got "net-1"; correct the value',
    ],
  ],
  [
    "refuses a list of the wrong length",
    slurmFile({
      rest: "LoginNodes:\n  Pools:\n    - Name: login\n      InstanceType: c5.large\n      Count: 1\n      Networking:\n        SubnetIds: [subnet-11111111111111111, subnet-22222222222222222]",
    }),
    {},
    [
      "cluster.yaml:25: ERROR ListLength: LoginNodes.Pools[0].Networking.SubnetIds: the list must have exactly 1 item, got 2; add or remove items",
    ],
  ],
  [
    "warns of a key that is not provisioned",
    slurmFile({ head: "Dcv:\n  Enabled: true\n  AllowedIps: 10.0.0.0/8" }),
    {},
    [
      "cluster.yaml:10: WARNING NotProvisioned: HeadNode.Dcv: 'Dcv' is not provisioned yet: Amazon DCV is not installed and its port stays closed; remove the key, or accept that it has no effect",
    ],
  ],
  [
    "refuses a key that cannot be provisioned",
    slurmFile({
      rest: "SharedStorage:\n  - MountDir: /cache\n    Name: cache\n    StorageType: FileCache\n    FileCacheSettings:\n      FileCacheId: fc-0123456789abcdef0",
    }),
    {},
    [
      "cluster.yaml:23: ERROR Refused: SharedStorage[0].FileCacheSettings: 'FileCacheSettings' is not supported: a file cache is not mounted, and jobs would write to the root volume instead; remove the key",
    ],
  ],
  [
    "refuses a long cluster name with accounting",
    slurmFile({
      settings:
        "Database:\n  Uri: db:3306\n  UserName: u\n  PasswordSecretArn: arn:aws:secretsmanager:eu-west-1:111122223333:secret:p",
    }),
    { name: "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" },
    [
      "cluster.yaml:1: ERROR ClusterName: the file: the cluster's name 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa' must begin with a letter, hold letters, digits and hyphens only, and have at most 40 characters; rename the cluster",
    ],
  ],
  [
    "refuses an unknown region",
    slurmFile({ rest: "Region: eu-west-9" }),
    {},
    [
      "cluster.yaml:19: ERROR Region: Region: 'eu-west-9' is not an AWS region; write the region's code, such as eu-west-1",
    ],
  ],
  [
    "refuses a region other than the cluster's",
    slurmFile({ rest: "Region: eu-west-1" }),
    { region: "eu-north-1" },
    [
      "cluster.yaml:19: ERROR Region: Region: the file is for eu-west-1 but the cluster is built in eu-north-1; remove Region or correct it",
    ],
  ],
  [
    "refuses queues of the other scheduler",
    batchFile({ rest: "" }).replace("awsbatch", "slurm"),
    {},
    [
      "cluster.yaml:1: ERROR SchedulerSections: the file: a Slurm cluster needs a head node; add HeadNode",
      "cluster.yaml:3: ERROR SchedulerSections: Scheduling: the scheduler slurm needs SlurmQueues; add SlurmQueues with at least one queue",
      "cluster.yaml:5: ERROR SchedulerSections: Scheduling.AwsBatchQueues: AwsBatchQueues does not belong to the scheduler slurm; remove AwsBatchQueues or change Scheduler",
    ],
  ],
  [
    "warns that a Batch cluster makes no head node",
    batchFile({ rest: "HeadNode:\n  InstanceType: c5.large" }),
    {},
    [
      "cluster.yaml:12: WARNING SchedulerSections: HeadNode: a Batch cluster needs no head node, and none is made; remove HeadNode, and submit jobs to the queue itself",
    ],
  ],
  [
    "refuses login nodes with Batch",
    batchFile({
      rest: "LoginNodes:\n  Pools:\n    - Name: login\n      InstanceType: c5.large\n      Count: 1\n      Networking:\n        SubnetIds: [subnet-11111111111111111]",
    }),
    {},
    [
      "cluster.yaml:12: ERROR SchedulerFeatures: LoginNodes: login nodes are available with Slurm only; remove the section or use Slurm",
    ],
  ],
  [
    "refuses a name with capitals",
    slurmFile({
      rest: "LoginNodes:\n  Pools:\n    - Name: Login\n      InstanceType: c5.large\n      Count: 1\n      Networking:\n        SubnetIds: [subnet-11111111111111111]",
    }),
    {},
    [
      "cluster.yaml:21: ERROR Name: LoginNodes.Pools[0].Name: the name 'Login' must begin with a letter and hold lower-case letters, digits and hyphens only; rename it",
    ],
  ],
  [
    "refuses two storages of one name",
    slurmFile({
      rest: "SharedStorage:\n  - {MountDir: /a, Name: a, StorageType: Ebs}\n  - {MountDir: /b, Name: a, StorageType: Ebs}",
    }),
    {},
    [
      "cluster.yaml:19: ERROR DuplicateName: SharedStorage: the storage 'a' is listed more than once; give each a name of its own",
    ],
  ],
  [
    "refuses more than ten login pools",
    slurmFile({
      rest: "LoginNodes:\n  Pools:\n    - {Name: l0, InstanceType: c5.large, Count: 0, Networking: {SubnetIds: [subnet-11111111111111111]}}\n    - {Name: l1, InstanceType: c5.large, Count: 0, Networking: {SubnetIds: [subnet-11111111111111111]}}\n    - {Name: l2, InstanceType: c5.large, Count: 0, Networking: {SubnetIds: [subnet-11111111111111111]}}\n    - {Name: l3, InstanceType: c5.large, Count: 0, Networking: {SubnetIds: [subnet-11111111111111111]}}\n    - {Name: l4, InstanceType: c5.large, Count: 0, Networking: {SubnetIds: [subnet-11111111111111111]}}\n    - {Name: l5, InstanceType: c5.large, Count: 0, Networking: {SubnetIds: [subnet-11111111111111111]}}\n    - {Name: l6, InstanceType: c5.large, Count: 0, Networking: {SubnetIds: [subnet-11111111111111111]}}\n    - {Name: l7, InstanceType: c5.large, Count: 0, Networking: {SubnetIds: [subnet-11111111111111111]}}\n    - {Name: l8, InstanceType: c5.large, Count: 0, Networking: {SubnetIds: [subnet-11111111111111111]}}\n    - {Name: l9, InstanceType: c5.large, Count: 0, Networking: {SubnetIds: [subnet-11111111111111111]}}\n    - {Name: l10, InstanceType: c5.large, Count: 0, Networking: {SubnetIds: [subnet-11111111111111111]}}",
    }),
    {},
    [
      "cluster.yaml:20: ERROR MaxCount: LoginNodes.Pools: a cluster has at most 10 login node pools, got 11; merge pools",
    ],
  ],
  [
    "refuses the Intel packages on another system",
    slurmFile({ rest: "AdditionalPackages:\n  IntelSoftware:\n    IntelHpcPlatform: true" }),
    {},
    [
      "cluster.yaml:21: ERROR IntelHpcOs: AdditionalPackages.IntelSoftware.IntelHpcPlatform: the Intel packages do not exist for alinux2023; remove the key or use rhel8 or rocky8",
    ],
  ],
  [
    "says what lies on EFS, and what stays on the head node",
    slurmFile({ head: "SharedStorageType: Efs" }),
    {},
    [
      "cluster.yaml:10: INFO SharedStorageType: HeadNode.SharedStorageType: homes are on an EFS file system; what root of the nodes runs is shared by the head node, read-only, because every node could write it on EFS; keep what must outlive the head node in homes and on shared storage",
    ],
  ],
  [
    "warns of rotation without CloudWatch",
    slurmFile({ rest: "Monitoring:\n  Logs:\n    CloudWatch:\n      Enabled: false" }),
    {},
    [
      "cluster.yaml:20: WARNING LogRotation: Monitoring.Logs.Rotation.Enabled: logs are rotated away on the nodes and kept nowhere else, because CloudWatch logging is off; set Rotation.Enabled to false to keep them",
    ],
  ],
  [
    "warns of billed monitoring",
    slurmFile({ rest: "Monitoring:\n  DetailedMonitoring: true" }),
    {},
    [
      "cluster.yaml:20: WARNING DetailedMonitoring: Monitoring.DetailedMonitoring: detailed monitoring is billed for every instance of the fleet; set it to false for five-minute metrics at no charge",
    ],
  ],
  [
    "refuses instance facts that are not JSON",
    slurmFile({ rest: "DevSettings:\n  InstanceTypesData: hello" }),
    {},
    [
      'cluster.yaml:20: ERROR InstanceTypesData: DevSettings.InstanceTypesData: the text is not JSON; write what aws ec2 describe-instance-types prints, as {"<type>": {…}}',
    ],
  ],
  [
    "refuses an operating system without support",
    slurmFile({ rest: "" }).replace("alinux2023", "alinux2"),
    {},
    [
      "cluster.yaml:2: ERROR OperatingSystem: Image.Os: Amazon Linux 2 has reached its end of support and has no stock image here; use alinux2023 or ubuntu2404, or give a CustomAmi",
    ],
  ],
  [
    "advises a key pair",
    slurmFile({ rest: "" }).replace("    KeyName: hpc\n", ""),
    {},
    [
      "cluster.yaml:7: WARNING KeyPair: HeadNode.Ssh: without KeyName the head node is reached through Session Manager only; add KeyName to use SSH",
    ],
  ],
  [
    "refuses an image that does not exist for the architecture",
    slurmFile({ resource: "InstanceType: c7g.large" })
      .replace("c5.xlarge", "c7g.xlarge")
      .replace("alinux2023", "rocky8"),
    {},
    [
      "cluster.yaml:2: ERROR ArchitectureOs: Image.Os: there is no stock arm64 image of rocky8; use alinux2023, ubuntu2404 or rocky9",
    ],
  ],
  [
    "refuses EFA where its installer does not run",
    slurmFile({ resource: "InstanceType: hpc7g.16xlarge\nEfa:\n  Enabled: true" }).replace(
      "alinux2023",
      "rhel8",
    ),
    {},
    [
      "cluster.yaml:20: ERROR EfaOsArchitecture: Scheduling.SlurmQueues[0].ComputeResources[0].Efa.Enabled: EFA's installer does not support rhel8 on arm64; use another operating system or set Efa.Enabled to false",
    ],
  ],
  [
    "refuses a file that gives some subnets only",
    slurmFile({
      rest: "LoginNodes:\n  Pools:\n    - Name: login\n      InstanceType: c5.large\n      Count: 1",
    }),
    {},
    [
      "cluster.yaml:21: ERROR SubnetsAllOrNone: LoginNodes.Pools[0].Networking: no subnet is given here, but other parts of the file give theirs; give a subnet everywhere or nowhere",
    ],
  ],
  [
    "refuses a network block with host bits",
    slurmFile({ rest: "Meridian:\n  NetworkCidrBlock: 10.128.0.1/16" }),
    {},
    [
      "cluster.yaml:20: ERROR ManagedNetwork: Meridian.NetworkCidrBlock: '10.128.0.1/16' is not an IPv4 block without host bits; write a block such as 10.128.0.0/16",
    ],
  ],
  [
    "refuses both kinds of security groups",
    slurmFile({
      networking: "SecurityGroups: [sg-11111111111111111]\nAdditionalSecurityGroups: [sg-22222222222222222]",
    }),
    {},
    [
      "cluster.yaml:14: ERROR SecurityGroups: Scheduling.SlurmQueues[0].Networking: SecurityGroups and AdditionalSecurityGroups cannot be combined; keep SecurityGroups to replace the module's own, or AdditionalSecurityGroups to add to them",
    ],
  ],
  [
    "warns of groups replaced on some nodes",
    slurmFile({ networking: "SecurityGroups: [sg-11111111111111111]" }),
    {},
    [
      "cluster.yaml:5: WARNING MixedSecurityGroupOverwrite: HeadNode.Networking: some nodes replace the module's security group and others keep it; make sure that all nodes reach each other, or use AdditionalSecurityGroups",
    ],
  ],
  [
    "warns of EFA behind a foreign group",
    slurmFile({
      networking: "SecurityGroups: [sg-11111111111111111]\nPlacementGroup:\n  Enabled: true",
      resource: "InstanceType: c5n.18xlarge\nEfa:\n  Enabled: true",
    }),
    {},
    [
      "cluster.yaml:16: WARNING EfaSecurityGroup: Scheduling.SlurmQueues[0].Networking.SecurityGroups: EFA needs a group that allows all traffic from and to itself, which cannot be checked here; check the group, or use AdditionalSecurityGroups and keep the module's own",
    ],
  ],
  [
    "refuses a repeated subnet",
    slurmFile({ networking: "SubnetIds: [subnet-22222222222222222, subnet-22222222222222222]" }),
    {},
    [
      "cluster.yaml:15: ERROR QueueSubnets: Scheduling.SlurmQueues[0].Networking.SubnetIds: subnet-22222222222222222 is listed more than once; remove the repeated subnet",
    ],
  ],
  [
    "refuses several subnets with one type",
    slurmFile({ networking: "SubnetIds: [subnet-22222222222222222, subnet-33333333333333333]" }),
    {},
    [
      "cluster.yaml:15: ERROR SingleInstanceTypeSubnet: Scheduling.SlurmQueues[0].Networking.SubnetIds: several subnets need Instances, but cr1 uses InstanceType; write the type under Instances, or give one subnet",
    ],
  ],
  [
    "refuses a placement group over several subnets",
    slurmFile({
      networking:
        "SubnetIds: [subnet-22222222222222222, subnet-33333333333333333]\nPlacementGroup:\n  Enabled: true",
      resource: "Instances:\n  - InstanceType: c5.large",
    }),
    {},
    [
      "cluster.yaml:19: ERROR MultiAzPlacementGroup: Scheduling.SlurmQueues[0].ComputeResources[0].Networking.PlacementGroup: a cluster placement group is in one zone, but the queue has several subnets; give one subnet, or set PlacementGroup.Enabled to false",
    ],
  ],
  [
    "refuses EFA over several subnets",
    slurmFile({
      networking: "SubnetIds: [subnet-22222222222222222, subnet-33333333333333333]",
      resource: "Instances:\n  - InstanceType: c5n.18xlarge\nEfa:\n  Enabled: true",
    }),
    {},
    [
      "cluster.yaml:21: ERROR EfaMultiAz: Scheduling.SlurmQueues[0].ComputeResources[0].Efa.Enabled: EFA traffic does not leave its subnet, but the queue has several; give one subnet, or set Efa.Enabled to false",
    ],
  ],
  [
    "refuses a public address on several cards",
    slurmFile({ networking: "AssignPublicIp: true", resource: "InstanceType: p4d.24xlarge" }),
    {},
    [
      "cluster.yaml:16: ERROR MultiNetworkInterfacesInstances: Scheduling.SlurmQueues[0].Networking.AssignPublicIp: cr1 launches with several network interfaces, and AWS gives a public address to one interface only; set AssignPublicIp to false and use a private subnet with NAT",
    ],
  ],
  [
    "refuses a proxy without a port",
    slurmFile({ networking: "Proxy:\n  HttpProxyAddress: proxy.example.com" }),
    {},
    [
      "cluster.yaml:17: ERROR Proxy: Scheduling.SlurmQueues[0].Networking.Proxy.HttpProxyAddress: 'proxy.example.com' is not the address of a proxy; write it as http://name:port",
    ],
  ],
  [
    "refuses a proxy that a shell would run",
    slurmFile({ networking: 'Proxy:\n  HttpProxyAddress: "http://$(id):80"' }),
    {},
    [
      "cluster.yaml:17: ERROR Proxy: Scheduling.SlurmQueues[0].Networking.Proxy.HttpProxyAddress: 'http://$(id):80' is not the address of a proxy; write it as http://name:port",
    ],
  ],
  [
    "warns of SSH that is open to all",
    slurmFile({
      rest: "LoginNodes:\n  Pools:\n    - {Name: login, InstanceType: c5.large, Count: 1, Networking: {SubnetIds: [subnet-11111111111111111]}}",
    }),
    {},
    [
      "cluster.yaml:21: WARNING OpenSsh: LoginNodes.Pools[0].Ssh.AllowedIps: SSH is open to every address of the internet that can route to the node; set AllowedIps to the block that people connect from",
    ],
  ],
  [
    "warns of an open DCV port",
    slurmFile({ head: "Dcv:\n  Enabled: true" }),
    {},
    [
      "cluster.yaml:10: WARNING Dcv: HeadNode.Dcv.AllowedIps: the port 8443 would be open to every address of the internet; set AllowedIps to the block that people connect from",
    ],
  ],
  [
    "names the nearest instance type",
    slurmFile({ resource: "InstanceType: c5.larg" }),
    {},
    [
      "cluster.yaml:18: ERROR InstanceType: Scheduling.SlurmQueues[0].ComputeResources[0].InstanceType: the instance type 'c5.larg' is not known; the nearest is 'c5.large'; correct it, or bring its facts under DevSettings.InstanceTypesData",
    ],
  ],
  [
    "refuses two architectures",
    slurmFile({ resource: "InstanceType: c7g.large" }),
    {},
    [
      "cluster.yaml:18: ERROR InstanceArchitectureCompatibility: Scheduling.SlurmQueues[0].ComputeResources[0].InstanceType: 'c7g.large' is arm64 but the head node is x86_64; use one architecture in the whole cluster",
    ],
  ],
  [
    "refuses two ways to name the type",
    slurmFile({ resource: "InstanceType: c5.large\nInstances:\n  - InstanceType: c5.large" }),
    {},
    [
      "cluster.yaml:17: ERROR InstanceTypeOrInstances: Scheduling.SlurmQueues[0].ComputeResources[0]: InstanceType and Instances cannot be combined; keep one of them",
    ],
  ],
  [
    "refuses a maximum below the minimum",
    slurmFile({ resource: "MinCount: 5\nMaxCount: 2" }),
    {},
    [
      "cluster.yaml:20: ERROR ComputeResourceSize: Scheduling.SlurmQueues[0].ComputeResources[0].MaxCount: MaxCount 2 is below MinCount 5; raise MaxCount or lower MinCount",
    ],
  ],
  [
    "refuses a capacity block without static nodes",
    slurmFile({
      queue:
        "CapacityType: CAPACITY_BLOCK\nCapacityReservationTarget:\n  CapacityReservationId: cr-0123456789abcdef0",
      resource: "InstanceType: p5.48xlarge",
    }),
    {},
    [
      "cluster.yaml:20: ERROR ComputeResourceSize: Scheduling.SlurmQueues[0].ComputeResources[0].MinCount: a capacity block needs static nodes, but MinCount is 0; set MinCount and MaxCount to the size of the block",
    ],
  ],
  [
    "refuses EFA on a type without it and names the sizes that have it",
    slurmFile({
      resource:
        "InstanceType: c5n.large\nEfa:\n  Enabled: true\nNetworking:\n  PlacementGroup:\n    Enabled: true",
    }),
    {},
    [
      "cluster.yaml:20: ERROR Efa: Scheduling.SlurmQueues[0].ComputeResources[0].Efa.Enabled: 'c5n.large' has no EFA; use c5n.9xlarge, c5n.18xlarge, c5n.metal, or set Efa.Enabled to false",
    ],
  ],
  [
    "refuses EFA on a type with the Intel 82599 function",
    slurmFile({
      resource:
        "InstanceType: c4.8xlarge\nEfa:\n  Enabled: true\nNetworking:\n  PlacementGroup:\n    Enabled: true",
    }),
    {},
    [
      "cluster.yaml:20: ERROR Efa: Scheduling.SlurmQueues[0].ComputeResources[0].Efa.Enabled: 'c4.8xlarge' has no EFA, and has the Intel 82599 function instead of ENA; no size of its family has EFA; choose another family, or set Efa.Enabled to false",
    ],
  ],
  [
    "advises EFA where it is free",
    slurmFile({ resource: "InstanceType: hpc7a.96xlarge" }),
    {},
    [
      "cluster.yaml:17: WARNING Efa: Scheduling.SlurmQueues[0].ComputeResources[0].Efa.Enabled: hpc7a.96xlarge could use EFA at no charge; set Efa.Enabled to true for jobs that span nodes",
    ],
  ],
  [
    "refuses EFA that says nothing of placement",
    slurmFile({ resource: "InstanceType: c5n.18xlarge\nEfa:\n  Enabled: true" }),
    {},
    [
      "cluster.yaml:17: ERROR EfaPlacementGroup: Scheduling.SlurmQueues[0].ComputeResources[0].Networking.PlacementGroup: with EFA the file must say whether a placement group is used; add PlacementGroup with Enabled true (faster) or false (easier to place)",
    ],
  ],
  [
    "warns of EFA without a placement group",
    slurmFile({
      resource:
        "InstanceType: c5n.18xlarge\nEfa:\n  Enabled: true\nNetworking:\n  PlacementGroup:\n    Enabled: false",
    }),
    {},
    [
      "cluster.yaml:22: WARNING EfaPlacementGroup: Scheduling.SlurmQueues[0].ComputeResources[0].Networking.PlacementGroup: EFA without a placement group has longer paths between nodes; set PlacementGroup.Enabled to true where capacity allows",
    ],
  ],
  [
    "refuses a placement group with two names",
    slurmFile({ networking: "PlacementGroup:\n  Id: pg-1\n  Name: one" }),
    {},
    [
      "cluster.yaml:16: ERROR PlacementGroupNaming: Scheduling.SlurmQueues[0].Networking.PlacementGroup: Id and Name of a placement group cannot be combined; keep Name",
    ],
  ],
  [
    "refuses a type that cannot be placed",
    slurmFile({ networking: "PlacementGroup:\n  Enabled: true", resource: "InstanceType: t3.large" }),
    {},
    [
      "cluster.yaml:19: ERROR InstanceTypePlacementGroup: Scheduling.SlurmQueues[0].ComputeResources[0].Networking.PlacementGroup: 't3.large' cannot be launched in a cluster placement group; set PlacementGroup.Enabled to false or choose another type",
    ],
  ],
  [
    "refuses a capacity block without a reservation",
    slurmFile({
      queue: "CapacityType: CAPACITY_BLOCK",
      resource: "InstanceType: p5.48xlarge\nMinCount: 2\nMaxCount: 2",
    }),
    {},
    [
      "cluster.yaml:18: ERROR CapacityType: Scheduling.SlurmQueues[0].ComputeResources[0].CapacityReservationTarget: a capacity block needs the id of its reservation; add CapacityReservationTarget with CapacityReservationId",
    ],
  ],
  [
    "refuses Spot for a type that has none",
    slurmFile({ queue: "CapacityType: SPOT", resource: "InstanceType: hpc7a.96xlarge" }),
    {},
    [
      "cluster.yaml:14: ERROR CapacityType: Scheduling.SlurmQueues[0].CapacityType: 'hpc7a.96xlarge' cannot be bought as SPOT, only as on-demand; change CapacityType or the type",
    ],
  ],
  [
    "refuses two targets of a reservation",
    slurmFile({
      resource:
        "CapacityReservationTarget:\n  CapacityReservationId: cr-0123456789abcdef0\n  CapacityReservationResourceGroupArn: arn:aws:resource-groups:eu-west-1:111122223333:group/g",
    }),
    {},
    [
      "cluster.yaml:19: ERROR CapacityReservation: Scheduling.SlurmQueues[0].ComputeResources[0].CapacityReservationTarget: a reservation is named by its id or by its resource group, by exactly one of them; keep CapacityReservationId or CapacityReservationResourceGroupArn",
    ],
  ],
  [
    "warns of a placement group beside a reservation",
    slurmFile({
      networking: "PlacementGroup:\n  Enabled: true",
      resource: "CapacityReservationTarget:\n  CapacityReservationId: cr-0123456789abcdef0",
    }),
    {},
    [
      "cluster.yaml:19: WARNING PlacementGroupCapacityReservation: Scheduling.SlurmQueues[0].ComputeResources[0].Networking.PlacementGroup: a placement group that the reservation was not made in can run out of capacity while the reservation is free; remove the placement group, or reserve inside it",
    ],
  ],
  [
    "refuses a Spot strategy for On-Demand",
    slurmFile({ queue: "AllocationStrategy: capacity-optimized" }),
    {},
    [
      "cluster.yaml:14: ERROR InstancesAllocationStrategy: Scheduling.SlurmQueues[0].AllocationStrategy: On-Demand capacity is allocated by lowest-price only, got capacity-optimized; remove AllocationStrategy or set CapacityType to SPOT",
    ],
  ],
  [
    "warns of a Spot price without Spot",
    slurmFile({ resource: "SpotPrice: 0.5" }),
    {},
    [
      "cluster.yaml:19: WARNING SpotKeys: Scheduling.SlurmQueues[0].ComputeResources[0].SpotPrice: SpotPrice has no effect because the queue is not Spot; remove SpotPrice or set CapacityType to SPOT",
    ],
  ],
  [
    "refuses a fallback without Spot",
    slurmFile({ queue: "Meridian:\n  SpotFallback: true" }),
    {},
    [
      "cluster.yaml:15: ERROR SpotKeys: Scheduling.SlurmQueues[0].Meridian.SpotFallback: SpotFallback needs a Spot queue, got ONDEMAND; set CapacityType to SPOT or remove SpotFallback",
    ],
  ],
  [
    "refuses types with different vCPUs",
    slurmFile({ resource: "Instances:\n  - InstanceType: c5.large\n  - InstanceType: c5.xlarge" }),
    {},
    [
      "cluster.yaml:18: ERROR InstancesUniformity: Scheduling.SlurmQueues[0].ComputeResources[0].Instances: the types differ in vCPUs (2, 4), but Slurm knows one number for all; choose types of one size",
    ],
  ],
  [
    "refuses a reservation for several types",
    slurmFile({
      resource:
        "Instances:\n  - InstanceType: c5.large\nCapacityReservationTarget:\n  CapacityReservationId: cr-0123456789abcdef0",
    }),
    {},
    [
      "cluster.yaml:18: ERROR CapacityReservationUse: Scheduling.SlurmQueues[0].ComputeResources[0].Instances: a capacity reservation holds one instance type, so Instances cannot be used with it; use InstanceType",
    ],
  ],
  [
    "refuses a reservation for Spot",
    slurmFile({
      queue: "CapacityType: SPOT",
      resource: "CapacityReservationTarget:\n  CapacityReservationId: cr-0123456789abcdef0",
    }),
    {},
    [
      "cluster.yaml:18: ERROR CapacityReservationUse: Scheduling.SlurmQueues[0].ComputeResources[0]: a capacity reservation holds On-Demand capacity, but the queue is Spot; set CapacityType to ONDEMAND or remove the reservation",
    ],
  ],
  [
    "warns of types with different network cards",
    slurmFile({ resource: "Instances:\n  - InstanceType: c6in.32xlarge\n  - InstanceType: c6i.32xlarge" }),
    {},
    [
      "cluster.yaml:18: WARNING InstancesNetworking: Scheduling.SlurmQueues[0].ComputeResources[0].Instances: the types differ in network cards (2, 1); all nodes get the smallest number; choose types with the same network cards",
    ],
  ],
  [
    "warns of several types in one placement group",
    slurmFile({
      networking: "PlacementGroup:\n  Enabled: true",
      resource: "Instances:\n  - InstanceType: c5.large\n  - InstanceType: m5.large",
    }),
    {},
    [
      "cluster.yaml:20: WARNING InstancesNetworking: Scheduling.SlurmQueues[0].ComputeResources[0].Instances: several types in one placement group run out of capacity sooner; use one type, or set PlacementGroup.Enabled to false",
    ],
  ],
  [
    "refuses more memory than the type has",
    slurmFile({ resource: "SchedulableMemory: 5000" }),
    {},
    [
      "cluster.yaml:19: ERROR SchedulableMemory: Scheduling.SlurmQueues[0].ComputeResources[0].SchedulableMemory: 5000 MiB is more than the 4096 MiB that the type has; lower it",
    ],
  ],
  [
    "notes memory that is left unused",
    slurmFile({ resource: "SchedulableMemory: 2000" }),
    {},
    [
      "cluster.yaml:19: INFO SchedulableMemory: Scheduling.SlurmQueues[0].ComputeResources[0].SchedulableMemory: 2000 MiB is below 95 percent of the 4096 MiB that the type has; raise it, or leave it out to schedule 95 percent",
    ],
  ],
  [
    "warns of GPUs without a driver",
    slurmFile({ resource: "InstanceType: g4ad.xlarge" }),
    {},
    [
      "cluster.yaml:18: WARNING InstanceTypeAcceleratorManufacturer: Scheduling.SlurmQueues[0].ComputeResources[0].InstanceType: the GPUs of 'g4ad.xlarge' are made by AMD, and their driver is not installed; use a CustomAmi with the driver",
    ],
  ],
  [
    "warns of NVIDIA GPUs on a stock image",
    slurmFile({ resource: "InstanceType: g4dn.xlarge" }),
    {},
    [
      "cluster.yaml:17: WARNING InstanceTypeAcceleratorManufacturer: Scheduling.SlurmQueues[0].ComputeResources[0]: the stock image has no driver for the GPUs of 'g4dn.xlarge', and Slurm's daemon does not start without their devices; set the queue's Image.CustomAmi to an image with the driver, such as the Deep Learning Base GPU AMI, or install it in OnNodeStart",
    ],
  ],
  [
    "takes NVIDIA GPUs on an image of one's own",
    slurmFile({
      resource: "InstanceType: g4dn.xlarge",
      queue: "Image:\n  CustomAmi: ami-0123456789abcdef0",
    }),
    {},
    [],
  ],
  [
    "warns of a machine that is too small",
    slurmFile({ resource: "InstanceType: t3.micro" }),
    {},
    [
      "cluster.yaml:18: WARNING InstanceTypeOSCompatible: Scheduling.SlurmQueues[0].ComputeResources[0].InstanceType: 't3.micro' has less than 1.7 GB of memory, too little for a node of a cluster; choose a larger type",
    ],
  ],
  [
    "warns of root volumes that differ in encryption",
    slurmFile({
      rest: "    - Name: q2\n      Networking:\n        SubnetIds: [subnet-22222222222222222]\n      ComputeSettings:\n        LocalStorage:\n          RootVolume:\n            Encrypted: false\n      ComputeResources:\n        - Name: cr1\n          InstanceType: c5.large",
    }),
    {},
    [
      "cluster.yaml:25: WARNING RootVolumeEncryptionConsistency: Scheduling.SlurmQueues[1].ComputeSettings.LocalStorage.RootVolume.Encrypted: the queue q2 differs from q1 in the encryption of root volumes; use one setting, so that policies that enforce encryption hold for all",
    ],
  ],
  [
    "refuses settings of another storage type",
    slurmFile({
      rest: "SharedStorage:\n  - MountDir: /a\n    Name: a\n    StorageType: Ebs\n    EfsSettings:\n      Encrypted: true",
    }),
    {},
    [
      "cluster.yaml:23: ERROR StorageSettings: SharedStorage[0].EfsSettings: EfsSettings does not belong to the storage type Ebs; remove it or write EbsSettings",
    ],
  ],
  [
    "refuses a storage name with a forbidden letter",
    slurmFile({ rest: "SharedStorage:\n  - MountDir: /a\n    Name: a*b\n    StorageType: Ebs" }),
    {},
    [
      "cluster.yaml:21: ERROR SharedStorageName: SharedStorage[0].Name: the name 'a*b' must have at most 30 letters, digits, spaces and + - = . _ : /, and not be 'default'; rename it",
    ],
  ],
  [
    "refuses a directory of the operating system",
    slurmFile({ rest: "SharedStorage:\n  - MountDir: usr\n    Name: a\n    StorageType: Ebs" }),
    {},
    [
      "cluster.yaml:20: ERROR SharedStorageMountDir: SharedStorage[0].MountDir: /usr belongs to the operating system; choose another directory, such as /shared",
    ],
  ],
  [
    "refuses one directory for two storages",
    slurmFile({
      rest: "SharedStorage:\n  - {MountDir: /a, Name: a, StorageType: Ebs}\n  - {MountDir: a/, Name: b, StorageType: Ebs}",
    }),
    {},
    [
      "cluster.yaml:21: ERROR DuplicateMountDir: SharedStorage[1].MountDir: /a is the mount directory of several storages; give each a directory of its own",
    ],
  ],
  [
    "refuses a directory inside another",
    slurmFile({
      rest: "SharedStorage:\n  - {MountDir: /a, Name: a, StorageType: Ebs}\n  - {MountDir: /a/b, Name: b, StorageType: Ebs}",
    }),
    {},
    [
      "cluster.yaml:21: ERROR OverlappingMountDir: SharedStorage[1].MountDir: /a/b lies inside /a; choose directories side by side",
    ],
  ],
  [
    "refuses a second managed EFS",
    slurmFile({
      rest: "SharedStorage:\n  - {MountDir: /a, Name: a, StorageType: Efs}\n  - {MountDir: /b, Name: b, StorageType: Efs}",
    }),
    {},
    [
      "cluster.yaml:19: ERROR NumberOfStorage: SharedStorage: a cluster has at most 1 managed EFS file systems, got 2; remove some",
    ],
  ],
  [
    "refuses a managed Lustre over several zones",
    slurmFile({
      networking: "SubnetIds: [subnet-22222222222222222, subnet-33333333333333333]",
      resource: "Instances:\n  - InstanceType: c5.large",
      rest: "SharedStorage:\n  - MountDir: /fsx\n    Name: fsx\n    StorageType: FsxLustre\n    FsxLustreSettings:\n      StorageCapacity: 1200",
    }),
    {},
    [
      "cluster.yaml:15: ERROR ManagedFsxMultiAz: Scheduling.SlurmQueues[0].Networking.SubnetIds: a managed Lustre file system is in one zone, but the queue has several subnets; give one subnet, or use an existing file system",
    ],
  ],
  [
    "refuses a throughput that its IOPS do not carry",
    slurmFile({
      rest: "SharedStorage:\n  - MountDir: /data\n    Name: data\n    StorageType: Ebs\n    EbsSettings:\n      Throughput: 1000",
    }),
    {},
    [
      "cluster.yaml:24: ERROR EbsVolume: SharedStorage[0].EbsSettings.Throughput: 1000 MB/s needs at least 4000 IOPS, got 3000; raise Iops or lower Throughput",
    ],
  ],
  [
    "refuses IOPS of a type without them",
    slurmFile({
      rest: "SharedStorage:\n  - MountDir: /data\n    Name: data\n    StorageType: Ebs\n    EbsSettings:\n      VolumeType: st1\n      Size: 500\n      Iops: 3000",
    }),
    {},
    [
      "cluster.yaml:26: ERROR EbsVolume: SharedStorage[0].EbsSettings.Iops: IOPS cannot be set for st1 volumes; remove Iops or use io1, io2, gp3",
    ],
  ],
  [
    "refuses a size out of the type's bounds",
    slurmFile({
      rest: "SharedStorage:\n  - MountDir: /data\n    Name: data\n    StorageType: Ebs\n    EbsSettings:\n      VolumeType: sc1\n      Size: 40",
    }),
    {},
    [
      "cluster.yaml:25: ERROR EbsVolume: SharedStorage[0].EbsSettings.Size: sc1 volumes have between 500 and 16384 GiB, got 40; correct the size or the type",
    ],
  ],
  [
    "refuses too many IOPS for the size",
    slurmFile({
      rest: "SharedStorage:\n  - MountDir: /data\n    Name: data\n    StorageType: Ebs\n    EbsSettings:\n      VolumeType: io1\n      Size: 10\n      Iops: 1000",
    }),
    {},
    [
      "cluster.yaml:26: ERROR EbsVolume: SharedStorage[0].EbsSettings.Iops: io1 volumes have at most 50 IOPS for each GiB, got 1000 for 10 GiB; raise Size or lower Iops",
    ],
  ],
  [
    "refuses a key without encryption",
    slurmFile({
      rest: "SharedStorage:\n  - MountDir: /data\n    Name: data\n    StorageType: Ebs\n    EbsSettings:\n      Encrypted: false\n      KmsKeyId: alias/x",
    }),
    {},
    [
      "cluster.yaml:25: ERROR EbsVolume: SharedStorage[0].EbsSettings.KmsKeyId: a key is named but Encrypted is false; set Encrypted to true or remove KmsKeyId",
    ],
  ],
  [
    "refuses provisioned throughput without its number",
    slurmFile({
      rest: "SharedStorage:\n  - MountDir: /home2\n    Name: home\n    StorageType: Efs\n    EfsSettings:\n      ThroughputMode: provisioned",
    }),
    {},
    [
      "cluster.yaml:23: ERROR EfsSettings: SharedStorage[0].EfsSettings: ThroughputMode provisioned and ProvisionedThroughput need each other; add ProvisionedThroughput",
    ],
  ],
  [
    "refuses IAM authorisation without encryption in transit",
    slurmFile({
      rest: "SharedStorage:\n  - MountDir: /home2\n    Name: home\n    StorageType: Efs\n    EfsSettings:\n      IamAuthorization: true",
    }),
    {},
    [
      "cluster.yaml:24: ERROR EfsSettings: SharedStorage[0].EfsSettings.IamAuthorization: IAM authorisation needs encryption in transit; set EncryptionInTransit to true",
    ],
  ],
  [
    "notes what is deleted with the cluster",
    slurmFile({
      rest: "SharedStorage:\n  - MountDir: /home2\n    Name: home\n    StorageType: Efs\n    EfsSettings:\n      Encrypted: true",
    }),
    {},
    [
      "cluster.yaml:23: INFO DeletionPolicy: SharedStorage[0].EfsSettings.DeletionPolicy: the storage home is deleted with its data when it is removed from the file or the cluster is deleted; set DeletionPolicy to Retain to keep it",
    ],
  ],
  [
    "refuses Lustre where there is no client",
    slurmFile({
      resource: "InstanceType: c7g.large",
      rest: "SharedStorage:\n  - MountDir: /fsx\n    Name: fsx\n    StorageType: FsxLustre\n    FsxLustreSettings:\n      StorageCapacity: 1200",
    }).replace("alinux2023", "rocky8"),
    {},
    [
      "cluster.yaml:22: ERROR FsxArchitectureOs: SharedStorage[0].StorageType: there is no Lustre client for rocky8 on arm64; use alinux2023, ubuntu2204 or ubuntu2404",
    ],
  ],
  [
    "refuses settings of an existing file system",
    slurmFile({
      rest: "SharedStorage:\n  - MountDir: /fsx\n    Name: fsx\n    StorageType: FsxLustre\n    FsxLustreSettings:\n      FileSystemId: fs-0123456789abcdef0\n      StorageCapacity: 1200",
    }),
    {},
    [
      "cluster.yaml:23: ERROR FsxExisting: SharedStorage[0].FsxLustreSettings: an existing file system keeps its own settings, so StorageCapacity cannot be given; remove them or remove FileSystemId",
    ],
  ],
  [
    "refuses an export path without an import path",
    slurmFile({
      rest: "SharedStorage:\n  - MountDir: /fsx\n    Name: fsx\n    StorageType: FsxLustre\n    FsxLustreSettings:\n      StorageCapacity: 1200\n      ExportPath: s3://b/out",
    }),
    {},
    [
      "cluster.yaml:25: ERROR FsxS3: SharedStorage[0].FsxLustreSettings.ExportPath: ExportPath needs ImportPath; add ImportPath or remove the key",
    ],
  ],
  [
    "refuses an import path on PERSISTENT_2",
    slurmFile({
      rest: "SharedStorage:\n  - MountDir: /fsx\n    Name: fsx\n    StorageType: FsxLustre\n    FsxLustreSettings:\n      StorageCapacity: 1200\n      DeploymentType: PERSISTENT_2\n      PerUnitStorageThroughput: 125\n      ImportPath: s3://b",
    }),
    {},
    [
      "cluster.yaml:27: ERROR FsxS3: SharedStorage[0].FsxLustreSettings.ImportPath: PERSISTENT_2 is linked to a bucket by data repository associations only; write the bucket under DataRepositoryAssociations",
    ],
  ],
  [
    "refuses associations that overlap",
    slurmFile({
      rest: "SharedStorage:\n  - MountDir: /fsx\n    Name: fsx\n    StorageType: FsxLustre\n    FsxLustreSettings:\n      StorageCapacity: 1200\n      DataRepositoryAssociations:\n        - {Name: a, FileSystemPath: /a, DataRepositoryPath: 's3://b/x'}\n        - {Name: b, FileSystemPath: /a/b, DataRepositoryPath: 's3://b/y'}",
    }),
    {},
    [
      "cluster.yaml:27: ERROR FsxDra: SharedStorage[0].FsxLustreSettings.DataRepositoryAssociations[1].FileSystemPath: /a/b overlaps with /a; choose directories side by side",
    ],
  ],
  [
    "refuses a persistent type without its throughput",
    slurmFile({
      rest: "SharedStorage:\n  - MountDir: /fsx\n    Name: fsx\n    StorageType: FsxLustre\n    FsxLustreSettings:\n      StorageCapacity: 1200\n      DeploymentType: PERSISTENT_1",
    }),
    {},
    [
      "cluster.yaml:23: ERROR FsxPersistentOptions: SharedStorage[0].FsxLustreSettings: PERSISTENT_1 needs PerUnitStorageThroughput; add it with one of 50, 100, 200",
    ],
  ],
  [
    "refuses a throughput of a scratch type",
    slurmFile({
      rest: "SharedStorage:\n  - MountDir: /fsx\n    Name: fsx\n    StorageType: FsxLustre\n    FsxLustreSettings:\n      StorageCapacity: 1200\n      PerUnitStorageThroughput: 125",
    }),
    {},
    [
      "cluster.yaml:25: ERROR FsxPersistentOptions: SharedStorage[0].FsxLustreSettings.PerUnitStorageThroughput: PerUnitStorageThroughput can be used with PERSISTENT_1, PERSISTENT_2 only, not with SCRATCH_2; remove the key or change DeploymentType",
    ],
  ],
  [
    "refuses HDD on another type than PERSISTENT_1",
    slurmFile({
      rest: "SharedStorage:\n  - MountDir: /fsx\n    Name: fsx\n    StorageType: FsxLustre\n    FsxLustreSettings:\n      StorageCapacity: 6000\n      DeploymentType: PERSISTENT_2\n      PerUnitStorageThroughput: 12\n      StorageType: HDD",
    }),
    {},
    [
      "cluster.yaml:27: ERROR FsxStorageTypeOptions: SharedStorage[0].FsxLustreSettings.StorageType: HDD is available with PERSISTENT_1 only, not with PERSISTENT_2; set DeploymentType to PERSISTENT_1 or use SSD",
    ],
  ],
  [
    "refuses a throughput that is not offered",
    slurmFile({
      rest: "SharedStorage:\n  - MountDir: /fsx\n    Name: fsx\n    StorageType: FsxLustre\n    FsxLustreSettings:\n      StorageCapacity: 1200\n      DeploymentType: PERSISTENT_2\n      PerUnitStorageThroughput: 200",
    }),
    {},
    [
      "cluster.yaml:26: ERROR FsxStorageTypeOptions: SharedStorage[0].FsxLustreSettings.PerUnitStorageThroughput: PERSISTENT_2 on SSD offers 125, 250, 500, 1000 MB/s for each TiB, got 200; choose one of them",
    ],
  ],
  [
    "refuses a missing capacity",
    slurmFile({
      rest: "SharedStorage:\n  - MountDir: /fsx\n    Name: fsx\n    StorageType: FsxLustre\n    FsxLustreSettings:\n      DeploymentType: SCRATCH_2",
    }),
    {},
    [
      "cluster.yaml:23: ERROR FsxStorageCapacity: SharedStorage[0].FsxLustreSettings: the file system needs StorageCapacity; add it in GiB, at least 1200",
    ],
  ],
  [
    "refuses a capacity between the steps",
    slurmFile({
      rest: "SharedStorage:\n  - MountDir: /fsx\n    Name: fsx\n    StorageType: FsxLustre\n    FsxLustreSettings:\n      StorageCapacity: 3600",
    }),
    {},
    [
      "cluster.yaml:24: ERROR FsxStorageCapacity: SharedStorage[0].FsxLustreSettings.StorageCapacity: the capacity must be 1200 or a multiple of 2400 GiB, got 3600; use 2400, 4800",
    ],
  ],
  [
    "refuses a capacity that SCRATCH_1 does not have",
    slurmFile({
      rest: "SharedStorage:\n  - MountDir: /fsx\n    Name: fsx\n    StorageType: FsxLustre\n    FsxLustreSettings:\n      DeploymentType: SCRATCH_1\n      StorageCapacity: 4800",
    }),
    {},
    [
      "cluster.yaml:25: ERROR FsxStorageCapacity: SharedStorage[0].FsxLustreSettings.StorageCapacity: the capacity must be 1200 or 2400 or a multiple of 3600 GiB, got 4800; use 3600, 7200",
    ],
  ],
  [
    "refuses a capacity that 12 MB/s HDD does not have",
    slurmFile({
      rest: "SharedStorage:\n  - MountDir: /fsx\n    Name: fsx\n    StorageType: FsxLustre\n    FsxLustreSettings:\n      DeploymentType: PERSISTENT_1\n      StorageType: HDD\n      PerUnitStorageThroughput: 12\n      StorageCapacity: 1800",
    }),
    {},
    [
      "cluster.yaml:27: ERROR FsxStorageCapacity: SharedStorage[0].FsxLustreSettings.StorageCapacity: the capacity must be a multiple of 6000 GiB, got 1800; use 6000",
    ],
  ],
  [
    "refuses a capacity that EFA at 500 MB/s does not have",
    slurmFile({
      rest: "SharedStorage:\n  - MountDir: /fsx\n    Name: fsx\n    StorageType: FsxLustre\n    FsxLustreSettings:\n      DeploymentType: PERSISTENT_2\n      PerUnitStorageThroughput: 500\n      StorageCapacity: 4800\n      Meridian:\n        EfaEnabled: true\n        MetadataMode: AUTOMATIC",
    }),
    {},
    [
      "cluster.yaml:26: ERROR FsxStorageCapacity: SharedStorage[0].FsxLustreSettings.StorageCapacity: the capacity must be a multiple of 9600 GiB, got 4800; use 9600",
    ],
  ],
  [
    "refuses backups of a scratch type",
    slurmFile({
      rest: "SharedStorage:\n  - MountDir: /fsx\n    Name: fsx\n    StorageType: FsxLustre\n    FsxLustreSettings:\n      StorageCapacity: 1200\n      AutomaticBackupRetentionDays: 5",
    }),
    {},
    [
      "cluster.yaml:25: ERROR FsxBackupOptions: SharedStorage[0].FsxLustreSettings.AutomaticBackupRetentionDays: backups are available with PERSISTENT_1, PERSISTENT_2 only; remove the key or change DeploymentType",
    ],
  ],
  [
    "refuses a capacity beside a backup",
    slurmFile({
      rest: "SharedStorage:\n  - MountDir: /fsx\n    Name: fsx\n    StorageType: FsxLustre\n    FsxLustreSettings:\n      StorageCapacity: 1200\n      BackupId: backup-0123456789abcdef0",
    }),
    {},
    [
      "cluster.yaml:25: ERROR FsxBackupId: SharedStorage[0].FsxLustreSettings.BackupId: a restored file system takes its settings from the backup, so StorageCapacity cannot be given; remove them",
    ],
  ],
  [
    "refuses EFA without metadata",
    slurmFile({
      resource:
        "InstanceType: c5n.18xlarge\nEfa:\n  Enabled: true\nNetworking:\n  PlacementGroup:\n    Enabled: true",
      rest: "SharedStorage:\n  - MountDir: /fsx\n    Name: fsx\n    StorageType: FsxLustre\n    FsxLustreSettings:\n      DeploymentType: PERSISTENT_2\n      PerUnitStorageThroughput: 500\n      StorageCapacity: 9600\n      Meridian:\n        EfaEnabled: true",
    }),
    {},
    [
      "cluster.yaml:33: ERROR FsxEfa: SharedStorage[0].FsxLustreSettings.Meridian.EfaEnabled: EFA needs PERSISTENT_2 and a metadata configuration; set DeploymentType to PERSISTENT_2 and add MetadataMode",
    ],
  ],
  [
    "refuses metadata IOPS that are not offered",
    slurmFile({
      rest: "SharedStorage:\n  - MountDir: /fsx\n    Name: fsx\n    StorageType: FsxLustre\n    FsxLustreSettings:\n      DeploymentType: PERSISTENT_2\n      PerUnitStorageThroughput: 500\n      StorageCapacity: 2400\n      Meridian:\n        MetadataMode: USER_PROVISIONED\n        MetadataIops: 5000",
    }),
    {},
    [
      "cluster.yaml:29: ERROR FsxMetadata: SharedStorage[0].FsxLustreSettings.Meridian.MetadataIops: metadata IOPS are 1500, 3000, 6000 or a multiple of 12000, got 5000; choose one of them",
    ],
  ],
  [
    "warns of a region without PERSISTENT_2",
    slurmFile({
      rest: "SharedStorage:\n  - MountDir: /fsx\n    Name: fsx\n    StorageType: FsxLustre\n    FsxLustreSettings:\n      DeploymentType: PERSISTENT_2\n      PerUnitStorageThroughput: 500\n      StorageCapacity: 2400",
    }),
    { region: "eu-west-3" },
    [
      "cluster.yaml:24: WARNING FeatureRegion: SharedStorage[0].FsxLustreSettings.DeploymentType: PERSISTENT_2 was not offered in eu-west-3 when the table was made; check the region's page, or use PERSISTENT_1",
    ],
  ],
  [
    "refuses a repeated export event",
    slurmFile({
      rest: "SharedStorage:\n  - MountDir: /fsx\n    Name: fsx\n    StorageType: FsxLustre\n    FsxLustreSettings:\n      StorageCapacity: 1200\n      DataRepositoryAssociations:\n        - Name: a\n          FileSystemPath: /a\n          DataRepositoryPath: s3://b\n          AutoExportPolicy: [NEW, NEW]",
    }),
    {},
    [
      "cluster.yaml:29: ERROR FsxExportPolicy: SharedStorage[0].FsxLustreSettings.DataRepositoryAssociations[0].AutoExportPolicy: NEW is listed more than once; remove the repeated event",
    ],
  ],
  [
    "refuses settings that the module writes",
    slurmFile({ settings: "CustomSlurmSettings:\n  - MaxJobCount: 5\n    SuspendTime: 5" }),
    {},
    [
      "cluster.yaml:15: ERROR CustomSlurmSettings: Scheduling.SlurmSettings.CustomSlurmSettings[0].SuspendTime: SuspendTime is written by the module and cannot be set here; remove the setting",
    ],
  ],
  [
    "refuses partition settings that the module writes",
    slurmFile({ queue: "CustomSlurmSettings:\n  OverSubscribe: EXCLUSIVE" }),
    {},
    [
      "cluster.yaml:15: ERROR CustomSlurmSettings: Scheduling.SlurmQueues[0].CustomSlurmSettings.OverSubscribe: OverSubscribe is written by the module and cannot be set here; remove the setting",
    ],
  ],
  [
    "refuses node settings that the module writes",
    slurmFile({ resource: "CustomSlurmSettings:\n  Weight: 5" }),
    {},
    [
      "cluster.yaml:20: ERROR CustomSlurmSettings: Scheduling.SlurmQueues[0].ComputeResources[0].CustomSlurmSettings.Weight: Weight is written by the module and cannot be set here; remove the setting",
    ],
  ],
  [
    "refuses settings that the module writes inside another setting's value",
    slurmFile({ queue: 'CustomSlurmSettings:\n  MaxNodes: "5 State=DOWN"' }),
    {},
    [
      "cluster.yaml:14: ERROR CustomSlurmSettings: Scheduling.SlurmQueues[0].CustomSlurmSettings.State: State is written by the module and cannot be set here; remove the setting",
    ],
  ],
  [
    "refuses settings that go on in another line",
    slurmFile({ resource: 'CustomSlurmSettings:\n  TmpDisk: "5\\nSlurmUser=root"' }),
    {},
    [
      'cluster.yaml:20: ERROR CustomSlurmSettingsForm: Scheduling.SlurmQueues[0].ComputeResources[0].CustomSlurmSettings.TmpDisk: the value must be on one line, got "5\\nSlurmUser=root"; remove line breaks and control characters',
    ],
  ],
  [
    "refuses names of settings that hold more than a name",
    slurmFile({ settings: 'CustomSlurmSettings:\n  - "ResumeProgram ": /tmp/x\n  - "include /tmp/y #": 1' }),
    {},
    [
      'cluster.yaml:14: ERROR CustomSlurmSettingsForm: Scheduling.SlurmSettings.CustomSlurmSettings[0]: a setting\'s name must be letters and digits, got "ResumeProgram "; write the name as slurm.conf documents it',
      'cluster.yaml:15: ERROR CustomSlurmSettingsForm: Scheduling.SlurmSettings.CustomSlurmSettings[1]: a setting\'s name must be letters and digits, got "include /tmp/y #"; write the name as slurm.conf documents it',
    ],
  ],
  [
    "refuses a file system that is mounted twice",
    slurmFile({
      rest: "SharedStorage:\n  - {MountDir: /a, Name: a, StorageType: Efs, EfsSettings: {FileSystemId: fs-11111111111111111}}\n  - {MountDir: /b, Name: b, StorageType: Efs, EfsSettings: {FileSystemId: fs-11111111111111111}}",
    }),
    {},
    [
      "cluster.yaml:21: ERROR DuplicateStorage: SharedStorage[1].EfsSettings.FileSystemId: fs-11111111111111111 is mounted by another storage already; mount it once, and use directories of it",
    ],
  ],
  [
    "refuses node names of the cluster's own form",
    slurmFile({ settings: "CustomSlurmSettings:\n  - NodeName: a-st-b-1" }),
    {},
    [
      "cluster.yaml:14: ERROR CustomSlurmNodeNames: Scheduling.SlurmSettings.CustomSlurmSettings[0].NodeName: the node name 'a-st-b-1' holds -st- or -dy-, which mark the cluster's own nodes; rename the node",
    ],
  ],
  [
    "refuses two sources of custom settings",
    slurmFile({
      settings: "CustomSlurmSettings: [{MaxJobCount: 5}]\nCustomSlurmSettingsIncludeFile: s3://b/slurm.conf",
    }),
    {},
    [
      "cluster.yaml:14: ERROR CustomSlurmSettingsIncludeFileOnly: Scheduling.SlurmSettings.CustomSlurmSettingsIncludeFile: CustomSlurmSettings and CustomSlurmSettingsIncludeFile cannot be combined; keep one of them",
    ],
  ],
  [
    "warns of static nodes behind dynamic ones",
    slurmFile({ resource: "MinCount: 1\nStaticNodePriority: 2000" }),
    {},
    [
      "cluster.yaml:16: WARNING SlurmNodePrioritiesWarning: Scheduling.SlurmQueues[0].ComputeResources: the static nodes of cr1 are used after dynamic nodes, whose lowest priority is 1000; give static nodes the lower number",
    ],
  ],
  [
    "refuses an external slurmdbd without a munge key",
    slurmFile({ settings: "ExternalSlurmdbd:\n  Host: dbd.example.com" }),
    {},
    [
      "cluster.yaml:13: ERROR ExternalSlurmdbd: Scheduling.SlurmSettings.ExternalSlurmdbd: an external slurmdbd needs the same munge key; add MungeKeySecretArn",
      "cluster.yaml:13: WARNING ExternalSlurmdbd: Scheduling.SlurmSettings.ExternalSlurmdbd: traffic to an external slurmdbd is not encrypted; keep both in a trusted network",
    ],
  ],
  [
    "refuses a database address with a scheme",
    slurmFile({
      settings:
        "Database:\n  Uri: mysql://db:3306\n  UserName: u\n  PasswordSecretArn: arn:aws:secretsmanager:eu-west-1:111122223333:secret:p",
    }),
    {},
    [
      "cluster.yaml:14: ERROR DatabaseUri: Scheduling.SlurmSettings.Database.Uri: 'mysql://db:3306' must be without a scheme; write it as host:port",
    ],
  ],
  [
    "warns of nodes that are never given back",
    slurmFile({ settings: "ScaledownIdletime: -1" }),
    {},
    [
      "cluster.yaml:13: WARNING ScaledownIdletime: Scheduling.SlurmSettings.ScaledownIdletime: idle nodes are never given back and stay billed; set the minutes after which a node is given back",
    ],
  ],
  [
    "refuses a zone without managed DNS",
    slurmFile({ settings: "Dns:\n  DisableManagedDns: true\n  HostedZoneId: Z123" }),
    {},
    [
      "cluster.yaml:15: ERROR HostedZone: Scheduling.SlurmSettings.Dns.HostedZoneId: a hosted zone is given but managed DNS is off; remove one of them",
    ],
  ],
  [
    "refuses a Batch maximum below the minimum",
    batchFile({ resource: "MinvCpus: 4\nMaxvCpus: 2" }),
    {},
    [
      "cluster.yaml:13: ERROR AwsBatchComputeResourceSize: Scheduling.AwsBatchQueues[0].ComputeResources[0].MaxvCpus: MaxvCpus 2 is below MinvCpus 4; raise MaxvCpus or lower MinvCpus",
    ],
  ],
  [
    "refuses a Batch maximum below one machine",
    batchFile({ resource: "InstanceTypes: [c5.9xlarge]\nMaxvCpus: 10" }),
    {},
    [
      "cluster.yaml:12: ERROR AwsBatchComputeInstanceType: Scheduling.AwsBatchQueues[0].ComputeResources[0].MaxvCpus: MaxvCpus 10 is below the 36 vCPUs of the smallest type; raise MaxvCpus or choose a smaller type",
    ],
  ],
  [
    "refuses EFA on Fargate",
    batchFile({ queue: "Meridian:\n  Fargate: true\n  PlacementGroup: true" }),
    {},
    [
      "cluster.yaml:8: ERROR AwsBatchQueueFeatures: Scheduling.AwsBatchQueues[0].Meridian.Fargate: Fargate has neither EFA nor placement groups; remove Fargate, or the other keys",
    ],
  ],
  [
    "refuses multi-node jobs without an On-Demand queue",
    batchFile({
      queue: "CapacityType: SPOT",
      settings: "Meridian:\n  JobDefinitions:\n    - {Name: mpi, Image: 'a/b:1', Nodes: 2}",
    }),
    {},
    [
      "cluster.yaml:8: ERROR AwsBatchJobDefinition: Scheduling.AwsBatchSettings.Meridian.JobDefinitions[0].Nodes: multi-node jobs need an On-Demand queue on EC2, and the file has none; add one, or set Nodes to 1",
    ],
  ],
  [
    "refuses a mount of an unknown storage",
    batchFile({
      settings:
        "Meridian:\n  JobDefinitions:\n    - {Name: one, Image: 'a/b:1', Mounts: [{SharedStorage: x, ContainerPath: /x}]}",
    }),
    {},
    [
      "cluster.yaml:8: ERROR AwsBatchJobDefinition: Scheduling.AwsBatchSettings.Meridian.JobDefinitions[0].Mounts[0].SharedStorage: there is no shared storage 'x'; add it under SharedStorage",
    ],
  ],
  [
    "refuses EBS with Batch",
    batchFile({ rest: "SharedStorage:\n  - {MountDir: /a, Name: a, StorageType: Ebs}" }),
    {},
    [
      "cluster.yaml:13: ERROR AwsBatchStorage: SharedStorage[0].StorageType: an EBS volume is shared by the head node, and a Batch cluster has none; use Efs or FsxLustre",
    ],
  ],
  ...(["OpenZfs", "Ontap"] as const).map((kind): Case => [
    `refuses FSx for ${kind} with Batch`,
    batchFile({
      rest: `SharedStorage:\n  - {MountDir: /a, Name: a, StorageType: Fsx${kind}, Fsx${kind}Settings: {VolumeId: fsvol-0123456789abcdef0}}`,
    }),
    {},
    [
      "cluster.yaml:13: ERROR AwsBatchStorage: SharedStorage[0].StorageType: machines of Batch do not mount volumes of FSx for OpenZFS and ONTAP, and jobs would write to the root volume; use Efs or FsxLustre",
    ],
  ]),
  [
    "refuses more compute environments than a Batch queue takes",
    batchFile().replace(
      /( +)- Name: cr1\n +InstanceTypes: .*\n/,
      (one, indent: string) =>
        one + [2, 3, 4].map((n) => `${indent}- {Name: cr${n}, InstanceTypes: [c5.large]}\n`).join(""),
    ),
    {},
    [
      "cluster.yaml:9: ERROR AwsBatchComputeEnvironments: Scheduling.AwsBatchQueues[0].ComputeResources: a Batch queue takes at most 3 compute environments, got 4; name more instance types in fewer compute resources, or add a queue",
    ],
  ],
  [
    "refuses sizes that Fargate does not have, and what it cannot do",
    batchFile({
      queue: "Meridian:\n  Fargate: true",
      settings:
        "Meridian:\n  JobDefinitions:\n    - {Name: a, Image: a, Vcpus: 3}\n    - {Name: b, Image: b, Vcpus: 0.25, MemoryMiB: 1536}\n    - {Name: c, Image: c, Gpus: 1}",
    }),
    {},
    [
      "cluster.yaml:8: ERROR AwsBatchJobSize: Scheduling.AwsBatchSettings.Meridian.JobDefinitions[0].Vcpus: Fargate has no task of 3 vCPUs and 2048 MiB; set Vcpus to one of 0.25, 0.5, 1, 2, 4, 8, 16",
      "cluster.yaml:9: ERROR AwsBatchJobSize: Scheduling.AwsBatchSettings.Meridian.JobDefinitions[1].Vcpus: Fargate has no task of 0.25 vCPUs and 1536 MiB; set MemoryMiB to one of 512, 1024, 2048",
      "cluster.yaml:10: ERROR AwsBatchJobSize: Scheduling.AwsBatchSettings.Meridian.JobDefinitions[2].Gpus: Fargate has no machines that mount the shared storage or have GPUs; remove the key, or use a queue on EC2",
    ],
  ],
  [
    "refuses a public address with several interfaces on Batch",
    batchFile({
      queue:
        "Meridian: {Efa: true}\nNetworking: {SubnetIds: [subnet-22222222222222222], AssignPublicIp: true}",
      resource: "InstanceTypes: [c5n.18xlarge]\nMaxvCpus: 144",
    }),
    {},
    [
      "cluster.yaml:8: ERROR AwsBatchPublicAddresses: Scheduling.AwsBatchQueues[0].Networking.AssignPublicIp: machines with EFA have several network interfaces, and AWS gives a public address to one interface only; set AssignPublicIp to false and use a private subnet with NAT",
    ],
  ],
  [
    "refuses Fargate queues that differ in public addresses",
    batchFile({
      queue: "Meridian: {Fargate: true}",
      rest: "    - {Name: b2, Meridian: {Fargate: true}, Networking: {SubnetIds: [subnet-22222222222222222], AssignPublicIp: true}, ComputeResources: [{Name: a, InstanceTypes: [c5.large]}]}",
    }),
    {},
    [
      "cluster.yaml:13: ERROR AwsBatchPublicAddresses: Scheduling.AwsBatchQueues[1].Networking.AssignPublicIp: a job definition of Fargate says whether its containers have public addresses, and serves every queue; give all queues the same AssignPublicIp",
    ],
  ],
  [
    "warns of an Elastic IP in the private subnet of a network of the module's own",
    slurmFile({ headNetworking: "ElasticIp: true" })
      .replace("    SubnetId: subnet-11111111111111111\n", "")
      .replace("      Networking:\n        SubnetIds: [subnet-22222222222222222]\n", ""),
    {},
    [
      "cluster.yaml:6: WARNING ManagedNetwork: HeadNode.Networking.ElasticIp: where the file names no subnets the head node is in a private one, and cannot be reached at its Elastic IP; name a public subnet, or leave out ElasticIp",
    ],
  ],
  [
    "refuses part of a vCPU on machines",
    batchFile({ settings: "Meridian:\n  JobDefinitions:\n    - {Name: a, Image: a, Vcpus: 0.5}" }),
    {},
    [
      "cluster.yaml:8: ERROR AwsBatchJobSize: Scheduling.AwsBatchSettings.Meridian.JobDefinitions[0].Vcpus: machines give whole vCPUs, got 0.5; write a whole number",
    ],
  ],
  [
    "says that users cannot use what is granted to their nodes while metadata is closed",
    slurmFile({ queue: "Iam:\n  S3Access:\n    - BucketName: data" }),
    {},
    [
      "cluster.yaml:14: INFO OpenMetadata: Scheduling.SlurmQueues[0].Iam: only root and Slurm of these nodes get the credentials of their role, so jobs of users cannot use what it is granted here; set Scheduling.SlurmQueues[0].Meridian.OpenMetadata to true where every user of the nodes may have it",
    ],
  ],
  [
    "refuses a role beside policies",
    slurmFile({
      head: "Iam:\n  InstanceRole: arn:aws:iam::111122223333:role/r\n  AdditionalIamPolicies:\n    - Policy: arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess",
    }),
    {},
    [
      "cluster.yaml:10: ERROR Iam: HeadNode.Iam: InstanceRole, AdditionalIamPolicies cannot be combined; keep one of them",
    ],
  ],
  [
    "refuses a long resource prefix",
    slurmFile({ rest: "Iam:\n  ResourcePrefix: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" }),
    {},
    [
      "cluster.yaml:20: ERROR IamResourcePrefix: Iam.ResourcePrefix: the name has at most 30 characters and the path 512; shorten it",
    ],
  ],
  [
    "refuses a reserved tag",
    slurmFile({ rest: "Tags:\n  - {Key: 'parallelcluster:x', Value: y}" }),
    {},
    [
      "cluster.yaml:19: ERROR Tags: Tags: the tag 'parallelcluster:x' begins with a reserved prefix; choose a key that begins with none of parallelcluster:, aws:, meridian:",
    ],
  ],
  [
    "warns of a tag at two levels",
    slurmFile({ queue: "Tags:\n  - {Key: team, Value: b}", rest: "Tags:\n  - {Key: team, Value: a}" }),
    {},
    [
      "cluster.yaml:19: WARNING ComputeResourceTags: Scheduling.SlurmQueues[0].ComputeResources[0].Tags: team is set at several levels, and the one nearest to the compute resource cr1 wins; set each tag at one level",
    ],
  ],
  [
    "refuses a secret of another region",
    slurmFile({ settings: "MungeKeySecretArn: arn:aws:secretsmanager:us-east-1:111122223333:secret:m" }),
    { region: "eu-west-1" },
    [
      "cluster.yaml:13: ERROR SecretRegion: Scheduling.SlurmSettings.MungeKeySecretArn: the secret is in us-east-1, but the cluster is in eu-west-1; replicate the secret to eu-west-1 and name that copy",
    ],
  ],
  [
    "warns of passwords without encryption",
    slurmFile({
      rest: "DirectoryService:\n  DomainAddr: ldap://a.example.com\n  PasswordSecretArn: arn:aws:secretsmanager:eu-west-1:111122223333:secret:p\n  DomainReadOnlyUser: cn=reader\n  DomainName: corp.example.com\n  AdditionalSssdConfigs: { ldap_id_use_start_tls: false }",
    }),
    {},
    [
      "cluster.yaml:20: WARNING DomainAddr: DirectoryService.DomainAddr: ldap://a.example.com is asked without encryption, and told a password; use ldaps",
    ],
  ],
  [
    "warns that a directory without TLS from the start is asked by StartTLS",
    slurmFile({
      rest: "DirectoryService:\n  DomainAddr: ldap://a.example.com\n  PasswordSecretArn: arn:aws:secretsmanager:eu-west-1:111122223333:secret:p\n  DomainReadOnlyUser: cn=reader\n  DomainName: corp.example.com",
    }),
    {},
    [
      "cluster.yaml:20: WARNING DomainAddr: DirectoryService.DomainAddr: ldap://a.example.com is asked by StartTLS only, which ParallelCluster does not insist on; use ldaps; where the directory has no TLS, set AdditionalSssdConfigs.ldap_id_use_start_tls to false",
    ],
  ],
  [
    "refuses a password, several lines and words of another form among the settings of SSSD",
    slurmFile({
      rest: 'DirectoryService:\n  DomainAddr: ldaps://a.example.com\n  PasswordSecretArn: arn:aws:secretsmanager:eu-west-1:111122223333:secret:p\n  DomainReadOnlyUser: cn=reader\n  DomainName: corp.example.com\n  AdditionalSssdConfigs:\n    ldap_default_authtok: hunter2\n    min_id: "1\\nid_provider = proxy"\n    "[sssd]": x',
    }),
    {},
    [
      "cluster.yaml:25: ERROR AdditionalSssdConfigs: DirectoryService.AdditionalSssdConfigs.ldap_default_authtok: a password in the file would stand in Terraform's state and in the cluster's bucket; remove it, and put the password into the secret PasswordSecretArn",
      "cluster.yaml:26: ERROR AdditionalSssdConfigs: DirectoryService.AdditionalSssdConfigs.min_id: a setting of SSSD is a word and one line of text without control characters; correct it",
      "cluster.yaml:27: ERROR AdditionalSssdConfigs: DirectoryService.AdditionalSssdConfigs.[sssd]: a setting of SSSD is a word and one line of text without control characters; correct it",
    ],
  ],
  [
    "refuses a setting of the directory that is more than one line",
    slurmFile({
      rest: 'DirectoryService:\n  DomainAddr: ldaps://a.example.com\n  PasswordSecretArn: arn:aws:secretsmanager:eu-west-1:111122223333:secret:p\n  DomainReadOnlyUser: cn=reader\n  DomainName: corp.example.com\n  LdapAccessFilter: "a\\nid_provider = proxy"',
    }),
    {},
    [
      'cluster.yaml:24: ERROR NotAllowed: DirectoryService.LdapAccessFilter: the value must be one line of text without control characters, got "a\\nid_provider = proxy"; correct the value',
    ],
  ],
  [
    "warns of unchecked certificates that an additional setting allows",
    slurmFile({
      rest: "DirectoryService:\n  DomainAddr: ldaps://a.example.com\n  PasswordSecretArn: arn:aws:secretsmanager:eu-west-1:111122223333:secret:p\n  DomainReadOnlyUser: cn=reader\n  DomainName: corp.example.com\n  AdditionalSssdConfigs: { ldap_tls_reqcert: allow }",
    }),
    {},
    [
      "cluster.yaml:24: WARNING AdditionalSssdConfigs: DirectoryService.AdditionalSssdConfigs.ldap_tls_reqcert: with allow a forged directory server is not detected; use hard or demand",
    ],
  ],
  [
    "refuses a domain name of another form",
    slurmFile({
      rest: "DirectoryService:\n  DomainAddr: ldaps://a.example.com\n  PasswordSecretArn: arn:aws:secretsmanager:eu-west-1:111122223333:secret:p\n  DomainReadOnlyUser: cn=reader\n  DomainName: corp",
    }),
    {},
    [
      "cluster.yaml:23: ERROR DomainName: DirectoryService.DomainName: 'corp' is neither a domain name nor a distinguished name; write corp.example.com or DC=corp,DC=example,DC=com",
    ],
  ],
  [
    "warns of unchecked certificates",
    slurmFile({
      rest: "DirectoryService:\n  DomainAddr: ldaps://a.example.com\n  PasswordSecretArn: arn:aws:secretsmanager:eu-west-1:111122223333:secret:p\n  DomainReadOnlyUser: cn=reader\n  DomainName: corp.example.com\n  LdapTlsReqCert: never",
    }),
    {},
    [
      "cluster.yaml:24: WARNING LdapTlsReqCert: DirectoryService.LdapTlsReqCert: with never a forged directory server is not detected; use hard or demand",
    ],
  ],
  [
    "refuses an SSSD setting that must stay",
    slurmFile({
      rest: "DirectoryService:\n  DomainAddr: ldaps://a.example.com\n  PasswordSecretArn: arn:aws:secretsmanager:eu-west-1:111122223333:secret:p\n  DomainReadOnlyUser: cn=reader\n  DomainName: corp.example.com\n  AdditionalSssdConfigs:\n    id_provider: ad",
    }),
    {},
    [
      "cluster.yaml:25: ERROR AdditionalSssdConfigs: DirectoryService.AdditionalSssdConfigs.id_provider: id_provider must stay ldap, got ad; remove it, or use ldap",
    ],
  ],
  [
    "refuses to attach a network that exists to Direct Connect",
    slurmFile({ rest: "Meridian:\n  DirectConnectGatewayId: 11111111-2222-3333-4444-555555555555" }),
    {},
    [
      "cluster.yaml:20: ERROR DirectConnectNetwork: Meridian.DirectConnectGatewayId: a Direct Connect gateway is attached to the network that the module makes, and this cluster is in a network that exists; remove it and attach that network itself, or remove the subnets",
    ],
  ],
  [
    "refuses a data transfer into no association",
    slurmFile({ rest: "Meridian:\n  DataTransfers:\n    - { Name: a, Association: in, S3Path: s3://raw }" }),
    {},
    [
      "cluster.yaml:21: ERROR DataTransfers: Meridian.DataTransfers[0].Association: 'in' is not a data repository association of this file; add DataRepositoryAssociations to a Lustre file system",
    ],
  ],
];

function codeOf(finding: string | undefined): string {
  return /^\S+ [A-Z]+ (\w+):/.exec(finding ?? "")?.[1] ?? "";
}

describe("checks of a cluster file", () => {
  test.each(cases)("%s", (_title, file, context, expected) => {
    const code = codeOf(expected[0]);

    const { findings } = parseClusterFile(file, "cluster.yaml", context);

    const found = findings.filter((finding) => finding.code === code);
    expect(found.map((finding) => formatFinding("cluster.yaml", finding))).toEqual(expected);
  });

  it("lets a partition of one's own have its own time until it is suspended", () => {
    const partition = "CustomSlurmSettings:\n  - {PartitionName: external, Nodes: ext1, SuspendTime: 300}";
    const { findings } = parseClusterFile(slurmFile({ settings: partition }), "cluster.yaml");

    expect(findings.filter(({ level }) => level === "ERROR")).toEqual([]);
  });

  it("has a case for every check", () => {
    const tests = readdirSync(__dirname, { recursive: true, encoding: "utf8" }).filter((name) =>
      name.endsWith(".test.ts"),
    );
    const text = tests.map((name) => readFileSync(join(__dirname, name), "utf8")).join("\n");
    const covered = new Set([...text.matchAll(/cluster\.yaml:\d+: [A-Z]+ (\w+): /g)].map(([, code]) => code));

    expect(checks.map(({ code }) => code).filter((code) => !covered.has(code))).toEqual([]);
  });

  it("finds nothing in a valid file", () => {
    expect(parseClusterFile(slurmFile(), "cluster.yaml").findings).toEqual([]);
    expect(parseClusterFile(batchFile(), "cluster.yaml").findings).toEqual([]);
  });
});
