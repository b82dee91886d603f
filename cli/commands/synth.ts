import { Command } from "commander";

import { type Context, environmentsNamed } from "../session/context";
import type { TargetEnvironment } from "../base/target-environment";
import { exitCodes } from "../base/errors";
import { takeLock, thisProcess } from "../base/lock";
import { resourceCountOf } from "../stacks/manifest";
import { duration } from "../terminal/frame";
import { table } from "../terminal/report";
import { type RunOptions, addSynthesisOptions } from "../runs/run-options";
import { synthesize } from "../session/synthesis";

/** `meridian synth [env…]`. */
export function synthCommand(context: Context, done: (exitCode: number) => void): Command {
  const command = new Command("synth")
    .description("synthesize the stacks of environments (all, if none is named)")
    .argument("[env...]")
    .action(async (names: string[], { blockListDay }: Pick<RunOptions, "blockListDay">) => {
      const rows: (string | number)[][] = [];
      for (const environment of await environmentsNamed(context, names)) {
        rows.push(...(await synthesizeOne(context, environment, blockListDay)));
      }
      context.terminal.out(table(["Stack", "Resources", "Compared with the last", "Directory"], rows));
      done(exitCodes.success);
    });
  return addSynthesisOptions(command);
}

async function synthesizeOne(
  context: Context,
  { name }: TargetEnvironment,
  blockListDay: string | undefined,
): Promise<(string | number)[][]> {
  const startedAt = context.now();
  const release = takeLock(context.workspace.lock(name), name, thisProcess(`synth ${name}`, startedAt));
  try {
    const { stacks, changed } = await synthesize(context, name, blockListDay);
    context.terminal.err(`${name}: ${duration(context.now().getTime() - startedAt.getTime())}\n`);
    return stacks.map((stack) => [
      stack.name,
      resourceCountOf(stack.configuration),
      changed.has(stack.name) ? "changed" : "the same",
      stack.directory,
    ]);
  } finally {
    release();
  }
}
