import { parseClusterFile } from "../../../../modules/hpc-cluster/file/cluster-file";
import type { ClusterContext } from "../../../../modules/hpc-cluster/file/cluster-context";
import { formatFinding } from "../../../../modules/hpc-cluster/file/findings";
import { batchFile, slurmFile } from "../files";

/** Validators of ParallelCluster (modules/hpc-cluster/validators.md) that no case of checks.test.ts stands for. */

function saidOf(file: string, code: string, context: ClusterContext = {}): string[] {
  return parseClusterFile(file, "cluster.yaml", context)
    .findings.filter((finding) => finding.code === code)
    .map((finding) => formatFinding("cluster.yaml", finding));
}

describe("a validator of ParallelCluster", () => {
  it("refuses with Batch what exists with Slurm only", () => {
    const rest = [
      "HeadNode: {InstanceType: c5.large, Imds: {Secured: true}, CustomActions: {OnNodeUpdated: {Script: 's3://a/b'}}}",
      "DeploymentSettings: {DisableSudoAccessForDefaultUser: true}",
    ].join("\n");

    expect(saidOf(batchFile({ rest }).replace("alinux2023", "ubuntu2404"), "SchedulerFeatures")).toEqual([
      "cluster.yaml:2: ERROR SchedulerFeatures: Image.Os: AWS Batch runs on Amazon Linux, not on ubuntu2404; use alinux2023",
      "cluster.yaml:12: ERROR SchedulerFeatures: HeadNode.CustomActions.OnNodeUpdated: OnNodeUpdated runs with Slurm only; remove the section or use Slurm",
      "cluster.yaml:13: ERROR SchedulerFeatures: DeploymentSettings.DisableSudoAccessForDefaultUser: sudo can be taken from the default user with Slurm only; remove the section or use Slurm",
    ]);
  });

  it("notes storage in another zone than some nodes", () => {
    const file = slurmFile({
      networking: "SubnetIds: [subnet-22222222222222222, subnet-33333333333333333]",
      resource: "Instances:\n  - InstanceType: c5.large",
      rest: "SharedStorage:\n  - {MountDir: /a, Name: a, StorageType: Efs}",
    });

    expect(saidOf(file, "ManagedFsxMultiAz")).toEqual([
      "cluster.yaml:15: INFO ManagedFsxMultiAz: Scheduling.SlurmQueues[0].Networking.SubnetIds: storage in another zone is slower, and traffic between zones is billed; keep the queue in the storage's zone where that matters",
    ]);
  });

  it("refuses a throughput that no volume has", () => {
    const rest =
      "SharedStorage:\n  - {MountDir: /a, Name: a, StorageType: Ebs, EbsSettings: {Throughput: 1200, Iops: 6000}}";

    expect(saidOf(slurmFile({ rest }), "EbsVolume")).toEqual([
      "cluster.yaml:20: ERROR EbsVolume: SharedStorage[0].EbsSettings.Throughput: throughput is between 125 and 1000 MB/s, got 1200; correct the number",
    ]);
  });

  it("refuses an access point of a new file system, and one without encryption in transit", () => {
    const rest =
      "SharedStorage:\n  - {MountDir: /a, Name: a, StorageType: Efs, EfsSettings: {AccessPointId: fsap-0123456789abcdef0}}";

    expect(saidOf(slurmFile({ rest }), "EfsSettings")).toEqual([
      "cluster.yaml:20: ERROR EfsSettings: SharedStorage[0].EfsSettings.AccessPointId: an access point belongs to an existing file system; add FileSystemId or remove AccessPointId",
      "cluster.yaml:20: ERROR EfsSettings: SharedStorage[0].EfsSettings.AccessPointId: an access point needs encryption in transit; set EncryptionInTransit to true",
    ]);
  });

  it("refuses types with different GPUs", () => {
    const resource = "Instances:\n  - InstanceType: dl1.24xlarge\n  - InstanceType: g5.24xlarge";

    expect(saidOf(slurmFile({ resource }), "InstancesUniformity")).toEqual([
      "cluster.yaml:18: ERROR InstancesUniformity: Scheduling.SlurmQueues[0].ComputeResources[0].Instances: the types differ in their GPUs, but Slurm knows one number and one kind for all; choose types with the same GPUs",
    ]);
  });

  it("warns of types with different memory where memory is scheduled", () => {
    const file = slurmFile({
      settings: "EnableMemoryBasedScheduling: true",
      resource: "Instances:\n  - InstanceType: c5.large\n  - InstanceType: m5.large",
    });

    expect(saidOf(file, "InstancesNetworking")).toEqual([
      "cluster.yaml:20: WARNING InstancesNetworking: Scheduling.SlurmQueues[0].ComputeResources[0].Instances: with memory-based scheduling all nodes count with the smallest type's memory; choose types with the same memory",
    ]);
  });

  it("refuses an address of a script that is neither S3 nor HTTPS", () => {
    const file = slurmFile({ queue: "CustomActions: {OnNodeStart: {Script: 'http://a/b.sh'}}" });

    expect(saidOf(file, "NotAllowed")).toEqual([
      'cluster.yaml:14: ERROR NotAllowed: Scheduling.SlurmQueues[0].CustomActions.OnNodeStart.Script: the value must be a script\'s address that begins with s3:// or https://, got "http://a/b.sh"; correct the value',
    ]);
  });

  it("refuses two accounting databases, and warns of one that is elsewhere", () => {
    const secret = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:p";
    const settings = `Database: {Uri: 'db:3306', UserName: u, PasswordSecretArn: '${secret}'}\nExternalSlurmdbd: {Host: dbd}\nMungeKeySecretArn: ${secret}`;

    expect(saidOf(slurmFile({ settings }), "ExternalSlurmdbd")).toEqual([
      "cluster.yaml:14: ERROR ExternalSlurmdbd: Scheduling.SlurmSettings.ExternalSlurmdbd: Database and ExternalSlurmdbd cannot be combined; keep one of them",
      "cluster.yaml:14: WARNING ExternalSlurmdbd: Scheduling.SlurmSettings.ExternalSlurmdbd: traffic to an external slurmdbd is not encrypted; keep both in a trusted network",
    ]);
  });
});
