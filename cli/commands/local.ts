import { Command, InvalidArgumentError } from "commander";

import type { LocalCloudStatus } from "../../local-cloud";
import { type Context, environmentNamed } from "../session/context";
import { CommandError, exitCodes, UsageError } from "../base/errors";
import { startLocalCloud } from "../session/local-cloud-access";
import { positiveInteger } from "../runs/run-options";
import { alternatives } from "../base/alternatives";
import { deployEnvironment } from "./deploy";

type Done = (exitCode: number) => void;

/** `meridian local start|stop|status|env|unkind|up`. */
export function localCommand(context: Context, done: Done): Command {
  return new Command("local")
    .description("the local cloud: an AWS on this machine")
    .addCommand(startCommand(context, done))
    .addCommand(stopCommand(context, done))
    .addCommand(statusCommand(context, done))
    .addCommand(environmentCommand(context, done))
    .addCommand(unkindCommand(context, done))
    .addCommand(upCommand(context, done));
}

function startCommand(context: Context, done: Done): Command {
  return new Command("start")
    .description("start it, if it does not run")
    .option("--port <number>", "port of loopback, 1 to 65535 (default: a free one)", portNumber)
    .option("--unkind <switch...>", "make it as unkind as AWS; `meridian local unkind` lists the switches")
    .action(async ({ port, unkind }: { port?: number; unkind?: string[] }) => {
      context.terminal.out(
        described(await startLocalCloud(context, port, switchesFor(context, unkind ?? []))),
      );
      done(exitCodes.success);
    });
}

function portNumber(text: string): number {
  const port = positiveInteger(text);
  if (port > 65_535) {
    throw new InvalidArgumentError("Give a number from 1 to 65535, or none for a free port.");
  }
  return port;
}

function stopCommand(context: Context, done: Done): Command {
  return new Command("stop").description("stop it; everything in it is lost").action(async () => {
    const wasRunning = await context.localCloud.stop(context.workspace.localCloud);
    context.terminal.out(wasRunning ? "The local cloud is stopped.\n" : "The local cloud was not running.\n");
    done(exitCodes.success);
  });
}

function statusCommand(context: Context, done: Done): Command {
  return new Command("status").description("show whether it runs; exits with 1 if not").action(async () => {
    const status = await context.localCloud.status(context.workspace.localCloud);
    context.terminal.out(status === undefined ? "The local cloud is not running.\n" : described(status));
    done(status === undefined ? exitCodes.failure : exitCodes.success);
  });
}

function unkindCommand(context: Context, done: Done): Command {
  return new Command("unkind")
    .description("make the running local cloud as unkind as AWS; without names, list the switches")
    .argument("[switch...]", "what to switch on")
    .option("--off", "switch these off instead; without names, all")
    .action(async (names: string[], { off = false }: { off?: boolean }) => {
      const chosen = switchesFor(context, names);
      let status = await running(context);
      if (off) {
        const left = status.unkind.filter((name) => chosen.length > 0 && !chosen.includes(name));
        status = await context.localCloud.setUnkindness(status, left);
      } else if (chosen.length > 0) {
        status = await context.localCloud.setUnkindness(status, [...status.unkind, ...chosen]);
      }
      const rows = Object.entries(context.localCloud.switches()).map(([name, description]) => {
        const isOn = status.unkind.some((each) => each === name);
        return `${isOn ? "on " : "off"} ${name}: ${description}\n`;
      });
      context.terminal.out(rows.join(""));
      done(exitCodes.success);
    });
}

/** Switches of the local cloud by name; refuses all unknown names at once, with the nearest of each. */
function switchesFor(context: Context, names: readonly string[]): readonly string[] {
  const known = Object.keys(context.localCloud.switches());
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    throw new UsageError(
      unknown.map((name) => `The local cloud has no switch '${name}'.`).join("\n"),
      alternatives(unknown, known),
    );
  }
  return names;
}

async function running(context: Context): Promise<LocalCloudStatus> {
  const status = await context.localCloud.status(context.workspace.localCloud);
  if (status === undefined) {
    throw new CommandError("The local cloud is not running.", "Start it with `meridian local start`.");
  }
  return status;
}

function environmentCommand(context: Context, done: Done): Command {
  return new Command("env")
    .description('print the variables that point a shell\'s AWS tools at it: eval "$(meridian local env)"')
    .action(async () => {
      const status = await running(context);
      for (const [name, value] of Object.entries(context.localCloud.environment(status))) {
        context.terminal.out(value === "" ? `unset ${name}\n` : `export ${name}='${value}'\n`);
      }
      done(exitCodes.success);
    });
}

function upCommand(context: Context, done: Done): Command {
  return new Command("up")
    .description("start it, deploy an environment to it, and show what was deployed")
    .argument("[env]", "an environment whose target is the local cloud", "local")
    .option("--verbose", "show everything that Terraform says")
    .action(async (name: string, { verbose }: { verbose?: boolean }) => {
      const environment = await environmentNamed(context, name);
      if (environment.target !== "local-cloud") {
        throw new UsageError(
          `Environment '${name}' is in AWS, not in the local cloud.`,
          `Run \`meridian deploy ${name}\`.`,
        );
      }
      await startLocalCloud(context);
      // Nothing of value is there to be approved about, and no image is ever run.
      done(
        await deployEnvironment(context, name, {
          autoApprove: true,
          confirm: name,
          verbose,
          pushMissingImages: true,
        }),
      );
    });
}

function described({ endpoint, pid, startedAt, logFile, unkind }: LocalCloudStatus): string {
  const switchedOn =
    unkind.length === 0 ? "" : `Unkind: ${unkind.join(", ")} (\`meridian local unkind --off\` ends it)\n`;
  return `The local cloud answers at ${endpoint} (process ${pid}, since ${startedAt}).\n${switchedOn}Log: ${logFile}\n`;
}
