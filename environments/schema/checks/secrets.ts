import { regionOfArn } from "../../../core";
import {
  parameterArnPattern,
  parameterName,
  secretArnPattern,
  secretNamePattern,
  secretSuffixPattern,
} from "../../../core/forms";
import type { Environment } from "../environment";
import type { Service } from "../service/settings";
import { hidden, type Finding } from "./finding";

const secretKey = /PASSWORD|SECRET|TOKEN|API_?KEY|PRIVATE_?KEY/i;
/** Access keys of AWS, private keys, tokens of GitHub, GitLab, Slack and Stripe, and passwords in URLs. */
const secretValue =
  /(AKIA|ASIA)[0-9A-Z]{16}|-----BEGIN [A-Z ]*PRIVATE KEY-----|\bgh[pousr]_\w{36}|\bgithub_pat_\w{22}|\bglpat-[\w-]{20}|\bxox[abprs]-[\w-]{10}|\b[rs]k_live_\w{16}|:\/\/[^\s/:@]+:[^\s/@]+@/;

/** Secrets are referred to, never written down; a problem about one does not print it either. */
export function checkSecrets({ services }: Environment): Finding[] {
  return Object.entries(services).flatMap(([name, service]) => [
    ...checkReferences(`services.${name}.secrets`, service),
    ...checkKeyArns(`services.${name}.secretKeyArns`, service),
    ...checkKeys(`services.${name}.environment`, service),
    ...checkLiterals(`services.${name}.environment`, service.environment),
    ...service.sidecars.flatMap(({ environment, secrets }, index) => {
      const path = `services.${name}.sidecars.${index}`;
      return [
        ...checkReferences(`${path}.secrets`, { secrets, regions: service.regions }),
        ...checkKeys(`${path}.environment`, { environment, secrets }),
        ...checkLiterals(`${path}.environment`, environment),
      ];
    }),
  ]);
}

/** Whether a variable's name says that its value is a secret. */
export function isSecretKey(key: string): boolean {
  return secretKey.test(key);
}

function checkReferences(
  path: string,
  { secrets, regions }: Pick<Service, "secrets" | "regions">,
): Finding[] {
  return Object.entries(secrets).flatMap(([key, reference]) => {
    const property = `${path}.${key}`;
    if (reference.startsWith("arn:")) {
      return checkArn(property, reference, regions);
    }
    return isName(reference)
      ? []
      : [
          {
            property,
            expected: "be the name or ARN of a Secrets Manager secret or an SSM parameter",
            got: hidden,
            remedy:
              'write a secret like "web/database" and a parameter like "/web/database"; a secret whose name ends in a hyphen and six characters needs its ARN',
          },
        ];
  });
}

/** Secrets Manager takes a name that ends like its own suffix for a whole ARN's, and does not find it. */
function isName(reference: string): boolean {
  const secret = secretNamePattern.exec(reference)?.[1];
  return parameterName.accepts(reference) || (secret !== undefined && !secretSuffixPattern.test(secret));
}

/** An ARN belongs to one region; a service elsewhere would need that region to start a task. */
function checkArn(property: string, arn: string, regions: readonly string[]): Finding[] {
  const region = (secretArnPattern.exec(arn) ?? parameterArnPattern.exec(arn))?.[1];
  if (region === undefined) {
    return [
      {
        property,
        expected: "be the ARN of a Secrets Manager secret or an SSM parameter",
        got: arn,
        remedy: "copy the ARN whole, or write the name",
      },
    ];
  }
  const elsewhere = regions.filter((other) => other !== region);
  return elsewhere.length === 0
    ? []
    : [
        {
          property,
          expected: `not bind ${elsewhere.join(", ")} to another region`,
          got: arn,
          remedy: "write the name and keep a replica of the secret in each region",
        },
      ];
}

/** A key that no region of the service is in would be granted to nobody. */
function checkKeyArns(path: string, { secretKeyArns, regions }: Service): Finding[] {
  return secretKeyArns
    .filter((arn) => !regions.includes(regionOfArn(arn) ?? ""))
    .map((arn) => ({
      property: path,
      expected: `name keys of the regions that the service runs in: ${regions.join(", ")}`,
      got: arn,
      remedy: "give the key of each region, or its replicas if it is a multi-Region key",
    }));
}

function checkKeys(
  path: string,
  { environment, secrets }: Pick<Service, "environment" | "secrets">,
): Finding[] {
  return Object.keys(environment)
    .filter((key) => Object.hasOwn(secrets, key))
    .map((key) => ({
      property: `${path}.${key}`,
      expected: "not be in 'secrets' as well",
      got: isSecretKey(key) ? hidden : environment[key],
      remedy: "remove one of the two",
    }));
}

function checkLiterals(path: string, environment: Readonly<Record<string, string>>): Finding[] {
  return Object.entries(environment)
    .filter(([key, value]) => isSecretKey(key) || secretValue.test(value))
    .map(([key]) => ({
      property: `${path}.${key}`,
      expected: "not be a secret in plain text",
      got: hidden,
      remedy:
        "store the value in Secrets Manager or SSM and name it in 'secrets'; rename the variable if it is none",
    }));
}
