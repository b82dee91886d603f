import { Command } from "commander";

import { Approval } from "../approval";
import { type Context, environmentNamed } from "../context";
import { exitCodes, UsageError } from "../errors";
import { summary } from "../report";
import { writeResult } from "../result-file";
import { recover } from "../runs/recovery";
import { addRunOptions, withSession } from "../session";
import { releaseLock, stateLockOf } from "../state/state-lock";
import { StateHome } from "../state-home";
import { addApprovalOptions, type DeployOptions, exitCodeOf } from "./deploy";

type Done = (exitCode: number) => void;

/** `meridian recover <env>`. */
export function recoverCommand(context: Context, done: Done): Command {
  const command = new Command("recover")
    .description("put right what a killed run left: states that were not stored, dead locks, lost resources")
    .argument("<env>")
    .action(async (name: string, options: DeployOptions) => {
      const approval = new Approval(context.terminal, await environmentNamed(context, name), options);
      const settings = { command: "recover", cloud: "require", recovers: true } as const;
      const results = await withSession(context, name, options, settings, async (session) =>
        recover(session, await StateHome.find(session), approval),
      );
      const exitCode = exitCodeOf(context, results);
      context.terminal.out(`\n${summary(results)}`);
      writeResult(options.json, { command: "recover", environment: name, exitCode, stacks: results });
      done(exitCode);
    });
  return addApprovalOptions(addRunOptions(command));
}

/** `meridian unlock <env> <stack>`. */
export function unlockCommand(context: Context, done: Done): Command {
  const command = new Command("unlock")
    .description("release the lock of a state whose run you know to be dead")
    .argument("<env>")
    .argument("<stack>")
    .option("--lock-id <id>", "release no other lock than this one")
    .action(async (name: string, stackName: string, options: DeployOptions & { lockId?: string }) => {
      const approval = new Approval(context.terminal, await environmentNamed(context, name), options);
      const settings = { command: "unlock", cloud: "require", recovers: true } as const;
      const isReleased = await withSession(context, name, options, settings, async (session) => {
        const stack = session.synthesis.stacks.find((each) => each.name === stackName);
        if (stack === undefined) {
          const names = session.synthesis.stacks.map((each) => each.name).join(", ");
          throw new UsageError(`There is no stack '${stackName}'.`, `Choose from: ${names}.`);
        }
        const lock = await stateLockOf(session, stack);
        if (lock === undefined) {
          context.terminal.out(`The state of ${stackName} is not locked.\n`);
          return true;
        }
        if (options.lockId !== undefined && options.lockId !== lock.id) {
          throw new UsageError(
            `The lock of ${stackName} is ${lock.id}, of ${lock.who} (${lock.operation}), and not ${options.lockId}.`,
            "Find out whether that run is dead too.",
          );
        }
        context.terminal.err(
          `The state of ${stackName} is locked by ${lock.who} (${lock.operation}), lock ${lock.id}.\n`,
        );
        if (!(await approval.given("Is that run dead, and is its lock to be released?"))) {
          context.terminal.out("Nothing was changed.\n");
          return false;
        }
        if (!(await releaseLock(session, lock))) {
          throw new UsageError(`The lock of ${stackName} is another one by now.`, "Run the command again.");
        }
        context.terminal.out(
          `Released. \`meridian recover ${name}\` tells whether that run has lost anything.\n`,
        );
        return true;
      });
      done(isReleased ? exitCodes.success : exitCodes.failure);
    });
  return addApprovalOptions(addRunOptions(command));
}
