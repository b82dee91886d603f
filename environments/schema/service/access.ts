import { z } from "zod";

import { iamActionPattern } from "../../../core";
import { listOf, mapOf, section, text, whole } from "../fields";

/** ARN of a KMS key. */
export const keyArn = text(
  /^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key\/[A-Za-z0-9-]+$/,
  "be the ARN of a KMS key",
  'copy it whole; it ends like "key/1234abcd-12ab-34cd-56ef-1234567890ab"',
);

/** One thing that a service's code may do in AWS. */
export const permissionSchema = section({
  /** Actions as IAM calls them: `sqs:SendMessage`, `s3:Get*`. */
  actions: listOf(
    text(
      iamActionPattern,
      "be a service and an action of IAM",
      'write it like "sqs:SendMessage", and name the service',
    ),
  ),
  /**
   * ARNs, with `*` where many are meant, and `{region}` for the region that the service runs in; `*`
   * alone is for actions that know no resource.
   */
  resources: listOf(
    text(
      /^(\*|arn:aws[a-z-]*:[a-z0-9-]+:([a-z0-9*-]*|\{region\}):([0-9]{12}|aws|\*)?:([^\s${}]|\{region\})+)$/,
      "be an ARN, or '*'",
      'write it like "arn:aws:sqs:{region}:111122223333:orders"',
    ),
  ),
  /**
   * Condition keys and their values, by operator: `{ StringEquals: { "s3:prefix": "inbox/" } }`.
   *
   * @default - none
   * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
   */
  conditions: mapOf(z.string(), mapOf(z.string(), z.union([z.string(), listOf(z.string())]))).optional(),
});

/** One place that a service connects to. */
export const egressSchema = section({
  /** A block of addresses, or `network` for those of the region's own network. */
  to: z.string(),
  /** Port that the other side listens on. */
  port: whole(1, 65_535, "give the port that the other side listens on"),
  /**
   * Protocol above IP.
   *
   * @default "tcp"
   */
  protocol: z.enum(["tcp", "udp"]).default("tcp"),
});
