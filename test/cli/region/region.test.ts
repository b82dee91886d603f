import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { RefusedByRule } from "../../../cli/aws/routing-controls";
import type { Context } from "../../../cli/session/context";
import type { TargetEnvironment, EnvironmentService } from "../../../cli/base/target-environment";
import { run } from "../../../cli/program";
import { devEnvironment, FakeAws, type FakeContext, fakeContext } from "../support/fake-context";

const regions = ["eu-west-1", "eu-central-1"] as const;
const arnOf = (region: string) => `arn:control:${region}`;
const set = {
  endpoints: [{ endpoint: "https://a.example.com/v1", region: "us-west-2" }],
  controlPanelArn: "arn:panel",
  safetyRuleArns: ["arn:rule"],
  minimumOn: 1,
  controls: Object.fromEntries(regions.map((region) => [region, arnOf(region)])),
};
const web: EnvironmentService = {
  regions,
  runtimes: { fargate: 100 },
  peakTasks: 2,
  healthCheck: { path: "/health" },
  routing: { entry: "dns", subdomain: "web", hostname: "web.example.com" },
};
const environment: TargetEnvironment = {
  ...devEnvironment,
  regions: Object.fromEntries(regions.map((region) => [region, {}])),
  state: { ...devEnvironment.state, replicaRegion: "eu-central-1" },
  domain: { name: "example.com" },
  recovery: { rtoSeconds: 156, survives: 1, routingControls: { minimumOn: 1 } },
  services: { web },
};
const parameter = "/meridian/dev/routing-controls";

/** Two regions, both on, in which the service runs; and what differs from that. */
function prepared(
  changes: Partial<TargetEnvironment> = {},
  prepare: (aws: FakeAws) => void = () => undefined,
): FakeContext {
  const aws = new FakeAws();
  for (const region of regions) {
    aws.parameterValues.set(`${region}${parameter}`, JSON.stringify(set));
    aws.controls.set(arnOf(region), true);
  }
  aws.workloads.ecsService = (_access, { cluster, name }) =>
    Promise.resolve(
      cluster === "dev" && name === "dev-web"
        ? {
            desiredTasks: 2,
            deployments: [
              {
                id: "1",
                isPrimary: true,
                taskDefinition: "web:1",
                rolloutState: "COMPLETED",
                reason: "",
                runningTasks: 2,
                desiredTasks: 2,
                failedTasks: 0,
              },
            ],
            targetGroupArns: [],
            events: [],
          }
        : undefined,
    );
  prepare(aws);
  const overrides: Partial<Context> = {
    aws,
    environments: () => Promise.resolve([{ ...environment, ...changes }]),
  };
  return fakeContext([], overrides);
}

async function meridian(context: FakeContext, ...args: string[]): Promise<[exitCode: number, text: string]> {
  context.written.out = "";
  context.written.err = "";
  const exitCode = await run(context, ["region", ...args]);
  return [exitCode, `${context.written.err}${context.written.out}`];
}

const evacuate = ["evacuate", "dev", "eu-west-1", "--auto-approve"];
const dark = () => Promise.reject(new Error("connect ETIMEDOUT"));

describe("meridian region evacuate", () => {
  it("turns the control off, reads it back, and says what users see and who did it", async () => {
    const context = prepared();

    const [exitCode, text] = await meridian(context, ...evacuate, "--reason", "packet loss");

    expect(exitCode).toBe(0);
    expect([...context.aws.controls]).toEqual([
      [arnOf("eu-west-1"), false],
      [arnOf("eu-central-1"), true],
    ]);
    expect(text).toContain("ok     web  serves in eu-central-1\n");
    expect(text).toContain(
      "The routing control of eu-west-1 is Off, set by arn:aws:iam::111122223333:user/ada at 2026-11-20T12:00:00.000Z.\n",
    );
    expect(text).toContain(
      "New connections go elsewhere within about 60 s after Route 53 has seen the control, which takes seconds: resolvers keep an answer for 60 s, and some clients longer.\nOpen connections stay until their clients close them, or the load balancers do after 156 s of silence.\n",
    );
    const record = {
      environment: "dev",
      region: "eu-west-1",
      state: "Off",
      by: "arn:aws:iam::111122223333:user/ada",
      at: "2026-11-20T12:00:00.000Z",
      overridden: [],
      reason: "packet loss",
    };
    const name = "2026-11-20T12-00-00-000Z-eu-west-1.json";
    expect(text).toContain(`Recorded in s3://states-replica/dev/region-changes/${name}.`);
    const [written] = context.aws.objects.versionsByKey.get(`dev/region-changes/${name}`) ?? [];
    expect(JSON.parse(written ?? "")).toEqual(record);
    const local = join(context.workspace.root, "region-changes", name);
    expect(JSON.parse(readFileSync(local, "utf8"))).toEqual(record);
  });

  it("asks before it acts, and changes nothing without a yes", async () => {
    const context = prepared();
    Object.assign(context.terminal, { isInteractive: true });

    const [exitCode, text] = await meridian(context, "evacuate", "dev", "eu-west-1");

    expect(context.questions).toEqual(["Route users of 'dev' out of eu-west-1? [yes/no] "]);
    expect([exitCode, context.aws.controls.get(arnOf("eu-west-1"))]).toEqual([1, true]);
    expect(text).toContain("Nothing was changed.");
  });

  it("refuses where nobody can answer", async () => {
    const [exitCode, text] = await meridian(
      prepared({ confirmation: "name" }),
      "evacuate",
      "dev",
      "eu-west-1",
    );

    expect(exitCode).toBe(2);
    expect(text).toContain(
      "Nobody is here to approve the changes to 'dev'.\nTo do: Give --auto-approve --confirm dev.",
    );
  });

  it("refuses to route users to where nothing serves them, unless readiness is ignored", async () => {
    const silent = (aws: FakeAws) => (aws.entries.status = dark);
    const context = prepared({}, silent);

    const [exitCode, text] = await meridian(context, ...evacuate);

    expect(exitCode).toBe(1);
    expect(text).toContain(
      "Error: eu-west-1 keeps its routing control unchanged: users would be routed to where nothing serves them.\n  web: serves nowhere else (eu-central-1: 2 tasks run, https://web.eu-central-1.example.com/health does not answer: connect ETIMEDOUT)\nTo do: Start these services first. To continue anyway, give --ignore-readiness.\n",
    );
    expect(context.aws.controls.get(arnOf("eu-west-1"))).toBe(true);
    expect((await meridian(context, ...evacuate, "--ignore-readiness"))[0]).toBe(0);
  });

  it("refuses to take the last region out, unless the safety rule is overridden by its flag", async () => {
    const overridden: (readonly string[])[] = [];
    const context = prepared({}, (aws) => {
      aws.controls.set(arnOf("eu-central-1"), false);
      const before = { ...aws.routingControls };
      aws.routingControls.set = (access, endpoints, wanted, rules) => {
        overridden.push(rules);
        return before.set(access, endpoints, wanted, rules);
      };
    });

    const [exitCode, text] = await meridian(context, ...evacuate);

    expect(exitCode).toBe(1);
    expect(text).toContain(
      "Error: The safety rule keeps 1 region on, and this would leave 0. Nothing was changed.\nTo do: Bring another region back first with `meridian region restore`. To override the rule, give --override-safety-rules; while all controls are off, Route 53 answers as if all regions were healthy.\n",
    );
    expect((await meridian(context, ...evacuate, "--override-safety-rules"))[0]).toBe(0);
    expect(overridden).toEqual([["arn:rule"]]);
  });

  it("does nothing where the region is out already", async () => {
    const context = prepared({}, (aws) => aws.controls.set(arnOf("eu-west-1"), false));

    expect(await meridian(context, ...evacuate)).toEqual([
      0,
      expect.stringContaining("The routing control of eu-west-1 is Off already. Nothing was changed.\n"),
    ]);
  });

  it("continues while the region that leaves is dark, with its state and its credentials' answers", async () => {
    const context = prepared({}, (aws) => {
      aws.parameterValues.delete(`eu-west-1${parameter}`);
      const identity = aws.callerIdentity();
      aws.callerIdentity = (...args: unknown[]) => (args[1] === "eu-west-1" ? dark() : identity);
      aws.readState = dark;
    });

    const [exitCode, text] = await meridian(context, ...evacuate);

    expect(exitCode).toBe(0);
    expect(text).toContain(`Found by: parameter ${parameter} in eu-central-1\n`);
    expect(text).toContain("set by arn:aws:iam::111122223333:user/ada");
  });

  it("considers a change done that an endpoint made without reporting it", async () => {
    const context = prepared({}, (aws) => {
      const before = { ...aws.routingControls };
      aws.routingControls.set = async (...args) => {
        await before.set(...args);
        throw new RefusedByRule("A safety rule refuses the change: wait period");
      };
    });

    expect((await meridian(context, ...evacuate))[0]).toBe(0);
  });

  it("fails where the state is read otherwise than it was set", async () => {
    const context = prepared({}, (aws) => (aws.routingControls.set = () => Promise.resolve()));

    const [exitCode, text] = await meridian(context, ...evacuate);

    expect(exitCode).toBe(1);
    expect(text).toContain(
      "Error: The routing control of eu-west-1 was set to Off, but still reads differently.\nTo do: Somebody else may have set it back: ask them, check with `meridian region status`, and run the command again.\n",
    );
  });

  it("says so where the record is on this machine only", async () => {
    const context = prepared({}, (aws) => (aws.objects.write = dark));

    const [exitCode, text] = await meridian(context, ...evacuate);

    expect(exitCode).toBe(0);
    expect(text).toContain("The record of this change is on this machine only.\n");
    expect(readdirSync(join(context.workspace.root, "region-changes"))).toHaveLength(1);
  });

  it("refuses credentials of another account", async () => {
    const context = prepared({}, (aws) => (aws.account = "999999999999"));

    const [exitCode, text] = await meridian(context, ...evacuate);

    expect(exitCode).toBe(1);
    expect(text).toContain(
      "The credentials are for account 999999999999 (arn:aws:iam::999999999999:user/ada), but environment 'dev' is account 111122223333. Nothing was changed.",
    );
  });

  it("refuses a region that the environment does not have, and an environment without controls", async () => {
    expect(await meridian(prepared(), "evacuate", "dev", "eu-west-2", "--auto-approve")).toEqual([
      2,
      "Error: 'dev' has no region 'eu-west-2'.\nTo do: Did you mean 'eu-west-1'? There are: eu-west-1, eu-central-1.\n",
    ]);
    const [exitCode, text] = await meridian(
      prepared({ recovery: { rtoSeconds: 156, survives: 1 } }),
      ...evacuate,
    );
    expect(exitCode).toBe(1);
    expect(text).toBe(
      "Error: The environment 'dev' has no routing controls: only their health takes its regions out and brings them back.\nTo do: Set `recovery: { routingControls: {} }` in environments/dev.ts and deploy, before they are needed. What they cost is in modules/routing-controls/README.md.\n",
    );
  });

  it("says of each entry how its users move", async () => {
    const entered = (entry: EnvironmentService["routing"]["entry"]) => ({
      ...web,
      routing: { ...web.routing, entry },
    });
    const context = prepared({
      services: {
        web,
        api: entered("accelerator"),
        site: entered("distribution"),
        ledger: entered("private"),
      },
    });

    const [, text] = await meridian(context, ...evacuate, "--ignore-readiness");

    expect(text).toContain(
      "api: the names leave the accelerator for the regions that are on. Clients that keep its addresses are routed by its own checks, also to eu-west-1.\nsite: CloudFront asks for the regions by the same names, and what it has cached stays.\nledger: private, so each network uses its own region.\n",
    );
  });
});

describe("meridian region restore", () => {
  it("turns the control on again once the region serves", async () => {
    const context = prepared({}, (aws) => aws.controls.set(arnOf("eu-west-1"), false));

    const [exitCode, text] = await meridian(context, "restore", "dev", "eu-west-1", "--auto-approve");

    expect(exitCode).toBe(0);
    expect(context.aws.controls.get(arnOf("eu-west-1"))).toBe(true);
    expect(text).toContain(
      "web  in eu-west-1: 2 tasks run, https://web.eu-west-1.example.com/health answers 200\n",
    );
  });

  it("refuses while the region does not serve", async () => {
    const context = prepared({}, (aws) => {
      aws.controls.set(arnOf("eu-west-1"), false);
      aws.entries.status = () => Promise.resolve(503);
    });

    const [exitCode, text] = await meridian(context, "restore", "dev", "eu-west-1", "--auto-approve");

    expect(exitCode).toBe(1);
    expect(text).toContain(
      "  web: in eu-west-1: 2 tasks run, https://web.eu-west-1.example.com/health answers 503\n",
    );
  });
});

describe("meridian region status", () => {
  it("shows each control, and keeps and writes where they are", async () => {
    const context = prepared({}, (aws) => aws.controls.set(arnOf("eu-central-1"), false));
    const file = join(context.workspace.projectDirectory, "where.json");

    const [exitCode, text] = await meridian(context, "status", "dev", "--save", file);

    expect(exitCode).toBe(0);
    expect(text).toMatch(/eu-west-1\s+On\s+arn:control:eu-west-1/);
    expect(text).toMatch(/eu-central-1\s+Off\s+arn:control:eu-central-1/);
    expect(JSON.parse(readFileSync(file, "utf8"))).toEqual(set);
    expect(JSON.parse(readFileSync(context.workspace.routingControls("dev"), "utf8"))).toEqual(set);
  });

  it("finds the controls in the last copy, under version control, or in the given file", async () => {
    const nowhere = (aws: FakeAws) => (aws.entries.parameter = dark);
    const text = JSON.stringify(set);
    const context = prepared({}, nowhere);
    const committed = join(context.workspace.projectDirectory, "environments/dev.routing-controls.json");
    mkdirSync(join(committed, ".."));
    writeFileSync(committed, text);

    expect(await meridian(context, "status", "dev")).toEqual([
      0,
      expect.stringContaining(`Found by: ${committed}\n`),
    ]);
    expect(await meridian(context, "status", "dev")).toEqual([
      0,
      expect.stringContaining(`Found by: ${context.workspace.routingControls("dev")}\n`),
    ]);
    expect((await meridian(prepared({}, nowhere), "status", "dev", "--controls", committed))[0]).toBe(0);
  });

  it("refuses where nothing says where the controls are, with what each place said", async () => {
    const context = prepared({}, (aws) => {
      aws.parameterValues.delete(`eu-west-1${parameter}`);
      aws.parameterValues.set(`eu-central-1${parameter}`, "{}");
    });
    const { workspace } = context;

    const [exitCode, text] = await meridian(context, "status", "dev");

    expect(exitCode).toBe(1);
    expect(text).toBe(
      [
        "Error: Where the routing controls of 'dev' are cannot be determined.",
        `  eu-west-1: there is no parameter ${parameter}`,
        `  eu-central-1: parameter ${parameter} in eu-central-1 does not say where the routing controls are: endpoints: Invalid input: expected array, received undefined; controlPanelArn: Invalid input: expected string, received undefined; safetyRuleArns: Invalid input: expected array, received undefined; minimumOn: Invalid input: expected number, received undefined; controls: Invalid input: expected record, received undefined`,
        `  ${workspace.routingControls("dev")}: there is no such file`,
        `  ${join(workspace.projectDirectory, "environments/dev.routing-controls.json")}: there is no such file`,
        "To do: Give a copy with --controls <file>; `meridian region status dev --save environments/dev.routing-controls.json` writes one to commit while everything is healthy.",
        "",
      ].join("\n"),
    );
    expect(existsSync(workspace.routingControls("dev"))).toBe(false);
  });
});
