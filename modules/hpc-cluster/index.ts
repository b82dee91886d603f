export { BatchCluster } from "./batch-cluster";
export { BatchJob, type BatchJobProps } from "./batch-job";
export { BatchQueue, type BatchQueueProps } from "./batch-queue";
export { parseClusterFile, type ClusterContext, type ParsedClusterFile } from "./cluster-file";
export type { ClusterConfiguration } from "./cluster-keys";
export {
  explainCommand,
  validateCommand,
  type ClusterFileText,
  type CommandResult,
  type ValidateOptions,
} from "./commands";
export { configurationPlace } from "./configuration-bucket";
export { ComputeResource, type ComputeResourceProps } from "./compute-resource";
export { explainClusterFile } from "./explain-file";
export { formatFinding, hasErrors, type Finding, type FindingLevel } from "./findings";
export { HpcCluster, type HpcClusterProps } from "./hpc-cluster";
export { InstanceTypes, type InstanceTypeFacts } from "./instance-types";
export { keyRows, type KeyRow } from "./key-table";
export { LustreFileSystem, type LustreFileSystemProps } from "./lustre-file-system";
export { networkInterfacePlan, type NetworkInterfacePlan } from "./network-interfaces";
export { renderFleet } from "./slurm-fleet";
export { renderSlurmFiles } from "./slurm-files";
export { SlurmCluster } from "./slurm-cluster";
