import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { InstanceTypes, parseClusterFile, renderFleet, renderSlurmFiles } from "../../../modules/hpc-cluster";

/**
 * Real Slurm runs the rendered configuration, and the real daemon talks to moto's EC2 and DynamoDB.
 * A machine's boot starts a slurmd under the node's name (slurm/machines.py).
 */

const file = `
Image: {Os: ubuntu2404}
HeadNode:
  InstanceType: c5.xlarge
  Ssh: {KeyName: hpc, AllowedIps: 10.0.0.0/8}
Scheduling:
  Scheduler: slurm
  SlurmSettings: {ScaledownIdletime: 1}
  SlurmQueues:
    - Name: q1
      ComputeResources:
        - {Name: cr1, InstanceType: c5.large, MinCount: 1, MaxCount: 4}
        - {Name: cr2, InstanceType: c5.large, MaxCount: 3, DynamicNodePriority: 2000}
    - Name: broken
      ComputeResources:
        - {Name: cr1, InstanceType: c5.large, MaxCount: 4}
    - Name: flex
      CapacityType: SPOT
      Meridian: {SpotFallback: true}
      ComputeResources:
        - {Name: any, Instances: [{InstanceType: c5.large}, {InstanceType: c5a.large}], MaxCount: 2}
    - Name: gpu
      ComputeResources:
        - {Name: p4d, InstanceType: p4d.24xlarge, MaxCount: 2, Efa: {Enabled: true}, Networking: {PlacementGroup: {Enabled: true}}}
`;

const here = join(__dirname, "slurm");
const directory = mkdtempSync(join(tmpdir(), "meridian-slurm-"));
const port = 21_000 + (process.pid % 4000) * 2;
const moto = `http://127.0.0.1:${port}`;
const children: ChildProcess[] = [];

const environment = {
  ...process.env,
  AWS_CA_BUNDLE: "",
  AWS_ACCESS_KEY_ID: "testing",
  AWS_SECRET_ACCESS_KEY: "testing",
  AWS_REGION: "eu-west-1",
  AWS_DEFAULT_REGION: "eu-west-1",
  AWS_EC2_METADATA_DISABLED: "true",
  AWS_ENDPOINT_URL: `http://127.0.0.1:${port + 1}`,
  MERIDIAN_FLEET: join(directory, "fleet.json"),
  MERIDIAN_SPOOL: join(directory, "spool/meridian"),
  SLURM_CONF: join(directory, "etc/slurm.conf"),
  SUSPEND_TIME: "20",
  RESUME_TIMEOUT: "20",
  SLURM_PORTS: String(port + 10),
  SLURM_CTLD_PORT: String(port + 2),
};

function start(command: string, ...parameters: string[]): void {
  children.push(spawn(command, parameters, { stdio: "ignore", env: environment }));
}

function run(command: string, ...parameters: string[]): string {
  return execFileSync(command, parameters, {
    env: environment,
    encoding: "utf8",
    timeout: 110_000,
    stdio: ["ignore", "pipe", "pipe"],
  });
}

function failure(command: string, ...parameters: string[]): string {
  try {
    run(command, ...parameters);
  } catch (error) {
    return String((error as { stderr?: unknown }).stderr);
  }
  throw new Error(`${command} was expected to fail`);
}

const daemonProgram = join(__dirname, "../../../modules/hpc-cluster/daemon/meridian_hpc.py");
const daemon = (...parameters: string[]) => run("python3", daemonProgram, ...parameters);
const harness = (action: string) => run(join(here, "harness.sh"), action, directory);
const log = () => readFileSync(join(directory, "log/daemon.log"), "utf8");

interface Status {
  readonly status: string;
  readonly nodes: Readonly<Record<string, string>>;
}

const status = () => JSON.parse(daemon("status")) as Status;

function states(): Record<string, string> {
  const lines = run("sinfo", "-h", "-N", "-o", "%N %t").trim().split("\n");
  return Object.fromEntries(lines.map((line) => line.trim().split(/\s+/) as [string, string]));
}

function instances(...filters: string[]): string[] {
  const program = `
import boto3, json, sys
pages = boto3.client("ec2").describe_instances(Filters=[{"Name": "instance-state-name", "Values": ["pending", "running"]}])
print(json.dumps([one["InstanceId"] for group in pages["Reservations"] for one in group["Instances"]]))`;
  return JSON.parse(run("python3", "-c", program, ...filters)) as string[];
}

function terminate(instance: string): void {
  run(
    "python3",
    "-c",
    "import boto3, sys; boto3.client('ec2').terminate_instances(InstanceIds=sys.argv[1:])",
    instance,
  );
}

/** The private zone's names and what they stand for. */
function names(): Record<string, string> {
  const program = `
import boto3, json, sys
fleet = json.load(open(sys.argv[1]))
records = boto3.client("route53").list_resource_record_sets(HostedZoneId=fleet["hostedZoneId"])["ResourceRecordSets"]
print(json.dumps({one["Name"]: one["ResourceRecords"][0]["Value"] for one in records if one["Type"] == "A"}))`;
  return JSON.parse(run("python3", "-c", program, environment.MERIDIAN_FLEET)) as Record<string, string>;
}

/** Changes what the daemon is told; it reads the file anew in its next round. */
function retell(changes: object): void {
  const fleet = JSON.parse(readFileSync(environment.MERIDIAN_FLEET, "utf8")) as object;
  writeFileSync(environment.MERIDIAN_FLEET, JSON.stringify({ ...fleet, ...changes }));
}

const capacity = (limits: Record<string, number>) => {
  writeFileSync(join(directory, "capacity.json"), JSON.stringify(limits));
};

async function until<T>(what: string, probe: () => T | undefined | false, seconds = 90): Promise<T> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const found = probe();
    if (found !== undefined && found !== false) {
      return found;
    }
    if (Date.now() > end) {
      throw new Error(
        `${what} did not happen in ${seconds} s: ${JSON.stringify(states())}\n${log().slice(-3000)}`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

const quiet = () =>
  until("an idle fleet", () => {
    const all = states();
    const nodes = Object.keys(all).filter((node) => !node.includes("-st-"));
    return all["q1-st-cr1-1"] === "idle" && nodes.every((node) => all[node] === "idle~");
  });

jest.setTimeout(240_000);

beforeAll(async () => {
  const { configuration } = parseClusterFile(file, "cluster.yaml");
  if (configuration === undefined) {
    throw new Error("the file of the test is wrong");
  }
  const rendered = renderSlurmFiles({
    configuration,
    clusterName: "demo",
    instanceTypes: new InstanceTypes(),
    headHostName: hostname().split(".")[0] ?? "",
    headAddress: "127.0.0.1",
  });
  mkdirSync(join(directory, "etc"), { recursive: true });
  for (const [name, content] of Object.entries(rendered)) {
    writeFileSync(join(directory, "etc", name), content);
  }
  const fleet = renderFleet(configuration, {
    region: "eu-west-1",
    clusterName: "demo",
    tableName: "nodes",
    headHostName: "head",
    headAddress: "127.0.0.1",
    launchTemplateIds: {},
    subnetIds: {},
    // The set-up makes the zone and fills in its id.
    hostedZoneId: "none",
    domain: "demo.hpc",
  });
  const quick = {
    loopSeconds: 1,
    orphanGraceSeconds: 5,
    capacityTimeoutSeconds: 15,
    protectedAfterFailures: 2,
  };
  writeFileSync(environment.MERIDIAN_FLEET, JSON.stringify({ ...fleet, ...quick }));
  start("moto_server", "-H", "127.0.0.1", "-p", String(port));
  start(
    "python3",
    join(here, "faults.py"),
    String(port + 1),
    moto,
    join(directory, "capacity.json"),
    environment.MERIDIAN_FLEET,
  );
  await new Promise((resolve) => setTimeout(resolve, 5000));
  harness("start");
});

afterAll(() => {
  harness("stop");
  for (const child of children) {
    child.kill("SIGKILL");
  }
  rmSync(directory, { recursive: true, force: true });
});

describe("a Slurm cluster", () => {
  it("brings up its static nodes", async () => {
    await quiet();

    expect(Object.keys(status().nodes)).toEqual(["q1-st-cr1-1"]);
  });

  it("starts a dynamic node for a job, which completes", () => {
    expect(run("srun", "-C", "dynamic", "sh", "-c", "echo $SLURMD_NODENAME").trim()).toBe("q1-dy-cr1-1");
  });

  it("gives each node a name in the private zone", () => {
    expect(names()).toEqual({
      "q1-st-cr1-1.demo.hpc.": expect.stringMatching(/^\d+\./) as string,
      "q1-dy-cr1-1.demo.hpc.": expect.stringMatching(/^\d+\./) as string,
    });
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
});
