/** `npm run bench`: measures and prints. Nothing here asserts a time. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { cpus, tmpdir, totalmem } from "node:os";
import path from "node:path";

import { measureDeploy } from "./deploy";
import { measureProgram, median, type Cost } from "./measure";
import { measureArns, measureRendering, measureRules } from "./render";

const runsEach = 3;

function report(what: string, { seconds, peakMiB }: Cost): void {
  console.log(`${what.padEnd(52)} ${seconds.toFixed(2).padStart(7)} s ${peakMiB.toFixed(0).padStart(6)} MiB`);
}

function bench(what: string, file: string, ...args: readonly string[]): void {
  const runs = Array.from({ length: runsEach }, () => {
    const outdir = mkdtempSync(path.join(tmpdir(), "meridian-bench-"));
    try {
      return measureProgram(file, args, outdir);
    } finally {
      rmSync(outdir, { recursive: true, force: true });
    }
  });
  report(what, median(runs));
}

console.log(`Node ${process.version}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB`);
console.log(`Median of ${runsEach} cold processes each: wall time and peak memory.\n`);
bench("synthesis of every environment", "synthesize-all.ts");
for (const [regions, services] of [
  [1, 1],
  [5, 10],
  [10, 20],
  [10, 40],
  [20, 20],
  [20, 40],
]) {
  bench(
    `synthesis of ${String(regions)} regions, ${String(services)} services`,
    "synthesize-generated.ts",
    String(regions),
    String(services),
  );
}
bench("rendering of a ParallelCluster file of 50 queues", "render-queues.ts");

console.log("");
for (const megabytes of [5, 50]) {
  const seconds = measureRendering(megabytes, runsEach);
  console.log(
    `report on a plan of ${megabytes} MB, to Markdown`.padEnd(52) + ` ${seconds.toFixed(2).padStart(7)} s`,
  );
}
console.log(
  `redaction of 5,000 sensitive ARNs${" ".repeat(20)}${measureArns(5_000).toFixed(2).padStart(7)} s`,
);
console.log(
  `a security group of 1,000 other rules${" ".repeat(16)}${measureRules(1_000).toFixed(2).padStart(7)} s`,
);

/** Slurm in earnest, on this machine: see test/modules/hpc-cluster/slurm. */
function benchSlurm(): void {
  console.log("\nFrom a job's submission to its first command, three times each, in seconds:");
  if (spawnSync("which", ["slurmctld"]).status !== 0) {
    console.log("SKIPPED: slurmctld is not here; `apt-get install slurm-wlm munge` brings it");
    return;
  }
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["--require", "tsx/cjs", path.join(__dirname, "slurm.ts")],
    { encoding: "utf8" },
  );
  if (status !== 0) {
    throw new Error(`slurm.ts ended with ${String(status)}:\n${stderr}`);
  }
  console.log(
    stdout
      .replace(/^sbatch static/m, "sbatch, on a node that is up (Slurm's own minimum)  ")
      .replace(/^srun dynamic/m, "srun, on a node that is launched for the job        ")
      .replace(/^sbatch dynamic/m, "sbatch, on a node that is launched for the job      "),
  );
}

/** The boot of nodes, as test/modules/hpc-cluster/boot.sh plays it. */
function benchBoot(): void {
  console.log("\nFrom a node's launch until it is ready, from a stock and from a ready image, in seconds:");
  if (process.getuid?.() !== 0) {
    console.log("SKIPPED: a mount namespace is root's to make");
    return;
  }
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["--require", "tsx/cjs", path.join(__dirname, "boot.ts")],
    { encoding: "utf8" },
  );
  if (status !== 0) {
    throw new Error(`boot.ts ended with ${String(status)}:\n${stderr}`);
  }
  console.log(stdout);
}

async function benchDeploy(): Promise<void> {
  console.log("\nDeploying the environment local, bootstrapped, to a fresh local cloud:");
  const { meridianSeconds, rawSeconds } = await measureDeploy();
  console.log(`meridian deploy local                    ${meridianSeconds.toFixed(0).padStart(5)} s`);
  console.log(`slowest chain of raw terraform apply     ${rawSeconds.toFixed(0).padStart(5)} s`);
}

benchSlurm();
benchBoot();
void benchDeploy();
