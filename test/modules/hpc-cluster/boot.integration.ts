import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { Mount } from "../../../modules/hpc-cluster/mounts";
import { renderUserData, type NodeSettings } from "../../../modules/hpc-cluster/user-data";
import { modules, settings, systems, writeBoot, type Boot } from "./boot-files";

/**
 * The real user data and boot scripts, as root in a mount namespace, so that nothing of this machine changes. Package
 * managers, systemd, the AWS client and mounts are stand-ins that write down how they were called (boot.sh). What nodes
 * mount, and what they are refused, is tried for real in shares.integration.ts.
 */

const mounts: readonly Mount[] = [
  {
    name: "scratch",
    type: "lustre",
    directory: "/scratch",
    fileSystemId: "fs-1",
    dnsName: "fs-1.fsx",
    mountName: "abc",
  },
  {
    name: "apps",
    type: "efs",
    directory: "/apps",
    fileSystemId: "fs-2",
    dnsName: "fs-2.efs",
    tls: true,
    iam: false,
  },
  { name: "data", type: "ebs", directory: "/data", volumeIds: ["vol-1", "vol-2"], raid: 0 },
];

/** What programs answer that a boot asks. */
const answers = {
  curl: "case $* in *latest/api/token*) echo token ;; *instance-id*) echo i-1 ;; esac",
  blkid: "echo 1111-2222",
  lsblk:
    'printf "/dev/nvme1n1 Amazon EC2 NVMe Instance Storage\\n/dev/nvme2n1 Amazon EC2 NVMe Instance Storage\\n"',
  aws: "case $* in *get-secret-value*) echo c2VjcmV0 ;; esac",
};

function boot(
  os: keyof typeof systems,
  role: NodeSettings["role"],
  changes: Partial<NodeSettings> = {},
): Boot {
  const directory = mkdtempSync(join(tmpdir(), "meridian-boot-"));
  try {
    writeBoot(directory, {
      settings: { ...settings(role), ...changes },
      mounts: mounts.map((mount) => fitted(mount, directory)),
      answers,
    });
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

/** Directories that exist on every machine stay out of it. */
function fitted(mount: Mount, directory: string): Mount {
  return { ...mount, directory: join(directory, "mounted", mount.name) };
}

const places = (fstab: string | null | undefined): string[] =>
  (fstab ?? "")
    .replace(/\/[^\s:]*\/mounted/g, "")
    .trim()
    .split("\n");

// A mount namespace is root's to make.
const isRoot = process.getuid?.() === 0;
const playing = isRoot ? describe : describe.skip;

playing("a stock image becomes", () => {
  it.each(["amzn", "ubuntu", "jammy", "rocky"] as const)("a head node on %s", (os) => {
    const { code, output, files, calls, slurm } = boot(os, "head");

    expect({ code, output: code === 0 ? "" : output }).toEqual({ code: 0, output: "" });
    expect(slurm).toEqual([["401", "401"]]);
    expect(files["/run/meridian-ready"]).toBe("");
    expect(calls).toContain("hostnamectl set-hostname demo-head");
    expect(calls).toContain("systemctl enable --now slurmctld meridian-hpc meridian-update.timer");
    expect(calls.indexOf("systemctl enable --now meridian-imds")).toBeLessThan(
      calls.indexOf("systemctl enable --now slurmctld meridian-hpc meridian-update.timer"),
    );
    expect(files["/etc/exports"]?.replace(/\S*\/mounted/, "").split("\n")).toEqual([
      "/opt/meridian/shared *(ro,root_squash,subtree_check)",
      "/etc/slurm *(ro,root_squash,subtree_check)",
      ...(os === "amzn" || os === "jammy" ? ["/opt/slurm *(ro,root_squash,subtree_check)"] : []),
      "/opt/meridian/key *(ro,no_root_squash,subtree_check)",
      "/home *(rw,root_squash,no_subtree_check)",
      "/data *(rw,root_squash,no_subtree_check)",
      "",
    ]);
  });

  it.each(["amzn", "ubuntu", "jammy", "rocky"] as const)("a compute node on %s", (os) => {
    const { code, output, files, calls, slurm } = boot(os, "compute");

    expect({ code, output: code === 0 ? "" : output }).toEqual({ code: 0, output: "" });
    expect(slurm).toEqual([["401", "401"]]);
    expect(files["/etc/default/slurmd"]).toContain('SLURMD_OPTIONS="-N q1-dy-cr1-1"');
    expect(calls).toContain("hostnamectl set-hostname q1-dy-cr1-1");
    expect(calls.at(-1)).toBe("systemctl enable --now slurmd");
    expect(calls.indexOf("systemctl enable --now meridian-imds")).toBeGreaterThan(0);
  });

  it("a login node, which runs no daemon and tells its group that it has booted", () => {
    const { code, output, calls } = boot("ubuntu", "login", { autoScalingGroup: "demo-login" });

    expect({ code, output: code === 0 ? "" : output }).toEqual({ code: 0, output: "" });
    expect(calls.filter((call) => call.startsWith("systemctl enable"))).toEqual([
      "systemctl enable --now meridian-imds",
      "systemctl enable --now munge",
    ]);
    expect(calls.at(-1)).toBe(
      "aws autoscaling complete-lifecycle-action --auto-scaling-group-name demo-login --lifecycle-hook-name boot " +
        "--lifecycle-action-result CONTINUE --instance-id i-1",
    );
  });
});

playing("a booted node", () => {
  it("mounts its storage again at every start", () => {
    expect(places(boot("amzn", "head").files["/etc/fstab"])).toEqual([
      "UUID=1111-2222 /run/local auto noatime,nofail 0 0",
      "fs-1.fsx@tcp:/abc /scratch lustre defaults,_netdev,flock,user_xattr,noatime,nofail 0 0",
      "fs-2:/ /apps efs tls,_netdev,nofail 0 0",
      "UUID=1111-2222 /data auto defaults,nofail 0 0",
    ]);
    expect(places(boot("amzn", "compute").files["/etc/fstab"])).toContain(
      "10.0.0.10:/data /data nfs4 nfsvers=4.1,rsize=1048576,wsize=1048576,hard,timeo=600,retrans=2,_netdev,nofail 0 0",
    );
  });

  it("joins its local disks to one", () => {
    expect(boot("ubuntu", "compute").calls).toContain(
      "mdadm --create /dev/md/ephemeral --run --level=0 --raid-devices=2 /dev/nvme1n1 /dev/nvme2n1",
    );
  });

  it("has units for a Slurm that was built, and leaves those of packages alone", () => {
    const { files } = boot("amzn", "compute");

    expect(files["/etc/systemd/system/slurmd.service"]).toContain(
      "exec /opt/slurm/sbin/slurmd -D $SLURMD_OPTIONS",
    );
    expect(files["/etc/profile.d/slurm.sh"]).toBe("PATH=/opt/slurm/bin:$PATH\n");
    expect(boot("ubuntu", "compute").files["/etc/systemd/system/slurmd.service"]).toBeNull();
  });

  it("builds Slurm on Ubuntu 22.04, whose package cannot run on its own system", () => {
    const { calls, files } = boot("jammy", "compute");

    expect(calls.filter((call) => call.includes("slurm-wlm"))).toEqual([]);
    expect(calls).toContainEqual(expect.stringMatching(/^apt-get install .*libmunge-dev.*libdbus-1-dev/));
    expect(calls).toContain("mount /opt/slurm");
    expect(files["/etc/systemd/system/slurmd.service"]).toContain("/opt/slurm/sbin/slurmd");
  });

  it("turns off second threads where EC2 does not", () => {
    const control = "/sys/devices/system/cpu/smt/control";

    expect(boot("ubuntu", "compute", { threadsOff: true }).files[control]).toBe("off\n");
    expect(boot("ubuntu", "compute").files[control]).toBeNull();
  });

  it("asks the driver of its GPUs for their devices before slurmd looks for them", () => {
    const { calls } = boot("ubuntu", "compute");

    expect(calls.indexOf("nvidia-smi ")).toBeGreaterThan(0);
    expect(calls.indexOf("nvidia-smi ")).toBeLessThan(calls.indexOf("systemctl enable --now slurmd"));
  });

  it("sends its daemon's requests through the proxy", () => {
    const unit = "/etc/systemd/system/meridian-hpc.service.d/proxy.conf";

    expect(boot("ubuntu", "head", { proxy: "http://proxy:3128" }).files[unit]).toBe(
      "[Service]\nEnvironment=http_proxy=http://proxy:3128 https_proxy=http://proxy:3128 no_proxy=169.254.169.254\n",
    );
    expect(boot("ubuntu", "head").files[unit]).toBeNull();
  });

  it("knows the others by their short names", () => {
    const { files } = boot("ubuntu", "compute");

    expect(files["/etc/systemd/resolved.conf.d/meridian.conf"]).toBe("[Resolve]\nDomains=demo.hpc\n");
  });

  it("takes the password of the accounting database from its secret", () => {
    const { files, calls } = boot("ubuntu", "head", { databaseSecretArn: "arn:secret" });

    expect(files["/etc/slurm/slurmdbd.conf"]).toBe("StoragePass=c2VjcmV0\n");
    expect(calls).toContain("systemctl enable --now slurmdbd");
  });
});

describe("the AWS client", () => {
  it("is installed from its archive, whose programs unpack without permission to run", () => {
    const directory = mkdtempSync(join(tmpdir(), "meridian-client-"));
    try {
      const line = renderUserData(settings("head"))
        .split("\n")
        .find((one) => one.startsWith("command -v aws"));
      mkdirSync(join(directory, "aws/dist"), { recursive: true });
      writeFileSync(join(directory, "aws/dist/aws"), "#!/bin/sh\necho runs\n", { mode: 0o755 });
      writeFileSync(join(directory, "aws/install"), '"$(dirname "$0")/dist/aws"\n');
      const script = [
        `cd ${directory}; python3 -m zipfile -c archive.zip aws && rm -r aws`,
        `command() { false; }; curl() { cp archive.zip ${directory}/aws.zip; }`,
        (line ?? "").replaceAll("/tmp", directory),
      ].join("\n");

      const { stdout, status } = spawnSync("bash", ["-c", script], { encoding: "utf8" });

      expect({ stdout, status }).toEqual({ stdout: "runs\n", status: 0 });
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  });
});

describe("the credentials of a head node", () => {
  it("are kept from everyone but root and the user that the cluster daemon runs as", () => {
    const unit = (name: string): string => readFileSync(join(modules, "nodes", name), "utf8");
    const owners = [...unit("meridian-imds.service").matchAll(/^ExecStart=.*--uid-owner (\S+) -j ACCEPT$/gm)];

    expect(owners.map(([, owner]) => owner)).toEqual(["root", "slurm"]);
    expect(unit("meridian-hpc.service")).toContain("User=slurm\n");
  });
});
