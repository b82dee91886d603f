import { resolve } from "node:path";

import { Command } from "commander";

import { Approval, type ApprovalOptions } from "../gates/approval";
import { type Context, environmentNamed } from "../session/context";
import type { TargetEnvironment } from "../base/target-environment";
import { deploy, type DeploySettings } from "../runs/deployment";
import { exitCodes, UsageError } from "../base/errors";
import type { Stack } from "../stacks/manifest";
import { requireSavedPlans } from "../plan/plan-bundle";
import type { PlansByStack } from "../plan/plan-reading";
import { beforeDeploy, type PreflightSettings } from "../preflight/report";
import { preflight } from "../runs/account-preflight";
import { type StackResult, summary } from "../terminal/report";
import { writeResult } from "../base/result-file";
import { DeployReporter } from "../runs/deploy-report";
import { answersOf } from "../runs/answers";
import type { AskUrl } from "../base/answer";
import { failureCodeOf, isGood } from "../runs/results";
import { withSession } from "../runs/open-session";
import { addRunOptions, type RunOptions } from "../runs/run-options";
import type { Session } from "../session/session";
import { answersReport, outputValues, standingReport, standingStacks } from "../state/standing";
import { UnsavedStates } from "../state/unsaved";
import { StateHome } from "../state/state-home";

/** Options of `meridian deploy` and of what does the same. */
export type DeployOptions = RunOptions &
  ApprovalOptions &
  DeploySettings &
  PreflightSettings & {
    /** File of the report for `meridian comment`. */
    readonly report?: string;
    /** Directory for states that cannot be stored. */
    readonly unsaved?: string;
  };

/** `meridian deploy <env>`. */
export function deployCommand(context: Context, done: (exitCode: number) => void): Command {
  const command = new Command("deploy")
    .description("plan and apply an environment, wave by wave")
    .argument("<env>")
    .action(async (name: string, options: DeployOptions) => {
      done(await deployEnvironment(context, name, options));
    });
  command
    .option("--plan <directory>", "apply these saved plans, exactly, and refuse if anything changed since")
    .option("--digest <digest>", "refuse saved plans of another digest than this one, which was reviewed")
    .option(
      "--accept-blocked",
      "also apply what was blocked at the review and now changes more than it showed",
    )
    .option("--ignore-preflight", "continue although preflight found blockers")
    .option("--ignore-alarm <name...>", "alarms that do not stop the rollout")
    .option("--report <file>", "write what was done as JSON, for `meridian comment`")
    .option(
      "--unsaved <directory>",
      "where to keep, encrypted, states that cannot be stored, if this machine is temporary",
    );
  return addApprovalOptions(addRunOptions(command));
}

/** `meridian bootstrap <env>`. */
export function bootstrapCommand(context: Context, done: (exitCode: number) => void): Command {
  const command = new Command("bootstrap")
    .description("make the bucket that an environment's states are kept in, and the roles that may deploy it")
    .argument("<env>")
    .action(async (name: string, options: DeployOptions) => {
      done(await deployEnvironment(context, name, { ...options, stack: [`${name}-bootstrap`] }));
    });
  return addApprovalOptions(addRunOptions(command));
}

/** Deploys, prints the summary and what stands, and gives the exit code. */
export async function deployEnvironment(
  context: Context,
  name: string,
  options: DeployOptions,
): Promise<number> {
  refuseContradiction(options);
  if (options.plan !== undefined) {
    requireSavedPlans(resolve(options.plan), options.plan, name);
  }
  const approval = new Approval(context.terminal, await environmentNamed(context, name), options);
  return withSession(context, name, options, { command: "deploy", cloud: "start" }, async (session) => {
    const reporter = new DeployReporter(session, options.report, options.digest);
    try {
      const home = await StateHome.findToMake(session);
      try {
        return await deployFrom(session, home, approval, options, reporter);
      } finally {
        await home.close();
      }
    } catch (error) {
      reporter.refused(error);
      throw error;
    }
  });
}

async function deployFrom(
  session: Session,
  home: StateHome,
  approval: Approval,
  options: DeployOptions,
  reporter: DeployReporter,
): Promise<number> {
  const { context } = session;
  const { name } = session.environment;
  beforeDeploy(await preflight(session, home), name, options, (text) => {
    session.progress.note(text);
  });
  const unsaved =
    options.unsaved === undefined ? undefined : await UnsavedStates.prepare(session, options.unsaved);
  let orphans: readonly Stack[] = [];
  const settings = {
    ...options,
    ...(reporter.isWanted
      ? {
          onPlans: (plans: PlansByStack) => {
            reporter.read(plans);
          },
        }
      : {}),
    onOrphans: (found: readonly Stack[]) => {
      orphans = found;
    },
  };
  let results: StackResult[];
  try {
    results = await deploy(session, home, approval, settings);
  } finally {
    unsaved?.keep([...session.selected, ...orphans]);
  }
  const exitCode = exitCodeOf(context, results);
  reporter.done(results, exitCode === exitCodes.success);
  const { outColumns } = context.terminal;
  context.terminal.out(`\n${summary(results, outColumns)}\n`);
  const stacks = exitCode === exitCodes.success ? await standingStacks(session, home) : [];
  if (stacks.length > 0) {
    context.terminal.out(`${standingReport(stacks, outColumns)}\n`);
    const answers = await answersOf(stacks, askIn(session.environment, context.askUrl));
    context.terminal.out(answersReport(name, answers, outColumns));
  }
  writeResult(options.json, {
    command: "deploy",
    environment: name,
    exitCode,
    stacks: results,
    outputs: outputValues(stacks),
  });
  return exitCode;
}

/** Names of the local cloud lead to real AWS, or nowhere: only what listens on this machine is asked. */
function askIn({ target }: TargetEnvironment, ask: AskUrl): AskUrl {
  return (url) =>
    target === "aws" || /^(127\.|localhost$|\[::1\]$)/.test(new URL(url).hostname)
      ? ask(url)
      : Promise.reject(new Error("works in AWS only, not in the local cloud"));
}

function refuseContradiction({ plan, digest, acceptBlocked, stack }: DeployOptions): void {
  if (plan !== undefined && stack !== undefined) {
    throw new UsageError(
      "--plan and --stack cannot be combined.",
      "Saved plans say which stacks they are for.",
    );
  }
  if (plan === undefined && (digest !== undefined || acceptBlocked === true)) {
    throw new UsageError(
      "--digest and --accept-blocked need --plan.",
      "Name the directory of the saved plans.",
    );
  }
}

/** Success only if every stack came out as it was meant to. */
export function exitCodeOf(context: Context, results: readonly StackResult[]): number {
  if (context.interrupts.requested) {
    return exitCodes.interrupted;
  }
  return results.every(isGood) ? exitCodes.success : failureCodeOf(results);
}

/** Adds the options that answer questions beforehand. */
export function addApprovalOptions(command: Command): Command {
  return command
    .option("--auto-approve", "ask nothing")
    .option("--confirm <env>", "the environment's name, where it must be typed");
}
