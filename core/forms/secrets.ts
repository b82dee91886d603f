import { matching } from "./form";

/**
 * ARN of a secret. Its groups are the region, the name with Secrets Manager's suffix, and `:key:stage:version`.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html
 */
export const secretArnPattern =
  /^arn:aws[a-z-]*:secretsmanager:([a-z0-9-]+):\d{12}:secret:([\w/+=.@!-]+)((?::[^:]*){3})?$/;

/** ARN of a parameter. Its group is the region. */
export const parameterArnPattern = /^arn:aws[a-z-]*:ssm:([a-z0-9-]+):\d{12}:parameter\/[\w./-]+$/;

/**
 * Name of a secret, and a key of its JSON behind a colon: the groups. Secrets that AWS itself manages have an
 * exclamation mark, such as `rds!db-1234`.
 *
 * @see https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html
 */
export const secretNamePattern = /^([\w+=.@!-][\w/+=.@!-]{0,511})(?::([^:]+))?$/;

/** What Secrets Manager adds to a name, known to it alone: a name that ends so is taken for a whole ARN's. */
export const secretSuffixPattern = /-[A-Za-z0-9]{6}$/;

/**
 * Name of a parameter, which has 15 levels at most.
 *
 * @see https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-parameter-name-constraints.html
 */
export const parameterName = matching(
  /^(\/[\w.-]+){1,15}$/,
  "be the name of an SSM parameter",
  'write it like "/web/database"',
);
