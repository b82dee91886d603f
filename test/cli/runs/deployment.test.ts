import { existsSync } from "node:fs";

import { Approval } from "../../../cli/gates/approval";
import { planExitCode } from "../../../cli/commands/plan";
import { deploy } from "../../../cli/runs/deployment";
import { destroy, guardDeletion } from "../../../cli/runs/destruction";
import { planStack } from "../../../cli/plan/planning";
import type { StackResult } from "../../../cli/terminal/report";
import { noChanges } from "../../../cli/terraform/events";
import type { Session } from "../../../cli/session/session";
import { StateHome } from "../../../cli/state/state-home";
import { refusal } from "../../support/synth";
import { devEnvironment, type FakeContext, fakeContext, stateWith } from "../support/fake-context";
import { fakeSession, type FakeTerraform } from "../support/fake-session";
import { s3Stack } from "../support/fixture-stacks";

const platform = [
  s3Stack("dev-bootstrap", {}, ["bucket"]),
  { ...s3Stack("dev-foundation", {}, ["zone_id"]), dependencies: ["dev-bootstrap"] },
  s3Stack("dev-eu", { "dev-foundation": ["zone_id"] }, ["url"]),
  s3Stack("dev-us", { "dev-foundation": ["zone_id"] }, ["url"]),
  s3Stack("dev-edge", { "dev-eu": ["url"], "dev-us": ["url"] }),
];

type FakeSession = Session & { terraform: FakeTerraform };

function freshAccount(): FakeContext {
  const context = fakeContext(platform);
  context.aws.bucket = "absent";
  return context;
}

async function deployed(): Promise<FakeContext> {
  const context = freshAccount();
  await run(context);
  return context;
}

async function run(
  context: FakeContext,
  prepare: (session: FakeSession) => void = () => undefined,
  globs: string[] = [],
  act: typeof deploy = deploy,
): Promise<{ results: StackResult[]; session: FakeSession }> {
  const session = await fakeSession(context, globs);
  prepare(session);
  const terminal = { ...context.terminal, isInteractive: true };
  const approval = new Approval(terminal, devEnvironment, { autoApprove: context.answers.length === 0 });
  const results = await act(session, await StateHome.find(session), approval);
  return { results, session };
}

function outcomes(results: readonly StackResult[]): Record<string, string> {
  return Object.fromEntries(
    results.map(({ stack, outcome, needs }) => [stack, [outcome, ...(needs ?? [])].join(" ")]),
  );
}

const allOf = (outcome: string): Record<string, string> =>
  Object.fromEntries(platform.map(({ name }) => [name, outcome]));

describe("plan", () => {
  async function plan(context: FakeContext): Promise<StackResult[]> {
    const session = await fakeSession(context);
    const home = await StateHome.find(session);
    return Promise.all(session.selected.map((stack) => planStack(session, home, stack)));
  }

  it("plans the bootstrap stack of a fresh account and blocks all others on it", async () => {
    const results = await plan(freshAccount());

    expect(outcomes(results)).toEqual({ ...allOf("blocked dev-bootstrap"), "dev-bootstrap": "changes" });
    expect(planExitCode(results, { detailedExitcode: true })).toBe(2);
    expect(planExitCode(results, {})).toBe(0);
  });

  it("says which stacks the others are blocked on", async () => {
    const context = fakeContext(platform);
    context.aws.states.set("dev-foundation.tfstate", stateWith(1, { zone_id: "Z1" }));

    expect(outcomes(await plan(context))).toMatchObject({
      "dev-eu": "changes",
      "dev-us": "changes",
      "dev-edge": "blocked dev-eu dev-us",
    });
  });

  it("finds nothing after a deploy", async () => {
    const results = await plan(await deployed());

    expect(outcomes(results)).toEqual(allOf("no changes"));
    expect(planExitCode(results, { detailedExitcode: true })).toBe(0);
  });
});

describe("deploy", () => {
  it("applies a fresh environment wave by wave, exactly the plans it made", async () => {
    const { results, session } = await run(freshAccount());

    expect(outcomes(results)).toEqual(allOf("applied"));
    const { calls } = session.terraform;
    expect(calls.filter((call) => call.startsWith("apply"))).toEqual([
      "apply dev-bootstrap",
      "apply dev-foundation",
      "apply dev-eu",
      "apply dev-us",
      "apply dev-edge",
    ]);
    expect(calls.indexOf("plan dev-us")).toBeLessThan(calls.indexOf("apply dev-eu"));
    expect(calls.indexOf("plan dev-edge")).toBeGreaterThan(calls.indexOf("apply dev-us"));
    expect(existsSync(session.context.workspace.plan("dev", "dev-eu"))).toBe(false);
  });

  it("moves the bootstrap state into the bucket that it made", async () => {
    const { session } = await run(freshAccount());
    const { aws, workspace } = session.context as FakeContext;

    expect(aws.states.get("dev-bootstrap.tfstate")?.resources).toHaveLength(1);
    expect(existsSync(workspace.bootstrapState("dev"))).toBe(false);
    expect(existsSync(`${workspace.bootstrapState("dev")}.migrated`)).toBe(true);
  });

  it("changes nothing the second time", async () => {
    const { results, session } = await run(await deployed());

    expect(outcomes(results)).toEqual(allOf("no changes"));
    expect(session.terraform.calls.filter((call) => /apply|migrate/.test(call))).toEqual([]);
  });

  it("stops what depends on a failed stack and lets its siblings finish", async () => {
    const { results } = await run(freshAccount(), ({ terraform }) => terraform.failing.add("apply dev-eu"));

    expect(outcomes(results)).toEqual({
      "dev-bootstrap": "applied",
      "dev-foundation": "applied",
      "dev-eu": "failed",
      "dev-us": "applied",
      "dev-edge": "not begun dev-eu",
    });
    expect(results.find(({ stack }) => stack === "dev-eu")?.message).toBe("apply dev-eu went wrong");
  });

  it("counts what was really done, and never what a plan that was not applied would have done", async () => {
    const { results } = await run(freshAccount(), ({ terraform }) => {
      terraform.failing.add("apply dev-eu");
      terraform.failing.add("apply dev-us");
      terraform.doneBeforeFailing.set("apply dev-us", { ...noChanges, add: 3 });
    });

    expect(results.map(({ stack, outcome, counts }) => [stack, outcome, counts?.add])).toEqual([
      ["dev-bootstrap", "applied", 1],
      ["dev-foundation", "applied", 1],
      ["dev-eu", "failed", undefined],
      ["dev-us", "partly applied", 3],
      ["dev-edge", "not begun", undefined],
    ]);
  });

  it("keeps the figures of an apply after which something else failed", async () => {
    const { results } = await run(freshAccount(), ({ terraform }) =>
      terraform.failing.add("migrate dev-bootstrap"),
    );

    expect(results[0]).toMatchObject({
      outcome: "failed",
      counts: { add: 1 },
      message: "migrate dev-bootstrap went wrong",
    });
  });

  it("gives no figures of a plan that nobody approved", async () => {
    const context = freshAccount();
    context.answers.push("yes", "no");

    const { results } = await run(context);

    expect(results.map(({ counts }) => counts?.add)).toEqual([1, undefined, undefined, undefined, undefined]);
  });

  it("continues where it stopped", async () => {
    const context = freshAccount();
    await run(context, ({ terraform }) => terraform.failing.add("apply dev-eu"));

    const { results } = await run(context);

    expect(outcomes(results)).toEqual({
      "dev-bootstrap": "no changes",
      "dev-foundation": "no changes",
      "dev-eu": "applied",
      "dev-us": "no changes",
      "dev-edge": "applied",
    });
  });

  it.each(["apply dev-bootstrap", "migrate dev-bootstrap"])(
    "continues after %s was interrupted",
    async (call) => {
      const context = freshAccount();
      await run(context, ({ terraform }) => terraform.failing.add(call));

      const { results } = await run(context);

      expect(results.every(({ outcome }) => outcome === "applied" || outcome === "no changes")).toBe(true);
      expect(context.aws.states.get("dev-bootstrap.tfstate")?.resources).toHaveLength(1);
      expect(existsSync(context.workspace.bootstrapState("dev"))).toBe(false);
    },
  );

  it("asks once a wave and changes nothing after a no", async () => {
    const context = freshAccount();
    context.answers.push("yes", "no");

    const { results } = await run(context);

    expect(outcomes(results)).toEqual({ ...allOf("not approved"), "dev-bootstrap": "applied" });
    expect(context.questions).toEqual([
      "Apply this to dev-bootstrap? [yes/no] ",
      "Apply this to dev-foundation? [yes/no] ",
    ]);
  });

  it("starts nothing more after an interrupt", async () => {
    const context = freshAccount();

    const { results, session } = await run(context, ({ terraform }) => {
      terraform.onCall = (call) => {
        if (call === "apply dev-foundation") {
          context.interrupts.interrupt();
        }
      };
    });

    expect(outcomes(results)).toEqual({
      "dev-bootstrap": "applied",
      "dev-foundation": "applied",
      "dev-eu": "interrupted",
      "dev-us": "interrupted",
      "dev-edge": "interrupted",
    });
    expect(session.terraform.calls.at(-1)).toBe("apply dev-foundation");
  });

  it("reports a chosen stack as blocked when what it needs was never deployed", async () => {
    const { results } = await run(fakeContext(platform), undefined, ["dev-edge"]);

    expect(outcomes(results)).toEqual({ "dev-edge": "blocked dev-eu dev-us" });
  });
});

describe("destroy", () => {
  it("destroys in the reverse order and leaves no state", async () => {
    const context = await deployed();

    const { results, session } = await run(context, undefined, [], destroy);

    expect(outcomes(results)).toEqual(allOf("destroyed"));
    expect(session.terraform.calls.filter((call) => /^(apply|migrate)/.test(call))).toEqual([
      "apply dev-edge",
      "apply dev-eu",
      "apply dev-us",
      "apply dev-foundation",
      "migrate dev-bootstrap",
      "apply dev-bootstrap",
    ]);
    expect(existsSync(context.workspace.bootstrapState("dev"))).toBe(false);
    expect(context.aws.bucket).toBe("absent");
  });

  it("leaves no state of the bootstrap stack in a bucket that stays", async () => {
    const context = await deployed();

    await run(
      context,
      ({ terraform }) => {
        terraform.afterApply = () => (context.aws.bucket = "present");
      },
      [],
      destroy,
    );

    expect(context.aws.objects.versionsByKey.get("dev-bootstrap.tfstate")?.at(-1)).toBeUndefined();
    expect(context.aws.objects.versionsByKey.has("dev-bootstrap.tfstate")).toBe(true);
  });

  it("deregisters the task definitions that Terraform left for ECS to go back to", async () => {
    const context = freshAccount();
    const family = (skip_destroy: boolean, name: string) => ({
      ...{ mode: "managed", type: "aws_ecs_task_definition", name },
      instances: [{ attributes: { family: name, skip_destroy } }],
    });
    await run(context, ({ terraform }) => {
      terraform.makes.set("dev-eu", [family(true, "web"), family(false, "gone")]);
    });
    expect(context.aws.endedFamilies).toEqual([]);

    await run(context, undefined, [], destroy);

    expect(context.aws.endedFamilies).toEqual(["us-east-1/web"]);
  });

  it("finds nothing to destroy the second time", async () => {
    const context = await deployed();
    await run(context, undefined, [], destroy);

    const { results } = await run(context, undefined, [], destroy);

    expect(outcomes(results)).toEqual(allOf("nothing to destroy"));
  });

  it("includes what is no longer in the code, since the bucket with its state is deleted", async () => {
    const context = await deployed();
    const rest = platform.filter(({ name }) => name !== "dev-us" && name !== "dev-edge");
    Object.assign(context, { synthesize: fakeContext(rest).synthesize });

    const { results, session } = await run(context, undefined, [], destroy);

    expect(outcomes(results)).toEqual(allOf("destroyed"));
    expect(session.terraform.calls.filter((call) => call.startsWith("apply"))).toEqual([
      "apply dev-edge",
      "apply dev-eu",
      "apply dev-us",
      "apply dev-foundation",
      "apply dev-bootstrap",
    ]);
  });

  it("asks once for everything", async () => {
    const context = await deployed();
    context.answers.push("no");

    const { results } = await run(context, undefined, [], destroy);

    expect(outcomes(results)).toEqual(allOf("not approved"));
    expect(context.questions).toEqual(["Destroy all of this in dev? [yes/no] "]);
  });

  it("keeps what a stack that failed still needs", async () => {
    const context = await deployed();

    const { results } = await run(
      context,
      ({ terraform }) => terraform.failing.add("apply dev-us"),
      [],
      destroy,
    );

    expect(outcomes(results)).toEqual({
      "dev-bootstrap": "not begun dev-us",
      "dev-foundation": "not begun dev-us",
      "dev-eu": "destroyed",
      "dev-us": "failed",
      "dev-edge": "destroyed",
    });
  });

  it("says of a destroy that failed on its way that a part is gone, and what waits for it", async () => {
    const context = await deployed();

    const { results } = await run(
      context,
      ({ terraform }) => {
        terraform.failing.add("plan -destroy dev-eu");
        terraform.failing.add("apply dev-edge");
        terraform.doneBeforeFailing.set("apply dev-edge", { ...noChanges, remove: 2 });
      },
      [],
      destroy,
    );

    expect(outcomes(results)).toEqual({
      "dev-bootstrap": "not begun dev-eu dev-edge",
      "dev-foundation": "not begun dev-eu dev-edge",
      "dev-eu": "failed",
      "dev-us": "not begun dev-edge",
      "dev-edge": "partly destroyed",
    });
    expect(results.map(({ counts }) => counts?.remove)).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
      2,
    ]);
  });

  it("continues after the bootstrap stack's destruction was interrupted", async () => {
    const context = await deployed();
    await run(context, ({ terraform }) => terraform.failing.add("apply dev-bootstrap"), [], destroy);

    const { results } = await run(context, undefined, [], destroy);

    expect(outcomes(results)).toEqual({ ...allOf("nothing to destroy"), "dev-bootstrap": "destroyed" });
  });

  it("refuses to take the ground from under a stack that stays", async () => {
    const context = await deployed();

    await expect(run(context, undefined, ["dev-foundation"], destroy)).rejects.toThrow(
      "dev-eu still exists and needs dev-foundation. Nothing was changed.",
    );
  });

  it("refuses an environment that is protected", () => {
    expect(
      refusal(() => {
        guardDeletion({ ...devEnvironment, deletionProtection: true });
      }),
    ).toBe("Environment 'dev' is protected from deletion. Nothing was changed.");
  });
});
