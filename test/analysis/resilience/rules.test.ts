import { type Claims, findingsOf, prove } from "../../../analysis/resilience";
import {
  checkOf,
  edgeStack,
  latency,
  promises,
  record,
  regionStack,
  soundPlatform,
  type StackParts,
  synthesized,
  toRegion,
} from "./support/platform";

const [ireland, frankfurt, virginia] = ["eu-west-1", "eu-central-1", "us-east-1"] as const;
const both = [ireland, frankfurt];

function findings(stacks: Record<string, StackParts>, claims: Partial<Claims> = {}) {
  return findingsOf(prove(synthesized(stacks), { ...promises, ...claims })).map(
    ({ rule, grade, address, says }) => ({ rule, grade, address, says }),
  );
}

const checked = (region: string) => ({ health_check_id: `\${aws_route53_health_check.${region}.id}` });

describe("The failover proof", () => {
  it.each([
    ["latency in two regions", both],
    ["latency in three regions", [...both, virginia]],
  ])("finds nothing in a sound platform of %s", (_, regions) => {
    expect(findings(soundPlatform(regions))).toEqual([]);
  });

  it("finds nothing in a sound failover pair", () => {
    const pair = edgeStack(both, {
      primary: record("web.example.com", {
        ...toRegion(ireland),
        ...checked(ireland),
        set_identifier: "one",
        failover_routing_policy: { type: "PRIMARY" },
      }),
      secondary: record("web.example.com", {
        ...toRegion(frankfurt),
        set_identifier: "two",
        failover_routing_policy: { type: "SECONDARY" },
      }),
    });

    expect(findings({ ...soundPlatform(), edge: pair })).toEqual([]);
  });

  it("finds a record without a health check, which users of a dead region are led to", () => {
    const bare = record("web.example.com", {
      ...toRegion(ireland),
      set_identifier: ireland,
      latency_routing_policy: { region: ireland },
    });
    const edge = edgeStack(both, { [ireland]: bare, [frankfurt]: latency(frankfurt) });

    expect(findings({ ...soundPlatform(), edge })).toEqual([
      {
        rule: "BLACK-HOLE",
        grade: "broken",
        address: `edge: aws_route53_record.${ireland}`,
        says: "when eu-west-1 fails (and in 1 more case), users of web.example.com are led to what does not serve there (eu-west-1), though another copy does; clients: near eu-west-1",
      },
      {
        rule: "NEVER-LEFT",
        grade: "broken",
        address: `edge: aws_route53_record.${ireland}`,
        says: "when eu-west-1 fails (and in 1 more case), the record web.example.com (A, eu-west-1) stays healthy, though nothing serves where it leads",
      },
    ]);
  });

  it("finds a geolocation default that leads to one region", () => {
    const geolocation = (region: string, location: object) =>
      record("web.example.com", {
        ...toRegion(region),
        ...checked(region),
        set_identifier: JSON.stringify(location),
        geolocation_routing_policy: location,
      });
    const edge = edgeStack(both, {
      asia: geolocation(frankfurt, { continent: "AS" }),
      rest: geolocation(ireland, { country: "*" }),
    });

    expect(findings({ ...soundPlatform(), edge })).toEqual([
      {
        rule: "BLACK-HOLE",
        grade: "broken",
        address: "edge: aws_route53_record.rest",
        says: "when eu-west-1 fails (and in 1 more case), users of web.example.com are led to what does not serve there (eu-west-1), though another copy does; clients: near eu-central-1; near eu-west-1",
      },
    ]);
  });

  it("finds clients that get no answer, where a geolocation policy has no default", () => {
    const only = record("web.example.com", {
      ...toRegion(ireland),
      ...checked(ireland),
      set_identifier: "eu",
      geolocation_routing_policy: { continent: "EU" },
    });
    const found = findings({ ...soundPlatform(), edge: edgeStack(both, { only }) });

    expect(found.map(({ rule }) => rule)).toContain("NO-ANSWER");
    expect(found.find(({ rule }) => rule === "NO-ANSWER")?.says).toBe(
      "clients of near eu-central-1; near eu-west-1 get no answer for web.example.com, whatever is alive",
    );
  });

  it("finds the one copy that cannot be lost", () => {
    const edge = edgeStack([ireland], { web: record("web.example.com", toRegion(ireland)) });

    expect(findings({ [ireland]: regionStack(ireland), edge })).toEqual([
      {
        rule: "LAST-COPY",
        grade: "broken",
        address: `${ireland}: aws_ecs_service.web`,
        says: "when eu-west-1 fails (and in 1 more case), no copy of web is left",
      },
    ]);
  });

  it("finds a standby whose health check fails from the beginning", () => {
    const edge = edgeStack(
      both,
      { [ireland]: latency(ireland), [frankfurt]: latency(frankfurt) },
      { aws_route53_health_check: { [frankfurt]: checkOf(frankfurt, { invert_healthcheck: true }) } },
    );

    expect(findings({ ...soundPlatform(), edge }).map(({ rule, address }) => [rule, address])).toContainEqual(
      ["STANDBY-DEAD", `edge: aws_route53_record.${frankfurt}`],
    );
  });

  it("finds a health check that asks the name it decides about", () => {
    const edge = edgeStack(
      both,
      { [ireland]: latency(ireland), [frankfurt]: latency(frankfurt) },
      { aws_route53_health_check: { [ireland]: checkOf(ireland, { fqdn: "web.example.com" }) } },
    );

    expect(findings({ ...soundPlatform(), edge })).toContainEqual({
      rule: "CHECK-ASKS",
      grade: "broken",
      address: `edge: aws_route53_health_check.${ireland}`,
      says: "the health check asks web.example.com, whose own answers depend on health: what comes of it cannot be predicted",
    });
  });

  it("finds checkers of one continent", () => {
    const regions = ["eu-west-1", "us-east-1"];
    const edge = edgeStack(
      both,
      { [ireland]: latency(ireland), [frankfurt]: latency(frankfurt) },
      { aws_route53_health_check: { [ireland]: checkOf(ireland, { regions }) } },
    );

    expect(findings({ ...soundPlatform(), edge }).map(({ rule, grade }) => [rule, grade])).toEqual([
      ["CHECK-BIASED", "weak"],
    ]);
  });

  it("finds a failover pair that is only one half, or in one region", () => {
    const half = (region: string, type: string) =>
      record("web.example.com", {
        ...toRegion(region),
        ...checked(region),
        set_identifier: type,
        failover_routing_policy: { type },
      });
    const rules = (records: Record<string, Record<string, unknown>>) =>
      findings({ ...soundPlatform(), edge: edgeStack(both, records) }).map(({ rule }) => rule);

    expect(rules({ primary: half(ireland, "PRIMARY") })).toContain("ONE-SIDED");
    expect(rules({ primary: half(ireland, "PRIMARY"), secondary: half(ireland, "SECONDARY") })).toContain(
      "ONE-REGION",
    );
  });

  it("finds IPv6 that leads elsewhere than IPv4", () => {
    const { edge, ...regions } = soundPlatform();
    const records = edge?.resources.aws_route53_record ?? {};
    const six = { ...record("web.example.com", toRegion(ireland)), type: "AAAA" };
    const found = findings({ ...regions, edge: edgeStack(both, { ...records, six }) });

    expect(found.map(({ rule }) => rule)).toContain("FAMILY");
  });

  it("finds names that lead back to themselves", () => {
    const alias = (name: string) => ({ alias: { name, evaluate_target_health: true } });
    const edge = edgeStack(both, {
      one: record("web.example.com", alias("two.example.com")),
      two: record("two.example.com", alias("web.example.com")),
    });

    expect(findings({ ...soundPlatform(), edge }).map(({ rule }) => rule)).toContain("LOOP");
  });

  it("finds health checks that are slower than the recovery time", () => {
    expect(findings(soundPlatform(), { rtoSeconds: 90 })).toEqual([
      {
        rule: "RTO",
        grade: "broken",
        address: `edge: aws_route53_health_check.${frankfurt}`,
        says: "when eu-central-1 fails (and in 3 more cases), users of web are led elsewhere after up to 96 s; promised are 90 s",
      },
    ]);
  });

  it("finds connections that are kept longer than the recovery time", () => {
    const stacks = { ...soundPlatform(), [ireland]: regionStack(ireland, { keepAliveSeconds: 3600 }) };

    expect(findings(stacks)).toEqual([
      {
        rule: "DRAIN",
        grade: "broken",
        address: `${ireland}: aws_lb.main`,
        says: "connections of web are kept for 3600 s (client_keep_alive), longer than the 120 s in which users are to be elsewhere",
      },
    ]);
  });

  it("counts no Spot task as one that carries the peak", () => {
    const stacks = { ...soundPlatform(), [ireland]: regionStack(ireland, { minimum: 5, spotWeight: 1 }) };

    expect(findings(stacks)).toEqual([
      {
        rule: "CAPACITY-STATIC",
        grade: "broken",
        address: `${ireland}: aws_ecs_service.web`,
        says: "when eu-central-1 fails, 2 of the 4 tasks that carry the peak of web run for certain in eu-west-1 (3 more on Spot, which AWS may take back)",
      },
    ]);
  });

  it("counts the hour of its schedules at which the fewest tasks run", () => {
    const region = regionStack(ireland);
    const night = {
      resource_id: "${aws_appautoscaling_target.web.resource_id}",
      scalable_target_action: { min_capacity: 1, max_capacity: 8 },
    };
    const stacks = {
      ...soundPlatform(),
      [ireland]: {
        ...region,
        resources: { ...region.resources, aws_appautoscaling_scheduled_action: { night } },
      },
    };

    expect(findings(stacks).map(({ rule, says }) => `${rule}: ${says}`)).toEqual([
      "CAPACITY-STATIC: when eu-central-1 fails, 1 of the 4 tasks that carry the peak of web run for certain in eu-west-1",
    ]);
  });

  it("finds a maximum that does not reach the peak", () => {
    const stacks = { ...soundPlatform(), [ireland]: regionStack(ireland, { minimum: 3, maximum: 3 }) };

    expect(findings(stacks).map(({ rule }) => rule)).toEqual(["CAPACITY-STATIC", "CAPACITY-MAX"]);
  });

  it("does not prove capacity of which no peak is said", () => {
    const [web] = promises.services;
    const services = web === undefined ? [] : [{ name: web.name, hostname: web.hostname, path: web.path }];

    expect(findings(soundPlatform(), { services }).map(({ rule, grade }) => [rule, grade])).toEqual([
      ["PEAK", "unproved"],
    ]);
  });

  it("finds tasks that are all in one zone", () => {
    const stacks = { ...soundPlatform(), [ireland]: regionStack(ireland, { zones: ["a"] }) };

    expect(findings(stacks).map(({ rule, grade }) => [rule, grade])).toEqual([["ONE-ZONE", "weak"]]);
  });

  it("finds a copy that is never an answer", () => {
    const weighted = (region: string, weight: number) =>
      record("web.example.com", {
        ...toRegion(region),
        set_identifier: region,
        weighted_routing_policy: { weight },
      });
    const edge = edgeStack(both, { one: weighted(ireland, 1), two: weighted(frankfurt, 0) });

    expect(findings({ ...soundPlatform(), edge })).toContainEqual({
      rule: "IDLE",
      grade: "weak",
      address: `${frankfurt}: aws_ecs_service.web`,
      says: "web in eu-central-1 is no answer in any case: it is paid for and saves nobody",
    });
  });

  it("says of a name without a record here that nothing is proved", () => {
    const services = [{ name: "shop", hostname: "shop.example.com", path: "/", peakTasks: 1 }];

    expect(findings(soundPlatform(), { services })).toEqual([
      {
        rule: "NO-NAME",
        grade: "unproved",
        address: undefined,
        says: "no record of a public zone in these stacks has the name shop.example.com",
      },
    ]);
  });

  it("says of a target that no stack holds that it is not proved", () => {
    const edge = edgeStack(both, {
      web: record("web.example.com", { records: ["192.0.2.1"], ttl: 60 }),
    });
    const found = findings({ ...soundPlatform(), edge });

    expect(found.filter(({ grade }) => grade === "broken")).toEqual([]);
    expect(found.map(({ rule }) => rule)).toContain("BLACK-HOLE");
  });
});

describe("The failover proof of a distribution", () => {
  const distributed = (origins: readonly Record<string, unknown>[]) => {
    const { edge, ...regions } = soundPlatform();
    const records = edge?.resources.aws_route53_record ?? {};
    const shop = record("shop.example.com", {
      alias: { name: "${aws_cloudfront_distribution.main.domain_name}", evaluate_target_health: false },
    });
    return {
      ...regions,
      edge: edgeStack(
        both,
        { ...records, shop },
        {
          aws_s3_bucket: { site: { bucket_prefix: "site" } },
          aws_cloudfront_distribution: {
            main: { origin: origins, default_cache_behavior: { target_origin_id: "first" } },
          },
        },
      ),
    };
  };
  const services = [{ name: "shop", hostname: "shop.example.com", path: "/health", peakTasks: 4 }];

  it("finds nothing where its origin is a name that fails over", () => {
    const stacks = distributed([{ origin_id: "first", domain_name: "web.example.com" }]);

    expect(findings(stacks, { services })).toEqual([]);
  });

  it("does not prove an origin that the stacks do not run", () => {
    const stacks = distributed([
      { origin_id: "first", domain_name: "${aws_s3_bucket.site.bucket_regional_domain_name}" },
    ]);

    expect(findings(stacks, { services }).map(({ rule, grade }) => [rule, grade])).toEqual([
      ["BLACK-HOLE", "unproved"],
    ]);
  });
});

describe("The failover proof of an accelerator", () => {
  const endpoint = (region: string, weight = 128) => ({
    listener_arn: "${aws_globalaccelerator_listener.main.arn}",
    endpoint_group_region: region,
    endpoint_configuration: [
      { endpoint_id: `\${data.terraform_remote_state.of-${region}.outputs.balancer_arn}`, weight },
    ],
  });
  const accelerated = (groups: Record<string, Record<string, unknown>>) =>
    edgeStack(
      both,
      {
        web: record("web.example.com", {
          alias: {
            name: "${aws_globalaccelerator_accelerator.main.dns_name}",
            evaluate_target_health: false,
          },
        }),
      },
      {
        aws_globalaccelerator_accelerator: { main: { name: "world" } },
        aws_globalaccelerator_listener: {
          main: { accelerator_arn: "${aws_globalaccelerator_accelerator.main.arn}" },
        },
        aws_globalaccelerator_endpoint_group: groups,
      },
    );

  it("finds that nothing leads past the accelerator", () => {
    const edge = accelerated({ one: endpoint(ireland), two: endpoint(frankfurt) });

    expect(findings({ ...soundPlatform(), edge })).toEqual([
      {
        rule: "BLACK-HOLE",
        grade: "broken",
        address: "edge: aws_route53_record.web",
        says: "when accelerator world fails, users of web.example.com are led to what does not serve there (accelerator world), though another copy does; clients: near eu-central-1; near eu-west-1",
      },
    ]);
  });

  it("finds an endpoint of weight 0, which gets nothing even when the others are lost", () => {
    const edge = accelerated({ one: endpoint(ireland), two: endpoint(frankfurt, 0) });

    expect(findings({ ...soundPlatform(), edge })).toContainEqual({
      rule: "ACCELERATOR",
      grade: "broken",
      address: "edge: aws_globalaccelerator_accelerator.main",
      says: "accelerator world has endpoints of a weight above 0 in 1 region, and 1 may be lost: an endpoint of weight 0 gets no traffic even then",
    });
  });

  it("leads nobody to an endpoint of weight 0, even when nothing else is left", () => {
    const edge = accelerated({ one: endpoint(ireland), two: endpoint(frankfurt, 0) });

    expect(findings({ ...soundPlatform(), edge }).map(({ rule, says }) => `${rule}: ${says}`)).toContain(
      "LAST-COPY: when eu-west-1 fails (and in 1 more case), no copy of web is left",
    );
  });

  it("finds services that leave a region together", () => {
    const edge = accelerated({ one: endpoint(ireland), two: endpoint(frankfurt) });
    const stacks = { ...soundPlatform(), [ireland]: regionStack(ireland, { others: ["api"] }), edge };

    expect(findings(stacks).find(({ rule }) => rule === "SHARED-HEALTH")?.says).toBe(
      "the accelerator leads users away from eu-west-1 as soon as one of web; api has no healthy task there: a target group without one makes the whole load balancer unhealthy",
    );
  });
});
