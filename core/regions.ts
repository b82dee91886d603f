/** What Meridian knows of an AWS region without asking AWS. */
export interface Region {
  /** The partition that its ARNs begin with. */
  readonly partition: "aws" | "aws-cn" | "aws-us-gov";
  /** Letters of its availability zones. An account may see a subset; the provider has the last word. */
  readonly zoneLetters: string;
  /** Whether an account has to enable the region before use. */
  readonly optIn: boolean;
}

const standard = (zoneLetters: string): Region => ({ partition: "aws", zoneLetters, optIn: false });
const optIn = (zoneLetters: string): Region => ({ partition: "aws", zoneLetters, optIn: true });

/**
 * The regions of AWS and their zones.
 *
 * @see https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html
 */
export const regions: Readonly<Record<string, Region>> = {
  "af-south-1": optIn("abc"),
  "ap-east-1": optIn("abc"),
  "ap-east-2": optIn("abc"),
  "ap-northeast-1": standard("abcd"),
  "ap-northeast-2": standard("abcd"),
  "ap-northeast-3": standard("abc"),
  "ap-south-1": standard("abc"),
  "ap-south-2": optIn("abc"),
  "ap-southeast-1": standard("abc"),
  "ap-southeast-2": standard("abc"),
  "ap-southeast-3": optIn("abc"),
  "ap-southeast-4": optIn("abc"),
  "ap-southeast-5": optIn("abc"),
  "ap-southeast-6": optIn("abc"),
  "ap-southeast-7": optIn("abc"),
  "ca-central-1": standard("abd"),
  "ca-west-1": optIn("abc"),
  "cn-north-1": { partition: "aws-cn", zoneLetters: "abd", optIn: false },
  "cn-northwest-1": { partition: "aws-cn", zoneLetters: "abc", optIn: false },
  "eu-central-1": standard("abc"),
  "eu-central-2": optIn("abc"),
  "eu-north-1": standard("abc"),
  "eu-south-1": optIn("abc"),
  "eu-south-2": optIn("abc"),
  "eu-west-1": standard("abc"),
  "eu-west-2": standard("abc"),
  "eu-west-3": standard("abc"),
  "il-central-1": optIn("abc"),
  "me-central-1": optIn("abc"),
  "me-south-1": optIn("abc"),
  "mx-central-1": optIn("abc"),
  "sa-east-1": standard("abc"),
  "us-east-1": standard("abcdef"),
  "us-east-2": standard("abc"),
  "us-gov-east-1": { partition: "aws-us-gov", zoneLetters: "abc", optIn: false },
  "us-gov-west-1": { partition: "aws-us-gov", zoneLetters: "abc", optIn: false },
  "us-west-1": standard("abc"),
  "us-west-2": standard("abcd"),
};

/** Names of all known regions, sorted. */
export const regionNames: readonly string[] = Object.keys(regions).sort();

/** The zones of a region by name (`eu-west-1a`), empty for an unknown region. */
export function zonesOf(region: string): readonly string[] {
  const letters = regions[region]?.zoneLetters ?? "";
  return Array.from(letters, (letter) => `${region}${letter}`);
}

/**
 * The fixed place of a zone in its region: `a` is 0, `b` is 1. Taken from the letter, not from the
 * list of zones in use, so that adding a zone renumbers nothing.
 */
export function zoneSlotOf(zone: string): number {
  return zone.charCodeAt(zone.length - 1) - "a".charCodeAt(0);
}

/** The region that an ARN names: empty for what belongs to no region, undefined for what is no ARN. */
export function regionOfArn(arn: string): string | undefined {
  return arn.split(":")[3];
}

/** The ARN partition of a region; `aws` for one that the table does not know. */
export function partitionOf(region: string): Region["partition"] {
  return regions[region]?.partition ?? "aws";
}
