import { Command } from "commander";

import type { Context } from "../session/context";
import { exitCodes } from "../base/errors";
import { table } from "../terminal/report";

/** `meridian environments`. */
export function environmentsCommand(context: Context, done: (exitCode: number) => void): Command {
  return new Command("environments")
    .description("list the environments of this repository")
    .action(async () => {
      const environments = await context.environments();
      const rows = environments.map(({ name, account, target, homeRegion, regions, deletionProtection }) => [
        name,
        account,
        target,
        [homeRegion, ...Object.keys(regions).filter((region) => region !== homeRegion)].join(", "),
        deletionProtection ? "on" : "off",
      ]);
      context.terminal.out(
        table(["Environment", "Account", "Target", "Regions", "Deletion protection"], rows),
      );
      done(exitCodes.success);
    });
}
