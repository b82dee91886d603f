import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import type { DeployReport } from "../../analysis/report";
import type { Configuration } from "../../cli/stacks/manifest";
import { awsSdk } from "../../cli/aws/aws";
import { run } from "../../cli/program";
import type { StackResult } from "../../cli/terminal/report";
import { processRunner } from "../../cli/terraform/process";
import { FakeAws, type FakeContext, fakeContext } from "./support/fake-context";
import { type FixtureStack, writeStacks } from "./support/fixture-stacks";

jest.setTimeout(60_000);

/** STS and S3 are fake, states are files, Terraform is real. */
class LocalStates extends FakeAws {
  public override readState(
    ...[access, backend]: Parameters<typeof awsSdk.readState>
  ): ReturnType<typeof awsSdk.readState> {
    return awsSdk.readState(access, backend);
  }
}

interface Setup {
  readonly context: FakeContext;
  /** Runs `meridian` and gives its exit code and machine-readable result. */
  readonly meridian: (...args: string[]) => Promise<{ exitCode: number; stacks: StackResult[] }>;
  /** What the next synthesis gives. */
  stacks: FixtureStack[];
}

function setUp(): Setup {
  const { workspace } = fakeContext();
  const { root } = workspace;
  const setup: Setup = {
    context: undefined as unknown as FakeContext,
    stacks: [baseStack(root), region(root, "eu"), region(root, "us")],
    meridian: async (...args) => {
      const file = join(root, "result.json");
      rmSync(file, { force: true });
      const json = ["plan", "deploy", "destroy", "validate"].includes(args[0] ?? "") ? ["--json", file] : [];
      const exitCode = await run(setup.context, [...args, ...json]);
      const result = existsSync(file)
        ? (JSON.parse(readFileSync(file, "utf8")) as { stacks: StackResult[] })
        : undefined;
      return { exitCode, stacks: result?.stacks ?? [] };
    },
  };
  const context = fakeContext([], {
    aws: new LocalStates(),
    workspace,
    variables: { ...process.env, TF_VAR_size: "hijacked", TF_WORKSPACE: "hijacked" },
    synthesize: (_environment, directory) => {
      writeStacks(directory, setup.stacks);
      return Promise.resolve();
    },
  });
  Object.assign(setup, { context: { ...context, run: processRunner(context.interrupts) } });
  return setup;
}

function stack(root: string, name: string, dependencies: string[], blocks: object): FixtureStack {
  const path = join(root, `${name}.tfstate`);
  const configuration = {
    terraform: { backend: { local: { path } } },
    ...blocks,
  } as unknown as Configuration;
  return { name, dependencies, configuration };
}

function baseStack(root: string): FixtureStack {
  return stack(root, "dev-foundation", [], {
    resource: { terraform_data: { zone: { input: "Z1" } } },
    output: { zone_id: { value: "${terraform_data.zone.output}" } },
  });
}

function region(root: string, name: string, command = "true", size = 1): FixtureStack {
  return stack(root, `dev-${name}`, ["dev-foundation"], {
    variable: { size: { default: size } },
    data: {
      terraform_remote_state: {
        Up: { backend: "local", config: { path: join(root, "dev-foundation.tfstate") } },
      },
    },
    resource: {
      terraform_data: {
        service: {
          "//": { metadata: { path: `dev-${name}/Service` } },
          input: "${data.terraform_remote_state.Up.outputs.zone_id}-${var.size}",
          provisioner: [{ "local-exec": { command } }],
        },
      },
    },
    output: { url: { value: `https://${name}.example.com/\${terraform_data.service.output}` } },
  });
}

function outcomes(stacks: readonly StackResult[]): string[] {
  return stacks.map(({ stack: name, outcome, needs }) => [name, outcome, ...(needs ?? [])].join(" "));
}

describe("meridian with real Terraform", () => {
  it("validates, plans, deploys, finds nothing to change, shows outputs and destroys", async () => {
    const { context, meridian } = setUp();

    expect(outcomes((await meridian("validate", "dev")).stacks)).toEqual([
      "dev-foundation valid",
      "dev-eu valid",
      "dev-us valid",
    ]);
    const first = await meridian("plan", "dev", "--detailed-exitcode");
    expect(outcomes(first.stacks)).toEqual([
      "dev-foundation changes",
      "dev-eu blocked dev-foundation",
      "dev-us blocked dev-foundation",
    ]);
    expect(first.exitCode).toBe(2);

    const deployed = await meridian("deploy", "dev", "--auto-approve");
    expect(outcomes(deployed.stacks)).toEqual(["dev-foundation applied", "dev-eu applied", "dev-us applied"]);
    expect(deployed.exitCode).toBe(0);
    expect(context.written.out).toContain("https://eu.example.com/Z1-1");

    const second = await meridian("plan", "dev", "--detailed-exitcode");
    expect(outcomes(second.stacks)).toEqual([
      "dev-foundation no changes",
      "dev-eu no changes",
      "dev-us no changes",
    ]);
    expect(second.exitCode).toBe(0);

    const destroyed = await meridian("destroy", "dev", "--auto-approve");
    expect(outcomes(destroyed.stacks)).toEqual([
      "dev-foundation destroyed",
      "dev-eu destroyed",
      "dev-us destroyed",
    ]);
    expect(existsSync(join(context.workspace.root, "plans", "dev"))).toBe(false);
  });

  it("names the failed resource and the log, and continues where it stopped", async () => {
    const setup = setUp();
    const { root } = setup.context.workspace;
    setup.stacks = [baseStack(root), region(root, "eu", "echo no luck; exit 3"), region(root, "us")];

    const failed = await setup.meridian("deploy", "dev", "--auto-approve");

    const [, eu] = failed.stacks;
    expect(failed.exitCode).toBe(1);
    expect(outcomes(failed.stacks)).toEqual(["dev-foundation applied", "dev-eu failed", "dev-us applied"]);
    expect(eu?.failedResources).toEqual(["terraform_data.service"]);
    expect(eu?.message).toContain("at dev-eu/Service (terraform_data.service)");
    expect(readFileSync(eu?.log ?? "", "utf8")).toContain("no luck");

    setup.stacks = [baseStack(root), region(root, "eu"), region(root, "us")];
    expect(outcomes((await setup.meridian("deploy", "dev", "--auto-approve")).stacks)).toEqual([
      "dev-foundation no changes",
      "dev-eu applied",
      "dev-us no changes",
    ]);
  });

  it("says that Terraform was killed, what it had made by then, and exits as shells do", async () => {
    const setup = setUp();
    const { root } = setup.context.workspace;
    setup.stacks = [
      stack(root, "dev-foundation", [], {
        resource: {
          terraform_data: {
            first: { input: "made" },
            // A local-exec is a child of Terraform itself.
            second: {
              depends_on: ["terraform_data.first"],
              provisioner: [{ "local-exec": { command: "kill -KILL $PPID" } }],
            },
          },
        },
      }),
      region(root, "eu"),
    ];

    const { exitCode, stacks } = await setup.meridian("deploy", "dev", "--auto-approve");

    expect(exitCode).toBe(137);
    expect(outcomes(stacks)).toEqual(["dev-foundation partly applied", "dev-eu not begun dev-foundation"]);
    expect(stacks[0]).toMatchObject({
      message: "Terraform was killed (SIGKILL, exit code 137): probably out of memory.",
      signal: "SIGKILL",
      counts: { add: 1, change: 0, remove: 0 },
    });
    expect(setup.context.written.out).toContain("`meridian recover dev`");
  });

  it("keeps a report of what was done, from its beginning and without the secrets of its plans", async () => {
    const setup = setUp();
    const { root } = setup.context.workspace;
    const file = join(root, "report.json");
    const report = () => JSON.parse(readFileSync(file, "utf8")) as DeployReport;
    const secret = "hunter2-hunter2";
    const failing = region(root, "eu", `cp ${file} ${file}.begun; echo ${secret}; exit 3`);
    const { configuration } = failing as unknown as {
      configuration: { resource: { terraform_data: object } };
    };
    Object.assign(configuration, {
      variable: { size: { default: 1 }, secret: { default: secret, sensitive: true } },
    });
    Object.assign(configuration.resource.terraform_data, { secret: { input: "${var.secret}" } });
    setup.stacks = [baseStack(root), failing, region(root, "us")];

    await setup.meridian("deploy", "dev", "--auto-approve", "--report", file);

    expect(JSON.parse(readFileSync(`${file}.begun`, "utf8"))).toMatchObject({ state: "begun", stacks: [] });
    expect(report()).toMatchObject({
      version: 1,
      kind: "deploy",
      environment: "dev",
      state: "failed",
      stacks: [
        { name: "dev-foundation", outcome: "applied", counts: { add: 1, change: 0, remove: 0 } },
        { name: "dev-eu", outcome: "partly applied", failedResources: ["terraform_data.service"] },
        { name: "dev-us", outcome: "applied" },
      ],
    });
    expect(report().stacks[1]?.message).toContain("echo (sensitive); exit 3");
    expect(readFileSync(file, "utf8")).not.toContain(secret);

    setup.stacks = [baseStack(root), region(root, "eu"), region(root, "us")];
    await setup.meridian("deploy", "dev", "--auto-approve", "--report", file);
    expect(report()).toMatchObject({ state: "done" });
    writeFileSync(join(root, "dev-foundation.tfstate"), "{ half a sta");
    await setup.meridian("deploy", "dev", "--auto-approve", "--report", file);
    expect(report()).toMatchObject({ state: "failed", stacks: [] });
    expect(report().message).toContain("dev-foundation.tfstate is unreadable: ");
  });

  it("says where the configuration is wrong", async () => {
    const setup = setUp();
    const { root } = setup.context.workspace;
    setup.stacks = [
      stack(root, "dev-foundation", [], {
        resource: {
          terraform_data: { zone: { "//": { metadata: { path: "dev-foundation/Zone" } }, inputs: "Z1" } },
        },
      }),
    ];

    const { exitCode, stacks } = await setup.meridian("validate", "dev");

    expect(exitCode).toBe(1);
    expect(stacks[0]?.message).toBe(
      [
        "Error: Extraneous JSON object property",
        "  at dev-foundation/Zone (terraform_data.zone)",
        '  No argument or block type is named "inputs". Did you mean "input"?',
      ].join("\n"),
    );
  });

  it("refuses an unreadable state and leaves it as it is", async () => {
    const { context, meridian } = setUp();
    const file = join(context.workspace.root, "dev-foundation.tfstate");
    await meridian("deploy", "dev", "--auto-approve");
    writeFileSync(file, "{ half a sta");

    const { exitCode } = await meridian("deploy", "dev", "--auto-approve");

    expect(exitCode).toBe(1);
    expect(context.written.err).toContain(`The state ${file} is unreadable: `);
    expect(readFileSync(file, "utf8")).toBe("{ half a sta");
  });

  it("passes Ctrl-C on once, keeps what was made, and exits with 130", async () => {
    const setup = setUp();
    const { context } = setup;
    const { root } = context.workspace;
    const marker = join(root, "started");
    setup.stacks = [baseStack(root), region(root, "eu", `touch ${marker}; sleep 2`), region(root, "us")];
    const deploying = setup.meridian("deploy", "dev", "--auto-approve");
    while (!existsSync(marker)) {
      await sleep(50);
    }

    context.interrupts.interrupt();
    const { exitCode, stacks } = await deploying;

    expect(exitCode).toBe(130);
    expect(outcomes(stacks)[0]).toBe("dev-foundation applied");
    expect(existsSync(join(root, ".dev-eu.tfstate.lock.info"))).toBe(false);
    expect(existsSync(context.workspace.lock("dev"))).toBe(false);
    expect(readFileSync(join(root, "dev-eu.tfstate"), "utf8")).toContain('"lineage"');
  });

  it("takes what a killed apply had made into the state by one plan, and makes nothing twice", async () => {
    const setup = setUp();
    const { root } = setup.context.workspace;
    const state = join(root, "dev-foundation.tfstate");
    await setup.meridian("deploy", "dev", "--auto-approve", "--stack", "dev-foundation");
    const { resources } = JSON.parse(readFileSync(state, "utf8")) as {
      resources: { instances: { attributes: { id: string } }[] }[];
    };
    const id = resources[0]?.instances[0]?.attributes.id ?? "";
    // As Terraform leaves it that is killed before it stores anything.
    const made = JSON.parse(readFileSync(state, "utf8")) as object;
    writeFileSync(state, JSON.stringify({ ...made, resources: [], outputs: {} }));
    writeFileSync(
      join(root, "dev-foundation.begun.json"),
      JSON.stringify({
        version: 1,
        stack: "dev-foundation",
        mode: "apply",
        startedAt: "2026-11-21T12:00:00.000Z",
        runner: { pid: 2 ** 30, host: hostname() },
        events: "/nowhere",
        made: [{ address: "terraform_data.zone", key: "id", id }],
        open: [],
        removed: [],
        isComplete: false,
      }),
    );
    expect((await setup.meridian("deploy", "dev", "--auto-approve")).exitCode).toBe(1);
    expect(setup.context.written.err).toContain("its state lacks terraform_data.zone");

    const recovered = await setup.meridian("recover", "dev", "--auto-approve");

    expect(recovered.exitCode === 0 ? "" : setup.context.written.out).toBe("");
    const after = JSON.parse(readFileSync(state, "utf8")) as typeof made & { resources: typeof resources };
    expect(after.resources.map(({ instances }) => instances.map(({ attributes }) => attributes.id))).toEqual([
      [id],
    ]);
    expect(existsSync(join(root, "dev-foundation.begun.json"))).toBe(false);
    expect((await setup.meridian("deploy", "dev", "--auto-approve")).exitCode).toBe(0);
    expect(readFileSync(state, "utf8")).toContain(id);
  });

  it("refuses a second deploy at the same time", async () => {
    const { context, meridian } = setUp();

    const exitCodes = await Promise.all([
      meridian("deploy", "dev", "--auto-approve"),
      run(context, ["deploy", "dev", "--auto-approve"]),
    ]);

    expect([exitCodes[0].exitCode, exitCodes[1]].sort()).toEqual([0, 1]);
    expect(context.written.err).toContain("Environment 'dev' is in use by `meridian deploy dev`");
  });
});
