import { sample, sampleService, service } from "../environments/sample";
import { resourceAt, resourcesOf } from "../support/synth";
import { stackOf, stacksOf } from "./sample-stacks";

const distributed = {
  ...sampleService({ routing: { entry: "distribution" } }),
  firewall: {
    blockedIpv4CidrBlocks: ["192.0.2.0/24"],
    blockedCountries: ["KP"],
    managedRuleGroups: { AWSManagedRulesCommonRuleSet: "count" },
  } as const,
};
const cloudfront = stackOf(distributed, "cloudfront");

describe("the CloudFront stack", () => {
  it("is made only for services that are entered by a distribution", () => {
    expect(Object.keys(stacksOf(sample()))).not.toContain("cloudfront");
  });

  it("is in us-east-1, where CloudFront uses certificates and web ACLs from", () => {
    expect(cloudfront.toTerraform()).toMatchObject({ provider: { aws: [{ region: "us-east-1" }] } });
    expect(resourceAt(cloudfront, "aws_wafv2_web_acl").scope).toBe("CLOUDFRONT");
  });

  it("notifies a topic of its own when its certificate is not renewed", () => {
    const alarms = Object.values(resourcesOf(cloudfront, "aws_cloudwatch_metric_alarm"));

    expect(resourceAt(cloudfront, "aws_sns_topic").name).toBe("sample-cloudfront-alarms");
    expect(alarms.map(({ alarm_name: name, threshold }) => [name, threshold])).toEqual([
      ["sample-cloudfront-certificate-expiry", 1],
      ["sample-cloudfront-certificate-expiry-warning", 30],
    ]);
    for (const alarm of alarms) {
      expect(alarm.alarm_actions).toEqual([expect.stringContaining("aws_sns_topic.AlarmTopic")]);
    }
  });

  it("blocks what the regions block", () => {
    const regional = stackOf(distributed, "eu-west-1");
    const { rule: rules, default_action: action } = resourceAt(regional, "aws_wafv2_web_acl");

    expect(resourceAt(cloudfront, "aws_wafv2_web_acl")).toMatchObject({
      rule: rules,
      default_action: action,
    });
    for (const [id, ipSet] of Object.entries(resourcesOf(regional, "aws_wafv2_ip_set"))) {
      expect(resourcesOf(cloudfront, "aws_wafv2_ip_set")[id]?.addresses).toEqual(ipSet.addresses);
    }
  });

  it("asks the regions by the origin's name, and serves no blocked country", () => {
    expect(resourceAt(cloudfront, "aws_cloudfront_distribution")).toMatchObject({
      aliases: ["web.example.com"],
      origin: [expect.objectContaining({ domain_name: "origin-web.example.com" })],
      restrictions: { geo_restriction: { restriction_type: "blacklist", locations: ["KP"] } },
    });
  });

  it("counts requests from CloudFront by the address that it forwards", () => {
    const rules = resourceAt(stackOf(distributed, "eu-west-1"), "aws_wafv2_web_acl").rule as {
      name: string;
      statement: { rate_based_statement?: { aggregate_key_type: string } };
    }[];

    expect(
      rules
        .filter(({ statement }) => statement.rate_based_statement !== undefined)
        .map(({ name, statement }) => [name, statement.rate_based_statement?.aggregate_key_type]),
    ).toEqual([
      ["rate-limit-per-address", "IP"],
      ["rate-limit-per-viewer", "FORWARDED_IP"],
    ]);
  });

  it("only counts what a managed rule group would block until it is promoted", () => {
    const rules = resourceAt(cloudfront, "aws_wafv2_web_acl").rule as {
      name: string;
      override_action?: unknown;
    }[];

    expect(rules.find(({ name }) => name === "AWSManagedRulesCommonRuleSet")?.override_action).toEqual({
      count: {},
    });
  });

  it("watches logins where they come in, and what is answered to them in front of CloudFront only", () => {
    const login = {
      path: "/login",
      payloadType: "JSON",
      usernameField: "/user",
      passwordField: "/password",
    } as const;
    const response = { kind: "status-code", success: [200], failure: [401] } as const;
    const managedRuleGroups = { AWSManagedRulesATPRuleSet: { login: { ...login, response } } };
    const input = { ...distributed, firewall: { managedRuleGroups, tokenDomains: ["example.com"] } };
    const groupIn = (layer: string): unknown => {
      const { rule: rules, token_domains: tokenDomains } = resourceAt(
        stackOf(input, layer),
        "aws_wafv2_web_acl",
      );
      expect(tokenDomains).toEqual(["example.com"]);
      return (rules as { name: string; statement: object }[]).find(({ name }) => name.startsWith("AWS"))
        ?.statement;
    };
    const group = {
      name: "AWSManagedRulesATPRuleSet",
      vendor_name: "AWS",
      managed_rule_group_configs: [
        {
          aws_managed_rules_atp_rule_set: {
            login_path: "/login",
            request_inspection: {
              payload_type: "JSON",
              username_field: { identifier: "/user" },
              password_field: { identifier: "/password" },
            },
          },
        },
      ],
    };

    expect(groupIn("cloudfront")).toMatchObject({
      managed_rule_group_statement: {
        managed_rule_group_configs: [
          {
            aws_managed_rules_atp_rule_set: {
              response_inspection: { status_code: { success_codes: [200], failure_codes: [401] } },
            },
          },
        ],
      },
    });
    expect(groupIn("eu-west-1")).toEqual({
      managed_rule_group_statement: {
        ...group,
        scope_down_statement: {
          not_statement: {
            statement: [
              {
                byte_match_statement: {
                  field_to_match: { single_header: { name: "host" } },
                  positional_constraint: "EXACTLY",
                  search_string: "origin-web.example.com",
                  text_transformation: [{ priority: 0, type: "LOWERCASE" }],
                },
              },
            ],
          },
        },
      },
    });
  });

  it("lets one service have a distribution and another none", () => {
    const services = { web: service({ routing: { entry: "distribution" } }), api: service() };

    expect(
      Object.values(resourcesOf(stackOf(sample({ services }), "cloudfront"), "aws_cloudfront_distribution")),
    ).toEqual([expect.objectContaining({ aliases: ["web.example.com"] })]);
  });
});
