import type {
  FailoverRouting,
  GeoLocation,
  GeoPlace,
  GeoproximityBranch,
  GeoproximityRouting,
  LatencyRouting,
  LatencyBranch,
  RoutingPolicy,
  RoutingTarget,
} from "../routing-policy";

/** How Route 53 picks one record among those of a name. */
export type Selector =
  | { readonly kind: "simple" }
  | { readonly kind: "latency"; readonly region: string | undefined }
  | { readonly kind: "failover"; readonly role: "PRIMARY" | "SECONDARY" }
  | { readonly kind: "weighted"; readonly weight: number }
  | { readonly kind: "geolocation"; readonly location: GeoLocation }
  | { readonly kind: "geoproximity"; readonly place: GeoPlace | undefined; readonly bias: number }
  | { readonly kind: "multivalue" }
  | { readonly kind: "ip-based"; readonly cidrCollectionId: string; readonly location: string };

/** One branch of a policy, with all defaults filled in. */
export interface Branch {
  /** The set identifier, and the key of the construct. */
  readonly key: string;
  /** How Route 53 picks it. */
  readonly selector: Selector;
  /** Where it leads. */
  readonly to: RoutingTarget;
}

/** A set of records of one name, which share one policy. */
export interface RecordSet {
  /** Keys of the branches that lead here, from the top. */
  readonly path: readonly string[];
  /** The records' name. */
  readonly name: string;
  /** The kind of their policy. */
  readonly kind: RoutingPolicy["kind"];
  /** The records. */
  readonly records: readonly PlannedRecord[];
}

/** One record of a set. */
export interface PlannedRecord {
  /** The set identifier; Route 53 wants none for simple routing. */
  readonly key: string;
  /** How Route 53 picks it. */
  readonly selector: Selector;
  /** An endpoint, or another set of this plan. */
  readonly leadsTo:
    | { readonly kind: "endpoint"; readonly endpoint: string }
    | { readonly kind: "record-set"; readonly name: string };
}

/** The regions of the endpoints, by the endpoints' names. */
export type EndpointRegions = Readonly<Record<string, string>>;

/**
 * All records of a policy, the lowest sets first, as Route 53 wants the target of an alias to be
 * there before the alias.
 *
 * A policy below a branch gets a name of its own under the routed one, which nobody asks for:
 * Route 53 follows aliases itself and answers with what it finds at the end.
 */
export function planRecordSets(
  policy: RoutingPolicy,
  recordName: string,
  endpoints: EndpointRegions,
  path: readonly string[] = [],
): readonly RecordSet[] {
  const below: RecordSet[] = [];
  const records = branchesOf(policy, endpoints).map((branch): PlannedRecord => {
    const { key, selector, to } = branch;
    if (typeof to === "string") {
      return { key, selector, leadsTo: { kind: "endpoint", endpoint: to } };
    }
    const name = nameBelow(key, recordName);
    below.push(...planRecordSets(to, name, endpoints, [...path, key]));
    return { key, selector, leadsTo: { kind: "record-set", name } };
  });
  return [...below, { path, name: recordName, kind: policy.kind, records }];
}

/** The branches of a policy, with defaults filled in from the endpoints. */
export function branchesOf(policy: RoutingPolicy, endpoints: EndpointRegions): readonly Branch[] {
  switch (policy.kind) {
    case "simple":
      return simpleBranches(policy.to, endpoints);
    case "failover":
      return failoverBranches(policy, endpoints);
    case "latency":
      return latencyBranches(policy, endpoints);
    case "weighted":
      return mapBranches(policy.branches, (_, branch) => ({ kind: "weighted", weight: branch.weight }));
    case "geolocation":
      return mapBranches(policy.branches, (_, branch) => ({
        kind: "geolocation",
        location: branch.location,
      }));
    case "geoproximity":
      return geoproximityBranches(policy, endpoints);
    case "multivalue":
      return multivalueBranches(policy.endpoints ?? Object.keys(endpoints));
    case "ip-based":
      return mapBranches(policy.branches, (key, branch) => ({
        kind: "ip-based",
        cidrCollectionId: policy.collection.cidrCollectionId,
        location: branch.location ?? key,
      }));
  }
}

/** The name of the records that a branch leads to. A `*` means something in the first label only. */
export function nameBelow(key: string, recordName: string): string {
  return `${key}.${recordName.replace(/^\*/, "any")}`;
}

function mapBranches<Each extends { readonly to?: RoutingTarget }>(
  branches: Readonly<Record<string, Each>>,
  selectorOf: (key: string, branch: Each) => Selector,
): readonly Branch[] {
  return Object.entries(branches).map(([key, branch]) => ({
    key,
    selector: selectorOf(key, branch),
    to: branch.to ?? key,
  }));
}

function latencyBranches(policy: LatencyRouting, endpoints: EndpointRegions): readonly Branch[] {
  return mapBranches<LatencyBranch>(policy.branches ?? eachOf(endpoints), (key, branch) => ({
    kind: "latency",
    region: branch.region ?? regionOf(branch.to ?? key, endpoints),
  }));
}

function geoproximityBranches(policy: GeoproximityRouting, endpoints: EndpointRegions): readonly Branch[] {
  return mapBranches<GeoproximityBranch>(policy.branches ?? eachOf(endpoints), (key, branch) => ({
    kind: "geoproximity",
    place: branch.place ?? placeOf(branch.to ?? key, endpoints),
    bias: branch.bias ?? 0,
  }));
}

function multivalueBranches(endpoints: readonly string[]): readonly Branch[] {
  return endpoints.map((key) => ({ key, selector: { kind: "multivalue" }, to: key }));
}

function simpleBranches(to: RoutingTarget | undefined, endpoints: EndpointRegions): readonly Branch[] {
  return [{ key: "simple", selector: { kind: "simple" }, to: to ?? onlyOf(Object.keys(endpoints)) }];
}

function failoverBranches(policy: FailoverRouting, endpoints: EndpointRegions): readonly Branch[] {
  const { primary, secondary = othersThan(primary, endpoints) } = policy;
  return [
    { key: "primary", selector: { kind: "failover", role: "PRIMARY" }, to: primary },
    { key: "secondary", selector: { kind: "failover", role: "SECONDARY" }, to: secondary },
  ];
}

function othersThan(primary: RoutingTarget, endpoints: EndpointRegions): RoutingTarget {
  const used = endpointsBelow(primary, endpoints);
  const others = Object.keys(endpoints).filter((endpoint) => !used.has(endpoint));
  return others.length > 1
    ? { kind: "latency", branches: Object.fromEntries(others.map((endpoint) => [endpoint, {}])) }
    : onlyOf(others);
}

/** Names of all endpoints that a target leads to in the end. */
export function endpointsBelow(target: RoutingTarget, endpoints: EndpointRegions): ReadonlySet<string> {
  if (typeof target === "string") {
    return new Set([target]);
  }
  return new Set(
    branchesOf(target, endpoints).flatMap((branch) => [...endpointsBelow(branch.to, endpoints)]),
  );
}

function regionOf(target: RoutingTarget, endpoints: EndpointRegions): string | undefined {
  return typeof target === "string" ? endpoints[target] : undefined;
}

function placeOf(target: RoutingTarget, endpoints: EndpointRegions): GeoPlace | undefined {
  const region = regionOf(target, endpoints);
  return region === undefined ? undefined : { region };
}

function eachOf(endpoints: EndpointRegions): Readonly<Record<string, { readonly to?: RoutingTarget }>> {
  return Object.fromEntries(Object.keys(endpoints).map((endpoint) => [endpoint, {}]));
}

/** The only name of a list; empty, and so refused as unknown, where there is none or several. */
function onlyOf(names: readonly string[]): string {
  return names.length === 1 ? (names[0] ?? "") : "";
}
