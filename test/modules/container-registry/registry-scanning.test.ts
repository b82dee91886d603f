import { type RegistryScanningProps, RegistryScanning } from "../../../modules/container-registry";
import { emptyStack, refusal, resourceAt, resourcesOf } from "../../support/synth";

const topic = { topicArn: "arn:aws:sns:eu-west-1:111122223333:alarms" };

function stackWith(props: RegistryScanningProps) {
  const stack = emptyStack();
  new RegistryScanning(stack, "Scanning", props);
  return stack;
}

const everything = [{ filter: "*", filter_type: "WILDCARD" }];

describe("RegistryScanning", () => {
  it("scans every push with basic scanning", () => {
    expect(resourceAt(stackWith({ scanType: "basic" }), "aws_ecr_registry_scanning_configuration")).toEqual({
      scan_type: "BASIC",
      rule: [{ scan_frequency: "SCAN_ON_PUSH", repository_filter: everything }],
    });
  });

  it("watches everything with enhanced scanning", () => {
    expect(
      resourceAt(stackWith({ scanType: "enhanced" }), "aws_ecr_registry_scanning_configuration"),
    ).toEqual({
      scan_type: "ENHANCED",
      rule: [{ scan_frequency: "CONTINUOUS_SCAN", repository_filter: everything }],
    });
  });

  it("watches named repositories and scans pushes of the others", () => {
    const stack = stackWith({ scanType: "enhanced", continuousRepositories: ["web", "team/*"] });

    expect(resourceAt(stack, "aws_ecr_registry_scanning_configuration").rule).toEqual([
      { scan_frequency: "SCAN_ON_PUSH", repository_filter: everything },
      {
        scan_frequency: "CONTINUOUS_SCAN",
        repository_filter: [
          { filter: "team/*", filter_type: "WILDCARD" },
          { filter: "web", filter_type: "WILDCARD" },
        ],
      },
    ]);
  });

  it("notifies nobody by default", () => {
    expect(resourcesOf(stackWith({ scanType: "basic" }), "aws_cloudwatch_event_rule")).toEqual({});
  });

  it("notifies a topic of severe findings of basic scans", () => {
    const stack = stackWith({ scanType: "basic", topic });

    const { event_pattern: pattern, ...rule } = resourceAt(stack, "aws_cloudwatch_event_rule");
    expect(rule).toEqual({ name: "ecr-scan-findings", description: "Findings in images: CRITICAL, HIGH" });
    expect(JSON.parse(pattern as string)).toEqual({
      source: ["aws.ecr"],
      "detail-type": ["ECR Image Scan"],
      detail: {
        "scan-status": ["COMPLETE"],
        $or: [
          { "finding-severity-counts": { CRITICAL: [{ numeric: [">", 0] }] } },
          { "finding-severity-counts": { HIGH: [{ numeric: [">", 0] }] } },
        ],
      },
    });
    expect(resourceAt(stack, "aws_cloudwatch_event_target")).toEqual({
      rule: "${aws_cloudwatch_event_rule.Scanning_Findings_A78507AB.name}",
      target_id: "topic",
      arn: topic.topicArn,
    });
  });

  it("notifies a topic of chosen findings of Inspector", () => {
    const stack = stackWith({ scanType: "enhanced", topic, severities: ["CRITICAL"] });

    expect(JSON.parse(resourceAt(stack, "aws_cloudwatch_event_rule").event_pattern as string)).toEqual({
      source: ["aws.inspector2"],
      "detail-type": ["Inspector2 Finding"],
      detail: {
        status: ["ACTIVE"],
        severity: ["CRITICAL"],
        resources: { type: ["AWS_ECR_CONTAINER_IMAGE"] },
      },
    });
  });

  it("refuses to watch with basic scanning", () => {
    expect(refusal(() => stackWith({ scanType: "basic", continuousRepositories: ["web"] }))).toBe(
      "test/Scanning: 'continuousRepositories' must be absent with basic scanning, got [\"web\"]; " +
        "remove it, or set 'scanType' to \"enhanced\"",
    );
  });

  it("refuses names that are none, and too many", () => {
    const names = Array.from({ length: 100 }, (_, number) => `n${number}`);

    expect(
      refusal(() => stackWith({ scanType: "enhanced", continuousRepositories: ["Web", ...names] })),
    ).toBe(
      [
        "test/Scanning: 'continuousRepositories' must be names of repositories in lower case, with '*' for any text, " +
          'got ["Web"]; correct them',
        "test/Scanning: 'continuousRepositories' must hold at most 100 names, got 101; combine them with wildcards",
      ].join("\n"),
    );
  });

  it("refuses severities that are none, or that nobody hears of", () => {
    expect(refusal(() => stackWith({ scanType: "basic", severities: [] }))).toBe(
      [
        "test/Scanning: 'severities' must name at least one severity, got []; add one, or remove 'topic'",
        "test/Scanning: 'severities' must come with a 'topic', got []; add 'topic', or remove 'severities'",
      ].join("\n"),
    );
  });
});
