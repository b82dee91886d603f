import { Command } from "commander";

import { Approval } from "../gates/approval";
import { type Context, environmentNamed } from "../session/context";
import { alternatives } from "../base/alternatives";
import { exitCodes, UsageError } from "../base/errors";
import { summary } from "../terminal/report";
import { writeResult } from "../base/result-file";
import type { Stack } from "../stacks/manifest";
import { forgetBegun, noteLost } from "../state/begun";
import { recover } from "../runs/recovery";
import { withSession } from "../runs/open-session";
import { addRunOptions } from "../runs/run-options";
import type { Session } from "../session/session";
import { firstDeployOf, inWords, isOwn, takeClaimOver } from "../state/first-deploy";
import { releaseLock, stateLockOf } from "../state/state-lock";
import { StateHome } from "../state/state-home";
import { addApprovalOptions, type DeployOptions, exitCodeOf } from "./deploy";

type Done = (exitCode: number) => void;

/** `meridian recover <env>`. */
export function recoverCommand(context: Context, done: Done): Command {
  const command = new Command("recover")
    .description("repair what a killed run left: states that were not stored, dead locks, lost resources")
    .argument("<env>")
    .option("--unsaved <directory>", "store states that a deploy on another machine kept in this directory")
    .action(async (name: string, options: DeployOptions) => {
      const approval = new Approval(context.terminal, await environmentNamed(context, name), options);
      const settings = { command: "recover", cloud: "require", recovers: true } as const;
      const results = await withSession(context, name, options, settings, async (session) =>
        recover(session, await StateHome.find(session), approval, options),
      );
      const exitCode = exitCodeOf(context, results);
      context.terminal.out(`\n${summary(results, context.terminal.outColumns)}`);
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
          const names = session.synthesis.stacks.map((each) => each.name);
          throw new UsageError(`There is no stack '${stackName}'.`, alternatives(stackName, names));
        }
        const question = "Is that run dead, and is its lock to be released?";
        const lock = await stateLockOf(session, stack);
        if (lock === undefined) {
          return releaseFirstDeploy(session, stack, options.lockId, () => approval.given(question));
        }
        refuseOther(stackName, `${lock.id}, of ${lock.who} (${lock.operation})`, lock.id, options.lockId);
        context.terminal.err(
          `The state of ${stackName} is locked by ${lock.who} (${lock.operation}), lock ${lock.id}.\n`,
        );
        if (!(await approval.given(question))) {
          context.terminal.out("Nothing was changed.\n");
          return false;
        }
        if (!(await releaseLock(session, lock))) {
          throw lockedAnew(stackName);
        }
        context.terminal.out(
          `Released. \`meridian recover ${name}\` shows whether that run has lost anything.\n`,
        );
        return true;
      });
      done(isReleased ? exitCodes.success : exitCodes.failure);
    });
  return addApprovalOptions(addRunOptions(command));
}

/** Takes the making of the state bucket over from a clone that is lost, where there is no state that could be locked. */
async function releaseFirstDeploy(
  session: Session,
  stack: Stack,
  lockId: string | undefined,
  isApproved: () => Promise<boolean>,
): Promise<boolean> {
  const { context, environment } = session;
  const home = await StateHome.find(session);
  const holder = home.isBootstrap(stack) ? await firstDeployOf(session) : undefined;
  if (holder === undefined || isOwn(session, holder)) {
    context.terminal.out(`The state of ${stack.name} is not locked.\n`);
    return true;
  }
  refuseOther(stack.name, `${holder.clone}, of ${inWords(holder)}`, holder.clone, lockId);
  context.terminal.err(
    `The state bucket of ${environment.name} is being made by ${inWords(holder)}, lock ${holder.clone}.\n`,
  );
  if (!(await isApproved())) {
    context.terminal.out("Nothing was changed.\n");
    return false;
  }
  // Before the claim: once it is this directory's, a deploy would make all of it a second time.
  await noteLost(session, home, stack, { runner: holder.runner, startedAt: holder.since });
  if (!(await takeClaimOver(session, holder))) {
    await forgetBegun(session, home, stack);
    throw lockedAnew(stack.name);
  }
  context.terminal.out(
    `Released: the state bucket is made from this directory now. \`meridian recover ${environment.name}\` looks for what that run has made.\n`,
  );
  return true;
}

function refuseOther(stack: string, held: string, id: string, wanted: string | undefined): void {
  if (wanted !== undefined && wanted !== id) {
    throw new UsageError(
      `The lock of ${stack} is ${held}, and not ${wanted}.`,
      "Find out whether that run is dead too.",
    );
  }
}

function lockedAnew(stack: string): UsageError {
  return new UsageError(`The lock of ${stack} is another one by now.`, "Run the command again.");
}
