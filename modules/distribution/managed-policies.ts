/**
 * The cache policies that AWS manages, by name.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html
 */
export const managedCachePolicyIds = {
  CachingDisabled: "4135ea2d-6df8-44a3-9df3-4b5a84be39ad",
  CachingOptimized: "658327ea-f89d-4fab-a63d-7e88639e58f6",
  CachingOptimizedForUncompressedObjects: "b2884449-e4de-46a7-ac36-70bc7f1ddd6d",
  UseOriginCacheControlHeaders: "83da9c7e-98b4-4e11-a168-04f0df8e2c65",
  "UseOriginCacheControlHeaders-QueryStrings": "4cc15a8a-d715-48a4-82b8-cc0b614638fe",
} as const;

/**
 * The origin request policies that AWS manages, by name.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-origin-request-policies.html
 */
export const managedOriginRequestPolicyIds = {
  AllViewer: "216adef6-5c7f-47e4-b989-5492eafa07d3",
  "AllViewerAndCloudFrontHeaders-2022-06": "33f36d7e-f396-46d9-90e0-52428a34d9dc",
  AllViewerExceptHostHeader: "b689b0a8-53d0-40ab-baf2-68738e2966ac",
  "CORS-CustomOrigin": "59781a5b-3903-41f3-afcb-af62929ccde1",
  "CORS-S3Origin": "88a5eaf4-2fd4-4709-b370-b4c650ea3fcf",
  UserAgentRefererHeaders: "acba4595-bd28-49b8-b9fe-13317c0390fa",
} as const;

/** What is cached, by what key and for how long: a managed policy by name, or one of your own by id. */
export type CachePolicy = keyof typeof managedCachePolicyIds | { readonly policyId: string };

/** What of a request reaches the origin: a managed policy by name, or one of your own by id. */
export type OriginRequestPolicy = keyof typeof managedOriginRequestPolicyIds | { readonly policyId: string };

/** The id of a cache policy. */
export function cachePolicyId(policy: CachePolicy): string {
  return typeof policy === "string" ? managedCachePolicyIds[policy] : policy.policyId;
}

/** The id of an origin request policy. */
export function originRequestPolicyId(policy: OriginRequestPolicy): string {
  return typeof policy === "string" ? managedOriginRequestPolicyIds[policy] : policy.policyId;
}
