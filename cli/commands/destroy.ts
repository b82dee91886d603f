import { Command } from "commander";

import { Approval } from "../gates/approval";
import { type Context, environmentNamed } from "../session/context";
import { destroy, guardDeletion } from "../runs/destruction";
import { summary } from "../terminal/report";
import { writeResult } from "../base/result-file";
import { withSession } from "../runs/open-session";
import { addRunOptions } from "../runs/run-options";
import { StateHome } from "../state/state-home";
import { addApprovalOptions, type DeployOptions, exitCodeOf } from "./deploy";

/** `meridian destroy <env>`. */
export function destroyCommand(context: Context, done: (exitCode: number) => void): Command {
  const command = new Command("destroy")
    .description("destroy an environment, in the reverse order of its deploy")
    .argument("<env>")
    .action(async (name: string, options: DeployOptions) => {
      const environment = await environmentNamed(context, name);
      guardDeletion(environment);
      const approval = new Approval(context.terminal, environment, options);
      const results = await withSession(
        context,
        name,
        options,
        { command: "destroy", cloud: "require" },
        async (session) => {
          const home = await StateHome.findToMake(session);
          try {
            return await destroy(session, home, approval);
          } finally {
            await home.close();
          }
        },
      );
      const exitCode = exitCodeOf(context, results);
      context.terminal.out(`\n${summary(results, context.terminal.outColumns)}`);
      writeResult(options.json, { command: "destroy", environment: name, exitCode, stacks: results });
      done(exitCode);
    });
  return addApprovalOptions(addRunOptions(command));
}
