import { Token } from "cdktf";

import {
  type DnsAlias,
  type DnsValues,
  type Problem,
  aliasTtlSeconds,
  httpsProbeTimeoutSeconds,
  type Report,
  reportOn,
} from "../../../core";
import type { HealthCheckDefinition } from "../health-check-props";
import type { RoutedEndpoint, DnsRoutingProps } from "../routing-props";
import { canEvaluateHealth, recordTypesOf } from "./endpoint-types";
import { healthCheckProblems } from "./health-check-rules";
import { checkPolicy, keyExpected, keyPattern } from "./policy-rules";
import { recordNameProblems } from "./record-name-rules";
import type { EndpointRegions, RecordSet } from "./routing-plan";

/** A probe of a plain TCP port may take this long; an HTTP probe is quicker. */
const tcpProbeTimeoutSeconds = 10;

/** Everything that is wrong with the props of a routed name. */
export function routingProblems(
  where: string,
  props: DnsRoutingProps,
  sets: readonly RecordSet[],
): readonly Problem[] {
  const { problems, report, add } = reportOn(where);
  add(recordNameProblems(where, props.zone, props.recordName));
  checkEndpointSet(props, sets, report);
  for (const [name, endpoint] of Object.entries(props.endpoints)) {
    checkEndpoint(props, name, endpoint, report);
    if (endpoint.healthCheck !== undefined) {
      add(healthCheckProblems(where, `endpoints.${name}.healthCheck`, endpoint.healthCheck));
    }
  }
  checkPolicy("policy", props.policy, regionsOf(props), report);
  checkHealth(props, sets, report);
  checkBlindBranches(props, sets, report);
  checkMultivalue(props, sets, report);
  return problems;
}

/** The regions of the endpoints, as the planner wants them. */
export function regionsOf(props: DnsRoutingProps): EndpointRegions {
  return Object.fromEntries(
    Object.entries(props.endpoints).map(([name, { target }]) => [name, target.region]),
  );
}

function checkEndpointSet(props: DnsRoutingProps, sets: readonly RecordSet[], report: Report): void {
  const names = Object.keys(props.endpoints);
  if (names.length === 0) {
    report("endpoints", "hold at least one endpoint", props.endpoints, "add a region that serves");
    return;
  }
  const badNames = names.filter((name) => !keyPattern.test(name));
  if (badNames.length > 0) {
    report("endpoints", keyExpected, badNames, "name each after its region");
  }
  const reached = new Set(
    sets.flatMap((set) =>
      set.records.flatMap(({ leadsTo }) => (leadsTo.kind === "endpoint" ? [leadsTo.endpoint] : [])),
    ),
  );
  const forgotten = names.filter((name) => !reached.has(name));
  if (forgotten.length > 0) {
    report(
      "endpoints",
      "each be reached by a branch of 'policy'",
      forgotten,
      "add a branch that leads there, or remove the endpoint",
    );
  }
  checkTypesAgree(props, report);
}

function checkTypesAgree(props: DnsRoutingProps, report: Report): void {
  const types = Object.fromEntries(
    Object.entries(props.endpoints).map(([name, { target }]) => [
      name,
      recordTypesOf(target.value, props.dualStack ?? false).join(" and "),
    ]),
  );
  const different = new Set(Object.values(types));
  if (different.size > 1) {
    report(
      "endpoints",
      "all answer with records of the same types",
      types,
      "use aliases and addresses together, never host names beside them, and give all endpoints IPv6 or none",
    );
  }
  if (different.has("CNAME") && props.recordName === props.zone.zoneName) {
    report(
      "recordName",
      "be a name below the zone's where endpoints are host names",
      props.recordName,
      "add a label, or use alias targets: the top of a zone holds no CNAME",
    );
  }
}

function checkEndpoint(props: DnsRoutingProps, name: string, endpoint: RoutedEndpoint, report: Report): void {
  const { value } = endpoint.target;
  const path = `endpoints.${name}`;
  if (value.kind === "values") {
    const types = recordTypesOf(value, false);
    if (types.length === 0) {
      report(`${path}.target.value`, "hold at least one value", value.values, "name an address");
    }
    if (types.includes("CNAME") && value.values.length > 1) {
      report(
        `${path}.target.value`,
        "be one name, or addresses only",
        value.values,
        "remove the other values: a CNAME stands alone",
      );
    }
  }
  if (endpoint.healthCheck === undefined) {
    return;
  }
  if (namesAsked(endpoint.healthCheck).includes(props.recordName)) {
    report(
      `${path}.healthCheck.fullyQualifiedDomainName`,
      "be a name that leads to this endpoint alone",
      props.recordName,
      "check a regional name: the routed one answers with whichever endpoint is healthy",
    );
  }
  checkRto(props, path, endpoint, endpoint.healthCheck, report);
}

/** The names that checks look up; beside an address, a name is only said. */
function namesAsked(check: HealthCheckDefinition): readonly string[] {
  switch (check.kind) {
    case "calculated":
      return Object.values(check.children).flatMap(namesAsked);
    case "https":
    case "http":
    case "tcp":
      return check.ipAddress === undefined ? [check.fullyQualifiedDomainName] : [];
    default:
      return [];
  }
}

function checkRto(
  props: DnsRoutingProps,
  path: string,
  endpoint: RoutedEndpoint,
  check: HealthCheckDefinition,
  report: Report,
): void {
  const detection = detectionSeconds(check);
  if (props.rtoSeconds === undefined || detection === undefined) {
    return;
  }
  const { value } = endpoint.target;
  const ttl = value.kind === "alias" ? aliasTtlSeconds : value.ttlSeconds;
  if (!Token.isUnresolved(ttl) && detection + ttl > props.rtoSeconds) {
    report(
      `${path}.healthCheck`,
      `turn users away from a dead endpoint within 'rtoSeconds', ${props.rtoSeconds}`,
      `${detection} s to notice + ${ttl} s of caching = ${detection + ttl} s`,
      "probe more often, lower the TTL of plain values, allow more time, or use an accelerator",
    );
  }
}

/** The longest that a check takes to notice; undefined where no probe of ours decides it. */
function detectionSeconds(check: HealthCheckDefinition): number | undefined {
  switch (check.kind) {
    case "https":
    case "http":
      return check.timing.requestIntervalSeconds * check.timing.failureThreshold + httpsProbeTimeoutSeconds;
    case "tcp":
      return check.timing.requestIntervalSeconds * check.timing.failureThreshold + tcpProbeTimeoutSeconds;
    case "calculated": {
      const children = Object.values(check.children).map((child) => detectionSeconds(child) ?? 0);
      return Math.max(...children);
    }
    default:
      return undefined;
  }
}

function checkHealth(props: DnsRoutingProps, sets: readonly RecordSet[], report: Report): void {
  const routed = sets.filter((set) => set.kind !== "simple").flatMap((set) => set.records);
  for (const [name, endpoint] of Object.entries(props.endpoints)) {
    const isRouted = routed.some(({ leadsTo }) => leadsTo.kind === "endpoint" && leadsTo.endpoint === name);
    if (isRouted && !hasHealth(endpoint)) {
      report(
        `endpoints.${name}.healthCheck`,
        "be given for a target that cannot report its own health",
        endpoint.healthCheck,
        "add a check: without one Route 53 always considers the endpoint healthy, and the whole branch with it",
      );
    }
  }
}

/** A simple record carries no check, so that below a branch the target must tell its health itself. */
function checkBlindBranches(props: DnsRoutingProps, sets: readonly RecordSet[], report: Report): void {
  const blind = sets
    .filter((set) => set.kind === "simple" && set.path.length > 0)
    .flatMap((set) => set.records)
    .flatMap(({ leadsTo }) => (leadsTo.kind === "endpoint" ? [leadsTo.endpoint] : []))
    .filter((name) => {
      const value = props.endpoints[name]?.target.value;
      return value !== undefined && !(value.kind === "alias" && canEvaluateHealth(value));
    });
  if (blind.length > 0) {
    report(
      "policy",
      "lead to endpoints that cannot report their own health without a simple policy between",
      blind,
      "name the endpoint as the branch's target: a simple record carries no health check",
    );
  }
}

function checkMultivalue(props: DnsRoutingProps, sets: readonly RecordSet[], report: Report): void {
  const answers = sets.filter((set) => set.kind === "multivalue").flatMap((set) => set.records);
  const unfit = answers.flatMap(({ key }) => {
    const value = props.endpoints[key]?.target.value;
    return value === undefined || isAddressList(value) ? [] : [key];
  });
  if (unfit.length > 0) {
    report(
      "endpoints",
      "be addresses under multivalue routing",
      unfit,
      "use weighted or latency routing for aliases and host names",
    );
  }
}

function isAddressList(value: DnsAlias | DnsValues): boolean {
  return value.kind === "values" && !recordTypesOf(value, false).includes("CNAME");
}

function hasHealth({ target, healthCheck }: RoutedEndpoint): boolean {
  return healthCheck !== undefined || (target.value.kind === "alias" && canEvaluateHealth(target.value));
}
