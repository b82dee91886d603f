import { Token } from "cdktf";

import type { SecretReference } from "../../core";
import { parameterArnPattern, parameterName, secretArnPattern, secretSuffixPattern } from "../../core/forms";

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
  const [, , name = "", part = ""] = secretArnPattern.exec(reference) ?? [];
  if (secretSuffixPattern.test(name)) {
    return secret(reference.slice(0, reference.length - part.length));
  }
  if (!parameterArnPattern.test(reference) && !parameterName.accepts(reference)) {
    return undefined;
  }
  const valueFrom = reference.startsWith("/") ? `${parameterArnPrefix}${reference}` : reference;
  return { valueFrom, action: "ssm:GetParameters", resourceArn: valueFrom };
}

/** The region that an ARN names; undefined for a name, which means the service's own. */
export function regionOfReference(reference: string): string | undefined {
  return (secretArnPattern.exec(reference) ?? parameterArnPattern.exec(reference))?.[1];
}
