import { Token } from "cdktf";

import type { SecretReference } from "../../core";

const secretArn =
  /^(arn:aws[a-z-]*:secretsmanager:([a-z0-9-]+):\d{12}:secret:[\w/+=.@!-]+-[A-Za-z0-9]{6})((?::[^:]*){3})?$/;
const parameterArn = /^arn:aws[a-z-]*:ssm:([a-z0-9-]+):\d{12}:parameter\/[\w./-]+$/;
const parameterName = /^(\/[\w.-]+)+$/;

/**
 * Reads a reference: the whole ARN of a secret, with or without key, stage and version; the ARN of a
 * parameter, or its name, which starts with `/`. Undefined where it is none of these.
 *
 * @param parameterArnPrefix - ARN of the parameters of the service's account and region, without a name.
 */
export function secretReference(reference: string, parameterArnPrefix: string): SecretReference | undefined {
  const secret = (resourceArn: string): SecretReference => ({
    valueFrom: reference,
    action: "secretsmanager:GetSecretValue",
    resourceArn,
  });
  if (Token.isUnresolved(reference)) {
    return secret(reference);
  }
  const arn = secretArn.exec(reference)?.[1];
  if (arn !== undefined) {
    return secret(arn);
  }
  if (!parameterArn.test(reference) && !parameterName.test(reference)) {
    return undefined;
  }
  const valueFrom = reference.startsWith("/") ? `${parameterArnPrefix}${reference}` : reference;
  return { valueFrom, action: "ssm:GetParameters", resourceArn: valueFrom };
}

/** The region that an ARN names; undefined for a name, which means the service's own. */
export function regionOfReference(reference: string): string | undefined {
  return secretArn.exec(reference)?.[2] ?? parameterArn.exec(reference)?.[1];
}
