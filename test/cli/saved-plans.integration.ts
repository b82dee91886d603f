/**
 * What is reviewed is what is applied, on the local cloud with real Terraform: a small platform of two
 * regions, whose service is scaled, whose bucket is renamed, where a port is opened and a region dropped.
 */
import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { awsSdk } from "../../cli/aws/aws";
import type { AwsAccess } from "../../cli/aws/access";
import { clientSettings } from "../../cli/aws/client";
import { s3Client } from "../../cli/aws/objects";
import type { TargetEnvironment } from "../../cli/base/target-environment";
import type { Configuration } from "../../cli/stacks/manifest";
import type { PlanManifest } from "../../cli/plan/plan-manifest";
import { run } from "../../cli/program";
import { RunningTerraforms } from "../../cli/terraform/running";
import { processRunner } from "../../cli/terraform/process";
import { Workspace } from "../../cli/base/workspace";
import {
  localCloudEnvironment,
  localCloudStatus,
  setUnkindness,
  startLocalCloud,
  stopLocalCloud,
  switches,
} from "../../local-cloud";
import { devEnvironment, type FakeContext, fakeContext } from "./support/fake-context";
import { firstEnvironment } from "./support/demo-platform";
import { Killing, startMeridian } from "./support/killing";
import { type FixtureStack, writeStacks } from "./support/fixture-stacks";

const account = "123456789012";
const bucket = "demo-states";
const home = "eu-west-1";
const other = "eu-central-1";

const environment: TargetEnvironment = {
  ...devEnvironment,
  name: "demo",
  account,
  target: "local-cloud",
  homeRegion: home,
  regions: { [home]: {}, [other]: {} },
  state: { bucket, replicaRegion: "eu-central-1", location: "home" },
};

/** What a test changes in the code. */
interface Code {
  readonly regions: readonly string[];
  readonly tasks: number;
  readonly logs: string;
  readonly source: string;
}

const before: Code = { regions: [home, other], tasks: 2, logs: "demo-logs", source: "10.0.0.0/8" };

function stackOf(name: string, region: string, dependencies: string[], blocks: object): FixtureStack {
  const s3 = { bucket, key: `demo/${name}.tfstate`, region: home, use_lockfile: true };
  const configuration = {
    terraform: {
      backend: { s3 },
      required_providers: { aws: { source: "hashicorp/aws", version: ">= 5.100.0, < 7.0.0" } },
    },
    provider: { aws: [{ region, allowed_account_ids: [account] }] },
    ...blocks,
  } as unknown as Configuration;
  return { name, dependencies, configuration };
}

function regional({ tasks, source }: Code, region: string): FixtureStack {
  return stackOf(`demo-${region}`, region, ["demo-foundation"], {
    data: {
      terraform_remote_state: {
        Foundation: {
          backend: "s3",
          config: { bucket, key: "demo/demo-foundation.tfstate", region: home },
        },
      },
    },
    resource: {
      aws_vpc: { Main: { cidr_block: "10.0.0.0/16" } },
      aws_subnet: { Main: { vpc_id: "${aws_vpc.Main.id}", cidr_block: "10.0.0.0/24" } },
      aws_security_group: { Web: { name: "web", description: "Web", vpc_id: "${aws_vpc.Main.id}" } },
      aws_vpc_security_group_ingress_rule: {
        Web: {
          security_group_id: "${aws_security_group.Web.id}",
          cidr_ipv4: source,
          ip_protocol: "tcp",
          from_port: 443,
          to_port: 443,
        },
      },
      aws_ecs_cluster: { Main: { name: "demo" } },
      aws_ecs_task_definition: {
        Web: {
          family: "web",
          requires_compatibilities: ["FARGATE"],
          network_mode: "awsvpc",
          cpu: "256",
          memory: "512",
          container_definitions: JSON.stringify([{ name: "web", image: "nginx:1", essential: true }]),
          tags: { Zone: "${data.terraform_remote_state.Foundation.outputs.zone_id}" },
        },
      },
      aws_ecs_service: {
        Web: {
          name: "web",
          cluster: "${aws_ecs_cluster.Main.id}",
          task_definition: "${aws_ecs_task_definition.Web.arn}",
          desired_count: tasks,
          launch_type: "FARGATE",
          deployment_circuit_breaker: { enable: true, rollback: true },
          network_configuration: { subnets: ["${aws_subnet.Main.id}"] },
        },
      },
      aws_cloudwatch_metric_alarm: {
        Errors: {
          alarm_name: `demo-errors-${region}`,
          comparison_operator: "GreaterThanThreshold",
          evaluation_periods: 1,
          metric_name: "Errors",
          namespace: "Demo",
          period: 60,
          statistic: "Sum",
          threshold: 1,
        },
      },
    },
    output: { cluster: { value: "${aws_ecs_cluster.Main.name}" } },
  });
}

function platform(code: Code): FixtureStack[] {
  return [
    stackOf("demo-foundation", home, [], {
      resource: { aws_s3_bucket: { Logs: { bucket: code.logs } } },
      output: { zone_id: { value: "${aws_s3_bucket.Logs.hosted_zone_id}" } },
    }),
    ...code.regions.map((region) => regional(code, region)),
  ];
}

describe("saved plans on the local cloud", () => {
  let code = before;
  let context: FakeContext;
  let access: AwsAccess;

  const project = () => context.workspace.projectDirectory;
  const plans = () => join(project(), "plans");

  /** Runs `meridian` in the project; gives its exit code and what it wrote. */
  async function meridian(...args: string[]): Promise<{ exitCode: number; text: string }> {
    context.written.out = "";
    context.written.err = "";
    const exitCode = await run(context, args);
    return { exitCode, text: `${context.written.out}${context.written.err}` };
  }

  async function succeeds(...args: string[]): Promise<string> {
    const { exitCode, text } = await meridian(...args);
    expect(exitCode === 0 ? "" : text).toBe("");
    return text;
  }

  async function save(): Promise<PlanManifest> {
    await succeeds("plan", "demo", "--save", plans(), "--markdown", join(project(), "report.md"));
    return JSON.parse(readFileSync(join(plans(), "manifest.json"), "utf8")) as PlanManifest;
  }

  const deploySaved = () => meridian("deploy", "demo", "--plan", plans(), "--auto-approve");

  function commit(message: string): void {
    const git = (...args: string[]) => execFileSync("git", args, { cwd: project(), stdio: "pipe" });
    git("add", "approvals", "code.json");
    git("commit", "--quiet", "--message", message);
  }

  function change(next: Partial<Code>): void {
    code = { ...code, ...next };
    writeFileSync(join(project(), "code.json"), JSON.stringify(code));
  }

  async function setAlarm(region: string, state: "ALARM" | "OK"): Promise<void> {
    const { CloudWatchClient, SetAlarmStateCommand } = await import("@aws-sdk/client-cloudwatch");
    const client = new CloudWatchClient(clientSettings(access, region));
    await client.send(
      new SetAlarmStateCommand({
        AlarmName: `demo-errors-${region}`,
        StateValue: state,
        StateReason: "A test says so.",
      }),
    );
  }

  beforeAll(async () => {
    const base = fakeContext();
    const { workspace } = base;
    const status = await startLocalCloud({ directory: workspace.localCloud });
    access = { variables: localCloudEnvironment(status), endpoint: status.endpoint };
    const fake = fakeContext([], {
      workspace,
      localCloud: {
        start: startLocalCloud,
        stop: stopLocalCloud,
        status: localCloudStatus,
        environment: localCloudEnvironment,
        setUnkindness,
        switches: () => switches,
      },
      variables: process.env,
      now: () => new Date(),
      environments: () => Promise.resolve([environment]),
      synthesize: (_environment, directory) => {
        writeStacks(directory, platform(code));
        return Promise.resolve();
      },
    });
    context = Object.assign(fake, { aws: awsSdk, run: processRunner(fake.interrupts) });
    await makeStateBucket(access);
    mkdirSync(join(project(), "approvals"));
    writeFileSync(join(project(), "approvals", "README.md"), "Who lets what through.\n");
    for (const args of [
      ["init", "--quiet"],
      ["config", "user.name", "Ada"],
      ["config", "user.email", "a@example.com"],
    ]) {
      execFileSync("git", args, { cwd: project() });
    }
    change({});
    commit("Begin");
  });

  afterAll(async () => {
    await stopLocalCloud(context.workspace.localCloud);
    rmSync(project(), { recursive: true, force: true });
  });

  it("create the platform from one review, with the regions planned in their turn", async () => {
    const { stacks } = await save();
    expect(stacks.map(({ name, outcome }) => `${name} ${outcome}`)).toEqual([
      "demo-foundation changes",
      "demo-eu-central-1 blocked",
      "demo-eu-west-1 blocked",
    ]);

    const { exitCode, text } = await deploySaved();

    expect(exitCode === 0 ? "" : text).toBe("");
  });

  it("stop between the regions when an alarm goes off, and continue where they stopped", async () => {
    change({ tasks: 3 });
    commit("Scale the service");
    await save();
    expect(readFileSync(join(project(), "report.md"), "utf8")).toContain("`desired_count` 2 to 3");
    await setAlarm(home, "ALARM");

    const stopped = await deploySaved();

    expect(stopped.exitCode).toBe(1);
    expect(stopped.text).toMatch(/^demo-eu-central-1 .*applied$/m);
    expect(stopped.text).toContain(
      "The rollout of 'demo' stopped before demo-eu-west-1: alarm demo-errors-eu-west-1 in eu-west-1 is in ALARM (A test says so.).",
    );

    await setAlarm(home, "OK");
    const { exitCode, text } = await deploySaved();

    expect(exitCode === 0 ? "" : text).toBe("");
    expect(text).toMatch(/^demo-eu-central-1 .*already applied$/m);
    expect(text).toMatch(/^demo-eu-west-1 .* applied$/m);
  });

  it("say what a change does, the worst first, and are refused without an approval", async () => {
    change({ regions: [home], tasks: 1, logs: "demo-journal", source: "0.0.0.0/0" });
    commit("Scale, rename, open, and drop a region");
    await save();

    const report = readFileSync(join(project(), "report.md"), "utf8");
    const found = [
      "Whole stacks destroyed (1)",
      "`demo-eu-central-1` in `eu-central-1`",
      "Needs an approval (2)",
      "Data destroyed, replaced or removed from the state",
      "`aws_s3_bucket.Logs` is replaced",
      "More traffic gets through",
      "opens tcp 443 from the whole internet",
      "`desired_count` 3 to 1",
    ].map((text) => [text, report.indexOf(text)] as const);
    expect(found.filter(([, index]) => index < 0)).toEqual([]);
    expect(found.map(([, index]) => index)).toEqual(
      [...found].map(([, index]) => index).sort((a, b) => a - b),
    );

    const { exitCode, text } = await deploySaved();

    expect(exitCode).toBe(1);
    expect(text).toContain("stack-loss: destroy the whole of demo-eu-central-1");
    expect(text).toContain("data-loss: replace aws_s3_bucket.Logs in demo-foundation: holds objects");
    expect(text).toContain("None of it was changed.");
    writeFileSync(join(project(), "approvals", "demo.yaml"), completed(text));
    expect((await deploySaved()).text).toContain(
      "approvals/demo.yaml is not committed, so it approves nothing.",
    );
  });

  it("are refused for another commit", async () => {
    commit("Approve");

    const { exitCode, text } = await deploySaved();

    expect(exitCode).toBe(1);
    expect(text).toMatch(/ {2}- they are of commit [0-9a-f]{12}, and [0-9a-f]{12} is checked out/);
  });

  it("are refused with one byte changed", async () => {
    const manifest = await save();
    const file = join(plans(), "demo-foundation.tfplan.enc");
    const whole = readFileSync(file);
    const flipped = Buffer.from(whole);
    flipped.writeUInt8(flipped.readUInt8(40) ^ 1, 40);
    writeFileSync(file, flipped);
    expect((await deploySaved()).text).toContain("demo-foundation.tfplan.enc was changed after it was saved");
    writeFileSync(file, whole);

    const said = join(plans(), "manifest.json");
    writeFileSync(said, readFileSync(said, "utf8").replace('"changes"', '"no changes"'));
    expect((await deploySaved()).text).toContain("manifest.json was edited");
    writeFileSync(said, JSON.stringify(manifest));

    const kept = code;
    change({ tasks: 9 });
    expect((await deploySaved()).text).toContain(
      "demo-eu-west-1: the synthesized stack is not the one that was planned",
    );
    change(kept);
  });

  it("are refused once a state has moved, as by its restoration", async () => {
    const listed = await succeeds(
      "state",
      "list",
      "demo",
      "demo-eu-west-1",
      "--json",
      join(project(), "list.json"),
    );
    expect(listed).toContain("current");
    const { stacks } = JSON.parse(readFileSync(join(project(), "list.json"), "utf8")) as {
      stacks: { versions: { id: string; serial: number; isLatest: boolean }[] }[];
    };
    const [newest, earlier] = stacks[0]?.versions ?? [];
    expect(newest?.isLatest).toBe(true);
    expect(earlier?.serial).toBeLessThan(newest?.serial ?? 0);
    const lock = { bucket, key: "demo/demo-eu-west-1.tfstate.tflock", region: home };
    await awsSdk.objects.write(
      access,
      lock,
      JSON.stringify({ Who: "ada", Operation: "apply", Created: "today" }),
    );
    const restore = ["state", "restore", "demo", "demo-eu-west-1", newest?.id ?? "", "--auto-approve"];

    const locked = await meridian(...restore);
    expect(locked.exitCode).toBe(1);
    expect(locked.text).toContain("The state of demo-eu-west-1 is locked by ada (apply, since today).");
    await awsSdk.objects.remove(access, lock);

    const serial = (newest?.serial ?? 0) + 1;
    expect(await succeeds(...restore)).toContain(`with serial ${serial}.`);
    expect(await awsSdk.objects.read(access, lock)).toBeUndefined();
    expect((await deploySaved()).text).toContain(
      `demo-eu-west-1: the state changed since the plan was made: reviewed ${newest?.serial}, now ${serial}`,
    );
  });

  describe("of a run that is killed", () => {
    let killing: Killing;

    beforeAll(async () => {
      killing = new Killing(project(), access);
      await killing.prepare();
    });

    // How many changes were begun when it dies: while some are under way, and some are not stored yet.
    it.each([
      ["runner", 9, 14],
      ["terraform", 14, 9],
      ["tree", 20, 3],
    ] as const)(
      "lose nothing, make nothing twice and leave no lock when %s dies",
      async (victim, applyAt, destroyAt) => {
        expect(await killing.cycle(victim, applyAt, destroyAt)).toEqual([]);
      },
    );

    it("lose nothing and make nothing twice when AWS falls silent, and end at the third Ctrl-C", async () => {
      const status = await localCloudStatus(context.workspace.localCloud);
      if (status === undefined) {
        throw new Error("the local cloud does not run");
      }
      const problems = await killing.silence(9, async (isSilent) => {
        await setUnkindness(status, isSilent ? ["silence"] : []);
      });
      expect(problems).toEqual([]);
    });
  });

  describe("of an environment that is deployed for the first time", () => {
    /** A clone of the project, which reaches the same cloud. */
    function clone(): string {
      const directory = mkdtempSync(join(tmpdir(), "meridian-clone-"));
      mkdirSync(join(directory, ".meridian"));
      symlinkSync(context.workspace.localCloud, join(directory, ".meridian", "local-cloud"));
      return directory;
    }

    async function keys(): Promise<string[]> {
      const { DescribeKeyCommand, KMSClient, ListKeysCommand } = await import("@aws-sdk/client-kms");
      const kms = new KMSClient(clientSettings(access, firstEnvironment.homeRegion));
      const { Keys = [] } = await kms.send(new ListKeysCommand({}));
      const found = await Promise.all(
        Keys.map(async ({ KeyId }) => (await kms.send(new DescribeKeyCommand({ KeyId }))).KeyMetadata),
      );
      return found.flatMap((key) =>
        key?.KeyState === "Enabled" && key.Description === "first" ? [key.KeyId ?? ""] : [],
      );
    }

    let [one, two] = ["", ""];

    beforeAll(() => {
      [one, two] = [clone(), clone()];
    });

    afterAll(() => {
      [one, two].forEach((directory) => {
        rmSync(directory, { recursive: true, force: true });
      });
    });

    it("wait for each other in two clones, and the second continues with what the first has made", async () => {
      const runs = await Promise.all(
        [one, two].map(
          (directory) =>
            startMeridian(directory, "deploy", "first", "--auto-approve", "--lock-timeout", "5m").ended,
        ),
      );

      const texts = runs.map(({ text }) => text);
      expect(runs.map(({ exitCode }) => exitCode).join() === "0,0" ? "" : texts.join("\n")).toBe("");
      expect(
        texts.filter((text) => /^Waiting for .*, which makes the state bucket\.$/m.test(text)),
      ).toHaveLength(1);
      expect(await keys()).toHaveLength(1);
      const { exitCode } = await startMeridian(one, "destroy", "first", "--auto-approve").ended;
      expect(exitCode).toBe(0);
      expect(await keys()).toEqual([]);
    });

    it("continue from another clone by the remedies that it prints if the first one is lost", async () => {
      const lost = startMeridian(one, "deploy", "first", "--auto-approve");
      while ((await keys()).length === 0) {
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      const running = new RunningTerraforms(new Workspace(one)).of("first-bootstrap");
      process.kill(lost.child.pid ?? 0, "SIGKILL");
      process.kill(-(running?.pid ?? 0), "SIGKILL");
      await lost.ended;
      const [key] = await keys();

      const refused = await startMeridian(two, "deploy", "first", "--auto-approve").ended;
      const remedies = [...refused.text.matchAll(/`meridian ((?:unlock|recover) [^`]+)`/g)].map(
        ([, command = ""]) => command.split(" "),
      );

      expect(refused.exitCode).toBe(1);
      expect(remedies.map(([command]) => command)).toEqual(["unlock", "recover"]);
      for (const remedy of [...remedies, ["deploy", "first"], ["destroy", "first"]]) {
        const { exitCode, text } = await startMeridian(two, ...remedy, "--auto-approve").ended;
        expect(exitCode === 0 ? "" : text).toBe("");
        expect(await keys()).toEqual(remedy[0] === "destroy" ? [] : [key]);
      }
    });
  });

  it("are applied once all is as it was reviewed, and end the region that was dropped", async () => {
    const { digest } = await save();

    const text = await succeeds("deploy", "demo", "--plan", plans(), "--digest", digest, "--auto-approve");

    expect(text).toMatch(/^demo-eu-central-1 .*destroyed$/m);
    const { resources } = (await awsSdk.readState(access, {
      type: "s3",
      settings: { bucket, key: "demo/demo-eu-central-1.tfstate", region: home },
    })) ?? { resources: ["no state"] };
    expect(resources).toEqual([]);
    expect(existsSync(join(context.workspace.root, "plans", "demo", "demo-foundation.tfplan"))).toBe(false);
    await succeeds("plan", "demo", "--detailed-exitcode");
  });
});

/** The draft of an approval, as a person completes it. */
function completed(text: string): string {
  return text
    .slice(text.indexOf("environment: demo"))
    .replace("approvedBy: # who approves", "approvedBy: ada")
    .replace("reason: # why, in a sentence", "reason: The region is not needed any more.")
    .replace(
      "expires: # at most 30 days later",
      `expires: ${new Date(Date.now() + 864e5).toISOString().slice(0, 10)}`,
    );
}

/** A bucket with versions and a key of its own, as the bootstrap stack makes it. */
async function makeStateBucket(access: AwsAccess): Promise<void> {
  const { CreateBucketCommand, PutBucketEncryptionCommand, PutBucketVersioningCommand } =
    await import("@aws-sdk/client-s3");
  const { CreateKeyCommand, KMSClient } = await import("@aws-sdk/client-kms");
  const key = await new KMSClient(clientSettings(access, home)).send(new CreateKeyCommand({}));
  const client = await s3Client(access, home);
  await client.send(
    new CreateBucketCommand({ Bucket: bucket, CreateBucketConfiguration: { LocationConstraint: home } }),
  );
  await client.send(
    new PutBucketVersioningCommand({ Bucket: bucket, VersioningConfiguration: { Status: "Enabled" } }),
  );
  await client.send(
    new PutBucketEncryptionCommand({
      Bucket: bucket,
      ServerSideEncryptionConfiguration: {
        Rules: [
          {
            ApplyServerSideEncryptionByDefault: {
              SSEAlgorithm: "aws:kms",
              KMSMasterKeyID: key.KeyMetadata?.Arn,
            },
          },
        ],
      },
    }),
  );
}
