import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { gunzipSync } from "node:zlib";

import type { Context } from "../session/context";
import { CommandError, messageOf } from "../base/errors";
import type { Cluster } from "./cluster";
import { fleetOf, fleetReport } from "./fleet";
import type { Item } from "../aws/fleet-table";
import { lineOf, logGroupOf, namesOf, splitStream } from "./logs";
import { isHeadNode, type Machine } from "../aws/machines";

/** What was collected, by file name, and what could not be. */
export interface Diagnosis {
  readonly files: Readonly<Record<string, string>>;
  readonly missing: readonly string[];
}

/** The daemon answers in its next round, a minute later at most. */
const answerSeconds = 90;
const pollMilliseconds = 3000;

/** Collects everything that is known of a cluster. What cannot be had is noted, and the rest collected all the same. */
export async function diagnosisOf(
  context: Context,
  cluster: Cluster,
  sinceSeconds: number,
): Promise<Diagnosis> {
  const { access, region, name } = cluster;
  const files: Record<string, string> = {};
  const missing: string[] = [];
  const part = async <Value>(what: string, read: () => Promise<Value>): Promise<Value | undefined> => {
    try {
      return await read();
    } catch (error) {
      missing.push(`${what}: ${messageOf(error)}`);
      return undefined;
    }
  };
  const asked = Math.floor(context.now().getTime() / 1000);
  await part("asking the head node", () => cluster.table.diagnose(asked));
  const machines = (await part("instances", () => context.aws.machines.of(access, region, name))) ?? [];
  files["instances.json"] = json(machines);
  for (const machine of machines) {
    const text = await part(`console of ${machine.id}`, () =>
      context.aws.machines.console(access, region, machine.id),
    );
    if (text !== undefined) {
      files[`console/${machine.id}.txt`] = text;
    }
  }
  const items = (await part("table", () => answeredItems(context, cluster, asked))) ?? [];
  const names = namesOf(fleetOf(items), machines);
  files["table.json"] = json(items.filter(({ Id }) => Id !== "DIAGNOSIS"));
  files["status.txt"] = fleetReport(name, fleetOf(items), asked);
  const answer = items.find(({ Id, At }) => Id === "DIAGNOSIS" && Number(At) >= asked);
  if (answer === undefined) {
    missing.push(
      "the head node's own view (Slurm, its logs, the consoles it kept): its daemon did not answer",
    );
  } else {
    files["head.txt"] = gunzipSync(Buffer.from(String(answer.Text), "base64")).toString("utf8");
  }
  const events = await part("logs", () =>
    context.aws.logs.events(access, region, {
      group: logGroupOf(cluster),
      since: context.now().getTime() - sinceSeconds * 1000,
    }),
  );
  if (events === undefined) {
    missing.push(`logs: there are none in ${logGroupOf(cluster)}`);
  }
  for (const event of events ?? []) {
    const [instance, log] = splitStream(event.stream);
    const file = `logs/${fileName(names.get(instance) ?? "former")}-${fileName(instance)}.${fileName(log)}.txt`;
    files[file] = `${files[file] ?? ""}${lineOf(event, names)}\n`;
  }
  files["README.txt"] = readme(name, asked, machines, missing);
  return { files, missing };
}

/** The items of the table, once the daemon has answered or the time for that is over. */
async function answeredItems(context: Context, cluster: Cluster, asked: number): Promise<readonly Item[]> {
  const end = context.now().getTime() + answerSeconds * 1000;
  for (;;) {
    const items = (await cluster.table.items()) ?? [];
    const isAnswered = items.some(({ Id, At }) => Id === "DIAGNOSIS" && Number(At) >= asked);
    const heartbeat = fleetOf(items).heartbeat ?? 0;
    if (isAnswered || context.now().getTime() >= end || asked - heartbeat > answerSeconds * 2) {
      return items;
    }
    await context.sleep(pollMilliseconds);
  }
}

function json(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

/** Names come from AWS; none may lead out of the archive. */
function fileName(text: string): string {
  return text.replace(/[^\w-]+/g, "_");
}

function readme(
  name: string,
  asked: number,
  machines: readonly Machine[],
  missing: readonly string[],
): string {
  const head = machines.find(isHeadNode);
  return [
    `What was known of the cluster ${name} at ${new Date(asked * 1000).toISOString()}.`,
    "Logs and consoles may hold what users wrote: check before you share this.",
    "",
    `Head node: ${head === undefined ? "none" : `${head.id}, ${head.state}`}`,
    ...(missing.length === 0 ? [] : ["", "Not collected:", ...missing.map((what) => `  ${what}`)]),
    "",
  ].join("\n");
}

const otherFile = "Name another file with --output; one that exists is not overwritten.";

/** @throws CommandError where the archive already exists. */
export function refuseExisting(archive: string): void {
  const path = resolve(archive);
  if (existsSync(path)) {
    throw new CommandError(`The archive ${path} already exists.`, otherFile);
  }
}

/**
 * Writes a diagnosis as one gzipped tar archive that only the user can read.
 *
 * @throws CommandError where it cannot be written; nothing half-written is left.
 */
export function writeArchive({ files }: Diagnosis, archive: string): string {
  const path = resolve(archive);
  const folder = mkdtempSync(join(tmpdir(), "meridian-diagnosis-"));
  try {
    for (const [file, text] of Object.entries(files)) {
      mkdirSync(join(folder, "files", file, ".."), { recursive: true });
      writeFileSync(join(folder, "files", file), text);
    }
    execFileSync("tar", ["-czf", join(folder, "archive"), "-C", join(folder, "files"), "."], {
      stdio: "pipe",
    });
    writeFileSync(path, readFileSync(join(folder, "archive")), { mode: 0o600, flag: "wx" });
    return path;
  } catch (error) {
    throw new CommandError(`The archive ${path} cannot be written: ${messageOf(error)}`, otherFile);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
