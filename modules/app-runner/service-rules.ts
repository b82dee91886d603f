import { Token } from "cdktf";

import type { INetwork } from "../../core";
import {
  accountId,
  domainName,
  healthCheckPath,
  inWords,
  isWholeWithin,
  kebabName,
  port,
  variableName,
} from "../../core/forms";
import { hasForm, type ValidationRule } from "../parts";
import type { AppRunnerServiceProps } from "./app-runner-service-props";
import { appRunnerHostedZoneIds } from "./hosted-zones";
import { regionOfReference, secretReference } from "./secret-reference";
import { defaults, instanceMemoryMiB, type AppRunnerHealthCheck } from "./service-settings";
import { isImageVersion } from "./service-source";

/** The props as they are checked: the acknowledgement as it was given, not as it is typed. */
export type CheckedProps = Omit<AppRunnerServiceProps, "existingCustomer"> & {
  readonly existingCustomer: boolean;
};

type Rule = ValidationRule<CheckedProps>;

const reservedPrefix = "AWSAPPRUNNER";
const publicImage =
  /^public\.ecr\.aws\/[a-z0-9._-]+\/[a-z0-9]+([._/-][a-z0-9]+)*(:\w[\w.-]{0,127}|@sha256:[0-9a-f]{64})$/;
const connectionArn = /^arn:aws[a-z-]*:apprunner:[a-z0-9-]+:\d{12}:connection\/[\w-]+\/\w+$/;
const cpuSizes = Object.keys(instanceMemoryMiB);

const identityRules: readonly Rule[] = [
  {
    property: "existingCustomer",
    isValid: ({ existingCustomer }) => existingCustomer,
    expected: "be true: App Runner is closed to new customers since 30 April 2026",
    remedy:
      "acknowledge that the account used it before, or choose the runtime 'fargate' (FargateService) or ECS Express (EcsExpressService)",
  },
  {
    property: "name",
    isValid: ({ name }) => kebabName().accepts(name) && name.length >= 4,
    expected: "be at least 4 lower-case letters, digits and single hyphens, starting with a letter",
    remedy: "choose a name like 'prod-web'",
  },
  hasForm("account", accountId),
  {
    property: "region",
    isValid: ({ region }) => region in appRunnerHostedZoneIds,
    expected: `be a region of App Runner: ${Object.keys(appRunnerHostedZoneIds).join(", ")}`,
    remedy: "choose one of them, or run the service on Fargate there",
  },
];

const sourceRules: readonly Rule[] = [
  {
    property: "source",
    isValid: ({ source }) => source.kind !== "repository" || isImageVersion(source.version),
    expected: "have a 'version' that is a tag or a digest",
    got: ({ source }) => source.kind === "repository" && source.version,
    remedy: "name the build, such as '1.4.2' or 'sha256:' with 64 hexadecimal digits",
  },
  {
    property: "source",
    isValid: ({ source }) =>
      source.kind !== "public-image" || Token.isUnresolved(source.uri) || publicImage.test(source.uri),
    expected: "have a 'uri' of public.ecr.aws with a tag or digest",
    got: ({ source }) => source.kind === "public-image" && source.uri,
    remedy: "write it like 'public.ecr.aws/nginx/nginx:1.27', or copy the image to a repository of your own",
  },
  {
    property: "source",
    isValid: ({ source }) => source.kind !== "code" || /^https:\/\/[^/]+\/.+$/.test(source.repositoryUrl),
    expected: "have a 'repositoryUrl' that begins with https://",
    got: ({ source }) => source.kind === "code" && source.repositoryUrl,
    remedy: "write it like 'https://github.com/example/web'",
  },
  {
    property: "source",
    isValid: ({ source }) =>
      source.kind !== "code" ||
      Token.isUnresolved(source.connectionArn) ||
      connectionArn.test(source.connectionArn),
    expected: "have a 'connectionArn' of App Runner",
    got: ({ source }) => source.kind === "code" && source.connectionArn,
    remedy: "create the connection, complete its handshake in the console and give its ARN",
  },
  hasForm("port", inWords(port, "give the port that the application listens on")),
];

const sizeRules: readonly Rule[] = [
  {
    property: "cpu",
    isValid: ({ cpu }) => cpu in instanceMemoryMiB,
    expected: `be one of ${cpuSizes.join(", ")}`,
    remedy: "give CPU units that App Runner sells, 1024 a processor",
  },
  {
    property: "memoryMiB",
    isValid: ({ cpu, memoryMiB }) => instanceMemoryMiB[cpu]?.includes(memoryMiB) ?? true,
    expected: ({ cpu }) => `be one of ${(instanceMemoryMiB[cpu] ?? []).join(", ")} with ${cpu} CPU units`,
    remedy: "choose one of them, or change 'cpu'",
  },
  {
    property: "autoScaling",
    isValid: ({ autoScaling: { minimum, maximum } }) =>
      isWholeWithin(minimum, 1, 25) && isWholeWithin(maximum, minimum, 25),
    expected: "have a 'minimum' from 1 and a 'maximum' from the minimum, both whole and at most 25",
    remedy: "correct them; more instances need another service",
  },
  {
    property: "autoScaling",
    isValid: ({ autoScaling }) => isWholeWithin(autoScaling.concurrency ?? defaults.concurrency, 1, 200),
    expected: "have a 'concurrency' between 1 and 200",
    got: ({ autoScaling }) => autoScaling.concurrency,
    remedy: "give the requests that one instance can work on at a time",
  },
];

const healthCheckNumbers = [
  "intervalSeconds",
  "timeoutSeconds",
  "healthyThreshold",
  "unhealthyThreshold",
] as const satisfies readonly (keyof AppRunnerHealthCheck)[];

const healthCheckRules: readonly Rule[] = [
  {
    property: "healthCheck",
    isValid: ({ healthCheck }) => healthCheckPath.accepts(healthCheck?.path ?? "/"),
    expected: "have a 'path' that begins with '/' and holds no spaces",
    got: ({ healthCheck }) => healthCheck?.path,
    remedy: "write it like '/health'",
  },
  {
    property: "healthCheck",
    isValid: ({ healthCheck = {} }) =>
      healthCheckNumbers.every((number) => isWholeWithin(healthCheck[number] ?? defaults[number], 1, 20)),
    expected: "have intervals, timeouts and thresholds that are whole numbers between 1 and 20",
    remedy: "correct the number that is outside",
  },
];

const variableRules: readonly Rule[] = [
  {
    property: "environment",
    isValid: ({ environment }) => wrongNames(environment).length === 0,
    expected: `have names of letters, digits and underscores that do not begin with '${reservedPrefix}'`,
    got: ({ environment }) => wrongNames(environment),
    remedy: "rename these variables",
  },
  {
    property: "secrets",
    isValid: ({ secrets }) => wrongNames(secrets).length === 0,
    expected: `have names of letters, digits and underscores that do not begin with '${reservedPrefix}'`,
    got: ({ secrets }) => wrongNames(secrets),
    remedy: "rename these variables",
  },
  {
    property: "secrets",
    isValid: ({ secrets = {}, environment = {} }) =>
      Object.keys(secrets).every((variable) => !(variable in environment)),
    expected: "not repeat names of 'environment'",
    got: ({ secrets = {}, environment = {} }) =>
      Object.keys(secrets).filter((variable) => variable in environment),
    remedy: "remove one of the two",
  },
  {
    property: "secrets",
    isValid: (props) => unreadableSecrets(props).length === 0,
    expected: "be whole ARNs of secrets, ARNs of parameters, or names of parameters that start with '/'",
    got: unreadableSecrets,
    remedy: "give the ARN with its last six characters: App Runner knows no names of secrets",
  },
  {
    property: "secrets",
    isValid: (props) => foreignSecrets(props).length === 0,
    expected: ({ region }) => `be in the service's region ${region}`,
    got: foreignSecrets,
    remedy: "replicate the secret to the region: an instance must start without another region",
  },
];

const networkRules: readonly Rule[] = [
  {
    property: "vpcConnector",
    isValid: ({ vpcConnector, region }) => isIn(region, vpcConnector?.network),
    expected: ({ region }) => `have a network of the service's region ${region}`,
    got: ({ vpcConnector }) => vpcConnector?.network.region,
    remedy: "give the network of that region",
  },
  {
    property: "privateIngress",
    isValid: ({ privateIngress, region }) => isIn(region, privateIngress?.network),
    expected: ({ region }) => `have a network of the service's region ${region}`,
    got: ({ privateIngress }) => privateIngress?.network.region,
    remedy: "give the network of that region",
  },
  {
    property: "ipAddressType",
    isValid: ({ ipAddressType, privateIngress }) =>
      ipAddressType !== "DUAL_STACK" || privateIngress === undefined,
    expected: "be 'IPV4' beside 'privateIngress'",
    remedy: "leave 'ipAddressType' out, or make the service public",
  },
  {
    property: "customDomain",
    isValid: ({ customDomain }) => domainName.accepts(customDomain?.name ?? ""),
    expected: "have a 'name' that is a domain name in lower case without a trailing dot",
    got: ({ customDomain }) => customDomain?.name,
    remedy: 'write it like "web.example.com"',
  },
  {
    property: "customDomain",
    isValid: ({ customDomain }) => `.${customDomain?.name ?? ""}`.endsWith(`.${zoneNameOf(customDomain)}`),
    expected: ({ customDomain }) => `have a 'name' in its zone "${zoneNameOf(customDomain)}"`,
    got: ({ customDomain }) => customDomain?.name,
    remedy: "give the zone that holds the name",
  },
];

const alarmRules: readonly Rule[] = [
  {
    property: "alarmThresholds",
    isValid: ({ alarmThresholds: { serverErrorPercentage = 1 } = {} }) =>
      serverErrorPercentage > 0 && serverErrorPercentage <= 100,
    expected: "have a 'serverErrorPercentage' above 0 and at most 100",
    got: ({ alarmThresholds }) => alarmThresholds?.serverErrorPercentage,
    remedy: "give a percentage",
  },
  {
    property: "alarmThresholds",
    isValid: ({ alarmThresholds: { latencySeconds = 1 } = {} }) => latencySeconds > 0,
    expected: "have a 'latencySeconds' above 0",
    got: ({ alarmThresholds }) => alarmThresholds?.latencySeconds,
    remedy: "give the time that the slowest hundredth of the answers may take",
  },
];

/** What an App Runner service must obey, in the order of the props. */
export const appRunnerServiceRules: readonly Rule[] = [
  ...identityRules,
  ...sourceRules,
  ...sizeRules,
  ...healthCheckRules,
  ...variableRules,
  ...networkRules,
  ...alarmRules,
];

function isIn(region: string, network: INetwork | undefined): boolean {
  return network?.region === region;
}

function zoneNameOf(customDomain: CheckedProps["customDomain"]): string {
  return customDomain?.zone.zoneName ?? "";
}

function wrongNames(variables: Readonly<Record<string, string>> = {}): string[] {
  return Object.keys(variables).filter(
    (name) => !variableName.accepts(name) || name.startsWith(reservedPrefix),
  );
}

/** Variables whose reference cannot be read; never the reference itself, which may be the secret. */
function unreadableSecrets({ secrets = {} }: CheckedProps): string[] {
  return Object.keys(secrets).filter(
    (variable) => secretReference(secrets[variable] ?? "", "") === undefined,
  );
}

function foreignSecrets({ secrets = {}, region }: CheckedProps): string[] {
  return Object.values(secrets).filter((reference) => (regionOfReference(reference) ?? region) !== region);
}
