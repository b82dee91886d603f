import type { TaggedResource } from "../aws/tagged";
import type { Block, Configuration } from "../stacks/manifest";
import type { Made } from "./journal";

/** How a lost resource is found again. */
export interface Found {
  readonly address: string;
  /** What `terraform import` takes. */
  readonly id: string;
  /** Whether it is only known that it may be there: a name that nothing need have. */
  readonly isGuess: boolean;
}

/** What was looked for and what came of it. */
export interface Search {
  readonly found: readonly Found[];
  /** Addresses that nothing here can look for. */
  readonly unknown: readonly string[];
  /** ARNs of what has the stack's tags and is like nothing that is missing. */
  readonly strays: readonly string[];
}

type IdOf = (arn: string) => string;

const lastPart: IdOf = (arn) => arn.slice(Math.max(arn.lastIndexOf("/"), arn.lastIndexOf(":")) + 1);
const afterType: IdOf = (arn) =>
  arn
    .split(":")
    .slice(5)
    .join(":")
    .replace(/^[^/:]+[/:]/, "");
const whole: IdOf = (arn) => arn;

/**
 * Resources whose ids AWS chooses, by the service and kind of their ARNs. A kind of `ec2` that is missing here
 * is named like its resource: `aws_vpc` for `vpc`.
 *
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 */
const byArn: Readonly<Record<string, readonly [type: string, id: IdOf]>> = {
  "acm:certificate": ["aws_acm_certificate", whole],
  "cloudfront:distribution": ["aws_cloudfront_distribution", lastPart],
  "ec2:elastic-ip": ["aws_eip", lastPart],
  "ec2:natgateway": ["aws_nat_gateway", lastPart],
  "ec2:security-group-rule": ["aws_vpc_security_group_ingress_rule", lastPart],
  "ec2:vpc-flow-log": ["aws_flow_log", lastPart],
  "elasticfilesystem:file-system": ["aws_efs_file_system", lastPart],
  "elasticloadbalancing:loadbalancer": ["aws_lb", whole],
  "elasticloadbalancing:targetgroup": ["aws_lb_target_group", whole],
  "elasticloadbalancing:listener": ["aws_lb_listener", whole],
  "fsx:file-system": ["aws_fsx_lustre_file_system", lastPart],
  "kms:key": ["aws_kms_key", lastPart],
  "route53:hostedzone": ["aws_route53_zone", lastPart],
  "route53:healthcheck": ["aws_route53_health_check", lastPart],
  "secretsmanager:secret": ["aws_secretsmanager_secret", whole],
  "servicediscovery:namespace": ["aws_service_discovery_private_dns_namespace", lastPart],
  "states:stateMachine": ["aws_sfn_state_machine", whole],
  "wafv2:regional": ["aws_wafv2_web_acl", afterType],
};

/** Types whose ids are their names, with the argument that holds the name. */
const byName: Readonly<Record<string, string>> = {
  aws_cloudwatch_dashboard: "dashboard_name",
  aws_cloudwatch_log_group: "name",
  aws_cloudwatch_metric_alarm: "alarm_name",
  aws_cloudwatch_composite_alarm: "alarm_name",
  aws_db_instance: "identifier",
  aws_dynamodb_table: "name",
  aws_ecr_repository: "name",
  aws_ecs_cluster: "name",
  aws_iam_group: "name",
  aws_iam_instance_profile: "name",
  aws_iam_role: "name",
  aws_iam_user: "name",
  aws_kms_alias: "name",
  aws_lambda_function: "function_name",
  aws_rds_cluster: "cluster_identifier",
  aws_s3_bucket: "bucket",
  aws_ssm_parameter: "name",
};

/**
 * Looks for what was being made when an apply was cut off: among what has the stack's tags and is in no state,
 * and under the names that the configuration gives. Two of one type that nothing tells apart were to be made
 * alike, so either stands for either.
 *
 * @param possible - addresses of what may have been made as well, and is looked for among the tags only.
 */
export function searchFor(
  open: readonly string[],
  possible: readonly string[],
  configuration: Configuration,
  tagged: readonly TaggedResource[],
): Search {
  const left = new Map(tagged.map((resource) => [resource.arn, resource]));
  const found: Found[] = [];
  const unknown: string[] = [];
  for (const address of [...open, ...possible.filter((each) => !open.includes(each))]) {
    const type = typeOf(address);
    const block = blockOf(configuration, address);
    const name = namedId(address, configuration);
    const match = bestOf(
      [...left.values()].filter(({ arn }) => isOf(arn, type)),
      block,
    );
    if (match !== undefined) {
      left.delete(match.arn);
      found.push({ address, id: idOf(match.arn), isGuess: false });
    } else if (!open.includes(address)) {
      continue;
    } else if (name !== undefined) {
      found.push({ address, id: name, isGuess: true });
    } else if (!canBeTagged(type)) {
      unknown.push(address);
    }
  }
  return { found, unknown, strays: [...left.keys()] };
}

/** What a resource is imported under, where the configuration says it: its own name. */
export function namedId(address: string, configuration: Configuration): string | undefined {
  const name = blockOf(configuration, address)?.[byName[typeOf(address)] ?? ""];
  return typeof name === "string" && !name.includes("${") ? name : undefined;
}

/** The addresses of all that a configuration declares once. */
export function declaredIn({ resource = {} }: Configuration): string[] {
  return Object.entries(resource).flatMap(([type, blocks]) =>
    Object.keys(blocks).map((name) => `${type}.${name}`),
  );
}

/** What is made anew after it was destroyed stands in the state under the id that is gone. */
export function isReplaced({ address }: Made, removed: readonly string[]): boolean {
  return removed.includes(address);
}

function bestOf(candidates: readonly TaggedResource[], block: Block | undefined): TaggedResource | undefined {
  const wanted = Object.entries((block?.tags ?? {}) as Record<string, unknown>).filter(
    ([, value]) => typeof value === "string" && !value.includes("${"),
  );
  return candidates.find(({ tags }) => wanted.every(([key, value]) => tags[key] === value));
}

function kindOf(arn: string): string {
  const [, , service = "", , , ...rest] = arn.split(":");
  return `${service}:${rest.join(":").split(/[/:]/)[0] ?? ""}`;
}

function isOf(arn: string, type: string): boolean {
  const kind = kindOf(arn);
  const known = byArn[kind];
  if (known !== undefined) {
    const [first] = known;
    return (
      first === type || (kind === "ec2:security-group-rule" && type.startsWith("aws_vpc_security_group_"))
    );
  }
  return kind.startsWith("ec2:") && type === `aws_${kind.slice("ec2:".length).replaceAll("-", "_")}`;
}

function idOf(arn: string): string {
  return (byArn[kindOf(arn)]?.[1] ?? lastPart)(arn);
}

/** Whether a search among tags would have found one. */
function canBeTagged(type: string): boolean {
  return (
    Object.values(byArn).some(([known]) => known === type) ||
    /^aws_(vpc|subnet|security_group|route_table|internet_gateway|network_acl|network_interface|launch_template|vpc_endpoint|instance)$/.test(
      type,
    )
  );
}

/** `aws_vpc` of `module.a.aws_vpc.Main["b"]`. */
function typeOf(address: string): string {
  return address.replace(/^(?:module\.[^.]+\.)*/, "").split(".")[0] ?? "";
}

function blockOf(configuration: Configuration, address: string): Block | undefined {
  const [type = "", name = ""] = address.split(".");
  return configuration.resource?.[type]?.[name.replace(/\[.*$/, "")];
}
