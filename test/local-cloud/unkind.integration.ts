/**
 * Each way in which the local cloud can be as unkind as AWS, met by the real runner and real Terraform
 * with the real AWS provider. One cloud for all; stacks as small as the switch needs.
 */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { clientSettings } from "../../cli/aws/client";
import { demo, demoStack, LocalRunner } from "../cli/support/local-runner";

jest.setTimeout(600_000);

const role = {
  name: "demo-web",
  assume_role_policy: JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      { Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "ecs-tasks.amazonaws.com" } },
    ],
  }),
};

const read = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: "s3:GetObject", Resource: "*" }],
});

/** Roles, policies and a repository: what IAM and ECR show late. */
const permissions = demoStack("demo-foundation", {
  resource: {
    aws_iam_role: { Web: role },
    aws_iam_policy: { Read: { name: "demo-read", policy: read } },
    aws_iam_role_policy: { Own: { role: "${aws_iam_role.Web.name}", name: "own", policy: read } },
    aws_iam_role_policy_attachment: {
      Read: { role: "${aws_iam_role.Web.name}", policy_arn: "${aws_iam_policy.Read.arn}" },
    },
    aws_iam_instance_profile: { Web: { name: "demo-web", role: "${aws_iam_role.Web.name}" } },
    aws_kms_key: {
      Data: {
        policy: JSON.stringify({
          Version: "2012-10-17",
          Statement: [
            {
              Effect: "Allow",
              Action: "kms:*",
              Resource: "*",
              Principal: { AWS: `arn:aws:iam::${demo.account}:root` },
            },
            {
              Effect: "Allow",
              Action: "kms:Decrypt",
              Resource: "*",
              Principal: { AWS: "${aws_iam_role.Web.arn}" },
            },
          ],
        }),
      },
    },
    aws_ecr_repository: { Web: { name: "demo-web", force_delete: true } },
    aws_ecr_lifecycle_policy: {
      Web: {
        repository: "${aws_ecr_repository.Web.name}",
        policy: JSON.stringify({
          rules: [
            {
              rulePriority: 1,
              selection: { tagStatus: "untagged", countType: "imageCountMoreThan", countNumber: 5 },
              action: { type: "expire" },
            },
          ],
        }),
      },
    },
  },
});

/** What runs an image of that repository, which nobody pushed. */
const runs = demoStack(
  "demo-eu-west-1",
  {
    resource: {
      aws_ecs_task_definition: {
        Web: {
          family: "web",
          container_definitions: JSON.stringify([
            {
              name: "web",
              image: `${demo.account}.dkr.ecr.eu-west-1.amazonaws.com/demo-web:1`,
              memory: 128,
              essential: true,
            },
          ]),
        },
      },
    },
  },
  ["demo-foundation"],
);

/** The commands of ours that a text tells to run, and that begin so. */
function remediesIn(text: string, start: string): string[] {
  return [...text.matchAll(/`meridian ([^`]+)`/g)]
    .map(([, command = ""]) => command)
    .filter((command) => command.startsWith(start));
}
/** A cluster, and a service that calls out through a connector, on the first day of an account and on the last. */
const firstDay = demoStack("demo-eu-west-1", {
  resource: {
    aws_ecs_cluster: { Main: { name: "demo" } },
    aws_apprunner_vpc_connector: {
      Out: { vpc_connector_name: "demo-out", subnets: ["subnet-0a1b2c3d"], security_groups: ["sg-0a1b2c3d"] },
    },
    aws_apprunner_service: {
      Site: {
        service_name: "demo-site",
        source_configuration: {
          auto_deployments_enabled: false,
          image_repository: {
            image_identifier: "public.ecr.aws/nginx/nginx:1.29",
            image_repository_type: "ECR_PUBLIC",
          },
        },
        network_configuration: {
          egress_configuration: {
            egress_type: "VPC",
            vpc_connector_arn: "${aws_apprunner_vpc_connector.Out.arn}",
          },
        },
      },
    },
  },
});

describe("the runner on an unkind local cloud", () => {
  let runner: LocalRunner;

  beforeAll(async () => {
    runner = await LocalRunner.start();
  });

  afterEach(async () => {
    await runner.beUnkind();
  });

  afterAll(async () => {
    await runner.stop();
  });

  it("deploys under throttling and server errors, while IAM and ECR show late what was made", async () => {
    runner.stacks = [permissions, runs];
    await runner.beUnkind("throttling", "server-errors", "eventual-consistency");

    await runner.succeeds("local", "up", "demo");
    await runner.succeeds("plan", "demo", "--detailed-exitcode");
    // What its own states hold stands in nobody's way, whatever else is found.
    expect(await runner.succeeds("preflight", "demo")).not.toMatch(/^block/m);
    await runner.succeeds("destroy", "demo", "--auto-approve");
  });

  it("names the quota that an account has used up, and continues where it stopped once there is room", async () => {
    runner.stacks = [
      demoStack("demo-addresses", { resource: { aws_eip: { Nat: { count: 6, domain: "vpc" } } } }),
    ];
    await runner.beUnkind("quotas");

    const refused = await runner.meridian("deploy", "demo", "--auto-approve");
    const anyway = ["deploy", "demo", "--auto-approve", "--ignore-preflight"];
    const { exitCode, text } = await runner.meridian(...anyway);
    await runner.beUnkind();
    const second = await runner.meridian(...anyway);

    expect(refused.exitCode).toBe(1);
    expect(refused.text).toContain("One finding blocks this deploy. Nothing was changed.");
    expect(refused.text).toContain("quota EC2-VPC Elastic IPs: the quota is 5; needed are 6");
    expect(exitCode).toBe(1);
    expect(text).toContain("AddressLimitExceeded");
    expect(text).toContain("`meridian preflight demo` compares all quotas");
    expect(second.exitCode === 0 ? "" : second.text).toBe("");
    await runner.succeeds("destroy", "demo", "--auto-approve");
  });

  it("keeps a state that cannot be stored, and stores it on another machine by the remedies as they are printed", async () => {
    const body = JSON.stringify({ switches: ["dark-home-region"] });
    const request = `fetch("${runner.access.endpoint ?? ""}/_meridian/unkind", { method: "PUT", body: ${JSON.stringify(body)} })`;
    runner.stacks = [
      demoStack("demo-unsaved", {
        resource: {
          aws_sns_topic: { Alarms: { name: "demo-unsaved" } },
          terraform_data: {
            Dark: {
              input: "${aws_sns_topic.Alarms.arn}",
              provisioner: [
                {
                  "local-exec": {
                    command: `exec "$NODE" --eval "$REQUEST"`,
                    environment: { NODE: process.execPath, REQUEST: request },
                  },
                },
              ],
            },
          },
        },
      }),
    ];
    await runner.encryptStates();
    const kept = join(runner.directory, "unsaved");

    const failed = await runner.meridian("deploy", "demo", "--auto-approve", "--unsaved", kept);
    await runner.beUnkind();
    runner.forgetEverything();

    expect(failed.exitCode).toBe(1);
    expect(readFileSync(join(kept, "demo-unsaved.unsaved.json"), "utf8")).not.toContain("Alarms");
    const [recover = ""] = remediesIn(failed.text, "recover demo --unsaved");
    const locked = await runner.meridian(...recover.split(" "), "--auto-approve");
    expect(locked.exitCode).toBe(1);
    const [unlock = ""] = remediesIn(locked.text, "unlock");
    await runner.succeeds(...unlock.split(" "), "--auto-approve");
    await runner.succeeds(...recover.split(" "), "--auto-approve");
    await runner.succeeds("plan", "demo", "--detailed-exitcode");
    await runner.succeeds("destroy", "demo", "--auto-approve");
  });

  it("imports what already exists by the command as it is printed", async () => {
    const { CloudWatchLogsClient, CreateLogGroupCommand } = await import("@aws-sdk/client-cloudwatch-logs");
    await new CloudWatchLogsClient(clientSettings(runner.access, demo.homeRegion)).send(
      new CreateLogGroupCommand({ logGroupName: "demo-import" }),
    );
    runner.stacks = [
      demoStack("demo-import", { resource: { aws_cloudwatch_log_group: { Log: { name: "demo-import" } } } }),
    ];

    const { exitCode, text } = await runner.meridian("deploy", "demo", "--auto-approve");
    expect(exitCode).toBe(1);
    const [, command = ""] = /import it with `([^`]+)`/.exec(text) ?? [];
    expect(command).toMatch(/ import aws_cloudwatch_log_group\.Log demo-import$/);
    execFileSync("bash", ["-c", command], { env: { ...process.env, ...runner.access.variables } });

    await runner.succeeds("deploy", "demo", "--auto-approve");
    await runner.succeeds("destroy", "demo", "--auto-approve");
  });

  it("continues from the replica of the states while the home region is dark, and moves them back", async () => {
    const topic = (tag: string) => [
      demoStack(
        "demo-eu-central-1",
        { resource: { aws_sns_topic: { Alarms: { name: "demo", tags: { tag } } } } },
        [],
        "eu-central-1",
      ),
      demoStack("demo-bootstrap", {
        resource: { aws_iam_role: { Deploys: { ...role, name: "demo-deploys" } } },
      }),
    ];
    const there = ["--stack", "demo-eu-central-1"];
    runner.stacks = topic("one");
    await runner.succeeds("deploy", "demo", "--auto-approve");
    await runner.replicateStates();
    await runner.beUnkind("dark-home-region");

    expect((await runner.meridian("plan", "demo", ...there)).exitCode).toBe(1);
    await runner.succeeds("plan", "demo", "--state", "replica", "--detailed-exitcode", ...there);
    runner.location = "replica";
    runner.stacks = topic("two");
    expect((await runner.meridian("deploy", "demo", "--auto-approve", ...there)).text).toContain(
      "The replica of the states of 'demo' in eu-central-1 was not promoted",
    );
    await runner.succeeds("state", "promote-replica", "demo", "--auto-approve");
    await runner.succeeds("deploy", "demo", "--auto-approve", ...there);

    await runner.beUnkind();
    runner.location = "home";
    expect((await runner.meridian("plan", "demo")).text).toContain(
      "were moved to their replica in eu-central-1",
    );
    await runner.succeeds("state", "promote-replica", "demo", "--back", "--auto-approve");
    await runner.succeeds("plan", "demo", "--detailed-exitcode");
    await runner.succeeds("destroy", "demo", "--auto-approve");
  });

  it("makes the service-linked roles that an account lacks, and waits until services may assume them", async () => {
    runner.stacks = [firstDay];
    await runner.beUnkind("missing-linked-role");

    const first = await runner.succeeds("deploy", "demo", "--auto-approve");
    await runner.succeeds("plan", "demo", "--detailed-exitcode");

    expect(first).toContain(
      "The account now has AWSServiceRoleForECS, AWSServiceRoleForAppRunner, AWSServiceRoleForAppRunnerNetworking, for all its environments.",
    );
    expect(await runner.succeeds("preflight", "demo")).toContain("service-linked roles: all 3 are there");
  });

  it("destroys a connector once App Runner releases it", async () => {
    await runner.beUnkind("connector-in-use");

    expect(await runner.succeeds("destroy", "demo", "--auto-approve")).toContain(
      "demo-eu-west-1: App Runner says that the VPC connector demo-out is still being used. Trying again in 15 s.",
    );
  });
});
