import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import type { Environment } from "../../environments";
import { readClusterFiles } from "../../stacks/hpc/cluster-files";
import { check, sample } from "../environments/sample";
import { refusal, resourcesOf, synthesize } from "../support/synth";
import { stackOf } from "./sample-stacks";

const input = sample({
  hpc: { clusters: { lab: { file: "environments/hpc/lab.yaml" } } },
  tags: { "cost-centre": "research" },
});

describe("the stack of a cluster", () => {
  const stack = stackOf(input, "hpc-lab");

  it("builds the cluster of the file under the environment's name", () => {
    const [table] = Object.values(resourcesOf(stack, "aws_dynamodb_table"));

    expect(table?.name).toBe("meridian-hpc-sample-lab");
  });

  it("sends the alarms where those of its region go", () => {
    const alarms = Object.values(resourcesOf(stack, "aws_cloudwatch_metric_alarm"));

    expect(alarms).toHaveLength(6);
    for (const { alarm_actions } of alarms) {
      expect(alarm_actions).toEqual(["arn:aws:sns:eu-west-1:111122223333:sample-alarms"]);
    }
  });

  it("tags the machines that the daemon launches as the environment says", () => {
    const templates = resourcesOf(stack, "aws_launch_template");

    expect(JSON.stringify(templates)).toContain('"cost-centre":"research"');
  });

  it("exposes the head node's address", () => {
    expect(Object.keys((synthesize(stack) as { output: object }).output)).toEqual(["head_node_address"]);
  });
});

describe("the cluster files of an environment", () => {
  const [environment] = check(input) as [Environment];

  /** The environment with one cluster whose file says something else. */
  function withFile(text: string, read: (environment: Environment, file: string) => void): void {
    const root = join(__dirname, "../..");
    const directory = mkdtempSync(join(root, "environments/hpc/test-"));
    const file = join(directory, "cluster.yaml").slice(root.length + 1);
    try {
      writeFileSync(join(root, file), text);
      read({ ...environment, hpc: { clusters: { lab: { file, region: undefined } } } }, file);
    } finally {
      rmSync(directory, { recursive: true });
    }
  }

  it("are read with their region and their name in AWS", () => {
    const [file] = readClusterFiles(environment);

    expect(file).toMatchObject({
      cluster: "lab",
      name: "sample-lab",
      region: "eu-west-1",
      fileName: "environments/hpc/lab.yaml",
    });
  });

  it("refuses an environment whose file is missing", () => {
    const nowhere = {
      ...environment,
      hpc: { clusters: { lab: { file: "environments/hpc/none.yaml", region: undefined } } },
    };

    expect(refusal(() => readClusterFiles(nowhere))).toBe(
      "environments/sample.ts: 'hpc.clusters.lab.file' must be a file that exists, " +
        'got "environments/hpc/none.yaml"; write the ParallelCluster file, or correct its name',
    );
  });

  it("refuses a file with mistakes, all at once, with path and line", () => {
    const text = [
      "Region: eu-central-1",
      "Image: { Os: alinux2023 }",
      "HeadNode: { InstanceType: c5.xlarge, Ssh: { KeyName: hpc, AllowedIps: 10.0.0.0/8 } }",
      "Scheduling:",
      "  Scheduler: slurm",
      "  SlurmQueues:",
      "    - Name: default",
      "      ComputeResources: [{ Name: cr1, InstanceType: c5.large }]",
    ].join("\n");

    withFile(text, (broken, file) => {
      expect(refusal(() => readClusterFiles(broken))).toBe(
        [
          `${file}:1: ERROR Region: Region: the file is for eu-central-1 but the cluster is built in eu-west-1; remove Region or correct it`,
          `${file}:7: ERROR Name: Scheduling.SlurmQueues[0].Name: the name 'default' is reserved; rename it`,
        ].join("\n"),
      );
    });
  });
});
