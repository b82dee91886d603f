import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { Mount } from "../../../modules/hpc-cluster/storage/mounts";
import { directoryFiles } from "../../../modules/hpc-cluster/directory/directory-files";
import { renderImageBuild, type ImageContent } from "../../../modules/hpc-cluster/machines/image-build";
import { renderUserData, type NodeSettings } from "../../../modules/hpc-cluster/machines/user-data";

/** What boot.sh plays: a cluster's bucket, user data, and what programs answer. */

/** What came of a boot. */
export interface Boot {
  readonly code: number;
  /** How long the node took, once it ran. */
  readonly seconds: number;
  readonly output: string;
  readonly console: string;
  readonly calls: readonly string[];
  /** How programs were called while the ready image was made, and what of the cluster was left in it. */
  readonly built: readonly string[];
  /** What the ready image says that it holds. */
  readonly manifest: readonly string[];
  /** User and group id of `slurm`. */
  readonly slurm: readonly (readonly string[])[];
  readonly files: Readonly<Record<string, string | null>>;
}

export const modules = join(__dirname, "../../../modules/hpc-cluster");

export const systems = {
  amzn: 'ID="amzn"\nVERSION_ID="2023"\n',
  ubuntu: 'ID=ubuntu\nVERSION_ID="24.04"\nVERSION_CODENAME=noble\n',
  jammy: 'ID=ubuntu\nVERSION_ID="22.04"\nVERSION_CODENAME=jammy\n',
  rocky: 'ID="rocky"\nVERSION_ID="9.5"\n',
};

/** What programs answer that a boot asks. */
export const answers = {
  curl: "case $* in *latest/api/token*) echo token ;; *instance-id*) echo i-1 ;; esac",
  blkid: "echo 1111-2222",
  lsblk:
    'printf "/dev/nvme1n1 Amazon EC2 NVMe Instance Storage\\n/dev/nvme2n1 Amazon EC2 NVMe Instance Storage\\n"',
  // Everything that was signed was signed by those who should have.
  gpg: "case $* in *--show-keys*fsx.asc) echo pub; echo fpr:::::::::9C36DD9C515F10DBC3AA835C5D5CCC3383A962E1: ;; *) for key in 4E9091BCBB97A96B26B15E59A05480B1DD2D3CCC 937616F3450B7D806CBD9725D58167303B789C72; do echo [GNUPG:] VALIDSIG $key x $key; done ;; esac",
  aws: "case $* in *get-secret-value*) echo c2VjcmV0 ;; esac",
};

/** What a boot is made of. */
export interface BootFiles {
  readonly settings: NodeSettings;
  readonly mounts: readonly Mount[];
  /** What programs print when a boot asks them, as a script by the program's name. */
  readonly answers: Readonly<Record<string, string>>;
  /** What else than packages and MPI is in the ready image that the node boots from; a stock image when absent. */
  readonly ready?: readonly ImageContent[] | undefined;
}

/** Writes what boot.sh needs into a directory. */
export function writeBoot(directory: string, { settings, mounts, answers, ready }: BootFiles): void {
  const bucket = join(directory, "bucket");
  cpSync(join(modules, "nodes"), join(bucket, "nodes"), { recursive: true });
  for (const [key, file] of Object.entries(directoryFiles)) {
    cpSync(join(modules, file), join(bucket, key));
  }
  writeFileSync(join(bucket, "nodes/sssd.conf"), "ldap_default_authtok = @PASSWORD@\n");
  writeFileSync(join(bucket, "nodes/mounts.json"), JSON.stringify(mounts));
  mkdirSync(join(bucket, "daemon"));
  writeFileSync(join(bucket, "daemon/meridian_hpc.py"), 'print("q1-dy-cr1-1")\n');
  mkdirSync(join(bucket, "slurm"));
  writeFileSync(join(bucket, "slurm/slurm.conf"), "ClusterName=demo\n");
  writeFileSync(join(bucket, "slurm/slurmdbd.conf.template"), "StoragePass=@PASSWORD@\n");
  writeFileSync(join(bucket, "fleet.json"), JSON.stringify({ domain: "demo.hpc" }));
  for (const [name, release] of Object.entries(systems)) {
    writeFileSync(join(directory, `os-release.${name}`), release);
  }
  mkdirSync(join(directory, "answers"));
  for (const [name, script] of Object.entries(answers)) {
    writeFileSync(join(directory, "answers", name), script);
  }
  writeFileSync(join(directory, "user-data.sh"), renderUserData(settings));
  if (ready !== undefined) {
    const image = renderImageBuild({ ...settings, efa: settings.openMpi === "efa", contents: ready });
    writeFileSync(join(directory, "image-build.sh"), image.join("\n"));
  }
}

/** Boots a node of this system in a mount namespace. The files may need the directory that it happens in. */
export function playBoot(os: keyof typeof systems, filesIn: (directory: string) => BootFiles): Boot {
  const directory = mkdtempSync(join(tmpdir(), "meridian-boot-"));
  try {
    writeBoot(directory, filesIn(directory));
    const { stdout, stderr } = spawnSync(
      "unshare",
      ["--mount", "--propagation", "private", join(__dirname, "boot.sh"), directory, os],
      { encoding: "utf8" },
    );
    try {
      return JSON.parse(stdout) as Boot;
    } catch {
      throw new Error(`the boot was not played: ${stderr}${stdout}`);
    }
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

export function settings(role: NodeSettings["role"]): NodeSettings {
  return {
    role,
    cluster: "demo",
    region: "eu-west-1",
    table: "demo",
    bucket: "files",
    prefix: "cluster",
    hostName: "demo-head",
    headAddress: "10.0.0.10",
    slurmVersion: "24.05.8",
    efaInstallerVersion: "1.51.0",
    efa: false,
    openMpi: "distribution",
    ephemeralDirectory: "/run/local",
    sharedHome: true,
    sudo: true,
    securedImds: true,
    ec2HostNames: false,
    logGroup: "/meridian/hpc/demo",
    logRotation: true,
    customActions: {},
  };
}
