import { nameLimits } from "../naming";
import { type Form, matching } from "./form";

/** What the name of a state bucket's replica ends in. */
export const replicaSuffix = "-replica";

/**
 * A word that resources are named after: stack ids, construct ids and names in AWS all take it.
 *
 * @param longest - longest length, where the field has one of its own.
 */
export function kebabName(longest?: number): Form {
  const rule = "lower-case letters, digits and single hyphens, starting with a letter";
  return {
    accepts: (value) =>
      /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(value) && value.length <= (longest ?? value.length),
    expected: longest === undefined ? `be ${rule}` : `be at most ${longest} ${rule}`,
    remedy: longest === undefined ? "choose a name like 'prod-web'" : "shorten or respell the name",
  };
}

/** Words of letters and digits, joined by hyphens. */
export const hyphenatedName = matching(
  /^[A-Za-z0-9]+(-[A-Za-z0-9]+)*$/,
  "be words of letters and digits joined by hyphens",
  "use a name such as 'prod'",
);

/** Name of an environment variable. @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_KeyValuePair.html */
export const variableName = matching(
  /^[A-Za-z_][A-Za-z0-9_]*$/,
  "be letters, digits and underscores, not starting with a digit",
  "rename the variable",
);

/**
 * Name of a bucket of Terraform states. Its replica is named after it, so it is shorter than S3 allows.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
 */
export const stateBucketName: Form = {
  accepts: (value) =>
    value.length + replicaSuffix.length <= nameLimits.s3Bucket &&
    /^(?!xn--|sthree-|amzn-s3-demo-)[a-z0-9][a-z0-9-]+[a-z0-9](?<!-s3alias|--ol-s3|--x-s3)$/.test(value),
  expected: `be a bucket name of 3 to ${nameLimits.s3Bucket - replicaSuffix.length} lower-case letters, digits and hyphens`,
  remedy: `shorten or respell it; the replica adds "${replicaSuffix}"`,
};

/**
 * Name of a table or an index of DynamoDB.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html
 */
export const dynamoDbName = matching(
  /^[A-Za-z0-9_.-]{3,255}$/,
  "be 3 to 255 letters, digits, underscores, hyphens and periods",
  "choose a name like 'prod-sessions'",
);

/** A directory of a container that is not its root. */
export const absoluteDirectory = matching(
  /^(\/[\w.-]+)+$/,
  "be an absolute directory below '/'",
  'write it like "/tmp"',
);

/** Country by its code in ISO 3166-1, as far as that can be said without a list. */
export const countryCode = matching(
  /^[A-Z]{2}$/,
  "be two capital letters of ISO 3166-1",
  'write it like "DE"',
);

/**
 * State of the United States or region of Ukraine, by its code.
 *
 * @see https://docs.aws.amazon.com/Route53/latest/APIReference/API_GeoLocation.html
 */
export const subdivisionCode = matching(
  /^[A-Z0-9]{1,3}$/,
  "be 1 to 3 capital letters or digits",
  'write it like "CA", without the country',
);
