import { join } from "node:path";

import type { Approval } from "../gates/approval";
import type { CallerIdentity } from "../aws/aws";
import type { AwsAccess } from "../aws/access";
import { RefusedByRule } from "../aws/routing-controls";
import { type Context, environmentNamed } from "../session/context";
import type { TargetEnvironment } from "../base/target-environment";
import { CommandError, messageOf, UsageError } from "../base/errors";
import { inTime } from "../base/in-time";
import { accessTo, requireLocalCloud } from "../session/local-cloud-access";
import { bucketOf } from "../session/state-places";
import { alternatives } from "../base/alternatives";
import { writePrivateFile } from "../base/workspace";
import { findControls, type FoundControls, rememberControls } from "./control-set";
import { observe } from "./observe";
import { type Judgement, judgeReadiness, ledServices } from "./readiness";

/** What a change of a region's routing control may be told. */
export interface ChangeOptions {
  /** A file that says where the routing controls are. */
  readonly controls?: string;
  /** Whether it goes on although the regions that stay, or the one that comes back, do not serve. */
  readonly ignoreReadiness?: boolean;
  /** Whether safety rules are overridden. */
  readonly overrideSafetyRules?: boolean;
  /** Why, for the record. */
  readonly reason?: string;
}

/** An environment's routing controls, and who asks. */
export interface Regions extends FoundControls {
  readonly context: Context;
  readonly environment: TargetEnvironment;
  readonly access: AwsAccess;
  /** Whether each region's control is on. */
  readonly isOn: ReadonlyMap<string, boolean>;
}

/** What was done. */
export interface Change {
  readonly region: string;
  readonly state: "On" | "Off";
  /** False where the control was so already. */
  readonly isChanged: boolean;
  readonly by: string;
  readonly at: string;
  /** Where it is on record, besides this machine. */
  readonly record?: string;
}

/** Seconds that one region gets to say whose the credentials are, or to take a record. */
const answerSeconds = 15;

/** Times that a changed state is read back; the endpoints agree at once. */
const readings = 5;

/**
 * Finds an environment's routing controls and reads their states, all from endpoints that outlive a region.
 *
 * @throws CommandError where the environment has none, or where nothing says where they are.
 */
export async function openRegions(
  context: Context,
  environmentName: string,
  file: string | undefined,
): Promise<Regions> {
  const environment = await environmentNamed(context, environmentName);
  if (environment.recovery?.routingControls === undefined) {
    throw new CommandError(
      `The environment '${environment.name}' has no routing controls: only their health takes its regions out and brings them back.`,
      `Set \`recovery: { routingControls: {} }\` in environments/${environment.name}.ts and deploy, before they are needed. What they cost is in modules/routing-controls/README.md.`,
    );
  }
  const access: AwsAccess =
    environment.target === "aws"
      ? { variables: {} }
      : accessTo(context, await requireLocalCloud(context, environment, false));
  const found = await findControls(context, environment, access, file);
  const { endpoints, controlPanelArn, controls } = found.set;
  const states = await context.aws.routingControls.states(access, endpoints, controlPanelArn);
  rememberControls(context, environment, found.set);
  const isOn = new Map(Object.entries(controls).map(([region, arn]) => [region, states.get(arn) === true]));
  return { context, environment, access, ...found, isOn };
}

/**
 * Leads users out of a region, or back into it, and reads back that it is so.
 *
 * @returns what was done, or nothing when it was not confirmed.
 * @throws CommandError where the others cannot take the users, or where a safety rule is in the way.
 */
export async function changeRegion(
  regions: Regions,
  region: string,
  state: "On" | "Off",
  approval: Approval,
  options: ChangeOptions,
): Promise<Change | undefined> {
  const { context, environment, access, set, isOn } = regions;
  const arn = set.controls[region];
  if (arn === undefined) {
    throw new UsageError(
      `'${environment.name}' has no routing control of '${region}'.`,
      alternatives(region, Object.keys(set.controls)),
    );
  }
  const by = await identify(regions, region);
  const at = context.now().toISOString();
  if (isOn.get(region) === (state === "On")) {
    return { region, state, isChanged: false, by, at };
  }
  const judgements =
    state === "Off" ? await judgeLeaving(regions, region) : await judgeReturn(regions, region);
  show(context, judgements);
  refuseUnready(judgements, region, options);
  refuseBelowMinimum(regions, region, state, options);
  const question =
    state === "Off"
      ? `Route users of '${environment.name}' out of ${region}?`
      : `Route users of '${environment.name}' back to ${region}?`;
  if (!(await approval.given(question))) {
    return undefined;
  }
  const overridden = options.overrideSafetyRules === true ? set.safetyRuleArns : [];
  try {
    await context.aws.routingControls.set(access, set.endpoints, new Map([[arn, state]]), overridden);
  } catch (error) {
    // An endpoint that changed it may have died before it said so; the next one meets the wait period then.
    if (!(error instanceof RefusedByRule) || !(await isNow(regions, arn, state))) {
      throw error;
    }
  }
  await readBack(regions, arn, region, state);
  const change = { environment: environment.name, region, state, by, at, overridden, reason: options.reason };
  const record = await writeRecord(regions, region, change);
  return { region, state, isChanged: true, by, at, ...(record === undefined ? {} : { record }) };
}

/** Whose the credentials are, asked in regions that are not the one in question first. */
async function identify({ context, environment, access, isOn }: Regions, region: string): Promise<string> {
  const others = [...isOn.keys()].filter((each) => each !== region);
  for (const each of [...others, region]) {
    const identity = await within(context.aws.callerIdentity(access, each));
    if (identity !== undefined) {
      refuseOtherAccount(environment, identity);
      return identity.arn;
    }
  }
  // The routing controls know whom they obey, whoever it is.
  context.terminal.err("No region could identify the credentials; the record will not name you.\n");
  return "unknown";
}

function refuseOtherAccount(environment: TargetEnvironment, { account, arn }: CallerIdentity): void {
  if (account !== environment.account) {
    throw new CommandError(
      `The credentials are for account ${account} (${arn}), but environment '${environment.name}' is account ${environment.account}. Nothing was changed.`,
      `Sign in to account ${environment.account}.`,
    );
  }
}

async function judgeLeaving(regions: Regions, leaving: string): Promise<Judgement[]> {
  const { context, environment, access, isOn } = regions;
  const services = ledServices(environment.services ?? {}, leaving);
  const on = [...isOn].filter(([region, on]) => on && region !== leaving).map(([region]) => region);
  return judgeReadiness(services, leaving, on, await observe(context, environment, access, services, on));
}

/** A region that comes back must serve itself. */
async function judgeReturn(regions: Regions, region: string): Promise<Judgement[]> {
  const { context, environment, access } = regions;
  const services = ledServices(environment.services ?? {}, region);
  const seen = await observe(context, environment, access, services, [region]);
  return seen.map(({ service, serves, says }) => ({
    result: serves === true ? "ok" : "block",
    service,
    says: `in ${region}: ${says}`,
  }));
}

function show({ terminal }: Context, judgements: readonly Judgement[]): void {
  const width = Math.max(0, ...judgements.map(({ service }) => service.length));
  for (const { result, service, says } of judgements) {
    terminal.err(`${result.padEnd(5)}  ${service.padEnd(width)}  ${says}\n`);
  }
}

function refuseUnready(
  judgements: readonly Judgement[],
  region: string,
  { ignoreReadiness }: ChangeOptions,
): void {
  const blocked = judgements.filter(({ result }) => result === "block");
  if (blocked.length > 0 && ignoreReadiness !== true) {
    throw new CommandError(
      [
        `${region} keeps its routing control unchanged: users would be routed to where nothing serves them.`,
        ...blocked.map(({ service, says }) => `  ${service}: ${says}`),
      ].join("\n"),
      "Start these services first. To continue anyway, give --ignore-readiness.",
    );
  }
}

function refuseBelowMinimum(
  { set, isOn }: Regions,
  region: string,
  state: "On" | "Off",
  { overrideSafetyRules }: ChangeOptions,
): void {
  const left = [...isOn].filter(([each, on]) => (each === region ? state === "On" : on)).length;
  if (left < set.minimumOn && overrideSafetyRules !== true) {
    throw new CommandError(
      `The safety rule keeps ${set.minimumOn} ${set.minimumOn === 1 ? "region" : "regions"} on, and this would leave ${left}. Nothing was changed.`,
      "Bring another region back first with `meridian region restore`. To override the rule, give --override-safety-rules; while all controls are off, Route 53 answers as if all regions were healthy.",
    );
  }
}

async function isNow({ context, access, set }: Regions, arn: string, state: "On" | "Off"): Promise<boolean> {
  const states = await context.aws.routingControls.states(access, set.endpoints, set.controlPanelArn);
  return states.get(arn) === (state === "On");
}

async function readBack(regions: Regions, arn: string, region: string, state: "On" | "Off"): Promise<void> {
  for (let reading = 1; reading <= readings; reading += 1) {
    if (await isNow(regions, arn, state)) {
      return;
    }
    await regions.context.sleep(1000);
  }
  throw new CommandError(
    `The routing control of ${region} was set to ${state}, but still reads differently.`,
    "Somebody else may have set it back: ask them, check with `meridian region status`, and run the command again.",
  );
}

/**
 * Writes down who did it: on this machine, and in the first bucket of states that answers, that of another
 * region before all. It is done by then, so that a record which cannot be written fails nothing.
 */
async function writeRecord(
  { context, environment, access }: Regions,
  region: string,
  change: { readonly at: string } & object,
): Promise<string | undefined> {
  const name = `${change.at.replace(/[:.]/g, "-")}-${region}.json`;
  const text = `${JSON.stringify(change, null, 2)}\n`;
  writePrivateFile(join(context.workspace.root, "region-changes", name), text);
  const buckets = (["home", "replica"] as const).map((copy) => bucketOf(environment, copy));
  const ordered = [...buckets].sort(
    (left, right) => Number(left.region === region) - Number(right.region === region),
  );
  for (const bucket of ordered) {
    const key = `${environment.name}/region-changes/${name}`;
    const written = await within(context.aws.objects.write(access, { ...bucket, key }, text), context);
    if (written !== undefined) {
      return `s3://${bucket.bucket}/${key}`;
    }
  }
  context.terminal.err("The record of this change is on this machine only.\n");
  return undefined;
}

/** What a region answers in time, or nothing; why not is told where a context is given. */
function within<Answer>(asked: Promise<Answer>, context?: Context): Promise<Answer | undefined> {
  const answer = asked.catch((error: unknown) => {
    context?.terminal.err(`${messageOf(error)}\n`);
    return undefined;
  });
  return inTime(answer, answerSeconds, undefined);
}
