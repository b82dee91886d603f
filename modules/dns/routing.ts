import { Route53Record } from "@cdktf/provider-aws/lib/route53-record";
import { Construct } from "constructs";

import { known, ValidationError } from "../../core";
import { HealthCheck } from "./health-check";
import { recordTypesOf } from "./private/endpoint-types";
import type { AddressType } from "./private/names";
import { claimRecordSet } from "./private/record-claims";
import { renderSelector, renderTarget } from "./private/render-record";
import { type PlannedRecord, type RecordSet, planRecordSets } from "./private/routing-plan";
import { regionsOf, routingProblems } from "./private/routing-rules";
import type { DnsRoutingProps } from "./routing-props";

/**
 * One name over a set of regions, under any routing policy of Route 53 or a tree of them.
 *
 * Creates, for every endpoint with a check, the health check; for every branch of the policy, a
 * record of each address type; for a policy below a branch, records of a name below the routed one
 * and an alias that leads there. Every alias evaluates the health of what it leads to.
 *
 * @see https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-failover-complex-configs.html
 */
export class DnsRouting extends Construct {
  /** The record that stands first under the routed name, for settings that this module does not model. */
  public readonly resource: Route53Record;
  /** All records, the lowest of a tree first. */
  public readonly records: readonly Route53Record[];
  /** The routed name. */
  public readonly recordName: string;
  /** Ids of the health checks, by endpoint. */
  public readonly healthCheckIds: Readonly<Record<string, string>>;

  private readonly props: DnsRoutingProps;

  public constructor(scope: Construct, id: string, props: DnsRoutingProps) {
    super(scope, id);
    const sets = planRecordSets(props.policy, props.recordName, regionsOf(props));
    const types = typesOf(props);
    const problems = [
      ...routingProblems(this.node.path, props, sets),
      ...sets.flatMap((set) => claimRecordSet(this, props.zone, set.name, types)),
    ];
    if (problems.length > 0) {
      throw new ValidationError(problems);
    }

    this.props = props;
    this.recordName = props.recordName;
    this.healthCheckIds = this.writeHealthChecks();
    const written = new Map<string, Route53Record[]>();
    for (const set of sets) {
      written.set(set.name, this.writeSet(set, types, written));
    }
    this.records = [...written.values()].flat();
    const [first] = written.get(props.recordName) ?? [];
    this.resource = known(first, `${this.node.path}: a checked policy has at least one record`);
  }

  private writeHealthChecks(): Readonly<Record<string, string>> {
    const checks = new Construct(this, "Checks");
    const ids = Object.entries(this.props.endpoints).flatMap(
      ([name, { healthCheck }]): [string, string][] => {
        if (healthCheck === undefined) {
          return [];
        }
        const id =
          healthCheck.kind === "existing"
            ? healthCheck.healthCheckId
            : new HealthCheck(checks, name, { name: `${this.recordName} ${name}`, check: healthCheck })
                .healthCheckId;
        return [[name, id]];
      },
    );
    return Object.fromEntries(ids);
  }

  private writeSet(
    set: RecordSet,
    types: readonly AddressType[],
    written: ReadonlyMap<string, Route53Record[]>,
  ): Route53Record[] {
    const scope = set.path.reduce<Construct>(childOf, childOf(this, "Records"));
    return set.records.flatMap((record) => {
      const recordScope = childOf(scope, record.key);
      return types.map(
        (type) =>
          new Route53Record(recordScope, type, {
            zoneId: this.props.zone.hostedZoneId,
            name: set.name,
            type,
            ...(set.kind === "simple" ? {} : { setIdentifier: record.key }),
            ...renderSelector(record.selector),
            ...this.renderLead(record, set, type, written),
          }),
      );
    });
  }

  private renderLead(
    record: PlannedRecord,
    set: RecordSet,
    type: AddressType,
    written: ReadonlyMap<string, Route53Record[]>,
  ) {
    const { leadsTo } = record;
    if (leadsTo.kind === "record-set") {
      const alias = { name: leadsTo.name, zoneId: this.props.zone.hostedZoneId, evaluateTargetHealth: true };
      // Route 53 refuses an alias to a name of the zone that has no record yet.
      return { alias, dependsOn: written.get(leadsTo.name)?.filter((below) => below.typeInput === type) };
    }
    const endpoint = this.props.endpoints[leadsTo.endpoint];
    if (endpoint === undefined) {
      return {};
    }
    const healthCheckId = set.kind === "simple" ? undefined : this.healthCheckIds[leadsTo.endpoint];
    return { ...renderTarget(endpoint.target.value, type), healthCheckId };
  }
}

/** The child of an id, made where it is missing: several record sets stand below one branch. */
function childOf(scope: Construct, id: string): Construct {
  const child = scope.node.tryFindChild(id);
  return child instanceof Construct ? child : new Construct(scope, id);
}

/** The types of all endpoints; that they agree is a rule. */
function typesOf(props: DnsRoutingProps): readonly AddressType[] {
  const [first] = Object.values(props.endpoints);
  return first === undefined ? [] : recordTypesOf(first.target.value, props.dualStack ?? false);
}
