import type {
  ClusterConfiguration,
  ComputeResourceConfiguration,
  PlacementGroupConfiguration,
  SharedStorageConfiguration,
  SlurmQueueConfiguration,
} from "../file/cluster-keys";
import type { ClusterContext } from "../file/cluster-context";
import { InstanceTypes, type InstanceTypeFacts } from "../machines/instance-types";

/** Says what is wrong at a path, and what to do about it. */
export type Report = (path: string, message: string, remedy: string) => void;

/** Where a check puts what it finds, by weight. */
export interface Reports {
  /** Stops the cluster. */
  readonly error: Report;
  /** Works, but probably not as meant. */
  readonly warn: Report;
  /** Good to know. */
  readonly note: Report;
}

/** One check over the whole configuration. */
export interface Check {
  /** The name that its findings carry. ParallelCluster's own name where it has the check. */
  readonly code: string;
  /** Runs it. */
  readonly run: (cluster: ClusterConfiguration, reports: Reports, context: ClusterContext) => void;
}

/** A Slurm queue and where it stands. */
export interface QueueAt {
  readonly queue: SlurmQueueConfiguration;
  readonly path: string;
}

/** A compute resource, its queue, and where it stands. */
export interface ResourceAt extends QueueAt {
  readonly resource: ComputeResourceConfiguration;
  readonly resourcePath: string;
}

/** A shared storage and where it stands. */
export interface StorageAt {
  readonly storage: SharedStorageConfiguration;
  readonly path: string;
}

/** All Slurm queues with their paths. */
export function queuesOf(cluster: ClusterConfiguration): QueueAt[] {
  return (cluster.Scheduling.SlurmQueues ?? []).map((queue, index) => ({
    queue,
    path: `Scheduling.SlurmQueues[${index}]`,
  }));
}

/** All compute resources with their queues and paths. */
export function resourcesOf(cluster: ClusterConfiguration): ResourceAt[] {
  return queuesOf(cluster).flatMap(({ queue, path }) =>
    queue.ComputeResources.map((resource, index) => ({
      queue,
      path,
      resource,
      resourcePath: `${path}.ComputeResources[${index}]`,
    })),
  );
}

/** All shared storages with their paths. */
export function storagesOf(cluster: ClusterConfiguration): StorageAt[] {
  return (cluster.SharedStorage ?? []).map((storage, index) => ({
    storage,
    path: `SharedStorage[${index}]`,
  }));
}

/** The instance types of a compute resource, in the order of the file. */
export function typesOf(resource: ComputeResourceConfiguration): string[] {
  return (
    resource.Instances?.map(({ InstanceType }) => InstanceType) ??
    (resource.InstanceType === undefined ? [] : [resource.InstanceType])
  );
}

/** The instance types that a cluster may use; the file's own addition is left out when it is not JSON. */
export function instanceTypesOf(cluster: ClusterConfiguration): InstanceTypes {
  try {
    return new InstanceTypes(cluster.DevSettings.InstanceTypesData);
  } catch {
    return new InstanceTypes();
  }
}

/** Facts of the known types of a compute resource. */
export function factsOf(
  cluster: ClusterConfiguration,
  resource: ComputeResourceConfiguration,
): InstanceTypeFacts[] {
  const types = instanceTypesOf(cluster);
  return typesOf(resource)
    .map((type) => types.find(type))
    .filter((facts) => facts !== undefined);
}

/** The placement group setting in force: the compute resource's own, else the queue's. */
export function placementGroupOf(
  queue: SlurmQueueConfiguration,
  resource: ComputeResourceConfiguration,
): PlacementGroupConfiguration | undefined {
  return resource.Networking.PlacementGroup ?? queue.Networking.PlacementGroup;
}

/** Whether a setting puts instances in a placement group: said so, or named. */
export function usesPlacementGroup(setting: PlacementGroupConfiguration | undefined): boolean {
  return setting?.Enabled ?? (setting?.Id !== undefined || setting?.Name !== undefined);
}

/** Values that occur more than once, each once. */
export function repeated<T>(values: readonly T[]): T[] {
  return [...new Set(values.filter((value, index) => values.indexOf(value) !== index))];
}

/** Words joined as in a sentence's list. */
export function listed(words: Iterable<string | number>): string {
  return [...words].join(", ");
}

/** Whether the GPUs of any node are checked before each job. */
export function checksGpusOfAny(queues: readonly SlurmQueueConfiguration[]): boolean {
  return queues.some((queue) => queue.ComputeResources.some((resource) => checksGpus(queue, resource)));
}

/** Whether the GPUs of a resource's nodes are checked before each job; its own word wins over the queue's. */
export function checksGpus(queue: SlurmQueueConfiguration, resource: ComputeResourceConfiguration): boolean {
  return resource.HealthChecks.Gpu.Enabled ?? queue.HealthChecks.Gpu.Enabled ?? false;
}

/** A path of a mount without its trailing slash and with its leading one. */
export function mountPath(directory: string): string {
  return `/${directory.replace(/^\/+|\/+$/g, "")}`;
}

/** Whether nodes without an image of their own boot the publisher's stock image, and not one that the file names or describes. */
export function bootsStockImage({ Image, DevSettings }: ClusterConfiguration): boolean {
  const { Owner, Tags } = DevSettings.AmiSearchFilters ?? {};
  return Image.CustomAmi === undefined && Owner === undefined && Tags === undefined;
}

/** Whether a ready image gets the driver of NVIDIA: the repositories of these systems have it. */
export function holdsNvidiaDriver({ Image, Meridian }: ClusterConfiguration): boolean {
  return Meridian.ReadyImage.Enabled && ["alinux2023", "ubuntu2204", "ubuntu2404"].includes(Image.Os);
}

/** Whether nodes of a queue without an image of its own have GPUs of NVIDIA. */
export function usesNvidia(cluster: ClusterConfiguration): boolean {
  const types = instanceTypesOf(cluster);
  return resourcesOf(cluster).some(
    ({ queue, resource }) =>
      queue.Image?.CustomAmi === undefined &&
      typesOf(resource).some((type) => types.find(type)?.gpus?.manufacturer === "NVIDIA"),
  );
}
