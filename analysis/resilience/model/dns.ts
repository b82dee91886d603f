import { asObject, listOf, numberOf, type Program, type Resource } from "./program";
import { healthCheckOf, type HealthCheck } from "./health";

/** How Route 53 chooses among the records of a name. */
export type PolicyKind =
  "simple" | "failover" | "geolocation" | "geoproximity" | "latency" | "weighted" | "multivalue" | "cidr";

/** A location of clients: all that is not said counts as any. */
export interface Location {
  readonly continent?: string;
  readonly country?: string;
  readonly subdivision?: string;
}

/** What a record leads to. */
export type Target =
  /** An AWS resource: a load balancer, an accelerator, a distribution, an App Runner service. */
  | { readonly kind: "resource"; readonly resource: Resource }
  /** Another name. */
  | { readonly kind: "name"; readonly name: string }
  /** Something that the stacks do not hold, such as an address. */
  | { readonly kind: "elsewhere"; readonly says: string };

/** One record of a name. */
export interface DnsRecord {
  readonly resource: Resource;
  readonly policy: PolicyKind;
  readonly setIdentifier?: string;
  /** Of a failover record. */
  readonly isPrimary: boolean;
  /** Of a latency or geoproximity record: the AWS region. */
  readonly region?: string;
  /** Of a weighted record. */
  readonly weight: number;
  /** Of a geolocation record: nothing in it for the default. */
  readonly location?: Location;
  readonly check?: HealthCheck;
  readonly targets: readonly Target[];
  readonly isAlias: boolean;
  readonly evaluatesTarget: boolean;
  /** Seconds that resolvers keep an answer. */
  readonly ttlSeconds: number;
}

/** The records of one name and type in one zone. */
export interface RecordSet {
  readonly key: string;
  readonly zone: string;
  readonly name: string;
  readonly type: string;
  readonly isPrivate: boolean;
  readonly records: readonly DnsRecord[];
}

/** Types of resources that a record can lead to. */
const targetTypes = [
  "aws_lb",
  "aws_globalaccelerator_accelerator",
  "aws_cloudfront_distribution",
  "aws_apprunner_service",
  "aws_apprunner_custom_domain_association",
];

/** Route 53 answers for AWS resources with a TTL of 60 s, which nobody can change. */
const aliasTtlSeconds = 60;

/** The records that lead users somewhere, by zone, name and type. */
export function recordSetsIn(program: Program): RecordSet[] {
  const sets = new Map<string, RecordSet & { readonly records: DnsRecord[] }>();
  for (const resource of program.ofType("aws_route53_record")) {
    const { attributes } = resource;
    const type = String(attributes.type);
    const name = program.textOf(resource, attributes.name);
    if (name === undefined || !["A", "AAAA", "CNAME"].includes(type)) {
      continue;
    }
    const zone = program.referred(resource, attributes.zone_id, "aws_route53_zone");
    const zoneKey = zone?.address ?? String(attributes.zone_id);
    const key = keyOf(zoneKey, name, type);
    const set = sets.get(key) ?? {
      key,
      zone: zoneKey,
      name: plainName(name),
      type,
      isPrivate: zone !== undefined && listOf(zone.attributes.vpc).length > 0,
      records: [],
    };
    set.records.push(recordOf(program, resource));
    sets.set(key, set);
  }
  return [...sets.values()];
}

/** How a record set is found. */
export function keyOf(zone: string, name: string, type: string): string {
  return `${zone} ${plainName(name)} ${type}`;
}

function plainName(name: string): string {
  return name.toLowerCase().replace(/\.$/, "");
}

function recordOf(program: Program, resource: Resource): DnsRecord {
  const { attributes } = resource;
  const check = healthCheckOf(program, resource, attributes.health_check_id);
  const alias = listOf(attributes.alias).map(asObject)[0];
  const values = alias === undefined ? listOf(attributes.records) : [alias.name];
  return {
    resource,
    ...policyOf(attributes),
    ...(typeof attributes.set_identifier === "string" ? { setIdentifier: attributes.set_identifier } : {}),
    ...(check === undefined ? {} : { check }),
    targets: values.map((value) => targetOf(program, resource, value)),
    isAlias: alias !== undefined,
    evaluatesTarget: alias?.evaluate_target_health === true,
    ttlSeconds: alias === undefined ? (numberOf(attributes.ttl) ?? 300) : aliasTtlSeconds,
  };
}

function policyOf(
  attributes: Readonly<Record<string, unknown>>,
): Pick<DnsRecord, "policy" | "isPrimary" | "region" | "weight" | "location"> {
  const of = (name: string): Readonly<Record<string, unknown>> | undefined =>
    listOf(attributes[`${name}_routing_policy`]).map(asObject)[0];
  const plain = { isPrimary: false, weight: 1 };
  const failover = of("failover");
  if (failover !== undefined) {
    return { ...plain, policy: "failover", isPrimary: failover.type === "PRIMARY" };
  }
  const weighted = of("weighted");
  if (weighted !== undefined) {
    return { ...plain, policy: "weighted", weight: numberOf(weighted.weight) ?? 0 };
  }
  const near = of("latency") ?? of("geoproximity");
  if (near !== undefined) {
    const region = near.region ?? near.aws_region;
    return {
      ...plain,
      policy: of("latency") === undefined ? "geoproximity" : "latency",
      ...(typeof region === "string" ? { region } : {}),
    };
  }
  const geolocation = of("geolocation");
  if (geolocation !== undefined) {
    return { ...plain, policy: "geolocation", location: locationOf(geolocation) };
  }
  if (attributes.multivalue_answer_routing_policy === true) {
    return { ...plain, policy: "multivalue" };
  }
  return { ...plain, policy: of("cidr") === undefined ? "simple" : "cidr" };
}

function locationOf({ continent, country, subdivision }: Readonly<Record<string, unknown>>): Location {
  return {
    ...(typeof continent === "string" ? { continent } : {}),
    ...(typeof country === "string" && country !== "*" ? { country } : {}),
    ...(typeof subdivision === "string" ? { subdivision } : {}),
  };
}

function targetOf(program: Program, resource: Resource, value: unknown): Target {
  const referred = program.referred(resource, value, ...targetTypes);
  if (referred !== undefined) {
    return { kind: "resource", resource: throughDomain(program, referred) };
  }
  const record = program.referred(resource, value, "aws_route53_record");
  const name =
    record === undefined ? program.textOf(resource, value) : program.textOf(record, record.attributes.name);
  return name !== undefined && /[a-z]/i.test(name) && name.includes(".")
    ? { kind: "name", name: plainName(name) }
    : { kind: "elsewhere", says: name ?? String(value) };
}

/** A custom domain of App Runner leads to its service. */
function throughDomain(program: Program, resource: Resource): Resource {
  return resource.type === "aws_apprunner_custom_domain_association"
    ? (program.referred(resource, resource.attributes.service_arn, "aws_apprunner_service") ?? resource)
    : resource;
}
