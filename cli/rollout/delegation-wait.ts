import pc from "picocolors";

import {
  delegationSteps,
  type ExpectedDelegation,
  isReachable,
  judgeDelegation,
  type ParentAnswer,
  ParentUnreachable,
} from "../probes/delegation";
import { CommandError } from "../base/errors";
import type { Stack } from "../stacks/manifest";
import { pause } from "../session/context";
import type { Session } from "../session/session";
import type { State } from "../stacks/state-file";
import type { StateHome } from "../state/state-home";

/** Seconds between two questions to the zone above. */
const askEverySeconds = 15;

/**
 * Keeps stacks that would wait for their certificates from being applied while the domain does not lead to
 * its zone: ACM cannot validate a name that nobody finds, and Terraform would wait 75 minutes to say so.
 *
 * Shows what to do at the registrar. Goes on as soon as the zone above names the zone's name servers, where
 * somebody is there to see to it; else it stops, and the next run goes on from here. Returns at once where
 * nothing waits for a certificate, and with a warning where no name server can be asked.
 *
 * @throws CommandError when the domain does not lead to its zone and nobody is there.
 */
export async function awaitDelegation(
  session: Session,
  home: StateHome,
  next: readonly Stack[],
): Promise<void> {
  const waiting = await stacksThatWait(home, next);
  for (const zone of await zonesAbove(session, home, waiting)) {
    await awaitZone(session, zone, waiting);
  }
}

/** A zone that certificates are validated in. */
interface Zone extends ExpectedDelegation {
  /** Whether the stacks know how it is signed: they sign it themselves, or not at all. */
  readonly isOwn: boolean;
}

async function awaitZone(session: Session, zone: Zone, waiting: readonly Stack[]): Promise<void> {
  const { context, progress } = session;
  let seen = await look(session, zone);
  if (seen === undefined) {
    return;
  }
  if (!seen.isReachable) {
    if (!context.terminal.isInteractive) {
      throw undelegated(zone, seen.steps, waiting);
    }
    context.terminal.err(
      `\n${pc.bold(headline(zone, waiting))}\n\n${seen.steps.join("\n\n")}\n\n${pc.dim(
        `Asking every ${askEverySeconds} s; Ctrl-C stops, and the same command continues from here.`,
      )}\n`,
    );
  }
  while (!seen.isReachable) {
    await pause(context, askEverySeconds);
    if (context.interrupts.requested) {
      return;
    }
    // A question that gets no answer in between is put again.
    seen = (await look(session, zone)) ?? seen;
  }
  if (seen.steps.length > 0) {
    context.terminal.err(`\n${seen.steps.join("\n\n")}\n`);
  }
  progress.note(pc.dim(`${zone.domain} is delegated to its zone.`));
}

async function look(
  { context, access, progress }: Session,
  zone: Zone,
): Promise<{ readonly isReachable: boolean; readonly steps: readonly string[] } | undefined> {
  try {
    const found = await context.aws.parentOf(access, zone.domain);
    const expected = expectedBeside(zone, found);
    return {
      isReachable: isReachable(judgeDelegation(expected, found)),
      steps: delegationSteps(expected, found),
    };
  } catch (error) {
    if (error instanceof ParentUnreachable) {
      progress.note(
        pc.yellow(
          `Whether ${zone.domain} is delegated to its zone could not be checked: ${error.message}. If it is not, the certificates wait for 75 minutes and fail.`,
        ),
      );
      return undefined;
    }
    throw error;
  }
}

/** How somebody else's zone is signed is not known: what the zone above says of it is taken for right. */
function expectedBeside(zone: Zone, found: ParentAnswer): ExpectedDelegation {
  return zone.isOwn ? zone : { ...zone, dsRecord: found.dsRecords[0] };
}

function headline({ domain }: Zone, waiting: readonly Stack[]): string {
  return `${domain} is not delegated to its zone, so the certificates of ${waiting.map(({ name }) => name).join(", ")} cannot be validated.`;
}

function undelegated(zone: Zone, steps: readonly string[], waiting: readonly Stack[]): CommandError {
  return new CommandError(
    headline(zone, waiting),
    `${steps.join("\n\n")}\n\nThen run the same command again: it continues from here.`,
  );
}

/** The stacks that have a certificate to wait for which their states do not hold. */
async function stacksThatWait(home: StateHome, stacks: readonly Stack[]): Promise<Stack[]> {
  const states = await Promise.all(stacks.map((stack) => home.stateOf(stack)));
  return stacks.filter((stack, index) => {
    const issued = new Set(namesOf(states[index], "aws_acm_certificate_validation"));
    const configured = Object.keys(stack.configuration.resource?.aws_acm_certificate_validation ?? {});
    return configured.some((name) => !issued.has(name));
  });
}

function namesOf(state: State | undefined, wanted: string): string[] {
  return (state?.resources ?? [])
    .filter(({ mode, type, instances }) => mode === "managed" && type === wanted && instances.length > 0)
    .map(({ name }) => name);
}

/** The zones that the stacks before these publish. */
async function zonesAbove(session: Session, home: StateHome, stacks: readonly Stack[]): Promise<Zone[]> {
  const names = new Set(stacks.flatMap(({ dependencies }) => dependencies));
  const upstream = session.synthesis.stacks.filter(({ name }) => names.has(name));
  const states = await Promise.all(upstream.map((stack) => home.stateOf(stack)));
  return upstream.flatMap((stack, index) => zoneOf(stack, states[index]) ?? []);
}

function zoneOf(stack: Stack, state: State | undefined): Zone | undefined {
  const { domain_name: domain, name_servers: servers, ds_record: dsRecord } = state?.outputs ?? {};
  if (typeof domain?.value !== "string" || !Array.isArray(servers?.value)) {
    return undefined;
  }
  return {
    domain: domain.value,
    nameServers: servers.value.map(String),
    isOwn: stack.configuration.resource?.aws_route53_zone !== undefined,
    ...(typeof dsRecord?.value === "string" ? { dsRecord: dsRecord.value } : {}),
  };
}
