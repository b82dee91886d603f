/**
 * Prints how long a node takes from its launch until it is ready, from a stock image and from a ready one. The real boot
 * scripts run as in the tests, with stand-ins for what installs and downloads; each call of those counts with an assumed
 * time, so that the figure says what a boot waits for and not how fast a network is.
 */
import { answers, playBoot, settings, systems, type Boot } from "../test/modules/hpc-cluster/boot-files";
import type { NodeSettings } from "../modules/hpc-cluster/machines/user-data";

/** Seconds that a call takes on a machine of four cores with a fast network, by how it begins. The kernel takes 20 more. */
const assumed: readonly (readonly [RegExp, number])[] = [
  [/^apt-get update/, 6],
  [/^(apt-get|dnf) install/, 40],
  [/^(dpkg|tar|gpg) /, 1],
  [/^curl (?!.*169\.254\.169\.254)/, 3],
  [/^efa_installer\.sh .*--skip-kmod/, 45],
  [/^efa_installer\.sh /, 80],
  // Of PMIx and of Slurm.
  [/^make -sj/, 120],
  [/^make /, 5],
];
const kernelSeconds = 20;

const cases: readonly (readonly [keyof typeof systems, NodeSettings["role"]])[] = [
  ["amzn", "head"],
  ["amzn", "compute"],
  ["ubuntu", "compute"],
];

function secondsOf({ seconds, calls, code, output }: Boot): number {
  if (code !== 0) {
    throw new Error(`the node did not boot:\n${output}`);
  }
  const waited = calls.map((call) => assumed.find(([begin]) => begin.test(call))?.[1] ?? 0);
  return kernelSeconds + seconds + waited.reduce((sum, each) => sum + each, 0);
}

for (const [os, role] of cases) {
  const node: NodeSettings = { ...settings(role), openMpi: "efa", efa: role === "compute" };
  const mount = (directory: string) =>
    ({
      name: "scratch",
      type: "lustre",
      directory: `${directory}/mounted/scratch`,
      fileSystemId: "fs-1",
      dnsName: "fs-1.fsx",
      mountName: "abc",
    }) as const;
  const boot = (ready?: readonly ["lustre"]) =>
    secondsOf(playBoot(os, (directory) => ({ settings: node, mounts: [mount(directory)], answers, ready })));
  console.log(`${role} on ${os} ${boot().toFixed(0)} ${boot(["lustre"]).toFixed(0)}`);
}
