import { RoutingControls, type RoutingControlsProps } from "../../../modules/routing-controls";
import { emptyStack, refusal, resourceAt, resourcesOf } from "../../support/synth";
import { resolve } from "../dns/resolve";

function stackWith(props: Partial<RoutingControlsProps> = {}) {
  const stack = emptyStack();
  const controls = new RoutingControls(stack, "Controls", {
    name: "prod",
    regions: ["eu-west-1", "eu-central-1"],
    ...props,
  });
  return { stack, controls };
}

const cluster = "${aws_route53recoverycontrolconfig_cluster.Controls_FF3AAC4A.arn}";
const panel = "${aws_route53recoverycontrolconfig_control_panel.Controls_Panel_1FDCACBF.arn}";

describe("RoutingControls", () => {
  it("makes a cluster, a panel, a control for each region, and a rule that keeps one of them on", () => {
    const { stack } = stackWith();
    const lifecycle = { prevent_destroy: true };
    const at = (type: string, path: string) =>
      resourceAt(stack, `aws_route53recoverycontrolconfig_${type}`, `Controls/${path}`);

    expect(at("cluster", "Resource")).toEqual({ name: "prod", lifecycle });
    expect(at("control_panel", "Panel")).toEqual({ name: "prod", cluster_arn: cluster, lifecycle });
    expect(at("routing_control", "Control-eu-west-1")).toEqual({
      name: "eu-west-1",
      cluster_arn: cluster,
      control_panel_arn: panel,
      lifecycle,
    });
    expect(at("safety_rule", "SafetyRule")).toEqual({
      name: "prod",
      control_panel_arn: panel,
      asserted_controls: [
        expect.stringContaining("Control-eu-west-1"),
        expect.stringContaining("Control-eu-central-1"),
      ],
      wait_period_ms: 5000,
      rule_config: { type: "ATLEAST", threshold: 1, inverted: false },
    });
  });

  it("keeps more regions on and waits longer where asked to, and is deleted where protection is off", () => {
    const { stack } = stackWith({
      regions: ["eu-west-1", "eu-central-1", "us-east-1"],
      minimumOn: 2,
      waitPeriodSeconds: 0,
      deletionProtection: false,
    });

    expect(resourceAt(stack, "aws_route53recoverycontrolconfig_safety_rule")).toMatchObject({
      wait_period_ms: 0,
      rule_config: { threshold: 2 },
    });
    expect(resourceAt(stack, "aws_route53recoverycontrolconfig_cluster")).toEqual({ name: "prod" });
    expect(
      Object.values(resourcesOf(stack, "aws_route53recoverycontrolconfig_routing_control")).map(
        ({ name, lifecycle }) => [name, lifecycle],
      ),
    ).toEqual([
      ["eu-central-1", undefined],
      ["eu-west-1", undefined],
      ["us-east-1", undefined],
    ]);
  });

  it("describes endpoints, panel, rule and controls in one document", () => {
    const { stack, controls } = stackWith();

    expect(resolve(stack, controls.document)).toMatch(
      /^\$\{jsonencode\(\{"endpoints" = aws_route53recoverycontrolconfig_cluster\.\w+\.cluster_endpoints, "controlPanelArn" = \S+\.arn, "safetyRuleArns" = \[\S+\.arn\], "minimumOn" = 1, "controls" = \{"eu-west-1" = \S+\.arn, "eu-central-1" = \S+\.arn\}\}\)\}$/,
    );
  });

  it("refuses names that AWS does not accept, and rules that let users be routed nowhere", () => {
    expect(
      refusal(() => stackWith({ name: "two words", regions: ["eu-west-1"], waitPeriodSeconds: 61 })),
    ).toBe(
      [
        "test/Controls: 'name' must have 1 to 64 characters without blanks, got \"two words\"; write it with hyphens, or shorten it",
        "test/Controls: 'regions' must hold 2 to 10 different regions, got [\"eu-west-1\"]; keep a region to route users to; one call can change no more controls than that",
        "test/Controls: 'waitPeriodSeconds' must be a whole number between 0 and 60, got 61; choose 5, the default of AWS",
      ].join("\n"),
    );
    expect(refusal(() => stackWith({ minimumOn: 2 }))).toBe(
      "test/Controls: 'minimumOn' must be a whole number between 1 and 1, got 2; keep at least one region that can be taken out, and one that stays",
    );
  });
});
