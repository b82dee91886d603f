/**
 * Kills runs of `meridian` in the middle of an apply or a destroy, lets the next ones put it right, and says
 * what is wrong then: anything made twice or lost, a lock, a process.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import type { AwsAccess } from "../../../cli/aws/access";
import { awsSdk } from "../../../cli/aws/aws";
import { clientSettings } from "../../../cli/aws/client";
import { s3Client } from "../../../cli/aws/objects";
import { lifeOf, livingPrograms } from "../../../cli/base/process-identity";
import { RunningTerraforms } from "../../../cli/terraform/running";
import { parseEvent } from "../../../cli/terraform/events";
import { Workspace } from "../../../cli/base/workspace";
import { killedBucket, type killedNames, killedRegion, killedStack } from "./demo-platform";

/** What is killed: the runner alone, Terraform alone, or both with all that they started. */
export type Victim = "runner" | "terraform" | "tree";

const root = join(__dirname, "..", "..", "..");

/** `meridian` as a process of its own. */
export interface MeridianRun {
  readonly child: ChildProcess;
  readonly ended: Promise<{ exitCode: number; text: string }>;
}

/** Starts `meridian` in a project directory, on one of the environments of `demo-platform.ts`. */
export function startMeridian(directory: string, ...args: string[]): MeridianRun {
  const script = join(__dirname, "meridian-process.ts");
  const child = spawn(process.execPath, ["--import", "tsx", script, directory, ...args], {
    cwd: root,
    env: { ...process.env, NO_COLOR: "1" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const said: Buffer[] = [];
  child.stdout.on("data", (data: Buffer) => said.push(data));
  child.stderr.on("data", (data: Buffer) => said.push(data));
  const ended = new Promise<{ exitCode: number; text: string }>((resolve) => {
    child.on("exit", (code) => {
      resolve({ exitCode: code ?? 128, text: Buffer.concat(said).toString() });
    });
  });
  return { child, ended };
}

/** Runs of `meridian` in one project and one environment, on a local cloud that others may share. */
export class Killing {
  private readonly workspace: Workspace;
  private readonly stack: string;
  /** What stands after a deploy. */
  private readonly whole: readonly string[];

  public constructor(
    private readonly directory: string,
    private readonly access: AwsAccess,
    private readonly environment: (typeof killedNames)[number] = "killed",
  ) {
    this.workspace = new Workspace(directory);
    this.stack = killedStack(environment);
    this.whole = [
      ...["1", "2", "3", "4", "5"].flatMap((number) => [
        `key Key ${number} of ${environment}`,
        `log ${environment}-${number}`,
        `role ${environment}-${number}`,
        `subnet ${environment}-${number}`,
      ]),
      "group web",
      "vpc 10.0.0.0/16",
    ].sort();
  }

  /** Makes the bucket of the states. */
  public async prepare(): Promise<void> {
    const { CreateBucketCommand } = await import("@aws-sdk/client-s3");
    const client = await s3Client(this.access, killedRegion);
    await client.send(
      new CreateBucketCommand({
        Bucket: killedBucket,
        CreateBucketConfiguration: { LocationConstraint: killedRegion },
      }),
    );
  }

  /**
   * Kills a deploy and then a destroy once so many of their resources were begun.
   *
   * @returns what is wrong after the runs that follow; nothing when all is right.
   */
  public async cycle(victim: Victim, applyAt: number, destroyAt: number): Promise<string[]> {
    const problems: string[] = [];
    const expectAll = async (when: string, wanted: readonly string[]): Promise<void> => {
      const found = await this.standing();
      const lost = wanted.filter((name) => !found.includes(name));
      const extra = found.filter((name, index) => !wanted.includes(name) || found.indexOf(name) !== index);
      problems.push(
        ...lost.map((name) => `${when}: ${name} is missing`),
        ...extra.map((name) => `${when}: ${name} should not stand`),
        ...(await this.leftovers()).map((what) => `${when}: ${what}`),
      );
    };
    const succeed = async (...args: string[]): Promise<void> => {
      const { exitCode, text } = await this.meridian(...args);
      if (exitCode !== 0) {
        problems.push(`${args.join(" ")} after the death of ${victim} exits with ${exitCode}:\n${text}`);
      }
    };

    await this.kill(victim, "deploy", applyAt);
    if (victim !== "runner") {
      await succeed("recover", this.environment, "--auto-approve");
    }
    await succeed("deploy", this.environment, "--auto-approve");
    await succeed("plan", this.environment, "--detailed-exitcode");
    await expectAll(`apply, ${victim} killed at ${applyAt}`, this.whole);

    await this.kill(victim, "destroy", destroyAt);
    await succeed("destroy", this.environment, "--auto-approve");
    await expectAll(`destroy, ${victim} killed at ${destroyAt}`, []);
    return problems;
  }

  /**
   * Lets the cloud fall silent in the middle of a deploy, and presses Ctrl-C until the run ends; then the cloud
   * answers again.
   *
   * @returns what is wrong after the runs that follow; nothing when all is right.
   */
  public async silence(at: number, setSilent: (isSilent: boolean) => Promise<void>): Promise<string[]> {
    const { child, ended, isOver } = await this.until("deploy", at);
    await setSilent(true);
    let presses = 0;
    for (; !isOver() && presses < 3; presses += 1) {
      child.kill("SIGINT");
      await Promise.race([ended, sleep(1500)]);
    }
    const { exitCode } = await ended;
    await setSilent(false);
    const later = [
      await this.meridian("recover", this.environment, "--auto-approve"),
      await this.meridian("deploy", this.environment, "--auto-approve"),
      await this.meridian("plan", this.environment, "--detailed-exitcode"),
    ];
    const found = await this.standing();
    const problems = [
      ...(exitCode === 130 && presses === 3 ? [] : [`${presses} presses end it with ${exitCode}`]),
      ...(later.some(({ exitCode: code }) => code !== 0) ? later.map(({ text }) => text) : []),
      ...(JSON.stringify(found) === JSON.stringify(this.whole) ? [] : [`${found.join(", ")} stand`]),
      ...(await this.leftovers()),
    ];
    await this.meridian("destroy", this.environment, "--auto-approve");
    return problems;
  }

  /** Starts a command and waits until so many changes were begun. */
  private async until(
    command: "deploy" | "destroy",
    at: number,
  ): Promise<MeridianRun & { readonly isOver: () => boolean }> {
    const before = new Set(this.runs());
    const run = this.start(command, this.environment, "--auto-approve");
    const over = new AbortController();
    void run.ended.then(() => {
      over.abort();
    });
    const isOver = () => over.signal.aborted;
    while (!isOver() && this.begun(before) < at) {
      await sleep(20);
    }
    return { ...run, isOver };
  }

  /** Starts a command, waits until so many changes were begun, and kills. */
  private async kill(victim: Victim, command: "deploy" | "destroy", at: number): Promise<void> {
    const { child, ended } = await this.until(command, at);
    const terraform = new RunningTerraforms(this.workspace).of(this.stack);
    const pids = [
      ...(victim === "terraform" ? [] : [child.pid]),
      ...(victim === "runner" || terraform === undefined
        ? []
        : [victim === "tree" ? -terraform.pid : terraform.pid]),
    ];
    for (const pid of pids) {
      try {
        process.kill(pid ?? 0, "SIGKILL");
      } catch {
        // It was quicker.
      }
    }
    await ended;
  }

  /** How many changes were begun by the runs since. */
  private begun(before: ReadonlySet<string>): number {
    return this.runs()
      .filter((run) => !before.has(run))
      .map((run) => join(this.workspace.run(run), this.stack, "apply.log.out"))
      .filter((file) => existsSync(file))
      .flatMap((file) => readFileSync(file, "utf8").split("\n"))
      .filter((line) => parseEvent(line)?.type === "apply_start").length;
  }

  private runs(): string[] {
    const directory = this.workspace.run("");
    return existsSync(directory) ? readdirSync(directory) : [];
  }

  /** Runs `meridian` to its end. */
  public async meridian(...args: string[]): Promise<{ exitCode: number; text: string }> {
    return this.start(...args).ended;
  }

  private start(...args: string[]): MeridianRun {
    return startMeridian(this.directory, ...args);
  }

  /** What stands, each once for each time that it stands. */
  private async standing(): Promise<string[]> {
    const settings = clientSettings(this.access, killedRegion);
    const { DescribeKeyCommand, KMSClient, paginateListKeys } = await import("@aws-sdk/client-kms");
    const kms = new KMSClient(settings);
    const isOurs = (name: string) => new RegExp(`^${this.environment}-\\d$`).test(name);
    const found: string[] = [];
    for await (const { Keys = [] } of paginateListKeys({ client: kms }, {})) {
      for (const { KeyId } of Keys) {
        const { KeyMetadata: key } = await kms.send(new DescribeKeyCommand({ KeyId }));
        if (key?.KeyState === "Enabled" && key.Description?.endsWith(` of ${this.environment}`) === true) {
          found.push(`key ${key.Description}`);
        }
      }
    }
    const ec2 = await import("@aws-sdk/client-ec2");
    const network = new ec2.EC2Client(settings);
    const ours = [{ Name: "tag:meridian:stack", Values: [this.stack] }];
    const { Vpcs = [] } = await network.send(new ec2.DescribeVpcsCommand({ Filters: ours }));
    const { Subnets = [] } = await network.send(new ec2.DescribeSubnetsCommand({ Filters: ours }));
    const { SecurityGroups = [] } = await network.send(
      new ec2.DescribeSecurityGroupsCommand({ Filters: ours }),
    );
    found.push(
      ...Vpcs.map(({ CidrBlock = "" }) => `vpc ${CidrBlock}`),
      ...Subnets.map(({ Tags = [] }) => `subnet ${Tags.find(({ Key }) => Key === "Name")?.Value ?? ""}`),
      ...SecurityGroups.map(({ GroupName = "" }) => `group ${GroupName}`),
    );
    const logs = await import("@aws-sdk/client-cloudwatch-logs");
    const { logGroups = [] } = await new logs.CloudWatchLogsClient(settings).send(
      new logs.DescribeLogGroupsCommand({ logGroupNamePrefix: `${this.environment}-` }),
    );
    const iam = await import("@aws-sdk/client-iam");
    const { Roles = [] } = await new iam.IAMClient(settings).send(
      new iam.ListRolesCommand({ MaxItems: 1000 }),
    );
    found.push(
      ...logGroups.flatMap(({ logGroupName = "" }) => (isOurs(logGroupName) ? [`log ${logGroupName}`] : [])),
      ...Roles.flatMap(({ RoleName = "" }) => (isOurs(RoleName) ? [`role ${RoleName}`] : [])),
    );
    return found.sort();
  }

  /** Locks, marks of what was begun, and processes that should be gone. */
  private async leftovers(): Promise<string[]> {
    const place = { bucket: killedBucket, region: killedRegion };
    const objects = await awsSdk.objects.list(this.access, place, `${this.environment}/`);
    const running = new RunningTerraforms(this.workspace).ofEnvironment(this.environment);
    const data = this.workspace.data(this.stack);
    return [
      ...objects.filter((key) => /\.(tflock|begun\.json)$/.test(key)).map((key) => `${key} is left`),
      ...running.map((each) => `process ${each.pid} is written down (${lifeOf(each)})`),
      ...livingPrograms(["terraform", "terraform-provi"])
        .filter((each) => each.data === data)
        .map(({ pid }) => `process ${pid} is left`),
    ];
  }
}
