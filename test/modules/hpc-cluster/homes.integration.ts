import { spawnSync } from "node:child_process";
import { join } from "node:path";

import type { Mount } from "../../../modules/hpc-cluster/storage/mounts";
import type { NodeSettings } from "../../../modules/hpc-cluster/machines/user-data";
import { modules, playBoot, settings, type Boot, type systems } from "./boot-files";

/** Homes on storage of the file, host keys of login nodes, and disks on Xen, with the real boot scripts (boot.sh). */

const homes: Mount = {
  name: "homes",
  type: "efs",
  directory: "/home",
  fileSystemId: "fs-1",
  dnsName: "fs-1.efs",
  tls: false,
  iam: false,
};

const answers = {
  curl: "case $* in *latest/api/token*) echo token ;; *instance-id*) echo i-1 ;; esac",
  blkid: "echo 1111-2222",
  gpg: "case $* in *--show-keys*fsx.asc) echo pub; echo fpr:::::::::9C36DD9C515F10DBC3AA835C5D5CCC3383A962E1: ;; *) for key in 4E9091BCBB97A96B26B15E59A05480B1DD2D3CCC 937616F3450B7D806CBD9725D58167303B789C72; do echo [GNUPG:] VALIDSIG $key x $key; done ;; esac",
};

interface Play {
  readonly os?: keyof typeof systems;
  readonly mounts?: readonly Mount[];
  readonly settings?: Partial<NodeSettings>;
  readonly answers?: Readonly<Record<string, string>>;
}

function boot(role: NodeSettings["role"], play: Play = {}): Boot {
  const booted = playBoot(play.os ?? "amzn", () => ({
    settings: { ...settings(role), ...play.settings },
    mounts: play.mounts ?? [],
    answers: { ...answers, ...play.answers },
  }));
  expect({ code: booted.code, output: booted.code === 0 ? "" : booted.output }).toEqual({
    code: 0,
    output: "",
  });
  return booted;
}

/** The image has a home with a key, and the file system at /home is another one, with what `there` leaves in it. */
const imageHome = (there: string) => ({
  dnf: "mkdir -p /home/ec2-user/.ssh; echo of-the-image > /home/ec2-user/.ssh/authorized_keys",
  mount: `case $* in /home) /bin/mount -t tmpfs none /home; ${there} ;; esac`,
});

const authorized = "/home/ec2-user/.ssh/authorized_keys";

// A mount namespace is root's to make.
const playing = process.getuid?.() === 0 ? describe : describe.skip;

/** What a cluster with a directory tells its nodes, and what answers them. */
const directory: Play = {
  settings: {
    directory: true,
    directorySshKeys: true,
    directoryPasswordArn: "arn:aws:secretsmanager:r:1:secret:p",
  },
  answers: {
    aws: `case $* in *get-secret-value*) echo '"hunter2"' ;; esac`,
    "key-share": "echo of-the-head-node > $1/sssd.conf",
  },
};

const hostKeys =
  "mkdir $1/ssh; for type in rsa ecdsa ed25519; do echo $type > $1/ssh/ssh_host_${type}_key; echo $type > $1/ssh/ssh_host_${type}_key.pub; done";

const allowsShares = "setsebool -P use_nfs_home_dirs on";

playing("homes on a storage of the file", () => {
  it("get the homes of the image, with the key of who administers the cluster, and SELinux lets sshd read them", () => {
    const answers = imageHome("touch /home/alice");
    const { files, calls } = boot("head", { os: "rocky", mounts: [homes], answers });

    expect(files[authorized]).toBe("of-the-image\n");
    expect(files["/etc/fstab"]).toContain("fs-1.efs:/ /home nfs4 ");
    expect(files["/etc/exports"]).not.toContain("/home");
    expect(calls).toContain(allowsShares);
  });

  it("keep the homes that they have", () => {
    const there =
      "mkdir -p /home/ec2-user/.ssh /home/alice; echo changed > /home/ec2-user/.ssh/authorized_keys; echo a > /home/alice/work";
    const { files } = boot("head", { mounts: [homes], answers: imageHome(there) });

    expect(files[authorized]).toBe("changed\n");
    expect(files["/home/alice/work"]).toBe("a\n");
  });

  it("are mounted by nodes from where they are, which take no host keys where nobody logs in", () => {
    const { files, calls } = boot("compute", {
      os: "rocky",
      mounts: [homes],
      answers: { "key-share": hostKeys },
    });

    expect(files["/etc/fstab"]?.match(/\S+ \/home \S+/g)).toEqual(["fs-1.efs:/ /home nfs4"]);
    expect(calls).toContain(allowsShares);
    expect(files["/etc/ssh/ssh_host_ed25519_key"]).not.toBe("ed25519\n");
  });

  it("are shared from a volume of the head node, whose /home itself root alone writes to", () => {
    const volume: Mount = { name: "homes", type: "ebs", directory: "/home", volumeIds: ["vol-1"] };
    const { files, calls } = boot("head", {
      mounts: [volume],
      settings: { loginNodes: true },
      answers: { exportfs: 'echo "home $(stat -c %a /home)" >> "$CALLS"', selinuxenabled: "exit 1" },
    });

    expect(files["/etc/exports"]?.match(/^\/home .*$/gm)).toEqual([
      "/home *(rw,root_squash,no_subtree_check)",
    ]);
    expect(files["/etc/fstab"]).toContain("UUID=1111-2222 /home auto defaults,nofail");
    expect(calls).toContain("home 755");
    expect(calls).not.toContain(allowsShares);
    expect(files["/opt/meridian/key/ssh/ssh_host_ed25519_key.pub"]).toMatch(/^ssh-ed25519 /);
  });
});

playing("login nodes", () => {
  it("have the host keys that the head node made, which are the same for all", () => {
    const { files, calls } = boot("login", { answers: { "key-share": hostKeys } });

    expect(files["/etc/ssh/ssh_host_ed25519_key"]).toBe("ed25519\n");
    expect(calls).toContain("systemctl try-restart sshd");
  });
});

playing("Lustre on Ubuntu", () => {
  const lustre: Mount = {
    name: "fsx",
    type: "lustre",
    directory: "/run/fsx",
    fileSystemId: "fs-1",
    dnsName: "fs-1.fsx",
    mountName: "abc",
  };

  it("says which kernel has no client, instead of booting without its storage", () => {
    const { code, output, console } = playBoot("ubuntu", () => ({
      settings: settings("compute"),
      mounts: [lustre],
      answers: { ...answers, "apt-get": "case $* in *lustre-client-modules*) exit 100 ;; esac" },
    }));

    expect(code).not.toBe(0);
    expect(output).toMatch(
      /FSx has no Lustre client for the kernel \S+ of this image: use an image with a kernel/,
    );
    expect(console).toContain("this node did not boot and shuts itself down");
  });
});

playing("a volume", () => {
  it("is found by what EC2 says of it on Xen, where its id is not among the disks", () => {
    const volume: Mount = { name: "data", type: "ebs", directory: "/run/data", volumeIds: ["vol-9"] };
    const { calls } = boot("head", {
      mounts: [volume],
      answers: {
        "systemd-detect-virt": "echo xen",
        aws: "case $* in *vol-9*DeviceName*) touch /dev/xvdg; echo /dev/sdg ;; esac",
      },
    });

    expect(calls).toContain(
      "aws ec2 describe-instances --instance-ids i-1 --output text --query Reservations[].Instances[].BlockDeviceMappings[?Ebs.VolumeId=='vol-9'].DeviceName",
    );
    expect(calls).toContain("blkid /dev/xvdg");
  });
});

playing("the disks of a machine", () => {
  it("are found on Xen by the metadata, which names some that are not there, and taken from where the image mounts them", () => {
    const { calls, files } = boot("compute", {
      os: "ubuntu",
      answers: {
        "systemd-detect-virt": "echo xen",
        "apt-get":
          "touch /dev/xvdb; echo '/dev/xvdb /mnt auto defaults,nofail,comment=cloudconfig 0 2' >> /etc/fstab",
        curl: "case $* in *api/token*) echo token ;; *instance-id*) echo i-1 ;; */ephemeral0) echo sdb ;; */ephemeral1) echo sdc ;; *block-device-mapping/) printf 'ami\\nephemeral0\\nephemeral1\\nroot\\n' ;; esac",
      },
    });

    expect(calls).toContain("umount /dev/xvdb");
    expect(calls).toContain("mkfs.ext4 -q -F /dev/xvdb");
    expect(calls.filter((call) => call.startsWith("mdadm"))).toEqual([]);
    expect(files["/etc/fstab"]).toMatch(/^UUID=1111-2222 \/run\/local auto noatime,nofail 0 0$/m);
    expect(files["/etc/fstab"]).not.toContain("/mnt");
  });
});

describe("homes on a node's own disk", () => {
  const script = join(modules, "nodes/storage.sh");
  const functions =
    'has() { true; }; selinuxenabled() { [ "$enabled" = yes ]; }; chcon() { echo "chcon $*"; }; setsebool() { echo "setsebool $*"; }';
  const run = (enabled: string, call: string) =>
    spawnSync("bash", ["-euc", `enabled=${enabled}; ${functions}; . ${script}; ${call}`], {
      encoding: "utf8",
    });

  it("have the labels of /home where SELinux is on, so that sshd reads keys there, and else none", () => {
    expect(run("yes", "allow_local_homes")).toMatchObject({
      status: 0,
      stdout: "chcon --reference=/home /local /local/home\n",
    });
    expect(run("no", "allow_local_homes; allow_shared_homes")).toMatchObject({ status: 0, stdout: "" });
  });
});

playing("a cluster with a directory", () => {
  const sessions = "session optional pam_exec.so quiet seteuid /etc/meridian/session.sh\n";
  const asksForPassword = "/etc/ssh/sshd_config.d/10-meridian-directory.conf";

  it("gives its head node the password, which hands it on by the share of root before nodes can ask", () => {
    const { files, calls } = boot("head", { ...directory, os: "ubuntu" });

    expect(files["/etc/sssd/sssd.conf"]).toBe("ldap_default_authtok = hunter2\n");
    expect(files["/opt/meridian/key/sssd.conf"]).toBe("ldap_default_authtok = hunter2\n");
    expect(calls.filter((call) => /install .*sssd-ldap/.test(call))).toHaveLength(1);
    expect(calls.indexOf("systemctl restart sssd")).toBeLessThan(
      calls.indexOf("systemctl enable --now nfs-server"),
    );
    expect(calls).toContain("systemctl enable --now meridian-homes.path");
    expect(files["/etc/pam.d/sshd"]).toContain(sessions);
    expect(files[asksForPassword]).toBe("PasswordAuthentication yes\n");
    expect(files["/etc/meridian/no-ssh-keys"]).toBeNull();
  });

  it("joins login nodes, whose users come by password, and get no keys where the file says so", () => {
    const settings = { ...directory.settings, directorySshKeys: false };
    const { files, calls } = boot("login", { ...directory, settings, os: "rocky" });

    expect(files["/etc/sssd/sssd.conf"]).toBe("of-the-head-node\n");
    expect(calls.filter((call) => call.includes("secretsmanager"))).toEqual([]);
    expect(calls).toContain("authselect select sssd --force");
    expect(calls).toContain("systemctl enable --now meridian-directory.timer");
    expect(files["/etc/pam.d/sshd"]).toContain(sessions);
    expect(files["/etc/meridian/no-ssh-keys"]).toBe("");
    expect(files[asksForPassword]).toBe("PasswordAuthentication yes\n");
    expect(files["/etc/fstab"]).toMatch(/:\/home \/home nfs4 \S*lookupcache=positive/);
  });

  it("joins compute nodes, where nobody logs in by password, and restarts SSSD after the node's own scripts", () => {
    const { files, calls } = boot("compute", directory);

    expect(files["/etc/sssd/sssd.conf"]).toBe("of-the-head-node\n");
    expect(calls.filter((call) => call === "systemctl restart sssd")).toHaveLength(2);
    expect(files[asksForPassword]).toBeNull();
    expect(files["/etc/pam.d/sshd"] ?? "").not.toContain(sessions);
    expect(files["/etc/fstab"]).not.toContain("lookupcache");
  });
});
