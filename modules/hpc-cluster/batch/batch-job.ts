import { BatchJobDefinition } from "@cdktf/provider-aws/lib/batch-job-definition";
import { Construct } from "constructs";
import { resourceName } from "../../../core";
import type { BatchJobDefinitionConfiguration } from "../file/cluster-keys";

/** What a {@link BatchJob} is made of. */
export interface BatchJobProps {
  /** The cluster's name. */
  readonly clusterName: string;
  /** The job definition of the file. */
  readonly job: BatchJobDefinitionConfiguration;
  /** Where the machines mount each shared storage, by its name. */
  readonly mountDirectories: Readonly<Record<string, string>>;
  /** Whether the job runs on Fargate. */
  readonly fargate: boolean;
  /** Whether containers on Fargate have a public address, which they need where the subnet has no NAT. */
  readonly assignPublicIp: boolean;
  /**
   * The role that Fargate pulls images and writes logs with.
   *
   * @default - none, as on machines
   */
  readonly executionRoleArn?: string;
}

const longestName = 128;

/**
 * A job definition of AWS Batch: one container, or with `Nodes` of two and more a multi-node parallel
 * job whose containers use the machines' network and EFA devices.
 *
 * **Creates** one job definition. Array jobs are a matter of submission, not of definition.
 *
 * @see https://docs.aws.amazon.com/batch/latest/userguide/multi-node-parallel-jobs.html
 */
export class BatchJob extends Construct {
  /** The job definition, for settings that this construct does not model. */
  public readonly resource: BatchJobDefinition;

  public constructor(scope: Construct, id: string, props: BatchJobProps) {
    super(scope, id);
    const { clusterName, job, fargate } = props;
    const multinode = job.Nodes > 1;
    const container = containerOf(props);
    this.resource = new BatchJobDefinition(this, "Resource", {
      name: resourceName(longestName, clusterName, job.Name),
      type: multinode ? "multinode" : "container",
      platformCapabilities: multinode ? undefined : [fargate ? "FARGATE" : "EC2"],
      containerProperties: multinode ? undefined : JSON.stringify(container),
      nodeProperties: multinode
        ? JSON.stringify({
            mainNode: 0,
            numNodes: job.Nodes,
            nodeRangeProperties: [{ targetNodes: "0:", container }],
          })
        : undefined,
      retryStrategy: { attempts: job.Attempts },
      timeout: job.TimeoutSeconds === undefined ? undefined : { attemptDurationSeconds: job.TimeoutSeconds },
    });
  }
}

function containerOf({
  job,
  mountDirectories,
  fargate,
  executionRoleArn,
  assignPublicIp,
}: BatchJobProps): Record<string, unknown> {
  const mounts = job.Mounts ?? [];
  return {
    image: job.Image,
    command: job.Command,
    resourceRequirements: [
      { type: "VCPU", value: String(job.Vcpus) },
      { type: "MEMORY", value: String(job.MemoryMiB) },
      ...(job.Gpus === undefined ? [] : [{ type: "GPU", value: String(job.Gpus) }]),
    ],
    environment: Object.entries(job.Environment ?? {}).map(([name, value]) => ({ name, value })),
    ...(job.JobRoleArn === undefined ? {} : { jobRoleArn: job.JobRoleArn }),
    ...(fargate
      ? {
          executionRoleArn,
          networkConfiguration: { assignPublicIp: assignPublicIp ? "ENABLED" : "DISABLED" },
        }
      : {}),
    ...(mounts.length === 0
      ? {}
      : {
          volumes: mounts.map(({ SharedStorage }, index) => ({
            name: `storage${index}`,
            host: { sourcePath: mountDirectories[SharedStorage] },
          })),
          mountPoints: mounts.map(({ ContainerPath }, index) => ({
            sourceVolume: `storage${index}`,
            containerPath: ContainerPath,
            readOnly: false,
          })),
        }),
    ...(job.Efa === 0
      ? {}
      : {
          linuxParameters: {
            devices: Array.from({ length: job.Efa }, (_, index) => ({
              hostPath: `/dev/infiniband/uverbs${index}`,
              containerPath: `/dev/infiniband/uverbs${index}`,
              permissions: ["READ", "WRITE", "MKNOD"],
            })),
          },
          // EFA registers memory, which the default limit of a container forbids.
          ulimits: [{ name: "memlock", hardLimit: -1, softLimit: -1 }],
        }),
  };
}
