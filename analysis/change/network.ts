import { Address4, Address6 } from "ip-address";
import { isObject, listOf, type JsonObject } from "./canonical";
import type { ClassifiableChange } from "./change";

/** A rule that lets traffic through: who, over what. */
interface Opening {
  readonly direction: "in" | "out";
  readonly protocol: string;
  readonly fromPort: number | undefined;
  readonly toPort: number | undefined;
  /** A CIDR block, a security group, a prefix list, or an expression that is not known yet. */
  readonly peer: string;
}

/**
 * Which traffic passes after a change that did not pass before, one sentence an opening.
 *
 * Reads security groups and their rules, network ACLs, and the switches that give a resource a public
 * address. A new security group that nothing but its own new rules opens counts as well: the reader
 * decides whether the door was meant.
 */
export function networkWidening(change: ClassifiableChange): string[] {
  const openings = openingsOf(change.type, change.after ?? {});
  const earlier = openingsOf(change.type, change.before ?? {});
  // Most rules stay as they are; only the others are compared with each.
  const same = new Set(earlier.map((opening) => JSON.stringify(opening)));
  const wider = openings.filter(
    (opening) => !same.has(JSON.stringify(opening)) && !earlier.some((other) => admits(other, opening)),
  );
  return [
    ...wider.map((opening) => `opens ${describeOpening(opening)}`),
    ...lostDenials(change),
    ...exposures(change),
    ...waysOut(change),
    ...unauthorizedUrl(change),
  ];
}

/** A route to the internet makes what is behind it public. */
function waysOut({ type, action, before, after }: ClassifiableChange): string[] {
  if (!/^aws_(default_)?route(_table)?$/.test(type) || action === "destroy" || action === "forget") {
    return [];
  }
  const earlier = new Set(publicRoutes(type, before ?? {}));
  return publicRoutes(type, after ?? {})
    .filter((route) => !earlier.has(route))
    .map((route) => `routes ${route} to an internet gateway`);
}

function publicRoutes(type: string, block: Readonly<JsonObject>): string[] {
  const routes = type === "aws_route" ? [block] : listOf(block.route).filter(isObject);
  return routes
    .filter(
      ({ gateway_id: gateway }) => typeof gateway === "string" && /^igw-|internet_gateway/.test(gateway),
    )
    .map((route) =>
      textOr(
        [
          route.destination_cidr_block,
          route.destination_ipv6_cidr_block,
          route.cidr_block,
          route.ipv6_cidr_block,
          route.destination_prefix_list_id,
        ].find((destination) => typeof destination === "string" && destination !== ""),
        "an unknown destination",
      ),
    );
}

function unauthorizedUrl({ type, action, before, after }: ClassifiableChange): string[] {
  return type === "aws_lambda_function_url" &&
    action !== "destroy" &&
    action !== "forget" &&
    after?.authorization_type === "NONE" &&
    before?.authorization_type !== "NONE"
    ? ["lets everybody on the internet call the function (authorization_type NONE)"]
    : [];
}

/** Whether an address block lies inside another. Text that is no CIDR block contains only itself. */
export function cidrContains(outer: string, inner: string): boolean {
  if (outer === inner) {
    return true;
  }
  const [wide, narrow] = [blockOf(outer), blockOf(inner)];
  if (wide === undefined || narrow === undefined) {
    return false;
  }
  return wide.version === narrow.version && wide.first <= narrow.first && wide.last >= narrow.last;
}

/** Whether a peer is the whole internet. */
export function isEverywhere(peer: string): boolean {
  return peer === "0.0.0.0/0" || peer === "::/0";
}

/** A block as its first and last address, so that comparing two is comparing numbers. */
interface AddressBlock {
  readonly version: 4 | 6;
  readonly first: bigint;
  readonly last: bigint;
}

/** Blocks that were read already: each rule of a group is compared with all others. */
const blocks = new Map<string, AddressBlock | undefined>();
const mostBlocks = 20_000;

function blockOf(text: string): AddressBlock | undefined {
  if (blocks.has(text)) {
    return blocks.get(text);
  }
  if (blocks.size >= mostBlocks) {
    blocks.clear();
  }
  const block = parseCidr(text);
  blocks.set(text, block);
  return block;
}

function parseCidr(text: string): AddressBlock | undefined {
  if (text.length > 60) {
    return undefined;
  }
  const version = Address4.isValid(text) ? 4 : Address6.isValid(text) ? 6 : undefined;
  if (version === undefined) {
    return undefined;
  }
  const address = version === 4 ? new Address4(text) : new Address6(text);
  return { version, first: address.startAddress().bigInt(), last: address.endAddress().bigInt() };
}

function openingsOf(type: string, block: Readonly<JsonObject>): Opening[] {
  switch (type) {
    case "aws_vpc_security_group_ingress_rule":
      return openings("in", block);
    case "aws_vpc_security_group_egress_rule":
      return openings("out", block);
    case "aws_security_group_rule":
      return openings(block.type === "egress" ? "out" : "in", block);
    case "aws_security_group":
    case "aws_default_security_group":
      return bothWays(block, () => true);
    case "aws_network_acl":
    case "aws_default_network_acl":
      return bothWays(block, (rule) => rule.action === "allow" || rule.rule_action === "allow");
    case "aws_network_acl_rule":
      return block.rule_action === "allow" ? openings(block.egress === true ? "out" : "in", block) : [];
    default:
      return otherOpenings(type, block);
  }
}

function otherOpenings(type: string, block: Readonly<JsonObject>): Opening[] {
  switch (type) {
    case "aws_ec2_managed_prefix_list":
      return listOf(block.entry)
        .filter(isObject)
        .map((entry) => listed(entry.cidr));
    case "aws_ec2_managed_prefix_list_entry":
      return [listed(block.cidr)];
    case "aws_eks_cluster":
      return publicEndpoint(block);
    default:
      return [];
  }
}

/** An address on a list that rules and routes of others name. */
function listed(cidr: unknown): Opening {
  return { ...everyPort, peer: textOr(cidr, "an unknown block") };
}

const everyPort = { direction: "in", protocol: "all", fromPort: undefined, toPort: undefined } as const;

/** Who reaches the API of a cluster from outside; without a list everybody does. */
function publicEndpoint(block: Readonly<JsonObject>): Opening[] {
  const [vpc] = listOf(block.vpc_config).filter(isObject);
  if (vpc === undefined || vpc.endpoint_public_access === false) {
    return [];
  }
  const cidrs = listOf(vpc.public_access_cidrs);
  return (cidrs.length === 0 ? ["0.0.0.0/0"] : cidrs).map((cidr) => ({
    ...everyPort,
    protocol: "tcp",
    fromPort: 443,
    toPort: 443,
    peer: textOr(cidr, "an unknown block"),
  }));
}

function bothWays(block: Readonly<JsonObject>, isOpening: (rule: JsonObject) => boolean): Opening[] {
  return (["ingress", "egress"] as const).flatMap((side) =>
    listOf(block[side])
      .filter(isObject)
      .filter(isOpening)
      .flatMap((rule) => openings(side === "ingress" ? "in" : "out", rule)),
  );
}

const peerAttributes = [
  "cidr_ipv4",
  "cidr_ipv6",
  "cidr_block",
  "ipv6_cidr_block",
  "cidr_blocks",
  "ipv6_cidr_blocks",
  "prefix_list_id",
  "prefix_list_ids",
  "referenced_security_group_id",
  "security_groups",
  "source_security_group_id",
];

function openings(direction: "in" | "out", rule: Readonly<JsonObject>): Opening[] {
  const peers = peerAttributes.flatMap((name) => listOf(rule[name])).filter((peer) => peer !== "");
  const all = rule.self === true ? [...peers, "itself"] : peers;
  const protocol = textOr(rule.ip_protocol ?? rule.protocol, "-1");
  return all.map((peer) => ({
    direction,
    protocol: protocol === "-1" ? "all" : protocol,
    fromPort: protocol === "-1" ? undefined : portOf(rule.from_port),
    toPort: protocol === "-1" ? undefined : portOf(rule.to_port ?? rule.from_port),
    peer: textOr(peer, "an unknown peer"),
  }));
}

function admits(wide: Opening, narrow: Opening): boolean {
  return (
    wide.direction === narrow.direction &&
    (wide.protocol === "all" || wide.protocol === narrow.protocol) &&
    (wide.fromPort ?? -1) <= (narrow.fromPort ?? -1) &&
    (wide.toPort ?? 65_535) >= (narrow.toPort ?? 65_535) &&
    cidrContains(wide.peer, narrow.peer)
  );
}

function describeOpening(opening: Opening): string {
  const { fromPort, toPort, protocol, peer, direction } = opening;
  const all = fromPort === undefined || (fromPort <= 0 && (toPort ?? 0) >= 65_535);
  const ports = all
    ? "on every port"
    : fromPort === toPort
      ? `${fromPort}`
      : `${fromPort} to ${toPort ?? fromPort}`;
  const what = protocol === "all" ? "every protocol" : `${protocol} ${ports}`;
  const who = isEverywhere(peer) ? `the whole internet (${peer})` : peer;
  return direction === "in" ? `${what} from ${who}` : `${what} out to ${who}`;
}

/** Network ACL rules that denied and are gone or allow now. */
function lostDenials({ type, before, after }: ClassifiableChange): string[] {
  if (type !== "aws_network_acl_rule" || before?.rule_action !== "deny" || after?.rule_action === "deny") {
    return [];
  }
  return [`no longer denies ${textOr(before.cidr_block ?? before.ipv6_cidr_block, "an address block")}`];
}

/** Switches that put a resource on the internet, with the value that does so. */
const switches: Readonly<Record<string, { readonly exposed: unknown; readonly summary: string }>> = {
  assign_public_ip: { exposed: true, summary: "gives tasks public addresses" },
  associate_public_ip_address: { exposed: true, summary: "gives instances public addresses" },
  block_public_acls: { exposed: false, summary: "accepts public ACLs" },
  block_public_policy: { exposed: false, summary: "accepts public bucket policies" },
  endpoint_public_access: { exposed: true, summary: "opens the cluster's endpoint to the internet" },
  ignore_public_acls: { exposed: false, summary: "honours public ACLs" },
  internal: { exposed: false, summary: "faces the internet" },
  is_publicly_accessible: { exposed: true, summary: "is reachable from the internet" },
  map_public_ip_on_launch: { exposed: true, summary: "gives everything launched here a public address" },
  publicly_accessible: { exposed: true, summary: "is reachable from the internet" },
  restrict_public_buckets: { exposed: false, summary: "lets the public use a public bucket policy" },
};

function exposures({ attributes, action, before }: ClassifiableChange): string[] {
  if (action === "create" || before === undefined) {
    return [];
  }
  return attributes.flatMap(({ path, after }) => {
    const name =
      path
        .replaceAll(/\[\d+\]/g, "")
        .split(".")
        .at(-1) ?? "";
    const found = Object.hasOwn(switches, name) ? switches[name] : undefined;
    return found !== undefined && found.exposed === after ? [`${found.summary} (${path})`] : [];
  });
}

function portOf(value: unknown): number | undefined {
  const port = typeof value === "string" ? Number(value) : value;
  return typeof port === "number" && Number.isFinite(port) ? port : undefined;
}

function textOr(value: unknown, otherwise: string): string {
  return typeof value === "string" || typeof value === "number" ? String(value) : otherwise;
}
