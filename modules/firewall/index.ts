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
export { Firewall } from "./firewall";
export { type FirewallProps } from "./firewall-props";
export type { FirewallLogOptions, LoggedAction } from "./firewall-log";
export type { LoginInspection, PayloadType, ResponseInspection, SignUpInspection } from "./fraud-control";
export { managedRuleGroupCapacities, type ManagedRuleGroup, type RuleAction } from "./managed-rule-group";
export type { AggregateKey, ForwardedIp, RateLimit } from "./rate-limit";
export type { FallbackBehavior, RequestMatch, StringPosition } from "./request-match";
export type { RequestRule } from "./request-rule";
export type { RuleGroup } from "./rule-group";
