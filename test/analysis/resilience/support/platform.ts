import type { SynthesizedOutput } from "../../../../analysis/diff";

type Block = Record<string, unknown>;

/** The resources of a stack, by type and name. */
export type Resources = Record<string, Record<string, Block>>;

/** A stack as synthesized. */
export interface StackParts {
  readonly region: string;
  readonly resources: Resources;
  readonly outputs?: Readonly<Record<string, unknown>>;
  /** Names of the stacks that it reads. */
  readonly reads?: readonly string[];
}

/** Stacks as `cdktf` writes them, each with a state of its own that others read. */
export function synthesized(stacks: Readonly<Record<string, StackParts>>): SynthesizedOutput {
  return Object.fromEntries(
    Object.entries(stacks).map(([name, { region, resources, outputs = {}, reads = [] }]) => [
      name,
      {
        terraform: { backend: { s3: { bucket: "state", key: `${name}.tfstate` } } },
        provider: { aws: [{ region }] },
        resource: resources,
        output: Object.fromEntries(Object.entries(outputs).map(([key, value]) => [key, { value }])),
        data: {
          terraform_remote_state: Object.fromEntries(
            reads.map((read) => [
              `of-${read}`,
              { backend: "s3", config: { bucket: "state", key: `${read}.tfstate` } },
            ]),
          ),
        },
      },
    ]),
  );
}

/** What a region of the platform has; what is not said is sound. */
export interface RegionSettings {
  readonly minimum?: number;
  readonly maximum?: number;
  readonly spotWeight?: number;
  readonly zones?: readonly string[];
  readonly keepAliveSeconds?: number;
  /** Names of services beside `web` behind the same load balancer. */
  readonly others?: readonly string[];
}

/** The stack of a region: a load balancer, and the service `web` behind it. */
export function regionStack(region: string, settings: RegionSettings = {}): StackParts {
  const { zones = ["a", "b"], keepAliveSeconds = 60, others = [] } = settings;
  const names = ["web", ...others];
  return {
    region,
    resources: {
      aws_subnet: Object.fromEntries(zones.map((zone) => [zone, { availability_zone: `${region}${zone}` }])),
      aws_lb: {
        main: {
          client_keep_alive: keepAliveSeconds,
          subnets: zones.map((zone) => `\${aws_subnet.${zone}.id}`),
        },
      },
      aws_lb_listener: {
        https: {
          load_balancer_arn: "${aws_lb.main.arn}",
          port: 443,
          default_action: [{ type: "fixed-response" }],
        },
      },
      aws_lb_listener_rule: Object.fromEntries(
        names.map((name, position) => [
          name,
          {
            listener_arn: "${aws_lb_listener.https.arn}",
            priority: position + 1,
            condition: [{ host_header: { values: [`${name}.example.com`, `${name}.*.example.com`] } }],
            action: [{ type: "forward", target_group_arn: `\${aws_lb_target_group.${name}.arn}` }],
          },
        ]),
      ),
      aws_lb_target_group: Object.fromEntries(
        names.map((name) => [
          name,
          { deregistration_delay: "30", health_check: { interval: 10, unhealthy_threshold: 2 } },
        ]),
      ),
      aws_ecs_service: Object.fromEntries(names.map((name) => [name, serviceOf(name, zones, settings)])),
      aws_appautoscaling_target: Object.fromEntries(
        names.map((name) => [
          name,
          {
            min_capacity: settings.minimum ?? 4,
            max_capacity: settings.maximum ?? 8,
            resource_id: `service/main/\${aws_ecs_service.${name}.name}`,
          },
        ]),
      ),
    },
    outputs: { balancer: "${aws_lb.main.dns_name}", balancer_arn: "${aws_lb.main.arn}" },
  };
}

function serviceOf(name: string, zones: readonly string[], { spotWeight }: RegionSettings): Block {
  return {
    name,
    desired_count: 1,
    load_balancer: [{ target_group_arn: `\${aws_lb_target_group.${name}.arn}` }],
    network_configuration: { subnets: zones.map((zone) => `\${aws_subnet.${zone}.id}`) },
    ...(spotWeight === undefined
      ? {}
      : {
          capacity_provider_strategy: [
            { capacity_provider: "FARGATE", weight: 1 },
            { capacity_provider: "FARGATE_SPOT", weight: spotWeight },
          ],
        }),
  };
}

/** An alias record that leads to the load balancer of a region's stack. */
export function toRegion(region: string, evaluates = false): Block {
  return {
    alias: {
      name: `\${data.terraform_remote_state.of-${region}.outputs.balancer}`,
      evaluate_target_health: evaluates,
    },
  };
}

/** A record of the zone, of type A. */
export function record(name: string, body: Block): Block {
  return { zone_id: "${aws_route53_zone.main.zone_id}", name, type: "A", ...body };
}

/** A health check that asks a region's own name. */
export function checkOf(region: string, body: Block = {}): Block {
  return {
    type: "HTTPS",
    fqdn: `web.${region}.example.com`,
    resource_path: "/health",
    request_interval: 10,
    failure_threshold: 3,
    ...body,
  };
}

/** The stack of records: the name of each region, a health check each, and what a test adds. */
export function edgeStack(
  regions: readonly string[],
  records: Resources[string],
  more: Resources = {},
): StackParts {
  return {
    region: "eu-west-1",
    reads: regions,
    resources: {
      aws_route53_zone: { main: { name: "example.com" } },
      ...more,
      aws_route53_health_check: {
        ...Object.fromEntries(regions.map((region) => [region, checkOf(region)])),
        ...more.aws_route53_health_check,
      },
      aws_route53_record: {
        ...Object.fromEntries(
          regions.map((region) => [
            `regional-${region}`,
            record(`web.${region}.example.com`, toRegion(region)),
          ]),
        ),
        ...records,
      },
    },
  };
}

/** A latency record of `web.example.com` with its check. */
export function latency(region: string): Block {
  return record("web.example.com", {
    ...toRegion(region),
    set_identifier: region,
    health_check_id: `\${aws_route53_health_check.${region}.id}`,
    latency_routing_policy: { region },
  });
}

/** A platform that keeps its promises: `web` in some regions, led by latency. */
export function soundPlatform(
  regions: readonly string[] = ["eu-west-1", "eu-central-1"],
): Record<string, StackParts> {
  return {
    ...Object.fromEntries(regions.map((region) => [region, regionStack(region)])),
    edge: edgeStack(regions, Object.fromEntries(regions.map((region) => [region, latency(region)]))),
  };
}

/** What is promised of it. */
export const promises = {
  rtoSeconds: 120,
  survives: 1,
  services: [{ name: "web", hostname: "web.example.com", path: "/health", peakTasks: 4 }],
};
