/**
 * `npm run kill-test [-- <cycles>]`: kills the runner, Terraform, and both with all that they started, each so
 * many times (20 if nothing is said) in the middle of an apply and of a destroy, at random resources. The three
 * are killed beside each other, in an environment and a clone each, on one local cloud: half of a cycle is
 * waiting for fixed times of the provider.
 */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import { Workspace } from "../cli/base/workspace";
import { localCloudEnvironment, startLocalCloud, stopLocalCloud } from "../local-cloud";
import { Killing, type Victim } from "../test/cli/support/killing";

const cycles = Number(process.argv[2] ?? 20);
const resources = 27;

async function main(): Promise<void> {
  const directory = mkdtempSync(path.join(tmpdir(), "meridian-kill-"));
  const { localCloud } = new Workspace(directory);
  const status = await startLocalCloud({ directory: localCloud });
  const begun = Date.now();
  let [ended, failures] = [0, 0];
  try {
    const access = { variables: localCloudEnvironment(status), endpoint: status.endpoint };
    await new Killing(directory, access).prepare();
    const lane = async (victim: Victim): Promise<void> => {
      const clone = path.join(directory, victim);
      mkdirSync(path.join(clone, ".meridian"), { recursive: true });
      symlinkSync(localCloud, new Workspace(clone).localCloud);
      const killing = new Killing(clone, access, `killed-${victim}`);
      for (let cycle = 1; cycle <= cycles; cycle += 1) {
        const [applyAt, destroyAt] = [1, 2].map(() => 1 + Math.floor(Math.random() * resources));
        const problems = await killing.cycle(victim, applyAt ?? 1, destroyAt ?? 1);
        ended += 1;
        failures += problems.length === 0 ? 0 : 1;
        const minutes = ((Date.now() - begun) / 60_000).toFixed(1);
        console.log(
          `${minutes} min, ${cycle} ${victim} at ${applyAt} and ${destroyAt}: ${problems.join("\n") || "right"}`,
        );
      }
    };
    await Promise.all((["runner", "terraform", "tree"] satisfies Victim[]).map(lane));
  } finally {
    await stopLocalCloud(localCloud);
  }
  console.log(`${failures} of ${ended} cycles left something wrong`);
  if (failures === 0) {
    rmSync(directory, { recursive: true, force: true });
  } else {
    console.log(`What they left is in ${directory}`);
    process.exitCode = 1;
  }
}

void main();
