import { CloudwatchEventRule } from "@cdktf/provider-aws/lib/cloudwatch-event-rule";
import { CloudwatchEventTarget } from "@cdktf/provider-aws/lib/cloudwatch-event-target";
import { EcrRegistryScanningConfiguration } from "@cdktf/provider-aws/lib/ecr-registry-scanning-configuration";
import { Construct } from "constructs";

import type { IAlarmTopic } from "../../core";
import { type ValidationRule, validate } from "../parts";

/** How bad a finding is. */
export type FindingSeverity = "CRITICAL" | "HIGH" | "MEDIUM" | "LOW" | "INFORMATIONAL";

/** How the images of a registry are scanned. */
export interface RegistryScanningProps {
  /**
   * `basic` looks for known weaknesses of operating system packages, free of charge. `enhanced`
   * is Amazon Inspector: language packages too, and again whenever something new becomes known.
   */
  readonly scanType: "basic" | "enhanced";

  /**
   * Names of the repositories that enhanced scanning watches after the push, with `*` for any
   * text; all others are scanned on push only.
   *
   * @default - all with enhanced scanning, none with basic scanning
   */
  readonly continuousRepositories?: readonly string[];

  /**
   * Who hears of findings. The topic's policy must let `events.amazonaws.com` publish.
   *
   * @default - nobody
   */
  readonly topic?: IAlarmTopic;

  /**
   * How bad a finding must be to be told.
   *
   * @default `["CRITICAL", "HIGH"]`
   */
  readonly severities?: readonly FindingSeverity[];
}

/**
 * Scans every image that reaches the registry of the stack's region, and tells of findings through
 * EventBridge. A registry has one scanning configuration, and every region scans its own copies.
 *
 * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-scanning.html
 */
export class RegistryScanning extends Construct {
  /** The scanning configuration of the provider, for settings that this module does not model. */
  public readonly resource: EcrRegistryScanningConfiguration;

  public constructor(scope: Construct, id: string, props: RegistryScanningProps) {
    super(scope, id);
    validate(this, rules, props);

    this.resource = new EcrRegistryScanningConfiguration(this, "Resource", {
      scanType: props.scanType.toUpperCase(),
      rule: renderRules(props),
    });
    if (props.topic !== undefined) {
      this.tell(props.topic, props.scanType, props.severities ?? ["CRITICAL", "HIGH"]);
    }
  }

  private tell(
    topic: IAlarmTopic,
    scanType: RegistryScanningProps["scanType"],
    severities: readonly FindingSeverity[],
  ): void {
    const rule = new CloudwatchEventRule(this, "Findings", {
      name: "ecr-scan-findings",
      description: `Findings in images: ${severities.join(", ")}`,
      eventPattern: JSON.stringify(patterns[scanType](severities)),
    });
    new CloudwatchEventTarget(this, "Topic", { rule: rule.name, targetId: "topic", arn: topic.topicArn });
  }
}

/** @see https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_RegistryScanningRule.html */
const limits = { filters: 100 };

const filterPattern = /^[a-z0-9*](?:[._\-/a-z0-9*]?[a-z0-9*]+)*$/;

const rules: readonly ValidationRule<RegistryScanningProps>[] = [
  {
    property: "continuousRepositories",
    isValid: (props) => props.scanType === "enhanced",
    expected: "be absent with basic scanning",
    remedy: "remove it, or set 'scanType' to \"enhanced\"",
  },
  {
    property: "continuousRepositories",
    isValid: (props) => (props.continuousRepositories ?? []).every((name) => filterPattern.test(name)),
    expected: "be names of repositories in lower case, with '*' for any text",
    got: (props) => props.continuousRepositories?.filter((name) => !filterPattern.test(name)),
    remedy: "correct them",
  },
  {
    property: "continuousRepositories",
    isValid: (props) => (props.continuousRepositories ?? []).length <= limits.filters,
    expected: `hold at most ${limits.filters} names`,
    got: (props) => props.continuousRepositories?.length,
    remedy: "combine them with wildcards",
  },
  {
    property: "severities",
    isValid: (props) => (props.severities ?? []).length > 0,
    expected: "name at least one severity",
    remedy: "add one, or remove 'topic'",
  },
  {
    property: "severities",
    isValid: (props) => props.topic !== undefined,
    expected: "come with a 'topic'",
    remedy: "add 'topic', or remove 'severities'",
  },
];

function renderRules(props: RegistryScanningProps) {
  const continuous = props.continuousRepositories ?? (props.scanType === "enhanced" ? ["*"] : []);
  const watched = [...continuous].sort().map((filter) => ({ filter, filterType: "WILDCARD" }));
  const everything = [{ filter: "*", filterType: "WILDCARD" }];
  return [
    ...(continuous.includes("*") ? [] : [{ scanFrequency: "SCAN_ON_PUSH", repositoryFilter: everything }]),
    ...(watched.length > 0 ? [{ scanFrequency: "CONTINUOUS_SCAN", repositoryFilter: watched }] : []),
  ];
}

/** What the two scanners say on the event bus. */
const patterns = {
  basic: (severities: readonly FindingSeverity[]): object => ({
    source: ["aws.ecr"],
    "detail-type": ["ECR Image Scan"],
    detail: {
      "scan-status": ["COMPLETE"],
      $or: severities.map((severity) => ({
        "finding-severity-counts": { [severity]: [{ numeric: [">", 0] }] },
      })),
    },
  }),
  enhanced: (severities: readonly FindingSeverity[]): object => ({
    source: ["aws.inspector2"],
    "detail-type": ["Inspector2 Finding"],
    detail: {
      status: ["ACTIVE"],
      severity: severities,
      resources: { type: ["AWS_ECR_CONTAINER_IMAGE"] },
    },
  }),
};
