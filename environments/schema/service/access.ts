import { z } from "zod";

import { type Form, iamAction, inWords, kmsKeyArn, policyResource, port } from "../../../core/forms";
import { listOf, mapOf, numberOf, section, textOf } from "../fields";

/** ARN of a KMS key. */
export const keyArn = textOf(kmsKeyArn);

/** A resource whose ARN may name the region that the service runs in. */
const regionalResource: Form = {
  accepts: (value) => {
    const named = value.replaceAll("{region}", "eu-west-1");
    return !/[${}]/.test(named) && policyResource.accepts(named);
  },
  expected: policyResource.expected,
  remedy: 'write it like "arn:aws:sqs:{region}:111122223333:orders"',
};

/** One thing that a service's code may do in AWS. */
export const permissionSchema = section({
  /** Actions as IAM calls them: `sqs:SendMessage`, `s3:Get*`. */
  actions: listOf(textOf(iamAction)),
  /**
   * ARNs, with `*` where many are meant, and `{region}` for the region that the service runs in; `*`
   * alone is for actions that know no resource.
   */
  resources: listOf(textOf(regionalResource)),
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
  port: numberOf(inWords(port, "give the port that the other side listens on")),
  /**
   * Protocol above IP.
   *
   * @default "tcp"
   */
  protocol: z.enum(["tcp", "udp"]).default("tcp"),
});
