import { createHash } from "node:crypto";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";

import { digestOf } from "../../analysis/change";
import { Approval } from "../../cli/gates/approval";
import { deploy, type DeploySettings } from "../../cli/runs/deployment";
import { planEnvironment } from "../../cli/runs/environment-plan";
import type { TargetEnvironment } from "../../cli/base/target-environment";
import type { PlanManifest } from "../../cli/plan/plan-manifest";
import type { StackResult } from "../../cli/terminal/report";
import type { Session } from "../../cli/session/session";
import { StateHome } from "../../cli/state/state-home";
import type { PlannedResource } from "../../analysis/plan";
import { devEnvironment, type FakeContext, fakeContext, stateWith } from "./support/fake-context";
import { fakeSession, type FakeTerraform } from "./support/fake-session";
import { type FixtureStack, s3Stack } from "./support/fixture-stacks";

const environment = {
  ...devEnvironment,
  homeRegion: "eu",
  regions: { eu: {}, us: {} },
  rollout: { bakeSeconds: 3, regionsPerWave: 1, maximumChanges: 3, settleSeconds: 60 },
};

const platform = [
  s3Stack("dev-foundation", {}, ["zone_id"]),
  s3Stack("dev-eu", { "dev-foundation": ["zone_id"] }, ["url"]),
  s3Stack("dev-us", { "dev-foundation": ["zone_id"] }, ["url"]),
  s3Stack("dev-edge", { "dev-eu": ["url"], "dev-us": ["url"] }),
];

type FakeSession = Session & { terraform: FakeTerraform };

/** A project whose code, clock and Terraform a test can change. */
class Workbench {
  public stacks: readonly FixtureStack[] = platform;
  public readonly context: FakeContext;
  public now = new Date("2026-11-20T12:00:00Z");
  public environment: TargetEnvironment = environment;
  public slept = 0;

  public constructor() {
    const context: FakeContext = fakeContext([], {
      now: () => this.now,
      sleep: (milliseconds) => {
        this.slept += milliseconds;
        this.now = new Date(this.now.getTime() + milliseconds);
        return Promise.resolve();
      },
      synthesize: (_environment, directory) => fakeContext(this.stacks).synthesize("dev", directory),
    });
    this.context = context;
  }

  public async session(prepare: (session: FakeSession) => void = () => undefined): Promise<FakeSession> {
    const session = await fakeSession(this.context, [], { environment: this.environment });
    prepare(session);
    return session;
  }

  public get plans(): string {
    return join(this.context.workspace.projectDirectory, "plans");
  }

  public async save(
    prepare?: (session: FakeSession) => void,
  ): Promise<{ results: readonly StackResult[]; digest?: string }> {
    const session = await this.session(prepare);
    return planEnvironment(session, await StateHome.find(session), { save: this.plans });
  }

  public async deploy(
    settings: DeploySettings = { plan: this.plans },
    prepare?: (session: FakeSession) => void,
  ): Promise<{ outcomes: Record<string, string>; calls: string[]; results: StackResult[] }> {
    const session = await this.session(prepare);
    const terminal = { ...this.context.terminal, isInteractive: true };
    const approval = new Approval(terminal, this.environment, { autoApprove: true });
    const results = await deploy(session, await StateHome.find(session), approval, settings);
    return {
      results,
      outcomes: Object.fromEntries(results.map(({ stack, outcome }) => [stack, outcome])),
      calls: session.terraform.calls.filter((call) => /^(plan|apply)/.test(call)),
    };
  }

  public file(name: string): string {
    return join(this.plans, name);
  }

  public get manifest(): PlanManifest {
    return JSON.parse(readFileSync(this.file("manifest.json"), "utf8")) as PlanManifest;
  }

  public approve(allows: string): void {
    const directory = this.context.workspace.projectDirectory;
    mkdirSync(join(directory, "approvals"), { recursive: true });
    writeFileSync(
      join(directory, "approvals", "dev.yaml"),
      `environment: dev\napprovedBy: ada\nreason: It was agreed upon.\napproved: 2026-11-20\nexpires: 2026-11-21\nallows:\n${allows}`,
    );
  }
}

async function deployed(): Promise<Workbench> {
  const bench = new Workbench();
  await bench.deploy({});
  bench.slept = 0;
  return bench;
}

function resource(address: string, type: string, ...actions: string[]): PlannedResource {
  return {
    address,
    type,
    mode: "managed",
    change: { actions, before: { name: "a" }, after: actions.includes("delete") ? null : { name: "b" } },
  };
}

const update = [resource("aws_sqs_queue.Jobs", "aws_sns_topic", "update")];
const loss = [resource("aws_s3_bucket.Logs", "aws_s3_bucket", "delete")];

/** Both regions change. */
function bothRegions({ terraform }: FakeSession): void {
  terraform.planned.set("dev-eu", update).set("dev-us", update);
}

async function refusalOf(promise: Promise<unknown>): Promise<{ message: string; remedy?: string }> {
  return promise.then(
    () => ({ message: "nothing was refused" }),
    (error: unknown) => error as { message: string; remedy?: string },
  );
}

describe("saved plans", () => {
  it("are encrypted, leave nothing readable behind, and are applied as they are", async () => {
    const bench = await deployed();

    const { digest } = await bench.save(bothRegions);

    expect(readdirSync(bench.plans).sort()).toEqual([
      "dev-eu.tfplan.enc",
      "dev-us.tfplan.enc",
      "manifest.json",
      "report.md",
      "terraform.lock.hcl",
    ]);
    expect(readFileSync(bench.file("report.md"), "utf8")).toContain("`aws_sqs_queue.Jobs` is updated");
    expect(readFileSync(bench.file("dev-eu.tfplan.enc"), "latin1")).not.toContain("aws_");
    expect(readdirSync(join(bench.context.workspace.root, "plans", "dev"))).toEqual([]);
    expect(bench.manifest.digest).toBe(digest);

    const { outcomes, calls } = await bench.deploy({ plan: bench.plans, digest });

    expect(outcomes).toEqual({
      "dev-foundation": "no changes",
      "dev-us": "applied",
      "dev-eu": "applied",
      "dev-edge": "no changes",
    });
    expect(calls).toEqual(["apply dev-us", "apply dev-eu"]);
  });

  it("are not saved when a stack cannot be planned, and the earlier ones stay", async () => {
    const bench = await deployed();
    const { digest } = await bench.save(bothRegions);

    const failed = await bench.save(({ terraform }) => terraform.failing.add("plan dev-eu"));

    expect(failed.digest).toBeUndefined();
    expect(bench.manifest.digest).toBe(digest);
  });

  it("replace earlier ones, and nothing else", async () => {
    const bench = await deployed();
    await bench.save(bothRegions);
    await bench.save();
    expect(bench.manifest.stacks.map(({ outcome }) => outcome)).toEqual(new Array(4).fill("no changes"));

    rmSync(bench.file("manifest.json"));
    expect((await refusalOf(bench.save())).message).toBe(
      `${bench.plans} holds other things than saved plans.`,
    );
    expect(existsSync(bench.file("terraform.lock.hcl"))).toBe(true);
  });

  it.each([
    ["a manifest of something else", { "manifest.json": '{"stacks":{}}' }],
    [
      "something else beside saved plans",
      { "manifest.json": "{}", "terraform.lock.hcl": "", "notes.txt": "Mine." },
    ],
  ])("leave alone a directory with %s, and say so before anything is planned", async (_what, files) => {
    const bench = await deployed();
    mkdirSync(bench.plans);
    for (const [name, text] of Object.entries(files)) {
      writeFileSync(bench.file(name), text);
    }
    const session = await bench.session();
    const home = await StateHome.find(session);

    expect(await refusalOf(planEnvironment(session, home, { save: bench.plans }))).toMatchObject({
      message: `${bench.plans} holds other things than saved plans.`,
      remedy: "Name a directory that does not exist yet, or one of saved plans.",
    });
    expect(session.terraform.calls).toEqual([]);
    for (const [name, text] of Object.entries(files)) {
      expect(readFileSync(bench.file(name), "utf8")).toBe(text);
    }
  });

  it("replace earlier ones that were damaged", async () => {
    const bench = await deployed();
    await bench.save(bothRegions);
    writeFileSync(bench.file("manifest.json"), "{ half");

    const { digest } = await bench.save(bothRegions);

    expect(bench.manifest.digest).toBe(digest);
  });

  it("need a directory, which a file is not", async () => {
    const bench = await deployed();
    writeFileSync(bench.plans, "Mine.");

    expect((await refusalOf(bench.save())).message).toBe(`${bench.plans} is not a directory.`);
    expect(readFileSync(bench.plans, "utf8")).toBe("Mine.");
  });

  it("need a place for the report, and say so before anything is planned", async () => {
    const bench = await deployed();
    const session = await bench.session();
    const report = join(bench.context.workspace.projectDirectory, "nosuch", "dev.md");

    expect(
      await refusalOf(planEnvironment(session, await StateHome.find(session), { markdown: report })),
    ).toMatchObject({
      message: `${report} cannot be written: its directory does not exist.`,
      remedy: "Name a file in a directory that exists.",
    });
    expect(session.terraform.calls).toEqual([]);
  });

  it("are bound to a commit, and need git to say which", async () => {
    const bench = await deployed();
    mkdirSync(join(bench.context.workspace.projectDirectory, ".git"));

    expect((await refusalOf(bench.save())).message).toBe(
      "git cannot show which commit is checked out, and saved plans are bound to it.",
    );
    expect(existsSync(bench.plans)).toBe(false);
  });

  it("need a state bucket with a key of its own", async () => {
    const bench = await deployed();
    bench.context.aws.key = undefined;

    expect(await refusalOf(bench.save())).toMatchObject({
      message: "Saved plans are encrypted with the key of the state bucket, and states has none of its own.",
      remedy: "Create the state bucket first with `meridian bootstrap dev`.",
    });
    expect(existsSync(bench.plans)).toBe(false);
  });
});

describe("a deploy of saved plans", () => {
  /** Everything that is wrong, as it is told. */
  async function problems(bench: Workbench, settings: DeploySettings = {}): Promise<string[]> {
    const { message } = await refusalOf(bench.deploy({ plan: bench.plans, ...settings }));
    const [title, ...lines] = message.split("\n");
    expect(title).toBe(`The plans saved in ${bench.plans} are refused. Nothing was changed.`);
    return lines.map((line) => line.replace(/^ {2}- /, ""));
  }

  async function saved(): Promise<Workbench> {
    const bench = await deployed();
    await bench.save(bothRegions);
    return bench;
  }

  it("quotes in its advice what a shell would take apart", async () => {
    const bench = await deployed();
    const { remedy } = await refusalOf(bench.deploy({ plan: "Ada's plans" }));

    expect(remedy).toBe(
      String.raw`Make some with \`meridian plan dev --save 'Ada'\''s plans'\`.`.replaceAll("\\`", "`"),
    );
  });

  it("refuses when there are none", async () => {
    const bench = await deployed();

    expect(await refusalOf(bench.deploy())).toMatchObject({
      message: `There is no directory ${bench.plans}, where the saved plans should be.`,
      remedy: `Make some with \`meridian plan dev --save ${bench.plans}\`.`,
    });
  });

  it.each(["dev-eu.tfplan.enc", "terraform.lock.hcl"])("refuses %s with a byte more", async (name) => {
    const bench = await saved();
    appendFileSync(bench.file(name), "x");

    expect(await problems(bench)).toEqual([`${name} was changed after it was saved`]);
  });

  it("refuses a plan that is missing", async () => {
    const bench = await saved();
    rmSync(bench.file("dev-us.tfplan.enc"));

    expect(await problems(bench)).toEqual(["dev-us.tfplan.enc is missing"]);
  });

  it("refuses an edited manifest", async () => {
    const bench = await saved();
    writeFileSync(bench.file("manifest.json"), JSON.stringify({ ...bench.manifest, commit: "abc" }));

    expect(await problems(bench)).toEqual([
      "manifest.json was edited: its digest does not match its content",
    ]);
  });

  it.each([
    ["null", /^manifest\.json is not a manifest of saved plans$/],
    ["[]", /^manifest\.json is not a manifest of saved plans$/],
    ['{"version":2}', /^manifest\.json is of another version of Meridian$/],
    ["{", /^manifest\.json is not readable: /],
  ])("refuses the manifest %s", async (text, problem) => {
    const bench = await saved();
    writeFileSync(bench.file("manifest.json"), text);

    expect(await problems(bench)).toEqual([expect.stringMatching(problem)]);
  });

  /** Writes the manifest as somebody would who may not use the key: everything in it fits together. */
  function forge(bench: Workbench, changes: (manifest: PlanManifest) => object): void {
    const content = { ...bench.manifest, ...changes(bench.manifest) };
    const forged = { ...content, digest: digestOf({ ...content, digest: undefined, mac: undefined }) };
    writeFileSync(bench.file("manifest.json"), JSON.stringify(forged));
  }

  it.each<[string, (manifest: PlanManifest) => object]>([
    ["a stack less", ({ stacks }) => ({ stacks: stacks.filter(({ name }) => name !== "dev-eu") })],
    ["another time", () => ({ createdAt: "2026-11-20T11:59:00.000Z" })],
    [
      "no changes where there were some",
      ({ stacks }) => ({
        stacks: stacks.map((stack) => ({ ...stack, fileDigest: undefined, outcome: "no changes" })),
      }),
    ],
    [
      "a plan that nobody saw",
      ({ stacks }) => ({
        stacks: stacks.map((stack) => ({ ...stack, fileDigest: undefined, outcome: "blocked" })),
      }),
    ],
    [
      "counts of its own",
      ({ stacks }) => ({ stacks: stacks.map((stack) => ({ ...stack, counts: undefined })) }),
    ],
  ])("refuses a manifest that was written anew with %s, without --digest", async (_what, changes) => {
    const bench = await saved();
    forge(bench, changes);

    expect(await problems(bench)).toEqual([
      "manifest.json was not made with the key that it names: somebody rewrote it",
    ]);
  });

  it("refuses a provider lock file that the plans were not sealed with", async () => {
    const bench = await saved();
    writeFileSync(bench.file("terraform.lock.hcl"), "# others\n");
    const lockDigest = createHash("sha256").update("# others\n").digest("hex");
    forge(bench, () => ({ lockDigest }));

    expect(await problems(bench)).toEqual(
      bench.manifest.stacks.map(({ name }): unknown =>
        expect.stringMatching(
          new RegExp(
            `^${name}: the provider lock file changed: reviewed sha256:\\w{64}, now sha256:\\w{64}$`,
          ),
        ),
      ),
    );
  });

  it("refuses plans of tomorrow", async () => {
    const bench = await saved();
    bench.now = new Date("2026-11-20T11:54:00.000Z");

    expect(await problems(bench)).toEqual([
      "they were made at 2026-11-20T12:00:00.000Z, and it is 2026-11-20T11:54:00.000Z: one of the clocks is wrong",
    ]);
  });

  it("refuses plans that are encrypted with a key of somebody else", async () => {
    const bench = await saved();
    bench.context.aws.key = "arn:aws:kms:eu-west-1:666666666666:key/1";

    expect(await problems(bench)).toEqual([
      "they are encrypted with a key of account 666666666666, and the environment is in 111122223333",
    ]);
  });

  it("refuses a full report that was changed after the review", async () => {
    const bench = await saved();
    appendFileSync(bench.file("report.md"), "x");

    expect(await problems(bench)).toEqual(["report.md was changed after it was saved"]);
  });

  it("refuses a manifest of another shape, and says all that is wrong with it", async () => {
    const bench = await saved();
    const { manifest } = bench;
    const [stack] = manifest.stacks;
    writeFileSync(
      bench.file("manifest.json"),
      JSON.stringify({
        ...manifest,
        createdAt: "soon",
        keyRegion: "evil.example/",
        mac: undefined,
        stacks: [
          { ...stack, name: "../../etc", seal: { ...stack?.seal, resources: [], stateSerial: "1" } },
          null,
        ],
      }),
    );

    expect(await problems(bench)).toEqual([
      `manifest.json: 'createdAt' must be a time such as 2026-11-21T12:00:00.000Z, got "soon"`,
      `manifest.json: 'keyRegion' must be a region, got "evil.example/"`,
      `manifest.json: 'stacks.0.name' must be the name of a stack, got "../../etc"`,
      `manifest.json: 'stacks.0.seal.stateSerial' must be a whole number, got "1"`,
      "manifest.json: 'stacks.0.seal.resources' must be digests by address, got []",
      "manifest.json: 'stacks.1' must describe a stack, got null",
      "manifest.json: 'mac' must be text, got nothing",
    ]);
  });

  it("refuses a plan that is exchanged during the deploy", async () => {
    const bench = await saved();
    const old = readFileSync(bench.file("dev-us.tfplan.enc"));
    const { outcomes, results, calls } = await bench.deploy(undefined, ({ terraform }) => {
      terraform.onCall = (call) => {
        if (call === "apply dev-us") {
          writeFileSync(bench.file("dev-eu.tfplan.enc"), old);
        }
      };
    });

    expect(calls).toEqual(["apply dev-us"]);
    expect(outcomes["dev-eu"]).toBe("failed");
    expect(results.find(({ stack }) => stack === "dev-eu")?.message).toContain(
      "dev-eu.tfplan.enc was changed after it was saved",
    );
  });

  it("leaves the provider lock file alone when it refuses", async () => {
    const bench = await saved();
    const lock = bench.context.workspace.providerLock;
    const before = existsSync(lock) ? readFileSync(lock, "utf8") : undefined;
    bench.stacks = [...platform.slice(0, 3), s3Stack("dev-edge", {}, ["more"])];
    await problems(bench);

    expect(existsSync(lock) ? readFileSync(lock, "utf8") : undefined).toBe(before);
  });

  it("refuses other plans than those that were reviewed", async () => {
    const bench = await saved();

    expect(await problems(bench, { digest: "sha256:reviewed" })).toEqual([
      `their digest is ${bench.manifest.digest}, and the reviewed one is sha256:reviewed`,
    ]);
  });

  it("refuses plans of yesterday", async () => {
    const bench = await saved();
    bench.now = new Date("2026-11-21T13:00:00Z");

    expect(await problems(bench)).toEqual(["they are 25 hours old, and the limit is 24"]);
  });

  it("refuses a state that moved, and says from where to where", async () => {
    const bench = await saved();
    bench.context.aws.states.set("dev-us.tfstate", stateWith(2, { url: "x" }, "dev-us", 7));

    expect(await problems(bench)).toEqual([
      "dev-us: the state changed since the plan was made: reviewed 1, now 7",
    ]);
  });

  it("refuses another state", async () => {
    const bench = await saved();
    bench.context.aws.states.set("dev-us.tfstate", stateWith(2, { url: "x" }, "other", 1));

    expect(await problems(bench)).toEqual(["dev-us: the state is another one: reviewed dev-us, now other"]);
  });

  it("refuses other code than was planned", async () => {
    const bench = await saved();
    bench.stacks = platform.map((stack) =>
      stack.name === "dev-eu" ? s3Stack("dev-eu", { "dev-foundation": ["zone_id"] }, ["url", "arn"]) : stack,
    );

    expect(await problems(bench)).toEqual([
      expect.stringMatching(
        /^dev-eu: the synthesized stack is not the one that was planned: reviewed [0-9a-f]{64}, now [0-9a-f]{64}$/,
      ),
    ]);
  });

  it("refuses a provider lock file that the repository has changed", async () => {
    const bench = await saved();
    writeFileSync(bench.context.workspace.committedProviderLock, "# others\n");

    expect(await problems(bench)).toEqual([
      "they were made with another terraform.lock.hcl than the one that is checked out",
    ]);
  });

  it("continues after a crash with the same plans, and applies nothing twice", async () => {
    const bench = await saved();
    const crash = ({ terraform }: FakeSession): void => {
      terraform.onCall = (call) => {
        if (call === "apply dev-eu") {
          throw new Error("the machine is gone");
        }
      };
    };
    expect((await bench.deploy(undefined, crash)).outcomes).toMatchObject({
      "dev-us": "applied",
      "dev-eu": "failed",
      "dev-edge": "not begun",
    });

    const { outcomes, calls } = await bench.deploy();

    expect(outcomes).toEqual({
      "dev-foundation": "no changes",
      "dev-us": "already applied",
      "dev-eu": "applied",
      "dev-edge": "no changes",
    });
    expect(calls).toEqual(["apply dev-eu"]);
  });
});

describe("a stack that was blocked at the review", () => {
  async function savedBeforeItsUpstream(): Promise<Workbench> {
    const bench = new Workbench();
    const { results } = await bench.save();
    expect(results.map(({ stack, outcome }) => `${stack} ${outcome}`)).toEqual([
      "dev-foundation changes",
      "dev-eu blocked",
      "dev-us blocked",
      "dev-edge blocked",
    ]);
    return bench;
  }

  it("is planned when its turn has come, and applied when it does what the review showed", async () => {
    const bench = await savedBeforeItsUpstream();

    const { outcomes, calls } = await bench.deploy();

    expect(Object.values(outcomes)).toEqual(new Array(4).fill("applied"));
    expect(calls[0]).toBe("apply dev-foundation");
  });

  const more = ({ terraform }: FakeSession): void => {
    terraform.planned.set("dev-eu", [resource("aws_iam_role.Root", "aws_iam_role", "create")]);
  };

  it("is refused when its plan goes further", async () => {
    const bench = await savedBeforeItsUpstream();

    const { results } = await bench.deploy(undefined, more);

    expect(results.find(({ stack }) => stack === "dev-eu")).toMatchObject({
      outcome: "failed",
      message:
        "dev-eu was blocked when it was reviewed, and its plan now goes beyond what the review showed:\n  - create of aws_iam_role.Root, which the review did not show",
      remedy:
        "Nothing of it was changed. Plan again and have that reviewed, or accept it unseen with --accept-blocked.",
    });
  });

  it("is applied all the same when that is accepted", async () => {
    const bench = await savedBeforeItsUpstream();

    const { outcomes } = await bench.deploy({ plan: bench.plans, acceptBlocked: true }, more);

    expect(outcomes["dev-eu"]).toBe("applied");
  });
});

describe("the gates of a deploy", () => {
  const losing = ({ terraform }: FakeSession): void => {
    terraform.planned.set("dev-us", loss);
  };

  it("refuse the loss of data before anything is changed, and print the approval to commit", async () => {
    const bench = await deployed();
    await bench.save(losing);

    expect(await refusalOf(bench.deploy())).toMatchObject({
      message: [
        "This needs an approval in approvals/ that 'dev' does not have:",
        "  - data-loss: destroy aws_s3_bucket.Logs in dev-us: holds objects",
        "None of it was changed.",
      ].join("\n"),
      remedy: [
        "Complete this, have it reviewed, and commit it as approvals/dev-2026-11-20.yaml. Plans that were saved before are of another commit then: save them again.",
        "",
        "environment: dev",
        "approvedBy: # who approves",
        "reason: # why, in a sentence",
        "approved: 2026-11-20",
        "expires: # at most 30 days later",
        "allows:",
        "  # destroy aws_s3_bucket.Logs in dev-us: holds objects",
        "  - gate: data-loss",
        '    addresses: ["aws_s3_bucket.Logs"]',
        '    stacks: ["dev-us"]',
        "",
      ].join("\n"),
    });
  });

  it("let it through with an approval of that day", async () => {
    const bench = await deployed();
    await bench.save(losing);
    bench.approve('  - gate: data-loss\n    addresses: ["aws_s3_bucket.Logs"]\n');

    expect((await bench.deploy()).outcomes["dev-us"]).toBe("applied");
  });

  it("hold a deploy that plans by itself as well, at the wave that needs them", async () => {
    const bench = await deployed();

    const { outcomes, results } = await bench.deploy({}, losing);

    expect(outcomes).toEqual({
      "dev-foundation": "no changes",
      "dev-us": "refused",
      "dev-eu": "not begun",
      "dev-edge": "not begun",
    });
    expect(results[1]?.message).toContain("data-loss: destroy aws_s3_bucket.Logs in dev-us");
  });

  it("count the changes of all waves", async () => {
    const bench = await deployed();
    const many = [1, 2].map((index) => resource(`aws_sns_topic.T${index}`, "aws_sns_topic", "update"));

    const { results } = await bench.deploy({}, ({ terraform }) => {
      terraform.planned.set("dev-eu", many).set("dev-us", many);
    });

    expect(results.map(({ outcome }) => outcome)).toEqual(["no changes", "applied", "refused", "not begun"]);
    expect(results[2]?.message).toContain("change-count: 4 changes in dev at once, where 3 need no approval");
  });

  it("ask for an approval of two regions that are in one wave", async () => {
    const bench = await deployed();
    bench.environment = { ...environment, rollout: { ...environment.rollout, regionsPerWave: 2 } };
    await bench.save(bothRegions);

    expect((await refusalOf(bench.deploy())).message).toContain(
      "regions-per-wave: us, eu change in one wave, so one mistake reaches all of them",
    );
    bench.approve('  - gate: regions-per-wave\n    stacks: ["dev-*"]\n');
    expect((await bench.deploy()).calls).toEqual(["apply dev-us", "apply dev-eu"]);
  });

  /** Both regions are to run an image that weaknesses were found in. */
  async function withFindings(): Promise<Workbench> {
    const bench = await deployed();
    const digest = `sha256:${"a".repeat(64)}`;
    bench.environment = { ...environment, registry: { blockedFindings: "HIGH" } };
    bench.stacks = platform.map((stack) => ({
      ...stack,
      configuration: {
        ...stack.configuration,
        resource: {
          ...stack.configuration?.resource,
          aws_apprunner_service: {
            Web: { image: `111122223333.dkr.ecr.${stack.name.slice(4)}.amazonaws.com/web:1.1.0` },
          },
        },
      },
    }));
    for (const region of ["eu", "us"]) {
      const scan = { digest, status: "ACTIVE", counts: { CRITICAL: 1, HIGH: 4 } };
      bench.context.aws.scansByImage.set(`${region}/web:1.1.0`, [scan]);
    }
    return bench;
  }

  it("refuse to roll out an image for what was found in it, and say what there is to do", async () => {
    const bench = await withFindings();
    const digest = `sha256:${"a".repeat(64)}`;

    const { outcomes, results } = await bench.deploy({}, bothRegions);

    expect(outcomes).toEqual({
      "dev-foundation": "no changes",
      "dev-us": "refused",
      "dev-eu": "not begun",
      "dev-edge": "not begun",
    });
    expect(results[1]).toMatchObject({
      message: [
        "This needs an approval in approvals/ that 'dev' does not have:",
        `  - image-findings: run web:1.1.0 (${digest}) in dev-us: ECR found 1 CRITICAL, 4 HIGH in us`,
        "None of it was changed.",
      ].join("\n"),
      remedy: [
        "Rebuild the image with patched packages, push it and deploy that. " +
          `\`aws ecr describe-image-scan-findings --repository-name web --image-id imageDigest=${digest}\` lists what was found. ` +
          "To run it anyway until a given day: complete this, have it reviewed, and commit it as approvals/dev-2026-11-20.yaml. " +
          "Plans that were saved before are of another commit then: save them again.",
        "",
        "environment: dev",
        "approvedBy: # who approves",
        "reason: # why, in a sentence",
        "approved: 2026-11-20",
        "expires: # at most 30 days later",
        "allows:",
        `  # run web:1.1.0 (${digest}) in dev-us: ECR found 1 CRITICAL, 4 HIGH in us`,
        "  - gate: image-findings",
        `    addresses: ["web@${digest}"]`,
        '    stacks: ["dev-us"]',
        "",
      ].join("\n"),
    });
  });

  it("roll it out where an approval of that day accepts what was found", async () => {
    const bench = await withFindings();
    bench.approve('  - gate: image-findings\n    addresses: ["web@sha256:*"]\n');

    expect((await bench.deploy({}, bothRegions)).outcomes).toMatchObject({
      "dev-us": "applied",
      "dev-eu": "applied",
    });
  });

  it("hold nothing up that does not exist yet", async () => {
    const bench = new Workbench();

    expect(Object.values((await bench.deploy({})).outcomes)).toEqual(new Array(4).fill("applied"));
    expect(bench.slept).toBe(0);
  });
});

describe("the rollout from region to region", () => {
  const alarm = {
    mode: "managed",
    type: "aws_cloudwatch_metric_alarm",
    name: "Errors",
    instances: [{ attributes: { alarm_name: "errors", arn: "arn:aws:cloudwatch:us-east-1:1:alarm:errors" } }],
  };

  const arn = "arn:aws:cloudwatch:us-east-1:1:alarm:expiry";
  const expiry = {
    ...alarm,
    name: "Expiry",
    instances: [{ attributes: { alarm_name: "expiry", arn, metric_name: "DaysToExpiry" } }],
  };

  async function watched(): Promise<Workbench> {
    const bench = await deployed();
    const state = stateWith(1, { url: "x" }, "dev-edge", 1);
    const resources = [...state.resources, alarm, expiry];
    bench.context.aws.states.set("dev-edge.tfstate", { ...state, resources });
    await bench.save(bothRegions);
    return bench;
  }

  it("waits between two regions and changes the home region last", async () => {
    const bench = await watched();

    expect((await bench.deploy()).calls).toEqual(["apply dev-us", "apply dev-eu"]);
    expect(bench.slept).toBe(3000);
    expect(bench.context.written.err).toContain("Watching the alarms for 3 s before dev-eu.");
  });

  it("continues while a certificate waits for its renewal, which a deploy may fix", async () => {
    const bench = await watched();
    bench.context.aws.ringing.push({ name: "expiry", region: "us-east-1", reason: "12 days." });

    expect((await bench.deploy()).outcomes["dev-eu"]).toBe("applied");
  });

  it("stops on an alarm, and continues with the same plans once it is quiet", async () => {
    const bench = await watched();
    bench.context.aws.ringing.push({ name: "errors", region: "us-east-1", reason: "Too many." });

    const stopped = await bench.deploy();

    expect(stopped.outcomes).toEqual({
      "dev-foundation": "no changes",
      "dev-us": "applied",
      "dev-eu": "stopped",
      "dev-edge": "not begun",
    });
    expect(stopped.results[2]).toMatchObject({
      message:
        "The rollout of 'dev' stopped before dev-eu: alarm errors in us-east-1 is in ALARM (Too many.).",
      remedy:
        "Find out whether the change did it, and fix it or revert it. To continue as it is, run the same command again once the alarm is quiet, or name it with --ignore-alarm.",
    });
    // The region that was changed is still watched after the stop.
    expect((await bench.deploy()).outcomes["dev-eu"]).toBe("stopped");

    bench.context.aws.ringing.pop();
    const { outcomes, calls } = await bench.deploy();
    expect(outcomes).toMatchObject({ "dev-us": "already applied", "dev-eu": "applied" });
    expect(calls).toEqual(["apply dev-eu"]);
  });

  it("goes past an alarm that was named", async () => {
    const bench = await watched();
    bench.context.aws.ringing.push({ name: "errors", region: "us-east-1", reason: "" });

    const { outcomes } = await bench.deploy({ plan: bench.plans, ignoreAlarm: ["errors"] });

    expect(outcomes["dev-eu"]).toBe("applied");
  });

  it("does not carry a failure into the next region", async () => {
    const bench = await watched();

    const { outcomes } = await bench.deploy({}, (session) => {
      bothRegions(session);
      session.terraform.failing.add("apply dev-us");
    });

    expect(outcomes).toMatchObject({ "dev-us": "failed", "dev-eu": "not begun" });
  });
});

describe("a region that is dropped from the code", () => {
  async function dropped(): Promise<Workbench> {
    const bench = await deployed();
    bench.environment = { ...environment, regions: { ...environment.regions } };
    bench.stacks = [...platform.slice(0, 2), s3Stack("dev-edge", { "dev-eu": ["url"] })];
    return bench;
  }

  const allowed = '  - gate: stack-loss\n    stacks: ["dev-us"]\n';

  it("is planned for destruction and reported first", async () => {
    const bench = await dropped();
    const session = await bench.session();
    const markdown = join(bench.context.workspace.projectDirectory, "report.md");

    await planEnvironment(session, await StateHome.find(session), { markdown });

    const text = readFileSync(markdown, "utf8");
    expect(text).toContain(
      [
        "### Whole stacks destroyed (1)",
        "",
        "These stacks exist, but are no longer in the code.",
        "",
        "- `dev-us` in `us`: 1 resource destroyed",
        "",
        "### Needs an approval (1)",
        "",
        "A deploy refuses until a dated approval is committed in approvals/.",
        "",
        "- `destroy the whole of dev-us, which is no longer in the code: 1 resource`: not approved yet",
      ].join("\n"),
    );
  });

  it("stays until its end is approved, with all the rest", async () => {
    const bench = await dropped();

    expect((await refusalOf(bench.deploy({}))).message).toContain(
      "stack-loss: destroy the whole of dev-us, which is no longer in the code: 1 resource",
    );
    expect(bench.context.aws.states.get("dev-us.tfstate")?.resources).toHaveLength(1);
  });

  it.each(["by saved plans", "by a deploy that plans itself"])("is destroyed last %s", async (way) => {
    const bench = await dropped();
    bench.approve(allowed);
    const settings = way === "by saved plans" ? { plan: bench.plans } : {};
    await bench.save();

    const { outcomes, calls } = await bench.deploy(settings);

    expect(outcomes["dev-us"]).toBe("destroyed");
    expect(calls.at(-1)).toBe("apply dev-us");
    expect(bench.context.aws.states.get("dev-us.tfstate")?.resources).toEqual([]);
    expect((await bench.deploy({})).outcomes).not.toHaveProperty("dev-us");
  });

  it("is not destroyed while the environment is protected", async () => {
    const bench = await dropped();
    bench.approve(allowed);
    bench.environment = { ...bench.environment, deletionProtection: true };

    expect(await refusalOf(bench.deploy({}))).toMatchObject({
      message:
        "dev-us would be destroyed, but environment 'dev' is protected from deletion. Nothing was changed.",
      remedy:
        "Put it back, set `deletionProtection: false` in environments/dev.ts and deploy that first; then take it out again.",
    });
  });

  it("is refused when its last deploy was not recorded", async () => {
    const bench = await dropped();
    bench.context.aws.objects.versionsByKey.delete("dev-us.applied.json");

    expect(await refusalOf(bench.deploy({}))).toMatchObject({
      message:
        "dev-us is no longer in the code, but its state s3://states/dev-us.tfstate still describes resources, and its last deploy was not recorded. Nothing was changed.",
      remedy: "Check out the last commit that has it and run `meridian destroy dev --stack dev-us`.",
    });
  });
});
