import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

import { hpcCommand } from "../../../cli/commands/hpc";
import type { Context } from "../../../cli/session/context";
import type { Item } from "../../../cli/aws/fleet-table";
import { devEnvironment, FakeAws, fakeContext } from "../support/fake-context";

const noon = Date.parse("2026-11-20T12:00:00Z");

function cloud(): FakeAws {
  const aws = new FakeAws();
  const tags = { "meridian:cluster": "dev-cfd" };
  const facts = { state: "running", type: "c5.large", launchedAt: noon / 1000 - 600, stateReason: undefined };
  aws.machinesOfClusters = [
    { ...facts, id: "i-01", tags: { ...tags, "meridian:node-type": "HeadNode" } },
    { ...facts, id: "i-02", tags: { ...tags, "meridian:queue": "mpi" } },
  ];
  aws.consoles.set("i-02", "kernel: ready\n");
  aws.logEvents.set("/meridian/hpc/dev-cfd", [
    { at: noon - 7_200_000, stream: "i-01.slurmctld", message: "started" },
    { at: noon - 60_000, stream: "i-01.meridian-daemon", message: "INFO watched 3 nodes" },
    { at: noon - 30_000, stream: "i-02.slurmd", message: "slurmd version 24.05.8 started" },
    { at: noon - 10_000, stream: "i-99.meridian-bootstrap", message: "E: no network" },
  ]);
  return aws;
}

const items: readonly Item[] = [
  { Id: "FLEET", Status: "RUNNING", Heartbeat: noon / 1000 - 20 },
  { Id: "mpi-dy-hpc7a-1", InstanceId: "i-02", Address: "10.0.0.2", LaunchedAt: 1 },
];

async function hpc(
  args: readonly string[],
  aws = cloud(),
  rows: readonly Item[] = items,
  overrides: Partial<Context> = {},
) {
  const environment = { ...devEnvironment, hpc: { clusters: { cfd: { file: "cfd.yaml" } } } };
  const environments = () => Promise.resolve([environment]);
  const context = fakeContext([], { environments, aws, ...overrides });
  const asked: number[] = [];
  const command = hpcCommand(
    context,
    () => undefined,
    () => ({
      items: () => Promise.resolve(rows),
      request: () => Promise.resolve(),
      diagnose: (at) => {
        asked.push(at);
        return Promise.resolve();
      },
    }),
  );
  await command.parseAsync(args, { from: "user" });
  return { ...context.written, asked };
}

describe("meridian hpc logs", () => {
  it("prints the last hour of all nodes under the names that people know", async () => {
    const { out } = await hpc(["logs", "dev", "cfd"]);

    expect(out).toBe(
      [
        "2026-11-20T11:59:00.000Z head meridian-daemon INFO watched 3 nodes",
        "2026-11-20T11:59:30.000Z mpi-dy-hpc7a-1 slurmd slurmd version 24.05.8 started",
        "2026-11-20T11:59:50.000Z i-99 meridian-bootstrap E: no network",
        "",
      ].join("\n"),
    );
  });

  it("prints one log of one node, as far back as asked, the newest lines of it", async () => {
    const since = ["--since", "3h"];

    expect((await hpc(["logs", "dev", "cfd", "--node", "head", "--log", "slurmctld", ...since])).out).toBe(
      "2026-11-20T10:00:00.000Z head slurmctld started\n",
    );
    expect((await hpc(["logs", "dev", "cfd", "--node", "head", "--limit", "1", ...since])).out).toBe(
      "2026-11-20T11:59:00.000Z head meridian-daemon INFO watched 3 nodes\n",
    );
    expect((await hpc(["logs", "dev", "cfd", "--node", "i-99"])).out).toContain("E: no network");
    expect((await hpc(["logs", "dev", "cfd", "--log", "slurmdbd"])).out).toBe(
      "There is nothing in the last 1h.\n",
    );
  });

  it("refuses a node that no instance is now and names those there are", async () => {
    await expect(hpc(["logs", "dev", "cfd", "--node", "mpi-dy-hpc7a-9"])).rejects.toMatchObject({
      message: "No instance of dev-cfd is the node 'mpi-dy-hpc7a-9' now.",
      remedy:
        "Name the instance that it was (`meridian hpc logs` without --node shows them all), or one of: head, mpi-dy-hpc7a-1.",
    });
  });

  it("refuses durations and limits that are none", async () => {
    await expect(hpc(["logs", "dev", "cfd", "--since", "yesterday"])).rejects.toMatchObject({
      message: "--since must be a number with a unit, got 'yesterday'.",
      remedy: "Write for example 30m, 2h or 3d.",
    });
    await expect(hpc(["logs", "dev", "cfd", "--limit", "0"])).rejects.toMatchObject({
      message: "--limit must be a whole number of lines from 1, got '0'.",
    });
  });

  it("says where the logs are when CloudWatch has none", async () => {
    const aws = cloud();
    aws.logEvents.clear();

    await expect(hpc(["logs", "dev", "cfd"], aws)).rejects.toMatchObject({
      message:
        "The cluster 'dev-cfd' has no logs in CloudWatch: there is no log group /meridian/hpc/dev-cfd.",
      remedy:
        "Deploy it with `meridian deploy dev`. With Monitoring.Logs.CloudWatch.Enabled: false its logs stay on its nodes.",
    });
  });
});

describe("meridian hpc diagnose", () => {
  const directory = mkdtempSync(join(tmpdir(), "meridian-archive-"));
  const archive = join(directory, "cfd.tar.gz");
  const read = (name: string): string =>
    execFileSync("tar", ["-xzOf", archive, `./${name}`], { encoding: "utf8" });

  afterAll(() => {
    rmSync(directory, { recursive: true });
  });

  it("writes one archive of the logs, the consoles, the table and the head node's own view, for the user only", async () => {
    const answer = {
      Id: "DIAGNOSIS",
      At: noon / 1000,
      Text: gzipSync("===== sinfo -R\n").toString("base64"),
    };

    const { out, err, asked } = await hpc(["diagnose", "dev", "cfd", "--output", archive], cloud(), [
      ...items,
      answer,
    ]);

    expect({ out, err, asked }).toEqual({ out: `${archive}\n`, err: "", asked: [noon / 1000] });
    expect(statSync(archive).mode & 0o777).toBe(0o600);
    const names = execFileSync("tar", ["-tzf", archive], { encoding: "utf8" }).trim().split("\n");
    expect(names.filter((name) => !name.endsWith("/")).sort()).toEqual([
      "./README.txt",
      "./console/i-02.txt",
      "./head.txt",
      "./instances.json",
      "./logs/former-i-99.meridian-bootstrap.txt",
      "./logs/head-i-01.meridian-daemon.txt",
      "./logs/head-i-01.slurmctld.txt",
      "./logs/mpi-dy-hpc7a-1-i-02.slurmd.txt",
      "./status.txt",
      "./table.json",
    ]);
    expect(read("head.txt")).toBe("===== sinfo -R\n");
    expect(read("console/i-02.txt")).toBe("kernel: ready\n");
    expect(read("logs/former-i-99.meridian-bootstrap.txt")).toContain("E: no network");
  });

  it("refuses to overwrite a file and leaves it as it was", async () => {
    const before = readFileSync(archive);

    await expect(hpc(["diagnose", "dev", "cfd", "--output", archive])).rejects.toMatchObject({
      message: `The archive ${archive} already exists.`,
      remedy: "Name another file with --output; one that exists is not overwritten.",
    });
    expect(readFileSync(archive).equals(before)).toBe(true);
  });

  it("waits 90 seconds for a daemon that lives and does not answer", async () => {
    let at = noon;
    const clock = {
      now: () => new Date(at),
      sleep: (milliseconds: number) => Promise.resolve((at += milliseconds)),
    };
    const { err } = await hpc(
      ["diagnose", "dev", "cfd", "--output", join(directory, "late.tar.gz")],
      cloud(),
      items,
      clock,
    );

    expect(at).toBe(noon + 90_000);
    expect(err).toBe(
      "Not collected: the head node's own view (Slurm, its logs, the consoles it kept): its daemon did not answer\n",
    );
  });

  it("collects what there is of a cluster whose head node is silent, and says what is missing", async () => {
    const other = join(directory, "silent.tar.gz");
    const aws = cloud();
    aws.logEvents.clear();

    const { err } = await hpc(["diagnose", "dev", "cfd", "--output", other], aws, []);

    expect(existsSync(other)).toBe(true);
    expect(err).toBe(
      [
        "Not collected: the head node's own view (Slurm, its logs, the consoles it kept): its daemon did not answer",
        "Not collected: logs: there are none in /meridian/hpc/dev-cfd",
        "",
      ].join("\n"),
    );
  });
});
