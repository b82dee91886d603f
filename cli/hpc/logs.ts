import { CommandError, UsageError } from "../base/errors";
import type { Context } from "../session/context";
import type { Cluster } from "./cluster";
import { type Fleet, fleetOf } from "./fleet";
import type { LogEvent } from "../aws/log-events";
import { isHeadNode, type Machine, stands } from "../aws/machines";

/** Options of `meridian hpc logs`. */
export interface LogOptions {
  readonly node?: string;
  readonly log?: string;
  readonly since: string;
  readonly filter?: string;
  readonly limit: string;
}

const secondsPerUnit = { s: 1, m: 60, h: 3600, d: 86_400 } as const;

/**
 * How many seconds a duration such as `90m` has.
 *
 * @throws UsageError for other text.
 */
export function durationSeconds(option: string, text: string): number {
  const [, count, unit] = /^(\d+)([smhd])$/.exec(text) ?? [];
  if (count === undefined || unit === undefined) {
    throw new UsageError(
      `${option} must be a number with a unit, got '${text}'.`,
      "Write for example 30m, 2h or 3d.",
    );
  }
  return Number(count) * secondsPerUnit[unit as keyof typeof secondsPerUnit];
}

/** The log group of a cluster, as modules/hpc-cluster names it. */
export function logGroupOf({ name }: Cluster): string {
  return `/meridian/hpc/${name}`;
}

/** The names that people know instances by: the node's, `head`, or a login pool's. */
export function namesOf(fleet: Fleet, machines: readonly Machine[]): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const { id, tags } of machines) {
    const pool = tags["meridian:login-pool"];
    if (pool !== undefined) {
      names.set(id, `login-${pool}`);
    }
  }
  const heads = machines.filter(isHeadNode);
  for (const machine of heads) {
    names.set(machine.id, stands(machine) ? "head" : "former-head");
  }
  for (const [node, id] of Object.entries(fleet.instances)) {
    names.set(id, node);
  }
  return names;
}

/** The lines of a cluster's logs, each with when, which node and which log. */
export async function clusterLogs(context: Context, cluster: Cluster, options: LogOptions): Promise<string> {
  const { access, region } = cluster;
  const limit = Number(options.limit);
  if (!Number.isInteger(limit) || limit < 1) {
    throw new UsageError(`--limit must be a whole number of lines from 1, got '${options.limit}'.`);
  }
  const since = context.now().getTime() - durationSeconds("--since", options.since) * 1000;
  const names = namesOf(
    fleetOf((await cluster.table.items()) ?? []),
    await context.aws.machines.of(access, region, cluster.name),
  );
  const instance = options.node === undefined ? undefined : instanceNamed(options.node, names, cluster);
  const events = await context.aws.logs.events(access, region, {
    group: logGroupOf(cluster),
    since,
    ...(instance === undefined ? {} : { streamPrefix: `${instance}.` }),
    ...(options.filter === undefined ? {} : { pattern: options.filter }),
  });
  if (events === undefined) {
    throw new CommandError(
      `The cluster '${cluster.name}' has no logs in CloudWatch: there is no log group ${logGroupOf(cluster)}.`,
      `Deploy it with \`meridian deploy ${cluster.environment.name}\`. With Monitoring.Logs.CloudWatch.Enabled: false its logs stay on its nodes.`,
    );
  }
  const lines = events
    .filter(({ stream }) => options.log === undefined || stream.endsWith(`.${options.log}`))
    .slice(-limit)
    .map((event) => `${lineOf(event, names)}\n`);
  return lines.length === 0 ? `There is nothing in the last ${options.since}.\n` : lines.join("");
}

/** One event as a line. */
export function lineOf({ at, stream, message }: LogEvent, names: ReadonlyMap<string, string>): string {
  const [instance, log] = splitStream(stream);
  return `${new Date(at).toISOString()} ${names.get(instance) ?? instance} ${log} ${message}`;
}

/** The instance and the log of a stream. */
export function splitStream(stream: string): [string, string] {
  const dot = stream.indexOf(".");
  return dot === -1 ? [stream, ""] : [stream.slice(0, dot), stream.slice(dot + 1)];
}

function instanceNamed(node: string, names: ReadonlyMap<string, string>, cluster: Cluster): string {
  if (/^i-[0-9a-f]+$/.test(node)) {
    return node;
  }
  const [instance] = [...names].find(([, name]) => name === node) ?? [];
  if (instance === undefined) {
    throw new UsageError(
      `No instance of ${cluster.name} is the node '${node}' now.`,
      `Name the instance that it was (\`meridian hpc logs\` without --node shows them all), or one of: ${[...new Set(names.values())].sort().join(", ") || "none runs"}.`,
    );
  }
  return instance;
}
