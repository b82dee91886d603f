import { spawn } from "node:child_process";
import { chmodSync, copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";

import {
  asAdministrator,
  asUser,
  capacity,
  daemon,
  directory,
  environment,
  failure,
  harness,
  instances,
  log,
  mayUpdate,
  names,
  queues,
  quiet,
  retell,
  run,
  shrinkSlurm,
  startCluster,
  states,
  status,
  stopCluster,
  terminate,
  until,
} from "./slurm/cluster";

jest.setTimeout(240_000);

beforeAll(startCluster);

afterAll(stopCluster);

describe("a Slurm cluster", () => {
  it("brings up its static nodes", async () => {
    await quiet();

    expect(Object.keys(status().nodes)).toEqual(["q1-st-cr1-1"]);
  });

  it("starts a dynamic node for a job, which completes", () => {
    expect(run("srun", "-C", "dynamic", "sh", "-c", "echo $SLURMD_NODENAME").trim()).toBe("q1-dy-cr1-1");
  });

  it("lets a job lock as much memory as its node may, whatever the shell may that it was submitted from", () => {
    const ofNodes = /^Max locked memory\s+(\S+)/m.exec(readFileSync("/proc/self/limits", "utf8"))?.[1] ?? "";
    const job = ["srun", "-C", "dynamic", "sh", "-c", "ulimit -l; id -u"] as const;

    const [limit, user] = asUser("prlimit", "--memlock=32768:32768", ...job).split("\n");

    expect(limit).toBe(ofNodes === "unlimited" ? ofNodes : String(Number(ofNodes) / 1024));
    expect(user).not.toBe("0");
  });

  it("gives each node a name in the private zone", () => {
    expect(names()).toEqual({
      "q1-st-cr1-1.demo.hpc.": expect.stringMatching(/^\d+\./) as string,
      "q1-dy-cr1-1.demo.hpc.": expect.stringMatching(/^\d+\./) as string,
    });
  });

  it.each([2, 4])("runs an MPI program that a user has built over %i nodes by TCP", (nodes) => {
    const home = join(directory, `home-${nodes}`);
    mkdirSync(home);
    chmodSync(home, 0o777);
    const program = join(home, "sum");
    copyFileSync(join(__dirname, "slurm/sum.c"), `${program}.c`);
    asUser("mpicc", `${program}.c`, "-o", program);

    // Without a word on MPI: srun takes what the cluster's file says. No other way than TCP between ranks.
    const tcp = [
      "env",
      "OMPI_MCA_pml=ob1",
      "OMPI_MCA_btl=self,tcp",
      "OMPI_MCA_btl_tcp_if_include=lo",
    ] as const;
    const output = asUser(...tcp, "srun", "-D", home, "-N", String(nodes), "-C", "cr1", program);

    const sum = (nodes * (nodes - 1)) / 2;
    const lines = Array.from(
      { length: nodes },
      (_, rank) => `rank ${rank} of ${nodes} on node ${rank}: ${sum}`,
    );
    expect(output.trim().split("\n").sort()).toEqual(lines);
  });

  it("launches one of several types by a fleet request", () => {
    expect(run("srun", "-p", "flex", "sh", "-c", "echo $SLURMD_NODENAME").trim()).toBe("flex-dy-any-1");
    expect(log()).not.toContain("On-Demand");
  });

  it("falls back to On-Demand where Spot has no capacity and the file asks for it", () => {
    capacity({ "flex/any spot": 0 });

    expect(
      run("srun", "-p", "flex", "-N2", "sh", "-c", "echo $SLURMD_NODENAME").trim().split("\n").sort(),
    ).toEqual(["flex-dy-any-1", "flex-dy-any-2"]);
    expect(log()).toContain("flex/any has no Spot capacity, so On-Demand is launched");
    capacity({});
  });

  it("gives GPUs and the EFA feature to jobs that ask for them", () => {
    const job = [
      "-p",
      "gpu",
      "-C",
      "efa",
      "--gres=gpu:a100:4",
      "sh",
      "-c",
      "echo $SLURMD_NODENAME $CUDA_VISIBLE_DEVICES",
    ];

    expect(run("srun", ...job).trim()).toBe("gpu-dy-p4d-1 0,1,2,3");
  });

  it("drains a node whose GPUs fail before a job, runs the job on another, and replaces the node", async () => {
    writeFileSync(join(directory, "gpu-lost"), "gpu-dy-p4d-1\n");
    const output = join(directory, "out/gpu");

    run("sbatch", "-W", "-p", "gpu", "--gres=gpu:a100:8", "-o", output, "--wrap", "echo $SLURMD_NODENAME");

    expect(readFileSync(output, "utf8").trim()).toBe("gpu-dy-p4d-2");
    writeFileSync(join(directory, "gpu-lost"), "");
    await until("the node to be powered down", () => states()["gpu-dy-p4d-1"] === "idle~");
    expect(Object.keys(status().nodes)).not.toContain("gpu-dy-p4d-1");
  });

  it("ends the instances of idle nodes", async () => {
    await quiet();

    await until("one instance", () => instances().length === 1);
    expect(Object.keys(status().nodes)).toEqual(["q1-st-cr1-1"]);
    expect(Object.keys(names())).toEqual(["q1-st-cr1-1.demo.hpc."]);
  });

  it("replaces a static node that was killed", async () => {
    const before = status().nodes["q1-st-cr1-1"] ?? "";

    terminate(before);

    const after = await until("a new instance", () => {
      const now = status().nodes["q1-st-cr1-1"];
      return now !== undefined && now !== before && now;
    });
    await quiet();
    expect(instances()).toEqual([after]);
  });

  it("moves a job to the next compute resource when the first has no capacity", async () => {
    capacity({ "q1/cr1": 0 });
    const output = join(directory, "out/moved");

    run("sbatch", "-W", "-C", "dynamic", "-o", output, "--wrap", "echo $SLURMD_NODENAME");

    expect(readFileSync(output, "utf8").trim()).toBe("q1-dy-cr2-1");
    expect(log()).toContain("InsufficientInstanceCapacity");
    capacity({});
    await quiet();
  });

  it("launches all nodes of a job or none", async () => {
    capacity({ "q1/cr1": 2, "q1/cr2": 0 });

    const job = run("sbatch", "--parsable", "-N3", "-C", "cr1&dynamic", "--wrap", "true").trim();
    await until("the refusal of the launch", () => states()["q1-dy-cr1-1"]?.startsWith("down"));

    expect(instances()).toHaveLength(1);
    run("scancel", job);
    capacity({});
    await quiet();
    const nodes = run("srun", "-N3", "-C", "cr1&dynamic", "sh", "-c", "echo $SLURMD_NODENAME")
      .trim()
      .split("\n")
      .sort();
    expect(nodes).toEqual(["q1-dy-cr1-1", "q1-dy-cr1-2", "q1-dy-cr1-3"]);
    await quiet();
  });

  it("launches what there is of a job where the strategy is best-effort", async () => {
    retell({ scalingStrategy: "best-effort" });
    await new Promise((resolve) => setTimeout(resolve, 2500));
    capacity({ "q1/cr1": 2 });

    const job = run("sbatch", "--parsable", "-N3", "-C", "cr1&dynamic", "--wrap", "true").trim();

    await until("two more instances", () => instances().length === 3);
    await until("the third node down", () => states()["q1-dy-cr1-3"]?.startsWith("down"));
    run("scancel", job);
    capacity({});
    retell({ scalingStrategy: "all-or-nothing" });
    await quiet();
  });

  it("gives back what does not complete a job where the strategy is greedy", async () => {
    retell({ scalingStrategy: "greedy-all-or-nothing" });
    await new Promise((resolve) => setTimeout(resolve, 2500));
    capacity({ "q1/cr1": 2, "q1/cr2": 0 });

    const job = run("sbatch", "--parsable", "-N3", "-C", "cr1&dynamic", "--wrap", "true").trim();

    await until("all nodes of the job down", () =>
      ["q1-dy-cr1-1", "q1-dy-cr1-2", "q1-dy-cr1-3"].every((node) => states()[node]?.startsWith("down")),
    );
    expect(instances()).toHaveLength(1);
    run("scancel", job);
    capacity({});
    await quiet();
    run("srun", "-N2", "-C", "cr1&dynamic", "true");
    retell({ scalingStrategy: "all-or-nothing" });
    await quiet();
  });

  it("recovers from a daemon that was killed in the middle, with no lost and no orphaned instance", async () => {
    const job = spawn("srun", ["-N3", "-C", "cr1&dynamic", "hostname"], { env: environment });
    const done = new Promise<number | null>((resolve) => job.on("exit", resolve));
    await until("the launch", () => instances().length > 1, 30);

    harness("kill-daemon");
    await new Promise((resolve) => setTimeout(resolve, 2000));
    harness("daemon");

    expect(await done).toBe(0);
    await quiet();
    await until("one instance", () => instances().length === 1);
  });

  it("keeps a queue open through a Spot wave of 12 of its 15 nodes, and a node as its administrator left it", async () => {
    run("srun", "-p", "q1", "-C", "cr2", "true");
    const held = status().nodes["q1-dy-cr2-1"] ?? "";
    asAdministrator("scontrol", "update", "nodename=q1-dy-cr2-1", "state=down", "reason=looking at it");
    const output = join(directory, "out/wave-%a");
    const script = join(directory, "out/wave.sh");
    const go = join(directory, "out/go");
    writeFileSync(script, `#!/bin/sh\nuntil [ -e ${go} ]; do sleep 1; done\necho done\n`, { mode: 0o755 });
    const job = run(
      "sbatch",
      "--parsable",
      "-p",
      "wave",
      "--array=1-15",
      "--exclusive",
      "-o",
      output,
      script,
    ).trim();
    const running = () =>
      run("squeue", "-h", "-r", "-j", job, "-t", "R", "-o", "%T").split("RUNNING").length - 1;
    await until("15 running jobs", () => running() === 15, 180);

    const lost = Object.entries(status().nodes).filter(([node]) => node.startsWith("wave-"));
    terminate(...lost.slice(0, 12).map(([, instance]) => instance));
    await until(
      "the daemon to see it",
      () => (log().match(/ERROR wave-dy-spot-\d+ lost/g)?.length ?? 0) === 12,
    );
    writeFileSync(go, "");

    await until("all jobs done", () => run("squeue", "-h", "-j", job) === "", 180);
    for (let task = 1; task <= 15; task += 1) {
      expect(readFileSync(join(directory, `out/wave-${task}`), "utf8")).toContain("done\n");
    }
    expect(run("sinfo", "-h", "-p", "wave", "-o", "%a").trim()).toBe("up");
    expect(log()).not.toMatch(/wave-dy-spot-\d+ did not boot/);
    await until("the node as it was left", () => states()["q1-dy-cr2-1"]?.startsWith("down"));
    expect(status().nodes["q1-dy-cr2-1"]).toBe(held);
    expect(instances()).toContain(held);
    asAdministrator("scontrol", "update", "nodename=q1-dy-cr2-1", "state=resume");
    await quiet();
  });

  it("reserves a capacity block until it is active, and runs the jobs that waited for it", async () => {
    const job = run("sbatch", "--parsable", "-p", "block", "-o", "/dev/null", "--wrap", "true").trim();
    const reason = () => run("squeue", "-h", "-j", job, "-o", "%R");
    await until("the job to wait for the block", () => /Reserv|ReqNodeNotAvail/.test(reason()));
    expect(instances()).toHaveLength(1);

    capacity({}, { "cr-0123456789abcdef0": "active" });

    await until("the job's end", () => run("squeue", "-h", "-j", job) === "");
    expect(status().nodes).toHaveProperty("block-st-p5-1");
    capacity({}, { "cr-0123456789abcdef0": "expired" });
    terminate(status().nodes["block-st-p5-1"] ?? "");
    await until("the block to be given up", () => !("block-st-p5-1" in status().nodes));
    expect(run("scontrol", "show", "reservations")).toContain("meridian-block-p5");
    await quiet();
  });

  it("drains the nodes that a change removes, and ends them once their job has run to its end", async () => {
    const go = join(directory, "out/go-on");
    const script = join(directory, "out/long.sh");
    const output = join(directory, "out/long");
    writeFileSync(script, `#!/bin/sh\nuntil [ -e ${go} ]; do sleep 1; done\necho done\n`, { mode: 0o755 });
    const job = run("sbatch", "--parsable", "-N3", "-C", "cr1&dynamic", "-o", output, script).trim();
    await until("the job", () => run("squeue", "-h", "-j", job, "-o", "%T").trim() === "RUNNING");
    const { cr1, ...others } = queues().q1 ?? {};
    const fewer = { queues: { ...queues(), q1: { cr1: { ...cr1, maxCount: 2 }, ...others } } };

    expect(mayUpdate({ ...fewer, queueUpdateStrategy: "COMPUTE_FLEET_STOP" })).toBe(3);
    expect(states()["q1-dy-cr1-3"]).toBe("mix");
    expect(mayUpdate({ ...fewer, queueUpdateStrategy: "DRAIN" })).toBe(3);
    expect([1, 2, 3].map((number) => states()[`q1-dy-cr1-${number}`])).toEqual(["mix", "drng", "drng"]);

    writeFileSync(go, "");
    await until("the job's end", () => run("squeue", "-h", "-j", job) === "");
    expect(readFileSync(output, "utf8")).toBe("done\n");
    await until("the change", () => mayUpdate({ ...fewer, queueUpdateStrategy: "DRAIN" }) === 0);
    shrinkSlurm();
    daemon("updated");
    retell(fewer);
    await until("the end of the removed nodes", () => !("q1-dy-cr1-3" in status().nodes));
    expect(
      run("srun", "-N2", "-C", "cr1", "sh", "-c", "echo $SLURMD_NODENAME").trim().split("\n").sort(),
    ).toEqual(["q1-dy-cr1-1", "q1-st-cr1-1"]);
    await quiet();
  });

  it("protects a queue whose nodes do not boot", async () => {
    writeFileSync(join(directory, "never-boot"), "broken-\n");

    const job = run("sbatch", "--parsable", "-p", "broken", "-N2", "--wrap", "true").trim();

    await until("protection", () => status().status === "PROTECTED", 120);
    expect(run("sinfo", "-h", "-p", "broken", "-o", "%a").trim()).toBe("inactive");
    expect(run("sinfo", "-h", "-p", "q1", "-o", "%a").trim()).toBe("up");
    run("scancel", job);
    rmSync(join(directory, "never-boot"));
  });

  it("refuses jobs while the fleet is stopped, and takes them again", async () => {
    daemon("stop");
    await until("a stopped fleet", () => status().status === "STOPPED");

    expect(instances()).toEqual([]);
    expect(failure("srun", "-p", "q1", "hostname")).toContain("inactive");

    daemon("start");
    await quiet();
    expect(run("srun", "-p", "q1", "hostname").trim()).toBe(hostname());
  });

  it("leaves no machine behind a silent head node, and none of them ends while it answers", async () => {
    run("srun", "-p", "q1", "-C", "dynamic", "true");
    const before = instances();
    writeFileSync(join(directory, "watch"), "");
    await new Promise((resolve) => setTimeout(resolve, 8000));
    expect(instances()).toEqual(before);

    harness("kill-daemon");
    harness("kill-controller");

    await until("the end of all machines", () => instances().length === 0, 150);
    rmSync(join(directory, "watch"));
    harness("controller");
    harness("daemon");
    await quiet();
  });
});
