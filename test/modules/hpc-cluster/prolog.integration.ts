import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The real prolog, with stand-ins for what it asks on a node. */

const prolog = join(__dirname, "../../../modules/hpc-cluster/nodes/prolog.sh");

interface Node {
  /** Whether the cluster file asks for the check. */
  readonly asked?: boolean;
  /** Whether the machine has GPUs. */
  readonly gpus?: boolean;
  /** Programs of the node's image, and what they do. */
  readonly programs: Readonly<Record<string, string>>;
  readonly job?: Readonly<Record<string, string>>;
}

function run({ asked = true, gpus = true, programs, job = {} }: Node) {
  const root = mkdtempSync(join(tmpdir(), "meridian-prolog-"));
  try {
    for (const folder of ["etc/meridian", "dev", "var/log", "bin"]) {
      mkdirSync(join(root, folder), { recursive: true });
    }
    writeFileSync(
      join(root, "etc/meridian/node.json"),
      JSON.stringify(asked ? { gpuHealthCheck: true } : {}),
    );
    if (gpus) {
      writeFileSync(join(root, "dev/nvidia0"), "");
    }
    const calls = join(root, "calls");
    for (const [name, body] of Object.entries({ scontrol: "", systemctl: "", ...programs })) {
      const text = `#!/bin/bash\necho "${name} $*" >> ${calls}\n${body}\n`;
      writeFileSync(join(root, "bin", name), text, { mode: 0o755 });
    }
    const { status } = spawnSync("bash", [prolog], {
      encoding: "utf8",
      env: {
        PATH: `${join(root, "bin")}:/usr/bin:/bin`,
        MERIDIAN_ROOT: root,
        SLURM_JOB_ID: "7",
        SLURMD_NODENAME: "q1-dy-cr1-1",
        ...job,
      },
    });
    const made = existsSync(calls) ? readFileSync(calls, "utf8").trimEnd().split("\n") : [];
    return { status, calls: made.map((call) => call.replaceAll(root, "")) };
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

const drained = (why: string) =>
  `scontrol update nodename=q1-dy-cr1-1 state=drain reason=meridian: GPU check before job 7: ${why}`;
const good = "echo '0, 0'; echo '1, [N/A]'";

describe("the check of GPUs before a job", () => {
  it("lets a job start on good GPUs", () => {
    const { status, calls } = run({ programs: { "nvidia-smi": good } });

    expect({ status, calls }).toEqual({
      status: 0,
      calls: [
        "nvidia-smi --query-gpu=index,ecc.errors.uncorrected.volatile.total --format=csv,noheader,nounits",
      ],
    });
  });

  it.each([
    [
      "does not answer",
      "echo 'Unable to determine the device handle for GPU1: GPU is lost.'; exit 15",
      "nvidia-smi: Unable to determine the device handle for GPU1: GPU is lost.",
    ],
    ["has lost memory", "echo '0, 0'; echo '1, 3'", "GPU 1 has 3 uncorrected memory errors"],
  ])("drains the node whose GPU %s, and sends the job back", (_what, answer, why) => {
    const { status, calls } = run({ programs: { "nvidia-smi": answer } });

    expect(status).toBe(1);
    expect(calls.at(-1)).toBe(drained(why));
  });

  it("runs the diagnosis of DCGM on the job's GPUs where the image has it", () => {
    const { status, calls } = run({
      programs: { "nvidia-smi": "exit 1", dcgmi: "" },
      job: { SLURM_JOB_GPUS: "2,3" },
    });

    expect({ status, calls }).toEqual({ status: 0, calls: ["dcgmi discovery -l", "dcgmi diag -r 2 -i 2,3"] });
  });

  it("drains the node whose diagnosis fails", () => {
    const { status, calls } = run({
      programs: { "nvidia-smi": good, dcgmi: "case $1 in diag) exit 226 ;; esac" },
    });

    expect(status).toBe(1);
    expect(calls.at(-1)).toBe(drained("dcgmi diag -r 2 failed, see /var/log/meridian-health.log"));
  });

  it("looks at the GPUs itself where the service of DCGM does not start", () => {
    const { status, calls } = run({ programs: { "nvidia-smi": good, dcgmi: "exit 1" } });

    expect(status).toBe(0);
    expect(calls).toContain("systemctl start nvidia-dcgm");
    expect(calls.at(-1)).toMatch(/^nvidia-smi /);
  });

  it.each<[string, Node]>([
    ["nobody asked for it", { asked: false, programs: { "nvidia-smi": "exit 1" } }],
    ["the node has no GPUs", { gpus: false, programs: { "nvidia-smi": "exit 9" } }],
    ["the image has no driver", { programs: {} }],
  ])("does nothing where %s", (_why, node) => {
    expect(run(node)).toEqual({ status: 0, calls: [] });
  });
});
