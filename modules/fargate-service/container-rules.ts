import { partitionOf } from "../../core";
import { absoluteDirectory, variableName } from "../../core/forms";
import type { FargateServiceProps } from "./fargate-service-props";
import { regionOfReference, secretReference } from "./secret-reference";
import { repeated, type Rule } from "./service-rule";
import { mainContainerName } from "./task-definition";

/** What the containers beside the service, and the variables of all, must obey. */
export const containerRules: readonly Rule[] = [
  ...variableRules("environment", "secrets", ({ environment = {}, secrets = {} }) => [
    { prefix: "", environment, secrets },
  ]),
  ...variableRules("sidecars", "sidecars", ({ sidecars = [] }) =>
    sidecars.map(({ name, environment = {}, secrets = {} }) => ({
      prefix: `${name}.`,
      environment,
      secrets,
    })),
  ),
  {
    property: "sidecars",
    isValid: ({ sidecars = [] }) => sidecars.every(({ name }) => /^[A-Za-z0-9_-]{1,255}$/.test(name)),
    expected: "have names of at most 255 letters, digits, hyphens and underscores",
    got: ({ sidecars = [] }) => sidecars.map(({ name }) => name),
    remedy: "rename them",
  },
  {
    property: "sidecars",
    isValid: (props) => repeated(containerNames(props)).length === 0,
    expected: `have names of their own, other than '${mainContainerName}'`,
    got: (props) => repeated(containerNames(props)),
    remedy: "rename one of them",
  },
  {
    property: "sidecars",
    isValid: (props) => repeated(portsOf(props)).length === 0,
    expected: "listen on ports of their own, since all containers of a task share one address",
    got: (props) => repeated(portsOf(props)),
    remedy: "change one of the ports",
  },
  {
    property: "sidecars",
    isValid: ({ sidecars = [], cpu }) => total(sidecars.map((sidecar) => sidecar.cpu)) < cpu,
    expected: ({ cpu }) => `leave the service some of the task's ${cpu} CPU units`,
    got: ({ sidecars = [] }) => total(sidecars.map((sidecar) => sidecar.cpu)),
    remedy: "lower their 'cpu', or raise the task's",
  },
  {
    property: "sidecars",
    isValid: ({ sidecars = [], memoryMiB }) =>
      total(sidecars.map((sidecar) => sidecar.memoryMiB)) < memoryMiB,
    expected: ({ memoryMiB }) => `leave the service some of the task's ${memoryMiB} MiB of memory`,
    got: ({ sidecars = [] }) => total(sidecars.map((sidecar) => sidecar.memoryMiB)),
    remedy: "lower their 'memoryMiB', or raise the task's",
  },
  {
    property: "scratchPaths",
    isValid: ({ scratchPaths = [] }) => scratchPaths.every(absoluteDirectory.accepts),
    expected: "be absolute directories below '/'",
    got: ({ scratchPaths = [] }) => scratchPaths.filter((path) => !absoluteDirectory.accepts(path)),
    remedy: "write them like '/tmp'",
  },
  {
    property: "scratchPaths",
    isValid: ({ scratchPaths }) => repeated(scratchPaths).length === 0,
    expected: "name each directory once",
    got: ({ scratchPaths }) => repeated(scratchPaths),
    remedy: "remove the repetition",
  },
];

/** What a container sees; `prefix` tells a sidecar's variables from the service's own. */
interface ContainerVariables {
  readonly prefix: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, string>>;
}

/** The rules for the variables of containers, under the properties that they were given in. */
function variableRules(
  environmentProperty: Rule["property"],
  secretsProperty: Rule["property"],
  containersOf: (props: FargateServiceProps) => readonly ContainerVariables[],
): Rule[] {
  /** Variables of all containers that a test picks. */
  const picked =
    (
      kind: "environment" | "secrets",
      isPicked: (name: string, container: ContainerVariables, props: FargateServiceProps) => boolean,
    ) =>
    (props: FargateServiceProps): string[] =>
      containersOf(props).flatMap((container) =>
        Object.keys(container[kind])
          .filter((name) => isPicked(name, container, props))
          .map((name) => `${container.prefix}${name}`),
      );
  const rule = (
    property: Rule["property"],
    wrong: (props: FargateServiceProps) => string[],
    text: RuleText,
  ) => ({
    property,
    isValid: (props: FargateServiceProps) => wrong(props).length === 0,
    got: wrong,
    ...text,
  });
  const misnamed = {
    expected: "have names of letters, digits and underscores",
    remedy: "rename the variables",
  };
  return [
    rule(
      environmentProperty,
      picked("environment", (name) => !variableName.accepts(name)),
      misnamed,
    ),
    rule(
      secretsProperty,
      picked("secrets", (name) => !variableName.accepts(name)),
      misnamed,
    ),
    rule(
      secretsProperty,
      picked("secrets", (name, { environment }) => Object.hasOwn(environment, name)),
      {
        expected: "name no variable of 'environment'",
        remedy: "remove one of the two",
      },
    ),
    // Who writes a secret here instead of its name must not find it in a log as well.
    rule(
      secretsProperty,
      picked("secrets", (name, { secrets }, { account, network: { region } }) => {
        const scope = { account, region, partition: partitionOf(region) };
        return secretReference(secrets[name] ?? "", scope) === undefined;
      }),
      {
        expected: "name Secrets Manager secrets or SSM parameters",
        remedy:
          "write a secret like 'web/database', a parameter like '/web/database', or the whole ARN of either; a secret whose name ends in a hyphen and six characters needs its ARN",
      },
    ),
    rule(
      secretsProperty,
      (props) =>
        containersOf(props)
          .flatMap(({ secrets }) => Object.values(secrets))
          .filter(
            (reference) => (regionOfReference(reference) ?? props.network.region) !== props.network.region,
          ),
      {
        expected: ({ network }) => `be in ${network.region}, where the tasks run`,
        remedy: "replicate the secret and give its name; a task must start without another region",
      },
    ),
  ];
}

type RuleText = Pick<Rule, "expected" | "remedy">;

function containerNames({ sidecars = [] }: FargateServiceProps): string[] {
  return [mainContainerName, ...sidecars.map(({ name }) => name)];
}

function portsOf({ containerPort, sidecars = [] }: FargateServiceProps): number[] {
  return [containerPort, ...sidecars.flatMap(({ port }) => port ?? [])];
}

function total(values: readonly (number | undefined)[]): number {
  return values.reduce<number>((sum, value) => sum + (value ?? 0), 0);
}
