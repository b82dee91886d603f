import { matching, type Form } from "./form";

const kmsKey = (region: string): RegExp =>
  new RegExp(`^arn:aws[a-z-]*:kms:${region}:\\d{12}:key/[A-Za-z0-9-]+$`);

/** ARN of a KMS key. @see https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html#key-id-key-ARN */
export const kmsKeyArn = matching(
  kmsKey("[a-z0-9-]+"),
  "be the ARN of a KMS key",
  'copy it whole; it ends like "key/1234abcd-12ab-34cd-56ef-1234567890ab"',
);

/** ARN of a KMS key of one region, whose services use no other region's. */
export function kmsKeyArnIn(region: string): Form {
  return matching(
    kmsKey(region),
    `be the ARN of a KMS key in ${region}`,
    "make the key there, or name a replica of a multi-region key",
  );
}

/** An action as IAM writes it in policies: `sqs:SendMessage`, `s3:Get*`. */
export const iamAction = matching(
  /^[a-z0-9-]+:[A-Za-z0-9*]+$/,
  "be a service and an action of IAM",
  'write it like "sqs:SendMessage", and name the service',
);

/**
 * What a policy's statement is about: an ARN, with `*` where many are meant, or `*` alone.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
 */
export const policyResource = matching(
  /^(\*|arn:aws[a-z-]*:[a-z0-9-]+:[a-z0-9*-]*:(\d{12}|aws|\*)?:\S+)$/,
  "be an ARN, or '*'",
  'write it like "arn:aws:sqs:eu-west-1:111122223333:orders"',
);
