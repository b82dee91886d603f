import { fleetOf, fleetReport } from "../../../cli/hpc/fleet";
import type { FleetTable, Item } from "../../../cli/aws/fleet-table";
import { hpcCommand } from "../../../cli/commands/hpc";
import type { Context } from "../../../cli/session/context";
import type { TargetEnvironment } from "../../../cli/base/target-environment";
import { devEnvironment, fakeContext } from "../support/fake-context";

const noon = Date.parse("2026-11-20T12:00:00Z") / 1000;

const running: readonly Item[] = [
  {
    Id: "FLEET",
    Status: "RUNNING",
    Heartbeat: noon - 20,
    HeadNode: { HostName: "cfd-head", Address: "10.0.0.5" },
    Nodes: { mpi: { busy: 2, off: 14 }, pre: { down: 3 } },
  },
  { Id: "mpi-dy-hpc7a-10", InstanceId: "i-10", Address: "10.0.0.10", LaunchedAt: noon - 90 },
  { Id: "mpi-dy-hpc7a-2", InstanceId: "i-2", Address: "10.0.0.2", LaunchedAt: noon - 90 },
  { Id: "mpi-dy-hpc7a-3", Launch: "abc", LaunchedAt: noon - 1 },
  { Id: "QUEUE/pre", Failures: 10, Protected: true },
  { Id: "RESOURCE/mpi/p5", DisabledUntil: noon + 600, Code: "InsufficientInstanceCapacity" },
  { Id: "FAILURES", Last: [{ At: noon - 60, What: "mpi/p5", Why: "InsufficientInstanceCapacity" }] },
];

describe("the report of a fleet", () => {
  it("says what the daemon said last, node by node and failure by failure", () => {
    expect(fleetReport("prod-cfd", fleetOf(running), noon)).toBe(
      [
        "Cluster    prod-cfd",
        "Fleet      RUNNING",
        "Daemon     heard 20 s ago",
        "Head node  cfd-head, 10.0.0.5",
        "Instances  2",
        "Nodes",
        "  mpi: 2 busy, 14 off",
        "  pre: 3 down (closed: its nodes do not boot)",
        "Waiting    mpi/p5: InsufficientInstanceCapacity, tried again at 2026-11-20T12:10:00Z",
        "Failures",
        "  2026-11-20T11:59:00Z mpi/p5: InsufficientInstanceCapacity",
        "",
      ].join("\n"),
    );
  });

  it("says that a daemon is silent", () => {
    expect(fleetReport("prod-cfd", fleetOf(running), noon + 1000)).toContain(
      "Daemon     silent for 1020 s\n",
    );
  });

  it("says which nodes a change of the cluster waits for, and by which strategy", () => {
    const report = (Strategy: string, Waiting: string[]): string =>
      fleetReport("prod-cfd", fleetOf([{ Id: "UPDATE", Strategy, Waiting }]), noon);

    expect(report("DRAIN", ["mpi-dy-hpc7a-3", "mpi-dy-hpc7a-4"])).toContain(
      "Change     waits for the jobs of these nodes (DRAIN): mpi-dy-hpc7a-3, mpi-dy-hpc7a-4\n",
    );
    expect(report("COMPUTE_FLEET_STOP", ["mpi-st-hpc7a-1"])).toContain(
      "Change     waits until the fleet is stopped (`meridian hpc stop`), as these nodes run (COMPUTE_FLEET_STOP): mpi-st-hpc7a-1\n",
    );
    expect(report("TERMINATE", [])).toContain("Change     is taken over now (TERMINATE)\n");
  });

  it("says that the head node did not boot", () => {
    const items = [{ Id: "HEAD", Status: "FAILED", InstanceId: "i-1", Log: "E: no network" }];

    expect(fleetReport("prod-cfd", fleetOf(items), noon)).toContain(
      "Boot       i-1 failed; `meridian hpc logs --node head` and `hpc diagnose` say why\n",
    );
  });

  it("says that the head node has not started", () => {
    expect(fleetReport("prod-cfd", fleetOf([]), noon)).toBe(
      [
        "Cluster    prod-cfd",
        "Fleet      not started: the head node has not reported yet",
        "Instances  0",
        "",
      ].join("\n"),
    );
  });
});

const environment: TargetEnvironment = {
  ...devEnvironment,
  hpc: { clusters: { cfd: { file: "environments/hpc/cfd.yaml", region: "eu-west-1" } } },
};

/** Runs `meridian hpc …` on a table in memory. */
async function hpc(
  items: readonly Item[] | undefined,
  args: readonly string[],
  overrides: Partial<Context> = {},
): Promise<{ out: string; requests: string[]; opened: string[]; questions: string[] }> {
  const requests: string[] = [];
  const opened: string[] = [];
  const table: FleetTable = {
    items: () => Promise.resolve(items),
    request: (status) => {
      requests.push(status);
      return Promise.resolve();
    },
    diagnose: () => Promise.resolve(),
  };
  const context = fakeContext([], { environments: () => Promise.resolve([environment]), ...overrides });
  const command = hpcCommand(
    context,
    () => undefined,
    (_access, region, name) => {
      opened.push(`${region}/${name}`);
      return table;
    },
  );
  await command.parseAsync(args, { from: "user" });
  return { out: context.written.out, requests, opened, questions: context.questions };
}

describe("meridian hpc status", () => {
  it("reads the table of the cluster in its region", async () => {
    const { out, opened } = await hpc(running, ["status", "dev", "cfd"]);

    expect(opened).toEqual(["eu-west-1/meridian-hpc-dev-cfd"]);
    expect(out).toContain("Fleet      RUNNING\n");
  });

  it("prints the fleet as JSON", async () => {
    const { out } = await hpc(running, ["status", "dev", "cfd", "--json"]);

    expect(JSON.parse(out)).toEqual({
      cluster: "dev-cfd",
      status: "RUNNING",
      heartbeat: noon - 20,
      headNode: { hostName: "cfd-head", address: "10.0.0.5" },
      nodes: { mpi: { busy: 2, off: 14 }, pre: { down: 3 } },
      instances: { "mpi-dy-hpc7a-2": "i-2", "mpi-dy-hpc7a-10": "i-10" },
      protectedQueues: ["pre"],
      withoutCapacity: { "mpi/p5": { code: "InsufficientInstanceCapacity", until: noon + 600 } },
      failures: [{ at: noon - 60, what: "mpi/p5", why: "InsufficientInstanceCapacity" }],
    });
  });

  it("refuses an environment that does not exist and names the nearest", async () => {
    await expect(hpc(running, ["status", "dve", "cfd"])).rejects.toMatchObject({
      message: "There is no environment 'dve'.",
      remedy: "Did you mean 'dev'? There are: dev.",
    });
  });

  it("refuses a cluster that the environment does not have and names the nearest", async () => {
    await expect(hpc(running, ["status", "dev", "cdf"])).rejects.toMatchObject({
      message: "Environment 'dev' has no cluster 'cdf'.",
      remedy: "Did you mean 'cfd'? There are: cfd.",
    });
  });

  it("says where clusters are added when the environment has none", async () => {
    const environments = () => Promise.resolve([devEnvironment]);

    await expect(hpc(running, ["status", "dev", "cfd"], { environments })).rejects.toMatchObject({
      message: "Environment 'dev' has no cluster 'cfd'.",
      remedy: "Add it to 'hpc.clusters' in environments/dev.ts.",
    });
  });

  it("says that a cluster was not deployed, or has no fleet", async () => {
    await expect(hpc(undefined, ["status", "dev", "cfd"])).rejects.toMatchObject({
      message: "The cluster 'dev-cfd' has no fleet: there is no table meridian-hpc-dev-cfd.",
      remedy: "Deploy it with `meridian deploy dev`. A cluster with AWS Batch has none.",
    });
  });
});

describe("meridian hpc start", () => {
  const stopped: Item[] = [{ Id: "FLEET", Status: "STOPPED" }];

  it("asks the daemon to start a stopped fleet", async () => {
    const { out, requests } = await hpc(stopped, ["start", "dev", "cfd"]);

    expect(requests).toEqual(["START_REQUESTED"]);
    expect(out).toBe("The fleet of dev-cfd was asked to start; its daemon does so within a minute.\n");
  });

  it("leaves a running fleet alone", async () => {
    const { out, requests } = await hpc(running, ["start", "dev", "cfd"]);

    expect(requests).toEqual([]);
    expect(out).toBe("The fleet of dev-cfd is running already.\n");
  });

  it("opens a protected fleet again", async () => {
    const { requests } = await hpc([{ Id: "FLEET", Status: "PROTECTED" }], ["start", "dev", "cfd"]);

    expect(requests).toEqual(["START_REQUESTED"]);
  });
});

describe("meridian hpc stop", () => {
  it("asks the daemon to stop the fleet", async () => {
    const { out, requests } = await hpc(running, ["stop", "dev", "cfd", "--auto-approve"]);

    expect(requests).toEqual(["STOP_REQUESTED"]);
    expect(out).toBe("The fleet of dev-cfd was asked to stop; its daemon does so within a minute.\n");
  });

  it("leaves a stopped fleet alone", async () => {
    const items = [{ Id: "FLEET", Status: "STOPPED" }];
    const { out, requests } = await hpc(items, ["stop", "dev", "cfd", "--auto-approve"]);

    expect(requests).toEqual([]);
    expect(out).toBe("The fleet of dev-cfd is stopped already.\n");
  });

  it("refuses to end nodes where nobody is there to agree", async () => {
    await expect(hpc(running, ["stop", "dev", "cfd"])).rejects.toMatchObject({
      message: "Nobody is here to approve the changes to 'dev'.",
      remedy: "Give --auto-approve.",
    });
  });

  it("says how many nodes end, and stops nothing without a yes", async () => {
    const { terminal } = fakeContext();
    const asked: string[] = [];
    const ask = (question: string) => {
      asked.push(question);
      return Promise.resolve("no");
    };

    await expect(
      hpc(running, ["stop", "dev", "cfd"], { terminal: { ...terminal, isInteractive: true, ask } }),
    ).rejects.toMatchObject({ message: "Nothing was stopped." });
    expect(asked).toEqual(["Stop dev-cfd, ending 2 nodes and the jobs on them? [yes/no] "]);
  });
});
