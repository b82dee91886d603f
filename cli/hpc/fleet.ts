import type { Item } from "../aws/fleet-table";

/** How many nodes of a queue are in which state, as Slurm calls it. */
export type NodeCounts = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** A launch or a boot that failed. */
export interface FleetFailure {
  /** Seconds since 1970. */
  readonly at: number;
  /** The compute resource or the node, such as `mpi/hpc7a`. */
  readonly what: string;
  /** The code that AWS gave, or what happened. */
  readonly why: string;
}

/** What the daemon on the head node last said of its fleet. */
export interface Fleet {
  /** `RUNNING`, `STOPPED` and so on; nothing before the daemon has started for the first time. */
  readonly status: string | undefined;
  /** When the daemon last said so, in seconds since 1970. */
  readonly heartbeat: number | undefined;
  readonly headNode: { readonly hostName: string; readonly address: string } | undefined;
  readonly nodes: NodeCounts;
  /** Instances by the node that they are. */
  readonly instances: Readonly<Record<string, string>>;
  /** Queues that take no more jobs because their nodes do not boot. */
  readonly protectedQueues: readonly string[];
  /** Compute resources that are left alone for want of capacity, and until when. */
  readonly withoutCapacity: Readonly<Record<string, { readonly code: string; readonly until: number }>>;
  /** The newest first. */
  readonly failures: readonly FleetFailure[];
  /**
   * A change of the cluster file that is deployed and not yet in force, by which strategy, and the nodes that it waits for.
   *
   * @default - all that is deployed is in force
   */
  readonly update?: { readonly strategy: string; readonly waiting: readonly string[] };
  /**
   * What the head node said when it had booted, or could not.
   *
   * @default - it has said nothing
   */
  readonly boot?: HeadNodeBoot;
}

/** What a head node says of its own boot. */
export interface HeadNodeBoot {
  readonly status: "READY" | "FAILED";
  /** The instance that said so. */
  readonly instance: string;
  /** The end of its log. */
  readonly log: string;
}

/** What the items of a cluster's table say of its fleet. */
export function fleetOf(items: readonly Item[]): Fleet {
  const fleet = items.find(({ Id }) => Id === "FLEET");
  const boot = items.find(({ Id }) => Id === "HEAD");
  const update = items.find(({ Id }) => Id === "UPDATE");
  const head = fleet?.HeadNode as { HostName: string; Address: string } | undefined;
  const failures = (items.find(({ Id }) => Id === "FAILURES")?.Last ?? []) as readonly {
    At: number;
    What: string;
    Why: string;
  }[];
  return {
    status: fleet?.Status as string | undefined,
    heartbeat: fleet?.Heartbeat as number | undefined,
    headNode: head && { hostName: head.HostName, address: head.Address },
    nodes: (fleet?.Nodes ?? {}) as NodeCounts,
    instances: Object.fromEntries(
      items
        .filter((item) => typeof item.InstanceId === "string")
        .map((item): [string, string] => [item.Id, String(item.InstanceId)])
        .sort(([one], [other]) => one.localeCompare(other, "en", { numeric: true })),
    ),
    protectedQueues: items
      .filter(({ Id, Protected }) => Id.startsWith("QUEUE/") && Protected === true)
      .map(({ Id }) => Id.slice("QUEUE/".length))
      .sort(),
    withoutCapacity: Object.fromEntries(
      items
        .filter(({ Id }) => Id.startsWith("RESOURCE/"))
        .map(({ Id, Code, DisabledUntil }) => [
          Id.slice("RESOURCE/".length),
          { code: String(Code), until: Number(DisabledUntil) },
        ]),
    ),
    failures: failures.map(({ At, What, Why }) => ({ at: At, what: What, why: Why })),
    ...(update === undefined
      ? {}
      : { update: { strategy: String(update.Strategy), waiting: update.Waiting as readonly string[] } }),
    ...(boot === undefined ? {} : { boot: bootOf(boot) }),
  };
}

function bootOf({ Status, InstanceId, Log }: Item): HeadNodeBoot {
  return {
    status: Status === "READY" ? "READY" : "FAILED",
    instance: String(InstanceId),
    log: typeof Log === "string" ? Log : "",
  };
}

/** Seconds without a word after which a daemon that speaks every minute counts as silent. */
const silenceSeconds = 300;

/** Whether a daemon that spoke then is silent now. */
export function isSilent(heartbeat: number, nowSeconds: number): boolean {
  return nowSeconds - heartbeat > silenceSeconds;
}

/** The fleet in lines for a person. */
export function fleetReport(name: string, fleet: Fleet, nowSeconds: number): string {
  const { status, heartbeat, headNode, nodes, protectedQueues, withoutCapacity, failures } = fleet;
  const age = heartbeat === undefined ? undefined : Math.max(0, Math.round(nowSeconds - heartbeat));
  const line = (title: string, text: string) => `${title.padEnd(11)}${text}`;
  const counts = Object.entries(nodes).map(([queue, states]) => {
    const parts = Object.entries(states).map(([state, count]) => `${count} ${state}`);
    const closed = protectedQueues.includes(queue) ? " (closed: its nodes do not boot)" : "";
    return `  ${queue}: ${parts.length === 0 ? "no nodes" : parts.join(", ")}${closed}`;
  });
  return [
    line("Cluster", name),
    line("Fleet", status ?? "not started: the head node has not reported yet"),
    ...(age === undefined
      ? []
      : [line("Daemon", age > silenceSeconds ? `silent for ${age} s` : `heard ${age} s ago`)]),
    ...(fleet.boot?.status === "FAILED"
      ? [
          line(
            "Boot",
            `${fleet.boot.instance} failed; \`meridian hpc logs --node head\` and \`hpc diagnose\` say why`,
          ),
        ]
      : []),
    ...(headNode === undefined ? [] : [line("Head node", `${headNode.hostName}, ${headNode.address}`)]),
    ...(fleet.update === undefined ? [] : [line("Change", changeText(fleet.update))]),
    line("Instances", String(Object.keys(fleet.instances).length)),
    ...(counts.length === 0 ? [] : ["Nodes", ...counts]),
    ...Object.entries(withoutCapacity).map(([resource, { code, until }]) =>
      line("Waiting", `${resource}: ${code}, tried again at ${timeOf(until)}`),
    ),
    ...(failures.length === 0
      ? []
      : ["Failures", ...failures.map(({ at, what, why }) => `  ${timeOf(at)} ${what}: ${why}`)]),
    "",
  ].join("\n");
}

function changeText({ strategy, waiting }: NonNullable<Fleet["update"]>): string {
  const until =
    strategy === "COMPUTE_FLEET_STOP"
      ? "until the fleet is stopped (`meridian hpc stop`), as these nodes run"
      : "for the jobs of these nodes";
  return waiting.length === 0
    ? `is taken over now (${strategy})`
    : `waits ${until} (${strategy}): ${waiting.join(", ")}`;
}

function timeOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace(/\.\d+Z$/, "Z");
}
