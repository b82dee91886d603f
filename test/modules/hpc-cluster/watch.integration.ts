import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The real watch of compute nodes; what Slurm's client answers, and what powers the machine off, are stand-ins. */

const program = join(__dirname, "../../../modules/hpc-cluster/nodes/watch.sh");
const root = mkdtempSync(join(tmpdir(), "meridian-watch-"));
const spool = join(root, "spool");
const up = "NodeName=q1-dy-cr1-1 State=IDLE+CLOUD";

beforeAll(() => {
  for (const folder of ["bin", "etc/default", "run", "var/log", "spool"]) {
    mkdirSync(join(root, folder), { recursive: true });
  }
  writeFileSync(join(root, "etc/default/slurmd"), 'SLURMD_OPTIONS="-N q1-dy-cr1-1"\nPATH=/usr/bin\n');
  writeFileSync(join(root, "bin/systemctl"), `#!/bin/sh\necho "$*" >> ${root}/calls\n`, { mode: 0o755 });
});

afterAll(() => {
  rmSync(root, { recursive: true });
});

/** What the node does when Slurm's client has answered so for ten minutes, or for as long as given. */
function watch(answer: string, seconds = 600): string | undefined {
  rmSync(join(root, "calls"), { force: true });
  writeFileSync(join(root, "bin/scontrol"), `#!/bin/sh\necho '${answer}'\n`, { mode: 0o755 });
  const since = Math.floor(Date.now() / 1000) - seconds;
  writeFileSync(join(root, "run/meridian-unattended"), `${since}\n`);
  execFileSync("bash", [program], {
    env: {
      PATH: `${root}/bin:${process.env.PATH ?? ""}`,
      MERIDIAN_ROOT: root,
      MERIDIAN_CONSOLE: join(root, "console"),
      MERIDIAN_SLURMD_SPOOL: spool,
    },
  });
  return existsSync(join(root, "calls")) ? readFileSync(join(root, "calls"), "utf8").trim() : undefined;
}

describe("a compute node", () => {
  it("powers itself off when Slurm has powered it down, does not know it, or is silent, and says why on its console", () => {
    const reasons = {
      "NodeName=q1-dy-cr1-1 State=IDLE+CLOUD+POWERED_DOWN": "Slurm has powered it down",
      "Node q1-dy-cr1-1 not found": "Slurm does not know it",
      "slurm_load_node error: Unable to contact slurm controller (connect failure)":
        "the head node is silent",
    };
    for (const [answer, reason] of Object.entries(reasons)) {
      expect(watch(answer)).toBe("poweroff");
      expect(readFileSync(join(root, "console"), "utf8")).toContain(
        `meridian: q1-dy-cr1-1 shuts itself down: ${reason}, for 60`,
      );
    }
  });

  it("waits ten minutes before it does so", () => {
    expect(watch("slurm_load_node error: Unable to contact slurm controller", 500)).toBeUndefined();
    expect(existsSync(join(root, "run/meridian-unattended"))).toBe(true);
  });

  it("stays while Slurm has it, whatever its state, and begins to count anew", () => {
    for (const answer of [
      up,
      "NodeName=q1-dy-cr1-1 State=DOWN*+CLOUD Reason=looking at it [root@2026-11-21T09:00:00]",
    ]) {
      expect(watch(answer)).toBeUndefined();
      expect(existsSync(join(root, "run/meridian-unattended"))).toBe(false);
    }
  });

  it("stays as its administrator left it, although Slurm has suspended it", () => {
    expect(
      watch(
        "NodeName=q1-dy-cr1-1 State=DOWN+CLOUD+POWERED_DOWN Reason=meridian: kept as it was: looking at it [slurm@2026-11-21T09:00:00]",
      ),
    ).toBeUndefined();
  });

  it("waits an hour for a silent head node while it runs a job, which has a socket in its spool", async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(join(spool, "q1-dy-cr1-1_7.0"), resolve));
    const silent = "slurm_load_node error: Unable to contact slurm controller";

    expect([watch(silent, 3500), watch(silent, 3600)]).toEqual([undefined, "poweroff"]);
    expect(watch("NodeName=q1-dy-cr1-1 State=IDLE+CLOUD+POWERED_DOWN")).toBe("poweroff");
    await new Promise((resolve) => server.close(resolve));
  });
});
