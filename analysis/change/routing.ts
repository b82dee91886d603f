import { attributeName } from "./attributes";
import type { AttributeChange, ClassifiableChange } from "./change";

/** What a kind of attribute steers, for the types whose name matches. */
interface Subject {
  readonly types: RegExp;
  readonly attributes: RegExp;
  readonly says: string;
}

const subjects: readonly Subject[] = [
  {
    types:
      /^aws_(ecs_service|appautoscaling_target|autoscaling_group|dynamodb_table|rds_cluster|apprunner_auto_scaling_configuration_version|elasticache_replication_group|lambda_(function|alias|provisioned_concurrency_config)|kinesis_stream|opensearch_domain|msk_cluster)$/,
    attributes:
      /^(desired_count|desired_capacity|(min|max)(_size|_capacity)?|(read|write)_capacity|reserved_concurrent_executions|provisioned_concurrent_executions|shard_count|num_node_groups|replicas_per_node_group|number_of_broker_nodes|cluster_config\.(instance|data)_.*|(serverlessv2_)?scaling_configuration\.(min|max)_.*|max_concurrency|billing_mode)$/,
    says: "capacity",
  },
  {
    types:
      /^aws_(ecs_task_definition|db_instance|rds_cluster_instance|instance|launch_template|elasticache_.*|apprunner_service|lambda_function|opensearch_domain)$/,
    attributes:
      /^(cpu|memory|memory_size|instance_type|instance_class|node_type|allocated_storage|instance_configuration\.(cpu|memory))$/,
    says: "size",
  },
  {
    types:
      /^aws_(lb_target_group|alb_target_group|elb|apprunner_service|route53_health_check|globalaccelerator_endpoint_group|ecs_service|autoscaling_group|service_discovery_service)$/,
    attributes:
      /^(health_check.*|health_check_configuration.*|failure_threshold|request_interval|resource_path|fqdn|port|threshold_.*|child_health.*|invert_healthcheck|disabled|insufficient_data_health_status|measure_latency|search_string|regions)$/,
    says: "health check",
  },
  {
    types: /^aws_route53_record$/,
    attributes:
      /^(records|alias.*|ttl|name|type|zone_id|set_identifier|health_check_id|multivalue_answer_routing_policy|(weighted|latency|failover|geolocation|geoproximity|cidr)_routing_policy.*)$/,
    says: "DNS answer",
  },
  {
    types:
      /^aws_(lb_listener|alb_listener|lb_listener_rule|alb_listener_rule|lb_target_group|lb|alb|lb_target_group_attachment)$/,
    attributes:
      /^(action.*|default_action.*|condition.*|priority|port|protocol|certificate_arn|stickiness.*|target_type|target_id|deregistration_delay|slow_start|load_balancing_.*|client_keep_alive|idle_timeout|target_group_health.*|target_failover.*|enable_cross_zone_load_balancing|subnets|subnet_mapping.*)$/,
    says: "load balancer routing",
  },
  {
    types: /^aws_globalaccelerator_.*$/,
    attributes:
      /^(traffic_dial_percentage|endpoint_configuration.*|port_override.*|port_range.*|client_affinity|enabled|protocol)$/,
    says: "accelerator routing",
  },
  {
    types:
      /^aws_(route|route_table|default_route_table|route_table_association|main_route_table_association|nat_gateway|vpc_endpoint|vpc_endpoint_route_table_association|ec2_transit_gateway_route|vpc_peering_connection|internet_gateway)$/,
    attributes: /^(route.*|.*_id|destination_.*|subnet_ids|blackhole)$/,
    says: "network route",
  },
  {
    types: /^aws_cloudfront_distribution$/,
    attributes:
      /^(origin.*|default_cache_behavior.*|ordered_cache_behavior.*|enabled|aliases|web_acl_id|viewer_certificate.*)$/,
    says: "distribution routing",
  },
  {
    types: /^aws_(wafv2_.*|shield_.*)$/,
    attributes: /^(default_action.*|rule.*|addresses|resource_arn|web_acl_arn|capacity)$/,
    says: "firewall",
  },
];

/** Types whose loss alone moves traffic, whatever their attributes. */
const routingTypes =
  /^aws_(route53_(record|health_check)|globalaccelerator_.*|lb(_listener(_rule|_certificate)?|_target_group(_attachment)?)?|route(_table_association)?|nat_gateway|internet_gateway|appautoscaling_(target|policy)|autoscaling_(group|policy)|ecs_service|apprunner_service|wafv2_web_acl(_association)?|vpc_endpoint|cloudfront_distribution)$/;

/**
 * What a change does to where requests go, how health is judged and how much can be served, one
 * sentence a subject.
 */
export function routingEffects(change: ClassifiableChange): string[] {
  const { type, action, attributes } = change;
  if (action === "destroy" || action === "forget") {
    return routingTypes.test(type) ? [`takes away ${type.replace(/^aws_/, "").replaceAll("_", " ")}`] : [];
  }
  if (action === "create") {
    return newAnswer(change);
  }
  return subjects
    .filter((subject) => subject.types.test(type))
    .flatMap((subject) => {
      const found = attributes.filter(({ path }) => subject.attributes.test(attributeName(path)));
      return found.length === 0 ? [] : [`changes ${subject.says}: ${describe(found)}`];
    });
}

/** A new record of a routing policy takes a share of the traffic from the records that exist. */
function newAnswer({ type, after }: ClassifiableChange): string[] {
  return type === "aws_route53_record" &&
    typeof after?.set_identifier === "string" &&
    after.set_identifier !== ""
    ? [`adds a DNS answer (${after.set_identifier})`]
    : [];
}

function describe(changes: readonly AttributeChange[]): string {
  const shown = changes.slice(0, 3).map(describeOne).join(", ");
  return changes.length > 3 ? `${shown} and ${changes.length - 3} more` : shown;
}

function describeOne({ path, before, after }: AttributeChange): string {
  const [from, to] = [numberOf(before), numberOf(after)];
  return from === undefined || to === undefined
    ? path
    : `${path} ${from} to ${to} (${from < to ? "grows" : "shrinks"})`;
}

function numberOf(value: unknown): number | undefined {
  const number = typeof value === "string" && /^\d{1,12}$/.test(value) ? Number(value) : value;
  return typeof number === "number" ? number : undefined;
}
