/**
 * `npm run kill-test [-- <cycles>]`: kills the runner, Terraform, and both with all that they started, each so
 * many times (20 if nothing is said) in the middle of an apply and of a destroy, at random resources.
 */
import { mkdtempSync, rmSync } from "node:fs";
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
  let failures = 0;
  try {
    const access = { variables: localCloudEnvironment(status), endpoint: status.endpoint };
    const killing = new Killing(directory, access);
    await killing.prepare();
    for (let cycle = 1; cycle <= cycles; cycle += 1) {
      for (const victim of ["runner", "terraform", "tree"] satisfies Victim[]) {
        const [applyAt, destroyAt] = [1, 2].map(() => 1 + Math.floor(Math.random() * resources));
        const problems = await killing.cycle(victim, applyAt ?? 1, destroyAt ?? 1);
        failures += problems.length === 0 ? 0 : 1;
        console.log(`${cycle} ${victim} at ${applyAt} and ${destroyAt}: ${problems.join("\n") || "right"}`);
      }
    }
  } finally {
    await stopLocalCloud(localCloud);
  }
  console.log(`${failures} of ${3 * cycles} cycles left something wrong`);
  if (failures === 0) {
    rmSync(directory, { recursive: true, force: true });
  } else {
    console.log(`What they left is in ${directory}`);
    process.exitCode = 1;
  }
}

void main();
