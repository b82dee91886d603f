import { Token } from "cdktf";

import { regions, reportOn, type Check, type IAcceleratorEndpoint, type Problem } from "../../../core";
import { isWholeWithin } from "../../../core/forms";
import type { AcceleratorProps } from "../accelerator-props";
import type {
  EndpointGroupOptions,
  EndpointHealthCheck,
  EndpointOptions,
  ListenerOptions,
} from "../listener";
import { commonProblems } from "./common-rules";
import { holdsPort, isPort, isPortRange, overlappingPortRanges } from "./ports";

/**
 * Limits of an accelerator that AWS does not raise, or that no design should lean on.
 *
 * @see https://docs.aws.amazon.com/global-accelerator/latest/dg/limits-global-accelerator.html
 */
const limits = {
  listeners: 10,
  endpointGroups: 42,
  portRanges: 10,
  endpoints: 10,
  portOverrides: 10,
} as const;

/** Everything that is wrong with an accelerator. */
export function acceleratorProblems(where: string, props: AcceleratorProps): readonly Problem[] {
  const { problems, check } = reportOn(where);
  commonProblems(check, props);
  checkListeners(check, props.listeners);
  for (const [name, listener] of Object.entries(props.listeners)) {
    checkListener(check, `listeners.${name}`, listener);
    for (const [region, group] of Object.entries(listener.endpointGroups)) {
      const path = `listeners.${name}.endpointGroups.${region}`;
      checkGroup(check, path, region, group);
      checkPortOverrides(check, path, listener, props, group);
      for (const [index, endpoint] of group.endpoints.entries()) {
        checkEndpoint(check, `${path}.endpoints[${index}]`, region, endpoint, props.dualStack ?? false);
      }
    }
  }
  return problems;
}

function checkListeners(check: Check, listeners: AcceleratorProps["listeners"]): void {
  const names = Object.keys(listeners);
  check(
    names.length <= limits.listeners,
    "listeners",
    `be at most ${limits.listeners}`,
    names.length,
    "give one listener several port ranges, or make a second accelerator",
  );
  const groups = Object.values(listeners).flatMap(({ endpointGroups }) => Object.keys(endpointGroups));
  check(
    groups.length <= limits.endpointGroups,
    "listeners",
    `have at most ${limits.endpointGroups} endpoint groups together`,
    groups.length,
    "join listeners that lead to the same endpoints, or make a second accelerator",
  );
  for (const protocol of ["TCP", "UDP"] as const) {
    const ranges = Object.values(listeners)
      .filter((listener) => listener.protocol === protocol)
      .flatMap(({ portRanges }) => portRanges);
    const overlap = overlappingPortRanges(ranges);
    check(
      overlap === undefined,
      "listeners",
      `have ${protocol} ports that do not overlap`,
      overlap,
      "give each port to one listener",
    );
  }
}

function checkListener(check: Check, path: string, { portRanges, endpointGroups }: ListenerOptions): void {
  check(
    portRanges.length >= 1 && portRanges.length <= limits.portRanges,
    `${path}.portRanges`,
    `be between 1 and ${limits.portRanges}`,
    portRanges.length,
    "join neighbouring ranges, or make a second listener",
  );
  for (const [index, range] of portRanges.entries()) {
    check(
      isPortRange(range),
      `${path}.portRanges[${index}]`,
      "run from a port to the same or a higher one, within 1 and 65535",
      range,
      "correct 'fromPort' and 'toPort'",
    );
  }
  check(
    Object.keys(endpointGroups).length > 0,
    `${path}.endpointGroups`,
    "name at least one region",
    {},
    "add the regions that serve, or remove the listener",
  );
}

function checkGroup(check: Check, path: string, region: string, group: EndpointGroupOptions): void {
  check(
    regions[region]?.partition === "aws",
    path,
    "be of a region that Global Accelerator reaches",
    region,
    "name a region of the partition 'aws', such as 'eu-west-1'",
  );
  check(
    group.endpoints.length <= limits.endpoints,
    `${path}.endpoints`,
    `be at most ${limits.endpoints}`,
    group.endpoints.length,
    "put targets behind fewer load balancers",
  );
  const ids = group.endpoints.map(({ endpoint }) => endpoint.endpointId);
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  check(
    twice === undefined,
    `${path}.endpoints`,
    "name each endpoint once",
    twice,
    "raise its weight instead",
  );
  check(
    isWholeWithin(group.trafficDialPercentage ?? 100, 0, 100),
    `${path}.trafficDialPercentage`,
    "be a whole number between 0 and 100",
    group.trafficDialPercentage,
    "use weights on endpoints to shift traffic inside a region",
  );
  checkHealthCheck(check, `${path}.healthCheck`, group.healthCheck ?? {});
}

function checkHealthCheck(check: Check, path: string, healthCheck: EndpointHealthCheck): void {
  const { protocol = "TCP", intervalSeconds = 30, threshold = 3, port = 1 } = healthCheck;
  check(
    [10, 30].includes(intervalSeconds),
    `${path}.intervalSeconds`,
    "be 10 or 30",
    intervalSeconds,
    "choose 10 to fail over sooner",
  );
  check(
    isWholeWithin(threshold, 1, 10),
    `${path}.threshold`,
    "be a whole number between 1 and 10",
    threshold,
    "choose 3 unless failover is too slow",
  );
  check(isPort(port), `${path}.port`, "be between 1 and 65535", port, "name a port of the endpoints");
  check(
    healthCheck.path === undefined || protocol !== "TCP",
    `${path}.path`,
    "be absent where the protocol is TCP",
    healthCheck.path,
    "choose the protocol 'HTTP' or 'HTTPS', or remove the path",
  );
  check(
    healthCheck.path?.startsWith("/") ?? true,
    `${path}.path`,
    "begin with a slash",
    healthCheck.path,
    "write it as '/health'",
  );
}

/** @see https://docs.aws.amazon.com/global-accelerator/latest/dg/about-endpoint-groups-port-override.html */
function checkPortOverrides(
  check: Check,
  groupPath: string,
  { portRanges }: ListenerOptions,
  { listeners }: AcceleratorProps,
  { portOverrides = [] }: EndpointGroupOptions,
): void {
  const path = `${groupPath}.portOverrides`;
  check(
    portOverrides.length <= limits.portOverrides,
    path,
    `be at most ${limits.portOverrides}`,
    portOverrides.length,
    "let the endpoints listen on the listener's ports",
  );
  const listenerRanges = Object.values(listeners).flatMap((listener) => listener.portRanges);
  for (const [index, { listenerPort, endpointPort }] of portOverrides.entries()) {
    check(
      holdsPort(portRanges, listenerPort),
      `${path}[${index}].listenerPort`,
      "be a port of the listener",
      listenerPort,
      "name a port within 'portRanges'",
    );
    check(
      isPort(endpointPort) && !holdsPort(listenerRanges, endpointPort),
      `${path}[${index}].endpointPort`,
      "be a port, and one of no listener of the accelerator",
      endpointPort,
      "let the endpoints listen on another port",
    );
  }
  for (const key of ["listenerPort", "endpointPort"] as const) {
    const ports = portOverrides.map((override) => override[key]);
    const twice = ports.find((port, index) => ports.indexOf(port) !== index);
    check(twice === undefined, path, `name each '${key}' once`, twice, "remove one of the two overrides");
  }
}

function checkEndpoint(
  check: Check,
  path: string,
  region: string,
  { endpoint, weight = 128, clientIpPreservation, attachmentArn }: EndpointOptions,
  dualStack: boolean,
): void {
  check(
    isWholeWithin(weight, 0, 255),
    `${path}.weight`,
    "be a whole number between 0 and 255",
    weight,
    "choose weights in proportion, such as 10 and 90",
  );
  check(
    endpoint.region === region,
    `${path}.endpoint.region`,
    "be the region of its endpoint group",
    endpoint.region,
    `move it to 'endpointGroups.${endpoint.region}'`,
  );
  check(
    attachmentArn === undefined || isAttachmentArn(attachmentArn),
    `${path}.attachmentArn`,
    "be the ARN of a cross-account attachment",
    attachmentArn,
    "use 'attachmentArn' of the CrossAccountAttachment in the endpoint's account",
  );
  check(
    endpoint.hasDnsFailoverThreshold !== true,
    `${path}.endpoint.hasDnsFailoverThreshold`,
    "be false behind an accelerator",
    true,
    "remove the DNS-failover threshold from its target groups and keep the routing threshold",
  );
  check(
    !dualStack || (endpoint.ipAddressType !== "ipv4" && !isElasticIp(endpoint)),
    `${path}.endpoint`,
    "have IPv4 and IPv6 addresses where 'dualStack' is true",
    endpoint.endpointId,
    "make the load balancer dual-stack, or set 'dualStack' to false",
  );
  // https://docs.aws.amazon.com/global-accelerator/latest/dg/about-endpoints-caveats.html
  check(
    !(dualStack && clientIpPreservation === false),
    `${path}.clientIpPreservation`,
    "be true where 'dualStack' is true",
    clientIpPreservation,
    "remove it, or set 'dualStack' to false",
  );
  check(
    !(clientIpPreservation === true && isElasticIp(endpoint)),
    `${path}.clientIpPreservation`,
    "be false for an Elastic IP address",
    clientIpPreservation,
    "add the instance itself as the endpoint to see users' addresses",
  );
  if (!Token.isUnresolved(endpoint.endpointId)) {
    checkEndpointId(check, `${path}.endpoint.endpointId`, endpoint);
  }
}

function checkEndpointId(check: Check, path: string, { endpointId, region }: IAcceleratorEndpoint): void {
  const isAppRunner = /^arn:[\w-]+:apprunner:/.test(endpointId);
  check(
    !isAppRunner,
    path,
    "not be an App Runner service, which has no fixed address for an accelerator to reach",
    endpointId,
    "route to it with DNS records by latency or failover, or run it on Fargate behind a load balancer",
  );
  check(
    isAppRunner ||
      /^(i-|eipalloc-|arn:[\w-]+:elasticloadbalancing:[^:]+:\d{12}:loadbalancer\/(app|net)\/)/.test(
        endpointId,
      ),
    path,
    "be the ARN of an Application or Network Load Balancer, an instance id or an allocation id",
    endpointId,
    "put what it names behind a load balancer",
  );
  const arnRegion = /^arn:[\w-]+:elasticloadbalancing:([^:]+):/.exec(endpointId)?.[1];
  check(
    arnRegion === undefined || arnRegion === region,
    path,
    `be in ${region}, its endpoint's region`,
    endpointId,
    "correct the region or the ARN",
  );
}

/** Elastic IP addresses are known by their ids; of an id that is not known yet, nothing is said. */
export function isElasticIp({ endpointId }: IAcceleratorEndpoint): boolean {
  return endpointId.startsWith("eipalloc-");
}

function isAttachmentArn(arn: string): boolean {
  return Token.isUnresolved(arn) || /^arn:[\w-]+:globalaccelerator::\d{12}:attachment\/.+$/.test(arn);
}
