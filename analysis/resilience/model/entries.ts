import { balancersIn, type Balancer } from "./balancer";
import { type Copy, copiesIn } from "./compute";
import { recordSetsIn, keyOf, type RecordSet } from "./dns";
import { asObject, listOf, numberOf, type Program, type Resource } from "./program";

/** A group of endpoints of an accelerator in one region. */
export interface EndpointGroup {
  readonly resource: Resource;
  readonly region: string;
  readonly dial: number;
  readonly endpoints: readonly { readonly balancer: Balancer; readonly weight: number }[];
}

/** An accelerator, as users of HTTPS meet it. */
export interface Accelerator {
  readonly resource: Resource;
  readonly name: string;
  readonly groups: readonly EndpointGroup[];
}

/** Where a distribution asks. */
export interface Distribution {
  readonly resource: Resource;
  /** The names of its origins: the first, then those that it turns to when that fails. */
  readonly origins: readonly string[];
}

/** What is known of an environment's stacks: what runs, and how users get there. */
export interface Model {
  readonly copies: readonly Copy[];
  readonly balancers: readonly Balancer[];
  readonly accelerators: readonly Accelerator[];
  readonly distributions: readonly Distribution[];
  readonly sets: readonly RecordSet[];
  readonly setByKey: ReadonlyMap<string, RecordSet>;
}

/** Reads the model from the stacks alone. */
export function modelOf(program: Program): Model {
  const copies = copiesIn(program);
  const balancers = balancersIn(program, copies);
  const sets = recordSetsIn(program);
  return {
    copies,
    balancers,
    accelerators: acceleratorsIn(program, balancers),
    distributions: distributionsIn(program),
    sets,
    setByKey: new Map(sets.map((set) => [keyOf(set.zone, set.name, set.type), set])),
  };
}

function acceleratorsIn(program: Program, balancers: readonly Balancer[]): Accelerator[] {
  const listeners = program.ofType("aws_globalaccelerator_listener");
  const groups = program.ofType("aws_globalaccelerator_endpoint_group");
  return program.ofType("aws_globalaccelerator_accelerator").map((resource) => {
    const own = listeners.filter(
      (listener) =>
        program.referred(listener, listener.attributes.accelerator_arn, resource.type) === resource,
    );
    return {
      resource,
      name: program.textOf(resource, resource.attributes.name) ?? resource.id,
      groups: groups
        .filter((group) => {
          const listener = program.referred(
            group,
            group.attributes.listener_arn,
            "aws_globalaccelerator_listener",
          );
          return listener !== undefined && own.includes(listener);
        })
        .map((group) => endpointGroup(program, group, balancers)),
    };
  });
}

function endpointGroup(program: Program, resource: Resource, balancers: readonly Balancer[]): EndpointGroup {
  const { attributes } = resource;
  const endpoints = listOf(attributes.endpoint_configuration)
    .map(asObject)
    .flatMap(({ endpoint_id, weight }) => {
      const balancer = balancers.find(
        (each) => each.resource === program.referred(resource, endpoint_id, "aws_lb"),
      );
      return balancer === undefined ? [] : [{ balancer, weight: numberOf(weight) ?? 128 }];
    });
  const region = attributes.endpoint_group_region;
  return {
    resource,
    region: typeof region === "string" ? region : (endpoints[0]?.balancer.region ?? resource.region ?? ""),
    dial: numberOf(attributes.traffic_dial_percentage) ?? 100,
    endpoints,
  };
}

function distributionsIn(program: Program): Distribution[] {
  return program.ofType("aws_cloudfront_distribution").map((resource) => {
    const { attributes } = resource;
    const domains = new Map(
      listOf(attributes.origin)
        .map(asObject)
        .map(({ origin_id, domain_name }) => [
          String(origin_id),
          program.textOf(resource, domain_name)?.toLowerCase(),
        ]),
    );
    const groups = new Map(
      listOf(attributes.origin_group)
        .map(asObject)
        .map(({ origin_id, member }) => [
          String(origin_id),
          listOf(member).map((each) => String(asObject(each).origin_id)),
        ]),
    );
    const wanted = String(asObject(listOf(attributes.default_cache_behavior)[0]).target_origin_id);
    // Of an origin that is no name, such as a bucket, nothing is known but its id.
    return { resource, origins: (groups.get(wanted) ?? [wanted]).map((id) => domains.get(id) ?? id) };
  });
}
