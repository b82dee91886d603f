export {
  activeCidrBlocks,
  activeEntries,
  parseBlockList,
  type BlockList,
  type BlockListEntry,
  type BlockListOptions,
} from "./block-list";
export {
  coveringSet,
  dualStackNetworkAclDenies,
  networkAclDenies,
  type CoveringSet,
  type DualStackNetworkAclDenies,
  type NetworkAclDenies,
} from "./covering-set";
export type { CustomResponse, CustomResponses } from "./custom-response";
export { Firewall, type FirewallProps } from "./firewall";
export type { FirewallLogOptions, LoggedAction } from "./firewall-log";
export { managedRuleGroupCapacities, type ManagedRuleGroup, type RuleAction } from "./managed-rule-group";
export type { AggregateKey, ForwardedIp, RateLimit } from "./rate-limit";
export type { RequestMatch, StringPosition } from "./request-match";
