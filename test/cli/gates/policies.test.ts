/**
 * The evaluator is a program that answers as conftest documents: an array of results a namespace, status 1 where
 * a rule denies (https://www.conftest.dev/output). It is a real process, and not conftest itself.
 */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { TerraformPlanJson } from "../../../analysis/plan";
import { Approval } from "../../../cli/gates/approval";
import { deploy } from "../../../cli/runs/deployment";
import { planEnvironment } from "../../../cli/runs/environment-plan";
import { denialsOf } from "../../../cli/gates/policies";
import { StateHome } from "../../../cli/state/state-home";
import { devEnvironment, type FakeContext, fakeContext } from "../support/fake-context";
import { fakeSession } from "../support/fake-session";
import { s3Stack } from "../support/fixture-stacks";

const environment = { ...devEnvironment, rollout: { ...devEnvironment.rollout, policies: "policies" } };

/** What the program says, unless a test writes another. */
const judges = `
const input = JSON.parse(fs.readFileSync(process.argv.at(-1), "utf8"));
const created = input.resource_changes.filter(({ change }) => change.actions.includes("create"));
const failures = created.map(({ address, change }) => ({ msg: address + " must not be made: " + change.after?.password }));
console.log(JSON.stringify([{ filename: process.argv.at(-1), namespace: "terraform.names", successes: 1, failures }]));
process.exit(failures.length > 0 ? 1 : 0);`;

/** A project with policies, and a conftest on its PATH. */
function project(script: string | undefined = judges): FakeContext {
  const bin = mkdtempSync(join(tmpdir(), "meridian-conftest-"));
  const context = fakeContext([s3Stack("dev-app")]);
  const { projectDirectory } = context.workspace;
  if (script !== "") {
    const file = join(bin, "conftest");
    const recorded = `const fs = require("fs"); fs.writeFileSync(${JSON.stringify(join(bin, "args"))}, JSON.stringify(process.argv.slice(2)));`;
    writeFileSync(file, `#!${process.execPath}\n${recorded}\n${script}\n`);
    chmodSync(file, 0o755);
  }
  mkdirSync(join(projectDirectory, "policies"));
  Object.assign(context.variables, { PATH: bin });
  return context;
}

const plan: TerraformPlanJson = {
  resource_changes: [
    {
      address: "aws_db_instance.Orders",
      type: "aws_db_instance",
      change: {
        actions: ["create"],
        before: null,
        after: { password: "correct-horse-battery" },
        after_sensitive: { password: true },
      },
    },
  ],
};

async function judged(context: FakeContext): Promise<readonly string[] | undefined> {
  const session = await fakeSession(context, [], { environment });
  return (await denialsOf(session, new Map([["dev-app", plan]]))).get("dev-app");
}

describe("Policies", () => {
  it("are asked about every plan without its secrets, in all namespaces", async () => {
    const context = project();

    expect(await judged(context)).toEqual([
      "terraform.names: aws_db_instance.Orders must not be made: (sensitive value)",
    ]);
    const bin = context.variables.PATH ?? "";
    const args = JSON.parse(readFileSync(join(bin, "args"), "utf8")) as string[];
    const file = args.at(-1) ?? "";
    expect(args.slice(0, -1)).toEqual([
      "test",
      "--policy",
      "policies",
      "--all-namespaces",
      "--no-color",
      "--output",
      "json",
    ]);
    expect(existsSync(file)).toBe(false);
    expect(readdirSync(join(file, ".."))).toEqual([]);
  });

  it("let pass what no rule denies, and show what they warn of", async () => {
    const context = project(
      `console.log(JSON.stringify([{ filename: "f", namespace: "main", successes: 0, warnings: [{ msg: "costs a lot." }] }]));`,
    );

    expect(await judged(context)).toEqual([]);
    expect(context.written.err).toContain("dev-app: a policy warns: main: costs a lot\n");
  });

  it("refuse where the program is missing", async () => {
    await expect(judged(project(""))).rejects.toMatchObject({
      message:
        "The policies in policies must check dev-app, but conftest is not installed. Nothing of it was changed.",
      remedy: "Install conftest (https://www.conftest.dev/install), so that it is on the PATH.",
    });
  });

  it.each([
    [
      "it cannot read the policies",
      `console.error("Error: running test: load: 1 error occurred: policies/a.rego:3: rego_parse_error"); process.exit(1);`,
      "conftest ended with 1 and gave no result (Error: running test: load: 1 error occurred: policies/a.rego:3: rego_parse_error)",
    ],
    ["it says nothing", "", "conftest ended with 0 and gave no result (it says nothing)"],
    [
      "it is killed",
      `process.kill(process.pid, "SIGKILL");`,
      "conftest ended with SIGKILL and gave no result (it says nothing)",
    ],
    [
      "its status does not go with its result",
      `console.log('[{"filename":"f","namespace":"main","successes":2}]'); process.exit(3);`,
      "conftest ended with 3 where 0 rules deny (it says nothing)",
    ],
    [
      "a rule denies and its status says otherwise",
      `console.log('[{"filename":"f","namespace":"main","successes":2,"failures":[{"msg":"no"}]}]');`,
      "conftest ended with 0 where 1 rules deny (it says nothing)",
    ],
    [
      "no rule has looked",
      `console.log('[{"filename":"f","namespace":"main","successes":0}]');`,
      "no rule covers it",
    ],
    ["there is no result", `console.log("[]");`, "no rule covers it"],
  ])("refuse where %s", async (_why, script, said) => {
    await expect(judged(project(script === "" ? ";" : script))).rejects.toMatchObject({
      message: `The policies in policies could not check dev-app: ${said}. Nothing of it was changed.`,
      remedy:
        "Run `conftest test --policy policies --all-namespaces` on a plan to see what it says, or take `rollout.policies` out of environments/dev.ts.",
    });
  });

  it("refuse where their directory is missing", async () => {
    const context = project();
    const session = await fakeSession(context, [], {
      environment: { ...environment, rollout: { ...environment.rollout, policies: "rules" } },
    });

    await expect(denialsOf(session, new Map([["dev-app", plan]]))).rejects.toMatchObject({
      message:
        "The policies of 'dev' should be in rules, and there is no such directory. Nothing was changed.",
      remedy: "Correct `rollout.policies` in environments/dev.ts.",
    });
  });

  it("hold a deploy back, the first one too, until what they deny is approved, and are in the report", async () => {
    const context = project();
    const session = await fakeSession(context, [], { environment });
    const run = async () =>
      deploy(
        session,
        await StateHome.find(session),
        new Approval({ ...context.terminal, isInteractive: true }, environment, { autoApprove: true }),
      );
    const denial = "terraform.names: terraform_data.thing must not be made: undefined";
    const markdown = join(context.workspace.projectDirectory, "report.md");

    await planEnvironment(session, await StateHome.find(session), { markdown });
    expect(readFileSync(markdown, "utf8")).toContain(
      `\`go on in dev-app against a policy: ${denial}\`: not approved yet`,
    );
    const [refused] = await run();
    expect(refused).toMatchObject({ stack: "dev-app", outcome: "refused" });
    expect(refused?.message).toContain(`  - policy: go on in dev-app against a policy: ${denial}\n`);
    expect(session.terraform.calls).not.toContain("apply dev-app");

    mkdirSync(join(context.workspace.projectDirectory, "approvals"));
    writeFileSync(
      join(context.workspace.projectDirectory, "approvals", "dev.yaml"),
      `environment: dev\napprovedBy: ada\nreason: It is a first try.\napproved: 2026-11-20\nexpires: 2026-11-21\nallows:\n  - gate: policy\n    addresses: ["terraform.names: terraform_data.thing *"]\n`,
    );
    expect((await run()).map(({ outcome }) => outcome)).toEqual(["applied"]);
  });
});
