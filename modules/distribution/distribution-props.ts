import type { ICertificate, IFirewall } from "../../core";
import type { Behavior, PathBehavior } from "./behavior";
import type { DistributionLogOptions } from "./distribution-log";
import type { EdgeFunction } from "./edge-functions";
import type { Origin, OriginGroup } from "./origin";
import type { SecurityHeaders } from "./security-headers";

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

/** From which countries viewers are served, told by their addresses. */
export interface GeoRestriction {
  /** Whether only these countries are served, or all others. */
  readonly kind: "allow" | "block";
  /** Countries by their two letters of ISO 3166-1, such as `DE`. */
  readonly countries: readonly string[];
}
