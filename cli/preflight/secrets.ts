import type { AwsAccess } from "../aws/access";
import { clientSettings } from "../aws/client";
import { answered, few, type Finding, isAbsence } from "./finding";
import { type Declared, literal, ofTypes, type Subject, valuesStanding } from "./subject";

/** A secret or parameter that something of the stacks is given. */
interface Wanted {
  readonly service: "secretsmanager" | "ssm";
  readonly region: string;
  /** As its service is asked: the ARN or name of a secret, the name of a parameter. */
  readonly name: string;
  readonly stacks: readonly string[];
}

const reference =
  /arn:[\w-]+:(?<service>secretsmanager|ssm):(?<region>[a-z0-9-]+):(?<account>\d{12}):(?:secret:(?<secret>[\w/+=.@-]+)|parameter(?<parameter>\/?[\w/.-]+))/g;

/** The secrets and parameters that the stacks name, each once. Patterns of policies (`name-??????`) are left out. */
export function wantedSecrets({
  resources,
  data,
  environment,
}: Pick<Subject, "resources" | "data" | "environment">): Wanted[] {
  const found = new Map<string, Wanted>();
  const all = [
    ...ofTypes(data, "aws_ssm_parameter").flatMap(lookedUp),
    // Policies name what they allow, which need not be there.
    ...[...resources, ...data]
      .filter(({ type }) => !type.includes("policy"))
      .flatMap((each) => namedIn(each, environment.account)),
  ];
  for (const wanted of all) {
    const key = `${wanted.service} ${wanted.region} ${wanted.name}`;
    const stacks = new Set([...(found.get(key)?.stacks ?? []), ...wanted.stacks]);
    found.set(key, { ...wanted, stacks: [...stacks] });
  }
  return [...found.values()];
}

function lookedUp({ block, region, stack }: Declared): Wanted[] {
  const name = literal(block, "name");
  return name === undefined ? [] : [{ service: "ssm", region, name, stacks: [stack] }];
}

/** The secrets and parameters of the account whose whole ARNs are written out in a block. */
function namedIn({ block, stack }: Declared, account: string): Wanted[] {
  const text = JSON.stringify(block);
  return [...text.matchAll(reference)].flatMap(({ groups = {}, index, 0: whole }) => {
    const isPattern = /[*?$]/.test(text[index + whole.length] ?? "");
    return groups.account !== account || isPattern
      ? []
      : [
          {
            service: groups.service === "ssm" ? ("ssm" as const) : ("secretsmanager" as const),
            region: groups.region ?? "",
            name: groups.secret ?? groups.parameter ?? "",
            stacks: [stack],
          },
        ];
  });
}

/** Every secret and parameter that the stacks name, which Meridian does not make, is in its region. */
export async function checkSecrets(subject: Subject): Promise<readonly Finding[]> {
  const own = new Set([
    ...valuesStanding(subject.standing, "aws_secretsmanager_secret", "name"),
    ...valuesStanding(subject.standing, "aws_ssm_parameter", "name"),
  ]);
  const made = new Set(
    subject.resources
      .filter(({ type }) => type === "aws_secretsmanager_secret" || type === "aws_ssm_parameter")
      .map(({ block }) => String(block.name)),
  );
  const wanted = wantedSecrets(subject).filter(({ name }) => !own.has(name) && !made.has(name));
  return (await Promise.all(wanted.map((each) => findingOf(subject.access, each)))).flat();
}

function findingOf(access: AwsAccess, wanted: Wanted): Promise<readonly Finding[]> {
  const { service, region, name, stacks } = wanted;
  const what = `${service === "ssm" ? "parameter" : "secret"} ${name}`;
  const permission = service === "ssm" ? "ssm:DescribeParameters" : "secretsmanager:DescribeSecret";
  return answered({ where: region, what, permission }, async () => {
    const isThere = await (service === "ssm" ? hasParameter : hasSecret)(access, region, name);
    const got = isThere
      ? "is there"
      : `is not there, and ${few(stacks)} ${stacks.length === 1 ? "needs" : "need"} it`;
    return isThere
      ? [{ result: "ok", where: region, what, got }]
      : [
          {
            result: "block",
            where: region,
            what,
            got,
            remedy:
              service === "ssm"
                ? name.startsWith("/aws/service/")
                  ? "AWS has no public parameter of this name there: correct the image or the region."
                  : `\`aws ssm put-parameter --region ${region} --name ${name} --type SecureString --value …\`, or correct its name.`
                : `\`aws secretsmanager create-secret --region ${region} --name ${name}\`, replicate it there, or correct its name.`,
          },
        ];
  });
}

async function hasSecret(access: AwsAccess, region: string, name: string): Promise<boolean> {
  const { DescribeSecretCommand, SecretsManagerClient } = await import("@aws-sdk/client-secrets-manager");
  const client = new SecretsManagerClient(clientSettings(access, region));
  return unlessAbsent(async () => {
    // An ARN's end is six characters of its own; what a service names by its whole ARN has them too.
    const { DeletedDate } = await client
      .send(new DescribeSecretCommand({ SecretId: name.replace(/-\w{6}$/, "") }))
      .catch(async (error: unknown) => {
        if (isAbsence(error) && /-\w{6}$/.test(name)) {
          return client.send(new DescribeSecretCommand({ SecretId: name }));
        }
        throw error;
      });
    return DeletedDate === undefined;
  });
}

/** AWS's own parameters are read, all others are only described: their values are nobody's business here. */
async function hasParameter(access: AwsAccess, region: string, name: string): Promise<boolean> {
  const { DescribeParametersCommand, GetParameterCommand, SSMClient } = await import("@aws-sdk/client-ssm");
  const client = new SSMClient(clientSettings(access, region));
  if (name.startsWith("/aws/service/")) {
    return unlessAbsent(async () => {
      await client.send(new GetParameterCommand({ Name: name }));
      return true;
    });
  }
  const { Parameters = [] } = await client.send(
    new DescribeParametersCommand({ ParameterFilters: [{ Key: "Name", Option: "Equals", Values: [name] }] }),
  );
  return Parameters.length > 0;
}

async function unlessAbsent(ask: () => Promise<boolean>): Promise<boolean> {
  try {
    return await ask();
  } catch (error) {
    if (isAbsence(error)) {
      return false;
    }
    throw error;
  }
}
