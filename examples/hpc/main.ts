/**
 * Five clusters from five ParallelCluster files: plain Slurm, EFA, Lustre with a bucket behind it,
 * AWS Batch with multi-node jobs, and login nodes with accounting. One stack, so that they are tried
 * at once; in earnest each has a state of its own. All but the first share a network.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { App } from "cdktf";

import { HpcCluster, Network } from "../../index";
import { account, RegionStack } from "../support/stack";

const app = new App();
const stack = new RegionStack(app, "hpc", "eu-west-1");

const network = new Network(stack, "Network", {
  name: "hpc",
  region: stack.region,
  ipv4CidrBlock: "10.40.0.0/16",
  zones: ["eu-west-1a", "eu-west-1b"],
  natGateways: "single",
});

for (const name of ["slurm", "efa", "lustre", "batch", "login"]) {
  new HpcCluster(stack, `Cluster-${name}`, {
    name: `example-${name}`,
    account,
    ...(name === "slurm" ? {} : { network }),
    region: stack.region,
    configurationFile: readFileSync(join(__dirname, `${name}.yaml`), "utf8"),
    fileName: `examples/hpc/${name}.yaml`,
    tags: { "cost-centre": "research" },
  });
}

app.synth();
