import { HpcCluster } from "../../../../modules/hpc-cluster";
import { emptyStack, resourcesOf } from "../../../support/synth";
import { batchFile, slurmFile } from "../files";

function clusterOf(file: string) {
  const stack = emptyStack();
  const props = { name: "demo", account: "111122223333", region: "eu-west-1", configurationFile: file };
  return { stack, cluster: new HpcCluster(stack, "Cluster", props) };
}

const onEfs = "SharedStorageType: Efs";

describe("SharedStorageType: Efs", () => {
  it("puts the homes on an encrypted file system of their own", () => {
    const { stack, cluster } = clusterOf(slurmFile({ head: onEfs }));

    expect(Object.values(resourcesOf(stack, "aws_efs_file_system"))).toEqual([
      expect.objectContaining({
        encrypted: true,
        tags: expect.objectContaining({ Name: "demo meridian homes" }) as unknown,
      }),
    ]);
    expect(cluster.storage.mounts).toEqual([expect.objectContaining({ type: "efs", directory: "/home" })]);
  });

  it("makes none where the file mounts a storage at /home", () => {
    const rest =
      "SharedStorage:\n  - {MountDir: home, Name: own, StorageType: Efs, EfsSettings: {FileSystemId: fs-0123456789abcdef0}}";
    const { stack, cluster } = clusterOf(slurmFile({ head: onEfs, rest }));

    expect(resourcesOf(stack, "aws_efs_file_system")).toEqual({});
    expect(cluster.storage.mounts.map(({ name, directory }) => ({ name, directory }))).toEqual([
      { name: "own", directory: "/home" },
    ]);
    expect(cluster.findings.map(({ message }) => message)).toEqual([
      "homes are on the storage own, so no EFS file system is made for them",
    ]);
  });

  it("makes none without it, and none for Batch", () => {
    expect(clusterOf(slurmFile()).cluster.storage.mounts).toEqual([]);
    expect(
      clusterOf(batchFile({ rest: `HeadNode: {InstanceType: c5.large, ${onEfs}}` })).cluster.storage.mounts,
    ).toEqual([]);
  });
});
