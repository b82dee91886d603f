import {
  type HealthCheckDefinition,
  type HealthCheckProps,
  type HttpCheck,
  allOf,
  anyOf,
  HealthCheck,
} from "../../../modules/dns";
import { emptyStack, refusal, resourceAt } from "../../support/synth";

const https: HttpCheck = {
  kind: "https",
  fullyQualifiedDomainName: "web.eu-west-1.example.com",
  path: "/health",
  timing: { requestIntervalSeconds: 30, failureThreshold: 3 },
};

function stackWith(check: HealthCheckProps["check"], name = "web eu-west-1") {
  const stack = emptyStack();
  new HealthCheck(stack, "Check", { name, check });
  return stack;
}

const rendered = (check: HealthCheckProps["check"]) =>
  resourceAt(stackWith(check), "aws_route53_health_check");
const refuse = (check: HealthCheckProps["check"]): string => refusal(() => stackWith(check));

/** A check that goes leaves its record without one, which counts as healthy. */
const replaced = { lifecycle: { create_before_destroy: true } };

describe("HealthCheck", () => {
  it("asks a path over HTTPS", () => {
    expect(rendered(https)).toEqual({
      type: "HTTPS",
      fqdn: "web.eu-west-1.example.com",
      resource_path: "/health",
      port: 443,
      enable_sni: true,
      request_interval: 30,
      failure_threshold: 3,
      measure_latency: false,
      tags: { Name: "web eu-west-1" },
      ...replaced,
    });
  });

  it("asks over HTTP without SNI", () => {
    expect(rendered({ ...https, kind: "http" })).toEqual({
      type: "HTTP",
      fqdn: "web.eu-west-1.example.com",
      resource_path: "/health",
      port: 80,
      request_interval: 30,
      failure_threshold: 3,
      measure_latency: false,
      tags: { Name: "web eu-west-1" },
      ...replaced,
    });
  });

  it("looks for text in the answer", () => {
    expect(rendered({ ...https, searchString: "ready" })).toMatchObject({
      type: "HTTPS_STR_MATCH",
      search_string: "ready",
    });
    expect(rendered({ ...https, kind: "http", searchString: "ready" }).type).toBe("HTTP_STR_MATCH");
  });

  it("takes port, address, checker regions and inversion as given", () => {
    expect(
      rendered({
        ...https,
        port: 8443,
        ipAddress: "192.0.2.1",
        checkerRegions: ["us-west-1", "eu-west-1", "sa-east-1"],
        inverted: true,
      }),
    ).toMatchObject({
      port: 8443,
      ip_address: "192.0.2.1",
      regions: ["eu-west-1", "sa-east-1", "us-west-1"],
      invert_healthcheck: true,
    });
  });

  it("opens a connection over TCP", () => {
    const { timing } = https;

    expect(rendered({ kind: "tcp", fullyQualifiedDomainName: "mq.example.com", port: 5671, timing })).toEqual(
      {
        type: "TCP",
        fqdn: "mq.example.com",
        port: 5671,
        request_interval: 30,
        failure_threshold: 3,
        measure_latency: false,
        tags: { Name: "web eu-west-1" },
        ...replaced,
      },
    );
  });

  it("follows an alarm and takes missing data for unhealthy", () => {
    expect(rendered({ kind: "alarm", alarmName: "queue-age", alarmRegion: "eu-west-1" })).toEqual({
      type: "CLOUDWATCH_METRIC",
      cloudwatch_alarm_name: "queue-age",
      cloudwatch_alarm_region: "eu-west-1",
      insufficient_data_health_status: "Unhealthy",
      tags: { Name: "web eu-west-1" },
      ...replaced,
    });
  });

  it("follows an alarm with another meaning of missing data", () => {
    const check = { kind: "alarm", alarmName: "errors", alarmRegion: "us-east-1" } as const;

    expect(rendered({ ...check, insufficientDataHealthStatus: "LastKnownStatus" })).toMatchObject({
      insufficient_data_health_status: "LastKnownStatus",
    });
  });

  it("reads an alarm again when a setting of it changes, as Route 53 keeps a copy of them", () => {
    const check = { kind: "alarm", alarmName: "errors", alarmRegion: "us-east-1" } as const;

    expect(rendered({ ...check, triggers: { threshold: "5" } })).toMatchObject({
      triggers: { threshold: "5" },
    });
  });

  it("follows a switch of Application Recovery Controller, alone or with other checks", () => {
    const routingControlArn =
      "arn:aws:route53-recovery-control::111122223333:controlpanel/0123456789abcdef0123456789abcdef/" +
      "routingcontrol/0123456789abcdef";
    const check = { kind: "routing-control", routingControlArn } as const;

    expect(rendered(check)).toEqual({
      type: "RECOVERY_CONTROL",
      routing_control_arn: routingControlArn,
      tags: { Name: "web eu-west-1" },
      ...replaced,
    });
    expect(
      resourceAt(
        stackWith(allOf({ endpoint: https, operator: check })),
        "aws_route53_health_check",
        "Check/Children/operator/Resource",
      ),
    ).toMatchObject({ type: "RECOVERY_CONTROL" });
  });

  it("refuses a control panel where a routing control is meant", () => {
    const panel =
      "arn:aws:route53-recovery-control::111122223333:controlpanel/0123456789abcdef0123456789abcdef";

    expect(refuse({ kind: "routing-control", routingControlArn: panel })).toBe(
      `test/Check: 'check.routingControlArn' must be the ARN of a routing control, got "${panel}"; ` +
        "name a control of the control panel, not the panel or its cluster",
    );
  });

  it("counts healthy children, made here or elsewhere", () => {
    const stack = stackWith({
      kind: "calculated",
      healthyThreshold: 2,
      children: {
        endpoint: https,
        certificate: { kind: "alarm", alarmName: "certificate-expiry", alarmRegion: "eu-west-1" },
        operator: { kind: "existing", healthCheckId: "hc-1" },
      },
    });

    expect(resourceAt(stack, "aws_route53_health_check", "Check/Resource")).toEqual({
      type: "CALCULATED",
      child_health_threshold: 2,
      child_healthchecks: [
        "${aws_route53_health_check.Check_Children_endpoint_EB4592B2.id}",
        "${aws_route53_health_check.Check_Children_certificate_A1A1B64C.id}",
        "hc-1",
      ],
      tags: { Name: "web eu-west-1" },
      ...replaced,
    });
    expect(resourceAt(stack, "aws_route53_health_check", "Check/Children/endpoint/Resource")).toMatchObject({
      type: "HTTPS",
      tags: { Name: "web eu-west-1 endpoint" },
    });
  });

  it("is spelt out for all or any of its parts", () => {
    const children = { one: https, two: https };

    expect(allOf(children)).toEqual({ kind: "calculated", children, healthyThreshold: 2 });
    expect(anyOf(children)).toEqual({ kind: "calculated", children, healthyThreshold: 1 });
  });

  it("cuts a name that is too long for a tag", () => {
    const stack = stackWith(https, "n".repeat(300));

    expect(resourceAt(stack, "aws_route53_health_check").tags).toEqual({ Name: "n".repeat(256) });
  });

  it("refuses what Route 53 cannot ask", () => {
    expect(
      refuse({
        ...https,
        fullyQualifiedDomainName: "https://web",
        port: 0,
        path: "health",
        searchString: "",
        timing: { requestIntervalSeconds: 10, failureThreshold: 11 },
        checkerRegions: ["eu-west-1", "eu-west-1", "us-east-1"],
      }),
    ).toBe(
      [
        "test/Check: 'check.fullyQualifiedDomainName' must be a domain name in lower case without a trailing dot, " +
          'got "https://web"; name the endpoint\'s own host, without scheme and port',
        "test/Check: 'check.port' must be between 1 and 65535, got 0; name the port that the endpoint listens on",
        'test/Check: \'check.path\' must begin with "/" and have at most 255 characters, got "health"; ' +
          'write it like "/health"',
        "test/Check: 'check.searchString' must have 1 to 255 characters, got \"\"; " +
          "look for a short word near the beginning of the answer",
        "test/Check: 'check.timing.failureThreshold' must be a whole number between 1 and 10, got 11; " +
          "choose 2 or 3: a threshold of 1 flaps",
        "test/Check: 'check.checkerRegions' must name at least 3 different regions, " +
          'got ["eu-west-1","eu-west-1","us-east-1"]; add regions, or remove the property to probe from all',
      ].join("\n"),
    );
  });

  it("refuses a port that TCP does not have", () => {
    const { timing } = https;

    expect(refuse({ kind: "tcp", fullyQualifiedDomainName: "mq.example.com", port: 70_000, timing })).toBe(
      "test/Check: 'check.port' must be between 1 and 65535, got 70000; name the port that the endpoint listens on",
    );
  });

  it("refuses an alarm without a name or region", () => {
    expect(refuse({ kind: "alarm", alarmName: "", alarmRegion: "eu-west" })).toBe(
      [
        "test/Check: 'check.alarmName' must have 1 to 255 characters, got \"\"; name an alarm of the same account",
        "test/Check: 'check.alarmRegion' must be an AWS region, got \"eu-west\"; " +
          "name the region that the alarm is in",
      ].join("\n"),
    );
  });

  it("refuses to count none or more than 255 children", () => {
    const children = Object.fromEntries(
      Array.from({ length: 256 }, (_, number): [string, HealthCheckDefinition] => [
        `c${number}`,
        { kind: "existing", healthCheckId: `hc-${number}` },
      ]),
    );

    expect(refuse({ kind: "calculated", healthyThreshold: 1, children })).toBe(
      "test/Check: 'check.children' must hold 1 to 255 checks, got 256; name fewer: a calculated check counts no other one",
    );
    expect(refuse({ kind: "calculated", healthyThreshold: 1, children: {} })).toBe(
      "test/Check: 'check.children' must hold 1 to 255 checks, got 0; name the checks that are counted",
    );
  });

  it("refuses to count calculated checks, at any depth", () => {
    const inner = allOf({ web: https });

    expect(refuse(allOf({ region: inner, other: https, deeper: anyOf({ region: inner }) }))).toBe(
      [
        'test/Check: \'check.children\' must be no calculated checks, got ["region","deeper"]; ' +
          "count their parts here: Route 53 does not count one calculated check in another",
        "test/Check: 'check.children.deeper.children' must be no calculated checks, got [\"region\"]; " +
          "count their parts here: Route 53 does not count one calculated check in another",
      ].join("\n"),
    );
  });

  it("refuses a threshold that cannot be met, and bad children by their path", () => {
    expect(
      refuse({ kind: "calculated", healthyThreshold: 2, children: { web: { ...https, path: "x" } } }),
    ).toBe(
      [
        "test/Check: 'check.healthyThreshold' must be between 1 and the number of children, 1, got 2; " +
          "choose the number of children for all of them, or 1 for any",
        'test/Check: \'check.children.web.path\' must begin with "/" and have at most 255 characters, got "x"; ' +
          'write it like "/health"',
      ].join("\n"),
    );
  });
});
