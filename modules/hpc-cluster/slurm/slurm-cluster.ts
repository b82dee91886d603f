import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DynamodbTable } from "@cdktf/provider-aws/lib/dynamodb-table";
import { DynamodbTableItem } from "@cdktf/provider-aws/lib/dynamodb-table-item";
import { Route53Zone } from "@cdktf/provider-aws/lib/route53-zone";
import { Fn } from "cdktf";
import { Construct } from "constructs";
import { InternalError, literalText } from "../../../core";
import { bootsStockImage, checksGpus, checksGpusOfAny, storagesOf, typesOf } from "../checks/check";
import type {
  HeadNodeConfiguration,
  LoginPoolConfiguration,
  SlurmQueueConfiguration,
} from "../file/cluster-keys";
import { madeSoFar } from "./boot-order";
import { directoryFiles } from "../directory/directory-files";
import { renderSssdConf } from "../directory/sssd-settings";
import { ClusterMonitoring, logGroupNameOf } from "../cluster-monitoring";
import { tagsOf } from "../cluster-tags";
import { ComputeResource, threadsAreOffInside } from "../machines/compute-resource";
import { ConfigurationBucket } from "../configuration-bucket";
import { HeadAddress, HeadNode } from "../machines/head-node";
import type { ClusterParts } from "../cluster-parts";
import { InstanceTypes } from "../machines/instance-types";
import { LoginPool } from "../machines/login-pool";
import { ImageSearch, NodeImage } from "../machines/node-image";
import { NodeRole } from "../machines/node-role";
import {
  computeStatements,
  efsArnsOf,
  headStatements,
  loginStatements,
  type FleetParts,
  type PermissionsScope,
} from "../machines/permissions";
import { builderTypeOf, ReadyImage } from "../machines/ready-image";
import { renderFleet } from "./slurm-fleet";
import { renderSlurmFiles } from "./slurm-files";
import { StockImageLookup } from "../machines/stock-images";
import {
  actionsOf,
  efaInstallerVersion,
  renderUserData,
  slurmVersion,
  type NodeSettings,
} from "../machines/user-data";

/** The file says nothing of it. As the other nodes have it: stock images are too small. */
const loginVolumeSizeGiB = 50;

/** Files that the nodes fetch as they are, by key. */
const shippedFiles = {
  "daemon/capacity_blocks.py": "daemon/capacity_blocks.py",
  "daemon/diagnostics.py": "daemon/diagnostics.py",
  "daemon/meridian_hpc.py": "daemon/meridian_hpc.py",
  "daemon/updates.py": "daemon/updates.py",
  "nodes/bootstrap.sh": "nodes/bootstrap.sh",
  "nodes/image-test.sh": "nodes/image-test.sh",
  "nodes/mounts.py": "nodes/mounts.py",
  "nodes/storage.sh": "nodes/storage.sh",
  "nodes/update.sh": "nodes/update.sh",
  "nodes/watch.sh": "nodes/watch.sh",
  "nodes/slurm-program.service": "nodes/slurm-program.service",
  "nodes/meridian-hpc.service": "nodes/meridian-hpc.service",
  "nodes/meridian-imds.service": "nodes/meridian-imds.service",
  "nodes/meridian-leave.service": "nodes/meridian-leave.service",
  "nodes/meridian-update.service": "nodes/meridian-update.service",
  "nodes/meridian-update.timer": "nodes/meridian-update.timer",
  "nodes/meridian-watch.service": "nodes/meridian-watch.service",
  "nodes/meridian-watch.timer": "nodes/meridian-watch.timer",
} as const;

/** Fetched where a queue's GPUs are checked before each job. */
const prolog = { "nodes/prolog.sh": "nodes/prolog.sh" } as const;

/**
 * The Slurm side of a cluster.
 *
 * **Creates** the head node with its address, role and monitoring; for each queue a role, for each
 * compute resource a launch template; login pools; the table that says which instance is which node;
 * a private zone of their names; and the rendered configuration in a bucket.
 */
export class SlurmCluster extends Construct {
  /** The head node. */
  public readonly headNode: HeadNode;
  /** Its address. */
  public readonly headAddress: HeadAddress;
  /** The table of nodes, for settings that this construct does not model. */
  public readonly resource: DynamodbTable;
  /** The compute resources, by `queue/resource`. */
  public readonly computeResources: Readonly<Record<string, ComputeResource>>;
  /** The login pools, by name. */
  public readonly loginPools: Readonly<Record<string, LoginPool>>;

  private readonly parts: ClusterParts;
  private readonly head: HeadNodeConfiguration;
  private readonly instanceTypes: InstanceTypes;
  private readonly bucket: ConfigurationBucket;
  private readonly zone?: { readonly id: string; readonly arn: string; readonly domain: string };
  private readonly sharedImageId?: string;
  private readonly images = new Map<string, NodeImage>();

  public constructor(scope: Construct, id: string, parts: ClusterParts) {
    super(scope, id);
    const { configuration, name, account, region } = parts;
    if (configuration.HeadNode === undefined) {
      throw new InternalError("the checks let a Slurm cluster pass without a head node");
    }
    this.parts = parts;
    this.head = configuration.HeadNode;
    this.instanceTypes = new InstanceTypes(configuration.DevSettings.InstanceTypesData);
    this.bucket = new ConfigurationBucket(this, "Configuration", {
      account,
      region,
      clusterName: name,
      existingBucketName: configuration.CustomS3Bucket,
    });
    this.resource = this.createTable();
    this.zone = this.createZone();
    this.headAddress = this.createHeadAddress();
    const base = configuration.Image.CustomAmi ?? this.lookUpImage();
    this.sharedImageId = base === undefined ? undefined : this.readyImageFrom(base);
    this.computeResources = this.createQueues();
    this.createFiles();
    this.headNode = this.createHeadNode();
    this.createStandingItem();
    this.loginPools = this.createLoginPools();
    new ClusterMonitoring(this, "Monitoring", {
      region,
      clusterName: name,
      monitoring: configuration.Monitoring,
      logKeyArn: parts.logKeyArn,
      headInstanceId: this.headNode.resource.id,
      alarmTopic: parts.alarmTopic,
    });
  }

  private get hostName(): string {
    return `${this.parts.name.toLowerCase()}-head`;
  }

  private get queues(): readonly SlurmQueueConfiguration[] {
    return this.parts.configuration.Scheduling.SlurmQueues ?? [];
  }

  private get hasEfa(): boolean {
    return this.queues.some(({ ComputeResources }) => ComputeResources.some(({ Efa }) => Efa.Enabled));
  }

  /** Amazon Linux has no Open MPI of its own. */
  private get openMpi(): NodeSettings["openMpi"] {
    return this.hasEfa || this.parts.configuration.Image.Os === "alinux2023" ? "efa" : "distribution";
  }

  /** Where the file asks for it, the newest ready image instead of the one that it is made from. */
  private readyImageFrom(baseImageId: string): string {
    const { configuration, place, security } = this.parts;
    const [queue] = this.queues;
    if (!configuration.Meridian.ReadyImage.Enabled || queue === undefined) {
      return baseImageId;
    }
    const settings = { ...this.settings("compute"), efa: this.hasEfa };
    const facts = this.instanceTypes.find(this.head.InstanceType);
    return new ReadyImage(this, "ReadyImage", {
      settings,
      baseImageId,
      parts: this.parts,
      instanceType: builderTypeOf(configuration, this.head.InstanceType, facts?.architecture),
      // As the nodes of the first queue, which reach what is to be installed too.
      subnetId: place.queueSubnetIds[queue.Name]?.[0] ?? place.headSubnetId,
      securityGroupIds: groupsOf(queue.Networking, security.resource.id),
      proxy: queue.Networking.Proxy?.HttpProxyAddress,
    }).imageId;
  }

  private lookUpImage(): string | undefined {
    const { Image } = this.parts.configuration;
    const everyoneHasOwn =
      this.head.Image?.CustomAmi !== undefined &&
      this.queues.every((queue) => queue.Image?.CustomAmi !== undefined);
    if (everyoneHasOwn) {
      return undefined;
    }
    const architecture = this.instanceTypes.find(this.head.InstanceType)?.architecture ?? "x86_64";
    const filters = this.parts.configuration.DevSettings.AmiSearchFilters ?? {};
    return bootsStockImage(this.parts.configuration)
      ? new StockImageLookup(this, "StockImage", { os: Image.Os, architecture }).imageId
      : new ImageSearch(this, "SearchedImage", { filters, architecture }).imageId;
  }

  private imageOf(own: { readonly CustomAmi?: string } | undefined): NodeImage {
    const imageId = own?.CustomAmi ?? this.sharedImageId;
    if (imageId === undefined) {
      throw new InternalError("a node has no image");
    }
    const known = this.images.get(imageId);
    const image = known ?? new NodeImage(this, `Image-${this.images.size}`, imageId);
    this.images.set(imageId, image);
    return image;
  }

  private createTable(): DynamodbTable {
    return new DynamodbTable(this, "Resource", {
      name: tableNameOf(this.parts.name),
      billingMode: "PAY_PER_REQUEST",
      hashKey: "Id",
      attribute: [
        { name: "Id", type: "S" },
        { name: "InstanceId", type: "S" },
      ],
      globalSecondaryIndex: [{ name: "InstanceId", hashKey: "InstanceId", projectionType: "ALL" }],
      serverSideEncryption: { enabled: true },
    });
  }

  /**
   * Terraform deletes this item first when it destroys the cluster, so that a head node which is stopped for that, as
   * its volumes are detached, ends its compute nodes; one that is stopped for another reason leaves them at work.
   */
  private createStandingItem(): void {
    const item = new DynamodbTableItem(this, "Standing", {
      tableName: this.resource.name,
      hashKey: this.resource.hashKey,
      item: JSON.stringify({ Id: { S: "STANDING" } }),
    });
    item.dependsOn = madeSoFar(this.headNode);
  }

  private createZone(): { id: string; arn: string; domain: string } | undefined {
    const { name, configuration, place, partition } = this.parts;
    const dns = configuration.Scheduling.SlurmSettings?.Dns;
    if (dns?.DisableManagedDns === true) {
      return undefined;
    }
    const domain = `${name.toLowerCase()}.hpc`;
    if (dns?.HostedZoneId !== undefined) {
      return {
        id: dns.HostedZoneId,
        arn: `arn:${partition}:route53:::hostedzone/${dns.HostedZoneId}`,
        domain,
      };
    }
    const zone = new Route53Zone(this, "Zone", {
      name: domain,
      comment: `Nodes of the cluster ${name}`,
      vpc: [{ vpcId: place.vpcId }],
      forceDestroy: true,
    });
    return { id: zone.zoneId, arn: `arn:${partition}:route53:::hostedzone/${zone.zoneId}`, domain };
  }

  private createHeadAddress(): HeadAddress {
    const { name, place, security } = this.parts;
    const { Networking } = this.head;
    return new HeadAddress(this, "HeadAddress", {
      clusterName: name,
      subnetId: place.headSubnetId,
      securityGroupIds: groupsOf(Networking, security.head?.id),
      elasticIp: Networking.ElasticIp,
    });
  }

  private permissions(more: Partial<PermissionsScope> = {}): PermissionsScope {
    const { name, account, region, partition, configuration } = this.parts;
    const settings = configuration.Scheduling.SlurmSettings;
    const secrets = [
      settings?.MungeKeySecretArn,
      settings?.Database?.PasswordSecretArn,
      configuration.DirectoryService?.PasswordSecretArn,
    ].filter((arn) => arn !== undefined);
    return {
      partition,
      region,
      account,
      clusterName: name,
      bucketName: this.bucket.bucketName,
      prefix: this.bucket.prefix,
      mirrorBucket: configuration.Meridian.MirrorBucket,
      tableArn: this.resource.arn,
      hostedZoneArn: this.zone?.arn,
      secretArns: secrets.filter((arn) => !arn.includes(":ssm:")),
      parameterArns: secrets.filter((arn) => arn.includes(":ssm:")),
      logGroup: configuration.Monitoring.Logs.CloudWatch.Enabled ? logGroupNameOf(name) : undefined,
      computeRoleArns: [],
      fleet: { imageIds: [], subnetIds: [], securityGroupIds: [], keyNames: [] },
      describesFsx: storagesOf(configuration).some(
        ({ storage }) =>
          storage.FsxLustreSettings?.FileSystemId !== undefined ||
          ["FsxOpenZfs", "FsxOntap"].includes(storage.StorageType),
      ),
      efsArns: efsArnsOf(this.parts),
      reservationGroupArns: [],
      serviceRoles: {},
      ...more,
    };
  }

  private role(
    id: string,
    role: string,
    statements: ReturnType<typeof headStatements>,
    iam: ConstructorParameters<typeof NodeRole>[2]["iam"],
  ): NodeRole {
    const { name, partition, configuration } = this.parts;
    return new NodeRole(this, id, {
      partition,
      role,
      statements,
      iam,
      clusterName: name,
      managedPolicyNames: [],
      resourcePrefix: configuration.Iam.ResourcePrefix,
      permissionsBoundaryArn: configuration.Iam.PermissionsBoundary,
    });
  }

  private readonly queueRoles = new Map<string, NodeRole>();

  private createQueues(): Record<string, ComputeResource> {
    const created: Record<string, ComputeResource> = {};
    for (const queue of this.queues) {
      const role = this.role(
        `Role-${queue.Name}`,
        queue.Name,
        computeStatements(this.permissions()),
        queue.Iam,
      );
      this.queueRoles.set(queue.Name, role);
      for (const resource of queue.ComputeResources) {
        created[`${queue.Name}/${resource.Name}`] = this.createComputeResource(queue, resource, role);
      }
    }
    return created;
  }

  private createComputeResource(
    queue: SlurmQueueConfiguration,
    resource: SlurmQueueConfiguration["ComputeResources"][number],
    role: NodeRole,
  ): ComputeResource {
    const { name, configuration, place, security } = this.parts;
    return new ComputeResource(this, `Resource-${queue.Name}-${resource.Name}`, {
      queue,
      resource,
      clusterName: name,
      instanceTypes: this.instanceTypes,
      image: this.imageOf(queue.Image),
      instanceProfileArn: role.instanceProfileArn,
      securityGroupIds: groupsOf(queue.Networking, security.resource.id),
      subnetIds: place.queueSubnetIds[queue.Name] ?? [],
      imdsSupport: configuration.Imds.ImdsSupport,
      detailedMonitoring: configuration.Monitoring.DetailedMonitoring,
      keyName: this.head.Ssh.KeyName,
      efaInterfaceType: configuration.DevSettings.EfaInterfaceType,
      userData: renderUserData({
        ...this.settings("compute"),
        efa: resource.Efa.Enabled,
        securedImds: !queue.Meridian.OpenMetadata,
        gpuHealthCheck: checksGpus(queue, resource) ? true : undefined,
        threadsOff: threadsAreOffInside(resource.DisableSimultaneousMultithreading, typesOf(resource)),
        ephemeralDirectory: queue.ComputeSettings.LocalStorage.EphemeralVolume.MountDir,
        proxy: queue.Networking.Proxy?.HttpProxyAddress,
        customActions: actionsOf(queue.CustomActions),
      }),
      tags: {
        ...tagsOf(configuration.Tags),
        ...tagsOf(queue.Tags),
        ...tagsOf(resource.Tags),
        "meridian:cluster": name,
        "meridian:node-type": "Compute",
        "meridian:queue": queue.Name,
        "meridian:compute-resource": resource.Name,
      },
    });
  }

  private fleetParts(): FleetParts {
    const { place, security } = this.parts;
    const each = (idsOf: (queue: SlurmQueueConfiguration) => readonly string[]) => [
      ...new Set(this.queues.flatMap(idsOf)),
    ];
    const { KeyName } = this.head.Ssh;
    return {
      imageIds: each(({ Image }) => [this.imageOf(Image).imageId]),
      subnetIds: each(({ Name }) => place.queueSubnetIds[Name] ?? []),
      securityGroupIds: each(({ Networking }) => groupsOf(Networking, security.resource.id)),
      keyNames: KeyName === undefined ? [] : [KeyName],
    };
  }

  private reservationGroupArns(): string[] {
    const targets = this.queues.flatMap((queue) =>
      queue.ComputeResources.map(
        (resource) => resource.CapacityReservationTarget ?? queue.CapacityReservationTarget ?? {},
      ),
    );
    const arns = targets.map(({ CapacityReservationResourceGroupArn: arn }) => arn);
    return [...new Set(arns.filter((arn) => arn !== undefined))].sort();
  }

  private serviceRoles(): Record<string, string> {
    const flexible = this.queues.some(({ ComputeResources }) =>
      ComputeResources.some(({ Instances }) => Instances !== undefined),
    );
    return {
      ...(this.queues.some(({ CapacityType }) => CapacityType === "SPOT")
        ? { AWSServiceRoleForEC2Spot: "spot.amazonaws.com" }
        : {}),
      ...(flexible ? { AWSServiceRoleForEC2Fleet: "ec2fleet.amazonaws.com" } : {}),
    };
  }

  private settings(role: NodeSettings["role"]): NodeSettings {
    const { name, region, configuration } = this.parts;
    const settings = configuration.Scheduling.SlurmSettings;
    return {
      role,
      cluster: name,
      region,
      table: tableNameOf(name),
      bucket: this.bucket.bucketName,
      prefix: this.bucket.prefix,
      headAddress: this.headAddress.privateAddress,
      slurmVersion,
      efaInstallerVersion,
      efa: false,
      openMpi: this.openMpi,
      ephemeralDirectory: this.head.LocalStorage.EphemeralVolume.MountDir,
      sharedHome: configuration.DeploymentSettings.DefaultUserHome === "Shared",
      sudo: !configuration.DeploymentSettings.DisableSudoAccessForDefaultUser,
      securedImds: true,
      ec2HostNames: settings?.Dns.UseEc2Hostnames ?? false,
      logGroup: configuration.Monitoring.Logs.CloudWatch.Enabled ? logGroupNameOf(name) : undefined,
      logRotation: configuration.Monitoring.Logs.Rotation.Enabled,
      mirror: configuration.Meridian.MirrorBucket,
      slurmIncludeFile: settings?.CustomSlurmSettingsIncludeFile,
      directory: configuration.DirectoryService === undefined ? undefined : true,
      directorySshKeys: configuration.DirectoryService?.GenerateSshKeysForUsers,
      customActions: {},
    };
  }

  private createHeadNode(): HeadNode {
    const { name, configuration, storage } = this.parts;
    const facts = this.instanceTypes.find(this.head.InstanceType);
    if (facts === undefined) {
      throw new InternalError("the checks let an unknown instance type pass");
    }
    const compute = [...this.queueRoles.values()];
    const role = this.role(
      "HeadRole",
      "head",
      headStatements(
        this.permissions({
          computeRoleArns: compute.map(({ roleArn }) => roleArn),
          fleet: this.fleetParts(),
          reservationGroupArns: this.reservationGroupArns(),
          serviceRoles: this.serviceRoles(),
        }),
      ),
      this.head.Iam,
    );
    return new HeadNode(this, "HeadNode", {
      facts,
      after: madeSoFar(this.node.scope ?? this),
      clusterName: name,
      configuration: this.head,
      image: this.imageOf(this.head.Image),
      networkInterfaceId: this.headAddress.resource.id,
      instanceProfileName: role.instanceProfileName,
      imdsSupport: configuration.Imds.ImdsSupport,
      volumes: storage.volumes,
      existingVolumeIds: storage.existingVolumeIds,
      tags: { ...tagsOf(configuration.Tags), "meridian:cluster": name, "meridian:node-type": "HeadNode" },
      userData: renderUserData({
        ...this.settings("head"),
        hostName: this.hostName,
        loginNodes: configuration.LoginNodes === undefined ? undefined : true,
        securedImds: this.head.Imds.Secured,
        threadsOff: threadsAreOffInside(this.head.DisableSimultaneousMultithreading, [
          this.head.InstanceType,
        ]),
        proxy: this.head.Networking.Proxy?.HttpProxyAddress,
        mungeKeySecretArn: configuration.Scheduling.SlurmSettings?.MungeKeySecretArn,
        directoryPasswordArn: configuration.DirectoryService?.PasswordSecretArn,
        databaseSecretArn: configuration.Scheduling.SlurmSettings?.Database?.PasswordSecretArn,
        customActions: actionsOf(this.head.CustomActions),
      }),
    });
  }

  private createLoginPools(): Record<string, LoginPool> {
    const pools = this.parts.configuration.LoginNodes?.Pools ?? [];
    return Object.fromEntries(pools.map((pool) => [pool.Name, this.createLoginPool(pool)]));
  }

  private createLoginPool(pool: LoginPoolConfiguration): LoginPool {
    const { name, configuration, place, security } = this.parts;
    const groupName = `${name}-${pool.Name}`;
    const subnetId = place.loginSubnetIds[pool.Name] ?? place.headSubnetId;
    const role = this.role(
      `LoginRole-${pool.Name}`,
      `login-${pool.Name}`,
      loginStatements(this.permissions(), groupName),
      pool.Iam,
    );
    return new LoginPool(this, `Login-${pool.Name}`, {
      pool,
      after: madeSoFar(role, this.headNode),
      groupName,
      clusterName: name,
      vpcId: place.vpcId,
      subnetId,
      balancerSubnetId: pool.Meridian.InternetFacing ? (place.publicSubnetId ?? subnetId) : subnetId,
      securityGroupIds: groupsOf(pool.Networking, security.login?.id),
      image: this.imageOf(pool.Image),
      leastVolumeSizeGiB: pool.Image?.CustomAmi === undefined ? loginVolumeSizeGiB : undefined,
      instanceProfileArn: role.instanceProfileArn,
      imdsSupport: configuration.Imds.ImdsSupport,
      tags: {
        ...tagsOf(configuration.Tags),
        "meridian:cluster": name,
        "meridian:node-type": "LoginNode",
        "meridian:login-pool": pool.Name,
      },
      userData: renderUserData({
        ...this.settings("login"),
        autoScalingGroup: groupName,
        securedImds: !pool.Meridian.OpenMetadata,
        proxy: pool.Networking.Proxy?.HttpProxyAddress,
        customActions: actionsOf({
          OnNodeStart: pool.CustomActions?.OnNodeStart,
          OnNodeConfigured: pool.CustomActions?.OnNodeConfigured,
        }),
      }),
    });
  }

  private createFiles(): void {
    const { name, region, configuration, place, storage } = this.parts;
    const slurmFiles = renderSlurmFiles({
      configuration,
      clusterName: name,
      instanceTypes: this.instanceTypes,
      headHostName: this.hostName,
      headAddress: this.headAddress.privateAddress,
    });
    for (const [file, content] of Object.entries(slurmFiles)) {
      this.bucket.addFile(`slurm/${file}`, content);
    }
    const fleet = renderFleet(configuration, {
      region,
      clusterName: name,
      tableName: this.resource.name,
      headHostName: this.hostName,
      headAddress: this.headAddress.privateAddress,
      hostedZoneId: this.zone?.id,
      domain: this.zone?.domain,
      launchTemplateIds: Object.fromEntries(
        Object.entries(this.computeResources).map(([key, { resource }]) => [key, resource.id]),
      ),
      subnetIds: place.queueSubnetIds,
    });
    this.bucket.addFile("fleet.json", Fn.jsonencode(fleet));
    this.bucket.addFile("nodes/mounts.json", Fn.jsonencode(storage.mounts));
    const directory = configuration.DirectoryService;
    if (directory !== undefined) {
      this.bucket.addFile("nodes/sssd.conf", literalText(renderSssdConf(directory)));
    }
    const files = {
      ...shippedFiles,
      ...(checksGpusOfAny(this.queues) ? prolog : {}),
      ...(directory === undefined ? {} : directoryFiles),
    };
    for (const [key, file] of Object.entries(files)) {
      this.bucket.addFile(key, literalText(readFileSync(join(__dirname, "..", file), "utf8")));
    }
  }
}

/** The name of a cluster's table, also for who has only the cluster's name. */
function tableNameOf(clusterName: string): string {
  return `meridian-hpc-${clusterName}`;
}

interface GroupKeys {
  readonly SecurityGroups?: readonly string[];
  readonly AdditionalSecurityGroups?: readonly string[];
}

function groupsOf(
  { SecurityGroups, AdditionalSecurityGroups = [] }: GroupKeys,
  own: string | undefined,
): string[] {
  return SecurityGroups === undefined
    ? [...(own === undefined ? [] : [own]), ...AdditionalSecurityGroups]
    : [...SecurityGroups];
}
