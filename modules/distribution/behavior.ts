import type {
  CloudfrontDistributionDefaultCacheBehavior,
  CloudfrontDistributionOrderedCacheBehavior,
} from "@cdktf/provider-aws/lib/cloudfront-distribution";

import {
  cachePolicyId,
  originRequestPolicyId,
  type CachePolicy,
  type OriginRequestPolicy,
} from "./managed-policies";

/** What viewers may do: `read` is GET and HEAD, `read-and-options` adds OPTIONS, `all` whatever HTTP has. */
export type BehaviorMethods = "read" | "read-and-options" | "all";

/** How requests are answered. */
export interface Behavior {
  /** Name of the origin or the group of origins. */
  readonly origin: string;
  /**
   * What is cached.
   *
   * @default - `CachingOptimized` for buckets, `CachingDisabled` for everything else
   */
  readonly cachePolicy?: CachePolicy;
  /**
   * What of a request reaches the origin beside what it is cached by.
   *
   * `AllViewer` passes the viewer's `Host` on, so that a load balancer can route by the names of the
   * distribution; its certificate must then hold these names too.
   *
   * @default - nothing for buckets, `AllViewerExceptHostHeader` for everything else
   */
  readonly originRequestPolicy?: OriginRequestPolicy;
  /**
   * What viewers may do.
   *
   * @default - `read` for buckets and groups, `all` for everything else
   */
  readonly methods?: BehaviorMethods;
  /**
   * Whether plain HTTP is redirected to HTTPS or refused.
   *
   * @default "redirect"
   */
  readonly plainHttp?: "redirect" | "refuse";
  /**
   * Functions of the distribution by name: what sees each request before the cache, and each answer on
   * its way to the viewer.
   *
   * @default - none
   */
  readonly functions?: {
    /**
     * The function that sees each request before the cache.
     *
     * @default - none
     */
    readonly viewerRequest?: string;
    /**
     * The function that sees each answer on its way to the viewer.
     *
     * @default - none
     */
    readonly viewerResponse?: string;
  };
  /**
   * Whether viewers must bring a URL or cookies that one of the distribution's `trustedPublicKeys` has
   * signed.
   *
   * @default false
   */
  readonly signedOnly?: boolean;
}

/** What all behaviours of a distribution share. */
export interface SharedBehavior {
  /** Id of the policy of security headers. */
  readonly responseHeadersPolicyId: string;
  /** ARNs of the functions, by name. */
  readonly functionArns: Readonly<Record<string, string>>;
  /**
   * Id of the group of trusted keys.
   *
   * @default - nobody signs
   */
  readonly keyGroupId?: string;
}

/** How requests of some paths are answered. */
export interface PathBehavior extends Behavior {
  /** The paths, such as `/assets/*`; `*` stands for any text, `?` for any character. */
  readonly pathPattern: string;
}

/** What a behaviour leads to: what is not said follows from it. */
export type OriginKind = "https" | "bucket" | "https-group" | "bucket-group";

const methodsOf: Readonly<Record<BehaviorMethods, readonly string[]>> = {
  read: ["GET", "HEAD"],
  "read-and-options": ["GET", "HEAD", "OPTIONS"],
  all: ["GET", "HEAD", "OPTIONS", "PUT", "PATCH", "POST", "DELETE"],
};

/** The methods of a behaviour, where it does not say them. */
export function resolveMethods(behavior: Behavior, kind: OriginKind): BehaviorMethods {
  return behavior.methods ?? (kind === "https" ? "all" : "read");
}

/** The behaviour of all paths that no other is made for, as the provider writes it. */
export function renderBehavior(
  behavior: Behavior,
  kind: OriginKind,
  shared: SharedBehavior,
): CloudfrontDistributionDefaultCacheBehavior {
  const isBucket = kind.startsWith("bucket");
  const requestPolicy = behavior.originRequestPolicy ?? (isBucket ? undefined : "AllViewerExceptHostHeader");
  return {
    targetOriginId: behavior.origin,
    viewerProtocolPolicy: behavior.plainHttp === "refuse" ? "https-only" : "redirect-to-https",
    allowedMethods: [...methodsOf[resolveMethods(behavior, kind)]],
    cachedMethods: [...methodsOf.read],
    cachePolicyId: cachePolicyId(behavior.cachePolicy ?? (isBucket ? "CachingOptimized" : "CachingDisabled")),
    originRequestPolicyId: requestPolicy && originRequestPolicyId(requestPolicy),
    responseHeadersPolicyId: shared.responseHeadersPolicyId,
    functionAssociation: renderFunctions(behavior, shared),
    trustedKeyGroups:
      behavior.signedOnly === true && shared.keyGroupId !== undefined ? [shared.keyGroupId] : undefined,
    compress: true,
  };
}

/** Undefined where there are none, or it would be an empty block in every distribution. */
function renderFunctions({ functions = {} }: Behavior, { functionArns }: SharedBehavior) {
  const events = { "viewer-request": functions.viewerRequest, "viewer-response": functions.viewerResponse };
  const associations = Object.entries(events).flatMap(([eventType, name]) => {
    const functionArn = functionArns[name ?? ""];
    return functionArn === undefined ? [] : [{ eventType, functionArn }];
  });
  return associations.length === 0 ? undefined : associations;
}

/** The behaviour of some paths, as the provider writes it. */
export function renderPathBehavior(
  behavior: PathBehavior,
  kind: OriginKind,
  shared: SharedBehavior,
): CloudfrontDistributionOrderedCacheBehavior {
  return {
    pathPattern: behavior.pathPattern,
    ...renderBehavior(behavior, kind, shared),
  };
}
