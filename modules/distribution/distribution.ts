import {
  CloudfrontDistribution,
  type CloudfrontDistributionRestrictions,
} from "@cdktf/provider-aws/lib/cloudfront-distribution";
import { CloudfrontOriginAccessControl } from "@cdktf/provider-aws/lib/cloudfront-origin-access-control";
import { Construct } from "constructs";

import {
  InternalError,
  resourceName,
  type DnsAlias,
  type ICertificate,
  type IDnsTarget,
  type IFirewall,
} from "../../core";
import { validate } from "../parts";
import {
  renderBehavior,
  renderPathBehavior,
  type Behavior,
  type PathBehavior,
  type SharedBehavior,
} from "./behavior";
import { distributionLimits } from "./distribution-limits";
import { DistributionLog, type DistributionLogOptions } from "./distribution-log";
import { defaultLogRetentionDays, distributionRules, originKindOf } from "./distribution-rules";
import { EdgeFunctions, type EdgeFunction } from "./edge-functions";
import {
  renderOrigin,
  renderOriginGroup,
  type BucketStatement,
  type Origin,
  type OriginGroup,
} from "./origin";
import { SecurityHeadersPolicy, type SecurityHeaders } from "./security-headers";
import { TrustedKeys } from "./trusted-keys";

/** From which countries viewers are served, told by their addresses. */
export interface GeoRestriction {
  /** Whether only these countries are served, or all others. */
  readonly kind: "allow" | "block";
  /** Countries by their two letters of ISO 3166-1, such as `DE`. */
  readonly countries: readonly string[];
}

/** What viewers get instead of an error of the origin. */
export interface ErrorResponse {
  /** The origin's status: 400, 403, 404, 405, 414, 416, 500, 501, 502, 503 or 504. */
  readonly errorCode: number;
  /**
   * The page that is shown, such as `/index.html`, and its status.
   *
   * @default - the origin's own answer; only the caching changes
   */
  readonly page?: { readonly path: string; readonly status: number };
  /**
   * Seconds that the error is cached.
   *
   * @default 10
   */
  readonly cachingSeconds?: number;
}

/** Settings of a {@link Distribution}. */
export interface DistributionProps {
  /** Name, unique in its account: lower-case letters, digits and single hyphens. */
  readonly name: string;
  /** The account that it stands in, 12 digits. */
  readonly account: string;
  /** The names that it answers to, in lower case; `*.example.com` stands for every name one label below. */
  readonly aliases: readonly string[];
  /** The certificate of these names, issued in us-east-1. */
  readonly certificate: ICertificate;
  /** Where answers come from, by name. */
  readonly origins: Readonly<Record<string, Origin>>;
  /** How requests are answered that no path behaviour is made for. */
  readonly defaultBehavior: Behavior;
  /**
   * How requests of some paths are answered; the first pattern that matches decides.
   *
   * @default - all by the default behaviour
   */
  readonly behaviors?: readonly PathBehavior[];
  /**
   * Pairs of origins by name, which behaviours name like an origin.
   *
   * @default - none
   */
  readonly originGroups?: Readonly<Record<string, OriginGroup>>;
  /**
   * Programs that run at the edge, by name, which behaviours name for requests or answers.
   *
   * @default - none
   */
  readonly functions?: Readonly<Record<string, EdgeFunction>>;
  /**
   * Public keys in PEM by name, RSA of 2048 bits or ECDSA of P-256, whose signatures behaviours that are
   * `signedOnly` take under URLs and cookies. Add the new key, let signers move on, remove the old one.
   *
   * @default - nobody signs
   */
  readonly trustedPublicKeys?: Readonly<Record<string, string>>;
  /**
   * What viewers must at least speak. Older than TLS 1.2 cannot be chosen. Those of 2025 need a release
   * 6 of the provider: 5.100 refuses them.
   *
   * @default "TLSv1.2_2021"
   * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/secure-connections-supported-viewer-protocols-ciphers.html
   */
  readonly minimumTlsVersion?: "TLSv1.2_2021" | "TLSv1.2_2025" | "TLSv1.3_2025";
  /**
   * The web ACL in front of it, of the scope CLOUDFRONT.
   *
   * @default - none
   */
  readonly firewall?: IFirewall;
  /**
   * From which countries viewers are served.
   *
   * @default - from all
   */
  readonly geoRestriction?: GeoRestriction;
  /**
   * Headers that tell browsers to be careful.
   *
   * @default - all but a content security policy
   */
  readonly securityHeaders?: SecurityHeaders;
  /**
   * What viewers get instead of errors.
   *
   * @default - the origin's own answers
   */
  readonly errorResponses?: readonly ErrorResponse[];
  /**
   * The object that a request of `/` gets, without leading slash.
   *
   * @default - what the origin answers
   */
  readonly defaultRootObject?: string;
  /**
   * The edges that serve: `PriceClass_100` is North America, Europe and Israel, `PriceClass_200` leaves
   * out South America, Australia and New Zealand.
   *
   * @default "PriceClass_All"
   */
  readonly priceClass?: "PriceClass_100" | "PriceClass_200" | "PriceClass_All";
  /**
   * What is kept of the log of requests, which is always written.
   *
   * @default - 90 days
   */
  readonly accessLogs?: DistributionLogOptions;
  /**
   * Whether Terraform refuses to destroy the distribution and its log.
   *
   * @default true
   */
  readonly deletionProtection?: boolean;
}

/** The hosted zone of every distribution's own name. */
export const cloudFrontHostedZoneId = "Z2FDTNDATAQYW2";

/**
 * A CloudFront distribution in front of services and buckets. Its stack's provider must be of us-east-1,
 * where AWS keeps CloudFront's certificates and log deliveries.
 *
 * Creates the distribution; an origin access control, where there are buckets; a policy of security
 * headers; its functions; a group of the keys it trusts; a bucket for the log of requests and the delivery
 * to it.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/Introduction.html
 */
export class Distribution extends Construct implements IDnsTarget {
  /** The distribution, for settings that this module does not model. */
  public readonly resource: CloudfrontDistribution;
  /** Where its settings and metrics are kept; it serves from everywhere. */
  public readonly region = "us-east-1";
  /** Its id. */
  public readonly distributionId: string;
  /** Its ARN. */
  public readonly distributionArn: string;
  /** The name that AWS gives it. */
  public readonly domainName: string;
  /** An alias to that name. Route 53 knows no health of it. */
  public readonly value: DnsAlias;
  /** Name of the bucket that the log is in. */
  public readonly logBucketName: string;
  /** Ids of the trusted keys by name, which signers send as `Key-Pair-Id`; empty where nobody signs. */
  public readonly publicKeyIds: Readonly<Record<string, string>>;

  private readonly origins: Readonly<Record<string, Origin>>;

  public constructor(scope: Construct, id: string, props: DistributionProps) {
    super(scope, id);
    validate(this, distributionRules, props);

    const { deletionProtection = true } = props;
    this.origins = props.origins;
    const trustedKeys = this.createTrustedKeys(props);
    this.publicKeyIds = trustedKeys?.publicKeyIds ?? {};
    this.resource = this.createDistribution(props, deletionProtection, trustedKeys?.resource.id);
    this.distributionId = this.resource.id;
    this.distributionArn = this.resource.arn;
    this.domainName = this.resource.domainName;
    this.value = { kind: "alias", dnsName: this.domainName, hostedZoneId: cloudFrontHostedZoneId };
    this.logBucketName = new DistributionLog(this, "Log", {
      name: props.name,
      account: props.account,
      distributionArn: this.distributionArn,
      retentionDays: props.accessLogs?.retentionDays ?? defaultLogRetentionDays,
      deletionProtection,
    }).bucketName;
  }

  /**
   * The statement that the policy of an origin's bucket must hold, so that this distribution and no
   * other may read it. The bucket's owner writes it: a bucket has one policy.
   *
   * @param originName - name of a bucket among the origins
   */
  public readStatement(originName: string): BucketStatement {
    const origin = this.origins[originName];
    if (origin?.kind !== "bucket") {
      throw new InternalError(
        `${this.node.path} has no bucket among its origins that is called ${originName}`,
      );
    }
    return {
      Sid: "ReadByDistribution",
      Effect: "Allow",
      Principal: { Service: "cloudfront.amazonaws.com" },
      Action: "s3:GetObject",
      Resource: `arn:aws:s3:::${origin.bucketName}${origin.path ?? ""}/*`,
      Condition: { StringEquals: { "aws:SourceArn": this.distributionArn } },
    };
  }

  private createTrustedKeys({ name, trustedPublicKeys }: DistributionProps): TrustedKeys | undefined {
    return trustedPublicKeys && new TrustedKeys(this, "TrustedKeys", { name, publicKeys: trustedPublicKeys });
  }

  private createSharedBehavior(props: DistributionProps, keyGroupId: string | undefined): SharedBehavior {
    const { name, functions, securityHeaders } = props;
    return {
      responseHeadersPolicyId: new SecurityHeadersPolicy(this, "SecurityHeaders", {
        name,
        ...securityHeaders,
      }).resource.id,
      functionArns:
        functions === undefined ? {} : new EdgeFunctions(this, "Functions", { name, functions }).arns,
      keyGroupId,
    };
  }

  private createDistribution(
    props: DistributionProps,
    deletionProtection: boolean,
    keyGroupId: string | undefined,
  ): CloudfrontDistribution {
    const shared = this.createSharedBehavior(props, keyGroupId);
    const accessControlId = this.createAccessControl(props);
    return new CloudfrontDistribution(this, "Resource", {
      comment: props.name,
      enabled: true,
      aliases: [...props.aliases],
      httpVersion: "http2and3",
      isIpv6Enabled: true,
      priceClass: props.priceClass ?? "PriceClass_All",
      defaultRootObject: props.defaultRootObject,
      webAclId: props.firewall?.webAclArn,
      origin: Object.entries(props.origins).map(([name, origin]) =>
        renderOrigin(name, origin, accessControlId),
      ),
      originGroup: Object.entries(props.originGroups ?? {}).map(([name, group]) =>
        renderOriginGroup(name, group),
      ),
      defaultCacheBehavior: renderBehavior(
        props.defaultBehavior,
        originKindOf(props, props.defaultBehavior),
        shared,
      ),
      orderedCacheBehavior: (props.behaviors ?? []).map((behavior) =>
        renderPathBehavior(behavior, originKindOf(props, behavior), shared),
      ),
      customErrorResponse: (props.errorResponses ?? []).map(renderErrorResponse),
      restrictions: renderRestrictions(props.geoRestriction),
      viewerCertificate: {
        acmCertificateArn: props.certificate.certificateArn,
        minimumProtocolVersion: props.minimumTlsVersion ?? "TLSv1.2_2021",
        sslSupportMethod: "sni-only",
      },
      lifecycle: { preventDestroy: deletionProtection },
    });
  }

  private createAccessControl({ name, origins }: DistributionProps): string | undefined {
    if (!Object.values(origins).some(({ kind }) => kind === "bucket")) {
      return undefined;
    }
    return new CloudfrontOriginAccessControl(this, "BucketAccess", {
      name: resourceName(distributionLimits.originAccessControlName, name, "buckets"),
      description: `How ${name} signs its requests to buckets`,
      originAccessControlOriginType: "s3",
      signingBehavior: "always",
      signingProtocol: "sigv4",
    }).id;
  }
}

function renderErrorResponse({ errorCode, page, cachingSeconds = 10 }: ErrorResponse) {
  return {
    errorCode,
    responseCode: page?.status,
    responsePagePath: page?.path,
    errorCachingMinTtl: cachingSeconds,
  };
}

function renderRestrictions(restriction: GeoRestriction | undefined): CloudfrontDistributionRestrictions {
  if (restriction === undefined) {
    return { geoRestriction: { restrictionType: "none", locations: [] } };
  }
  return {
    geoRestriction: {
      restrictionType: restriction.kind === "allow" ? "whitelist" : "blacklist",
      locations: [...restriction.countries].sort(),
    },
  };
}
