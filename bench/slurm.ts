/**
 * Prints how long a job waits for a node that is up, and for one that has to be launched. `srun` begins as soon
 * as the node answers; a batch job is begun by the controller, which looks at waiting ones every 30 seconds.
 */
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

/** Seconds from the submission until the job's first command runs. */
async function secondsToRunning(command: "sbatch" | "srun", name: string, feature: string): Promise<number> {
  const output = join(directory, "out", name);
  const submitted = Date.now() / 1000;
  const job = command === "srun" ? ["date", "+%s.%N"] : ["--wrap", "date +%s.%N"];
  run(command, "-C", feature, "-o", output, ...job);
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
    for (const [command, feature] of [
      ["sbatch", "static"],
      ["srun", "dynamic"],
      ["sbatch", "dynamic"],
    ] as const) {
      const waits: number[] = [];
      for (let index = 0; index < runsEach; index += 1) {
        waits.push(await secondsToRunning(command, `${command}-${feature}-${index}`, feature));
        await quiet();
      }
      console.log(`${command} ${feature} ${waits.map((wait) => wait.toFixed(2)).join(" ")}`);
    }
  } finally {
    stopCluster();
  }
}

void main();
