import { readdirSync } from "node:fs";
import { dirname, join } from "node:path";

import {
  type Action,
  changedAttributes,
  classify,
  type JsonObject,
  statefulTypes,
} from "../../../analysis/change";

function findings(type: string, action: Action, before: JsonObject, after: JsonObject) {
  const attributes = action === "destroy" ? [] : changedAttributes(before, after, { emptyIsAbsent: false });
  const { risk, findings: found } = classify({
    address: `${type}.X`,
    type,
    action,
    attributes,
    before,
    after,
  });
  return [risk, ...found.map(({ summary }) => summary)];
}

const policy = (...statements: JsonObject[]) =>
  JSON.stringify({ Version: "2012-10-17", Statement: statements });

describe("The risk of losing data", () => {
  it.each<[string, Action, string[]]>([
    ["aws_s3_bucket", "destroy", ["data", "holds objects"]],
    ["aws_rds_cluster", "replace", ["data", "holds a database; the new one starts empty"]],
    [
      "aws_route53_zone",
      "forget",
      [
        "data",
        "holds a zone's records and its name servers, which the parent zone points at; it stays behind unmanaged",
      ],
    ],
    ["aws_iam_role", "destroy", ["destructive"]],
    ["constructor", "destroy", ["destructive"]],
    [
      "aws_globalaccelerator_custom_routing_accelerator",
      "destroy",
      [
        "data",
        "holds anycast addresses that cannot be recovered",
        "takes away globalaccelerator custom routing accelerator",
      ],
    ],
    [
      "aws_route53_key_signing_key",
      "replace",
      [
        "data",
        "holds a key that the parent zone's DS record names, without which the zone is bogus; the new one starts empty",
      ],
    ],
  ])("of %s, %s", (type, action, expected) => {
    expect(findings(type, action, {}, {})).toEqual(expected);
  });

  it("of a table is there, too, when one of its replicas goes", () => {
    const replicas = (...regions: string[]): JsonObject => ({
      replica: regions.map((region) => ({ region_name: region })),
    });

    expect(
      findings("aws_dynamodb_table", "update", replicas("eu-west-1", "us-east-1"), replicas("us-east-1")),
    ).toEqual(["data", "removes the table's replica in eu-west-1 with its items"]);
    expect(findings("aws_dynamodb_table", "update", replicas("us-east-1"), replicas("us-east-1"))).toEqual([
      "change",
    ]);
  });

  it("is known of types that the provider has", () => {
    const provider = dirname(require.resolve("@cdktf/provider-aws/package.json"));
    const known = readdirSync(join(provider, "lib")).map((name) => `aws_${name.replaceAll("-", "_")}`);
    // Version 6 of the provider dropped it.
    const gone = ["aws_simpledb_domain"];

    expect(Object.keys(statefulTypes).filter((type) => !known.includes(type))).toEqual(gone);
  });
});

describe("A guard that is a resource of its own", () => {
  it.each([
    ["aws_s3_bucket_public_access_block", "lets the bucket be public"],
    ["aws_s3_bucket_versioning", "switches versioning off"],
    ["aws_wafv2_web_acl_association", "lets requests through that the firewall blocked"],
    ["aws_route53_hosted_zone_dnssec", "no longer signs the zone"],
  ])("is missed when it goes: %s", (type, sentence) => {
    expect(findings(type, "destroy", {}, {}).slice(0, 2)).toEqual(["protection", sentence]);
    expect(findings(type, "create", {}, {})).toEqual(["change"]);
  });

  it.each(["aws_iam_role_policy", "aws_s3_bucket_policy"])("is a policy that denies: %s", (type) => {
    const before = {
      policy: policy(
        { Effect: "Deny", Action: "s3:*", Resource: "*", Principal: "*" },
        { Effect: "Allow", Action: "s3:GetObject", Resource: "*", Principal: "*" },
      ),
    };

    expect(findings(type, "destroy", before, {})).toEqual(["access", "no longer denies s3:* on * to *"]);
    expect(findings(type, "destroy", { policy: policy() }, {})).toEqual(["destructive"]);
  });
});

describe("Protection", () => {
  it.each<[string, JsonObject, JsonObject, string]>([
    [
      "aws_lb",
      { enable_deletion_protection: true },
      { enable_deletion_protection: false },
      "switches deletion protection off (enable_deletion_protection)",
    ],
    [
      "aws_cognito_user_pool",
      { deletion_protection: "ACTIVE" },
      { deletion_protection: "INACTIVE" },
      "switches deletion protection off (deletion_protection)",
    ],
    [
      "aws_route53_resolver_firewall_rule_group_association",
      { mutation_protection: "ENABLED" },
      { mutation_protection: "DISABLED" },
      "lets it be changed and removed (mutation_protection)",
    ],
    [
      "aws_route53_resolver_firewall_config",
      { firewall_fail_open: "DISABLED" },
      { firewall_fail_open: "ENABLED" },
      "resolves names unchecked while DNS Firewall does not answer (firewall_fail_open)",
    ],
    [
      "aws_s3_bucket",
      { lifecycle: { prevent_destroy: true } },
      {},
      "lets Terraform destroy it (prevent_destroy) (lifecycle.prevent_destroy)",
    ],
    [
      "aws_ecr_repository",
      { force_delete: false },
      { force_delete: true },
      "lets it be destroyed with everything in it (force_delete)",
    ],
    [
      "aws_db_instance",
      { backup_retention_period: 14 },
      { backup_retention_period: 1 },
      "keeps backups for a shorter time (backup_retention_period)",
    ],
    [
      "aws_s3_bucket_versioning",
      { versioning_configuration: [{ status: "Enabled" }] },
      { versioning_configuration: [{ status: "Suspended" }] },
      "switches versioning off (versioning_configuration[0].status)",
    ],
  ])("of %s is seen to go: %j to %j", (type, before, after, summary) => {
    expect(findings(type, "update", before, after)).toEqual(["protection", summary]);
  });

  it("that comes, or was never there, is no risk", () => {
    expect(
      findings(
        "aws_lb",
        "update",
        { enable_deletion_protection: false },
        { enable_deletion_protection: true },
      ),
    ).toEqual(["change"]);
    expect(findings("aws_ebs_snapshot_copy", "update", { encrypted: false }, {})).toEqual(["change"]);
  });
});

describe("Permissions", () => {
  const read = { Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::a/*" };

  it.each<[string, string, string, string[]]>([
    [
      "another action",
      policy(read),
      policy({ ...read, Action: ["s3:GetObject", "s3:PutObject"] }),
      ["allows s3:PutObject on arn:aws:s3:::a/*"],
    ],
    ["a wider resource", policy(read), policy({ ...read, Resource: "*" }), ["allows s3:GetObject on *"]],
    [
      "a condition that is gone",
      policy({ ...read, Condition: { Bool: { "aws:SecureTransport": "true" } } }),
      policy(read),
      ["allows s3:GetObject on arn:aws:s3:::a/*"],
    ],
    [
      "a denial that is gone",
      policy(read, { Effect: "Deny", Action: "s3:*", Resource: "*" }),
      policy(read),
      ["no longer denies s3:* on *"],
    ],
    [
      "everybody",
      policy({ ...read, Principal: { AWS: "arn:aws:iam::1:root" } }),
      policy({ ...read, Principal: "*" }),
      ["allows s3:GetObject on arn:aws:s3:::a/* to *"],
    ],
    [
      "all but something",
      policy(read),
      policy({ Effect: "Allow", NotAction: "iam:*", Resource: "*" }),
      ["allows all but iam:* on *"],
    ],
  ])("widen by %s", (_what, before, after, expected) => {
    expect(findings("aws_iam_policy", "update", { policy: before }, { policy: after })).toEqual([
      "access",
      ...expected,
    ]);
  });

  it.each([
    ["fewer actions", policy({ ...read, Action: "s3:*" }), policy(read)],
    [
      "an action in other case",
      policy({ ...read, Action: "S3:getobject" }),
      policy({ ...read, Resource: ["arn:aws:s3:::a/b"] }),
    ],
    ["one question mark", policy({ ...read, Action: "s3:Get?bject" }), policy({ ...read, Sid: "New" })],
  ])("do not widen by %s", (_what, before, after) => {
    expect(findings("aws_iam_policy", "update", { policy: before }, { policy: after })).toEqual(["change"]);
  });

  it("are compared across a star only by a star", () => {
    const [before, after] = [policy({ ...read, Action: "s3:Get?" }), policy({ ...read, Action: "s3:Get*" })];
    expect(findings("aws_iam_policy", "update", { policy: before }, { policy: after })[0]).toBe("access");
  });

  it("of a new policy are named where they are broad", () => {
    const broad = policy({ Effect: "Allow", Action: ["iam:PassRole", "s3:GetObject"], Resource: "*" });
    expect(findings("aws_iam_policy", "create", {}, { policy: broad })).toEqual([
      "access",
      "allows iam:PassRole, s3:GetObject on *",
    ]);
    expect(findings("aws_iam_policy", "create", {}, { policy: policy(read) })).toEqual(["change"]);
  });

  it("of an administrator are named when they are attached", () => {
    const after = { role: "r", policy_arn: "arn:aws:iam::aws:policy/AdministratorAccess" };
    expect(findings("aws_iam_role_policy_attachment", "create", {}, after)).toEqual([
      "access",
      "attaches arn:aws:iam::aws:policy/AdministratorAccess",
    ]);
  });

  it("are bounded no more when the boundary goes", () => {
    const before = { permissions_boundary: "arn:aws:iam::1:policy/b" };
    expect(findings("aws_iam_role", "update", before, {})).toEqual([
      "access",
      "removes the permissions boundary",
    ]);
  });
});

describe("Traffic", () => {
  const rule = { ip_protocol: "tcp", from_port: 443, to_port: 443, cidr_ipv4: "10.0.0.0/16" };

  it.each<[JsonObject, string[]]>([
    [{ ...rule, cidr_ipv4: "10.0.0.0/8" }, ["network", "opens tcp 443 from 10.0.0.0/8"]],
    [{ ...rule, to_port: 8443 }, ["network", "opens tcp 443 to 8443 from 10.0.0.0/16"]],
    [{ ...rule, ip_protocol: "-1" }, ["network", "opens every protocol from 10.0.0.0/16"]],
    [{ ...rule, cidr_ipv4: "10.0.1.0/24" }, ["change"]],
    [
      { ...rule, cidr_ipv4: undefined, cidr_ipv6: "::/0" },
      ["network", "opens tcp 443 from the whole internet (::/0)"],
    ],
  ])("is let in by %j", (after, expected) => {
    expect(findings("aws_vpc_security_group_ingress_rule", "update", rule, after)).toEqual(expected);
  });

  it("is admitted by what was private and no longer is", () => {
    expect(
      findings("aws_db_instance", "update", { publicly_accessible: false }, { publicly_accessible: true }),
    ).toEqual(["network", "is reachable from the internet (publicly_accessible)"]);
    expect(
      findings(
        "aws_s3_bucket_public_access_block",
        "update",
        { block_public_policy: true },
        { block_public_policy: false },
      ),
    ).toEqual(["network", "accepts public bucket policies (block_public_policy)"]);
  });

  it("is let in by a network ACL that no longer denies", () => {
    const before = { rule_action: "deny", cidr_block: "203.0.113.0/24", protocol: "-1" };
    expect(findings("aws_network_acl_rule", "destroy", before, {})).toEqual([
      "network",
      "no longer denies 203.0.113.0/24",
    ]);
  });
});

describe("Routing, health and capacity", () => {
  it.each<[string, JsonObject, JsonObject, string]>([
    [
      "aws_ecs_service",
      { desired_count: 4 },
      { desired_count: 2 },
      "changes capacity: desired_count 4 to 2 (shrinks)",
    ],
    ["aws_ecs_task_definition", { cpu: "256" }, { cpu: "512" }, "changes size: cpu 256 to 512 (grows)"],
    [
      "aws_lb_target_group",
      { health_check: [{ path: "/" }] },
      { health_check: [{ path: "/health" }] },
      "changes health check: health_check[0].path",
    ],
    [
      "aws_route53_record",
      { records: ["1.2.3.4"] },
      { records: ["1.2.3.5"] },
      "changes DNS answer: records[0], records[0]",
    ],
    [
      "aws_wafv2_web_acl",
      { default_action: { block: {} } },
      { default_action: { allow: {} } },
      "changes firewall: default_action.allow, default_action.block",
    ],
  ])("of %s are named", (type, before, after, summary) => {
    expect(findings(type, "update", before, after)).toEqual(["routing", summary]);
  });

  it("of what is destroyed are named", () => {
    expect(findings("aws_route53_health_check", "destroy", {}, {})).toEqual([
      "routing",
      "takes away route53 health check",
    ]);
  });
});

describe("Tags", () => {
  it("alone are a risk of their own", () => {
    expect(
      findings("aws_vpc", "update", { tags: { A: "1" } }, { tags: { A: "2" }, tags_all: { A: "2" } }),
    ).toEqual(["tags"]);
    expect(
      findings("aws_vpc", "update", { tags: { A: "1" }, tagsy: 1 }, { tags: { A: "2" }, tagsy: 2 }),
    ).toEqual(["change"]);
  });
});

describe("Attributes", () => {
  it.each<[string, unknown, unknown, unknown]>([
    ["nothing turned into another nothing", { a: null, b: "", c: [] }, { a: "", b: [], c: {} }, []],
    ["a set in another order", { subnet_ids: ["a", "b"] }, { subnet_ids: ["b", "a"] }, []],
    [
      "a list in another order",
      { command: ["a", "b"] },
      { command: ["b", "a"] },
      [{ path: "command", before: ["a", "b"], after: ["b", "a"] }],
    ],
    [
      "one element of many",
      { rule: [{ n: 1 }, { n: 2 }, { n: 3 }] },
      { rule: [{ n: 1 }, { n: 3 }, { n: 4 }] },
      [{ path: "rule[2].n", before: 2, after: 4 }],
    ],
    [
      "JSON in a string",
      { body: '{"a":1,"b":2}' },
      { body: '{"b": 3, "a": 1}' },
      [{ path: "body.b", before: 2, after: 3 }],
    ],
    [
      "a key that is no word",
      { m: { "a b": 1 } },
      { m: { "a b": 2 } },
      [{ path: 'm["a b"]', before: 1, after: 2 }],
    ],
  ])("that differ: %s", (_what, before, after, expected) => {
    expect(changedAttributes(before, after)).toEqual(expected);
  });

  it("that are not known yet are said to be", () => {
    expect(changedAttributes({ arn: "a" }, {}, { unknown: { arn: true, list: [{ id: true }] } })).toEqual([
      { path: "arn", before: "a", unknown: true },
      { path: "list[0].id", unknown: true },
    ]);
  });
});

describe("A change that opens, mutes or shortens something", () => {
  const rule = (days: number) => ({ rule: [{ id: "logs", status: "Enabled", expiration: [{ days }] }] });

  it.each<[string, Action, JsonObject, JsonObject, string[]]>([
    [
      "aws_ec2_managed_prefix_list",
      "update",
      { entry: [{ cidr: "10.0.0.0/8" }] },
      { entry: [{ cidr: "10.0.0.0/8" }, { cidr: "0.0.0.0/0" }] },
      ["network", "opens every protocol from the whole internet (0.0.0.0/0)"],
    ],
    [
      "aws_lambda_function_url",
      "create",
      {},
      { authorization_type: "NONE" },
      ["network", "lets everybody on the internet call the function (authorization_type NONE)"],
    ],
    [
      "aws_route",
      "create",
      {},
      { destination_cidr_block: "0.0.0.0/0", gateway_id: "igw-1" },
      ["network", "routes 0.0.0.0/0 to an internet gateway"],
    ],
    [
      "aws_route_table",
      "update",
      { route: [{ cidr_block: "10.0.0.0/8", gateway_id: "local" }] },
      { route: [{ cidr_block: "::/0", gateway_id: "${aws_internet_gateway.Main.id}" }] },
      [
        "network",
        "routes ::/0 to an internet gateway",
        "changes network route: route[0].cidr_block, route[0].gateway_id",
      ],
    ],
    [
      "aws_eks_cluster",
      "update",
      { vpc_config: [{ endpoint_public_access: true, public_access_cidrs: ["192.0.2.0/24"] }] },
      { vpc_config: [{ endpoint_public_access: true, public_access_cidrs: ["0.0.0.0/0"] }] },
      ["network", "opens tcp 443 from the whole internet (0.0.0.0/0)"],
    ],
    [
      "aws_lb_listener",
      "update",
      { ssl_policy: "ELBSecurityPolicy-TLS13-1-2-2021-06" },
      { ssl_policy: "ELBSecurityPolicy-2016-08" },
      ["protection", "accepts older versions of TLS (ssl_policy)"],
    ],
    [
      "aws_cloudfront_distribution",
      "update",
      { viewer_certificate: [{ minimum_protocol_version: "TLSv1.2_2021" }] },
      { viewer_certificate: [{ minimum_protocol_version: "TLSv1_2016" }] },
      [
        "protection",
        "accepts older versions of TLS (viewer_certificate[0].minimum_protocol_version)",
        "changes distribution routing: viewer_certificate[0].minimum_protocol_version",
      ],
    ],
    [
      "aws_cloudtrail",
      "update",
      { enable_logging: true },
      { enable_logging: false },
      ["protection", "stops the audit trail (enable_logging)"],
    ],
    [
      "aws_launch_template",
      "update",
      { metadata_options: [{ http_tokens: "required" }] },
      { metadata_options: [{ http_tokens: "optional" }] },
      [
        "protection",
        "answers requests for credentials without a session token (IMDSv1) (metadata_options[0].http_tokens)",
      ],
    ],
    [
      "aws_cloudwatch_metric_alarm",
      "update",
      { actions_enabled: true },
      { actions_enabled: false },
      ["protection", "mutes the alarm (actions_enabled)"],
    ],
    ["aws_cloudwatch_metric_alarm", "destroy", {}, {}, ["protection", "no longer goes off"]],
    [
      "aws_s3_bucket_lifecycle_configuration",
      "update",
      rule(3650),
      rule(1),
      ["data", "deletes objects after 1 day, not 3650 (logs)"],
    ],
    ["aws_s3_bucket_lifecycle_configuration", "update", rule(1), rule(3650), ["change"]],
    [
      "aws_dynamodb_table",
      "update",
      { ttl: [{ enabled: false }] },
      { ttl: [{ enabled: true, attribute_name: "until" }] },
      ["data", "deletes items by itself from now on (ttl)"],
    ],
    [
      "aws_ram_principal_association",
      "create",
      {},
      { principal: "999999999999" },
      ["access", "shares resources with 999999999999"],
    ],
    [
      "aws_iam_access_key",
      "create",
      {},
      { user: "ci" },
      ["access", "gives ci an access key, which does not expire"],
    ],
  ])("of %s, %s, is reported: %j to %j", (type, action, before, after, expected) => {
    expect(findings(type, action, before, after)).toEqual(expected);
  });

  it.each([
    ["ELBSecurityPolicy-TLS13-1-2-2021-06", "ELBSecurityPolicy-TLS13-1-3-2021-06"],
    ["ELBSecurityPolicy-TLS13-1-2-2021-06", "ELBSecurityPolicy-TLS13-1-2-Res-2021-06"],
    ["ELBSecurityPolicy-2016-08", "ELBSecurityPolicy-TLS-1-2-2017-01"],
  ])("is not reported where TLS becomes no older: %s to %s", (before, after) => {
    expect(findings("aws_lb_listener", "update", { ssl_policy: before }, { ssl_policy: after })).toEqual([
      "change",
    ]);
  });
});

describe("Nested blocks", () => {
  const rules = (...names: string[]) => names.map((name, index) => ({ name, priority: index }));

  it("are the same by their name, so that a new one is one change", () => {
    const before = rules("b", "c", "d").map((rule) => ({ ...rule, priority: rule.priority + 1 }));
    expect(changedAttributes({ rule: before }, { rule: rules("a", "b", "c", "d") })).toEqual([
      { path: "rule[0]", after: { name: "a", priority: 0 } },
    ]);
  });

  it("are the same by their name where some of it is known only after the apply", () => {
    const after = [{ name: "a" }, { name: "b", priority: 0 }];
    expect(
      changedAttributes({ rule: rules("b") }, { rule: after }, { unknown: { rule: [{ arn: true }, {}] } }),
    ).toEqual([{ path: "rule[0]", after: { name: "a" } }]);
  });

  it("without a name in common are compared in their order", () => {
    expect(changedAttributes({ rule: [{ name: "a", x: 1 }] }, { rule: [{ name: "b", x: 1 }] })).toEqual([
      { path: "rule[0].name", before: "a", after: "b" },
    ]);
  });
});
