/**
 * The whole product, as a newcomer meets it: a copy of the repository, the local cloud, two regions
 * deployed by real Terraform with the real AWS provider, planned again, changed, and destroyed.
 */
import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

import { localCloudEnvironment, localCloudStatus, type LocalCloudStatus } from "../../local-cloud";
import { inventory } from "../support/aws-inventory";
import { Project, type Outcome } from "../support/project";

const regions = ["eu-west-1", "eu-central-1"];

interface Result {
  readonly digest?: string;
  readonly stacks: readonly {
    readonly stack: string;
    readonly outcome: string;
    readonly changes?: readonly { readonly address: string; readonly action: string }[];
  }[];
}

function expectSuccess({ exitCode, output }: Outcome): void {
  expect(exitCode === 0 ? "exit code 0" : `exit code ${String(exitCode)}:\n${output}`).toBe("exit code 0");
}

async function runningCloud(project: Project): Promise<LocalCloudStatus> {
  const status = await localCloudStatus(`${project.directory}/.meridian/local-cloud`);
  if (status === undefined) {
    throw new Error("the local cloud does not run");
  }
  return status;
}

describe("the environment local", () => {
  const project = new Project();
  const plans = path.join(project.directory, "plans");

  afterAll(() => {
    project.meridian("local", "stop");
    project.remove();
  });

  it("refuses to plan while no local cloud runs, and says how to start one", () => {
    const { exitCode, output } = project.meridian("plan", "local");

    expect(exitCode).toBe(1);
    expect(output).toContain("meridian local start");
  });

  it("stands up in two regions with one command, which lists stacks, resources and endpoints", () => {
    const outcome = project.run("npm", ["run", "--silent", "local"]);

    expectSuccess(outcome);
    for (const stack of [
      "bootstrap",
      "foundation",
      "eu-west-1",
      "eu-central-1",
      "cloudfront",
      "edge",
      "hpc-lab",
    ]) {
      expect(outcome.output).toMatch(new RegExp(`^local-${stack} .*applied$`, "m"));
    }
    expect(outcome.output).toContain("https://web.meridian.test");
    expect(outcome.output).toContain("https://api.meridian.test");
  });

  it("has nothing to change right after", () => {
    const { exitCode, output } = project.meridian("plan", "local", "--detailed-exitcode");

    expect(exitCode === 0 ? "" : output).toBe("");
  });

  it("plans a service's new size as that change and no other, in both regions", () => {
    project.edit("environments/local.ts", "cpu: 512", "cpu: 1024");
    project.edit("environments/local.ts", "memoryMiB: 1024", "memoryMiB: 2048");
    const { exitCode } = project.meridian(
      "plan",
      "local",
      "--detailed-exitcode",
      "--json",
      `${project.directory}/plan.json`,
      "--save",
      plans,
    );

    expect(exitCode).toBe(2);
    const { stacks } = project.readJson("plan.json") as Result;
    expect(
      stacks
        .filter(({ outcome }) => outcome === "changes")
        .map(({ stack }) => stack)
        .sort(),
    ).toEqual(regions.map((region) => `local-${region}`).sort());
    for (const { changes = [] } of stacks.filter(({ outcome }) => outcome === "changes")) {
      expect(changes.map(({ address }) => address.replace(/_[0-9A-F]{8}$/, "")).sort()).toEqual([
        "aws_ecs_service.Service-Api",
        "aws_ecs_task_definition.Service-Api_TaskDefinition",
      ]);
    }
  });

  it("refuses the saved plans with one byte more", () => {
    const file = path.join(plans, "local-eu-west-1.tfplan.enc");
    const whole = readFileSync(file);
    appendFileSync(file, "x");

    const { exitCode, output } = project.meridian("deploy", "local", "--plan", plans, "--auto-approve");

    expect(exitCode).toBe(1);
    expect(output).toContain("local-eu-west-1.tfplan.enc was changed after it was saved");
    writeFileSync(file, whole);
  });

  it("deploys the saved plans, refuses a second deploy meanwhile, and has nothing left to change", async () => {
    const { digest = "" } = project.readJson("plan.json") as Result;
    const saved = ["--plan", plans, "--digest", digest];
    const first = project.start("deploy", "local", ...saved, "--auto-approve");
    await first.printed("taking its reviewed plan");
    const second = project.meridian("deploy", "local", "--auto-approve");

    expect(second.exitCode).toBe(1);
    expect(second.output).toContain("Environment 'local' is in use by");
    expectSuccess(await first.ended);
    expectSuccess(project.meridian("plan", "local", "--detailed-exitcode"));
  });

  it("asks the fleet of its cluster to stop and to start, through the table that the cluster's daemon reads", () => {
    const statusAfter = (...command: readonly string[]): unknown => {
      expectSuccess(project.meridian("hpc", ...command));
      const { output } = project.meridian("hpc", "status", "local", "lab", "--json");
      return /"status": "(\w+)"/.exec(output)?.[1];
    };

    expect(statusAfter("stop", "local", "lab", "--auto-approve")).toBe("STOP_REQUESTED");
    expect(statusAfter("start", "local", "lab")).toBe("START_REQUESTED");
  });

  it("is deployed as well by cdktf-cli, after which there is nothing to change", async () => {
    const cloud = await runningCloud(project);
    const env = Object.fromEntries(
      Object.entries({
        ...localCloudEnvironment(cloud),
        TF_CLI_CONFIG_FILE: `${project.directory}/.meridian/terraformrc`,
        CI: "true",
      }).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
    );
    const deploy = ["cdktf", "deploy", "local-*", "--auto-approve", "--skip-provider-lock"];

    expectSuccess(project.run("npx", deploy, env));
    expectSuccess(project.meridian("plan", "local", "--detailed-exitcode"));
  });

  it("is destroyed with one command, and the AWS API finds nothing left in either region", async () => {
    const cloud = await runningCloud(project);
    expect((await inventory(cloud.endpoint, regions)).length).toBeGreaterThan(20);

    expectSuccess(project.meridian("destroy", "local", "--auto-approve"));

    expect(await inventory(cloud.endpoint, regions)).toEqual([]);
  });

  it("leaves no process behind when the local cloud is stopped", async () => {
    const cloud = await runningCloud(project);
    expectSuccess(project.meridian("local", "stop"));

    await expect(fetch(cloud.endpoint)).rejects.toThrow();
    expect(() => process.kill(cloud.pid, 0)).toThrow();
  });
});
