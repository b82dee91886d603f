import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { Argument, Command } from "commander";

import type { ClusterFileText, CommandResult } from "../../modules/hpc-cluster";
import { Approval, type ApprovalOptions } from "../gates/approval";
import type { Context } from "../session/context";
import { CommandError, exitCodes, messageOf } from "../base/errors";
import { type Cluster, clusterNamed, fleetOfCluster } from "../hpc/cluster";
import { diagnosisOf, refuseExisting, writeArchive } from "../hpc/diagnosis";
import { fleetReport } from "../hpc/fleet";
import { dynamodbTable, type OpenFleetTable } from "../aws/fleet-table";
import { clusterLogs, durationSeconds, type LogOptions } from "../hpc/logs";
import { buildImage, imageList, imageStatus } from "../hpc/ready-images";

/** The module is large and needed by these commands alone. */
const load = createRequire(__filename);

function hpc(): typeof import("../../modules/hpc-cluster") {
  return load("../../modules/hpc-cluster") as typeof import("../../modules/hpc-cluster");
}

/** `meridian hpc validate|explain|status|start|stop|logs|diagnose|image`. */
export function hpcCommand(
  context: Context,
  done: (exitCode: number) => void,
  open: OpenFleetTable = dynamodbTable,
): Command {
  const finish = ({ text, exitCode }: CommandResult): void => {
    context.terminal.out(`${text}\n`);
    done(exitCode);
  };
  return new Command("hpc")
    .description("ParallelCluster files and their clusters: check, explain, watch, start, stop and diagnose")
    .addCommand(
      new Command("validate")
        .description("list the findings of ParallelCluster files; exit with 1 when one is an error")
        .argument("<file...>")
        .option("--json", "as a JSON list")
        .action((files: string[], options: { json?: boolean }) => {
          finish(hpc().validateCommand(files.map(readText), { json: options.json }));
        }),
    )
    .addCommand(
      new Command("explain")
        .description("print a ParallelCluster file with every default filled in")
        .argument("<file>")
        .action((file: string) => {
          finish(hpc().explainCommand(readText(file)));
        }),
    )
    .addCommand(
      onCluster("status", "show what a cluster's fleet does, and its latest errors")
        .option("--json", "as JSON")
        .action(async (environment: string, cluster: string, { json }: { json?: boolean }) => {
          await showStatus(context, await clusterNamed(context, environment, cluster, open), json);
          done(exitCodes.success);
        }),
    )
    .addCommand(
      onCluster("start", "let a cluster's fleet take jobs again").action(
        async (environment: string, cluster: string) => {
          await startFleet(context, await clusterNamed(context, environment, cluster, open));
          done(exitCodes.success);
        },
      ),
    )
    .addCommand(
      onCluster("logs", "print the logs of a cluster's nodes")
        .option("--node <name>", "of one node: `head`, a node's name, or an instance")
        .option("--log <name>", "one log, such as slurmctld, meridian-daemon, meridian-bootstrap or slurmd")
        .option("--since <duration>", "how far back, such as 30m or 2d", "1h")
        .option("--filter <pattern>", "a filter pattern of CloudWatch Logs")
        .option("--limit <lines>", "at most this many lines, the newest", "1000")
        .action(async (environment: string, cluster: string, options: LogOptions) => {
          const found = await clusterNamed(context, environment, cluster, open);
          context.terminal.out(await clusterLogs(context, found, options));
          done(exitCodes.success);
        }),
    )
    .addCommand(
      onCluster("diagnose", "collect logs, consoles and states of a cluster in one archive")
        .option("--output <file>", "the archive", "meridian-diagnosis.tar.gz")
        .option("--since <duration>", "how far back logs go, such as 30m or 2d", "1d")
        .action(async (environment: string, cluster: string, options: { output: string; since: string }) => {
          const seconds = durationSeconds("--since", options.since);
          // Collecting takes up to two minutes, which nobody wants to lose.
          refuseExisting(options.output);
          const found = await clusterNamed(context, environment, cluster, open);
          const diagnosis = await diagnosisOf(context, found, seconds);
          context.terminal.out(`${writeArchive(diagnosis, options.output)}\n`);
          diagnosis.missing.forEach((what) => {
            context.terminal.err(`Not collected: ${what}\n`);
          });
          done(exitCodes.success);
        }),
    )
    .addCommand(
      onCluster("image", "build the image that a cluster's nodes boot from, or show what exists")
        .addArgument(new Argument("<action>", "what to do").choices(["build", "list", "status"]))
        .option("--no-wait", "start the build without waiting for it")
        .action(
          async (environment: string, cluster: string, action: ImageAction, { wait }: { wait: boolean }) => {
            const found = await clusterNamed(context, environment, cluster, open);
            await onImages[action](context, found, wait);
            done(exitCodes.success);
          },
        ),
    )
    .addCommand(
      onCluster("stop", "end all compute nodes of a cluster, jobs included, until it is started")
        .option("--auto-approve", "do not ask")
        .option("--confirm <environment>", "the environment's name, where it must be typed")
        .action(async (environment: string, cluster: string, options: ApprovalOptions) => {
          const found = await clusterNamed(context, environment, cluster, open);
          await stopFleet(context, found, new Approval(context.terminal, found.environment, options));
          done(exitCodes.success);
        }),
    );
}

type ImageAction = "build" | "list" | "status";

const onImages: Readonly<Record<ImageAction, (...given: [Context, Cluster, boolean]) => Promise<void>>> = {
  build: buildImage,
  list: async (context, cluster) => {
    context.terminal.out(await imageList(context, cluster));
  },
  status: async (context, cluster) => {
    context.terminal.out(await imageStatus(context, cluster));
  },
};

function onCluster(name: string, description: string): Command {
  return new Command(name).description(description).argument("<environment>").argument("<cluster>");
}

async function showStatus({ terminal, now }: Context, cluster: Cluster, json = false): Promise<void> {
  const fleet = await fleetOfCluster(cluster);
  terminal.out(
    json
      ? `${JSON.stringify({ cluster: cluster.name, ...fleet }, undefined, 2)}\n`
      : fleetReport(cluster.name, fleet, now().getTime() / 1000),
  );
}

async function startFleet({ terminal }: Context, cluster: Cluster): Promise<void> {
  const { status } = await fleetOfCluster(cluster);
  if (status === "RUNNING") {
    terminal.out(`The fleet of ${cluster.name} is running already.\n`);
    return;
  }
  await cluster.table.request("START_REQUESTED");
  terminal.out(`The fleet of ${cluster.name} was asked to start; its daemon does so within a minute.\n`);
}

async function stopFleet({ terminal }: Context, cluster: Cluster, approval: Approval): Promise<void> {
  const { status, instances } = await fleetOfCluster(cluster);
  if (status === "STOPPED") {
    terminal.out(`The fleet of ${cluster.name} is stopped already.\n`);
    return;
  }
  const count = Object.keys(instances).length;
  const nodes = `${count} ${count === 1 ? "node" : "nodes"}`;
  if (!(await approval.given(`Stop ${cluster.name}, ending ${nodes} and the jobs on them?`))) {
    throw new CommandError("Nothing was stopped.");
  }
  await cluster.table.request("STOP_REQUESTED");
  terminal.out(`The fleet of ${cluster.name} was asked to stop; its daemon does so within a minute.\n`);
}

function readText(file: string): ClusterFileText {
  try {
    return { name: file, text: readFileSync(file, "utf8") };
  } catch (error) {
    throw new CommandError(`${file} cannot be read: ${messageOf(error)}`, "Name a ParallelCluster file.");
  }
}
