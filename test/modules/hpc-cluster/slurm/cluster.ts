import { type ChildProcess, spawn, spawnSync, type SpawnSyncReturns } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import {
  InstanceTypes,
  parseClusterFile,
  renderFleet,
  renderSlurmFiles,
} from "../../../../modules/hpc-cluster";

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
    - Name: wave
      CapacityType: SPOT
      ComputeResources:
        - {Name: spot, InstanceType: c5.large, MaxCount: 15}
    - Name: block
      CapacityType: CAPACITY_BLOCK
      CapacityReservationTarget: {CapacityReservationId: cr-0123456789abcdef0}
      ComputeResources:
        - {Name: p5, InstanceType: p5.48xlarge, MinCount: 1, MaxCount: 1}
    - Name: gpu
      HealthChecks: {Gpu: {Enabled: true}}
      ComputeResources:
        - {Name: p4d, InstanceType: p4d.24xlarge, MaxCount: 2, Efa: {Enabled: true}, Networking: {PlacementGroup: {Enabled: true}}}
`;

const here = __dirname;
export const directory = mkdtempSync(join(tmpdir(), "meridian-slurm-"));
const port = 21_000 + (process.pid % 4000) * 2;
const moto = `http://127.0.0.1:${port}`;
const children: ChildProcess[] = [];

export const environment = {
  ...process.env,
  AWS_CA_BUNDLE: "",
  PYTHONDONTWRITEBYTECODE: "1",
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

/** So long may a command wait for nodes on a machine that has much else to do. */
const patienceMilliseconds = 300_000;

export function run(command: string, ...parameters: string[]): string {
  const { status, stdout, stderr, error } = ran(command, parameters);
  if (status !== 0) {
    // Not the error itself: it refers to itself, and Jest cannot write that as JSON.
    throw new Error(
      `${command} ${parameters.join(" ")}: ${error?.message ?? `exit ${status ?? "by a signal"}`}\n${stderr}`,
    );
  }
  return stdout;
}

export function failure(command: string, ...parameters: string[]): string {
  const { status, stderr } = ran(command, parameters);
  if (status === 0) {
    throw new Error(`${command} was expected to fail`);
  }
  return stderr;
}

function ran(command: string, parameters: readonly string[]): SpawnSyncReturns<string> {
  return spawnSync(command, parameters, {
    env: environment,
    encoding: "utf8",
    timeout: patienceMilliseconds,
    stdio: ["ignore", "pipe", "pipe"],
  });
}

const daemonProgram = join(__dirname, "../../../../modules/hpc-cluster/daemon/meridian_hpc.py");
export const daemon = (...parameters: string[]) => run("python3", daemonProgram, ...parameters);
export const harness = (action: string) => run(join(here, "harness.sh"), action, directory);
export const log = () => readFileSync(join(directory, "log/daemon.log"), "utf8");

interface Status {
  readonly status: string;
  readonly nodes: Readonly<Record<string, string>>;
}

export const status = () => JSON.parse(daemon("status")) as Status;

export function states(): Record<string, string> {
  const lines = run("sinfo", "-h", "-N", "-o", "%N %t").trim().split("\n");
  return Object.fromEntries(lines.map((line) => line.trim().split(/\s+/) as [string, string]));
}

export function instances(...filters: string[]): string[] {
  const program = `
import boto3, json, sys
pages = boto3.client("ec2").describe_instances(Filters=[{"Name": "instance-state-name", "Values": ["pending", "running"]}])
print(json.dumps([one["InstanceId"] for group in pages["Reservations"] for one in group["Instances"]]))`;
  return JSON.parse(run("python3", "-c", program, ...filters)) as string[];
}

export function terminate(...ids: string[]): void {
  run(
    "python3",
    "-c",
    "import boto3, sys; boto3.client('ec2').terminate_instances(InstanceIds=sys.argv[1:])",
    ...ids,
  );
}

/** Does what an administrator does on the head node: as root, while the controller is another user. */
export function asAdministrator(...command: readonly [string, ...string[]]): string {
  const [program, ...parameters] = command;
  return process.getuid?.() === 0
    ? run(program, ...parameters)
    : run("sudo", "env", `SLURM_CONF=${environment.SLURM_CONF}`, program, ...parameters);
}

/** Does what an ordinary user does: who runs the tests, or, where that is root, `nobody`. */
export function asUser(...command: readonly [string, ...string[]]): string {
  const [program, ...parameters] = command;
  return process.getuid?.() === 0
    ? run("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", "env", "HOME=/tmp", ...command)
    : run(program, ...parameters);
}

/** The private zone's names and what they stand for. */
export function names(): Record<string, string> {
  const program = `
import boto3, json, sys
fleet = json.load(open(sys.argv[1]))
records = boto3.client("route53").list_resource_record_sets(HostedZoneId=fleet["hostedZoneId"])["ResourceRecordSets"]
print(json.dumps({one["Name"]: one["ResourceRecords"][0]["Value"] for one in records if one["Type"] == "A"}))`;
  return JSON.parse(run("python3", "-c", program, environment.MERIDIAN_FLEET)) as Record<string, string>;
}

/** What the daemon says to a changed file: 0 where it may be taken over, 3 while it waits. */
export function mayUpdate(changes: object): number | null {
  const next = join(directory, "next.json");
  const fleet = JSON.parse(readFileSync(environment.MERIDIAN_FLEET, "utf8")) as object;
  replace(next, { ...fleet, ...changes });
  return spawnSync("python3", [daemonProgram, "may-update", next], { env: environment }).status;
}

/** The queues as the daemon was told last. */
export const queues = () =>
  (
    JSON.parse(readFileSync(environment.MERIDIAN_FLEET, "utf8")) as {
      queues: Record<string, Record<string, { maxCount: number }>>;
    }
  ).queues;

/** Takes the last dynamic nodes of q1/cr1 out of Slurm's files, and starts the controller with that, as an update does. */
export function shrinkSlurm(): void {
  const path = join(directory, "etc/meridian_q1.conf");
  const text = readFileSync(path, "utf8")
    .replace(/^(NodeName=q1-dy-cr1-\[1-)3(\].* Port=)\[(\d+)-\d+\]$/m, "$11$2$3")
    .replaceAll("q1-dy-cr1-[1-3]", "q1-dy-cr1-[1-1]");
  writeFileSync(path, text);
  harness("kill-controller");
  harness("controller");
}

/** Changes what the daemon is told; it reads the file anew in its next round. */
export function retell(changes: object): void {
  const fleet = JSON.parse(readFileSync(environment.MERIDIAN_FLEET, "utf8")) as object;
  replace(environment.MERIDIAN_FLEET, { ...fleet, ...changes });
}

/** How many instances of each compute resource there still are, and the state of each capacity reservation. */
export const capacity = (limits: Record<string, number>, blocks: Record<string, string> = {}) => {
  replace(join(directory, "capacity.json"), { ...limits, blocks });
};

/** Writes a file at once, since another process reads it at any time. */
function replace(path: string, content: object): void {
  writeFileSync(`${path}.draft`, JSON.stringify(content));
  renameSync(`${path}.draft`, path);
}

export async function until<T>(what: string, probe: () => T | undefined | false, seconds = 90): Promise<T> {
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

export const quiet = () =>
  until("an idle fleet", () => {
    const all = states();
    const nodes = Object.keys(all).filter((node) => !node.includes("-st-"));
    return all["q1-st-cr1-1"] === "idle" && nodes.every((node) => all[node] === "idle~");
  });

/** Starts the cluster: the local AWS, Slurm and the daemon. */
export async function startCluster(): Promise<void> {
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
    // The set-up makes the templates and the zone, and fills in their ids.
    launchTemplateIds: Object.fromEntries(
      (configuration.Scheduling.SlurmQueues ?? []).flatMap((queue) =>
        queue.ComputeResources.map((resource) => [`${queue.Name}/${resource.Name}`, "none"]),
      ),
    ),
    subnetIds: {},
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
}

/** Ends all of it. */
export function stopCluster(): void {
  harness("stop");
  for (const child of children) {
    child.kill("SIGKILL");
  }
  rmSync(directory, { recursive: true, force: true });
}
