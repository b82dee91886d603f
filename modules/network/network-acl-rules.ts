import { createHash } from "node:crypto";
import { type SubnetTier, subnetTiers } from "../../core";

/**
 * Rules that one network ACL may hold in each direction. AWS raises it to 40 on request, at a cost
 * in network performance, so Meridian plans with the default.
 *
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html#vpc-limits-nacls
 */
export const networkAclRuleQuota = 20;

/** Where a rule's traffic comes from or goes to, in the words of the plan. */
type Peer = "vpc" | "anywhere";

/** One rule of a network ACL, apart from the addresses of its peer. */
export interface AllowRule {
  /** Construct id, saying what the rule is for. */
  readonly purpose: string;
  /** Whether it is about traffic that leaves the subnet. */
  readonly egress: boolean;
  /**
   * Its number. Fixed for each purpose, because AWS replaces a rule whose number changes.
   * Denies are numbered below {@link firstAllowNumber}, so they are read first.
   */
  readonly ruleNumber: number;
  /** Protocol as the AWS provider names it; `-1` is all. */
  readonly protocol: "-1" | "tcp" | "udp" | "icmp" | "58";
  /** The other side. */
  readonly peer: Peer;
  /** First and last destination port, for TCP and UDP. */
  readonly ports?: readonly [number, number];
  /** ICMP type and code. */
  readonly icmp?: readonly [number, number];
}

/** The lowest number of an allow rule; AWS accepts numbers up to 32,766. */
export const firstAllowNumber = 30_000;

/**
 * Ports that replies arrive on. NAT gateways and load balancers use the whole range, so the
 * narrower one of Linux is not enough.
 */
const ephemeralPorts = [1024, 65_535] as const;

const fromVpc = rule("InboundFromVpc", 30_000, { protocol: "-1", peer: "vpc" });
const http = rule("InboundHttp", 30_100, { protocol: "tcp", peer: "anywhere", ports: [80, 80] });
const https = rule("InboundHttps", 30_110, { protocol: "tcp", peer: "anywhere", ports: [443, 443] });
const tcpReplies = rule("InboundTcpReplies", 30_200, {
  protocol: "tcp",
  peer: "anywhere",
  ports: ephemeralPorts,
});
const udpReplies = rule("InboundUdpReplies", 30_210, {
  protocol: "udp",
  peer: "anywhere",
  ports: ephemeralPorts,
});
// "Fragmentation needed": without it, connections over paths with a smaller MTU hang.
const pathMtu = rule("InboundPathMtu", 30_300, { protocol: "icmp", peer: "anywhere", icmp: [3, 4] });
const toAnywhere = rule("OutboundToAnywhere", 30_000, { protocol: "-1", peer: "anywhere" }, true);
const toVpc = rule("OutboundToVpc", 30_000, { protocol: "-1", peer: "vpc" }, true);
// S3 and DynamoDB answer on public addresses even through a gateway endpoint, and a network ACL
// cannot name a prefix list. The isolated route table leads to these two services and nowhere else.
const toGatewayEndpoints = rule(
  "OutboundToGatewayEndpoints",
  30_100,
  { protocol: "tcp", peer: "anywhere", ports: [443, 443] },
  true,
);

/**
 * What each tier lets through over IPv4. Whatever is not listed is denied.
 *
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/nacl-basics.html
 */
export const allowRules: Readonly<Record<SubnetTier, readonly AllowRule[]>> = {
  public: [fromVpc, http, https, tcpReplies, udpReplies, pathMtu, toAnywhere],
  private: [fromVpc, tcpReplies, udpReplies, pathMtu, toAnywhere],
  isolated: [fromVpc, tcpReplies, toVpc, toGatewayEndpoints],
};

/**
 * What the private tier lets in besides, where Global Accelerator reaches load balancers in it: packets
 * carry the clients' own addresses.
 *
 * @see https://docs.aws.amazon.com/global-accelerator/latest/dg/preserve-client-ip-address.html
 */
export const acceleratorRules: readonly AllowRule[] = [http, https];

/** The protocol number of ICMP for IPv6. */
const icmpv6 = "58";

/** "Packet too big", the only ICMP message among the {@link allowRules}, as IPv6 has it. */
const packetTooBig = [2, 0] as const;

/**
 * What each tier of a dual-stack network lets through over IPv6 besides: the same as over IPv4, each
 * rule numbered next to its twin. The isolated tier has no IPv6 addresses, so it lets nothing through.
 */
export const ipv6AllowRules: Readonly<Record<SubnetTier, readonly AllowRule[]>> = {
  public: allowRules.public.map(ipv6TwinOf),
  private: allowRules.private.map(ipv6TwinOf),
  isolated: [],
};

/** How many blocks can be denied before some tier's network ACL exceeds its quota. */
export const blockedCidrBlockLimit = roomBeside(allowRules);

/**
 * How many blocks, IPv4 and IPv6 together, can be denied in a dual-stack network. AWS once enforced
 * the quota for each family and no longer says so, hence both are counted as one.
 */
export const dualStackBlockedCidrBlockLimit = roomBeside(allowRules, ipv6AllowRules);

/**
 * Numbers for the deny rules of some blocks, by block.
 *
 * A number comes from the block's own text, so blocks that are added or removed leave the rules of
 * the others alone. The order among denies has no meaning. Two blocks that want the same number are
 * rare (one chance in 300 for the longest list); the later one in the list takes the next free one.
 */
export function denyRuleNumbers(cidrBlocks: readonly string[]): ReadonlyMap<string, number> {
  const taken = new Set<number>();
  return new Map(
    cidrBlocks.map((cidrBlock) => {
      let number = preferredDenyNumber(cidrBlock);
      while (taken.has(number)) {
        number = (number % lastDenyNumber) + 1;
      }
      taken.add(number);
      return [cidrBlock, number];
    }),
  );
}

const lastDenyNumber = firstAllowNumber - 1;

function preferredDenyNumber(cidrBlock: string): number {
  const hash = createHash("sha256").update(cidrBlock).digest().readUInt32BE(0);
  return (hash % lastDenyNumber) + 1;
}

/**
 * The rules that are left in the fullest direction of the fullest tier. The deny that AWS puts at the
 * end of each family counts as well.
 */
function roomBeside(...families: readonly (typeof allowRules)[]): number {
  const counts = subnetTiers.flatMap((tier) => {
    const rules = families.flatMap((family) => family[tier]);
    return [true, false].map((egress) => rules.filter((each) => each.egress === egress).length);
  });
  return networkAclRuleQuota - Math.max(...counts) - families.length;
}

function ipv6TwinOf(twin: AllowRule): AllowRule {
  return {
    ...twin,
    purpose: `${twin.purpose}Ipv6`,
    ruleNumber: twin.ruleNumber + 1,
    ...(twin.protocol === "icmp" && { protocol: icmpv6, icmp: packetTooBig }),
  };
}

function rule(
  purpose: string,
  ruleNumber: number,
  traffic: Pick<AllowRule, "protocol" | "peer" | "ports" | "icmp">,
  egress = false,
): AllowRule {
  return { purpose, egress, ruleNumber, ...traffic };
}
