import { groupsFor, type Balancer, type TargetGroup } from "./model/balancer";
import { type Copy, copyAlive, placeAlive } from "./model/compute";
import type { Model } from "./model/entries";
import type { Resource } from "./model/program";
import type { Scenarios } from "./scenarios";
import type { Verdict } from "./truth/verdict";

/** Where an answer finally leads: what gets the request, or why nothing does. */
export interface Leaf {
  readonly key: string;
  /** A load balancer, an App Runner service or an accelerator; absent where it is none that the stacks hold. */
  readonly resource?: Resource;
  readonly region?: string;
  /** In words. */
  readonly says: string;
  /** Whether nothing is there in any scenario. */
  readonly isDead?: true;
}

/** Which leaves are alive for which requests, and healthy in the eyes of AWS. */
export class Leaves {
  private readonly balancers: ReadonlyMap<Resource, Balancer>;
  private readonly memory = new Map<string, Verdict>();
  private readonly copies = new Map<Copy, Verdict>();

  public constructor(
    private readonly model: Model,
    private readonly scenarios: Scenarios,
  ) {
    this.balancers = new Map(model.balancers.map((balancer) => [balancer.resource, balancer]));
  }

  public balancerOf(leaf: Leaf): Balancer | undefined {
    return leaf.resource === undefined ? undefined : this.balancers.get(leaf.resource);
  }

  /** Where a request for a host and path that reaches a leaf is served. */
  public alive(leaf: Leaf, host: string, path: string): Verdict {
    const key = `${leaf.key} ${host} ${path}`;
    const known = this.memory.get(key);
    if (known !== undefined) {
      return known;
    }
    const verdict = this.computeAlive(leaf, host, path);
    this.memory.set(key, verdict);
    return verdict;
  }

  /** The copies of a service that a request for a host and path at a leaf can be served by. */
  public copiesAt(leaf: Leaf, host: string, path: string): Model["copies"] {
    const balancer = this.balancerOf(leaf);
    return balancer === undefined
      ? this.model.copies.filter(({ resource }) => resource === leaf.resource)
      : groupsFor(balancer, host, path).flatMap(({ copies }) => copies);
  }

  /** Where a copy serves. */
  public copyAlive(copy: Copy): Verdict {
    const known = this.copies.get(copy) ?? copyAlive(this.scenarios, copy);
    this.copies.set(copy, known);
    return known;
  }

  /** Where a load balancer is healthy to Route 53 and Global Accelerator: each group with targets has a healthy one. */
  public balancerHealthy(balancer: Balancer): Verdict {
    const { verdicts } = this.scenarios;
    const known = this.memory.get(balancer.resource.address);
    if (known !== undefined) {
      return known;
    }
    const used = balancer.groups.filter(({ copies }) => copies.length > 0);
    const healthy = used.map((group) => this.groupAlive(group));
    const verdict =
      used.length === 0
        ? verdicts.never
        : verdicts.and(placeAlive(this.scenarios, balancer.region, balancer.zones), ...healthy);
    this.memory.set(balancer.resource.address, verdict);
    return verdict;
  }

  /** Where some copy of a target group serves. */
  public groupAlive({ copies }: TargetGroup): Verdict {
    return this.scenarios.verdicts.or(...copies.map((copy) => this.copyAlive(copy)));
  }

  private computeAlive(leaf: Leaf, host: string, path: string): Verdict {
    const { verdicts } = this.scenarios;
    const balancer = this.balancerOf(leaf);
    if (balancer !== undefined) {
      const groups = groupsFor(balancer, host, path);
      return verdicts.and(
        placeAlive(this.scenarios, balancer.region, balancer.zones),
        verdicts.or(...groups.map((group) => this.groupAlive(group))),
      );
    }
    const copy = this.model.copies.find(({ resource }) => resource === leaf.resource);
    if (copy !== undefined) {
      return this.copyAlive(copy);
    }
    return leaf.isDead === true ? verdicts.never : verdicts.unknown;
  }
}

/** No answer at all. */
export const nothing: Leaf = { key: "nothing", says: "no answer", isDead: true };

/** Something that the stacks do not hold. */
export function unknownLeaf(says: string): Leaf {
  return { key: `unknown ${says}`, says };
}

/** A leaf that is a resource. */
export function resourceLeaf(resource: Resource, region: string | undefined): Leaf {
  return {
    key: resource.address,
    resource,
    ...(region === undefined ? {} : { region }),
    says: region ?? resource.address,
  };
}
