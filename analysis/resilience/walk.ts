import { choose, tiersOf } from "./choose";
import { type Leaf, type Leaves, nothing, resourceLeaf, unknownLeaf } from "./leaves";
import type { DnsRecord, RecordSet, Target } from "./model/dns";
import type { Accelerator, Distribution, EndpointGroup, Model } from "./model/entries";
import { keyOf } from "./model/dns";
import type { HealthCheck } from "./model/health";
import type { Place } from "./places";
import type { Scenarios } from "./scenarios";
import type { Verdict, Verdicts } from "./truth/verdict";

/** An answer that clients get: where it leads, what they ask there, and where it is the answer. */
export interface Answer {
  readonly leaf: Leaf;
  /** The host that is asked for there: the user's, or the origin's behind a distribution. */
  readonly host: string;
  readonly when: Verdict;
  /** The records by which it was found, from the name on. */
  readonly records: readonly DnsRecord[];
}

/** What a user asks for. */
export interface Question {
  readonly host: string;
  readonly path: string;
}

/** Follows names to what answers, for every scenario at once. */
export class Walk {
  /** Names that lead back to themselves. */
  public readonly loops = new Set<RecordSet>();
  private readonly verdicts: Verdicts;
  private readonly memory = new Map<string, readonly Answer[]>();
  private readonly healths = new Map<string, Verdict>();
  private readonly checks = new Map<HealthCheck["resource"], Verdict>();
  private readonly open = new Set<string>();

  public constructor(
    private readonly model: Model,
    private readonly scenarios: Scenarios,
    private readonly leaves: Leaves,
    private readonly places: readonly Place[],
  ) {
    this.verdicts = scenarios.verdicts;
  }

  /** The answers that clients of a place get. */
  public answers(set: RecordSet, place: Place, question: Question): readonly Answer[] {
    const key = `${set.key} ${place.key} ${question.host} ${question.path}`;
    const known = this.memory.get(key);
    if (known !== undefined) {
      return known;
    }
    if (this.open.has(key)) {
      this.loops.add(set);
      return [this.answer(nothing, question.host)];
    }
    this.open.add(key);
    const tiers = tiersOf(set, place);
    const answers =
      tiers.length === 0
        ? [this.answer(nothing, question.host)]
        : choose(this.verdicts, tiers, (record) => this.recordHealth(set, record, place)).flatMap(
            ({ candidate, when }) =>
              candidate.targets
                .flatMap((target) => this.behind(set, target, place, question))
                .map((answer) => ({
                  ...answer,
                  when: this.verdicts.and(when, answer.when),
                  records: [candidate, ...answer.records],
                })),
          );
    this.open.delete(key);
    const merged = this.merged(answers);
    this.memory.set(key, merged);
    return merged;
  }

  /** Where all answers are alive. */
  public served(answers: readonly Answer[], path: string): Verdict {
    return this.verdicts.and(
      ...answers.map(({ leaf, host, when }) =>
        this.verdicts.or(this.verdicts.not(when), this.leaves.alive(leaf, host, path)),
      ),
    );
  }

  /** Whether Route 53 takes a record for healthy. */
  public recordHealth(set: RecordSet, record: DnsRecord, place: Place): Verdict {
    const isSameEverywhere = !record.isAlias || !record.evaluatesTarget;
    const key = isSameEverywhere ? record.resource.address : `${record.resource.address} ${place.key}`;
    const known = this.healths.get(key);
    if (known !== undefined) {
      return known;
    }
    const health = this.computeHealth(set, record, place);
    // Inside a circle it is only known in part.
    if (this.open.size === 0) {
      this.healths.set(key, health);
    }
    return health;
  }

  private computeHealth(set: RecordSet, record: DnsRecord, place: Place): Verdict {
    const checked = record.check === undefined ? this.verdicts.always : this.checkHealth(record.check);
    const targets =
      record.isAlias && record.evaluatesTarget
        ? record.targets.map((target) => this.targetHealth(set, target, place))
        : [];
    return this.verdicts.and(checked, ...targets);
  }

  /** Whether a health check is healthy. */
  public checkHealth(check: HealthCheck): Verdict {
    const known = this.checks.get(check.resource);
    if (known !== undefined) {
      return known;
    }
    // A check that asks for what it decides about: what comes of it is not known.
    this.checks.set(check.resource, this.verdicts.unknown);
    const found = check.isDisabled ? this.verdicts.always : this.asked(check);
    const verdict = check.isInverted ? this.verdicts.not(found) : found;
    this.checks.set(check.resource, verdict);
    return verdict;
  }

  /** The answers that checkers get: from wherever they ask. */
  public answersToCheck(check: HealthCheck): readonly Answer[] {
    if (check.kind !== "endpoint") {
      return [];
    }
    const question = { host: check.host ?? "", path: check.path };
    const resource = check.address ?? check.named;
    if (resource !== undefined) {
      const answers = this.places.flatMap((place) =>
        this.behindResource({ kind: "resource", resource }, place, question),
      );
      return this.merged(answers);
    }
    const set = this.publicSet(question.host);
    return set === undefined
      ? [this.answer(unknownLeaf(question.host), question.host)]
      : this.merged(this.places.flatMap((place) => this.answers(set, place, question)));
  }

  /** The record set of a name in a public zone: of addresses, or the name that it stands for. */
  public publicSet(name: string, types: readonly string[] = ["A", "AAAA", "CNAME"]): RecordSet | undefined {
    const found = this.model.sets.filter((set) => set.name === name.toLowerCase() && !set.isPrivate);
    return types.map((type) => found.find((set) => set.type === type)).find((set) => set !== undefined);
  }

  private asked(check: HealthCheck): Verdict {
    switch (check.kind) {
      case "endpoint":
        return this.served(this.answersToCheck(check), check.path);
      case "calculated":
        return this.verdicts.atLeast(
          check.threshold,
          check.children.map((child) =>
            child === undefined ? this.verdicts.unknown : this.checkHealth(child),
          ),
        );
      case "alarm":
        return this.alarmHealth(check.resource.attributes.cloudwatch_alarm_region);
      // A routing control that is on.
      case "control":
        return this.verdicts.always;
      case "unknown":
        return this.verdicts.unknown;
    }
  }

  /** What an alarm says while something fails in its region is not known; else it is quiet. */
  private alarmHealth(region: unknown): Verdict {
    const touched = this.scenarios.where((failure) => "region" in failure && failure.region === region);
    return { must: this.verdicts.not(touched).must, may: this.verdicts.always.may };
  }

  private targetHealth(set: RecordSet, target: Target, place: Place): Verdict {
    if (target.kind === "elsewhere") {
      return this.verdicts.unknown;
    }
    if (target.kind === "name") {
      const next = this.nextSet(set, target.name);
      return next === undefined ? this.verdicts.unknown : this.setHealth(next, place);
    }
    const leaf = resourceLeaf(target.resource, target.resource.region);
    const balancer = this.leaves.balancerOf(leaf);
    if (balancer !== undefined) {
      return this.leaves.balancerHealthy(balancer);
    }
    // AWS does not say what evaluating means for them: it is honest, or it is always healthy.
    const question = { host: set.name, path: "/" };
    const answers = this.behindResource({ kind: "resource", resource: target.resource }, place, question);
    return { must: this.served(answers, question.path).must, may: this.verdicts.always.may };
  }

  /**
   * A name is healthy while one of its records is. Whether those of other locations count for an alias above
   * a geolocation group is not documented, so both readings are kept.
   */
  private setHealth(set: RecordSet, place: Place): Verdict {
    const key = `health ${set.key} ${place.key}`;
    if (this.open.has(key)) {
      this.loops.add(set);
      return this.verdicts.unknown;
    }
    this.open.add(key);
    const healthOf = (records: readonly DnsRecord[]): Verdict =>
      this.verdicts.or(...records.map((record) => this.recordHealth(set, record, place)));
    const all = healthOf(set.records);
    const applicable = healthOf(tiersOf(set, place).flatMap(({ candidates }) => candidates));
    this.open.delete(key);
    return { must: applicable.must, may: all.may };
  }

  private behind(set: RecordSet, target: Target, place: Place, question: Question): readonly Answer[] {
    switch (target.kind) {
      case "elsewhere":
        return [this.answer(unknownLeaf(target.says), question.host)];
      case "name": {
        const next = this.nextSet(set, target.name);
        return next === undefined
          ? [this.answer(unknownLeaf(target.name), question.host)]
          : this.answers(next, place, question);
      }
      case "resource":
        return this.behindResource(target, place, question);
    }
  }

  private behindResource(
    { resource }: Extract<Target, { kind: "resource" }>,
    place: Place,
    question: Question,
  ): readonly Answer[] {
    const accelerator = this.model.accelerators.find((each) => each.resource === resource);
    if (accelerator !== undefined) {
      return this.behindAccelerator(accelerator, place, question);
    }
    const distribution = this.model.distributions.find((each) => each.resource === resource);
    return distribution === undefined
      ? [this.answer(resourceLeaf(resource, resource.region), question.host)]
      : this.behindDistribution(distribution, place, question);
  }

  /**
   * Global Accelerator leads to the nearest group with a healthy endpoint, and to the nearest of all where none
   * is healthy; dials do not count when it fails over
   * (https://docs.aws.amazon.com/global-accelerator/latest/dg/about-endpoints-endpoint-weights.unhealthy-endpoints.html).
   */
  private behindAccelerator(accelerator: Accelerator, place: Place, question: Question): readonly Answer[] {
    const lost = this.scenarios.where(
      (failure) => failure.kind === "accelerator" && failure.accelerator === accelerator.name,
    );
    // An endpoint of weight 0 gets nothing, whatever fails.
    const groups = accelerator.groups
      .map((group) => ({ ...group, endpoints: group.endpoints.filter(({ weight }) => weight > 0) }))
      .filter(({ endpoints }) => endpoints.length > 0);
    const isNear = ({ region, dial }: EndpointGroup): boolean => region === place.region && dial > 0;
    const tiers = [groups.filter(isNear), groups.filter((group) => !isNear(group))]
      .filter((candidates) => candidates.length > 0)
      .map((candidates) => ({ candidates, isShared: false }));
    const healthOf = ({ endpoints }: EndpointGroup): Verdict =>
      this.verdicts.or(...endpoints.map(({ balancer }) => this.leaves.balancerHealthy(balancer)));
    const reached = choose(this.verdicts, tiers, healthOf).flatMap(({ candidate, when }) =>
      candidate.endpoints.map(({ balancer }) => ({
        ...this.answer(resourceLeaf(balancer.resource, balancer.region), question.host),
        when: this.verdicts.and(when, this.verdicts.not(lost)),
      })),
    );
    const dead: Leaf = {
      key: `dead ${accelerator.resource.address}`,
      says: `accelerator ${accelerator.name}`,
      isDead: true,
    };
    return [
      ...reached,
      { ...this.answer(dead, question.host), when: groups.length === 0 ? this.verdicts.always : lost },
    ];
  }

  /** A distribution asks its first origin, and the next where that one does not answer. */
  private behindDistribution({ origins }: Distribution, place: Place, { path }: Question): readonly Answer[] {
    const behind = new Map(
      origins.map((origin) => {
        const set = this.publicSet(origin);
        return [
          origin,
          set === undefined
            ? [this.answer(unknownLeaf(origin), origin)]
            : this.answers(set, place, { host: origin, path }),
        ] as const;
      }),
    );
    const tiers = origins.map((origin) => ({ candidates: [origin], isShared: false }));
    return choose(this.verdicts, tiers, (origin) => this.served(behind.get(origin) ?? [], path)).flatMap(
      ({ candidate, when }) =>
        (behind.get(candidate) ?? []).map((answer) => ({
          ...answer,
          when: this.verdicts.and(when, answer.when),
        })),
    );
  }

  /** The record set that a name of another one stands for. */
  public nextSet({ zone, type }: RecordSet, name: string): RecordSet | undefined {
    return this.model.setByKey.get(keyOf(zone, name, type)) ?? this.publicSet(name, [type, "CNAME", "A"]);
  }

  private answer(leaf: Leaf, host: string): Answer {
    return { leaf, host, when: this.verdicts.always, records: [] };
  }

  private merged(answers: readonly Answer[]): readonly Answer[] {
    const byLeaf = new Map<string, Answer>();
    for (const answer of answers) {
      const key = `${answer.leaf.key} ${answer.host}`;
      const before = byLeaf.get(key);
      byLeaf.set(
        key,
        before === undefined
          ? answer
          : {
              ...before,
              when: this.verdicts.or(before.when, answer.when),
              records: [...new Set([...before.records, ...answer.records])],
            },
      );
    }
    return [...byLeaf.values()];
  }
}
