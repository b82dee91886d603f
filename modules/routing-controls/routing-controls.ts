import { Route53RecoverycontrolconfigCluster } from "@cdktf/provider-aws/lib/route53recoverycontrolconfig-cluster";
import { Route53RecoverycontrolconfigControlPanel } from "@cdktf/provider-aws/lib/route53recoverycontrolconfig-control-panel";
import { Route53RecoverycontrolconfigRoutingControl } from "@cdktf/provider-aws/lib/route53recoverycontrolconfig-routing-control";
import { Route53RecoverycontrolconfigSafetyRule } from "@cdktf/provider-aws/lib/route53recoverycontrolconfig-safety-rule";
import { Fn } from "cdktf";
import { Construct } from "constructs";

import { validate, type ValidationRule } from "../parts";

/** Settings of {@link RoutingControls}. */
export interface RoutingControlsProps {
  /** Name of the cluster, the control panel and the safety rule: 1 to 64 characters without blanks. */
  readonly name: string;

  /** The regions, one routing control each. */
  readonly regions: readonly string[];

  /**
   * How many regions a change must leave on. Application Recovery Controller refuses one that leaves fewer,
   * unless it names the safety rule as overridden.
   *
   * @default 1
   */
  readonly minimumOn?: number;

  /**
   * Seconds after a change in which another one is refused, against flapping.
   *
   * @default 5
   */
  readonly waitPeriodSeconds?: number;

  /**
   * Whether Terraform refuses to destroy the cluster, its panel and its controls.
   *
   * @default true
   */
  readonly deletionProtection?: boolean;
}

/**
 * A switch for each region, which leads users away without any control plane.
 *
 * Creates a cluster of Application Recovery Controller (five endpoints in five regions), a control panel, a
 * routing control for each region, and a safety rule that keeps some of them on. A new routing control is
 * off: switch it on before a health check follows it. Whether a control is on or off is no setting of
 * Terraform's, and an apply never changes it.
 *
 * A cluster is charged by the hour, whether it is used or not.
 *
 * @see https://docs.aws.amazon.com/r53recovery/latest/dg/routing-control.html
 */
export class RoutingControls extends Construct {
  /** The cluster of the provider, for settings that this module does not model. */
  public readonly resource: Route53RecoverycontrolconfigCluster;
  /** ARN of the control panel, which all states are read from. */
  public readonly controlPanelArn: string;
  /** ARNs of the routing controls by region. */
  public readonly controlArns: Readonly<Record<string, string>>;
  /** ARN of the safety rule. */
  public readonly safetyRuleArn: string;
  /**
   * What flips the controls needs to know, as JSON: `endpoints` with `endpoint` and `region` each,
   * `controlPanelArn`, `safetyRuleArns`, `minimumOn`, and the `controls` by region. Keep it where it can be
   * read while any region is dark.
   */
  public readonly document: string;

  public constructor(scope: Construct, id: string, props: RoutingControlsProps) {
    super(scope, id);
    validate(this, rules, props);
    const { name, regions, minimumOn = 1, waitPeriodSeconds = 5, deletionProtection = true } = props;
    const protection = deletionProtection ? { lifecycle: { preventDestroy: true } } : {};

    this.resource = new Route53RecoverycontrolconfigCluster(this, "Resource", { name, ...protection });
    const clusterArn = this.resource.arn;
    const panel = new Route53RecoverycontrolconfigControlPanel(this, "Panel", {
      name,
      clusterArn,
      ...protection,
    });
    this.controlPanelArn = panel.arn;
    this.controlArns = Object.fromEntries(
      regions.map((region) => [
        region,
        new Route53RecoverycontrolconfigRoutingControl(this, `Control-${region}`, {
          name: region,
          clusterArn,
          controlPanelArn: panel.arn,
          ...protection,
        }).arn,
      ]),
    );
    this.safetyRuleArn = new Route53RecoverycontrolconfigSafetyRule(this, "SafetyRule", {
      name,
      controlPanelArn: panel.arn,
      assertedControls: Object.values(this.controlArns),
      waitPeriodMs: waitPeriodSeconds * 1000,
      ruleConfig: { type: "ATLEAST", threshold: minimumOn, inverted: false },
    }).arn;
    this.document = Fn.jsonencode({
      endpoints: this.resource.clusterEndpoints,
      controlPanelArn: this.controlPanelArn,
      safetyRuleArns: [this.safetyRuleArn],
      minimumOn,
      controls: this.controlArns,
    });
  }
}

/** Controls that one call flips: all states change together or not at all. */
const controlsPerCall = 10;

const rules: readonly ValidationRule<RoutingControlsProps>[] = [
  {
    property: "name",
    isValid: ({ name }) => /^\S{1,64}$/.test(name),
    expected: "have 1 to 64 characters without blanks",
    remedy: "write it with hyphens, or shorten it",
  },
  {
    property: "regions",
    isValid: ({ regions }) =>
      regions.length >= 2 && regions.length <= controlsPerCall && new Set(regions).size === regions.length,
    expected: `hold 2 to ${controlsPerCall} different regions`,
    remedy: "keep a region to route users to; one call can change no more controls than that",
  },
  {
    property: "minimumOn",
    isValid: ({ minimumOn = 1, regions }) =>
      Number.isInteger(minimumOn) && minimumOn >= 1 && minimumOn < regions.length,
    expected: ({ regions }) => `be a whole number between 1 and ${regions.length - 1}`,
    remedy: "keep at least one region that can be taken out, and one that stays",
  },
  {
    property: "waitPeriodSeconds",
    isValid: ({ waitPeriodSeconds = 5 }) =>
      Number.isInteger(waitPeriodSeconds) && waitPeriodSeconds >= 0 && waitPeriodSeconds <= 60,
    expected: "be a whole number between 0 and 60",
    remedy: "choose 5, the default of AWS",
  },
];
