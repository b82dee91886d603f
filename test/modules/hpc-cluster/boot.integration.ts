import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { Mount } from "../../../modules/hpc-cluster/storage/mounts";
import {
  awsClientKey,
  renderUserData,
  type NodeSettings,
} from "../../../modules/hpc-cluster/machines/user-data";
import type { ImageContent } from "../../../modules/hpc-cluster/machines/image-build";
import { answers, modules, playBoot, settings, systems, type Boot } from "./boot-files";

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

const booted = new Map<string, Boot>();

/** What came of a boot; one that several tests look at is played once. */
function boot(
  os: keyof typeof systems,
  role: NodeSettings["role"],
  changes: Partial<NodeSettings> = {},
  ready?: readonly ImageContent[],
): Boot {
  const key = JSON.stringify([os, role, changes, ready]);
  const known =
    booted.get(key) ??
    playBoot(os, (directory) => ({
      settings: { ...settings(role), ...changes },
      mounts: mounts.map((mount) => fitted(mount, directory)),
      answers,
      ready,
    }));
  booted.set(key, known);
  return known;
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

  it("a login node, which runs no daemon and signals its group that it has booted", () => {
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
      "10.0.0.10:/data /data nfs4 nfsvers=4.1,rsize=1048576,wsize=1048576,hard,timeo=600,retrans=2,nosuid,nodev,_netdev,nofail 0 0",
    );
  });

  it("trusts the packages of Lustre only by the key that is known", () => {
    const { calls } = boot("ubuntu", "compute");

    expect(calls).toContain("gpg --batch --show-keys --with-colons /usr/share/keyrings/fsx.asc");
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
    expect(boot("jammy", "head").calls.filter((call) => /pmix|slurm.*tar/.test(call))).toEqual([
      expect.stringContaining("/openpmix/releases/download/v5.0.9/pmix-5.0.9.tar.gz") as string,
      "tar xzf /run/pmix.tar.gz -C /usr/src",
      expect.stringContaining("/SchedMD/slurm/archive/") as string,
      "tar xzf /run/slurm.tar.gz -C /usr/src",
    ]);
    expect(files["/etc/systemd/system/slurmd.service"]).toContain("/opt/slurm/sbin/slurmd");
  });

  it("has compilers and the Open MPI of its system where no node of the cluster has EFA", () => {
    const { calls, files } = boot("ubuntu", "compute");

    expect(calls).toContainEqual(
      expect.stringMatching(/^apt-get install .*gfortran.* libpmix-dev openmpi-bin libopenmpi-dev$/),
    );
    expect(calls.filter((call) => call.includes("efa"))).toEqual([]);
    expect(files["/etc/profile.d/meridian-mpi.sh"]).toContain("/usr/lib64/openmpi/bin");
    expect(files["/etc/security/limits.d/meridian-efa.conf"]).toBeNull();
    expect(boot("rocky", "head").calls).toContainEqual(
      expect.stringMatching(/^dnf install .*gcc-gfortran .*pmix .*openmpi openmpi-devel$/),
    );
  });

  it("has the Open MPI of the EFA installer on every node where one has EFA, and the driver where itself has", () => {
    const [node, head] = [
      boot("ubuntu", "compute", { openMpi: "efa", efa: true }),
      boot("ubuntu", "head", { openMpi: "efa" }),
    ];
    const installer = (calls: readonly string[]) => calls.filter((call) => call.startsWith("efa_installer"));

    expect(installer(node.calls)).toEqual(["efa_installer.sh -y"]);
    expect(installer(head.calls)).toEqual(["efa_installer.sh -y --skip-kmod --skip-limit-conf --no-verify"]);
    expect([...node.calls, ...head.calls].filter((call) => call.includes("openmpi"))).toEqual([]);
    expect(node.files["/etc/security/limits.d/meridian-efa.conf"]).toBe(
      "* soft memlock unlimited\n* hard memlock unlimited\n",
    );
    expect(node.files["/etc/sysctl.d/60-meridian-efa.conf"]).toBe("kernel.yama.ptrace_scope=0\n");
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

/** Calls that install something, or fetch it from elsewhere than the cluster's bucket. */
const installs = (calls: readonly string[]) =>
  calls.filter(
    (call) =>
      /^(dnf|apt-get|apt-mark|dpkg|make|tar|gpg|efa_installer\.sh|curl) /.test(call) &&
      !call.includes("169.254.169.254"),
  );

playing("a node from a ready image", () => {
  const contents = ["lustre", "efs"] as const;

  it.each([
    ["amzn", "head"],
    ["jammy", "head"],
    ["ubuntu", "compute"],
    ["rocky", "login"],
  ] as const)("on %s installs and downloads nothing as a %s node, and is the same node", (os, role) => {
    const efa = { openMpi: "efa", efa: role === "compute" } as const;
    const { code, output, calls, built, manifest, files, slurm } = boot(os, role, efa, contents);
    const stock = boot(os, role, efa);

    expect({ code, output: code === 0 ? "" : output }).toEqual({ code: 0, output: "" });
    expect(installs(calls)).toEqual([]);
    expect(installs(built).length).toBeGreaterThan(5);
    // The same but for what was installed, what that wrote, and the directory that each was played in.
    const rest = stock.calls.filter((call) => installs([call]).length === 0 && !call.startsWith("sha256sum"));
    const anywhere = (what: object) =>
      JSON.stringify({ ...what, "/run/meridian-boot.json": null }, undefined, 1).replace(
        /\/[^\s":]*\/mounted/g,
        "",
      );
    expect(anywhere({ calls, slurm, ...files })).toBe(
      anywhere({ calls: rest, slurm: stock.slurm, ...stock.files }),
    );
    expect(manifest.map((line) => line.split(" ")[0])).toEqual([
      "packages",
      "efa-driver",
      ...(os === "amzn" || os === "jammy" ? ["slurm"] : []),
      "agent",
      ...contents,
    ]);
    // Its test finds Open MPI as users do, and nothing of the cluster's is in it.
    expect(built).toContain("/etc/profile.d/meridian-mpi.sh");
    expect(built.filter((line) => /^\/(etc|opt)\/(meridian|munge)/.test(line))).toEqual([]);
  });

  it("installs what its image lacks, or has in another version", () => {
    const { calls, code } = boot("ubuntu", "compute", {}, []);

    expect(code).toBe(0);
    expect(installs(calls).join("\n")).toMatch(/lustre-client-modules[^]*efs-utils/);
    expect(installs(calls).join("\n")).not.toContain("slurm-wlm");
  });
});

playing("a boot that fails", () => {
  /** Fails at the first package. */
  const nowhere: Partial<NodeSettings> = { customActions: { OnNodeStart: [{ Script: "s3://files/none" }] } };

  it("makes a compute or login node write the reason to its console and power itself off", () => {
    for (const role of ["compute", "login"] as const) {
      const { code, console: told, calls, files } = boot("ubuntu", role, nowhere);

      expect(code).not.toBe(0);
      expect(files["/run/meridian-ready"]).toBeNull();
      expect(told).toContain("meridian: this node did not boot and shuts itself down\n");
      expect(told).toContain("Error");
      expect(calls.at(-1)).toBe("systemctl poweroff");
    }
  });

  it("leaves a head node running, which says so in the cluster's table with the end of its log", () => {
    const { calls, files } = boot("ubuntu", "head", { ...nowhere, table: "meridian-hpc-demo" });

    expect(calls.at(-1)).toBe(
      "aws dynamodb put-item --region eu-west-1 --table-name meridian-hpc-demo --item file:///run/meridian-boot.json",
    );
    expect(calls).not.toContain("systemctl poweroff");
    const item = JSON.parse(files["/run/meridian-boot.json"] ?? "") as Record<string, { S: string }>;
    expect([item.Id, item.Status, item.InstanceId]).toEqual([{ S: "HEAD" }, { S: "FAILED" }, { S: "i-1" }]);
    expect(item.Log?.S).toContain("Error");
  });

  it("is absent where everything succeeded", () => {
    const { files, calls } = boot("ubuntu", "head", { table: "meridian-hpc-demo" });
    const item = JSON.parse(files["/run/meridian-boot.json"] ?? "") as Record<string, { S: string }>;

    expect(item.Status).toEqual({ S: "READY" });
    expect(calls).toContain("systemctl enable --now meridian-leave");
    expect(files["/etc/meridian/instance-id"]).toBe("i-1\n");
    const compute = boot("ubuntu", "compute");
    expect(compute.calls).not.toContain("systemctl poweroff");
    expect(compute.calls).toContain("systemctl enable --now meridian-watch.timer");
    expect(compute.files["/etc/meridian/watch.sh"]).toContain("scontrol -o show node");
    expect(compute.files["/etc/systemd/system/meridian-watch.timer"]).toContain("OnUnitActiveSec=60");
  });
});

/** A folder that stands for the internet, with a signed file in it, and what a script does with it. */
function withSigned(does: (directory: string, fingerprint: string) => void): void {
  const directory = mkdtempSync(join(tmpdir(), "meridian-downloads-"));
  const sh = (script: string) =>
    execFileSync("bash", ["-ec", script], { cwd: directory, encoding: "utf8", stdio: "pipe" });
  try {
    sh(
      "mkdir -m 700 keys; mkdir aws aws/dist; echo 'echo runs' > aws/dist/aws; echo 'bash \"$(dirname \"$0\")/dist/aws\"' > aws/install",
    );
    sh(
      "python3 -m zipfile -c file aws; export GNUPGHOME=$PWD/keys; gpg --batch -q --passphrase '' --quick-gen-key maker rsa2048 sign never",
    );
    sh(
      "export GNUPGHOME=$PWD/keys; gpg --batch -q --export > key; gpg --batch -q --detach-sign -o file.sig file",
    );
    const listed = sh("export GNUPGHOME=$PWD/keys; gpg --batch --list-keys --with-colons");
    does(directory, /^fpr:+([0-9A-F]+):/m.exec(listed)?.[1] ?? "");
  } finally {
    spawnSync("gpgconf", ["--homedir", join(directory, "keys"), "--kill", "all"]);
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Runs a script whose downloads come from the folder. */
function downloading(directory: string, script: string) {
  const curl = `curl() { local from=; for one in "$@"; do case $one in https://*.sig) from=file.sig ;; *key) from=key ;; https://*) from=file ;; esac; done; cp "${directory}/$from" "\${*: -1}"; }`;
  const { status, stdout, stderr } = spawnSync("bash", ["-c", `set -eu\n${curl}\n${script}`], {
    cwd: directory,
    encoding: "utf8",
  });
  return { status, stdout, stderr };
}

describe("what no package manager verifies", () => {
  const script = readFileSync(join(modules, "nodes/bootstrap.sh"), "utf8");
  const functions = script.slice(script.indexOf("download() {"), script.indexOf("# Slurm's messages"));
  const run = (directory: string, call: string) =>
    downloading(directory, `setting() { :; }\n${functions}\n${call}`);
  const url = "https://example.com/file";

  it("is used where it is what its maker signed", () => {
    withSigned((directory, fingerprint) => {
      expect(run(directory, `signed ${url} https://example.com/key ${fingerprint} got`).status).toBe(0);
      expect(existsSync(join(directory, "got"))).toBe(true);
    });
  });

  it("is refused where another key signed it, or where it was changed", () => {
    withSigned((directory, fingerprint) => {
      const other = "0".repeat(40);
      const refusedOf = (key: string) => run(directory, `signed ${url} https://example.com/key ${key} got`);

      expect(refusedOf(other)).toMatchObject({
        status: 1,
        stderr: expect.stringContaining(
          `${url} was refused: it is not signed by the key ${other}\n`,
        ) as string,
      });
      appendFileSync(join(directory, "file"), "more");
      expect(refusedOf(fingerprint).status).toBe(1);
      expect(existsSync(join(directory, "got"))).toBe(false);
    });
  });

  it("is refused where it is another key than a package manager is to trust", () => {
    withSigned((directory, fingerprint) => {
      const other = "0".repeat(40);

      expect(run(directory, `known_key https://example.com/key ${fingerprint} got`).status).toBe(0);
      expect(run(directory, `known_key https://example.com/key ${other} got`)).toMatchObject({
        status: 1,
        stderr: `https://example.com/key was refused: it is not the key ${other}\n`,
      });
      expect(existsSync(join(directory, "got"))).toBe(false);
    });
  });

  it("is refused where its checksum differs", () => {
    withSigned((directory) => {
      const sum = createHash("sha256")
        .update(readFileSync(join(directory, "file")))
        .digest("hex");

      expect(run(directory, `checked ${url} ${sum} got`).status).toBe(0);
      appendFileSync(join(directory, "file"), "more");
      expect(run(directory, `checked ${url} ${sum} got`)).toMatchObject({
        status: 1,
        stderr: `${url} was refused: its SHA-256 is not ${sum}\n`,
      });
      expect(existsSync(join(directory, "got"))).toBe(false);
    });
  });

  it("comes from the mirror where the cluster has one, and is verified all the same", () => {
    withSigned((directory, fingerprint) => {
      const mirror = `setting() { echo copies; }\n${functions}\naws() { echo "$*"; curl "https://\${4#s3://copies/}" -o "$5"; }`;
      const { stdout, status } = downloading(
        directory,
        `${mirror}\nsigned ${url} https://example.com/key ${fingerprint} got`,
      );

      expect(status).toBe(0);
      expect(stdout).toContain("s3 cp --quiet s3://copies/example.com/file got\n");
    });
  });
});

describe("the AWS client", () => {
  const script = (directory: string) => {
    const text = renderUserData(settings("head"));
    const key = readFileSync(join(directory, "key")).toString("base64");
    const install = text.slice(text.indexOf("if ! command -v aws"));
    return `command() { false; }\n${install.slice(0, install.indexOf("\nfi\n") + 4).replace(awsClientKey, key)}`;
  };

  it("is installed from its archive, whose programs unpack without permission to run", () => {
    withSigned((directory) => {
      expect(downloading(directory, script(directory))).toMatchObject({ stdout: "runs\n", status: 0 });
    });
  });

  it("is not installed where the archive was changed", () => {
    withSigned((directory) => {
      const text = script(directory);
      appendFileSync(join(directory, "file"), "more");

      const { stdout, status } = downloading(directory, text);

      expect({ stdout, failed: status !== 0 }).toEqual({ stdout: "", failed: true });
    });
  });

  it("is signed by the key that AWS documents", () => {
    const { stdout } = spawnSync("gpg", ["--batch", "--show-keys", "--with-colons"], {
      input: Buffer.from(awsClientKey, "base64"),
    });

    expect(stdout.toString()).toContain("fpr:::::::::FB5DB77FD5C118B80511ADA8A6310ACC4672475C:");
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
