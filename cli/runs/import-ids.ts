import type { Configuration } from "../stacks/manifest";
import type { Made } from "../terraform/journal";

type Attributes = Readonly<Record<string, unknown>>;
type Parts = (value: (argument: string) => string | undefined, made: Made) => (string | undefined)[];

/**
 * Resources that are imported under something else than their `id`: the parts of what is imported, and what is
 * between them.
 *
 * @see https://registry.terraform.io/providers/hashicorp/aws/latest/docs, under "Import" of each
 */
const composed: Readonly<Record<string, readonly [between: string, parts: Parts]>> = {
  aws_appautoscaling_policy: [
    "/",
    (of) => [of("service_namespace"), of("resource_id"), of("scalable_dimension"), of("name")],
  ],
  aws_appautoscaling_target: [
    "/",
    (of) => [of("service_namespace"), of("resource_id"), of("scalable_dimension")],
  ],
  aws_cloudwatch_event_target: [
    "/",
    (of) => [of("event_bus_name") ?? "default", of("rule"), of("target_id")],
  ],
  aws_cloudwatch_log_metric_filter: [":", (of) => [of("log_group_name"), of("name")]],
  aws_ecs_cluster: ["", (of) => [of("name")]],
  aws_ecs_service: ["/", (_of, { id }) => [id.split("/").at(-2), id.split("/").at(-1)]],
  aws_iam_role_policy_attachment: ["/", (of) => [of("role"), of("policy_arn")]],
  aws_lambda_permission: ["/", (of) => [of("function_name"), of("statement_id")]],
  aws_route: [
    "_",
    (of) => [
      of("route_table_id"),
      of("destination_cidr_block") ?? of("destination_ipv6_cidr_block") ?? of("destination_prefix_list_id"),
    ],
  ],
  aws_route_table_association: ["/", (of) => [of("subnet_id") ?? of("gateway_id"), of("route_table_id")]],
  aws_vpc_endpoint_route_table_association: ["/", (of) => [of("vpc_endpoint_id"), of("route_table_id")]],
  aws_wafv2_ip_set: ["/", (of, { id }) => [id, of("name"), of("scope")]],
  aws_wafv2_web_acl: ["/", (of, { id }) => [id, of("name"), of("scope")]],
};

/**
 * What a resource that was made is imported under: its `id`, or what its arguments come to.
 *
 * @param attributesOf - what is known of another resource that its arguments refer to.
 */
export function importIdOf(
  made: Made,
  configuration: Configuration,
  attributesOf: (address: string) => Attributes | undefined,
): string {
  const [type = "", name = ""] = made.address.split(".");
  const [between, parts] = composed[type] ?? [];
  const block = configuration.resource?.[type]?.[name];
  if (between === undefined || parts === undefined || block === undefined) {
    return made.id;
  }
  const values = parts((argument) => valueOf(block[argument], attributesOf), made);
  return values.every((value) => value !== undefined) ? values.join(between) : made.id;
}

function valueOf(
  given: unknown,
  attributesOf: (address: string) => Attributes | undefined,
): string | undefined {
  if (typeof given !== "string") {
    return undefined;
  }
  const [, address = "", attribute = ""] = /^\$\{(\w+\.[\w-]+)\.(\w+)\}$/.exec(given) ?? [];
  if (address !== "") {
    const value = attributesOf(address)?.[attribute];
    return typeof value === "string" ? value : undefined;
  }
  return given.includes("${") ? undefined : given;
}
