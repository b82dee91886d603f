import { mkdirSync, readFileSync, rmSync, writeFileSync, existsSync } from "node:fs";
import { hostname } from "node:os";
import { dirname, join } from "node:path";

import { Approval } from "../../../cli/gates/approval";
import { deploy } from "../../../cli/runs/deployment";
import { destroy } from "../../../cli/runs/destruction";
import type { Configuration } from "../../../cli/stacks/manifest";
import type { Begun } from "../../../cli/state/begun";
import { identityOf } from "../../../cli/base/process-identity";
import { recover } from "../../../cli/runs/recovery";
import { RunningTerraforms } from "../../../cli/terraform/running";
import type { StackResult } from "../../../cli/terminal/report";
import type { State } from "../../../cli/stacks/state-file";
import { UnsavedStates } from "../../../cli/state/unsaved";
import { StateHome } from "../../../cli/state/state-home";
import { devEnvironment, type FakeContext, fakeContext, stateWith } from "../support/fake-context";
import { fakeSession, type FakeTerraform } from "../support/fake-session";

const key = "dev-app.tfstate";
// Larger than the largest process id of any system.
const dead = { ...identityOf(process.pid), pid: 2 ** 30, host: hostname() };

const configuration = {
  terraform: { backend: { s3: { bucket: "states", key, region: "eu-west-1" } } },
  provider: { aws: [{ region: "eu-west-1" }] },
  resource: {
    aws_vpc: { Main: { tags: { Name: "main" } } },
    aws_kms_key: { A: {}, B: {} },
    aws_iam_role: { Tasks: { name: "tasks" } },
    aws_route: { Out: {} },
  },
} as unknown as Configuration;

function platform(): FakeContext {
  return fakeContext([{ name: "dev-app", configuration }]);
}

/** As a run left it that was killed. */
function cutOff(context: FakeContext, journal: Partial<Begun> = {}): void {
  const begun: Begun = {
    version: 1,
    stack: "dev-app",
    mode: "apply",
    startedAt: "2026-11-20T11:00:00.000Z",
    runner: dead,
    events: "/nowhere",
    made: [],
    open: [],
    removed: [],
    isComplete: false,
    ...journal,
  };
  context.aws.objects.versionsByKey.set("dev-app.begun.json", [JSON.stringify(begun)]);
}

function stateOf(instances: Record<string, string>): State {
  return {
    ...stateWith(0),
    resources: Object.entries(instances).map(([address, id]) => ({
      mode: "managed",
      type: address.split(".")[0] ?? "",
      name: address.split(".")[1] ?? "",
      instances: [{ attributes: { id } }],
    })),
  };
}

type Act = (...args: Parameters<typeof destroy>) => Promise<StackResult[]>;

async function act(
  context: FakeContext,
  what: Act,
  prepare: (terraform: FakeTerraform) => void = () => undefined,
): Promise<{ results: StackResult[]; calls: string[] }> {
  const session = await fakeSession(context);
  prepare(session.terraform);
  const terminal = { ...context.terminal, isInteractive: true };
  const approval = new Approval(terminal, devEnvironment, { autoApprove: true });
  const results = await what(session, await StateHome.find(session), approval);
  return { results, calls: session.terraform.calls };
}

const begunOf = (context: FakeContext) => context.aws.objects.versionsByKey.get("dev-app.begun.json")?.at(-1);

describe("a deploy and a destroy", () => {
  it.each([
    ["deploy", deploy],
    ["destroy", destroy],
  ])("refuse where an apply was started and lost what it made (%s)", async (_name, what) => {
    const context = platform();
    context.aws.states.set(key, stateOf({ "aws_vpc.Main": "vpc-1" }));
    cutOff(context, {
      made: [
        { address: "aws_vpc.Main", key: "id", id: "vpc-1" },
        { address: "aws_kms_key.A", key: "id", id: "k1" },
      ],
      open: ["aws_kms_key.B"],
    });

    await expect(act(context, what)).rejects.toMatchObject({
      message: `An apply was started and its end was never recorded. Nothing was changed.\n  - dev-app: apply since 2026-11-20T11:00:00.000Z on ${hostname()}; its state lacks aws_kms_key.A, aws_kms_key.B (was being made)`,
      remedy:
        "If that run is still running somewhere, wait for it. If it is dead, run `meridian recover dev`, which imports what it created into the state.",
    });
    expect(begunOf(context)).toBeDefined();
  });

  it("refuse where an apply was started on another machine, whose last output is unknown", async () => {
    const context = platform();
    cutOff(context, { runner: { ...dead, host: "elsewhere" } });

    await expect(act(context, deploy)).rejects.toThrow("on elsewhere");
  });

  it("refuse while the state is locked", async () => {
    const context = platform();
    cutOff(context);
    context.aws.objects.versionsByKey.set(`${key}.tflock`, [JSON.stringify({ ID: "1", Who: "ada@home" })]);

    await expect(act(context, deploy)).rejects.toThrow("An apply was started");
  });

  it("continue where the state has all that was made, and record the apply that ended without its runner", async () => {
    const context = platform();
    context.aws.states.set(key, stateOf({ "aws_kms_key.A": "k1" }));
    cutOff(context, {
      made: [{ address: "aws_kms_key.A", key: "id", id: "k1" }],
      isComplete: true,
      plans: "the-digest",
    });

    const { results } = await act(context, deploy);

    expect(results.map(({ outcome }) => outcome)).toEqual(["no changes"]);
    expect(begunOf(context)).toBeUndefined();
    const [record] = context.aws.objects.versionsByKey.get("dev-app.applied.json") ?? [];
    expect(JSON.parse(record ?? "{}")).toMatchObject({ plans: "the-digest", stateSerial: 1 });
  });

  it("write down what they begin, and take it away once its end was seen", async () => {
    const context = platform();
    let during: string | undefined;

    await act(context, deploy, (terraform) => {
      terraform.onCall = (call) => {
        during = call === "apply dev-app" ? begunOf(context) : during;
      };
    });

    expect(JSON.parse(during ?? "{}")).toMatchObject({
      stack: "dev-app",
      mode: "apply",
      runner: { pid: process.pid, host: hostname() },
    });
    expect(begunOf(context)).toBeUndefined();
  });

  it("are done although their record cannot be written", async () => {
    const context = platform();
    const write = context.aws.objects.write.bind(context.aws.objects);
    context.aws.objects.write = (...args) =>
      args[1].key === "dev-app.applied.json" && context.aws.states.has(key)
        ? Promise.reject(new Error("InternalError"))
        : write(...args);

    const { results } = await act(context, deploy);

    expect(results.map(({ outcome }) => outcome)).toEqual(["applied"]);
    expect(context.written.err).toContain("dev-app: its apply is done, but was not recorded: InternalError");
  });
});

describe("recover", () => {
  it("has nothing to do where nothing was lost", async () => {
    const context = platform();

    const { results, calls } = await act(context, recover);

    expect(results.map(({ outcome }) => outcome)).toEqual(["nothing lost"]);
    expect(calls).toEqual([]);
  });

  it("imports what was made, finds what was being made by its tags or its name, and names what it cannot find", async () => {
    const context = platform();
    context.aws.states.set(key, stateOf({ "aws_kms_key.A": "k1" }));
    const tags = { "meridian:stack": "dev-app" };
    const arn = "arn:aws:kms:eu-west-1:111122223333:key/";
    context.aws.taggedByRegion.set("eu-west-1", [
      { arn: `${arn}k1`, tags },
      { arn: `${arn}k2`, tags },
      { arn: "arn:aws:ec2:eu-west-1:111122223333:vpc/vpc-9", tags: { ...tags, Name: "other" } },
      { arn: "arn:aws:sqs:eu-west-1:111122223333:jobs", tags: { "meridian:stack": "dev-other" } },
    ]);
    cutOff(context, {
      made: [
        { address: "aws_kms_key.A", key: "id", id: "k1" },
        { address: "aws_vpc.Main", key: "id", id: "vpc-1" },
      ],
      open: ["aws_kms_key.B", "aws_iam_role.Tasks", "aws_route.Out"],
    });

    const { results, calls } = await act(context, recover);

    expect(results).toMatchObject([{ outcome: "recovered" }]);
    expect(calls).toEqual([
      "init dev-app",
      "reconfigure dev-app",
      "import aws_vpc.Main vpc-1 dev-app",
      "import aws_kms_key.B k2 dev-app",
      "import aws_iam_role.Tasks tasks dev-app",
      "show dev-app",
      "apply dev-app",
    ]);
    expect(context.written.err).toContain(
      [
        `dev-app: the apply of 2026-11-20T11:00:00.000Z on ${hostname()} was cut off.`,
        "  import aws_vpc.Main, which it made: vpc-1",
        "  import aws_kms_key.B, which it was making: k2",
        "  import aws_iam_role.Tasks if it stands, which it was making: tasks",
        "  look yourself for aws_route.Out, which it was making and which has no tags to find it by",
        "  look yourself at arn:aws:ec2:eu-west-1:111122223333:vpc/vpc-9, which has the tags of this stack and is not in its state",
      ].join("\n"),
    );
    expect(begunOf(context)).toBeUndefined();
  });

  it("takes the id that is gone out of the state before it imports what replaced it", async () => {
    const context = platform();
    context.aws.states.set(key, stateOf({ "aws_vpc.Main": "vpc-1" }));
    cutOff(context, {
      made: [{ address: "aws_vpc.Main", key: "id", id: "vpc-2" }],
      removed: ["aws_vpc.Main"],
    });

    const { calls } = await act(context, recover);

    expect(calls.slice(1, 4)).toEqual([
      "forget aws_vpc.Main dev-app",
      "reconfigure dev-app",
      "import aws_vpc.Main vpc-2 dev-app",
    ]);
  });

  it("keeps what was started when an import fails", async () => {
    const context = platform();
    cutOff(context, { made: [{ address: "aws_vpc.Main", key: "id", id: "vpc-1" }] });

    const { results } = await act(context, recover, ({ failing }) => {
      failing.add("import aws_vpc.Main vpc-1 dev-app");
    });

    expect(results).toMatchObject([
      {
        outcome: "failed",
        message: "import aws_vpc.Main vpc-1 dev-app went wrong",
      },
    ]);
    expect(begunOf(context)).toBeDefined();
  });

  it("stores a state that was left in a file", async () => {
    const context = platform();
    const file = join(context.workspace.synthesis("dev"), "stacks", "dev-app", "errored.tfstate");
    mkdirSync(dirname(file), { recursive: true });
    mkdirSync(join(context.workspace.run("test"), "dev-app"), { recursive: true });
    writeFileSync(file, JSON.stringify(stateOf({ "aws_vpc.Main": "vpc-1" })));

    const { results, calls } = await act(context, recover);

    expect(results).toMatchObject([{ outcome: "recovered" }]);
    expect(calls).toEqual(["init dev-app", "push dev-app"]);
    expect(existsSync(file)).toBe(false);
    expect(context.aws.states.get(key)?.resources).toHaveLength(1);
  });

  it("imports what was made into the state of a stack that is no longer in the code", async () => {
    const context = platform();
    const gone = {
      ...configuration,
      terraform: { backend: { s3: { bucket: "states", key: "dev-gone.tfstate", region: "eu-west-1" } } },
    };
    const record = { version: 1, stack: "dev-gone", dependencies: [], configuration: gone, stackDigest: "d" };
    const { versionsByKey } = context.aws.objects;
    versionsByKey.set("dev-gone.applied.json", [JSON.stringify(record)]);
    cutOff(context, { stack: "dev-gone", made: [{ address: "aws_vpc.Main", key: "id", id: "vpc-1" }] });
    versionsByKey.set("dev-gone.begun.json", versionsByKey.get("dev-app.begun.json") ?? []);
    versionsByKey.delete("dev-app.begun.json");

    const { results, calls } = await act(context, recover);

    expect(results.map(({ stack, outcome }) => `${stack} ${outcome}`)).toEqual([
      "dev-app nothing lost",
      "dev-gone recovered",
    ]);
    expect(calls).toContain("import aws_vpc.Main vpc-1 dev-gone");
    expect(versionsByKey.get("dev-gone.begun.json")?.at(-1)).toBeUndefined();
  });

  describe("of states that another machine kept", () => {
    /** A state that could not be stored, kept in a directory; and the directory. */
    async function kept(context: FakeContext): Promise<string> {
      const session = await fakeSession(context);
      const [stack] = session.selected;
      const directory = join(context.workspace.root, "unsaved");
      const file = join(context.workspace.synthesis("dev"), "stacks", "dev-app", "errored.tfstate");
      writeFileSync(file, JSON.stringify(stateOf({ "aws_vpc.Main": "vpc-1" })));
      (await UnsavedStates.prepare(session, directory)).keep(stack === undefined ? [] : [stack]);
      rmSync(file);
      mkdirSync(join(context.workspace.run("test"), "dev-app"), { recursive: true });
      return directory;
    }

    const recoverFrom =
      (unsaved: string): typeof recover =>
      (session, home, approval) =>
        recover(session, home, approval, { unsaved });

    it("stores them", async () => {
      const context = platform();
      const directory = await kept(context);
      const file = join(directory, "dev-app.unsaved.json");
      expect(readFileSync(file, "utf8")).not.toContain("vpc-1");

      const { results, calls } = await act(context, recoverFrom(directory));

      expect(results).toMatchObject([{ outcome: "recovered" }]);
      expect(calls).toEqual(["init dev-app", "push dev-app"]);
      expect(context.aws.states.get(key)?.resources).toHaveLength(1);
    });

    it("refuses what was changed, is of another environment or stack, or is none, all at once", async () => {
      const context = platform();
      const directory = await kept(context);
      const good = readFileSync(join(directory, "dev-app.unsaved.json"), "utf8");
      const content = JSON.parse(good) as { content: string };
      const bytes = Buffer.from(content.content, "base64");
      bytes[20] = (bytes[20] ?? 0) ^ 1;
      const write = (name: string, change: object) => {
        writeFileSync(join(directory, `${name}.unsaved.json`), JSON.stringify({ ...content, ...change }));
      };
      write("a", { content: bytes.toString("base64") });
      write("b", { environment: "prod" });
      write("c", { stack: "dev-other" });
      writeFileSync(join(directory, "d.unsaved.json"), "{}");

      await expect(act(context, recoverFrom(directory))).rejects.toMatchObject({
        message: [
          `The unsaved states in ${directory} are refused. Nothing was changed.`,
          `  - ${directory}/a.unsaved.json was changed after it was kept`,
          `  - ${directory}/b.unsaved.json is of the environment prod`,
          `  - ${directory}/c.unsaved.json is of dev-other, which is not among the stacks that are recovered`,
          `  - ${directory}/d.unsaved.json is no unsaved state of this version`,
        ].join("\n"),
        remedy:
          "Use the artifact as the run left it, with credentials that may use the key of the state bucket.",
      });
    });

    it("refuses a directory that has none", async () => {
      await expect(act(platform(), recoverFrom("/nowhere"))).rejects.toMatchObject({
        message: "There are no unsaved states in /nowhere.",
        remedy: "Name the directory of the artifact, unpacked: it holds files that end in .unsaved.json.",
      });
    });
  });

  describe("of a locked state", () => {
    const lockKey = `${key}.tflock`;

    function locked(lock: object): FakeContext {
      const context = platform();
      const events = join(context.workspace.root, "events");
      mkdirSync(dirname(events), { recursive: true });
      writeFileSync(
        events,
        '{"type":"apply_start","@message":"","@timestamp":"2026-11-20T11:00:05Z","hook":{"resource":{"addr":"a.b"},"action":"update"}}\n',
      );
      new RunningTerraforms(context.workspace).note({
        ...dead,
        stack: "dev-app",
        operation: "apply",
        startedAt: "2026-11-20T11:00:00Z",
        output: events,
        offset: 0,
      });
      context.aws.objects.versionsByKey.set(lockKey, [JSON.stringify(lock)]);
      return context;
    }

    const lock = {
      ID: "7",
      Who: `ada@${hostname()}`,
      Operation: "OperationTypeApply",
      Created: "2026-11-20T11:00:03Z",
    };

    it("releases the lock of a Terraform that is certainly dead", async () => {
      const context = locked(lock);

      const { results } = await act(context, recover);

      expect(results).toMatchObject([{ outcome: "nothing lost" }]);
      expect(context.aws.objects.versionsByKey.get(lockKey)?.at(-1)).toBeUndefined();
      expect(context.written.err).toContain(
        "Released the lock of dev-app: the apply that held it (process 1073741824, since 2026-11-20T11:00:00Z) is dead.",
      );
    });

    it.each([
      ["of another machine", { ...lock, Who: "ada@elsewhere" }],
      ["that was taken before it began", { ...lock, Created: "2026-11-20T10:00:03Z" }],
      ["that was taken after it had its own", { ...lock, Created: "2026-11-20T11:00:09Z" }],
      ["that says nothing", {}],
    ])("leaves a lock %s", async (_which, other) => {
      const context = locked(other);

      const { results } = await act(context, recover);

      expect(results).toMatchObject([{ outcome: "failed" }]);
      expect(results[0]?.message).toContain("whether that run is dead cannot be determined from here.");
      expect(results[0]?.remedy).toMatch(
        /^If you know that it is, run `meridian unlock dev dev-app --lock-id /,
      );
      expect(context.aws.objects.versionsByKey.get(lockKey)?.at(-1)).toBeDefined();
    });
  });
});
