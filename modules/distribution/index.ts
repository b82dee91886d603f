export type { Behavior, BehaviorMethods, PathBehavior } from "./behavior";
export { cloudFrontHostedZoneId, Distribution } from "./distribution";
export { type GeoRestriction } from "./distribution-props";
export { type ErrorResponse } from "./distribution-props";
export { type DistributionProps } from "./distribution-props";
export type { DistributionLogOptions } from "./distribution-log";
export type { EdgeFunction } from "./edge-functions";
export {
  managedCachePolicyIds,
  managedOriginRequestPolicyIds,
  type CachePolicy,
  type OriginRequestPolicy,
} from "./managed-policies";
export type { BucketOrigin, BucketStatement, HttpsOrigin, Origin, OriginGroup } from "./origin";
export type { SecurityHeaders } from "./security-headers";
