import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";

import { run } from "../../../cli/program";
import type { TargetEnvironment } from "../../../cli/base/target-environment";
import type { Configuration } from "../../../cli/stacks/manifest";
import { regionStack, soundPlatform, synthesized } from "../../analysis/resilience/support/platform";
import { devEnvironment, fakeContext } from "../support/fake-context";

const directory = mkdtempSync(join(tmpdir(), "meridian-prove-"));

afterAll(() => {
  rmSync(directory, { recursive: true, force: true });
});

const environment: TargetEnvironment = {
  ...devEnvironment,
  recovery: { rtoSeconds: 120, survives: 1 },
  services: {
    web: {
      regions: ["eu-west-1", "eu-central-1"],
      runtimes: { fargate: 100 },
      peakTasks: 4,
      healthCheck: { path: "/health" },
      routing: { entry: "dns", subdomain: "web", hostname: "web.example.com" },
    },
    ledger: {
      regions: ["eu-west-1"],
      runtimes: { fargate: 100 },
      healthCheck: { path: "/health" },
      routing: { entry: "private", subdomain: "ledger", hostname: "ledger.internal.example.com" },
    },
  },
};

/** Runs `meridian prove` on stacks; gives its exit code and what it said. */
async function proved(
  stacks: ReturnType<typeof soundPlatform>,
  target: TargetEnvironment = environment,
  ...options: string[]
): Promise<{ exitCode: number; out: string; err: string }> {
  const written = Object.entries(synthesized(stacks)).map(([name, configuration]) => ({
    name,
    configuration: configuration as Configuration,
  }));
  const context = fakeContext(written, { environments: () => Promise.resolve([target]) });
  const exitCode = await run(context, ["prove", target.name, ...options]);
  return {
    exitCode,
    out: stripVTControlCharacters(context.written.out),
    err: stripVTControlCharacters(context.written.err),
  };
}

describe("meridian prove", () => {
  it("says of a sound platform how fast each failure is left behind", async () => {
    const { exitCode, out } = await proved(soundPlatform());

    expect(exitCode).toBe(0);
    expect(out).toBe(
      [
        "dev promises to survive the loss of 1 region, with users elsewhere within 120 s.",
        "",
        "Service  Name             A region      A zone  One copy      Peak  Left for certain",
        "web      web.example.com  served, 96 s  served  served, 96 s  4     4",
        "",
        "10 cases: 0 broken, 0 unproved, 0 weak",
        "",
      ].join("\n"),
    );
  });

  it("ends with a failure where a promise is broken, and says what to change", async () => {
    const stacks = { ...soundPlatform(), "eu-west-1": regionStack("eu-west-1", { minimum: 2 }) };

    const { exitCode, out } = await proved(stacks);

    expect(exitCode).toBe(1);
    expect(out).toContain(
      [
        "broken   CAPACITY-STATIC when eu-central-1 fails, 2 of the 4 tasks that carry the peak of web run for certain in eu-west-1",
        "         eu-west-1: aws_ecs_service.web",
        "         To do: Raise the minimum capacity until what is left carries the peak.",
      ].join("\n"),
    );
  });

  it("writes the result for machines, and the report as Markdown", async () => {
    const [json, markdown] = [join(directory, "proof.json"), join(directory, "proof.md")];
    const stacks = { ...soundPlatform(), "eu-west-1": regionStack("eu-west-1", { zones: ["a"] }) };

    await proved(stacks, environment, "--json", json, "--markdown", markdown);

    const result = JSON.parse(readFileSync(json, "utf8")) as Record<string, unknown>;
    expect(result).toMatchObject({
      command: "prove",
      exitCode: 0,
      environments: [
        {
          environment: "dev",
          rtoSeconds: 120,
          survives: 1,
          findings: [{ rule: "ONE-ZONE", grade: "weak", service: "web" }],
          services: [{ service: "web", hostname: "web.example.com", peakTasks: 4 }],
        },
      ],
    });
    expect(readFileSync(markdown, "utf8")).toBe(
      [
        "## Failover proof of dev",
        "",
        "Promised: 1 region lost, users elsewhere within 120 s. Looked at: 9 cases.",
        "",
        "| Service | Name | A region | A zone | One copy | Peak | Left for certain |",
        "| --- | --- | --- | --- | --- | --- | --- |",
        "| web | `web.example.com` | served, 96 s | served, 96 s | served, 96 s | 4 | 4 |",
        "",
        "### Kept, but weak",
        "",
        "- **ONE-ZONE** web runs in `eu-west-1a` alone: the loss of one zone is the loss of `eu-west-1`  ",
        "  `eu-west-1: aws_ecs_service.web`  ",
        "  Give it subnets in at least two zones.",
        "",
      ].join("\n"),
    );
  });

  it("refuses an environment that promises nothing", async () => {
    const { recovery, ...silent } = environment;
    expect(recovery).toBeDefined();

    const { exitCode, err } = await proved(soundPlatform(), silent);

    expect(exitCode).toBe(1);
    expect(err).toContain("dev promises nothing that could be proved.");
    expect(err).toContain("Say what it survives in `recovery` (`rtoSeconds`, `survives`).");
  });

  it("refuses a file that cannot be written before it synthesizes anything", async () => {
    const { exitCode, err } = await proved(soundPlatform(), environment, "--json", "/nowhere/at/all.json");

    expect(exitCode).toBe(1);
    expect(err).toContain("/nowhere/at/all.json cannot be written: its directory does not exist.");
  });
});
