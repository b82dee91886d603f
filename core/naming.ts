import { createHash } from "node:crypto";

/** Length limits of the AWS names that Meridian generates, in characters. */
export const nameLimits = {
  /** https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html */
  loadBalancer: 32,
  /** https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateTargetGroup.html */
  targetGroup: 32,
  /** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
  iamRole: 64,
  /** https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
  s3Bucket: 63,
  /** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html */
  ecs: 255,
  /** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html */
  securityGroup: 255,
  /** https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreateRepository.html */
  ecrRepository: 256,
  /** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html */
  alarm: 255,
  /** https://docs.aws.amazon.com/waf/latest/APIReference/API_CreateWebACL.html */
  webAcl: 128,
} as const;

const hashLength = 8;

/** Eight hexadecimal digits that change with a text. */
export function shortDigest(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, hashLength);
}

/**
 * Joins parts with hyphens into an AWS name of at most `maxLength` characters.
 *
 * A name that fits is kept as it reads; a longer one is cut and closed with a hash of the whole,
 * so that two long names that differ only at their end stay different.
 */
export function resourceName(maxLength: number, ...parts: readonly string[]): string {
  const full = parts.join("-");
  if (full.length <= maxLength) {
    return full;
  }
  const head = full.slice(0, maxLength - hashLength - 1).replace(/-+$/, "");
  return `${head}-${shortDigest(full)}`;
}

/** `eu-west-1` as a PascalCase word for construct ids that are keyed by region or service: `EuWest1`. */
export function pascalCase(text: string): string {
  return text
    .split(/[^A-Za-z0-9]+/)
    .filter((word) => word.length > 0)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join("");
}
