/**
 * An environment that the code from before the split deployed, on the local cloud with real Terraform: its
 * region's stack is the one that was synthesized then.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import { readStacks, type Configuration } from "../../../cli/stacks/manifest";
import type { EnvironmentInput } from "../../../environments";
import { buildApp } from "../../../stacks/app";
import { check, ireland, sample, service } from "../../environments/sample";
import type { FixtureStack } from "../support/fixture-stacks";
import { demo, LocalRunner } from "../support/local-runner";

jest.setTimeout(600_000);

const input: EnvironmentInput = sample({
  name: demo.name,
  account: demo.account,
  target: "local-cloud",
  domain: { name: "demo.example.com" },
  regions: { "eu-west-1": ireland({ role: undefined, natGateways: "single" }) },
  state: demo.state,
  services: { web: service({ image: { uri: "public.ecr.aws/docker/library/nginx:1.27" } }) },
  recovery: { rtoSeconds: 156, survives: 0 },
  deletionProtection: false,
  rollout: { bakeSeconds: 0 },
});

/** The stacks as the code has them, by name. */
function stacksToday(): Map<string, FixtureStack> {
  const outdir = mkdtempSync(path.join(tmpdir(), "meridian-split-"));
  try {
    buildApp({ environments: check(input), outdir }).synth();
    return new Map(readStacks(outdir).map((stack) => [stack.name, stack]));
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

/** The stack of the region as it was synthesized for this environment before its network had one of its own. */
function regionBefore(): FixtureStack {
  const file = path.join(__dirname, "undivided-region.json");
  return {
    name: "demo-eu-west-1",
    dependencies: ["demo-foundation"],
    configuration: JSON.parse(readFileSync(file, "utf8")) as Configuration,
  };
}

interface Plan {
  readonly stacks: readonly {
    readonly stack: string;
    readonly outcome: string;
    readonly needs?: readonly string[];
    readonly counts?: { readonly add: number; readonly remove: number };
  }[];
}

describe("an environment whose regions hold their networks", () => {
  let runner: LocalRunner;

  beforeAll(async () => {
    runner = await LocalRunner.start();
  });

  afterAll(async () => {
    await runner.stop();
  });

  it("is brought to networks with states of their own, and nothing is made or destroyed", async () => {
    const today = stacksToday();
    const only = (...layers: string[]): FixtureStack[] =>
      layers.flatMap((layer) => today.get(`demo-${layer}`) ?? []);
    const planned = async (): Promise<Plan["stacks"]> => {
      const file = path.join(runner.directory, "plan.json");
      await runner.succeeds("plan", "demo", "--json", file);
      return (JSON.parse(readFileSync(file, "utf8")) as Plan).stacks;
    };
    runner.stacks = [...only("foundation"), regionBefore()];
    await runner.succeeds("deploy", "demo", "--auto-approve");
    runner.stacks = only("foundation", "eu-west-1-network", "eu-west-1");

    const refused = await runner.meridian("deploy", "demo", "--auto-approve");

    expect(refused.exitCode).toBe(1);
    expect(refused.text).toContain(
      "Networks of 'demo' have stacks of their own now, and are still in the states of their regions. Nothing was changed.\n  - demo-eu-west-1 holds demo-eu-west-1-network",
    );
    expect(refused.text).toContain("Run `meridian state split demo`");
    expect((await planned()).map(({ stack, outcome, needs }) => [stack, outcome, ...(needs ?? [])])).toEqual([
      ["demo-eu-west-1-network", "blocked", "meridian state split demo"],
      ["demo-foundation", "no changes"],
      ["demo-eu-west-1", "blocked", "meridian state split demo"],
    ]);

    const said = await runner.succeeds("state", "split", "demo", "--auto-approve");

    expect(said).toMatch(/^demo-eu-west-1 +demo-eu-west-1-network +\d+ +\d+$/m);
    expect(said).toContain("kept beside it (demo-eu-west-1.before-split.json)");
    expect((await planned()).map(({ stack, counts }) => [stack, counts?.add, counts?.remove])).toEqual([
      ["demo-eu-west-1-network", 0, 0],
      ["demo-foundation", 0, 0],
      ["demo-eu-west-1", 0, 0],
    ]);
  });
});
