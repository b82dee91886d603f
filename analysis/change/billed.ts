import type { Billed } from "./billed-kind";
import type { ClassifiableChange } from "./change";

/** A kind of resource that AWS bills for as long as it stands, by the hour or the month, whether it is used or not. */
export interface BilledKind {
  /** What it is, as the plural in a list. */
  readonly name: string;
  /** AWS's page of its prices. */
  readonly pricing: string;
  /** The types of resources. */
  readonly types: readonly string[];
  /**
   * Whether a resource of these types is of the kind, by how it is configured.
   *
   * @default - every one
   */
  readonly isOne?: (block: Readonly<Record<string, unknown>>) => boolean;
  /**
   * The attributes that say how much of it there is, as patterns of their paths.
   *
   * @default - its size does not change
   */
  readonly size?: RegExp;
}

const text = (block: Readonly<Record<string, unknown>>, name: string): string => {
  const value = block[name];
  return typeof value === "string" ? value : "";
};

/** https://docs.aws.amazon.com/ec2/latest/instancetypes/ac.html */
const accelerated = /^(?:p\d|g\d|gr\d|trn\d|inf\d|dl\d|vt\d|f\d)/;

const page = (path: string): string => `https://aws.amazon.com/${path}/pricing/`;

/**
 * What is billed for standing, in the order in which reviewers should look at it. The order is a judgement of ours on
 * what one of a kind usually comes to in a month, the most first, from dedicated clusters and machines over what has
 * an hourly rate to what costs a few dollars or less. It holds no price and is no sum: traffic, requests and storage
 * come on top, and many small things can cost more than one large.
 */
export const billedKinds: readonly BilledKind[] = [
  {
    name: "routing control clusters",
    pricing: page("application-recovery-controller"),
    types: ["aws_route53recoverycontrolconfig_cluster"],
  },
  {
    name: "instances with GPUs or other accelerators",
    pricing: "https://aws.amazon.com/ec2/pricing/on-demand/",
    types: ["aws_instance"],
    isOne: (block) => accelerated.test(text(block, "instance_type")),
    size: /^instance_type$/,
  },
  {
    name: "capacity reservations and dedicated hosts",
    pricing: "https://aws.amazon.com/ec2/pricing/on-demand/",
    types: ["aws_ec2_capacity_reservation", "aws_ec2_host"],
    size: /^(instance_count|instance_type)$/,
  },
  {
    name: "FSx file systems",
    pricing: page("fsx/lustre"),
    types: ["lustre", "ontap", "openzfs", "windows"].map((kind) => `aws_fsx_${kind}_file_system`),
    size: /^(storage_capacity|per_unit_storage_throughput|throughput_capacity)/,
  },
  {
    name: "databases and caches",
    pricing: page("rds"),
    types: [
      ...["aws_db_instance", "aws_rds_cluster_instance", "aws_elasticache_replication_group"],
      ...["aws_elasticache_cluster", "aws_elasticache_serverless_cache", "aws_opensearch_domain"],
    ],
    size: /^(instance_class|node_type|allocated_storage|num_|replicas_per)/,
  },
  {
    name: "Resolver endpoints",
    pricing: page("route53"),
    types: ["aws_route53_resolver_endpoint"],
    size: /^ip_address/,
  },
  {
    name: "network firewalls and transit gateway attachments",
    pricing: page("network-firewall"),
    types: ["aws_networkfirewall_firewall", "aws_ec2_transit_gateway_vpc_attachment"],
  },
  {
    name: "instances",
    pricing: "https://aws.amazon.com/ec2/pricing/on-demand/",
    types: ["aws_instance"],
    size: /^instance_type$/,
  },
  {
    name: "services on Fargate",
    pricing: page("fargate"),
    types: ["aws_ecs_service"],
    size: /^desired_count$/,
  },
  {
    name: "tasks' sizes on Fargate",
    pricing: page("fargate"),
    types: ["aws_ecs_task_definition"],
    isOne: () => false,
    size: /^(cpu|memory)$/,
  },
  {
    name: "least numbers of tasks or capacity units",
    pricing: page("fargate"),
    types: ["aws_appautoscaling_target"],
    isOne: () => false,
    size: /^min_capacity$/,
  },
  {
    name: "App Runner services, with their provisioned memory",
    pricing: page("apprunner"),
    types: ["aws_apprunner_service"],
    size: /^instance_configuration/,
  },
  {
    name: "NAT gateways",
    pricing: page("vpc"),
    types: ["aws_nat_gateway"],
  },
  {
    name: "accelerators",
    pricing: page("global-accelerator"),
    types: ["aws_globalaccelerator_accelerator", "aws_globalaccelerator_custom_routing_accelerator"],
  },
  {
    name: "load balancers",
    pricing: page("elasticloadbalancing"),
    types: ["aws_lb", "aws_alb", "aws_elb"],
  },
  {
    name: "interface endpoints",
    pricing: page("privatelink"),
    types: ["aws_vpc_endpoint"],
    isOne: (block) => !["", "Gateway"].includes(text(block, "vpc_endpoint_type")),
    size: /^subnet_ids/,
  },
  {
    name: "tables with provisioned capacity",
    pricing: page("dynamodb"),
    types: ["aws_dynamodb_table"],
    isOne: (block) => !["PAY_PER_REQUEST"].includes(text(block, "billing_mode")),
    size: /(^|\.)(read_capacity|write_capacity)$/,
  },
  {
    name: "web ACLs, with their rules",
    pricing: page("waf"),
    types: ["aws_wafv2_web_acl"],
    size: /^rule/,
  },
  {
    name: "public IPv4 addresses",
    pricing: page("vpc"),
    types: ["aws_eip"],
  },
  {
    name: "health checks with options (fast, HTTPS, string matching, latency)",
    pricing: page("route53"),
    types: ["aws_route53_health_check"],
    isOne: (block) =>
      block.request_interval === 10 ||
      block.measure_latency === true ||
      /^HTTPS|_STR_MATCH$/.test(text(block, "type")),
    size: /^(request_interval|type|measure_latency)$/,
  },
  {
    name: "KMS keys",
    pricing: page("kms"),
    types: ["aws_kms_key", "aws_kms_replica_key", "aws_kms_external_key"],
  },
  {
    name: "health checks",
    pricing: page("route53"),
    types: ["aws_route53_health_check"],
  },
  {
    name: "hosted zones",
    pricing: page("route53"),
    types: ["aws_route53_zone"],
  },
  {
    name: "secrets",
    pricing: page("secrets-manager"),
    types: ["aws_secretsmanager_secret"],
  },
  {
    name: "alarms",
    pricing: page("cloudwatch"),
    types: ["aws_cloudwatch_metric_alarm", "aws_cloudwatch_composite_alarm"],
  },
];

/** What a change does to what is billed: at most one that ends and one that begins. */
export function billedBy(change: ClassifiableChange): Billed[] {
  const { type, action, before, after } = change;
  const kinds = billedKinds.filter(({ types }) => types.includes(type));
  const [earlier, later] = [kindOf(kinds, before), kindOf(kinds, after)];
  switch (action) {
    case "create":
      return named(later, "added");
    case "destroy":
      return named(earlier, "removed");
    case "update":
    case "replace":
      return earlier === later || before === undefined
        ? named(resized(later === undefined ? kinds : [later], change), "resized")
        : [...named(earlier, "removed"), ...named(later, "added")];
    default:
      return [];
  }
}

function kindOf(
  kinds: readonly BilledKind[],
  block: Readonly<Record<string, unknown>> = {},
): BilledKind | undefined {
  return kinds.find(({ isOne = () => true }) => isOne(block));
}

function resized(kinds: readonly BilledKind[], { attributes }: ClassifiableChange): BilledKind | undefined {
  return kinds.find(({ size }) => size !== undefined && attributes.some(({ path }) => size.test(path)));
}

function named(kind: BilledKind | undefined, effect: Billed["effect"]): Billed[] {
  return kind === undefined ? [] : [{ kind: kind.name, effect }];
}
