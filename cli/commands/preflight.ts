import { Command } from "commander";

import type { Context } from "../session/context";
import { exitCodes } from "../base/errors";
import { preflightReport } from "../preflight/report";
import { preflight } from "../runs/account-preflight";
import { writeResult } from "../base/result-file";
import { withSession } from "../runs/open-session";
import { type RunOptions, addSynthesisOptions } from "../runs/run-options";
import { StateHome } from "../state/state-home";

/** `meridian preflight <env>`. */
export function preflightCommand(context: Context, done: (exitCode: number) => void): Command {
  const command = new Command("preflight")
    .description("ask the account, read-only, whether an environment can be deployed to it")
    .argument("<env>")
    .action(async (name: string, options: RunOptions) => {
      const settings = { command: "preflight", cloud: "require" } as const;
      const findings = await withSession(context, name, options, settings, async (session) =>
        preflight(session, await StateHome.find(session)),
      );
      const isBlocked = findings.some(({ result }) => result === "block");
      const exitCode = isBlocked ? exitCodes.failure : exitCodes.success;
      context.terminal.out(preflightReport(findings));
      writeResult(options.json, { command: "preflight", environment: name, exitCode, findings });
      done(context.interrupts.requested ? exitCodes.interrupted : exitCode);
    });
  return addSynthesisOptions(command)
    .option("--stack <glob...>", "only what stacks need whose name matches")
    .option("--json <file>", "write a machine-readable result");
}
