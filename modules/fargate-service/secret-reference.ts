import { Token } from "cdktf";

import type { SecretReference } from "../../core";
import {
  parameterArnPattern,
  parameterName,
  secretArnPattern,
  secretNamePattern,
  secretSuffixPattern,
} from "../../core/forms";

/** Where names are looked up. */
export interface SecretScope {
  /** Partition of ARNs, such as `aws`. */
  readonly partition: string;
  /** The region of the task. */
  readonly region: string;
  /** The account of the task. */
  readonly account: string;
}

/** `:key:stage:version` behind an ARN. */
const secretPart = /(?::[^:]*){3}$/;

const anySuffix = "-??????";

/**
 * Reads a reference: the ARN of a secret or parameter, the name of a parameter (it starts with `/`), or
 * the name of a secret with or without `:` and a key of its JSON. Undefined where it is none of these.
 * An ARN that is known at apply only is taken for a secret's.
 */
export function secretReference(reference: string, scope: SecretScope): SecretReference | undefined {
  const prefix = (service: string): string =>
    `arn:${scope.partition}:${service}:${scope.region}:${scope.account}`;
  if (Token.isUnresolved(reference)) {
    return secret(reference, reference.replace(secretPart, ""));
  }
  if (parameterArnPattern.test(reference)) {
    return parameter(reference);
  }
  if (parameterName.accepts(reference)) {
    return parameter(`${prefix("ssm")}:parameter${reference}`);
  }
  const arn = secretArnPattern.exec(reference);
  if (arn !== null) {
    const [, , name = "", part = ""] = arn;
    const whole = reference.slice(0, reference.length - part.length);
    return secret(reference, secretSuffixPattern.test(name) ? whole : whole + anySuffix);
  }
  return namedSecret(reference, `${prefix("secretsmanager")}:secret`);
}

function namedSecret(reference: string, prefix: string): SecretReference | undefined {
  const [, name, key] = secretNamePattern.exec(reference) ?? [];
  // Secrets Manager takes a name that ends like its own suffix for a whole ARN and does not find it.
  if (name === undefined || secretSuffixPattern.test(name)) {
    return undefined;
  }
  const partialArn = `${prefix}:${name}`;
  return secret(key === undefined ? partialArn : `${partialArn}:${key}::`, partialArn + anySuffix);
}

/** The region that an ARN names; undefined for a name, which means the task's own. */
export function regionOfReference(reference: string): string | undefined {
  return (secretArnPattern.exec(reference) ?? parameterArnPattern.exec(reference))?.[1];
}

function secret(valueFrom: string, resourceArn: string): SecretReference {
  return { valueFrom, action: "secretsmanager:GetSecretValue", resourceArn };
}

function parameter(arn: string): SecretReference {
  return { valueFrom: arn, action: "ssm:GetParameters", resourceArn: arn };
}
