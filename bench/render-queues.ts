import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { App, TerraformStack } from "cdktf";
import { stringify } from "yaml";

import { HpcCluster } from "../modules/hpc-cluster";

/** A cluster with as many queues as a file may have, each with one compute resource. */
const configurationFile = stringify({
  Image: { Os: "alinux2023" },
  HeadNode: { InstanceType: "c5.xlarge", Ssh: { KeyName: "hpc", AllowedIps: "10.0.0.0/8" } },
  Scheduling: {
    Scheduler: "slurm",
    SlurmQueues: Array.from({ length: 50 }, (_, index) => ({
      Name: `q${index + 1}`,
      ComputeResources: [{ Name: "c5", InstanceType: "c5.18xlarge", MaxCount: 10 }],
    })),
  },
  Meridian: { Zone: "eu-west-1a" },
});

const app = new App({ outdir: process.env.OUT });
const stack = new TerraformStack(app, "bench");
new AwsProvider(stack, "Aws", { region: "eu-west-1" });
new HpcCluster(stack, "Cluster", {
  name: "bench",
  account: "111122223333",
  region: "eu-west-1",
  configurationFile,
});
app.synth();
