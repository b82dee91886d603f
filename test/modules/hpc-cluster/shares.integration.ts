import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { settings, writeBoot, type Boot, type BootFiles } from "./boot-files";

/**
 * A head node and a compute node boot in a machine of their own with the real boot scripts, a real NFS server and client
 * and a real firewall (machine/scenario.sh). Then an ordinary user, and root of the compute node, try what they should not
 * be able to.
 */

interface Check {
  /** The machine. */
  readonly on: "head" | "node";
  /** The user: alice is an ordinary one. */
  readonly as: "root" | "slurm" | "ubuntu" | "alice";
  /** What bash runs. */
  readonly does: string;
}

interface Answer {
  readonly status: number;
  readonly said: string;
}

const metadata = `timeout 9 bash -c "exec 3<>/dev/tcp/169.254.169.254/80 && printf 'GET / HTTP/1.0\\r\\n\\r\\n' >&3 && tail -n 1 <&3"`;
const mountOf = (directory: string, options: string) =>
  `mkdir -p /tmp/m; mount -t nfs4 -o nfsvers=4.1,retry=0,${options} 10.0.0.10:${directory} /tmp/m 2>&1 || exit 1; trap 'umount /tmp/m' EXIT`;

const checks = {
  mounted: { on: "node", as: "root", does: "findmnt -rno TARGET,SOURCE,OPTIONS -t nfs4 | sort" },
  "the key of a node": { on: "node", as: "root", does: "stat -c '%a %U %s' /etc/munge/munge.key" },
  "the key of the head": { on: "head", as: "root", does: "stat -c '%a %U %s' /etc/munge/munge.key" },
  "its mount is gone": { on: "node", as: "root", does: "ls -A /run/meridian-key" },
  "a user's home": {
    on: "node",
    as: "alice",
    does: "echo result > /home/alice/job.out; cat /home/alice/job.out",
  },
  "a user's file on a volume": { on: "node", as: "alice", does: "echo data > /data/file; cat /data/file" },
  "what a job wrote, on the head": { on: "head", as: "alice", does: "cat /home/alice/job.out /data/file" },

  "a user reads the key": { on: "node", as: "alice", does: "cat /etc/munge/munge.key" },
  "a user of the head reads the key": {
    on: "head",
    as: "alice",
    does: "cat /opt/meridian/key/munge.key; cat /etc/munge/munge.key",
  },
  "a user says to be root": {
    on: "node",
    as: "alice",
    does: "python3 /test/nfs.py 0 0 /opt/meridian/key/munge.key",
  },
  "a user says to be another": {
    on: "node",
    as: "alice",
    does: "python3 /test/nfs.py 0 1000 /home/ubuntu/x",
  },
  "root asks as the node does": {
    on: "node",
    as: "root",
    does: "python3 /test/nfs.py 700 0 /opt/meridian/key/munge.key",
  },
  "root guesses a handle": { on: "node", as: "root", does: "python3 /test/nfs.py 701 0 /opt/meridian/key@2" },
  "root guesses a handle of Slurm's files": {
    on: "node",
    as: "root",
    does: "python3 /test/nfs.py 702 0 /etc/slurm@2",
  },
  "root mounts what the head runs": {
    on: "node",
    as: "root",
    does: `${mountOf("/opt/meridian", "rw")}; ls /tmp/m; touch /tmp/m/nodes/update.sh`,
  },
  "root writes the key": {
    on: "node",
    as: "root",
    does: `${mountOf("/opt/meridian/key", "rw")}; touch /tmp/m/munge.key`,
  },
  "root writes what nodes run": {
    on: "node",
    as: "root",
    does: `${mountOf("/opt/meridian/shared", "rw")}; touch /tmp/m/prolog.sh`,
  },
  "root writes Slurm's files": {
    on: "node",
    as: "root",
    does: `${mountOf("/etc/slurm", "rw")}; touch /tmp/m/slurm.conf`,
  },
  "root leaves a program of root": {
    on: "node",
    as: "root",
    does: "for d in /home /data /home/alice; do install -m 4755 /usr/bin/bash $d/evil 2>&1; done; stat -c '%n %U' /home/evil /home/alice/evil /data/evil 2>&1",
  },
  "root of a node is root on the head": {
    on: "head",
    as: "root",
    does: "find /home /data /etc/slurm /opt/meridian -user root -perm /6000",
  },
  "Slurm's user of a node reads the database's password": {
    on: "node",
    as: "slurm",
    does: "cat /etc/slurm/slurmdbd.conf",
  },
  "Slurm's user of the head reads it": { on: "head", as: "slurm", does: "cat /etc/slurm/slurmdbd.conf" },

  "metadata for a user of a node": { on: "node", as: "alice", does: metadata },
  "metadata for the default user of a node": { on: "node", as: "ubuntu", does: metadata },
  "metadata for a user of the head": { on: "head", as: "alice", does: metadata },
  "metadata for root of a node": { on: "node", as: "root", does: metadata },
  "metadata for Slurm": { on: "head", as: "slurm", does: metadata },
} as const satisfies Record<string, Check>;

interface Played {
  readonly head: Boot;
  readonly node: Boot;
  readonly answers: Readonly<Record<keyof typeof checks, Answer>>;
}

const answers = {
  curl: "case $* in *latest/api/token*) echo token ;; *instance-id*) echo i-1 ;; esac",
  aws: "case $* in *get-secret-value*) echo c2VjcmV0 ;; esac",
};
const mounts: BootFiles["mounts"] = [{ name: "data", type: "ebs", directory: "/data", volumeIds: ["vol-1"] }];

function play(): Played {
  const directory = mkdtempSync(join(tmpdir(), "meridian-shares-"));
  try {
    const base = { logGroup: undefined, securedImds: true };
    mkdirSync(join(directory, "head"));
    mkdirSync(join(directory, "node"));
    writeBoot(join(directory, "head"), {
      settings: { ...settings("head"), ...base, databaseSecretArn: "arn:secret" },
      mounts,
      answers,
    });
    writeBoot(join(directory, "node"), {
      settings: { ...settings("compute"), ...base },
      mounts: [],
      answers,
    });
    const list = Object.entries(checks).map(([name, check]) => ({ name, ...check }));
    writeFileSync(join(directory, "checks.json"), JSON.stringify(list));
    const said = execFileSync(join(__dirname, "machine/machine.sh"), [directory], {
      encoding: "utf8",
      timeout: 900_000,
    });
    return JSON.parse(said) as Played;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

describe("nodes that boot with a real NFS server and firewall", () => {
  let played: Played;

  beforeAll(() => {
    played = play();
  });

  const answerOf = (name: keyof typeof checks): Answer => played.answers[name];

  it("come up", () => {
    const { head, node } = played;

    expect({ code: head.code, output: head.code === 0 ? "" : head.output }).toEqual({ code: 0, output: "" });
    expect({ code: node.code, output: node.code === 0 ? "" : node.output }).toEqual({ code: 0, output: "" });
  });

  it("mount what the head node shares, with the options that it writes", () => {
    const mounted = answerOf("mounted").said.split("\n");

    expect(mounted.map((line) => line.split(" ").slice(0, 2).join(" "))).toEqual([
      "/data 10.0.0.10:/data",
      "/etc/slurm 10.0.0.10:/etc/slurm",
      "/home 10.0.0.10:/home",
      "/opt/meridian/shared 10.0.0.10:/opt/meridian/shared",
    ]);
    expect(mounted.filter((line) => line.includes(" ro,")).map((line) => line.split(" ")[0])).toEqual([
      "/etc/slurm",
      "/opt/meridian/shared",
    ]);
  });

  it("have the key, which only munge reads, and keep no way to it", () => {
    expect(answerOf("the key of a node")).toEqual({ status: 0, said: "400 munge 1024" });
    expect(answerOf("the key of the head")).toEqual({ status: 0, said: "400 munge 1024" });
    expect(answerOf("its mount is gone")).toEqual({ status: 0, said: "" });
  });

  it("let users write to their homes and to volumes", () => {
    expect(answerOf("what a job wrote, on the head")).toEqual({ status: 0, said: "result\ndata" });
  });

  it("give an ordinary user neither the key nor another's name", () => {
    expect(answerOf("a user reads the key").said).toBe("cat: /etc/munge/munge.key: Permission denied");
    expect(answerOf("a user of the head reads the key").said).toBe(
      "cat: /opt/meridian/key/munge.key: Permission denied\ncat: /etc/munge/munge.key: Permission denied",
    );
    expect(answerOf("a user says to be root").said).not.toMatch(/^OK/);
    expect(answerOf("a user says to be another").said).not.toMatch(/^OK/);
    expect(answerOf("root asks as the node does").said).toMatch(/^OK/);
  });

  it("are not root of the head node where they are root of a node", () => {
    expect(answerOf("root mounts what the head runs").status).not.toBe(0);
    expect(answerOf("root writes the key").said).toContain("Read-only file system");
    expect(answerOf("root writes what nodes run").said).toContain("Read-only file system");
    expect(answerOf("root writes Slurm's files").said).toContain("Read-only file system");
    expect(answerOf("root of a node is root on the head").said).toBe("");
    expect(answerOf("root guesses a handle").said).toMatch(/^(ESTALE|EACCES|EPERM)$/);
    expect(answerOf("root guesses a handle of Slurm's files").said).toMatch(/^(ESTALE|EACCES|EPERM)$/);
  });

  it("keep the password of the accounting database on the head node", () => {
    expect(answerOf("Slurm's user of a node reads the database's password").said).toContain("No such file");
    expect(answerOf("Slurm's user of the head reads it").said).toBe("StoragePass=c2VjcmV0");
  });

  it("give metadata to root and Slurm only", () => {
    for (const name of [
      "metadata for a user of a node",
      "metadata for the default user of a node",
      "metadata for a user of the head",
    ] as const) {
      expect({ name, open: answerOf(name).said.includes("credentials") }).toEqual({ name, open: false });
    }
    expect(answerOf("metadata for root of a node").said).toBe("credentials");
    expect(answerOf("metadata for Slurm").said).toBe("credentials");
  });
});
