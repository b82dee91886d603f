import pc from "picocolors";

import type { RingingAlarm } from "../aws/alarms";
import type { TargetEnvironment } from "../base/target-environment";
import { CommandError } from "../base/errors";
import type { Stack } from "../stacks/manifest";
import { regionOfStack } from "../plan/report-input";
import type { Session } from "../session/session";
import type { State } from "../stacks/state-file";
import type { StateHome } from "../state/state-home";

/**
 * Splits waves so that at most so many regions that stand are changed at once. The home region, which
 * the others lean on, comes last. A region's first deploy endangers nobody and is not held back.
 */
export function rolloutWaves(
  waves: readonly (readonly Stack[])[],
  standing: ReadonlySet<string>,
  environment: TargetEnvironment,
): Stack[][] {
  const { homeRegion, rollout } = environment;
  const regionOf = (stack: Stack): string | undefined =>
    standing.has(stack.name) ? regionOfStack(environment, stack.name) : undefined;
  return waves.flatMap((wave) => {
    const free = wave.filter((stack) => regionOf(stack) === undefined);
    const held = wave
      .filter((stack) => regionOf(stack) !== undefined)
      .sort((left, right) => Number(regionOf(left) === homeRegion) - Number(regionOf(right) === homeRegion));
    const parts = Array.from({ length: Math.ceil(held.length / rollout.regionsPerWave) }, (_none, index) =>
      held.slice(index * rollout.regionsPerWave, (index + 1) * rollout.regionsPerWave),
    );
    return [[...free, ...(parts[0] ?? [])], ...parts.slice(1)].filter((part) => part.length > 0);
  });
}

/** Seconds between two looks at the alarms. */
const lookEverySeconds = 15;

/** Alarms that a refusal names; a region that is down rings all of its own. */
const shownAlarms = 5;

/** Watches what was changed before more is: waits, and stops the rollout when an alarm rings. */
export class Bake {
  private changedAt: Date | undefined;

  public constructor(
    private readonly session: Session,
    private readonly home: StateHome,
    private readonly ignored: readonly string[] = [],
  ) {}

  /** Notes that something that stood was changed. */
  public begin(at: Date): void {
    this.changedAt = this.changedAt === undefined || at > this.changedAt ? at : this.changedAt;
  }

  /**
   * Waits until what was changed has stood long enough. Returns at once when nothing was, and when the
   * user wants to stop.
   *
   * @throws CommandError when an alarm rings.
   */
  public async pass(next: readonly Stack[]): Promise<void> {
    if (this.changedAt === undefined) {
      return;
    }
    const { context, environment, progress } = this.session;
    const stood = (context.now().getTime() - this.changedAt.getTime()) / 1000;
    let left = Math.ceil(environment.rollout.bakeSeconds - stood);
    if (left > 0) {
      progress.note(pc.dim(`Watching the alarms for ${left} s before ${namesOf(next)}.`));
    }
    await this.look(next);
    for (let second = 1; left > 0 && !context.interrupts.requested; second += 1) {
      await context.sleep(1000);
      left -= 1;
      if (left <= 0 || second % lookEverySeconds === 0) {
        await this.look(next);
      }
    }
    this.changedAt = undefined;
  }

  private async look(next: readonly Stack[]): Promise<void> {
    const { context, access, environment, synthesis } = this.session;
    const states = await Promise.all(synthesis.stacks.map((stack) => this.home.stateOf(stack)));
    const byRegion = alarmsOf(states);
    const ringing = (
      await Promise.all(
        [...byRegion].map(([region, names]) => context.aws.alarms.ringing(access, region, names)),
      )
    )
      .flat()
      .filter(({ name }) => !this.ignored.includes(name));
    const more = ringing.length - shownAlarms;
    const rest = more > 0 ? [`and ${more} more`] : [];
    if (ringing.length > 0) {
      throw new CommandError(
        `The rollout of '${environment.name}' stopped before ${namesOf(next)}: ${[...ringing.slice(0, shownAlarms).map(described), ...rest].join("; ")}.`,
        "Find out whether the change did it, and fix it or revert it. To continue as it is, run the same command again once the alarm is quiet, or name it with --ignore-alarm.",
      );
    }
  }
}

function namesOf(stacks: readonly Stack[]): string {
  return stacks.map(({ name }) => name).join(", ");
}

function described({ name, region, reason }: RingingAlarm): string {
  return `alarm ${name} in ${region} is in ALARM${reason === "" ? "" : ` (${reason})`}`;
}

/** What a state says of an alarm, as far as it is read. */
interface AlarmAttributes {
  readonly alarm_name?: string;
  readonly arn?: string;
  readonly metric_name?: string;
}

/** The alarms that states hold and that a change may make ring, by region. An alarm's ARN tells where it is: not always in its stack's region. */
function alarmsOf(states: readonly (State | undefined)[]): Map<string, string[]> {
  const byRegion = new Map<string, string[]>();
  const alarms = states
    .flatMap((state) => state?.resources ?? [])
    .filter(({ mode, type }) => mode === "managed" && /^aws_cloudwatch_(metric|composite)_alarm$/.test(type));
  for (const { instances } of alarms) {
    for (const { attributes } of instances as { attributes?: AlarmAttributes }[]) {
      // No change ages a certificate, and a deploy may be what lets it be renewed.
      if (attributes?.metric_name === "DaysToExpiry") {
        continue;
      }
      const region = attributes?.arn?.split(":")[3] ?? "";
      byRegion.set(region, [...(byRegion.get(region) ?? []), attributes?.alarm_name ?? ""]);
    }
  }
  byRegion.delete("");
  return byRegion;
}
