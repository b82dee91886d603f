import { Command } from "commander";

import type { Context } from "../session/context";
import { exitCodes } from "../base/errors";
import { writeResult } from "../base/result-file";
import { withSession } from "../runs/open-session";
import { addRunOptions, type RunOptions } from "../runs/run-options";
import { outputReport, outputValues, standingStacks } from "../state/standing";
import { StateHome } from "../state/state-home";

/** `meridian output <env>`. */
export function outputCommand(context: Context, done: (exitCode: number) => void): Command {
  const command = new Command("output")
    .description("show the outputs of an environment's stacks")
    .argument("<env>")
    .action(async (name: string, options: RunOptions) => {
      const stacks = await withSession(
        context,
        name,
        options,
        { command: "output", cloud: "require" },
        async (session) => standingStacks(session, await StateHome.find(session)),
      );
      context.terminal.out(outputReport(stacks));
      writeResult(options.json, outputValues(stacks));
      done(exitCodes.success);
    });
  return addRunOptions(command);
}
