/** Prints how long a job waits for a node that is up, and for one that has to be launched. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

import {
  directory,
  quiet,
  run,
  startCluster,
  stopCluster,
  until,
} from "../test/modules/hpc-cluster/slurm/cluster";

const runsEach = 3;

/** Seconds from `sbatch` until the job's first command runs. */
async function secondsToRunning(name: string, feature: string): Promise<number> {
  const output = join(directory, "out", name);
  const submitted = Date.now() / 1000;
  run("sbatch", "-C", feature, "-o", output, "--wrap", "date +%s.%N");
  const started = await until("the job", () => read(output));
  return started - submitted;
}

function read(file: string): number | undefined {
  try {
    return Number(readFileSync(file, "utf8")) || undefined;
  } catch {
    return undefined;
  }
}

async function main(): Promise<void> {
  try {
    await startCluster();
    await quiet();
    for (const feature of ["static", "dynamic"]) {
      const waits: number[] = [];
      for (let index = 0; index < runsEach; index += 1) {
        waits.push(await secondsToRunning(`${feature}-${index}`, feature));
        await quiet();
      }
      console.log(`${feature} ${waits.map((wait) => wait.toFixed(2)).join(" ")}`);
    }
  } finally {
    stopCluster();
  }
}

void main();
