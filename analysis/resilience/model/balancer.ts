import { asObject, listOf, numberOf, type Program, type Resource } from "./program";
import { type Copy, zonesOf } from "./compute";

/** A target group, and what registers with it. */
export interface TargetGroup {
  readonly resource: Resource;
  readonly copies: readonly Copy[];
  /** Seconds until a target that does not answer is taken out. */
  readonly detectionSeconds: number;
}

/** An Application Load Balancer. */
export interface Balancer {
  readonly resource: Resource;
  readonly region: string;
  readonly zones: readonly string[];
  /** All target groups that its listeners forward to. */
  readonly groups: readonly TargetGroup[];
  readonly rules: readonly ListenerRule[];
}

/** Where a listener leads requests. */
export interface ListenerRule {
  readonly port: number;
  /** The first that matches wins; a listener's default comes last. */
  readonly priority: number;
  /** Patterns of hosts; none stands for every host. */
  readonly hosts: readonly string[];
  readonly paths: readonly string[];
  /** Whether it has conditions that are not looked at, such as headers or addresses. */
  readonly isConditional: boolean;
  readonly groups: readonly TargetGroup[];
}

/** The load balancers of all stacks. */
export function balancersIn(program: Program, copies: readonly Copy[]): Balancer[] {
  const groups = targetGroupsIn(program, copies);
  return program.ofType("aws_lb").flatMap((resource) => {
    const { region, attributes } = resource;
    if (region === undefined) {
      return [];
    }
    const rules = program
      .ofType("aws_lb_listener")
      .filter(
        (listener) =>
          program.referred(listener, listener.attributes.load_balancer_arn, "aws_lb") === resource,
      )
      .flatMap((listener) => rulesOf(program, listener, groups));
    return [
      {
        resource,
        region,
        zones: zonesOf(program, resource, attributes.subnets),
        rules,
        groups: [...new Set(rules.flatMap((rule) => rule.groups))],
      },
    ];
  });
}

function targetGroupsIn(program: Program, copies: readonly Copy[]): Map<Resource, TargetGroup> {
  return new Map(
    program.ofType("aws_lb_target_group").map((resource) => {
      const check = asObject(listOf(resource.attributes.health_check)[0]);
      const registered = copies.filter((copy) =>
        listOf(copy.resource.attributes.load_balancer).some(
          (block) =>
            program.referred(copy.resource, asObject(block).target_group_arn, "aws_lb_target_group") ===
            resource,
        ),
      );
      // The defaults of a target group: every 30 s, out after two failures.
      const detectionSeconds = (numberOf(check.interval) ?? 30) * (numberOf(check.unhealthy_threshold) ?? 2);
      return [resource, { resource, copies: registered, detectionSeconds }];
    }),
  );
}

function rulesOf(
  program: Program,
  listener: Resource,
  groups: ReadonlyMap<Resource, TargetGroup>,
): ListenerRule[] {
  const port = numberOf(listener.attributes.port) ?? 443;
  const ofRules = program
    .ofType("aws_lb_listener_rule")
    .filter((rule) => program.referred(rule, rule.attributes.listener_arn, "aws_lb_listener") === listener)
    .map((rule): ListenerRule => {
      const conditions = listOf(rule.attributes.condition).map(asObject);
      const values = (name: string): string[] =>
        conditions.flatMap((condition) =>
          listOf(asObject(listOf(condition[name])[0]).values).map(
            (value) => program.textOf(rule, value) ?? "*",
          ),
        );
      return {
        port,
        priority: numberOf(rule.attributes.priority) ?? Number.MAX_SAFE_INTEGER - 1,
        hosts: values("host_header"),
        paths: values("path_pattern"),
        isConditional: conditions.some((condition) =>
          Object.keys(condition).some((name) => name !== "host_header" && name !== "path_pattern"),
        ),
        groups: forwardedTo(program, rule, rule.attributes.action, groups),
      };
    });
  const byDefault: ListenerRule = {
    port,
    priority: Number.MAX_SAFE_INTEGER,
    hosts: [],
    paths: [],
    isConditional: false,
    groups: forwardedTo(program, listener, listener.attributes.default_action, groups),
  };
  return [...ofRules, byDefault].sort((left, right) => left.priority - right.priority);
}

function forwardedTo(
  program: Program,
  resource: Resource,
  actions: unknown,
  groups: ReadonlyMap<Resource, TargetGroup>,
): TargetGroup[] {
  return listOf(actions)
    .map(asObject)
    .flatMap((action) => [
      action.target_group_arn,
      ...listOf(asObject(listOf(action.forward)[0]).target_group).map((each) => asObject(each).arn),
    ])
    .map((arn) => program.referred(resource, arn, "aws_lb_target_group"))
    .flatMap((group) => (group === undefined ? [] : (groups.get(group) ?? [])));
}

/**
 * The target groups that requests for a host and path are led to by HTTPS, else by HTTP: none where a
 * listener answers by itself. Rules with other conditions are passed over.
 */
export function groupsFor({ rules }: Balancer, host: string, path: string): readonly TargetGroup[] {
  const secure = rules.filter(({ port }) => port === 443);
  const asked = secure.length > 0 ? secure : rules;
  const rule = asked.find(
    ({ hosts, paths, isConditional }) =>
      !isConditional && matchesSome(hosts, host.toLowerCase()) && matchesSome(paths, path),
  );
  return rule?.groups ?? [];
}

function matchesSome(patterns: readonly string[], text: string): boolean {
  return (
    patterns.length === 0 ||
    patterns.some((pattern) => {
      const expression = pattern
        .replace(/[\\^$.|()[\]{}+]/g, "\\$&")
        .replaceAll("*", ".*")
        .replaceAll("?", ".");
      return new RegExp(`^${expression}$`, "i").test(text);
    })
  );
}
