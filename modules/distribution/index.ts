export type { Behavior, BehaviorMethods, PathBehavior } from "./behavior";
export {
  cloudFrontHostedZoneId,
  Distribution,
  type DistributionProps,
  type ErrorResponse,
  type GeoRestriction,
} from "./distribution";
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
