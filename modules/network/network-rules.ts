import {
  cidrBlocksOverlap,
  ipv6PrefixLengthOf,
  isIpv4CidrBlock,
  isIpv6CidrBlock,
  isLogRetentionPeriod,
  logRetentionPeriods,
  longestVpcPrefixLength,
  prefixLengthOf,
  shortestVpcPrefixLength,
  zoneSlotCount,
  zoneSlotOf,
} from "../../core";
import { hyphenatedName } from "../../core/forms";
import { hasForm, type ValidationRule } from "../parts";
import type { NetworkProps } from "./network-props";
import {
  blockedCidrBlockLimit,
  dualStackBlockedCidrBlockLimit,
  networkAclRuleQuota,
} from "./network-acl-rules";

/** The widest IPv6 block that may be denied. Wider ones are whole parts of the internet. */
const shortestBlockedIpv6PrefixLength = 16;

/** What is asked of a network's props. */
export const networkRules: ValidationRule<NetworkProps>[] = [
  hasForm("name", hyphenatedName),
  {
    property: "ipv4CidrBlock",
    isValid: ({ ipv4CidrBlock }) => isVpcCidrBlock(ipv4CidrBlock),
    expected: `be an IPv4 block between a /${shortestVpcPrefixLength} and a /${longestVpcPrefixLength}`,
    remedy: "use a block such as '10.0.0.0/16', without host bits",
  },
  {
    property: "zones",
    isValid: ({ zones }) => zones.length > 0 && new Set(zones).size === zones.length,
    expected: "name at least one zone and none twice",
    remedy: "list each zone once",
  },
  {
    property: "zones",
    isValid: (props) => strangeZones(props).length === 0,
    expected: ({ region }) => `be zones of ${region}, its code followed by a letter`,
    remedy: ({ region }) => `use names such as '${region}a'; Local Zones are not supported`,
    got: strangeZones,
  },
  {
    property: "flowLogs",
    isValid: ({ flowLogs }) => isLogRetentionPeriod(retentionOf(flowLogs) ?? 1),
    expected: "keep records for a period that CloudWatch Logs offers",
    remedy: `set retentionDays to one of ${logRetentionPeriods.join(", ")}`,
  },
  {
    property: "blockedIpv4CidrBlocks",
    isValid: (props) => unusableBlocks(props).length === 0,
    expected: "be distinct IPv4 blocks that share no address with the network",
    remedy: "remove or correct these, without host bits",
    got: unusableBlocks,
  },
  {
    property: "blockedIpv4CidrBlocks",
    isValid: ({ dualStack, blockedIpv4CidrBlocks = [] }) =>
      dualStack === true || blockedIpv4CidrBlocks.length <= blockedCidrBlockLimit,
    expected: `list at most ${blockedCidrBlockLimit} blocks, because a network ACL holds ${networkAclRuleQuota} rules a direction`,
    remedy: "merge neighbouring blocks, or block them in the firewall of the load balancer",
    got: ({ blockedIpv4CidrBlocks = [] }) => blockedIpv4CidrBlocks.length,
  },
  {
    property: "blockedIpv4CidrBlocks",
    isValid: (props) => props.dualStack !== true || blockedCount(props) <= dualStackBlockedCidrBlockLimit,
    expected:
      `list at most ${dualStackBlockedCidrBlockLimit} blocks together with 'blockedIpv6CidrBlocks', ` +
      `because a network ACL holds ${networkAclRuleQuota} rules a direction`,
    remedy: "merge neighbouring blocks, or block them in the firewall of the load balancer",
    got: blockedCount,
  },
  {
    property: "blockedIpv6CidrBlocks",
    isValid: (props) => unusableIpv6Blocks(props).length === 0,
    expected: `be distinct IPv6 blocks in their shortest form, no wider than a /${shortestBlockedIpv6PrefixLength}`,
    remedy: "remove or correct these, without host bits",
    got: unusableIpv6Blocks,
  },
  {
    property: "blockedIpv6CidrBlocks",
    isValid: ({ dualStack, blockedIpv6CidrBlocks = [] }) =>
      dualStack === true || blockedIpv6CidrBlocks.length === 0,
    expected: "be empty in a network without IPv6, which lets none through",
    remedy: "set 'dualStack' to true, or remove the blocks",
  },
];

function isVpcCidrBlock(cidrBlock: string): boolean {
  if (!isIpv4CidrBlock(cidrBlock)) {
    return false;
  }
  const length = prefixLengthOf(cidrBlock);
  return length >= shortestVpcPrefixLength && length <= longestVpcPrefixLength;
}

function strangeZones({ region, zones }: NetworkProps): string[] {
  return zones.filter((zone) => {
    const slot = zoneSlotOf(zone);
    return zone.slice(0, -1) !== region || slot < 0 || slot >= zoneSlotCount;
  });
}

function retentionOf(flowLogs: NetworkProps["flowLogs"]): number | undefined {
  return typeof flowLogs === "object" ? flowLogs.retentionDays : undefined;
}

function unusableBlocks({ blockedIpv4CidrBlocks = [], ipv4CidrBlock }: NetworkProps): string[] {
  return blockedIpv4CidrBlocks.filter(
    (block, index) =>
      !isIpv4CidrBlock(block) ||
      blockedIpv4CidrBlocks.indexOf(block) !== index ||
      (isIpv4CidrBlock(ipv4CidrBlock) && cidrBlocksOverlap(block, ipv4CidrBlock)),
  );
}

function blockedCount({ blockedIpv4CidrBlocks = [], blockedIpv6CidrBlocks = [] }: NetworkProps): number {
  return blockedIpv4CidrBlocks.length + blockedIpv6CidrBlocks.length;
}

function unusableIpv6Blocks({ blockedIpv6CidrBlocks = [] }: NetworkProps): string[] {
  return blockedIpv6CidrBlocks.filter(
    (block, index) =>
      !isIpv6CidrBlock(block) ||
      blockedIpv6CidrBlocks.indexOf(block) !== index ||
      ipv6PrefixLengthOf(block) < shortestBlockedIpv6PrefixLength,
  );
}
