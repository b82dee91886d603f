import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicyAttachment } from "@cdktf/provider-aws/lib/iam-role-policy-attachment";
import { Construct } from "constructs";
import { nameLimits, resourceName } from "../../../core";
import { BatchJob } from "./batch-job";
import { batchMachineUserData, isNamedByFsx } from "./batch-machine";
import { BatchQueue } from "./batch-queue";
import type { BatchQueueConfiguration } from "../file/cluster-keys";
import { ClusterMonitoring } from "../cluster-monitoring";
import { tagsOf } from "../cluster-tags";
import type { ClusterParts } from "../cluster-parts";
import { InstanceTypes } from "../machines/instance-types";
import { NodeRole } from "../machines/node-role";
import { efsArnsOf, mountStatements, sessionStatement } from "../machines/permissions";

/**
 * The AWS Batch side of a cluster.
 *
 * **Creates** a queue with its compute environments for each queue of the file, the job definitions,
 * and the roles of machines and Fargate tasks.
 */
export class BatchCluster extends Construct {
  /** The queues, by name. */
  public readonly queues: Readonly<Record<string, BatchQueue>>;
  /** The job definitions, by name. */
  public readonly jobs: Readonly<Record<string, BatchJob>>;
  /** The role of the machines, for settings that this construct does not model. */
  public readonly resource: NodeRole;

  public constructor(scope: Construct, id: string, parts: ClusterParts) {
    super(scope, id);
    const { name, partition, configuration, region } = parts;
    const queues = configuration.Scheduling.AwsBatchQueues ?? [];
    this.resource = new NodeRole(this, "MachineRole", {
      partition,
      clusterName: name,
      role: "batch",
      statements: [
        sessionStatement,
        ...mountStatements({
          describesFsx: parts.storage.mounts.some(isNamedByFsx),
          efsArns: efsArnsOf(parts),
        }),
      ],
      managedPolicyNames: ["service-role/AmazonEC2ContainerServiceforEC2Role"],
      resourcePrefix: configuration.Iam.ResourcePrefix,
      permissionsBoundaryArn: configuration.Iam.PermissionsBoundary,
    });
    this.queues = Object.fromEntries(queues.map((queue) => [queue.Name, this.createQueue(queue, parts)]));
    this.jobs = this.createJobs(queues, parts);
    new ClusterMonitoring(this, "Monitoring", {
      region,
      clusterName: name,
      monitoring: configuration.Monitoring,
      logKeyArn: parts.logKeyArn,
    });
  }

  private createQueue(queue: BatchQueueConfiguration, parts: ClusterParts): BatchQueue {
    const { SecurityGroups, AdditionalSecurityGroups = [] } = queue.Networking;
    return new BatchQueue(this, `Queue-${queue.Name}`, {
      queue,
      clusterName: parts.name,
      instanceTypes: new InstanceTypes(parts.configuration.DevSettings.InstanceTypesData),
      subnetIds: parts.place.queueSubnetIds[queue.Name] ?? [],
      securityGroupIds: SecurityGroups ?? [parts.security.resource.id, ...AdditionalSecurityGroups],
      instanceProfileArn: this.resource.instanceProfileArn,
      imdsSupport: parts.configuration.Imds.ImdsSupport,
      userData: batchMachineUserData({
        region: parts.region,
        mounts: parts.storage.mounts,
        efa: queue.Meridian.Efa,
      }),
      tags: tagsOf(parts.configuration.Tags),
    });
  }

  private createJobs(
    queues: readonly BatchQueueConfiguration[],
    parts: ClusterParts,
  ): Record<string, BatchJob> {
    const { name, configuration, partition, storage } = parts;
    const definitions = configuration.Scheduling.AwsBatchSettings?.Meridian.JobDefinitions ?? [];
    const fargate = queues.every(({ Meridian }) => Meridian.Fargate);
    const executionRoleArn =
      fargate && definitions.length > 0 ? this.createExecutionRole(name, partition).arn : undefined;
    const mountDirectories = Object.fromEntries(storage.mounts.map((mount) => [mount.name, mount.directory]));
    return Object.fromEntries(
      definitions.map((job) => [
        job.Name,
        new BatchJob(this, `Job-${job.Name}`, {
          clusterName: name,
          job,
          mountDirectories,
          fargate,
          executionRoleArn,
          assignPublicIp: queues.every(({ Networking }) => Networking.AssignPublicIp === true),
        }),
      ]),
    );
  }

  private createExecutionRole(name: string, partition: string): IamRole {
    const role = new IamRole(this, "ExecutionRole", {
      name: resourceName(nameLimits.iamRole, name, "batch-execution"),
      assumeRolePolicy: JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          { Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "ecs-tasks.amazonaws.com" } },
        ],
      }),
    });
    new IamRolePolicyAttachment(this, "ExecutionPolicy", {
      role: role.name,
      policyArn: `arn:${partition}:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy`,
    });
    return role;
  }
}
