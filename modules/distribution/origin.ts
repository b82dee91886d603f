import type {
  CloudfrontDistributionOrigin,
  CloudfrontDistributionOriginGroup,
} from "@cdktf/provider-aws/lib/cloudfront-distribution";

/** A service that answers over HTTPS: a load balancer, App Runner or anything else. */
export interface HttpsOrigin {
  readonly kind: "https";
  /** The name that CloudFront asks, which the origin's certificate must hold. */
  readonly domainName: string;
  /**
   * A path that is put before the path of each request, such as `/v2`.
   *
   * @default - none
   */
  readonly path?: string;
  /**
   * The port.
   *
   * @default 443
   */
  readonly port?: number;
  /**
   * Seconds to wait for an answer, 1 to 120.
   *
   * @default 30
   */
  readonly readTimeoutSeconds?: number;
  /**
   * Headers that CloudFront adds, such as a shared secret that the origin asks for. They are readable
   * in Terraform's state.
   *
   * @default - none
   */
  readonly headers?: Readonly<Record<string, string>>;
  /**
   * The region of a further cache that all requests to the origin pass, best the origin's own.
   *
   * @default - none
   */
  readonly shieldRegion?: string;
}

/** A private bucket that this distribution reads with its own signature. */
export interface BucketOrigin {
  readonly kind: "bucket";
  /** Name of the bucket, whose policy must hold the statement of `readStatement`. */
  readonly bucketName: string;
  /** The bucket's region. */
  readonly region: string;
  /**
   * A prefix that is put before the path of each request, such as `/site`.
   *
   * @default - none
   */
  readonly path?: string;
  /**
   * The region of a further cache that all requests to the origin pass, best the bucket's own.
   *
   * @default - none
   */
  readonly shieldRegion?: string;
}

/** Where answers come from. */
export type Origin = HttpsOrigin | BucketOrigin;

/** Two origins of which the second answers what the first cannot. */
export interface OriginGroup {
  /** Name of the origin that is asked first. */
  readonly primary: string;
  /** Name of the origin that is asked when the first fails or cannot be reached. */
  readonly secondary: string;
  /**
   * Answers of the first that count as failure: of 400, 403, 404, 416, 429, 500, 502, 503, 504.
   *
   * @default [500, 502, 503, 504]
   */
  readonly failoverStatusCodes?: readonly number[];
}

/** A statement for the policy of an origin's bucket. */
export interface BucketStatement {
  readonly Sid: string;
  readonly Effect: "Allow";
  readonly Principal: { readonly Service: string };
  readonly Action: string;
  readonly Resource: string;
  readonly Condition: { readonly StringEquals: Readonly<Record<string, string>> };
}

/** Answers that may make CloudFront ask the second origin of a group. */
export const failoverStatusCodes: readonly number[] = [400, 403, 404, 416, 429, 500, 502, 503, 504];

const defaults = {
  port: 443,
  readTimeoutSeconds: 30,
  failoverStatusCodes: [500, 502, 503, 504],
} as const;

/** Seconds that CloudFront keeps a silent connection, at least those of an idle load balancer. */
const keepaliveSeconds = 60;

/** An origin as the provider writes it. */
export function renderOrigin(
  name: string,
  origin: Origin,
  accessControlId: string | undefined,
): CloudfrontDistributionOrigin {
  const common = {
    originId: name,
    originPath: origin.path,
    originShield:
      origin.shieldRegion === undefined
        ? undefined
        : { enabled: true, originShieldRegion: origin.shieldRegion },
  };
  if (origin.kind === "bucket") {
    return {
      ...common,
      domainName: `${origin.bucketName}.s3.${origin.region}.amazonaws.com`,
      originAccessControlId: accessControlId,
    };
  }
  return {
    ...common,
    domainName: origin.domainName,
    customHeader: Object.entries(origin.headers ?? {}).map(([header, value]) => ({ name: header, value })),
    customOriginConfig: {
      httpPort: 80,
      httpsPort: origin.port ?? defaults.port,
      originProtocolPolicy: "https-only",
      originSslProtocols: ["TLSv1.2"],
      originReadTimeout: origin.readTimeoutSeconds ?? defaults.readTimeoutSeconds,
      originKeepaliveTimeout: keepaliveSeconds,
    },
  };
}

/** A group as the provider writes it. */
export function renderOriginGroup(name: string, group: OriginGroup): CloudfrontDistributionOriginGroup {
  return {
    originId: name,
    failoverCriteria: { statusCodes: [...(group.failoverStatusCodes ?? defaults.failoverStatusCodes)] },
    member: [{ originId: group.primary }, { originId: group.secondary }],
  };
}
