import type { TerraformStack } from "cdktf";

import { validate } from "../../../modules/parts";
import { activeCidrBlocks, Firewall, type FirewallProps, parseBlockList } from "../../../modules/firewall";
import { sizeRules } from "../../../modules/firewall/firewall-rules";
import { type Block, emptyStack, refusal, resourceAt, resourcesOf, treeOf } from "../../support/synth";

const required: FirewallProps = {
  name: "prod-eu-west-1",
  account: "111122223333",
  region: "eu-west-1",
  scope: "REGIONAL",
};
const cloudfront: Partial<FirewallProps> = { scope: "CLOUDFRONT", region: "us-east-1", name: "prod-edge" };

function stackWith(props: Partial<FirewallProps> = {}): TerraformStack {
  const stack = emptyStack();
  new Firewall(stack, "Firewall", { ...required, ...props });
  return stack;
}

function firewallWith(props: Partial<FirewallProps> = {}): Firewall {
  return new Firewall(emptyStack(), "Firewall", { ...required, ...props });
}

function webAcl(props: Partial<FirewallProps> = {}): Block {
  return resourceAt(stackWith(props), "aws_wafv2_web_acl");
}

/** A rule of the web ACL without its metrics. */
function ruleOf(name: string, props: Partial<FirewallProps> = {}): Block {
  const rule = (webAcl(props).rule as Block[]).find((candidate) => candidate.name === name);
  expect(rule?.visibility_config).toEqual({
    cloudwatch_metrics_enabled: true,
    metric_name: name,
    sampled_requests_enabled: false,
  });
  return Object.fromEntries(Object.entries(rule ?? {}).filter(([key]) => key !== "visibility_config"));
}

function refused(props: Partial<FirewallProps>): string {
  return refusal(() => stackWith(props));
}

const visibility = (metricName: string): Block => ({
  cloudwatch_metrics_enabled: true,
  metric_name: metricName,
  sampled_requests_enabled: false,
});

const managed = (name: string, priority: number): Block => ({
  name,
  priority,
  override_action: { none: {} },
  statement: { managed_rule_group_statement: { name, vendor_name: "AWS" } },
  visibility_config: visibility(name),
});

describe("Firewall", () => {
  it("blocks the list, floods, bad reputations and known attacks, and lets everyone else in", () => {
    expect(webAcl()).toEqual({
      name: "prod-eu-west-1",
      description: "Firewall prod-eu-west-1",
      scope: "REGIONAL",
      default_action: { allow: {} },
      rule: [
        {
          name: "block-list",
          priority: 20,
          action: { block: {} },
          statement: {
            or_statement: {
              statement: [
                {
                  ip_set_reference_statement: {
                    arn: "${aws_wafv2_ip_set.Firewall_BlockList_Ipv4-1_F10142D0.arn}",
                  },
                },
                {
                  ip_set_reference_statement: {
                    arn: "${aws_wafv2_ip_set.Firewall_BlockList_Ipv6-1_7C5F6BD1.arn}",
                  },
                },
              ],
            },
          },
          visibility_config: visibility("block-list"),
        },
        {
          name: "rate-limit-per-address",
          priority: 100,
          action: { block: { custom_response: { response_code: 429 } } },
          statement: {
            rate_based_statement: { aggregate_key_type: "IP", evaluation_window_sec: 300, limit: 2000 },
          },
          visibility_config: visibility("rate-limit-per-address"),
        },
        managed("AWSManagedRulesAmazonIpReputationList", 200),
        managed("AWSManagedRulesKnownBadInputsRuleSet", 201),
        managed("AWSManagedRulesCommonRuleSet", 202),
      ],
      visibility_config: visibility("prod-eu-west-1"),
    });
  });

  it("keeps its construct ids, which are addresses in the state", () => {
    const stack = emptyStack();
    const firewall = new Firewall(stack, "Firewall", { ...required, allowList: [] });
    firewall.associate(
      "LoadBalancer",
      "arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/app/a/1",
    );

    expect(treeOf(firewall)).toEqual([
      "test/Firewall",
      "test/Firewall/AllowList",
      "test/Firewall/AllowList/Ipv4-1",
      "test/Firewall/AllowList/Ipv6-1",
      "test/Firewall/BlockList",
      "test/Firewall/BlockList/Ipv4-1",
      "test/Firewall/BlockList/Ipv6-1",
      "test/Firewall/Resource",
      "test/Firewall/Log",
      "test/Firewall/Log/LogGroup",
      "test/Firewall/Log/Policy",
      "test/Firewall/Log/Resource",
      "test/Firewall/LoadBalancer",
    ]);
  });

  it("protects a resource of its region", () => {
    const stack = emptyStack();
    new Firewall(stack, "Firewall", required).associate("LoadBalancer", "arn:of-a-load-balancer");

    expect(resourceAt(stack, "aws_wafv2_web_acl_association", "Firewall/LoadBalancer")).toEqual({
      resource_arn: "arn:of-a-load-balancer",
      web_acl_arn: "${aws_wafv2_web_acl.Firewall_E7948B04.arn}",
    });
  });

  it("refuses to associate a firewall of CloudFront", () => {
    expect(refusal(() => firewallWith(cloudfront).associate("Distribution", "arn:of-a-distribution"))).toBe(
      "test/Firewall: 'scope' must be REGIONAL to be associated with a resource, got \"CLOUDFRONT\"; name webAclArn in the settings of the distribution",
    );
  });

  it("represents a web ACL that already exists", () => {
    expect(Firewall.fromWebAclArn("arn:of-a-web-acl")).toEqual({ webAclArn: "arn:of-a-web-acl" });
  });
});

describe("a firewall's lists", () => {
  const list = parseBlockList(
    "203.0.113.0/25\n203.0.113.128/25\n198.51.100.7\n2001:db8:bad::/48\n",
    "blocklist.txt",
  );
  const blockList = activeCidrBlocks(list);

  it("hold the shortest set of blocks that covers the same addresses", () => {
    const stack = stackWith({ blockList });

    expect(resourceAt(stack, "aws_wafv2_ip_set", "Firewall/BlockList/Ipv4-1")).toEqual({
      name: "prod-eu-west-1-blocked-ipv4-1",
      description: "Addresses that prod-eu-west-1 has blocked",
      scope: "REGIONAL",
      ip_address_version: "IPV4",
      addresses: ["198.51.100.7/32", "203.0.113.0/24"],
      lifecycle: { create_before_destroy: true },
    });
    expect(resourceAt(stack, "aws_wafv2_ip_set", "Firewall/BlockList/Ipv6-1")).toMatchObject({
      ip_address_version: "IPV6",
      addresses: ["2001:db8:bad::/48"],
    });
  });

  it("are the same in every region and in front of CloudFront", () => {
    const setsOf = (props: Partial<FirewallProps>): unknown[] =>
      Object.entries(resourcesOf(stackWith({ ...props, blockList }), "aws_wafv2_ip_set")).map(([id, set]) => [
        id,
        set.ip_address_version,
        set.addresses,
      ]);

    expect(setsOf(cloudfront)).toEqual(setsOf({}));
    expect(setsOf({ region: "eu-central-1", name: "prod-eu-central-1" })).toEqual(setsOf({}));
  });

  it("are split at 10,000 blocks of one version", () => {
    const odd = Array.from(
      { length: 10_001 },
      (_, index) => `20.0.${index >> 7}.${(index & 127) * 2 + 1}/32`,
    );
    const firewall = firewallWith({ blockList: odd });
    const sizes = Object.values(resourcesOf(stackWith({ blockList: odd }), "aws_wafv2_ip_set")).map(
      ({ name, addresses }) => [name, (addresses as string[]).length],
    );

    expect(sizes).toEqual([
      ["prod-eu-west-1-blocked-ipv4-1", 10_000],
      ["prod-eu-west-1-blocked-ipv4-2", 1],
      ["prod-eu-west-1-blocked-ipv6-1", 0],
    ]);
    expect(firewall.capacityUnits).toBe(firewallWith().capacityUnits + 1);
  });

  it("let the allowed in before anyone is blocked", () => {
    const allowed = ruleOf("allow-list", { allowList: ["192.0.2.0/24"] });

    expect(allowed).toMatchObject({ name: "allow-list", priority: 10, action: { allow: {} } });
    expect(
      resourceAt(stackWith({ allowList: ["192.0.2.0/24"] }), "aws_wafv2_ip_set", "Firewall/AllowList/Ipv4-1"),
    ).toMatchObject({ name: "prod-eu-west-1-allowed-ipv4-1", addresses: ["192.0.2.0/24"] });
  });
});

describe("a firewall's country rules", () => {
  it("block the given countries", () => {
    expect(ruleOf("blocked-countries", { blockedCountries: ["KP", "AQ"] })).toEqual({
      name: "blocked-countries",
      priority: 30,
      action: { block: {} },
      statement: { geo_match_statement: { country_codes: ["AQ", "KP"] } },
    });
  });

  it("block all countries but those that are allowed", () => {
    expect(ruleOf("allowed-countries", { allowedCountries: ["IE"] })).toEqual({
      name: "allowed-countries",
      priority: 30,
      action: { block: {} },
      statement: { not_statement: { statement: [{ geo_match_statement: { country_codes: ["IE"] } }] } },
    });
  });

  it("are split at 50 countries a statement", () => {
    const letters = Array.from("ABCDEFGHIJKLMNOPQRSTUVWXYZ");
    const countries = letters
      .slice(0, 3)
      .flatMap((first) => letters.slice(0, 17).map((second) => first + second));
    const { statement } = ruleOf("allowed-countries", { allowedCountries: countries });

    expect(statement).toEqual({
      not_statement: {
        statement: [
          {
            or_statement: {
              statement: [
                { geo_match_statement: { country_codes: countries.slice(0, 50) } },
                { geo_match_statement: { country_codes: countries.slice(50) } },
              ],
            },
          },
        ],
      },
    });
  });
});

describe("a firewall's rate limits", () => {
  const statementOf = (rateLimit: Partial<NonNullable<FirewallProps["rateLimits"]>[number]>): unknown => {
    const { statement } = ruleOf("rate-limit-a", { rateLimits: [{ name: "a", limit: 100, ...rateLimit }] });
    return (statement as Block).rate_based_statement;
  };

  it("count by the address that a proxy forwards", () => {
    expect(statementOf({ aggregateBy: "forwarded-ip", windowSeconds: 60 })).toEqual({
      aggregate_key_type: "FORWARDED_IP",
      evaluation_window_sec: 60,
      limit: 100,
      forwarded_ip_config: { header_name: "X-Forwarded-For", fallback_behavior: "NO_MATCH" },
    });
    expect(
      statementOf({
        aggregateBy: [{ kind: "forwarded-ip" }, { kind: "uri-path" }],
        forwardedIp: { headerName: "CF-Connecting-IP", fallbackBehavior: "MATCH" },
      }),
    ).toMatchObject({
      custom_key: [
        { forwarded_ip: {} },
        { uri_path: { text_transformation: [{ priority: 0, type: "NONE" }] } },
      ],
      forwarded_ip_config: { header_name: "CF-Connecting-IP", fallback_behavior: "MATCH" },
    });
  });

  it("count by keys of one's own, at 30 capacity units each", () => {
    const untransformed = { text_transformation: [{ priority: 0, type: "NONE" }] };
    const aggregateBy = [
      { kind: "ip" },
      { kind: "http-method" },
      { kind: "header", name: "x-api-key" },
      { kind: "query-argument", name: "user" },
      { kind: "label-namespace", namespace: "awswaf:clientip:geo:country:" },
    ] as const;

    expect(statementOf({ aggregateBy })).toMatchObject({
      aggregate_key_type: "CUSTOM_KEYS",
      custom_key: [
        { ip: {} },
        { http_method: {} },
        { header: { name: "x-api-key", ...untransformed } },
        { query_argument: { name: "user", ...untransformed } },
        { label_namespace: { namespace: "awswaf:clientip:geo:country:" } },
      ],
    });
    expect(firewallWith({ rateLimits: [{ name: "a", limit: 100, aggregateBy }] }).capacityUnits).toBe(
      firewallWith({ rateLimits: [] }).capacityUnits + 2 + 5 * 30,
    );
  });

  it("count by how clients open TLS, alone or with other keys", () => {
    expect(statementOf({ aggregateBy: [{ kind: "ja4-fingerprint" }] })).toMatchObject({
      custom_key: [{ ja4_fingerprint: { fallback_behavior: "NO_MATCH" } }],
    });
    expect(
      statementOf({ aggregateBy: [{ kind: "ip" }, { kind: "ja3-fingerprint", fallbackBehavior: "MATCH" }] }),
    ).toMatchObject({ custom_key: [{ ip: {} }, { ja3_fingerprint: { fallback_behavior: "MATCH" } }] });
  });

  it("count some requests only, whatever disguise their path wears", () => {
    const scopeDown = {
      kind: "and",
      matches: [
        { kind: "path", position: "starts-with", value: "/login" },
        { kind: "not", match: { kind: "method", value: "GET" } },
      ],
    } as const;

    expect(statementOf({ aggregateBy: "all-requests", scopeDown })).toEqual({
      aggregate_key_type: "CONSTANT",
      evaluation_window_sec: 300,
      limit: 100,
      scope_down_statement: {
        and_statement: {
          statement: [
            {
              byte_match_statement: {
                field_to_match: { uri_path: {} },
                positional_constraint: "STARTS_WITH",
                search_string: "/login",
                text_transformation: [
                  { priority: 0, type: "URL_DECODE" },
                  { priority: 1, type: "NORMALIZE_PATH" },
                ],
              },
            },
            {
              not_statement: {
                statement: [
                  {
                    byte_match_statement: {
                      field_to_match: { method: {} },
                      positional_constraint: "EXACTLY",
                      search_string: "GET",
                      text_transformation: [{ priority: 0, type: "NONE" }],
                    },
                  },
                ],
              },
            },
          ],
        },
      },
    });
    expect(firewallWith({ rateLimits: [{ name: "a", limit: 100, scopeDown }] }).capacityUnits).toBe(
      firewallWith({ rateLimits: [] }).capacityUnits + 2 + (2 + 20) + (2 + 10),
    );
  });

  it("can count first, or ask for proof of a human", () => {
    const rateLimits = (["count", "captcha"] as const).map((action) => ({
      name: action,
      limit: 100,
      action,
    }));

    expect(ruleOf("rate-limit-count", { rateLimits }).action).toEqual({ count: {} });
    expect(ruleOf("rate-limit-captcha", { rateLimits }).action).toEqual({ captcha: {} });
  });

  it("can be left out", () => {
    expect(
      (webAcl({ rateLimits: [], managedRuleGroups: [] }).rule as Block[]).map(({ name }) => name),
    ).toEqual(["block-list"]);
  });
});

describe("a firewall's rules of one's own", () => {
  const ja3 = "e7d705a3286e19ea42f587b344ee6865";
  const ja4 = "t13d1516h2_8daaf6152771_b186095e22b6";
  const exactly = (field: Block, value: string): Block => ({
    byte_match_statement: {
      field_to_match: field,
      positional_constraint: "EXACTLY",
      search_string: value,
      text_transformation: [{ priority: 0, type: "NONE" }],
    },
  });

  it("know networks by their numbers and clients by how they open TLS", () => {
    const requestRules = [
      { name: "network", match: { kind: "asn", asns: [64496, 0] }, action: "captcha" },
      { name: "old", match: { kind: "ja3-fingerprint", fingerprint: ja3 }, action: "count" },
      { name: "new", match: { kind: "ja4-fingerprint", fingerprint: ja4, fallbackBehavior: "MATCH" } },
    ] as const;

    expect(ruleOf("rule-network", { requestRules })).toEqual({
      name: "rule-network",
      priority: 120,
      action: { captcha: {} },
      statement: { asn_match_statement: { asn_list: [64496, 0] } },
    });
    expect(ruleOf("rule-old", { requestRules })).toEqual({
      name: "rule-old",
      priority: 121,
      action: { count: {} },
      statement: exactly({ ja3_fingerprint: { fallback_behavior: "NO_MATCH" } }, ja3),
    });
    expect(ruleOf("rule-new", { requestRules })).toEqual({
      name: "rule-new",
      priority: 122,
      action: { block: {} },
      statement: exactly({ ja4_fingerprint: { fallback_behavior: "MATCH" } }, ja4),
    });
    expect(firewallWith({ requestRules }).capacityUnits).toBe(
      firewallWith().capacityUnits + 1 + 2 * (2 + 10),
    );
  });

  it("may hold matches in one another three deep", () => {
    const label = { kind: "label", key: "a" } as const;
    const asn = { kind: "asn", asns: [64496] } as const;
    const match = {
      kind: "and",
      matches: [{ kind: "not", match: { kind: "or", matches: [label, asn] } }, label],
    } as const;
    const rendered = { label_match_statement: { key: "a", scope: "LABEL" } };

    expect(ruleOf("rule-deep", { requestRules: [{ name: "deep", match }] }).statement).toEqual({
      and_statement: {
        statement: [
          {
            not_statement: {
              statement: [
                {
                  or_statement: {
                    statement: [rendered, { asn_match_statement: { asn_list: [64496] } }],
                  },
                },
              ],
            },
          },
          rendered,
        ],
      },
    });
  });

  it("can be in groups that already exist, counted first or with overrides, at the capacity that they were made with", () => {
    const arn = "arn:aws:wafv2:eu-west-1:111122223333:regional/rulegroup/own/a1b2";
    const ruleGroups = [
      { name: "own", arn, capacityUnits: 40, overrides: { Strict: "count" } },
      { name: "next", arn, capacityUnits: 2, mode: "count" },
    ] as const;

    expect(ruleOf("rule-group-own", { ruleGroups })).toEqual({
      name: "rule-group-own",
      priority: 150,
      override_action: { none: {} },
      statement: {
        rule_group_reference_statement: {
          arn,
          rule_action_override: [{ name: "Strict", action_to_use: { count: {} } }],
        },
      },
    });
    expect(ruleOf("rule-group-next", { ruleGroups })).toMatchObject({
      priority: 151,
      override_action: { count: {} },
      statement: { rule_group_reference_statement: { arn } },
    });
    expect(firewallWith({ ruleGroups }).capacityUnits).toBe(firewallWith().capacityUnits + 42);
  });
});

describe("a firewall's tokens and bodies", () => {
  it("accepts tokens of the given domains", () => {
    expect(webAcl({ tokenDomains: ["example.com", "example.org"] }).token_domains).toEqual([
      "example.com",
      "example.org",
    ]);
  });

  it("inspects as much of a body as configured, in front of a distribution or of App Runner", () => {
    const limit = { default_size_inspection_limit: "KB_32" };

    expect(webAcl({ ...cloudfront, bodyInspectionKiB: 32 }).association_config).toEqual({
      request_body: [{ cloudfront: limit }],
    });
    expect(webAcl({ bodyInspectionKiB: 32 }).association_config).toEqual({
      request_body: [{ app_runner_service: limit }],
    });
  });
});

describe("a firewall against fraud", () => {
  const atp = "AWSManagedRulesATPRuleSet";
  const acfp = "AWSManagedRulesACFPRuleSet";
  const login = {
    path: "/login",
    payloadType: "JSON",
    usernameField: "/user/name",
    passwordField: "/user/password",
  } as const;
  const signUp = {
    registrationPagePath: "/join",
    creationPath: "/api/join",
    payloadType: "FORM_ENCODED",
  } as const;
  const configurationOf = (group: NonNullable<FirewallProps["managedRuleGroups"]>[number]): unknown => {
    const { statement } = ruleOf(group.name, { ...cloudfront, managedRuleGroups: [group] });
    return (statement as { managed_rule_group_statement: Block }).managed_rule_group_statement
      .managed_rule_group_configs;
  };

  it("knows what logins look like", () => {
    expect(configurationOf({ name: atp, login })).toEqual([
      {
        aws_managed_rules_atp_rule_set: {
          login_path: "/login",
          request_inspection: {
            payload_type: "JSON",
            username_field: { identifier: "/user/name" },
            password_field: { identifier: "/user/password" },
          },
        },
      },
    ]);
    expect(firewallWith({ managedRuleGroups: [{ name: atp, login }], rateLimits: [] }).capacityUnits).toBe(
      52,
    );
  });

  it("knows what sign-ups look like", () => {
    const fields = {
      usernameField: "name",
      passwordField: "password",
      emailField: "mail",
      phoneNumberFields: ["country", "number"],
      addressFields: ["street", "town"],
    };

    expect(configurationOf({ name: acfp, signUp: { ...signUp, ...fields, regexInPath: true } })).toEqual([
      {
        aws_managed_rules_acfp_rule_set: {
          creation_path: "/api/join",
          registration_page_path: "/join",
          enable_regex_in_path: true,
          request_inspection: {
            payload_type: "FORM_ENCODED",
            username_field: { identifier: "name" },
            password_field: { identifier: "password" },
            email_field: { identifier: "mail" },
            phone_number_fields: { identifiers: ["country", "number"] },
            address_fields: { identifiers: ["street", "town"] },
          },
        },
      },
    ]);
    expect(configurationOf({ name: acfp, signUp })).toMatchObject([
      { aws_managed_rules_acfp_rule_set: { request_inspection: { payload_type: "FORM_ENCODED" } } },
    ]);
  });

  it.each([
    [
      { kind: "status-code", success: [200], failure: [401, 403] },
      { status_code: { success_codes: [200], failure_codes: [401, 403] } },
    ],
    [
      { kind: "header", name: "x-login", success: ["yes"], failure: ["no"] },
      { header: { name: "x-login", success_values: ["yes"], failure_values: ["no"] } },
    ],
    [
      { kind: "body", success: ["Welcome"], failure: ["Sorry"] },
      { body_contains: { success_strings: ["Welcome"], failure_strings: ["Sorry"] } },
    ],
    [
      { kind: "json", field: "/result", success: ["ok"], failure: ["bad"] },
      { json: { identifier: "/result", success_values: ["ok"], failure_values: ["bad"] } },
    ],
  ] as const)("looks at what the application answers to logins: %j", (response, rendered) => {
    expect(configurationOf({ name: atp, login: { ...login, response } })).toMatchObject([
      { aws_managed_rules_atp_rule_set: { response_inspection: rendered } },
    ]);
  });

  it.each([
    ["ATP that knows no login", { name: atp }],
    ["ACFP that knows a login", { name: acfp, login }],
    ["another group that knows a sign-up", { name: "AWSManagedRulesSQLiRuleSet", signUp }],
  ])("refuses %s", (_, group) => {
    expect(refused({ managedRuleGroups: [group] })).toBe(
      `test/Firewall: 'managedRuleGroups' must have a 'login' for AWSManagedRulesATPRuleSet, a 'signUp' for AWSManagedRulesACFPRuleSet, and neither for any other group, got ["${group.name}"]; describe their requests, or remove what belongs to the other group`,
    );
  });

  it("refuses to look at responses in a region", () => {
    const response = { kind: "status-code", success: [200], failure: [401] } as const;

    expect(refused({ managedRuleGroups: [{ name: atp, login: { ...login, response } }] })).toBe(
      `test/Firewall: 'managedRuleGroups' must look at responses where the scope is CLOUDFRONT only, got ["${atp}"]; remove their 'response', because AWS WAF inspects those of distributions only`,
    );
  });

  it.each([
    ["a path without a slash", { path: "login" }],
    ["an empty expression", { path: " ", regexInPath: true }],
    ["a path above 256 characters", { path: `/${"a".repeat(256)}` }],
    ["a field that is no pointer into JSON", { usernameField: "user" }],
    ["an empty field", { passwordField: "" }],
    ["no failure", { response: { kind: "status-code", success: [200], failure: [] } }],
    [
      "four values of a header",
      { response: { kind: "header", name: "x", success: ["1", "2", "3", "4"], failure: ["5"] } },
    ],
    [
      "a failure that is a success, too",
      { response: { kind: "body", success: ["Hello"], failure: ["Hello"] } },
    ],
  ] as [string, Partial<NonNullable<NonNullable<FirewallProps["managedRuleGroups"]>[number]["login"]>>][])(
    "refuses a login with %s",
    (_, change) => {
      const group = { name: atp, login: { ...login, ...change } };

      expect(refused({ ...cloudfront, managedRuleGroups: [group] })).toBe(
        `test/Firewall: 'managedRuleGroups' must have paths of 1 to 256 characters that begin with '/' unless they are regular expressions, fields that begin with '/' in a payload of JSON, and for each of success and failure 1 to 10 statuses, 3 values of a header or 5 texts, none in both, got ${JSON.stringify([group])}; correct these`,
      );
    },
  );

  it("refuses a sign-up that AWS does not take", () => {
    const group = { name: acfp, signUp: { ...signUp, phoneNumberFields: [""] } };

    expect(refused({ managedRuleGroups: [group] })).toContain(
      `got ${JSON.stringify([group])}; correct these`,
    );
  });
});

describe("a firewall's managed rule groups", () => {
  it("are counted first and promoted by one word", () => {
    const group = { name: "AWSManagedRulesSQLiRuleSet", mode: "count" } as const;

    expect(ruleOf(group.name, { managedRuleGroups: [group] }).override_action).toEqual({ count: {} });
    expect(ruleOf(group.name, { managedRuleGroups: [{ ...group, mode: "block" }] }).override_action).toEqual({
      none: {},
    });
  });

  it("take overrides of single rules, a version and a scope", () => {
    const rule = ruleOf("AWSManagedRulesCommonRuleSet", {
      managedRuleGroups: [
        {
          name: "AWSManagedRulesCommonRuleSet",
          version: "Version_1.17",
          overrides: { SizeRestrictions_BODY: "count", NoUserAgent_HEADER: "challenge" },
          scopeDown: {
            kind: "or",
            matches: [
              { kind: "header", name: "Host", position: "exactly", value: "API.example.com" },
              { kind: "country", countries: ["IE"] },
              { kind: "label", key: "awswaf:managed:aws:anonymous-ip-list:AnonymousIPList" },
            ],
          },
        },
      ],
    });

    expect(rule.statement).toEqual({
      managed_rule_group_statement: {
        name: "AWSManagedRulesCommonRuleSet",
        vendor_name: "AWS",
        version: "Version_1.17",
        rule_action_override: [
          { name: "NoUserAgent_HEADER", action_to_use: { challenge: {} } },
          { name: "SizeRestrictions_BODY", action_to_use: { count: {} } },
        ],
        scope_down_statement: {
          or_statement: {
            statement: [
              {
                byte_match_statement: {
                  field_to_match: { single_header: { name: "host" } },
                  positional_constraint: "EXACTLY",
                  search_string: "api.example.com",
                  text_transformation: [{ priority: 0, type: "LOWERCASE" }],
                },
              },
              { geo_match_statement: { country_codes: ["IE"] } },
              {
                label_match_statement: {
                  key: "awswaf:managed:aws:anonymous-ip-list:AnonymousIPList",
                  scope: "LABEL",
                },
              },
            ],
          },
        },
      },
    });
  });

  it("look for robots as closely as asked", () => {
    const statementOf = (inspectionLevel?: "TARGETED"): unknown =>
      ruleOf("AWSManagedRulesBotControlRuleSet", {
        managedRuleGroups: [{ name: "AWSManagedRulesBotControlRuleSet", inspectionLevel }],
      }).statement;
    const configured = (level: string): unknown => ({
      managed_rule_group_statement: {
        name: "AWSManagedRulesBotControlRuleSet",
        vendor_name: "AWS",
        managed_rule_group_configs: [{ aws_managed_rules_bot_control_rule_set: { inspection_level: level } }],
      },
    });

    expect(statementOf()).toEqual(configured("COMMON"));
    expect(statementOf("TARGETED")).toEqual(configured("TARGETED"));
  });

  it("can be those of a seller, whose capacity is then said", () => {
    const seller = { name: "OWASP_Managed", vendor: "F5", capacityUnits: 1000 };

    expect(firewallWith({ managedRuleGroups: [seller], rateLimits: [] }).capacityUnits).toBe(1002);
  });
});

describe("a firewall's capacity", () => {
  it("is the sum of its rules", () => {
    expect(firewallWith().capacityUnits).toBe(2 + 2 + 25 + 200 + 700);
  });

  it("is warned of where AWS begins to charge for it", () => {
    const groups = (capacityUnits: number): FirewallProps["managedRuleGroups"] => [
      { name: "Group", vendor: "Seller", capacityUnits },
    ];
    const warningsOf = (capacityUnits: number): string[] =>
      firewallWith({ managedRuleGroups: groups(capacityUnits), rateLimits: [] }).node.metadata.map(
        ({ data }) => String(data),
      );

    expect(warningsOf(1498)).toEqual([]);
    expect(warningsOf(1499)).toEqual([
      "test/Firewall: the web ACL has about 1501 capacity units; above 1500 AWS charges extra for each request",
    ]);
  });
});

describe("a firewall's answers", () => {
  it("send the configured response, each for its own rule", () => {
    const customResponses = {
      blockList: { statusCode: 403, body: "No", headers: { "x-list": "1" } },
      countries: { statusCode: 302, headers: { location: "https://example.com/sorry" } },
      rateLimits: { statusCode: 503, body: "{}", contentType: "APPLICATION_JSON" },
      defaultAction: { statusCode: 404, body: "<p>", contentType: "TEXT_HTML" },
    } as const;
    const props = { customResponses, blockedCountries: ["KP"], defaultAction: "block" } as const;

    expect(webAcl(props).custom_response_body).toEqual([
      { key: "block-list", content: "No", content_type: "TEXT_PLAIN" },
      { key: "rate-limits", content: "{}", content_type: "APPLICATION_JSON" },
      { key: "default-action", content: "<p>", content_type: "TEXT_HTML" },
    ]);
    expect(webAcl(props).default_action).toEqual({
      block: { custom_response: { response_code: 404, custom_response_body_key: "default-action" } },
    });
    expect(ruleOf("block-list", props).action).toEqual({
      block: {
        custom_response: {
          response_code: 403,
          custom_response_body_key: "block-list",
          response_header: [{ name: "x-list", value: "1" }],
        },
      },
    });
    expect(ruleOf("blocked-countries", props).action).toEqual({
      block: {
        custom_response: {
          response_code: 302,
          response_header: [{ name: "location", value: "https://example.com/sorry" }],
        },
      },
    });
    expect(ruleOf("rate-limit-per-address", props).action).toEqual({
      block: { custom_response: { response_code: 503, custom_response_body_key: "rate-limits" } },
    });
  });
});

describe("a firewall's log", () => {
  const at = (type: string, props: Partial<FirewallProps> = {}): Block => resourceAt(stackWith(props), type);

  it("holds all requests for 30 days, without what clients are known by", () => {
    expect(at("aws_cloudwatch_log_group")).toEqual({
      name: "aws-waf-logs-prod-eu-west-1",
      retention_in_days: 30,
    });
    expect(at("aws_wafv2_web_acl_logging_configuration")).toEqual({
      resource_arn: "${aws_wafv2_web_acl.Firewall_E7948B04.arn}",
      log_destination_configs: ["${aws_cloudwatch_log_group.Firewall_Log_LogGroup_F43D2CA3.arn}"],
      redacted_fields: [{ single_header: { name: "authorization" } }, { single_header: { name: "cookie" } }],
      depends_on: ["aws_cloudwatch_log_resource_policy.Firewall_Log_Policy_374B0904"],
    });
  });

  it("is written by log deliveries of the account and region only", () => {
    const policy = at("aws_cloudwatch_log_resource_policy");

    expect(policy.policy_name).toBe("aws-waf-logs-prod-eu-west-1");
    expect(JSON.parse(String(policy.policy_document))).toEqual({
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
          Principal: { Service: "delivery.logs.amazonaws.com" },
          Resource: "${aws_cloudwatch_log_group.Firewall_Log_LogGroup_F43D2CA3.arn}:*",
          Condition: {
            StringEquals: { "aws:SourceAccount": "111122223333" },
            ArnLike: { "aws:SourceArn": "arn:aws:logs:eu-west-1:111122223333:*" },
          },
        },
      ],
    });
  });

  it("can be shorter, encrypted and hold less", () => {
    const props: Partial<FirewallProps> = {
      logging: {
        retentionDays: 7,
        kmsKeyArn: "arn:of-a-key",
        redactedHeaders: ["X-Api-Key"],
        redactedParts: ["query-string", "uri-path", "method"],
        keptActions: ["BLOCK", "COUNT"],
      },
    };

    expect(at("aws_cloudwatch_log_group", props)).toMatchObject({
      retention_in_days: 7,
      kms_key_id: "arn:of-a-key",
    });
    expect(at("aws_wafv2_web_acl_logging_configuration", props)).toMatchObject({
      redacted_fields: [
        { single_header: { name: "x-api-key" } },
        { query_string: {} },
        { uri_path: {} },
        { method: {} },
      ],
      logging_filter: {
        default_behavior: "DROP",
        filter: [
          {
            behavior: "KEEP",
            requirement: "MEETS_ANY",
            condition: [{ action_condition: { action: "BLOCK" } }, { action_condition: { action: "COUNT" } }],
          },
        ],
      },
    });
  });

  it("can be left out", () => {
    const stack = stackWith({ logging: "none" });

    expect(resourcesOf(stack, "aws_wafv2_web_acl_logging_configuration")).toEqual({});
    expect(firewallWith({ logging: "none" }).logGroupName).toBeUndefined();
    expect(firewallWith().logGroupName).toBe("aws-waf-logs-prod-eu-west-1");
  });

  it("is independent: samples, which hold all headers, are kept only if asked", () => {
    const sampled = webAcl({ sampledRequests: true });

    expect(sampled.visibility_config).toMatchObject({ sampled_requests_enabled: true });
  });
});

describe("what a firewall refuses", () => {
  const scopeExpectation =
    "match strings of 1 to 200 characters, countries of two letters, 1 to 100 network numbers, fingerprints in the form of JA3 or JA4, two or more matches in 'and' and 'or', nested at most 2 deep";
  const rateLimitExpectation = `each have a name of its own, a limit between 10 and 2000000000, one to five different keys, of which an address is not the only one, and a 'scopeDown' where all requests are counted together, and where scoped down ${scopeExpectation}`;

  it("refuses a name that AWS does not take", () => {
    expect(refused({ name: "prod_1" })).toBe(
      "test/Firewall: 'name' must be words of letters and digits joined by hyphens, at most 100 characters, got \"prod_1\"; use a name such as 'prod-eu-west-1'",
    );
  });

  it("refuses an account that is no account", () => {
    expect(refused({ account: "1" })).toBe(
      "test/Firewall: 'account' must be the 12 digits of an AWS account, got \"1\"; write the account id as text, with its leading zeros",
    );
  });

  it("refuses CloudFront elsewhere than in us-east-1", () => {
    expect(refused({ scope: "CLOUDFRONT" })).toBe(
      "test/Firewall: 'region' must be us-east-1 where the scope is CLOUDFRONT, got \"eu-west-1\"; put the firewall in a stack whose provider is of us-east-1",
    );
  });

  it.each(["blockList", "allowList"] as const)(
    "refuses blocks of the %s that AWS does not take",
    (property) => {
      expect(refused({ [property]: ["192.0.2.1/24", "0.0.0.0/0", "192.0.2.0/24", "nobody"] })).toBe(
        `test/Firewall: '${property}' must list IPv4 and IPv6 blocks without host bits, no wider than a /8 or a /16, got ["192.0.2.1/24","0.0.0.0/0","nobody"]; correct these, or read the list with parseBlockList, which says what is wrong with each line`,
      );
    },
  );

  it.each(["blockedCountries", "allowedCountries"] as const)("refuses %s that are not codes", (property) => {
    expect(refused({ [property]: ["Ireland"] })).toBe(
      `test/Firewall: '${property}' must be country codes of two capital letters, one at least, got ["Ireland"]; use codes of ISO 3166 such as 'DE', or leave the property out`,
    );
    expect(refused({ [property]: [] })).toContain(`'${property}' must be country codes`);
  });

  it("refuses countries that are blocked and countries that are allowed together", () => {
    expect(refused({ blockedCountries: ["KP"], allowedCountries: ["IE"] })).toBe(
      "test/Firewall: 'allowedCountries' must not be combined with 'blockedCountries', got [\"IE\"]; remove one of the two, because whatever is not allowed is blocked",
    );
  });

  it.each([
    ["a limit below 10", { name: "a", limit: 9 }],
    ["a limit that is no whole number", { name: "a", limit: 10.5 }],
    ["a limit above two billion", { name: "a", limit: 2_000_000_001 }],
    ["a name with spaces", { name: "a b", limit: 10 }],
    ["all requests without a scope", { name: "a", limit: 10, aggregateBy: "all-requests" }],
    ["no key", { name: "a", limit: 10, aggregateBy: [] }],
    ["an address as the only key", { name: "a", limit: 10, aggregateBy: [{ kind: "ip" }] }],
    ["a key twice", { name: "a", limit: 10, aggregateBy: [{ kind: "uri-path" }, { kind: "uri-path" }] }],
    [
      "an empty string",
      { name: "a", limit: 10, scopeDown: { kind: "path", position: "exactly", value: "" } },
    ],
    [
      "an 'and' of one",
      { name: "a", limit: 10, scopeDown: { kind: "and", matches: [{ kind: "label", key: "a" }] } },
    ],
    [
      "a country by its name",
      { name: "a", limit: 10, scopeDown: { kind: "country", countries: ["Ireland"] } },
    ],
    ["an empty label", { name: "a", limit: 10, scopeDown: { kind: "label", key: "" } }],
    [
      "three matches in one another",
      {
        name: "a",
        limit: 10,
        scopeDown: {
          kind: "not",
          match: { kind: "not", match: { kind: "not", match: { kind: "label", key: "a" } } },
        },
      },
    ],
  ] as [string, NonNullable<FirewallProps["rateLimits"]>[number]][])(
    "refuses a rate limit with %s",
    (_, rateLimit) => {
      expect(refused({ rateLimits: [rateLimit] })).toBe(
        `test/Firewall: 'rateLimits' must ${rateLimitExpectation}, got ${JSON.stringify([rateLimit])}; correct these`,
      );
    },
  );

  it("refuses more than 50 countries where their 'or' would be nested too deep", () => {
    const countries = Array.from({ length: 51 }, (_, index) => `A${String.fromCharCode(65 + (index % 26))}`);
    const deep = { kind: "not", match: { kind: "not", match: { kind: "country", countries } } } as const;

    expect(refused({ rateLimits: [{ name: "a", limit: 10, scopeDown: deep }] })).toContain(
      "nested at most 2 deep",
    );
  });

  it.each([
    ["a name with spaces", { name: "a b", match: { kind: "label", key: "a" } }],
    ["no network", { name: "a", match: { kind: "asn", asns: [] } }],
    ["a network beyond 32 bits", { name: "a", match: { kind: "asn", asns: [2 ** 32] } }],
    ["a JA4 for a JA3", { name: "a", match: { kind: "ja3-fingerprint", fingerprint: "t13d1516h2" } }],
    ["a JA3 for a JA4", { name: "a", match: { kind: "ja4-fingerprint", fingerprint: "e7d705a3" } }],
    [
      "four matches in one another",
      {
        name: "a",
        match: {
          kind: "not",
          match: {
            kind: "not",
            match: { kind: "not", match: { kind: "not", match: { kind: "label", key: "a" } } },
          },
        },
      },
    ],
  ] as [string, NonNullable<FirewallProps["requestRules"]>[number]][])(
    "refuses a rule with %s",
    (_, rule) => {
      const expectation = scopeExpectation.replace("2 deep", "3 deep");

      expect(refused({ requestRules: [rule] })).toBe(
        `test/Firewall: 'requestRules' must each have a name of its own, and ${expectation}, got ${JSON.stringify([rule])}; correct these`,
      );
    },
  );

  it("refuses more than 30 rules", () => {
    const requestRules = Array.from({ length: 31 }, (_, index) => ({
      name: `rule-${index}`,
      match: { kind: "label", key: "a" } as const,
    }));

    expect(refused({ requestRules })).toBe(
      "test/Firewall: 'requestRules' must be at most 30, got 31; join rules of one action by an 'or', or put them in a rule group",
    );
  });

  it.each([
    ["of another region", { arn: "arn:aws:wafv2:us-east-1:111122223333:regional/rulegroup/own/a1" }],
    ["of CloudFront", { arn: "arn:aws:wafv2:eu-west-1:111122223333:global/rulegroup/own/a1" }],
    ["with spaces in its name", { name: "a b" }],
    ["without capacity", { capacityUnits: 0 }],
    ["with more capacity than a web ACL has", { capacityUnits: 5001 }],
  ])("refuses a rule group %s", (_, change) => {
    const group = {
      name: "own",
      arn: "arn:aws:wafv2:eu-west-1:111122223333:regional/rulegroup/own/a1",
      capacityUnits: 10,
      ...change,
    };

    expect(refused({ ruleGroups: [group] })).toBe(
      `test/Firewall: 'ruleGroups' must each have a name of its own, an ARN of a rule group of the firewall's scope and region, and its whole capacity of 1 to 5000, got ${JSON.stringify([group])}; correct these`,
    );
  });

  it.each([
    [[]],
    [["com"]],
    [["Example.com"]],
    [["example.com."]],
    [Array.from({ length: 11 }, () => "example.com")],
  ])("refuses the token domains %j", (tokenDomains) => {
    expect(refused({ tokenDomains })).toBe(
      `test/Firewall: 'tokenDomains' must be 1 to 10 domain names of two labels or more, in lower case and without a trailing dot, got ${JSON.stringify(tokenDomains)}; name the domains that the applications are found under, such as 'example.com'`,
    );
  });

  it("refuses more rule groups than a web ACL refers to beside its IP sets", () => {
    const ruleGroups = Array.from({ length: 49 }, (_, index) => ({
      name: `own-${index}`,
      arn: "arn:aws:wafv2:eu-west-1:111122223333:regional/rulegroup/own/a1",
      capacityUnits: 1,
    }));

    expect(refused({ ruleGroups })).toBe(
      "test/Firewall: 'ruleGroupCount' must be at most 50 together with the IP sets, because a web ACL can refer to no more, got 49; join rule groups, or shorten the block list",
    );
  });

  it("refuses two rate limits of one name", () => {
    const twice = { name: "a", limit: 10 };

    expect(refused({ rateLimits: [twice, twice] })).toBe(
      `test/Firewall: 'rateLimits' must ${rateLimitExpectation}, got [{"name":"a","limit":10}]; correct these`,
    );
  });

  it("refuses more than ten rate limits", () => {
    const rateLimits = Array.from({ length: 11 }, (_, index) => ({ name: `limit-${index}`, limit: 10 }));

    expect(refused({ rateLimits })).toBe(
      "test/Firewall: 'rateLimits' must be at most 10, got 11; join limits that count the same requests",
    );
  });

  it("refuses a managed group twice", () => {
    const group = { name: "AWSManagedRulesLinuxRuleSet" };

    expect(refused({ managedRuleGroups: [group, group] })).toBe(
      "test/Firewall: 'managedRuleGroups' must name each group once, got [\"AWSManagedRulesLinuxRuleSet\"]; join the settings of a group in one place",
    );
  });

  it("refuses managed groups that need a configuration of their own", () => {
    expect(refused({ managedRuleGroups: [{ name: "AWSManagedRulesAntiDDoSRuleSet" }] })).toBe(
      "test/Firewall: 'managedRuleGroups' must leave out the groups that need a configuration of their own, got [\"AWSManagedRulesAntiDDoSRuleSet\"]; remove them, or add them to a web ACL of your own and give its ARN to the resource",
    );
  });

  it("refuses a managed group whose capacity nobody says", () => {
    expect(
      refused({ managedRuleGroups: [{ name: "AWSManagedRulesTypo" }, { name: "X", vendor: "Seller" }] }),
    ).toBe(
      "test/Firewall: 'managedRuleGroups' must give the capacity of groups that Meridian does not know, got [\"AWSManagedRulesTypo\",\"X\"]; correct the name, or set 'capacityUnits' to the Capacity that 'aws wafv2 describe-managed-rule-group' says",
    );
  });

  it("refuses an inspection level of a group that has none", () => {
    const group = { name: "AWSManagedRulesLinuxRuleSet", inspectionLevel: "TARGETED" } as const;

    expect(refused({ managedRuleGroups: [group] })).toBe(
      `test/Firewall: 'managedRuleGroups' must have an 'inspectionLevel' for Bot Control only, and where scoped down ${scopeExpectation}, got ${JSON.stringify([group])}; correct these`,
    );
  });

  it.each([
    ["a status that AWS WAF cannot send", { statusCode: 418 }],
    ["a body above 4096 bytes", { statusCode: 403, body: "é".repeat(2049) }],
    ["a content type as a header", { statusCode: 403, headers: { "Content-Type": "text/html" } }],
    [
      "eleven headers",
      { statusCode: 403, headers: Object.fromEntries(Array.from({ length: 11 }, (_, i) => [`x-${i}`, "1"])) },
    ],
  ])("refuses an answer with %s", (_, response) => {
    expect(refused({ customResponses: { blockList: response, countries: { statusCode: 403 } } })).toBe(
      `test/Firewall: 'customResponses' must each have a status that AWS WAF can send, a body of at most 4096 bytes and at most ten headers, none of them 'content-type', got ${JSON.stringify({ blockList: response })}; correct these`,
    );
  });

  it("refuses a retention that CloudWatch does not offer", () => {
    expect(refused({ logging: { retentionDays: 31 } })).toBe(
      "test/Firewall: 'logging' must keep records for a period that CloudWatch Logs offers, got 31; set retentionDays to one of 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653",
    );
  });

  it("refuses a log that keeps nothing", () => {
    expect(refused({ logging: { keptActions: [] } })).toBe(
      "test/Firewall: 'logging' must keep some action where it keeps only some, got []; name the actions in keptActions, or set logging to \"none\"",
    );
  });

  it("refuses to leave out more than AWS can", () => {
    const redactedHeaders = Array.from({ length: 101 }, (_, index) => `x-${index}`);

    expect(refused({ logging: { redactedHeaders } })).toBe(
      "test/Firewall: 'logging' must leave out at most 100 headers and parts, got 101; name fewer",
    );
  });

  it("refuses more IP sets than a web ACL refers to", () => {
    const size = { ipSetCount: 51, ruleGroupCount: 0, capacityUnits: 51 };

    const check = (): void => {
      validate(emptyStack(), sizeRules, size);
    };

    expect(refusal(check)).toBe(
      "test: 'ipSetCount' must be at most 50, because a web ACL can refer to no more, got 51; shorten the block list or the allow list; an IP set holds 10000 blocks of one version",
    );
  });

  it("refuses more capacity than a web ACL has", () => {
    const managedRuleGroups = [{ name: "Group", vendor: "Seller", capacityUnits: 4997 }];

    expect(refused({ managedRuleGroups })).toBe(
      "test/Firewall: 'capacityUnits' must be at most 5000, because a web ACL can have no more, got 5001; remove managed rule groups, or keys of rate limits at 30 units each",
    );
  });
});
