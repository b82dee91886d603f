import { Command } from "commander";
import { writeFileSync } from "node:fs";

import { Approval, type ApprovalOptions } from "../gates/approval";
import { type Context, environmentNamed } from "../session/context";
import { CommandError, exitCodes, messageOf, UsageError } from "../base/errors";
import { type ChangeOptions, changeRegion, openRegions } from "../region/change";
import { textOf } from "../region/control-set";
import { outlook } from "../region/outlook";
import { table } from "../terminal/report";
import { refuseUnwritable, writeResult } from "../base/result-file";
import { alternatives } from "../base/alternatives";
import { addApprovalOptions } from "./deploy";

type Done = (exitCode: number) => void;

interface StatusOptions {
  readonly controls?: string;
  readonly save?: string;
  readonly json?: string;
}

/** `meridian region status|evacuate|restore`. */
export function regionCommand(context: Context, done: Done): Command {
  return new Command("region")
    .description("route users out of a region and back, by routing controls and without any control plane")
    .addCommand(statusCommand(context, done))
    .addCommand(
      changeCommand(
        context,
        done,
        "evacuate",
        "Off",
        "route users out of a region: turn its routing control off",
      ),
    )
    .addCommand(
      changeCommand(
        context,
        done,
        "restore",
        "On",
        "route users back to a region: turn its routing control on",
      ),
    );
}

function statusCommand(context: Context, done: Done): Command {
  return withControls(new Command("status"))
    .description("show which regions' routing controls are on")
    .argument("<env>")
    .option("--save <file>", "write where the routing controls are, to be committed or put into a runbook")
    .option("--json <file>", "write a machine-readable result")
    .action(async (name: string, { controls, save, json }: StatusOptions) => {
      refuseUnwritable(context.workspace, [save, json]);
      const { isOn, set, source } = await openRegions(context, name, controls);
      const rows = [...isOn].map(([region, on]) => [region, on ? "On" : "Off", set.controls[region] ?? ""]);
      context.terminal.out(`${table(["Region", "Control", "ARN"], rows)}\n`);
      context.terminal.err(`Found by: ${source}\n`);
      if (save !== undefined) {
        write(save, textOf(set));
        context.terminal.err(`Written to ${save}.\n`);
      }
      const states = Object.fromEntries([...isOn].map(([region, on]) => [region, on ? "On" : "Off"]));
      writeResult(json, { command: "region status", environment: name, source, states });
      done(exitCodes.success);
    });
}

function changeCommand(
  context: Context,
  done: Done,
  verb: "evacuate" | "restore",
  state: "On" | "Off",
  description: string,
): Command {
  const command = withControls(new Command(verb))
    .description(description)
    .argument("<env>")
    .argument("<region>")
    .option("--ignore-readiness", "continue although nothing was found to serve where users will be routed")
    .option("--override-safety-rules", "override the rule that keeps regions on")
    .option("--reason <text>", "why, for the record")
    .option("--json <file>", "write a machine-readable result")
    .action(
      async (name: string, region: string, options: ChangeOptions & ApprovalOptions & StatusOptions) => {
        const environment = await environmentNamed(context, name);
        const known = Object.keys(environment.regions);
        if (!known.includes(region)) {
          throw new UsageError(`'${name}' has no region '${region}'.`, alternatives(region, known));
        }
        const approval = new Approval(context.terminal, environment, options);
        refuseUnwritable(context.workspace, [options.json]);
        const regions = await openRegions(context, name, options.controls);
        context.terminal.err(`Found by: ${regions.source}\n`);
        const change = await changeRegion(regions, region, state, approval, options);
        if (change === undefined) {
          context.terminal.out("Nothing was changed.\n");
        } else if (!change.isChanged) {
          context.terminal.out(
            `The routing control of ${region} is ${state} already. Nothing was changed.\n`,
          );
        } else {
          context.terminal.out(
            [
              `The routing control of ${region} is ${state}, set by ${change.by} at ${change.at}.`,
              ...outlook(environment, region, state),
              ...(change.record === undefined ? [] : [`Recorded in ${change.record}.`]),
              "",
            ].join("\n"),
          );
        }
        writeResult(options.json, { command: `region ${verb}`, environment: name, ...change });
        done(change === undefined ? exitCodes.failure : exitCodes.success);
      },
    );
  return addApprovalOptions(command);
}

function withControls(command: Command): Command {
  return command.option("--controls <file>", "where the routing controls are, as `--save` wrote it");
}

function write(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw new CommandError(
      `${file} cannot be written: ${messageOf(error)}`,
      "Name a file in a directory that exists.",
    );
  }
}
