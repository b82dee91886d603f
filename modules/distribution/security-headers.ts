import { CloudfrontResponseHeadersPolicy } from "@cdktf/provider-aws/lib/cloudfront-response-headers-policy";
import { Construct } from "constructs";

import { resourceName } from "../../core";
import { distributionLimits } from "./distribution-limits";

/** Headers that tell browsers to be careful. Each is sent only where the origin does not send its own. */
export interface SecurityHeaders {
  /**
   * `Content-Security-Policy`: what a page may load and run.
   *
   * @default - not sent, since it depends on the application
   */
  readonly contentSecurityPolicy?: string;
  /**
   * `X-Frame-Options`: whether a page may be shown inside another.
   *
   * @default "DENY"
   */
  readonly frameOption?: "DENY" | "SAMEORIGIN";
  /**
   * `Strict-Transport-Security`: seconds that a browser asks this name by HTTPS only.
   *
   * @default 31536000
   */
  readonly strictTransportSecuritySeconds?: number;
  /**
   * Whether `Strict-Transport-Security` holds for every name below this one too.
   *
   * @default false
   */
  readonly includeSubdomains?: boolean;
}

/** Settings of a {@link SecurityHeadersPolicy}. */
export interface SecurityHeadersPolicyProps extends SecurityHeaders {
  /** Name of the distribution. */
  readonly name: string;
}

/** A year. */
const defaultTransportSecuritySeconds = 31_536_000;

/**
 * The headers that a distribution adds to every answer.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/understanding-response-headers-policies.html
 */
export class SecurityHeadersPolicy extends Construct {
  /** The policy, for settings that this module does not model. */
  public readonly resource: CloudfrontResponseHeadersPolicy;

  public constructor(scope: Construct, id: string, props: SecurityHeadersPolicyProps) {
    super(scope, id);

    this.resource = new CloudfrontResponseHeadersPolicy(this, "Resource", {
      name: resourceName(distributionLimits.responseHeadersPolicyName, props.name, "security-headers"),
      comment: `Security headers of ${props.name}`,
      securityHeadersConfig: {
        contentSecurityPolicy:
          props.contentSecurityPolicy === undefined
            ? undefined
            : { contentSecurityPolicy: props.contentSecurityPolicy, override: false },
        // Its one value is always right, so an origin need not send it.
        contentTypeOptions: { override: true },
        frameOptions: { frameOption: props.frameOption ?? "DENY", override: false },
        referrerPolicy: { referrerPolicy: "strict-origin-when-cross-origin", override: false },
        strictTransportSecurity: {
          accessControlMaxAgeSec: props.strictTransportSecuritySeconds ?? defaultTransportSecuritySeconds,
          includeSubdomains: props.includeSubdomains ?? false,
          override: false,
        },
      },
    });
  }
}
