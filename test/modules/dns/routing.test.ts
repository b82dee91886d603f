import { App, TerraformStack } from "cdktf";

import {
  type DnsRoutingProps,
  type HealthCheckDefinition,
  type RoutingPolicy,
  DnsRouting,
  RegionalRecord,
} from "../../../modules/dns";
import { emptyStack, refusal, resourceAt, resourcesOf } from "../../support/synth";
import { resolve } from "./resolve";

const zone = { hostedZoneId: "Z1", zoneName: "example.com" };
const collection = { cidrCollectionId: "c1", locationNames: ["berlin", "dublin"] };

const alias = (region: string) => ({
  region,
  value: { kind: "alias", dnsName: `web.${region}.elb.amazonaws.com`, hostedZoneId: "ZELB" } as const,
});

const address = (region: string, ...values: string[]) => ({
  region,
  value: { kind: "values", values, ttlSeconds: 60 } as const,
});

const check = (region: string): HealthCheckDefinition => ({
  kind: "https",
  fullyQualifiedDomainName: `web.${region}.example.com`,
  path: "/health",
  timing: { requestIntervalSeconds: 30, failureThreshold: 3 },
});

const endpointsIn = (...regions: string[]): DnsRoutingProps["endpoints"] =>
  Object.fromEntries(
    regions.map((region) => [region, { target: alias(region), healthCheck: check(region) }]),
  );

const required: DnsRoutingProps = {
  zone,
  recordName: "web.example.com",
  endpoints: endpointsIn("eu-west-1", "eu-central-1"),
  policy: { kind: "latency" },
};

function stackWith(props: Partial<DnsRoutingProps> = {}) {
  const stack = emptyStack();
  const routing = new DnsRouting(stack, "Web", { ...required, ...props });
  return { stack, routing };
}

const refuse = (props: Partial<DnsRoutingProps>): string => refusal(() => stackWith(props));

const recordAt = (props: Partial<DnsRoutingProps>, path: string) =>
  resourceAt(stackWith(props).stack, "aws_route53_record", `Web/Records/${path}`);

const countOf = (props: Partial<DnsRoutingProps>, type: string) =>
  Object.keys(resourcesOf(stackWith(props).stack, type)).length;

const checkIn = (region: string, hash: string) =>
  `\${aws_route53_health_check.Web_Checks_${region}_${hash}.id}`;

describe("DnsRouting", () => {
  describe("latency", () => {
    it("makes an alias and a check for every region", () => {
      const { stack, routing } = stackWith();

      expect(resourceAt(stack, "aws_route53_record", "Web/Records/eu-west-1/A")).toEqual({
        zone_id: "Z1",
        name: "web.example.com",
        type: "A",
        set_identifier: "eu-west-1",
        latency_routing_policy: { region: "eu-west-1" },
        alias: { name: "web.eu-west-1.elb.amazonaws.com", zone_id: "ZELB", evaluate_target_health: true },
        health_check_id: checkIn("eu-west-1", "33FCCBC0"),
      });
      expect(resourceAt(stack, "aws_route53_health_check", "Web/Checks/eu-west-1/Resource")).toMatchObject({
        type: "HTTPS",
        fqdn: "web.eu-west-1.example.com",
        tags: { Name: "web.example.com eu-west-1" },
      });
      expect(Object.keys(resourcesOf(stack, "aws_route53_record"))).toHaveLength(2);
      expect(resolve(stack, routing.healthCheckIds)).toEqual({
        "eu-west-1": checkIn("eu-west-1", "33FCCBC0"),
        "eu-central-1": checkIn("eu-central-1", "BFE17454"),
      });
      expect(routing.recordName).toBe("web.example.com");
      expect(routing.records).toHaveLength(2);
      expect(routing.resource).toBe(routing.records[0]);
    });

    it("adds AAAA records for targets with IPv6", () => {
      expect(countOf({ dualStack: true }, "aws_route53_record")).toBe(4);
      expect(recordAt({ dualStack: true }, "eu-west-1/AAAA")).toMatchObject({ type: "AAAA" });
    });

    it("relies on the alias target's health where no check is given", () => {
      const endpoints = { "eu-west-1": { target: alias("eu-west-1") } };

      expect(recordAt({ endpoints }, "eu-west-1/A").health_check_id).toBeUndefined();
      expect(countOf({ endpoints }, "aws_route53_health_check")).toBe(0);
    });

    it("accepts a check that already exists", () => {
      const endpoints = {
        "eu-west-1": { target: alias("eu-west-1"), healthCheck: { kind: "existing", healthCheckId: "hc" } },
      } as const;

      expect(recordAt({ endpoints }, "eu-west-1/A").health_check_id).toBe("hc");
    });

    it("routes plain addresses and host names", () => {
      const addresses = {
        "eu-west-1": { target: address("eu-west-1", "192.0.2.1"), healthCheck: check("eu-west-1") },
      };
      const names = {
        "eu-west-1": { target: address("eu-west-1", "a.example.org"), healthCheck: check("eu-west-1") },
      };

      expect(recordAt({ endpoints: addresses }, "eu-west-1/A")).toMatchObject({
        records: ["192.0.2.1"],
        ttl: 60,
      });
      expect(recordAt({ endpoints: names }, "eu-west-1/CNAME")).toMatchObject({ records: ["a.example.org"] });
    });

    it("is above another policy in a region", () => {
      const policy: RoutingPolicy = {
        kind: "latency",
        branches: {
          ireland: {
            region: "eu-west-1",
            to: { kind: "weighted", branches: { "app-runner": { weight: 90 }, fargate: { weight: 10 } } },
          },
          "eu-central-1": {},
        },
      };
      const endpoints = {
        "app-runner": { target: alias("eu-west-1") },
        fargate: { target: alias("eu-west-1") },
        "eu-central-1": { target: alias("eu-central-1") },
      };
      const { stack } = stackWith({ policy, endpoints });

      expect(resourceAt(stack, "aws_route53_record", "Web/Records/ireland/A")).toEqual({
        zone_id: "Z1",
        name: "web.example.com",
        type: "A",
        set_identifier: "ireland",
        latency_routing_policy: { region: "eu-west-1" },
        alias: { name: "ireland.web.example.com", zone_id: "Z1", evaluate_target_health: true },
        depends_on: [
          "aws_route53_record.Web_Records_ireland_app-runner_A_B471912B",
          "aws_route53_record.Web_Records_ireland_fargate_A_8647AF72",
        ],
      });
      expect(resourceAt(stack, "aws_route53_record", "Web/Records/ireland/fargate/A")).toMatchObject({
        name: "ireland.web.example.com",
        set_identifier: "fargate",
        weighted_routing_policy: { weight: 10 },
      });
    });

    it("refuses two endpoints of one region", () => {
      const endpoints = { blue: { target: alias("eu-west-1") }, green: { target: alias("eu-west-1") } };

      expect(refuse({ endpoints })).toBe(
        "test/Web: 'policy.branches' must each measure latency to a different region, got [\"green\"]; " +
          "put endpoints of one region under a policy of their own, such as a weighted one",
      );
    });

    it("refuses a branch over a policy without a region", () => {
      const policy: RoutingPolicy = {
        kind: "latency",
        branches: {
          europe: { to: { kind: "weighted", branches: { "eu-west-1": { weight: 1 } } } },
          "eu-central-1": {},
        },
      };

      expect(refuse({ policy })).toBe(
        "test/Web: 'policy.branches.europe.region' must be given for a branch that leads to a policy, got nothing; " +
          "name the region that latency is measured to",
      );
    });
  });

  describe("failover", () => {
    const policy: RoutingPolicy = { kind: "failover", primary: "eu-west-1" };

    it("has the one other region for its secondary", () => {
      expect(recordAt({ policy }, "primary/A")).toEqual({
        zone_id: "Z1",
        name: "web.example.com",
        type: "A",
        set_identifier: "primary",
        failover_routing_policy: { type: "PRIMARY" },
        alias: { name: "web.eu-west-1.elb.amazonaws.com", zone_id: "ZELB", evaluate_target_health: true },
        health_check_id: checkIn("eu-west-1", "33FCCBC0"),
      });
      expect(recordAt({ policy }, "secondary/A")).toMatchObject({
        set_identifier: "secondary",
        failover_routing_policy: { type: "SECONDARY" },
        alias: { name: "web.eu-central-1.elb.amazonaws.com" },
        health_check_id: checkIn("eu-central-1", "BFE17454"),
      });
    });

    it("has the nearest of several other regions for its secondary", () => {
      const props = { policy, endpoints: endpointsIn("eu-west-1", "eu-central-1", "us-east-1") };

      expect(recordAt(props, "secondary/A")).toEqual({
        zone_id: "Z1",
        name: "web.example.com",
        type: "A",
        set_identifier: "secondary",
        failover_routing_policy: { type: "SECONDARY" },
        alias: { name: "secondary.web.example.com", zone_id: "Z1", evaluate_target_health: true },
        depends_on: [
          "aws_route53_record.Web_Records_secondary_eu-central-1_A_E54394EA",
          "aws_route53_record.Web_Records_secondary_us-east-1_A_F8BB5FC0",
        ],
      });
      expect(recordAt(props, "secondary/us-east-1/A")).toMatchObject({
        name: "secondary.web.example.com",
        latency_routing_policy: { region: "us-east-1" },
        set_identifier: "us-east-1",
      });
    });

    it("names records below a wildcard without its star", () => {
      const props = {
        policy,
        recordName: "*.example.com",
        endpoints: endpointsIn("eu-west-1", "eu-central-1", "us-east-1"),
      };

      expect(recordAt(props, "secondary/A").alias).toMatchObject({ name: "secondary.any.example.com" });
    });

    it("takes the secondary as given", () => {
      const secondary: RoutingPolicy = { kind: "simple", to: "eu-central-1" };

      expect(recordAt({ policy: { ...policy, secondary } }, "secondary/simple/A")).toEqual({
        zone_id: "Z1",
        name: "secondary.web.example.com",
        type: "A",
        alias: { name: "web.eu-central-1.elb.amazonaws.com", zone_id: "ZELB", evaluate_target_health: true },
      });
    });

    it("refuses to fail over without a second endpoint", () => {
      expect(refuse({ policy, endpoints: endpointsIn("eu-west-1") })).toBe(
        "test/Web: 'policy.secondary' must name an endpoint, got \"\"; name one of eu-west-1",
      );
    });

    it("refuses a secondary that is the primary", () => {
      const endpoints = endpointsIn("eu-west-1");

      expect(refuse({ endpoints, policy: { ...policy, secondary: "eu-west-1" } })).toBe(
        "test/Web: 'policy.secondary' must lead to other endpoints than 'primary', got [\"eu-west-1\"]; " +
          "name another endpoint: an endpoint on both sides cannot take over",
      );
    });
  });

  describe("simple", () => {
    it("leads to the only endpoint, without set identifier and check", () => {
      const props: Partial<DnsRoutingProps> = {
        policy: { kind: "simple" },
        endpoints: endpointsIn("eu-west-1"),
      };

      expect(recordAt(props, "simple/A")).toEqual({
        zone_id: "Z1",
        name: "web.example.com",
        type: "A",
        alias: { name: "web.eu-west-1.elb.amazonaws.com", zone_id: "ZELB", evaluate_target_health: true },
      });
    });

    it("refuses to choose among several endpoints", () => {
      expect(refuse({ policy: { kind: "simple" } })).toBe(
        [
          "test/Web: 'endpoints' must each be reached by a branch of 'policy', got [\"eu-west-1\",\"eu-central-1\"]; " +
            "add a branch that leads there, or remove the endpoint",
          "test/Web: 'policy.to' must name an endpoint, got \"\"; name one of eu-west-1, eu-central-1",
        ].join("\n"),
      );
    });
  });

  describe("weighted", () => {
    const weighted = (first: number, second: number): RoutingPolicy => ({
      kind: "weighted",
      branches: { "eu-west-1": { weight: first }, "eu-central-1": { weight: second } },
    });

    it("shares answers out", () => {
      expect(recordAt({ policy: weighted(255, 0) }, "eu-west-1/A")).toMatchObject({
        set_identifier: "eu-west-1",
        weighted_routing_policy: { weight: 255 },
      });
      expect(recordAt({ policy: weighted(255, 0) }, "eu-central-1/A")).toMatchObject({
        weighted_routing_policy: { weight: 0 },
      });
    });

    it("refuses weights out of range", () => {
      expect(refuse({ policy: weighted(256, 0.5) })).toBe(
        [
          "test/Web: 'policy.branches.eu-west-1.weight' must be a whole number between 0 and 255, got 256; " +
            "scale the weights: only their ratio counts",
          "test/Web: 'policy.branches.eu-central-1.weight' must be a whole number between 0 and 255, got 0.5; " +
            "scale the weights: only their ratio counts",
        ].join("\n"),
      );
    });

    it("refuses weights that are all zero", () => {
      expect(refuse({ policy: weighted(0, 0) })).toBe(
        "test/Web: 'policy.branches' must have a weight above 0 among them, " +
          'got {"eu-west-1":0,"eu-central-1":0}; raise one: if all are 0, Route 53 treats them as equal',
      );
    });
  });

  describe("geolocation", () => {
    const geo = (branches: Extract<RoutingPolicy, { kind: "geolocation" }>["branches"]): RoutingPolicy => ({
      kind: "geolocation",
      branches,
    });

    it("has a branch for each place and one for everyone else", () => {
      const policy = geo({
        europe: { location: { continent: "EU" }, to: "eu-west-1" },
        germany: { location: { country: "DE" }, to: "eu-central-1" },
        california: { location: { country: "US", subdivision: "CA" }, to: "eu-west-1" },
        default: { location: "default", to: "eu-central-1" },
      });

      expect(recordAt({ policy }, "europe/A")).toMatchObject({
        geolocation_routing_policy: { continent: "EU" },
      });
      expect(recordAt({ policy }, "germany/A")).toMatchObject({
        geolocation_routing_policy: { country: "DE" },
      });
      expect(recordAt({ policy }, "california/A")).toMatchObject({
        geolocation_routing_policy: { country: "US", subdivision: "CA" },
      });
      expect(recordAt({ policy }, "default/A")).toMatchObject({
        geolocation_routing_policy: { country: "*" },
      });
      expect(countOf({ policy }, "aws_route53_health_check")).toBe(2);
    });

    it("refuses to leave anyone out, and one place twice", () => {
      const policy = geo({
        "eu-west-1": { location: { continent: "EU" } },
        "eu-central-1": { location: { continent: "EU" } },
      });

      expect(refuse({ policy })).toBe(
        [
          "test/Web: 'policy.branches' must each be for a different location, got [\"eu-central-1\"]; " +
            "remove or merge the repetition",
          "test/Web: 'policy.branches' must have one for the location \"default\", " +
            'got ["eu-west-1","eu-central-1"]; ' +
            "add it: users that Route 53 cannot locate get no answer without it",
        ].join("\n"),
      );
    });

    it("refuses places that Route 53 does not know", () => {
      const policy = geo({
        "eu-west-1": { location: { country: "Germany" } },
        bavaria: { location: { country: "DE", subdivision: "BY" }, to: "eu-west-1" },
        california: { location: { country: "US", subdivision: "US-CA" }, to: "eu-west-1" },
        "eu-central-1": { location: "default" },
      });

      expect(refuse({ policy })).toBe(
        [
          "test/Web: 'policy.branches.eu-west-1.location.country' must be two capital letters of ISO 3166-1, " +
            'got "Germany"; write it like "DE"; for all users write the location "default"',
          "test/Web: 'policy.branches.bavaria.location.subdivision' must be given for US or UA only, got \"BY\"; " +
            "remove it: Route 53 does not distinguish the subdivisions of other countries",
          "test/Web: 'policy.branches.california.location.subdivision' must be 1 to 3 capital letters or digits, " +
            'got "US-CA"; write the code alone, like "CA" for California',
        ].join("\n"),
      );
    });
  });

  describe("geoproximity", () => {
    it("is in the endpoints' regions without bias by default", () => {
      expect(recordAt({ policy: { kind: "geoproximity" } }, "eu-west-1/A")).toMatchObject({
        set_identifier: "eu-west-1",
        geoproximity_routing_policy: { aws_region: "eu-west-1", bias: 0 },
      });
    });

    it("is at coordinates or in a local zone with a bias", () => {
      const policy: RoutingPolicy = {
        kind: "geoproximity",
        branches: {
          "eu-west-1": { place: { latitude: 53.35, longitude: -6.2 }, bias: -99 },
          "eu-central-1": { place: { localZoneGroup: "eu-central-1-ham-1" }, bias: 99 },
        },
      };

      expect(recordAt({ policy }, "eu-west-1/A").geoproximity_routing_policy).toEqual({
        bias: -99,
        coordinates: [{ latitude: "53.35", longitude: "-6.20" }],
      });
      expect(recordAt({ policy }, "eu-central-1/A").geoproximity_routing_policy).toEqual({
        bias: 99,
        local_zone_group: "eu-central-1-ham-1",
      });
    });

    it("refuses biases and coordinates out of range", () => {
      const policy: RoutingPolicy = {
        kind: "geoproximity",
        branches: {
          "eu-west-1": { bias: 100 },
          "eu-central-1": { place: { latitude: 90.5, longitude: 1.234 } },
        },
      };

      expect(refuse({ policy })).toBe(
        [
          "test/Web: 'policy.branches.eu-west-1.bias' must be a whole number between -99 and 99, got 100; " +
            "begin with small steps: the effect grows fast",
          "test/Web: 'policy.branches.eu-central-1.place.latitude' must be between -90 and 90 degrees with two " +
            "decimals at most, got 90.5; round it: Route 53 takes hundredths of a degree",
          "test/Web: 'policy.branches.eu-central-1.place.longitude' must be between -180 and 180 degrees with two " +
            "decimals at most, got 1.234; round it: Route 53 takes hundredths of a degree",
        ].join("\n"),
      );
    });

    it("refuses two branches at one place and a policy without a place", () => {
      const policy: RoutingPolicy = {
        kind: "geoproximity",
        branches: {
          "eu-west-1": {},
          again: { place: { region: "eu-west-1" }, to: "eu-west-1" },
          below: { to: { kind: "simple", to: "eu-central-1" } },
        },
      };

      expect(refuse({ policy })).toBe(
        [
          "test/Web: 'policy.branches.below.place' must be given for a branch that leads to a policy, got nothing; " +
            "give the place of the branch on the map",
          "test/Web: 'policy.branches' must each be at a different place, got [\"again\"]; " +
            "put endpoints of one place under a policy of their own, such as a weighted one",
        ].join("\n"),
      );
    });

    it("refuses more than 30 branches", () => {
      const branches = Object.fromEntries(
        Array.from({ length: 31 }, (_, number) => [
          `n${number}`,
          { place: { latitude: number, longitude: 0 }, to: number === 0 ? "eu-central-1" : "eu-west-1" },
        ]),
      );

      expect(refuse({ policy: { kind: "geoproximity", branches } })).toBe(
        "test/Web: 'policy.branches' must hold at most 30 branches under geoproximity routing, got 31; " +
          "group some under policies of their own",
      );
    });
  });

  describe("multivalue", () => {
    const addresses = {
      one: { target: address("eu-west-1", "192.0.2.1"), healthCheck: check("eu-west-1") },
      two: { target: address("eu-central-1", "192.0.2.2"), healthCheck: check("eu-central-1") },
    };

    it("answers with all healthy addresses", () => {
      expect(recordAt({ policy: { kind: "multivalue" }, endpoints: addresses }, "one/A")).toMatchObject({
        set_identifier: "one",
        multivalue_answer_routing_policy: true,
        records: ["192.0.2.1"],
      });
    });

    it("refuses aliases and host names", () => {
      const endpoints = {
        "eu-west-1": { target: alias("eu-west-1") },
      };

      expect(refuse({ policy: { kind: "multivalue" }, endpoints })).toBe(
        "test/Web: 'endpoints' must be addresses under multivalue routing, got [\"eu-west-1\"]; " +
          "use weighted or latency routing for aliases and host names",
      );
    });

    it("refuses an endpoint that is not there", () => {
      expect(
        refuse({ policy: { kind: "multivalue", endpoints: ["one", "two", "tow"] }, endpoints: addresses }),
      ).toBe('test/Web: \'policy.endpoints\' must name an endpoint, got "tow"; did you mean "two"');
    });

    it("refuses an endpoint that is listed twice among the answers, as set identifiers are unique", () => {
      expect(
        refuse({ policy: { kind: "multivalue", endpoints: ["one", "two", "one"] }, endpoints: addresses }),
      ).toBe(
        "test/Web: 'policy.endpoints' must name each endpoint once, got [\"one\"]; " +
          "remove the repetition: the endpoint's name is the record's set identifier",
      );
    });
  });

  describe("ip-based", () => {
    it("has a branch for each location and one for everyone else", () => {
      const policy: RoutingPolicy = {
        kind: "ip-based",
        collection,
        branches: { berlin: { to: "eu-central-1" }, default: { location: "*", to: "eu-west-1" } },
      };

      expect(recordAt({ policy }, "berlin/A")).toMatchObject({
        set_identifier: "berlin",
        cidr_routing_policy: { collection_id: "c1", location_name: "berlin" },
      });
      expect(recordAt({ policy }, "default/A")).toMatchObject({
        cidr_routing_policy: { collection_id: "c1", location_name: "*" },
      });
    });

    it("refuses a location that is unknown or listed twice, and to leave anyone out", () => {
      const policy: RoutingPolicy = {
        kind: "ip-based",
        collection,
        branches: {
          "eu-west-1": { location: "dubln" },
          "eu-central-1": { location: "berlin" },
          berlin: { to: "eu-central-1" },
        },
      };

      expect(refuse({ policy })).toBe(
        [
          "test/Web: 'policy.branches.eu-west-1.location' must be a location of the collection, got \"dubln\"; " +
            'did you mean "dublin"',
          "test/Web: 'policy.branches' must each be for a different location, got [\"berlin\"]; " +
            "remove or merge the repetition",
          "test/Web: 'policy.branches' must have one for the location \"*\", " +
            'got ["eu-west-1","eu-central-1","berlin"]; ' +
            "add it: users from no listed network get no answer without it",
        ].join("\n"),
      );
    });
  });

  describe("any policy", () => {
    it("refuses a branch that leads to no endpoint, and an endpoint that no branch leads to", () => {
      const policy: RoutingPolicy = { kind: "weighted", branches: { "eu-west-2": { weight: 1 } } };

      expect(refuse({ policy, endpoints: endpointsIn("eu-west-1") })).toBe(
        [
          "test/Web: 'endpoints' must each be reached by a branch of 'policy', got [\"eu-west-1\"]; " +
            "add a branch that leads there, or remove the endpoint",
          "test/Web: 'policy.branches.eu-west-2.to' must name an endpoint, got \"eu-west-2\"; " +
            'did you mean "eu-west-1"',
        ].join("\n"),
      );
    });

    it("refuses to route to nothing", () => {
      expect(refuse({ endpoints: {} })).toBe(
        [
          "test/Web: 'endpoints' must hold at least one endpoint, got {}; add a region that serves",
          "test/Web: 'policy.branches' must hold at least one branch, got []; add one",
        ].join("\n"),
      );
    });

    it("refuses names that are no labels", () => {
      const policy: RoutingPolicy = { kind: "weighted", branches: { EU: { weight: 1, to: "Ireland" } } };

      expect(refuse({ policy, endpoints: { Ireland: { target: alias("eu-west-1") } } })).toBe(
        [
          "test/Web: 'endpoints' must be named by lower-case letters, digits and '-', 63 at most, " +
            'got ["Ireland"]; name each after its region',
          "test/Web: 'policy.branches' must be named by lower-case letters, digits and '-', 63 at most, " +
            'got ["EU"]; rename the branches',
        ].join("\n"),
      );
    });

    it("refuses more than 100 records of a name", () => {
      const branches = Object.fromEntries(
        Array.from({ length: 101 }, (_, number) => [`n${number}`, { weight: 1, to: "eu-west-1" }]),
      );

      expect(refuse({ endpoints: endpointsIn("eu-west-1"), policy: { kind: "weighted", branches } })).toBe(
        "test/Web: 'policy.branches' must hold at most 100 branches under weighted routing, got 101; " +
          "group some under policies of their own",
      );
    });

    it("refuses a plain value without a check", () => {
      const endpoints = { "eu-west-1": { target: address("eu-west-1", "192.0.2.1") } };

      expect(refuse({ endpoints })).toBe(
        "test/Web: 'endpoints.eu-west-1.healthCheck' must be given for a target that cannot report its own health, " +
          "got nothing; " +
          "add a check: without one Route 53 always considers the endpoint healthy, and the whole branch with it",
      );
    });

    it("refuses a plain value behind a simple policy below a branch, which cannot have a check", () => {
      const endpoints = {
        "eu-west-1": { target: address("eu-west-1", "192.0.2.1"), healthCheck: check("eu-west-1") },
        "eu-central-1": { target: address("eu-central-1", "192.0.2.2"), healthCheck: check("eu-central-1") },
      };
      const secondary: RoutingPolicy = { kind: "simple", to: "eu-central-1" };

      expect(refuse({ endpoints, policy: { kind: "failover", primary: "eu-west-1", secondary } })).toBe(
        "test/Web: 'policy' must lead to endpoints that cannot report their own health without a simple policy between, " +
          'got ["eu-central-1"]; ' +
          "name the endpoint as the branch's target: a simple record carries no health check",
      );
    });

    it("evaluates the health of what an alias leads to, at every level of a tree", () => {
      const policy: RoutingPolicy = {
        kind: "latency",
        branches: {
          europe: {
            region: "eu-west-1",
            to: { kind: "failover", primary: "eu-west-1", secondary: "eu-central-1" },
          },
          america: {
            region: "us-east-1",
            to: { kind: "weighted", branches: { "us-east-1": { weight: 1 }, "us-west-2": { weight: 1 } } },
          },
        },
      };
      const endpoints = endpointsIn("eu-west-1", "eu-central-1", "us-east-1", "us-west-2");
      const records = Object.values(
        resourcesOf(stackWith({ policy, endpoints }).stack, "aws_route53_record"),
      );

      expect(records).toHaveLength(6);
      for (const record of records) {
        expect(record.alias).toMatchObject({ evaluate_target_health: true });
      }
    });

    it("goes by the check alone where a target's health is that of others too", () => {
      const { value } = alias("eu-west-1");
      const target = { region: "eu-west-1", value: { ...value, sharesHealth: true } };
      const shared = { "eu-west-1": { target, healthCheck: check("eu-west-1") } };

      expect(recordAt({ endpoints: shared }, "eu-west-1/A")).toMatchObject({
        alias: { evaluate_target_health: false },
        health_check_id: checkIn("eu-west-1", "33FCCBC0"),
      });
      expect(refuse({ endpoints: { "eu-west-1": { target } } })).toBe(
        "test/Web: 'endpoints.eu-west-1.healthCheck' must be given for a target that cannot report its own health, " +
          "got nothing; " +
          "add a check: without one Route 53 always considers the endpoint healthy, and the whole branch with it",
      );
    });

    it("refuses a CloudFront distribution without a check", () => {
      const { value } = alias("us-east-1");
      const target = { region: "us-east-1", value: { ...value, hostedZoneId: "Z2FDTNDATAQYW2" } };

      expect(refuse({ endpoints: { "us-east-1": { target } } })).toBe(
        "test/Web: 'endpoints.us-east-1.healthCheck' must be given for a target that cannot report its own health, " +
          "got nothing; " +
          "add a check: without one Route 53 always considers the endpoint healthy, and the whole branch with it",
      );
    });

    it("takes a check that says the routed name to an address of the endpoint", () => {
      const asked = {
        ...check("eu-west-1"),
        fullyQualifiedDomainName: "web.example.com",
        ipAddress: "192.0.2.1",
      } as HealthCheckDefinition;
      const { stack } = stackWith({
        endpoints: { "eu-west-1": { target: alias("eu-west-1"), healthCheck: asked } },
      });

      expect(resourceAt(stack, "aws_route53_health_check")).toMatchObject({
        fqdn: "web.example.com",
        ip_address: "192.0.2.1",
      });
    });

    it("refuses a check that asks the routed name itself, at any depth", () => {
      const asked = {
        ...check("eu-west-1"),
        fullyQualifiedDomainName: "web.example.com",
      } as HealthCheckDefinition;
      const healthCheck: HealthCheckDefinition = {
        kind: "calculated",
        healthyThreshold: 1,
        children: { asked },
      };

      expect(refuse({ endpoints: { "eu-west-1": { target: alias("eu-west-1"), healthCheck } } })).toBe(
        "test/Web: 'endpoints.eu-west-1.healthCheck.fullyQualifiedDomainName' must be a name that leads to this " +
          'endpoint alone, got "web.example.com"; ' +
          "check a regional name: the routed one answers with whichever endpoint is healthy",
      );
    });

    it("refuses a bad check by the path of its property", () => {
      const healthCheck: HealthCheckDefinition = { kind: "alarm", alarmName: "", alarmRegion: "eu-west-1" };

      expect(refuse({ endpoints: { "eu-west-1": { target: alias("eu-west-1"), healthCheck } } })).toBe(
        "test/Web: 'endpoints.eu-west-1.healthCheck.alarmName' must have 1 to 255 characters, got \"\"; " +
          "name an alarm of the same account",
      );
    });

    it("accepts an RTO that probes and caching meet exactly", () => {
      expect(refusal(() => stackWith({ rtoSeconds: 155 }))).toBe(
        ["eu-west-1", "eu-central-1"]
          .map(
            (region) =>
              `test/Web: 'endpoints.${region}.healthCheck' must turn users away from a dead endpoint within ` +
              "'rtoSeconds', 155, got \"96 s to notice + 60 s of caching = 156 s\"; " +
              "probe more often, lower the TTL of plain values, allow more time, or use an accelerator",
          )
          .join("\n"),
      );
      expect(() => stackWith({ rtoSeconds: 156 })).not.toThrow();
    });

    it("refuses a TTL that breaks the RTO", () => {
      const target = {
        region: "eu-west-1",
        value: { kind: "values", values: ["192.0.2.1"], ttlSeconds: 300 } as const,
      };
      const { timing } = check("eu-west-1") as Extract<HealthCheckDefinition, { kind: "https" }>;
      const healthCheck: HealthCheckDefinition = {
        kind: "calculated",
        healthyThreshold: 1,
        children: {
          tcp: { kind: "tcp", fullyQualifiedDomainName: "a.example.com", port: 1, timing },
          alarm: { kind: "alarm", alarmName: "a", alarmRegion: "eu-west-1" },
        },
      };

      expect(refuse({ rtoSeconds: 156, endpoints: { "eu-west-1": { target, healthCheck } } })).toBe(
        "test/Web: 'endpoints.eu-west-1.healthCheck' must turn users away from a dead endpoint within 'rtoSeconds', " +
          '156, got "100 s to notice + 300 s of caching = 400 s"; ' +
          "probe more often, lower the TTL of plain values, allow more time, or use an accelerator",
      );
    });

    it("does not hold an alarm's own time against the RTO", () => {
      const healthCheck: HealthCheckDefinition = { kind: "alarm", alarmName: "a", alarmRegion: "eu-west-1" };
      const endpoints = { "eu-west-1": { target: alias("eu-west-1"), healthCheck } };

      expect(() => stackWith({ rtoSeconds: 60, endpoints })).not.toThrow();
    });

    it("refuses host names beside aliases, and at the top of the zone", () => {
      const healthCheck = check("eu-west-1");
      const name = { target: address("eu-west-1", "a.example.org"), healthCheck };

      expect(refuse({ endpoints: { ...endpointsIn("eu-central-1"), "eu-west-1": name } })).toBe(
        "test/Web: 'endpoints' must all answer with records of the same types, " +
          'got {"eu-central-1":"A","eu-west-1":"CNAME"}; ' +
          "use aliases and addresses together, never host names beside them, and give all endpoints IPv6 or none",
      );
      expect(refuse({ recordName: "example.com", endpoints: { "eu-west-1": name } })).toBe(
        "test/Web: 'recordName' must be a name below the zone's where endpoints are host names, got \"example.com\"; " +
          "add a label, or use alias targets: the top of a zone holds no CNAME",
      );
    });

    it("refuses endpoints without a value or with several host names", () => {
      const healthCheck = check("eu-west-1");
      const several = { target: address("eu-west-1", "a.example.org", "b.example.org"), healthCheck };

      expect(refuse({ endpoints: { "eu-west-1": { target: address("eu-west-1"), healthCheck } } })).toBe(
        "test/Web: 'endpoints.eu-west-1.target.value' must hold at least one value, got []; name an address",
      );
      expect(refuse({ endpoints: { "eu-west-1": several } })).toBe(
        "test/Web: 'endpoints.eu-west-1.target.value' must be one name, or addresses only, " +
          'got ["a.example.org","b.example.org"]; remove the other values: a CNAME stands alone',
      );
    });

    it("refuses a name outside of the zone", () => {
      expect(refuse({ recordName: "web.example.org" })).toBe(
        'test/Web: \'recordName\' must end in the zone\'s name, "example.com", got "web.example.org"; ' +
          "change the name, or pass the zone that holds it",
      );
    });

    it("refuses a name that a construct of another stack writes already", () => {
      const app = new App();
      const second = new TerraformStack(app, "second");
      new DnsRouting(new TerraformStack(app, "first"), "Web", required);

      expect(refusal(() => new DnsRouting(second, "Web", required))).toBe(
        "second/Web: 'recordName' must be a name whose A records no other construct writes, got \"web.example.com\"; " +
          "change it, or merge with first/Web: records of one name and type share one policy",
      );
    });

    it("refuses a name that another construct writes already", () => {
      const stack = emptyStack();
      new RegionalRecord(stack, "Regional", {
        zone,
        recordName: "web.example.com",
        target: alias("eu-west-1"),
      });

      expect(refusal(() => new DnsRouting(stack, "Web", required))).toBe(
        "test/Web: 'recordName' must be a name whose A records no other construct writes, got \"web.example.com\"; " +
          "change it, or merge with test/Regional: records of one name and type share one policy",
      );
    });
  });
});
