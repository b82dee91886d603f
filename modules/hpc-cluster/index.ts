export { BatchCluster } from "./batch/batch-cluster";
export { BatchJob, type BatchJobProps } from "./batch/batch-job";
export { BatchQueue, type BatchQueueProps } from "./batch/batch-queue";
export { parseClusterFile, type ParsedClusterFile } from "./file/cluster-file";
export { type ClusterContext } from "./file/cluster-context";
export type { ClusterConfiguration } from "./file/cluster-keys";
export {
  explainCommand,
  validateCommand,
  type ClusterFileText,
  type CommandResult,
  type ValidateOptions,
} from "./file/commands";
export { configurationPlace } from "./configuration-bucket";
export { ComputeResource, type ComputeResourceProps } from "./machines/compute-resource";
export { explainClusterFile } from "./file/explain-file";
export { formatFinding, hasErrors, type Finding, type FindingLevel } from "./file/findings";
export { HpcCluster, type HpcClusterProps } from "./hpc-cluster";
export { InstanceTypes, type InstanceTypeFacts } from "./machines/instance-types";
export { keyRows, type KeyRow } from "./file/key-table";
export { LustreFileSystem, type LustreFileSystemProps } from "./storage/lustre-file-system";
export { networkInterfacePlan, type NetworkInterfacePlan } from "./network/network-interfaces";
export { renderFleet } from "./slurm/slurm-fleet";
export { renderSlurmFiles } from "./slurm/slurm-files";
export { SlurmCluster } from "./slurm/slurm-cluster";
