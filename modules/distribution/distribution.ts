import {
  CloudfrontDistribution,
  type CloudfrontDistributionRestrictions,
} from "@cdktf/provider-aws/lib/cloudfront-distribution";
import { CloudfrontOriginAccessControl } from "@cdktf/provider-aws/lib/cloudfront-origin-access-control";
import { Construct } from "constructs";

import { InternalError, resourceName, type DnsAlias, type IDnsTarget } from "../../core";
import { validate } from "../parts";
import { renderBehavior, renderPathBehavior, type SharedBehavior } from "./behavior";
import { distributionLimits } from "./distribution-limits";
import { DistributionLog } from "./distribution-log";
import { defaultLogRetentionDays, distributionRules } from "./distribution-rules";
import { originKindOf } from "./behavior-rules";
import { EdgeFunctions } from "./edge-functions";
import { renderOrigin, renderOriginGroup, type BucketStatement, type Origin } from "./origin";
import { SecurityHeadersPolicy } from "./security-headers";
import { TrustedKeys } from "./trusted-keys";
import type { DistributionProps, ErrorResponse, GeoRestriction } from "./distribution-props";

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
