import { parseClusterFile } from "../../../../modules/hpc-cluster/file/cluster-file";
import { formatFinding } from "../../../../modules/hpc-cluster/file/findings";
import { slurmFile } from "../files";

/** What is said of a file that ParallelCluster 3.16 refuses, word for word. */

function errorsOf(file: string): string[] {
  return parseClusterFile(file, "cluster.yaml")
    .findings.filter(({ level }) => level === "ERROR")
    .map((finding) => formatFinding("cluster.yaml", finding));
}

const storages = (...lines: readonly string[]) =>
  slurmFile({ rest: ["SharedStorage:", ...lines.map((line) => `  - ${line}`)].join("\n") });

describe("the head node's memory", () => {
  const fileOf = (type: string, nodes: number) =>
    slurmFile({ resource: `MaxCount: ${nodes}` }).replace("c5.xlarge", type);

  it("refuses a head node that is too small for its nodes, by the formula of ParallelCluster", () => {
    // 200 nodes: 200 / 25 + 0.6 GiB.
    expect(errorsOf(fileOf("c5.xlarge", 200))).toEqual([
      "cluster.yaml:4: ERROR HeadNodeMemorySize: HeadNode.InstanceType: c5.xlarge has 8 GiB of memory, and the head node of 200 nodes needs at least 8.6; choose a larger type, or lower MaxCount",
    ]);
  });

  it("is enough for as many nodes as the formula says, and 16 GiB for any number", () => {
    expect(errorsOf(fileOf("c5.xlarge", 185))).toEqual([]);
    expect(errorsOf(fileOf("c5.2xlarge", 5000))).toEqual([]);
  });

  it("counts the nodes of all queues together", () => {
    const two = fileOf("c5.large", 80).replace(
      "        - Name: cr1",
      "        - {Name: cr0, InstanceType: c5.large, MaxCount: 10}\n        - Name: cr1",
    );

    expect(errorsOf(two)).toEqual([
      "cluster.yaml:4: ERROR HeadNodeMemorySize: HeadNode.InstanceType: c5.large has 4 GiB of memory, and the head node of 90 nodes needs at least 4.2; choose a larger type, or lower MaxCount",
    ]);
  });
});

describe("mount directories", () => {
  it.each([
    "/bin",
    "/boot",
    "/dev",
    "/etc",
    "/lib",
    "/lib64",
    "/media",
    "/mnt",
    "/opt",
    "/proc",
    "/root",
    "/run",
    "/sbin",
    "/srv",
    "/sys",
    "/tmp",
    "/usr",
    "/var",
  ])("refuses %s, which is the operating system's", (directory) => {
    const message = `cluster.yaml:20: ERROR SharedStorageMountDir: SharedStorage[0].MountDir: ${directory} belongs to the operating system; choose another directory, such as /shared`;

    expect(errorsOf(storages(`{MountDir: ${directory}, Name: a, StorageType: Efs}`))).toEqual([message]);
    expect(errorsOf(storages(`{MountDir: ${directory.slice(1)}, Name: a, StorageType: Efs}`))).toEqual([
      message,
    ]);
  });

  it("takes a directory below one of them, as ParallelCluster does", () => {
    expect(errorsOf(storages("{MountDir: /opt/apps, Name: a, StorageType: Efs}"))).toEqual([]);
  });

  it("refuses local disks and a shared storage inside one another", () => {
    const inside = slurmFile({
      queue: "ComputeSettings: {LocalStorage: {EphemeralVolume: {MountDir: /data/local}}}",
      resource: "InstanceType: c5d.large",
      rest: "SharedStorage:\n  - {MountDir: /data, Name: a, StorageType: Efs}",
    });
    const head = storages("{MountDir: /scratch/a, Name: a, StorageType: Efs}").replace(
      "c5.xlarge",
      "c5d.xlarge",
    );

    expect(errorsOf(inside)).toEqual([
      "cluster.yaml:14: ERROR OverlappingMountDir: Scheduling.SlurmQueues[0].ComputeSettings.LocalStorage.EphemeralVolume.MountDir: local disks are mounted at /data/local and a shared storage at /data, one inside the other; choose directories side by side",
    ]);
    expect(errorsOf(head)).toEqual([
      "cluster.yaml:3: ERROR OverlappingMountDir: HeadNode.LocalStorage.EphemeralVolume.MountDir: local disks are mounted at /scratch and a shared storage at /scratch/a, one inside the other; choose directories side by side",
    ]);
  });

  it("lets them be where no type has local disks", () => {
    expect(errorsOf(storages("{MountDir: /scratch/a, Name: a, StorageType: Efs}"))).toEqual([]);
  });
});

describe("an existing storage", () => {
  it.each([
    ["Ebs", "EbsSettings", "VolumeId", "vol-0123456789abcdef0"],
    ["Efs", "EfsSettings", "FileSystemId", "fs-0123456789abcdef0"],
    ["FsxLustre", "FsxLustreSettings", "FileSystemId", "fs-0123456789abcdef0"],
    ["FsxOpenZfs", "FsxOpenZfsSettings", "VolumeId", "fsvol-0123456789abcdef0"],
    ["FsxOntap", "FsxOntapSettings", "VolumeId", "fsvol-0123456789abcdef0"],
  ])("refuses that %s mounts the same twice", (type, section, key, id) => {
    const line = (name: string) =>
      `{MountDir: /${name}, Name: ${name}, StorageType: ${type}, ${section}: {${key}: ${id}}}`;

    expect(errorsOf(storages(line("a"), line("b")))).toEqual([
      `cluster.yaml:21: ERROR DuplicateStorage: SharedStorage[1].${section}.${key}: ${id} is mounted by another storage already; mount it once, and use directories of it`,
    ]);
  });
});

describe("the prefix of roles", () => {
  it.each(["//name", "/path//name", "//", "/path/sub//"])("refuses the empty part in %s", (prefix) => {
    expect(errorsOf(slurmFile({ rest: `Iam:\n  ResourcePrefix: ${prefix}` }))).toEqual([
      `cluster.yaml:20: ERROR IamResourcePrefix: Iam.ResourcePrefix: '${prefix}' must be a name, a path between single slashes, or a path and a name; write it as name, /path/ or /path/name`,
    ]);
  });

  it.each(["name", "/path/", "/path/name", "/a/b.c/"])("takes %s", (prefix) => {
    expect(errorsOf(slurmFile({ rest: `Iam:\n  ResourcePrefix: ${prefix}` }))).toEqual([]);
  });
});

describe("the operating system", () => {
  it.each(["rhel8", "rocky8"])("refuses %s, whose Python and Slurm are too old for the daemon", (os) => {
    const message = `cluster.yaml:2: ERROR OperatingSystem: Image.Os: the cluster daemon needs Python 3.7 and Slurm 21.08 or newer, and ${os} has Python 3.6 and Slurm 20.11; use ${os.replace("8", "9")}`;

    expect(errorsOf(slurmFile().replace("alinux2023", os))).toEqual([message]);
  });

  it.each(["rhel9", "rocky9"])("takes %s", (os) => {
    expect(errorsOf(slurmFile().replace("alinux2023", os))).toEqual([]);
  });
});
