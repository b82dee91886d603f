/**
 * Limits of CloudFront.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html
 */
export const distributionLimits = {
  aliases: 100,
  behaviors: 75,
  origins: 100,
  originGroups: 10,
  pathPatternCharacters: 255,
  originAccessControlName: 64,
  responseHeadersPolicyName: 128,
  functions: 100,
  functionName: 64,
  functionBytes: 10_240,
  publicKeyName: 128,
  publicKeys: 5,
  keyGroupName: 128,
  /** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutDeliverySource.html */
  logDeliveryName: 60,
} as const;
