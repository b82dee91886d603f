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
  const wider = openings.filter((opening) => !earlier.some((other) => admits(other, opening)));
  return [
    ...wider.map((opening) => `opens ${describeOpening(opening)}`),
    ...lostDenials(change),
    ...exposures(change),
  ];
}

/** Whether an address block lies inside another. Text that is no CIDR block contains only itself. */
export function cidrContains(outer: string, inner: string): boolean {
  if (outer === inner) {
    return true;
  }
  const [wide, narrow] = [parseCidr(outer), parseCidr(inner)];
  if (wide instanceof Address4 && narrow instanceof Address4) {
    return narrow.isInSubnet(wide);
  }
  return wide instanceof Address6 && narrow instanceof Address6 && narrow.isInSubnet(wide);
}

/** Whether a peer is the whole internet. */
export function isEverywhere(peer: string): boolean {
  return peer === "0.0.0.0/0" || peer === "::/0";
}

function parseCidr(text: string): Address4 | Address6 | undefined {
  if (text.length > 60) {
    return undefined;
  }
  if (Address4.isValid(text)) {
    return new Address4(text);
  }
  return Address6.isValid(text) ? new Address6(text) : undefined;
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
      return [];
  }
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
