import { Command } from "commander";

import { Approval } from "../gates/approval";
import { type Context, environmentNamed } from "../session/context";
import { alternatives } from "../base/alternatives";
import { exitCodes, UsageError } from "../base/errors";
import type { Stack } from "../stacks/manifest";
import { findOrphans } from "../state/orphans";
import { table } from "../terminal/report";
import { writeResult } from "../base/result-file";
import { withSession } from "../runs/open-session";
import { refuseUnfinished } from "../runs/unfinished";
import { addRunOptions } from "../runs/run-options";
import { forEachStack, type Session } from "../session/session";
import { managedCountOf, type State } from "../stacks/state-file";
import { promoteReplica, returnHome } from "../state/promotion";
import { splitStates, type StateMove } from "../state/split";
import { StateHome } from "../state/state-home";
import { restoreState, type StateVersion, stateVersions } from "../state/state-versions";
import { addApprovalOptions, type DeployOptions } from "./deploy";

type Done = (exitCode: number) => void;

/** `meridian state list|restore|promote-replica|split`. */
export function stateCommand(context: Context, done: Done): Command {
  return new Command("state")
    .description("the states of an environment: their versions, their replica, and how they are split")
    .addCommand(listCommand(context, done))
    .addCommand(restoreCommand(context, done))
    .addCommand(promoteCommand(context, done))
    .addCommand(splitCommand(context, done));
}

function promoteCommand(context: Context, done: Done): Command {
  const command = new Command("promote-replica")
    .description("make the replica of the states the copy that is written, while the home region is dark")
    .argument("<env>")
    .option("--back", "move the states back to the home region, which answers again")
    .action(async (name: string, options: DeployOptions & { readonly back?: boolean }) => {
      const approval = new Approval(context.terminal, await environmentNamed(context, name), options);
      const isBack = options.back === true;
      const settings = { command: "state promote-replica", cloud: "require" } as const;
      const count = await withSession(context, name, options, settings, (session) =>
        (isBack ? returnHome : promoteReplica)(session, ({ states, notes }) => {
          context.terminal.err([states, ...notes, ""].join("\n"));
          return approval.given(
            isBack
              ? "Move the states back to the home region?"
              : "Write the states in the replica from now on?",
          );
        }),
      );
      context.terminal.out(
        count === undefined
          ? "Nothing was changed.\n"
          : isBack
            ? `The states of ${name} are in the home region again; ${count} were copied. Run \`meridian plan ${name}\`.\n`
            : `The replica holds the ${count} states of ${name} that are written from now on. Deploy what does not need the home region with \`meridian deploy ${name} --stack …\`.\n`,
      );
      done(count === undefined ? exitCodes.failure : exitCodes.success);
    });
  return addApprovalOptions(addRunOptions(command));
}

function splitCommand(context: Context, done: Done): Command {
  const command = new Command("split")
    .description(
      "give each region's network the state of its own that the code has for it; AWS is left as it is",
    )
    .argument("<env>")
    .action(async (name: string, options: DeployOptions) => {
      const approval = new Approval(context.terminal, await environmentNamed(context, name), options);
      const settings = { command: "state split", cloud: "require" } as const;
      const moves = await withSession(context, name, options, settings, async (session) => {
        const home = await StateHome.find(session);
        await refuseUnfinished(session, home, session.synthesis.stacks);
        return splitStates(session, home, (planned) => {
          context.terminal.err(movesTable(planned));
          return approval.given("Move these resources between the states?");
        });
      });
      context.terminal.out(
        moves === undefined
          ? "Nothing was changed.\n"
          : `${totalOf(moves)} resources of ${name} were moved, and nothing in AWS was changed. Each state as it was is kept beside it (${moves.map(({ backup }) => backup).join(", ")}). Run \`meridian plan ${name}\`: it adds and destroys nothing.\n`,
      );
      writeResult(options.json, { command: "state split", environment: name, moves: moves ?? [] });
      done(moves === undefined ? exitCodes.failure : exitCodes.success);
    });
  return addApprovalOptions(addRunOptions(command));
}

function movesTable(moves: readonly StateMove[]): string {
  return table(
    ["From", "To", "Resources", "Stay"],
    moves.map(({ from, to, addresses, staying }) => [from, to, addresses.length, staying]),
  );
}

function totalOf(moves: readonly StateMove[]): number {
  return moves.reduce((sum, { addresses }) => sum + addresses.length, 0);
}

function listCommand(context: Context, done: Done): Command {
  const command = new Command("list")
    .description("show the versions of the states, the newest first")
    .argument("<env>")
    .argument("[stack]", "only this stack's")
    .action(async (name: string, stack: string | undefined, options: DeployOptions) => {
      const settings = { command: "state list", cloud: "require" } as const;
      const versions = await withSession(context, name, options, settings, async (session) => {
        const stacks = await stacksOf(session);
        return listed(session, stack === undefined ? stacks : [stackNamed(stacks, stack)]);
      });
      const rows = versions.flatMap(({ stack: owner, versions: found }) =>
        found.map((version) => [owner, ...described(version)]),
      );
      context.terminal.out(
        rows.length === 0
          ? `No state is kept for ${stack ?? name} yet.\n`
          : table(["Stack", "Version", "Written", "Serial", "Lineage", "Resources", ""], rows),
      );
      writeResult(options.json, { command: "state list", environment: name, stacks: versions });
      done(exitCodes.success);
    });
  return addRunOptions(command);
}

function restoreCommand(context: Context, done: Done): Command {
  const command = new Command("restore")
    .description("make an earlier version of a stack's state the current one")
    .argument("<env>")
    .argument("<stack>")
    .argument("<version>", "as `meridian state list` shows it")
    .action(async (name: string, stackName: string, version: string, options: DeployOptions) => {
      const approval = new Approval(context.terminal, await environmentNamed(context, name), options);
      const settings = { command: "state restore", cloud: "require" } as const;
      const state = await withSession(context, name, options, settings, async (session) => {
        const stack = stackNamed(await stacksOf(session), stackName);
        return restoreState(session, stack, version, (restored, current) => {
          context.terminal.err(`Current:  ${inWords(current)}\nRestored: ${inWords(restored)}\n`);
          return approval.given(`Make version ${version} the state of ${stackName}?`);
        });
      });
      context.terminal.out(
        state === undefined
          ? "Nothing was changed.\n"
          : `The state of ${stackName} is version ${version} again, with serial ${state.serial}. Run \`meridian plan ${name}\` to see how it differs from what exists.\n`,
      );
      done(state === undefined ? exitCodes.failure : exitCodes.success);
    });
  return addApprovalOptions(addRunOptions(command));
}

/** Those of the code, and those that the code has lost. */
async function stacksOf(session: Session): Promise<Stack[]> {
  return [...session.selected, ...(await findOrphans(session)).map(({ stack }) => stack)];
}

function stackNamed(stacks: readonly Stack[], name: string): Stack {
  const found = stacks.find((stack) => stack.name === name);
  if (found === undefined) {
    throw new UsageError(
      `There is no stack '${name}'.`,
      alternatives(
        name,
        stacks.map((stack) => stack.name),
      ),
    );
  }
  return found;
}

function listed(
  session: Session,
  stacks: readonly Stack[],
): Promise<{ stack: string; versions: StateVersion[] }[]> {
  return forEachStack(session, stacks, async (stack) => ({
    stack: stack.name,
    versions: await stateVersions(session, stack),
  }));
}

function described({
  id,
  modifiedAt,
  serial,
  lineage,
  resources,
  isLatest,
  isDeleted,
}: StateVersion): string[] {
  return [
    id,
    modifiedAt.toISOString(),
    String(serial ?? "-"),
    lineage ?? "-",
    String(resources ?? "-"),
    isDeleted
      ? "deleted"
      : [isLatest ? "current" : "", serial === undefined ? "unreadable" : ""].filter(Boolean).join(", "),
  ];
}

function inWords(state: State | undefined): string {
  return state === undefined
    ? "none"
    : `serial ${state.serial}, ${managedCountOf(state)} resources, lineage ${state.lineage}`;
}
