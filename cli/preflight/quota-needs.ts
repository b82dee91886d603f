import { type QuotaName, quotas } from "./quota-table";
import {
  type Declared,
  innerBlocks,
  literal,
  ofTypes,
  referredTo,
  type Standing,
  type Subject,
} from "./subject";

/** How much of a quota an environment needs in one place. */
export interface Need {
  readonly quota: QuotaName;
  /** The region that is asked, us-east-1 for services of the whole account. */
  readonly region: string;
  /** What it is counted in or by, such as a zone or a security group, where the quota is not the region's. */
  readonly of?: string;
  /** What the stacks declare, all in all. */
  readonly needed: number;
  /** What of it stands by the environment's own states. */
  readonly owned: number;
  /**
   * Up to what it may grow by itself.
   *
   * @default - it does not grow
   */
  readonly most?: number;
}

/** Quotas that count the resources of some types in a region, or in the account. */
const counted: Readonly<
  Partial<Record<QuotaName, (block: Readonly<Record<string, unknown>>, type: string) => boolean>>
> = {
  vpcs: (_block, type) => type === "aws_vpc",
  internetGateways: (_block, type) => type === "aws_internet_gateway",
  securityGroups: (_block, type) => type === "aws_security_group",
  addresses: (_block, type) => type === "aws_eip",
  applicationLoadBalancers: ({ load_balancer_type: kind = "application" }, type) =>
    type === "aws_lb" && kind === "application",
  networkLoadBalancers: ({ load_balancer_type: kind }, type) => type === "aws_lb" && kind === "network",
  targetGroups: (_block, type) => type === "aws_lb_target_group",
  certificates: (_block, type) => type === "aws_acm_certificate",
  repositories: (_block, type) => type === "aws_ecr_repository",
  hostedZones: (_block, type) => type === "aws_route53_zone",
  healthChecks: (_block, type) => type === "aws_route53_health_check",
  roles: (_block, type) => type === "aws_iam_role",
  distributions: (_block, type) => type === "aws_cloudfront_distribution",
};

/** Services of the whole account answer there. */
export const globalRegion = "us-east-1";

/** All that the stacks need, computed from what is synthesized and what stands. */
export function needsOf(subject: Pick<Subject, "resources" | "standing">): Need[] {
  return [
    ...countedNeeds(subject),
    ...natGatewaysByZone(subject),
    ...rulesByGroup(subject.resources),
    ...recordsByZone(subject.resources),
    ...fargateNeeds(subject.resources),
  ].filter(({ needed, most = 0 }) => needed > 0 || most > 0);
}

function countedNeeds({ resources, standing }: Pick<Subject, "resources" | "standing">): Need[] {
  return (Object.keys(counted) as QuotaName[]).flatMap((quota) => {
    const matches = counted[quota] ?? (() => false);
    const place = ({ region }: { readonly region: string }): string =>
      "isGlobal" in quotas[quota] ? globalRegion : region;
    const needed = sums(
      resources.filter(({ type, block }) => matches(block, type)),
      place,
      ({ count }) => count,
    );
    const owned = sums(
      standing.filter(({ type, attributes }) => matches(attributes, type)),
      place,
      () => 1,
    );
    return [...needed].map(([region, number]) => ({
      quota,
      region,
      needed: number,
      owned: owned.get(region) ?? 0,
    }));
  });
}

function natGatewaysByZone({ resources, standing }: Pick<Subject, "resources" | "standing">): Need[] {
  const zoneOf = (gateway: Declared): string => {
    const subnet = referredTo(resources, gateway.stack, gateway.block.subnet_id);
    return `${gateway.region}/${(subnet === undefined ? undefined : literal(subnet.block, "availability_zone")) ?? "an unknown zone"}`;
  };
  const subnetZones = new Map(
    standing
      .filter(({ type }) => type === "aws_subnet")
      .map(({ attributes }) => [String(attributes.id), String(attributes.availability_zone)]),
  );
  const zoneStanding = ({ region, attributes }: Standing): string =>
    `${region}/${subnetZones.get(String(attributes.subnet_id)) ?? ""}`;
  const owned = sums(
    standing.filter(({ type }) => type === "aws_nat_gateway"),
    zoneStanding,
    () => 1,
  );
  return [...sums(ofTypes(resources, "aws_nat_gateway"), zoneOf, ({ count }) => count)].map(
    ([key, needed]) => {
      const [region = "", zone = ""] = key.split("/");
      return { quota: "natGateways", region, of: zone, needed, owned: owned.get(key) ?? 0 };
    },
  );
}

/** IPv4 and IPv6 rules, of each direction, count apart. Only the fullest group of a region is compared. */
function rulesByGroup(resources: readonly Declared[]): Need[] {
  const rules = ofTypes(
    resources,
    "aws_vpc_security_group_ingress_rule",
    "aws_vpc_security_group_egress_rule",
  );
  const byGroup = sums(
    rules,
    ({ region, stack, type, block }) =>
      [region, stack, String(block.security_group_id), type, block.cidr_ipv6 === undefined ? 4 : 6].join("|"),
    ({ count }) => count,
  );
  return fullest("securityGroupRules", byGroup, (key) => {
    const [region = "", stack = "", group = ""] = key.split("|");
    return { region, of: `${/aws_security_group\.([\w-]+)/.exec(group)?.[1] ?? group} in ${stack}` };
  });
}

function recordsByZone(resources: readonly Declared[]): Need[] {
  const byZone = sums(
    ofTypes(resources, "aws_route53_record"),
    ({ block }) => String(block.zone_id),
    ({ count }) => count,
  );
  return fullest("records", byZone, (zone) => ({ region: globalRegion, of: nameIn(zone) }));
}

/** What an expression refers to, as short as a person can tell it: `hosted_zone_id` of another stack's outputs. */
function nameIn(expression: string): string {
  return (
    /^\$\{(?:data\.terraform_remote_state\.[\w-]+\.outputs\.)?(.+)\}$/.exec(expression)?.[1] ?? expression
  );
}

function fullest(
  quota: QuotaName,
  numbers: ReadonlyMap<string, number>,
  place: (key: string) => { readonly region: string; readonly of: string },
): Need[] {
  const byRegion = new Map<string, Need>();
  for (const [key, needed] of numbers) {
    const { region, of } = place(key);
    if (needed > (byRegion.get(region)?.needed ?? 0)) {
      byRegion.set(region, { quota, region, of, needed, owned: needed });
    }
  }
  return [...byRegion.values()];
}

const cpuUnitsPerVcpu = 1024;

/** Tasks on Fargate: as many as are asked for, and as many as their services may scale to. */
function fargateNeeds(resources: readonly Declared[]): Need[] {
  const tasks = ofTypes(resources, "aws_ecs_service").flatMap((service) => {
    const { block, stack, region, id } = service;
    const cpu = Number(referredTo(resources, stack, block.task_definition)?.block.cpu ?? 0) / cpuUnitsPerVcpu;
    const scaling = ofTypes(resources, "aws_appautoscaling_target").find(
      (target) =>
        target.stack === stack && String(target.block.resource_id).includes(`aws_ecs_service.${id}.`),
    );
    const wanted = Number(block.desired_count ?? 1);
    const most = Math.max(wanted, Number(scaling?.block.max_capacity ?? wanted));
    return sharesOf(block).map(({ quota, share }) => ({
      quota,
      region,
      needed: Math.ceil(wanted * share) * cpu,
      most: Math.ceil(most * share) * cpu,
    }));
  });
  return (["fargate", "fargateSpot"] as const).flatMap((quota) => {
    const ofQuota = tasks.filter((task) => task.quota === quota);
    const most = sums(
      ofQuota,
      ({ region }) => region,
      (task) => task.most,
    );
    return [
      ...sums(
        ofQuota,
        ({ region }) => region,
        ({ needed }) => needed,
      ),
    ].map(([region, needed]) => ({
      quota,
      region,
      needed,
      owned: needed,
      most: most.get(region) ?? needed,
    }));
  });
}

/** A part of a service's tasks. */
interface Share {
  readonly quota: "fargate" | "fargateSpot";
  readonly share: number;
}

/** How a service's tasks are shared among On-Demand and Spot. */
function sharesOf(block: Declared["block"]): Share[] {
  const strategy = innerBlocks(block, "capacity_provider_strategy");
  if (strategy.length === 0) {
    return block.launch_type === "FARGATE" ? [{ quota: "fargate", share: 1 }] : [];
  }
  const total = strategy.reduce((sum, { weight = 0 }) => sum + Number(weight), 0);
  return strategy.flatMap<Share>(({ capacity_provider: provider, weight = 0 }) => {
    const share = total === 0 ? 1 / strategy.length : Number(weight) / total;
    switch (provider) {
      case "FARGATE":
        return [{ quota: "fargate", share }];
      case "FARGATE_SPOT":
        return [{ quota: "fargateSpot", share }];
      default:
        return [];
    }
  });
}

function sums<Value>(
  values: readonly Value[],
  keyOf: (value: Value) => string,
  numberOf: (value: Value) => number,
): Map<string, number> {
  const result = new Map<string, number>();
  for (const value of values) {
    result.set(keyOf(value), (result.get(keyOf(value)) ?? 0) + numberOf(value));
  }
  return result;
}
