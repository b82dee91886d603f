import type {
  ClusterConfiguration,
  ComputeResourceConfiguration,
  SlurmQueueConfiguration,
} from "../file/cluster-keys";
import { checksGpusOfAny, typesOf } from "../checks/check";
import type { GpuFacts, InstanceTypeFacts, InstanceTypes } from "../machines/instance-types";

/** What the Slurm files need beside the cluster file. */
export interface SlurmFilesProps {
  /** The cluster's name. */
  readonly clusterName: string;
  /** The configuration with its defaults. */
  readonly configuration: ClusterConfiguration;
  /** What is known of instance types. */
  readonly instanceTypes: InstanceTypes;
  /** The head node's short host name. */
  readonly headHostName: string;
  /** The head node's private address. */
  readonly headAddress: string;
}

/** Where the daemon's programs are on the head node. */
export const programDirectory = "/opt/meridian/bin";

/** What Slurm runs on a node before each job. */
const prologPath = "/opt/meridian/shared/prolog.sh";

/** Share of an instance's memory that jobs may use; the rest is the operating system's. */
const schedulableShare = 0.95;

const suspendTimeoutSeconds = 120;
const accountingPort = 6819;
const databasePort = 3306;

/**
 * The Slurm configuration of a cluster, by file name below Slurm's configuration directory. It is
 * text and nothing else: the tests run it with real Slurm.
 */
export function renderSlurmFiles(props: SlurmFilesProps): Record<string, string> {
  const queues = props.configuration.Scheduling.SlurmQueues ?? [];
  return {
    "slurm.conf": lines(slurmConf(props)),
    "cgroup.conf": lines(["ConstrainCores=yes", "ConstrainRAMSpace=yes", "ConstrainDevices=yes"]),
    "gres.conf": lines(queues.flatMap((queue) => gresLines(props, queue))),
    ...Object.fromEntries(
      queues.map((queue, index) => [partitionFile(queue), lines(partitionLines(props, queue, index === 0))]),
    ),
    ...slurmdbdFile(props),
  };
}

function lines(all: readonly string[]): string {
  return all.length === 0 ? "" : `${all.join("\n")}\n`;
}

function partitionFile(queue: SlurmQueueConfiguration): string {
  return `meridian_${queue.Name}.conf`;
}

function slurmConf(props: SlurmFilesProps): string[] {
  const { configuration, clusterName, headHostName, headAddress } = props;
  const { SlurmSettings, SlurmQueues = [] } = configuration.Scheduling;
  return [
    `ClusterName=${clusterName.toLowerCase()}`,
    `SlurmctldHost=${headHostName}(${headAddress})`,
    "SlurmUser=slurm",
    "AuthType=auth/munge",
    "AuthInfo=cred_expire=70",
    "SlurmctldPort=6820-6829",
    "SlurmdPort=6818",
    "StateSaveLocation=/var/spool/slurm.state",
    "SlurmdSpoolDir=/var/spool/slurmd",
    "SlurmctldLogFile=/var/log/slurmctld.log",
    "SlurmdLogFile=/var/log/slurmd.log",
    "SlurmctldDebug=info",
    "SlurmdDebug=info",
    "SlurmctldTimeout=300",
    "SlurmdTimeout=180",
    "MessageTimeout=60",
    "BatchStartTimeout=180",
    "UnkillableStepTimeout=180",
    "ReturnToService=1",
    "ReconfigFlags=KeepPartState",
    "PrivateData=cloud",
    "CommunicationParameters=NoAddrCache",
    `TreeWidth=${treeWidth(SlurmSettings)}`,
    "ProctrackType=proctrack/cgroup",
    "TaskPlugin=task/affinity,task/cgroup",
    "MpiDefault=pmix",
    // A job may lock as much memory as its node lets it: what it was submitted from may allow 64 KB, and EFA needs more.
    "PropagateResourceLimitsExcept=MEMLOCK",
    "SchedulerType=sched/backfill",
    "SchedulerParameters=nohold_on_prolog_fail",
    "SelectType=select/cons_tres",
    `SelectTypeParameters=${SlurmSettings?.EnableMemoryBasedScheduling === true ? "CR_CPU_Memory" : "CR_CPU"}`,
    "EnforcePartLimits=ALL",
    "GresTypes=gpu",
    "SlurmctldParameters=idle_on_node_suspend,power_save_min_interval=30,node_reg_mem_percent=75",
    `ResumeProgram=${programDirectory}/resume`,
    `ResumeFailProgram=${programDirectory}/resume-failed`,
    `SuspendProgram=${programDirectory}/suspend`,
    "ResumeRate=0",
    "SuspendRate=0",
    `ResumeTimeout=${configuration.DevSettings.Timeouts.ComputeNodeBootstrapTimeout}`,
    `SuspendTimeout=${suspendTimeoutSeconds}`,
    `SuspendTime=${suspendTime(SlurmSettings)}`,
    ...prologLines(SlurmQueues),
    ...accountingLines(props),
    ...SlurmQueues.map((queue) => `include ${partitionFile(queue)}`),
    ...staticLine(SlurmQueues),
    ...(SlurmSettings?.CustomSlurmSettings ?? []).map(settingsLine),
    ...(SlurmSettings?.CustomSlurmSettingsIncludeFile === undefined ? [] : ["include meridian_custom.conf"]),
  ];
}

type SlurmSettings = ClusterConfiguration["Scheduling"]["SlurmSettings"];

/** Without names of its own a node cannot forward messages, so the controller reaches all directly. */
function treeWidth(settings: SlurmSettings): number {
  const managedDns = settings?.Dns.DisableManagedDns !== true && settings?.Dns.UseEc2Hostnames !== true;
  return managedDns ? 30 : 65_533;
}

/** With `Alloc` the prolog runs on every node of a job before its first step, also for `salloc`. */
function prologLines(queues: readonly SlurmQueueConfiguration[]): string[] {
  return checksGpusOfAny(queues) ? [`Prolog=${prologPath}`, "PrologFlags=Alloc"] : [];
}

function suspendTime(settings: SlurmSettings): string {
  const idleMinutes = settings?.ScaledownIdletime ?? 10;
  return idleMinutes === -1 ? "INFINITE" : String(idleMinutes * 60);
}

function accountingLines({ configuration, headAddress }: SlurmFilesProps): string[] {
  const { Database, ExternalSlurmdbd } = configuration.Scheduling.SlurmSettings ?? {};
  // Login and compute nodes ask the daemon too, and know the head node by its address only.
  const host = ExternalSlurmdbd?.Host ?? (Database === undefined ? undefined : headAddress);
  return host === undefined
    ? ["JobAcctGatherType=jobacct_gather/none"]
    : [
        "AccountingStorageType=accounting_storage/slurmdbd",
        `AccountingStorageHost=${host}`,
        `AccountingStoragePort=${ExternalSlurmdbd?.Port ?? accountingPort}`,
        "AccountingStorageUser=slurm",
        "JobAcctGatherType=jobacct_gather/cgroup",
      ];
}

/** The password's place is filled on the head node, from the secret. */
function slurmdbdFile({ configuration, clusterName, headHostName }: SlurmFilesProps): Record<string, string> {
  const database = configuration.Scheduling.SlurmSettings?.Database;
  if (database === undefined) {
    return {};
  }
  const [host = "", port = String(databasePort)] = database.Uri.split(":");
  return {
    "slurmdbd.conf.template": lines([
      "AuthType=auth/munge",
      `DbdHost=${headHostName}`,
      `DbdPort=${accountingPort}`,
      "SlurmUser=slurm",
      "LogFile=/var/log/slurmdbd.log",
      "StorageType=accounting_storage/mysql",
      `StorageHost=${host}`,
      `StoragePort=${port}`,
      `StorageLoc=${database.DatabaseName ?? `${clusterName.toLowerCase().replace(/-/g, "_")}_slurm`}`,
      `StorageUser=${database.UserName}`,
      "StoragePass=@PASSWORD@",
    ]),
  };
}

function settingsLine(settings: Readonly<Record<string, string>>): string {
  return Object.entries(settings)
    .map(([key, value]) => `${key}=${value}`)
    .join(" ");
}

/** The names of a resource's nodes of one kind as Slurm writes them, `q1-dy-cr1-[1-8]`; none without nodes. */
function nodeNames(
  queue: SlurmQueueConfiguration,
  resource: ComputeResourceConfiguration,
  kind: "st" | "dy",
): string | undefined {
  const count = kind === "st" ? resource.MinCount : resource.MaxCount - resource.MinCount;
  return count === 0 ? undefined : `${queue.Name}-${kind}-${resource.Name}-[1-${count}]`;
}

function staticLine(queues: readonly SlurmQueueConfiguration[]): string[] {
  const names = queues.flatMap((queue) =>
    queue.ComputeResources.map((resource) => nodeNames(queue, resource, "st")),
  );
  const present = names.filter((name) => name !== undefined);
  return present.length === 0 ? [] : [`SuspendExcNodes=${present.join(",")}`];
}

function partitionLines(props: SlurmFilesProps, queue: SlurmQueueConfiguration, first: boolean): string[] {
  const names = queue.ComputeResources.flatMap((resource) =>
    (["st", "dy"] as const).map((kind) => nodeNames(queue, resource, kind)),
  ).filter((name) => name !== undefined);
  const nodes = queue.ComputeResources.flatMap((resource) => nodeLines(props, queue, resource));
  const partition = [
    `PartitionName=${queue.Name}`,
    `Nodes=${queue.Name}_nodes`,
    "MaxTime=INFINITE",
    "State=UP",
    ...(first ? ["Default=YES"] : []),
    ...(queue.JobExclusiveAllocation ? ["OverSubscribe=EXCLUSIVE"] : []),
    ...(queue.CustomSlurmSettings === undefined ? [] : [settingsLine(queue.CustomSlurmSettings)]),
  ];
  return [...nodes, `NodeSet=${queue.Name}_nodes Nodes=${names.join(",")}`, partition.join(" ")];
}

function nodeLines(
  props: SlurmFilesProps,
  queue: SlurmQueueConfiguration,
  resource: ComputeResourceConfiguration,
): string[] {
  const facts = knownFacts(props.instanceTypes, resource);
  const gpus = nvidiaGpus(facts);
  const kinds = [
    { kind: "st", word: "static", weight: resource.StaticNodePriority },
    { kind: "dy", word: "dynamic", weight: resource.DynamicNodePriority },
  ] as const;
  return kinds.flatMap(({ kind, word, weight }) => {
    const names = nodeNames(queue, resource, kind);
    const [type, ...others] = typesOf(resource);
    const features = [
      word,
      ...(others.length === 0 ? [type] : []),
      resource.Name,
      ...(resource.Efa.Enabled ? ["efa"] : []),
      ...(gpus === undefined ? [] : ["gpu"]),
    ];
    const line = [
      `NodeName=${names}`,
      `CPUs=${cpusOf(facts, resource)}`,
      `RealMemory=${memoryOf(facts, resource)}`,
      "State=CLOUD",
      `Feature=${features.join(",")}`,
      `Weight=${weight}`,
      ...(gpus === undefined ? [] : [`Gres=gpu:${modelOf(gpus)}:${gpus.count}`]),
      ...(resource.CustomSlurmSettings === undefined ? [] : [settingsLine(resource.CustomSlurmSettings)]),
    ];
    return names === undefined ? [] : [line.join(" ")];
  });
}

function gresLines(props: SlurmFilesProps, queue: SlurmQueueConfiguration): string[] {
  return queue.ComputeResources.flatMap((resource) => {
    const gpus = nvidiaGpus(knownFacts(props.instanceTypes, resource));
    if (gpus === undefined) {
      return [];
    }
    const files = gpus.count === 1 ? "/dev/nvidia0" : `/dev/nvidia[0-${gpus.count - 1}]`;
    return (["st", "dy"] as const)
      .map((kind) => nodeNames(queue, resource, kind))
      .filter((names) => names !== undefined)
      .map((names) => `NodeName=${names} Name=gpu Type=${modelOf(gpus)} File=${files}`);
  });
}

function knownFacts(
  instanceTypes: InstanceTypes,
  resource: ComputeResourceConfiguration,
): InstanceTypeFacts[] {
  return typesOf(resource)
    .map((type) => instanceTypes.find(type))
    .filter((facts) => facts !== undefined);
}

function cpusOf(facts: readonly InstanceTypeFacts[], resource: ComputeResourceConfiguration): number {
  return Math.min(
    ...facts.map(({ cores, vcpus }) => (resource.DisableSimultaneousMultithreading ? cores : vcpus)),
  );
}

function memoryOf(facts: readonly InstanceTypeFacts[], resource: ComputeResourceConfiguration): number {
  return (
    resource.SchedulableMemory ??
    Math.floor(schedulableShare * Math.min(...facts.map(({ memoryMiB }) => memoryMiB)))
  );
}

function nvidiaGpus(facts: readonly InstanceTypeFacts[]): GpuFacts | undefined {
  const [first] = facts;
  return first?.gpus?.manufacturer === "NVIDIA" && first.gpus.count > 0 ? first.gpus : undefined;
}

function modelOf(gpus: GpuFacts): string {
  return gpus.model.toLowerCase().replace(/[^a-z0-9]+/g, "_");
}
