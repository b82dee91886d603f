import type { Leaves } from "./leaves";
import { resourceLeaf } from "./leaves";
import type { Balancer } from "./model/balancer";
import type { DnsRecord, RecordSet, Target } from "./model/dns";
import type { Accelerator, Model } from "./model/entries";
import type { HealthCheck } from "./model/health";
import type { Place } from "./places";
import { holdsIn } from "./truth/table";
import type { Walk } from "./walk";

/** Seconds that Global Accelerator takes to lead new connections elsewhere once an endpoint is unhealthy. */
const acceleratorSeconds = 30;

/** How long it takes at most until users are led elsewhere, and by what. */
export interface Delay {
  readonly seconds: number;
  /** What takes longest. */
  readonly address: string;
}

/** Bounds of the time from a failure until nobody new is led to it. */
export class Seconds {
  public constructor(
    private readonly model: Model,
    private readonly walk: Walk,
    private readonly leaves: Leaves,
    private readonly places: readonly Place[],
  ) {}

  /**
   * The bound for a name in a scenario: the slowest of the records that are passed over, and the time that
   * resolvers keep their answers. Nothing where no record has to be passed over.
   */
  public of(set: RecordSet, scenario: number): Delay | undefined {
    const found = this.delays(set, scenario, new Set());
    return found.reduce<Delay | undefined>(
      (slowest, delay) => (slowest === undefined || delay.seconds > slowest.seconds ? delay : slowest),
      undefined,
    );
  }

  private delays(set: RecordSet, scenario: number, seen: Set<RecordSet>): Delay[] {
    if (seen.has(set)) {
      return [];
    }
    seen.add(set);
    return set.records.flatMap((record) => {
      const flip = this.recordFlip(set, record, scenario);
      const own =
        flip === undefined
          ? []
          : [
              {
                seconds: flip + record.ttlSeconds,
                address: record.check?.resource.address ?? record.resource.address,
              },
            ];
      const behind = record.targets.flatMap((target) => this.behind(set, target, scenario, seen));
      return [...own, ...behind];
    });
  }

  private behind(set: RecordSet, target: Target, scenario: number, seen: Set<RecordSet>): Delay[] {
    if (target.kind === "name") {
      const next = this.walk.nextSet(set, target.name);
      return next === undefined ? [] : this.delays(next, scenario, seen);
    }
    if (target.kind === "elsewhere") {
      return [];
    }
    const accelerator = this.model.accelerators.find(({ resource }) => resource === target.resource);
    if (accelerator !== undefined) {
      return this.accelerated(accelerator, scenario);
    }
    const distribution = this.model.distributions.find(({ resource }) => resource === target.resource);
    return (distribution?.origins ?? []).flatMap((origin) => {
      const next = this.walk.publicSet(origin);
      return next === undefined ? [] : this.delays(next, scenario, seen);
    });
  }

  private accelerated({ resource, groups }: Accelerator, scenario: number): Delay[] {
    return groups
      .flatMap(({ endpoints }) => endpoints)
      .flatMap(({ balancer }) => {
        const detected = this.balancerFlip(balancer, scenario);
        return detected === undefined
          ? []
          : [{ seconds: detected + acceleratorSeconds, address: resource.address }];
      });
  }

  /** Seconds until a record that is healthy while nothing fails is not any more; nothing where it stays so. */
  private recordFlip(set: RecordSet, record: DnsRecord, scenario: number): number | undefined {
    const flips = this.places.some((place) => {
      const health = this.walk.recordHealth(set, record, place);
      return holdsIn(health.may, 0) && !holdsIn(health.may, scenario);
    });
    if (!flips) {
      return undefined;
    }
    const checked = record.check === undefined ? undefined : this.checkFlip(record.check, scenario);
    const targets =
      record.isAlias && record.evaluatesTarget
        ? record.targets.map((target) => this.targetFlip(set, target, scenario))
        : [];
    return least([checked, ...targets]);
  }

  private checkFlip(check: HealthCheck, scenario: number): number | undefined {
    if (check.isDisabled || holdsIn(this.walk.checkHealth(check).may, scenario)) {
      return undefined;
    }
    if (check.kind === "calculated") {
      const flips = check.children
        .map((child) => (child === undefined ? undefined : this.checkFlip(child, scenario)))
        .filter((each) => each !== undefined)
        .sort((left, right) => left - right);
      return flips[check.children.length - check.threshold];
    }
    return check.kind === "endpoint" || check.kind === "alarm" ? check.detectionSeconds : undefined;
  }

  private targetFlip(set: RecordSet, target: Target, scenario: number): number | undefined {
    if (target.kind === "name") {
      const next = this.walk.nextSet(set, target.name);
      const flips = next?.records.map((record) => this.recordFlip(next, record, scenario)) ?? [];
      // A name is unhealthy when the last of its records is.
      return flips.includes(undefined) ? undefined : Math.max(...flips.map((each) => each ?? 0));
    }
    if (target.kind === "elsewhere") {
      return undefined;
    }
    const balancer = this.leaves.balancerOf(resourceLeaf(target.resource, undefined));
    return balancer === undefined ? undefined : this.balancerFlip(balancer, scenario);
  }

  private balancerFlip(balancer: Balancer, scenario: number): number | undefined {
    if (holdsIn(this.leaves.balancerHealthy(balancer).may, scenario)) {
      return undefined;
    }
    const dead = balancer.groups.filter(
      (group) => group.copies.length > 0 && !holdsIn(this.leaves.groupAlive(group).may, scenario),
    );
    return least(dead.map(({ detectionSeconds }) => detectionSeconds));
  }
}

function least(seconds: readonly (number | undefined)[]): number | undefined {
  const known = seconds.filter((each) => each !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}
