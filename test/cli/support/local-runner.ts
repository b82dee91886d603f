import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";

import { awsSdk } from "../../../cli/aws/aws";
import type { AwsAccess } from "../../../cli/aws/access";
import { clientSettings } from "../../../cli/aws/client";
import { s3Client } from "../../../cli/aws/objects";
import type { TargetEnvironment } from "../../../cli/base/target-environment";
import type { Configuration } from "../../../cli/stacks/manifest";
import { findingsOf } from "../../../cli/preflight";
import { run } from "../../../cli/program";
import { processRunner } from "../../../cli/terraform/process";
import {
  localCloudEnvironment,
  localCloudStatus,
  setUnkindness,
  startLocalCloud,
  stopLocalCloud,
  switches,
  type Switch,
} from "../../../local-cloud";
import { devEnvironment, type FakeContext, fakeContext } from "./fake-context";
import { type FixtureStack, writeStacks } from "./fixture-stacks";

const bucket = "demo-states";

/** Where the runner's stacks stand: an environment of one region in a local cloud. */
export const demo: TargetEnvironment = {
  ...devEnvironment,
  name: "demo",
  account: "123456789012",
  target: "local-cloud",
  homeRegion: "eu-west-1",
  regions: { "eu-west-1": {} },
  state: { replicaRegion: "eu-central-1", location: "home", bucket },
};

/** The real runner, real Terraform and a local cloud of its own, with stacks as small as a test needs. */
export class LocalRunner {
  /** What the next synthesis gives. */
  stacks: FixtureStack[] = [];
  /** Which copy of the states the environment names. */
  location: "home" | "replica" = "home";
  /** Where the local cloud is said to answer, if not where it does. */
  endpoint: string | undefined;

  private constructor(
    private readonly context: FakeContext,
    /** How to reach the local cloud. */
    readonly access: AwsAccess,
  ) {}

  /** Starts the local cloud and makes the bucket of states. */
  static async start(environment: TargetEnvironment = demo): Promise<LocalRunner> {
    const { workspace } = fakeContext();
    const status = await startLocalCloud({ directory: workspace.localCloud });
    const access = { variables: localCloudEnvironment(status), endpoint: status.endpoint };
    const fake = fakeContext([], {
      workspace,
      localCloud: {
        start: startLocalCloud,
        stop: stopLocalCloud,
        status: async (directory) => {
          const found = await localCloudStatus(directory);
          return found && { ...found, endpoint: runner.endpoint ?? found.endpoint };
        },
        environment: localCloudEnvironment,
        setUnkindness,
        switches: () => switches,
      },
      preflight: findingsOf,
      variables: process.env,
      now: () => new Date(),
      sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
      environments: () =>
        Promise.resolve([{ ...environment, state: { ...environment.state, location: runner.location } }]),
      synthesize: (_environment, directory, _day, location = runner.location) => {
        writeStacks(directory, location === "home" ? runner.stacks : runner.stacks.map(inReplica));
        return Promise.resolve();
      },
    });
    const context = Object.assign(fake, { aws: awsSdk, run: processRunner(fake.interrupts) });
    const runner = new LocalRunner(context, access);
    await makeBucket(access, environment.homeRegion);
    return runner;
  }

  /** Copies the states to the second region, as S3 does and moto does not: S3 copies locks, and not their deletion. */
  async replicateStates(): Promise<void> {
    const { objects } = this.context.aws;
    const home = { bucket, region: demo.homeRegion };
    const replica = { bucket: `${bucket}-replica`, region: demo.state.replicaRegion };
    await makeBucket(this.access, replica.region, replica.bucket);
    for (const key of await objects.list(this.access, home, "")) {
      const text = (await objects.read(this.access, { ...home, key })) ?? "";
      await objects.write(this.access, { ...replica, key }, text);
      await objects.write(this.access, { ...replica, key: `${key}.tflock` }, "{}");
    }
  }

  /** The project directory. */
  get directory(): string {
    return this.context.workspace.projectDirectory;
  }

  /** Gives the bucket of states a key of its own, as the bootstrap stack does. */
  async encryptStates(): Promise<void> {
    const { CreateKeyCommand, KMSClient } = await import("@aws-sdk/client-kms");
    const { PutBucketEncryptionCommand } = await import("@aws-sdk/client-s3");
    const kms = new KMSClient(clientSettings(this.access, demo.homeRegion));
    const { KeyMetadata } = await kms.send(new CreateKeyCommand({}));
    const encryption = { SSEAlgorithm: "aws:kms", KMSMasterKeyID: KeyMetadata?.Arn } as const;
    const client = await s3Client(this.access, demo.homeRegion);
    await client.send(
      new PutBucketEncryptionCommand({
        Bucket: bucket,
        ServerSideEncryptionConfiguration: { Rules: [{ ApplyServerSideEncryptionByDefault: encryption }] },
      }),
    );
  }

  /** Makes the directory as a fresh checkout on another machine has it; the cloud stays. */
  forgetEverything(): void {
    const { workspace } = this.context;
    for (const name of readdirSync(workspace.root)) {
      if (!["local-cloud", "plugin-cache", "terraformrc", "terraform.lock.hcl"].includes(name)) {
        rmSync(join(workspace.root, name), { recursive: true, force: true });
      }
    }
  }

  /** The outputs of a stack, as its state holds them. */
  async outputsOf(stack: string): Promise<Record<string, string>> {
    const settings = { bucket, key: `demo/${stack}.tfstate`, region: demo.homeRegion };
    const state = await this.context.aws.readState(this.access, { type: "s3", settings });
    return Object.fromEntries(
      Object.entries(state?.outputs ?? {}).map(([name, { value }]) => [name, String(value)]),
    );
  }

  /** Turns exactly these switches of the local cloud on. */
  async beUnkind(...names: readonly Switch[]): Promise<void> {
    const status = await localCloudStatus(this.context.workspace.localCloud);
    if (status === undefined) {
      throw new Error("the local cloud does not run");
    }
    await setUnkindness(status, names);
  }

  /** Runs `meridian`; gives its exit code and what it wrote. */
  async meridian(...args: string[]): Promise<{ exitCode: number; text: string }> {
    const { written } = this.context;
    written.out = "";
    written.err = "";
    const exitCode = await run(this.context, args);
    return { exitCode, text: `${written.out}${written.err}` };
  }

  /** Runs `meridian` where it must succeed, and gives what it said. */
  async succeeds(...args: string[]): Promise<string> {
    const { exitCode, text } = await this.meridian(...args);
    if (exitCode !== 0) {
      throw new Error(`meridian ${args.join(" ")} ended with ${exitCode}:\n${text}`);
    }
    return text;
  }

  /** Stops the local cloud and removes the folder. */
  async stop(): Promise<void> {
    await stopLocalCloud(this.context.workspace.localCloud);
    rmSync(this.context.workspace.projectDirectory, { recursive: true, force: true });
  }
}

/** A stack with its state in the runner's bucket and the real AWS provider. */
export function demoStack(
  name: string,
  blocks: object,
  dependencies: string[] = [],
  region = demo.homeRegion,
): Required<FixtureStack> {
  const s3 = { bucket, key: join("demo", `${name}.tfstate`), region: demo.homeRegion, use_lockfile: true };
  const configuration = {
    terraform: {
      backend: { s3 },
      required_providers: { aws: { source: "hashicorp/aws", version: ">= 5.100.0, < 7.0.0" } },
    },
    provider: { aws: [{ region, allowed_account_ids: [demo.account] }] },
    ...blocks,
  } as unknown as Configuration;
  return { name, dependencies, configuration };
}

/** The stack with its state in the replica. */
function inReplica({ configuration, ...stack }: FixtureStack): FixtureStack {
  const { terraform, ...rest } = configuration as { terraform: { backend: { s3: object } } };
  const place = { bucket: `${bucket}-replica`, region: demo.state.replicaRegion };
  const backend = { s3: { ...terraform.backend.s3, ...place } };
  return {
    ...stack,
    configuration: { ...rest, terraform: { ...terraform, backend } },
  };
}

async function makeBucket(access: AwsAccess, region: string, name = bucket): Promise<void> {
  const { CreateBucketCommand, PutBucketVersioningCommand } = await import("@aws-sdk/client-s3");
  const client = await s3Client(access, region);
  await client.send(
    new CreateBucketCommand({
      Bucket: name,
      CreateBucketConfiguration: { LocationConstraint: region as "eu-west-1" },
    }),
  );
  await client.send(
    new PutBucketVersioningCommand({ Bucket: name, VersioningConfiguration: { Status: "Enabled" } }),
  );
}
