import type { State } from "../stacks/state-file";

/** An ECS service as Terraform left it. */
export interface DeployedEcsService {
  readonly kind: "ecs";
  readonly region: string;
  readonly cluster: string;
  readonly name: string;
  /** ARN, or family and revision, of the task definition that was deployed. */
  readonly taskDefinition: string;
}

/** An App Runner service as Terraform left it. */
export interface DeployedAppRunnerService {
  readonly kind: "app-runner";
  readonly region: string;
  readonly name: string;
  readonly arn: string;
  /** Its own names, which users come by. */
  readonly domains: readonly string[];
}

/** Something that a stack runs, and that AWS goes on deploying after Terraform has ended. */
export type Workload = DeployedEcsService | DeployedAppRunnerService;

/** The services that a state holds. */
export function workloadsOf(state: State | undefined): Workload[] {
  const domains = attributesOf(state, "aws_apprunner_custom_domain_association");
  const ecs = attributesOf(state, "aws_ecs_service").map((attributes): Workload => ({
    kind: "ecs",
    region: regionOfArn(attributes.id),
    cluster: text(attributes.cluster),
    name: text(attributes.name),
    taskDefinition: text(attributes.task_definition),
  }));
  const appRunner = attributesOf(state, "aws_apprunner_service").map((attributes): Workload => ({
    kind: "app-runner",
    region: regionOfArn(attributes.arn),
    name: text(attributes.service_name),
    arn: text(attributes.arn),
    domains: domains
      .filter(({ service_arn: owner }) => owner === attributes.arn)
      .map(({ domain_name: name }) => text(name)),
  }));
  return [...ecs, ...appRunner];
}

type Attributes = Readonly<Record<string, unknown>>;

function attributesOf(state: State | undefined, type: string): Attributes[] {
  return (state?.resources ?? [])
    .filter((resource) => resource.mode === "managed" && resource.type === type)
    .flatMap(({ instances }) => instances as readonly { readonly attributes?: Attributes }[])
    .flatMap(({ attributes }) => (attributes === undefined ? [] : [attributes]));
}

function regionOfArn(arn: unknown): string {
  return text(arn).split(":")[3] ?? "";
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
