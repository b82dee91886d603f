import {
  managedCachePolicyIds,
  managedOriginRequestPolicyIds,
  type DistributionProps,
  type Origin,
} from "../../../modules/distribution";
import { DnsRouting } from "../../../modules/dns";
import { refusal, resourceAt, resourcesOf } from "../../support/synth";
import { account, distributionWith, refuse, stackWith, web } from "./fixtures";

const standby: Origin = { kind: "https", domainName: "web.eu-central-1.example.com" };
const site: Origin = { kind: "bucket", bucketName: "prod-site", region: "eu-west-1" };

const headersPolicyId = "${aws_cloudfront_response_headers_policy.Web_SecurityHeaders_01E46A62.id}";

const everyMethod = ["GET", "HEAD", "OPTIONS", "PUT", "PATCH", "POST", "DELETE"];

describe("Distribution", () => {
  it("passes everything to a service, uncached, over TLS 1.2 and HTTP/3", () => {
    expect(distributionWith({})).toEqual({
      comment: "prod-web",
      enabled: true,
      aliases: ["www.example.com"],
      http_version: "http2and3",
      is_ipv6_enabled: true,
      price_class: "PriceClass_All",
      origin: [
        {
          origin_id: "web",
          domain_name: "web.eu-west-1.example.com",
          custom_header: [],
          custom_origin_config: {
            http_port: 80,
            https_port: 443,
            origin_protocol_policy: "https-only",
            origin_ssl_protocols: ["TLSv1.2"],
            origin_read_timeout: 30,
            origin_keepalive_timeout: 60,
          },
        },
      ],
      origin_group: [],
      default_cache_behavior: {
        target_origin_id: "web",
        viewer_protocol_policy: "redirect-to-https",
        allowed_methods: everyMethod,
        cached_methods: ["GET", "HEAD"],
        cache_policy_id: managedCachePolicyIds.CachingDisabled,
        origin_request_policy_id: managedOriginRequestPolicyIds.AllViewerExceptHostHeader,
        response_headers_policy_id: headersPolicyId,
        compress: true,
      },
      ordered_cache_behavior: [],
      custom_error_response: [],
      restrictions: { geo_restriction: { restriction_type: "none", locations: [] } },
      viewer_certificate: {
        acm_certificate_arn: `arn:aws:acm:us-east-1:${account}:certificate/1`,
        minimum_protocol_version: "TLSv1.2_2021",
        ssl_support_method: "sni-only",
      },
      lifecycle: { prevent_destroy: true },
    });
  });

  it("adds security headers for browsers, unless the origin sends its own", () => {
    expect(resourceAt(stackWith().stack, "aws_cloudfront_response_headers_policy")).toEqual({
      name: "prod-web-security-headers",
      comment: "Security headers of prod-web",
      security_headers_config: {
        content_type_options: { override: true },
        frame_options: { frame_option: "DENY", override: false },
        referrer_policy: { referrer_policy: "strict-origin-when-cross-origin", override: false },
        strict_transport_security: {
          access_control_max_age_sec: 31_536_000,
          include_subdomains: false,
          override: false,
        },
      },
    });
  });

  it("takes other headers where they are given", () => {
    const { stack } = stackWith({
      securityHeaders: {
        contentSecurityPolicy: "default-src 'self'",
        frameOption: "SAMEORIGIN",
        strictTransportSecuritySeconds: 300,
        includeSubdomains: true,
      },
    });

    expect(resourceAt(stack, "aws_cloudfront_response_headers_policy").security_headers_config).toMatchObject(
      {
        content_security_policy: { content_security_policy: "default-src 'self'", override: false },
        frame_options: { frame_option: "SAMEORIGIN" },
        strict_transport_security: { access_control_max_age_sec: 300, include_subdomains: true },
      },
    );
  });

  it("takes every setting", () => {
    const distribution = distributionWith({
      origins: {
        web: {
          ...web,
          path: "/v2",
          port: 8443,
          readTimeoutSeconds: 60,
          headers: { "x-origin-secret": "secret" },
          shieldRegion: "eu-west-1",
        },
      },
      defaultBehavior: {
        origin: "web",
        cachePolicy: { policyId: "cache-1" },
        originRequestPolicy: { policyId: "request-1" },
        methods: "read-and-options",
        plainHttp: "refuse",
      },
      minimumTlsVersion: "TLSv1.3_2025",
      firewall: { webAclArn: "arn:acl" },
      errorResponses: [
        { errorCode: 404, page: { path: "/404.html", status: 404 }, cachingSeconds: 60 },
        { errorCode: 503 },
      ],
      defaultRootObject: "index.html",
      priceClass: "PriceClass_100",
      deletionProtection: false,
    });

    expect(distribution).toMatchObject({
      web_acl_id: "arn:acl",
      default_root_object: "index.html",
      price_class: "PriceClass_100",
      origin: [
        {
          origin_path: "/v2",
          custom_header: [{ name: "x-origin-secret", value: "secret" }],
          custom_origin_config: { https_port: 8443, origin_read_timeout: 60 },
          origin_shield: { enabled: true, origin_shield_region: "eu-west-1" },
        },
      ],
      default_cache_behavior: {
        allowed_methods: ["GET", "HEAD", "OPTIONS"],
        cache_policy_id: "cache-1",
        origin_request_policy_id: "request-1",
        viewer_protocol_policy: "https-only",
      },
      custom_error_response: [
        { error_code: 404, response_code: 404, response_page_path: "/404.html", error_caching_min_ttl: 60 },
        { error_code: 503, error_caching_min_ttl: 10 },
      ],
      viewer_certificate: { minimum_protocol_version: "TLSv1.3_2025" },
      lifecycle: { prevent_destroy: false },
    });
  });

  describe("in front of a bucket", () => {
    it("signs its requests and caches what it reads", () => {
      const { stack } = stackWith({ origins: { site }, defaultBehavior: { origin: "site" } });

      expect(resourceAt(stack, "aws_cloudfront_origin_access_control")).toEqual({
        name: "prod-web-buckets",
        description: "How prod-web signs its requests to buckets",
        origin_access_control_origin_type: "s3",
        signing_behavior: "always",
        signing_protocol: "sigv4",
      });
      const { origin, default_cache_behavior: behavior } = resourceAt(stack, "aws_cloudfront_distribution");
      expect(origin).toEqual([
        {
          origin_id: "site",
          domain_name: "prod-site.s3.eu-west-1.amazonaws.com",
          origin_access_control_id: "${aws_cloudfront_origin_access_control.Web_BucketAccess_1D2D9773.id}",
        },
      ]);
      expect(behavior).toEqual({
        target_origin_id: "site",
        viewer_protocol_policy: "redirect-to-https",
        allowed_methods: ["GET", "HEAD"],
        cached_methods: ["GET", "HEAD"],
        cache_policy_id: managedCachePolicyIds.CachingOptimized,
        response_headers_policy_id: headersPolicyId,
        compress: true,
      });
    });

    it("says what the bucket's policy must hold, for this distribution alone", () => {
      const { distribution } = stackWith({ origins: { web, site, docs: { ...site, path: "/docs" } } });

      expect(distribution.readStatement("site")).toEqual({
        Sid: "ReadByDistribution",
        Effect: "Allow",
        Principal: { Service: "cloudfront.amazonaws.com" },
        Action: "s3:GetObject",
        Resource: "arn:aws:s3:::prod-site/*",
        Condition: { StringEquals: { "aws:SourceArn": distribution.distributionArn } },
      });
      expect(distribution.readStatement("docs").Resource).toBe("arn:aws:s3:::prod-site/docs/*");
    });

    it("has no statement for what is no bucket", () => {
      const { distribution } = stackWith();

      expect(refusal(() => distribution.readStatement("web"))).toBe(
        "test/Web has no bucket among its origins that is called web",
      );
    });

    it("needs no access control without one", () => {
      expect(resourcesOf(stackWith().stack, "aws_cloudfront_origin_access_control")).toEqual({});
    });
  });

  it("answers some paths from elsewhere, in the order that is given", () => {
    const { ordered_cache_behavior: behaviors } = distributionWith({
      origins: { web, site },
      behaviors: [
        { pathPattern: "/assets/*", origin: "site" },
        { pathPattern: "/api/*", origin: "web", originRequestPolicy: "AllViewer" },
      ],
    });

    expect(behaviors).toMatchObject([
      { path_pattern: "/assets/*", target_origin_id: "site", allowed_methods: ["GET", "HEAD"] },
      {
        path_pattern: "/api/*",
        target_origin_id: "web",
        allowed_methods: everyMethod,
        origin_request_policy_id: managedOriginRequestPolicyIds.AllViewer,
      },
    ]);
  });

  describe("with a group of origins", () => {
    it("asks the second when the first fails, and only reads", () => {
      const distribution = distributionWith({
        origins: { web, standby },
        originGroups: { regions: { primary: "web", secondary: "standby" } },
        defaultBehavior: { origin: "regions" },
      });

      expect(distribution.origin_group).toEqual([
        {
          origin_id: "regions",
          failover_criteria: { status_codes: [500, 502, 503, 504] },
          member: [{ origin_id: "web" }, { origin_id: "standby" }],
        },
      ]);
      expect(distribution.default_cache_behavior).toMatchObject({
        target_origin_id: "regions",
        allowed_methods: ["GET", "HEAD"],
        cache_policy_id: managedCachePolicyIds.CachingDisabled,
      });
    });

    it("caches what two buckets hold", () => {
      const distribution = distributionWith({
        origins: { site, copy: { ...site, bucketName: "prod-copy" } },
        originGroups: { sites: { primary: "site", secondary: "copy", failoverStatusCodes: [404] } },
        defaultBehavior: { origin: "sites" },
      });

      expect(distribution.origin_group).toMatchObject([{ failover_criteria: { status_codes: [404] } }]);
      expect(distribution.default_cache_behavior).toMatchObject({
        cache_policy_id: managedCachePolicyIds.CachingOptimized,
      });
    });
  });

  it.each([
    ["allow", "whitelist"],
    ["block", "blacklist"],
  ] as const)("can %s countries", (kind, restrictionType) => {
    expect(distributionWith({ geoRestriction: { kind, countries: ["KP", "CU"] } }).restrictions).toEqual({
      geo_restriction: { restriction_type: restrictionType, locations: ["CU", "KP"] },
    });
  });

  describe("logs requests", () => {
    it("to a bucket of its own, as columns", () => {
      const { stack, distribution } = stackWith();

      expect(distribution.logBucketName).toBeDefined();
      expect(resourceAt(stack, "aws_s3_bucket")).toEqual({
        bucket: "prod-web-111122223333-cdn-logs",
        force_destroy: false,
        lifecycle: { prevent_destroy: true },
      });
      expect(resourceAt(stack, "aws_cloudwatch_log_delivery_source")).toEqual({
        name: "prod-web-cdn",
        log_type: "ACCESS_LOGS",
        resource_arn: "${aws_cloudfront_distribution.Web_3C8945DB.arn}",
      });
      expect(resourceAt(stack, "aws_cloudwatch_log_delivery_destination")).toEqual({
        name: "prod-web-cdn",
        output_format: "parquet",
        delivery_destination_configuration: [
          { destination_resource_arn: "${aws_s3_bucket.Web_Log_A2AEBB40.arn}" },
        ],
      });
      expect(resourceAt(stack, "aws_cloudwatch_log_delivery").depends_on).toEqual([
        "aws_s3_bucket_policy.Web_Log_Policy_8EC8BBC4",
      ]);
    });

    it("to a bucket that only deliveries of this account may write to, over TLS", () => {
      const { policy } = resourceAt(stackWith().stack, "aws_s3_bucket_policy");

      expect(resourceAt(stackWith().stack, "aws_s3_bucket_public_access_block")).toMatchObject({
        block_public_acls: true,
        block_public_policy: true,
        ignore_public_acls: true,
        restrict_public_buckets: true,
      });
      expect(policy).toContain(`/AWSLogs/${account}/CloudFront/*`);
      expect(policy).toContain(`arn:aws:logs:us-east-1:${account}:delivery-source:*`);
      expect(policy).toContain("DenyPlainHttp");
    });

    it("for as long as is asked, in a bucket that goes where nothing is protected", () => {
      const { stack } = stackWith({ accessLogs: { retentionDays: 7 }, deletionProtection: false });

      expect(resourceAt(stack, "aws_s3_bucket_lifecycle_configuration").rule).toMatchObject([
        { expiration: [{ days: 7 }] },
      ]);
      expect(resourceAt(stack, "aws_s3_bucket").force_destroy).toBe(true);
    });
  });

  it("is an alias to DNS, whose health Route 53 does not know", () => {
    const { stack, distribution } = stackWith();
    new DnsRouting(stack, "Name", {
      zone: { hostedZoneId: "Z1", zoneName: "example.com" },
      recordName: "www.example.com",
      endpoints: { edge: { target: distribution } },
      policy: { kind: "simple" },
    });

    expect(distribution.region).toBe("us-east-1");
    expect(resourceAt(stack, "aws_route53_record").alias).toEqual({
      name: "${aws_cloudfront_distribution.Web_3C8945DB.domain_name}",
      zone_id: "Z2FDTNDATAQYW2",
      evaluate_target_health: false,
    });
  });

  describe("refuses", () => {
    const manyOrigins = Object.fromEntries(Array.from({ length: 101 }, (_, index) => [`o${index}`, web]));
    const manyAliases = Array.from({ length: 101 }, (_, index) => `w${index}.example.com`);
    const group = { primary: "web", secondary: "standby" };

    it.each<[string, Partial<DistributionProps>, string]>([
      [
        "a name that is none",
        { name: "Web" },
        `test/Web: 'name' must be lower-case letters, digits and single hyphens, starting with a letter, got "Web"; choose a name like 'prod-web'`,
      ],
      [
        "an account that is no id",
        { account: "prod" },
        `test/Web: 'account' must be the 12 digits of an AWS account, got "prod"; write the account id as text, with its leading zeros`,
      ],
      [
        "to have no name of its own",
        { aliases: [] },
        `test/Web: 'aliases' must hold 1 to 100 names, got 0; give names of your own: with CloudFront's own name viewers may speak TLS 1.0`,
      ],
      [
        "too many names",
        { aliases: manyAliases },
        `test/Web: 'aliases' must hold 1 to 100 names, got 101; give names of your own: with CloudFront's own name viewers may speak TLS 1.0`,
      ],
      [
        "a name that is no domain",
        { aliases: ["www.example.com."] },
        `test/Web: 'aliases' must be domain names in lower case without a trailing dot, with '*' for the first label only, got ["www.example.com."]; write them like "www.example.com" or "*.example.com"`,
      ],
      [
        "a name twice",
        { aliases: ["www.example.com", "www.example.com"] },
        `test/Web: 'aliases' must name each domain once, got ["www.example.com"]; remove the repetition`,
      ],
      [
        "a certificate of another region",
        { certificate: { certificateArn: "arn:aws:acm:eu-west-1:111122223333:certificate/1" } },
        `test/Web: 'certificate' must be issued in us-east-1, got "arn:aws:acm:eu-west-1:111122223333:certificate/1"; issue one there: CloudFront accepts no certificate of another region`,
      ],
      [
        "too many origins",
        { origins: { ...manyOrigins, web } },
        `test/Web: 'origins' must hold 1 to 100 origins, got 102; add one, or split the distribution`,
      ],
      [
        "an origin under a name that is none",
        { origins: { web, Site_1: site } },
        `test/Web: 'origins' must have names of lower-case letters, digits and single hyphens, got ["Site_1"]; rename them`,
      ],
      [
        "an origin with a scheme",
        { origins: { web: { ...web, domainName: "https://web.example.com" } } },
        `test/Web: 'origins' must have a 'domainName' without scheme, port and path, got ["web"]; write it like 'web.eu-west-1.example.com'`,
      ],
      [
        "a port that CloudFront does not reach",
        { origins: { web: { ...web, port: 8 } } },
        `test/Web: 'origins' must have a 'port' of 443 or between 1024 and 65535, got ["web"]; change the port: CloudFront reaches no other`,
      ],
      [
        "an endless answer",
        { origins: { web: { ...web, readTimeoutSeconds: 121 } } },
        `test/Web: 'origins' must have a whole 'readTimeoutSeconds' between 1 and 120, got ["web"]; give the longest that the origin works on a request; above 60 needs a quota increase`,
      ],
      [
        "a path with a slash at its end",
        { origins: { web, site: { ...site, path: "/site/" } } },
        `test/Web: 'origins' must have a 'path' that begins with '/' and does not end with it, got ["site"]; write it like '/site', or leave it out`,
      ],
      [
        "too many groups",
        {
          origins: { web, standby },
          originGroups: Object.fromEntries(Array.from({ length: 11 }, (_, index) => [`g${index}`, group])),
        },
        `test/Web: 'originGroups' must hold at most 10 groups, got 11; split the distribution`,
      ],
      [
        "a group that is called like an origin",
        { origins: { web, standby }, originGroups: { web: group } },
        `test/Web: 'originGroups' must have names of lower-case letters, digits and single hyphens that no origin has, got ["web"]; rename them`,
      ],
      [
        "a group that is no pair",
        { originGroups: { pages: group } },
        `test/Web: 'originGroups' must have a 'primary' and a 'secondary' that are two of the origins, got ["pages"]; name two origins of this distribution`,
      ],
      [
        "a group that fails over for a success",
        { origins: { web, standby }, originGroups: { pages: { ...group, failoverStatusCodes: [200] } } },
        `test/Web: 'originGroups' must have 'failoverStatusCodes' out of 400, 403, 404, 416, 429, 500, 502, 503, 504, got ["pages"]; remove the others: CloudFront does not fail over for them`,
      ],
      [
        "an unknown origin",
        { defaultBehavior: { origin: "wbe" } },
        `test/Web: 'defaultBehavior' must have an 'origin' that is one of 'web', got "wbe"; name an origin or a group of this distribution`,
      ],
      [
        "to write to a group",
        {
          origins: { web, standby },
          originGroups: { pages: group },
          defaultBehavior: { origin: "pages", methods: "all" },
        },
        `test/Web: 'defaultBehavior' must have 'methods' that only read, because it leads to a group of origins, got "all"; choose 'read' or 'read-and-options', or route it to one origin: a write must not be repeated`,
      ],
      [
        "to write to a group on some paths",
        {
          origins: { web, standby },
          originGroups: { pages: group },
          behaviors: [{ pathPattern: "/pages/*", origin: "pages", methods: "all" }],
        },
        `test/Web: 'behaviors' must have 'methods' that only read where they lead to a group of origins, got ["/pages/*"]; choose 'read' or 'read-and-options', or route them to one origin: a write must not be repeated`,
      ],
      [
        "too many behaviours",
        {
          behaviors: Array.from({ length: 75 }, (_, index) => ({
            pathPattern: `/${index}/*`,
            origin: "web",
          })),
        },
        `test/Web: 'behaviors' must hold at most 74 behaviours beside the default, got 75; join patterns with '*', or split the distribution`,
      ],
      [
        "a pattern for all paths beside the default",
        { behaviors: [{ pathPattern: "*", origin: "web" }] },
        `test/Web: 'behaviors' must have a 'pathPattern' of at most 255 characters that a path may have, got ["*"]; write it like '/assets/*'; '*' alone is the default behaviour`,
      ],
      [
        "a pattern twice",
        {
          behaviors: [
            { pathPattern: "/a/*", origin: "web" },
            { pathPattern: "/a/*", origin: "web" },
          ],
        },
        `test/Web: 'behaviors' must have each 'pathPattern' once, got ["/a/*"]; remove the later ones, which would never be reached`,
      ],
      [
        "an unknown origin on some paths",
        { behaviors: [{ pathPattern: "/a/*", origin: "site" }] },
        `test/Web: 'behaviors' must have an 'origin' that is one of 'web', got ["site"]; name an origin or a group of this distribution`,
      ],
      [
        "a restriction to nowhere",
        { geoRestriction: { kind: "allow", countries: [] } },
        `test/Web: 'geoRestriction' must name at least one country, got []; add one, or leave 'geoRestriction' out`,
      ],
      [
        "a country that is no code",
        { geoRestriction: { kind: "allow", countries: ["de", "US"] } },
        `test/Web: 'geoRestriction' must name countries by the two capital letters of ISO 3166-1, got ["de"]; write them like 'DE' or 'US'`,
      ],
      [
        "a transport security of negative length",
        { securityHeaders: { strictTransportSecuritySeconds: -1 } },
        `test/Web: 'securityHeaders' must have 'strictTransportSecuritySeconds' that are whole and not negative, got -1; give seconds, 31536000 a year`,
      ],
      [
        "to replace an answer that is no error",
        { errorResponses: [{ errorCode: 200 }] },
        `test/Web: 'errorResponses' must have each 'errorCode' once, out of 400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504, got [200]; remove the others: CloudFront cannot replace them`,
      ],
      [
        "an error page without slash",
        { errorResponses: [{ errorCode: 404, page: { path: "404.html", status: 404 } }] },
        `test/Web: 'errorResponses' must have a 'page' with a 'path' that begins with '/' and a 'status' of 200 or an error, got [{"errorCode":404,"page":{"path":"404.html","status":404}}]; write it like { path: '/index.html', status: 200 }`,
      ],
      [
        "a root object with a slash",
        { defaultRootObject: "/index.html" },
        `test/Web: 'defaultRootObject' must not begin with '/', got "/index.html"; write it like 'index.html'`,
      ],
      [
        "logs that are kept for no time",
        { accessLogs: { retentionDays: 0 } },
        `test/Web: 'accessLogs' must keep logs for a whole number of days between 1 and 3650, got 0; correct 'retentionDays'`,
      ],
    ])("%s", (_, props, message) => {
      expect(refuse(props)).toBe(message);
    });
  });
});
