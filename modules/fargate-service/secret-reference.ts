import type { SecretReference } from "../core";

/** Where names are looked up. */
export interface SecretScope {
  /** Partition of ARNs, such as `aws`. */
  readonly partition: string;
  /** The region of the task. */
  readonly region: string;
  /** The account of the task. */
  readonly account: string;
}

const secretArn = /^arn:aws[a-z-]*:secretsmanager:([a-z0-9-]+):\d{12}:secret:([\w/+=.@-]+)((?::[^:]*){3})?$/;
const parameterArn = /^arn:aws[a-z-]*:ssm:([a-z0-9-]+):\d{12}:parameter\/[\w./-]+$/;
const parameterName = /^(\/[\w.-]+)+$/;
const secretName = /^([\w+=.@-][\w/+=.@-]*)(?::([^:]+))?$/;

/** Secrets Manager adds six characters to a name, known to it alone. */
const randomSuffix = /-[A-Za-z0-9]{6}$/;
const anySuffix = "-??????";

/**
 * Reads a reference: the ARN of a secret or parameter, the name of a parameter (it starts with `/`), or
 * the name of a secret with or without `:` and a key of its JSON. Undefined where it is none of these.
 */
export function secretReference(reference: string, scope: SecretScope): SecretReference | undefined {
  const prefix = (service: string): string =>
    `arn:${scope.partition}:${service}:${scope.region}:${scope.account}`;
  if (parameterArn.test(reference)) {
    return parameter(reference);
  }
  if (parameterName.test(reference)) {
    return parameter(`${prefix("ssm")}:parameter${reference}`);
  }
  const arn = secretArn.exec(reference);
  if (arn !== null) {
    const [, , name = "", part = ""] = arn;
    const whole = reference.slice(0, reference.length - part.length);
    return secret(reference, randomSuffix.test(name) ? whole : whole + anySuffix);
  }
  const named = secretName.exec(reference);
  // Secrets Manager takes a name that ends like its own suffix for a whole ARN and does not find it.
  if (named !== null && !randomSuffix.test(named[1] ?? "")) {
    const [, name = "", key] = named;
    const partialArn = `${prefix("secretsmanager")}:secret:${name}`;
    return secret(key === undefined ? partialArn : `${partialArn}:${key}::`, partialArn + anySuffix);
  }
  return undefined;
}

/** The region that an ARN names; undefined for a name, which means the task's own. */
export function regionOfReference(reference: string): string | undefined {
  return (secretArn.exec(reference) ?? parameterArn.exec(reference))?.[1];
}

function secret(valueFrom: string, resourceArn: string): SecretReference {
  return { valueFrom, action: "secretsmanager:GetSecretValue", resourceArn };
}

function parameter(arn: string): SecretReference {
  return { valueFrom: arn, action: "ssm:GetParameters", resourceArn: arn };
}
