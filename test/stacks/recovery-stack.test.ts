import { sample, service } from "../environments/sample";
import { resourceAt, resourcesOf, synthesize } from "../support/synth";
import { stackOf, stacksOf } from "./sample-stacks";

const recovery = { rtoSeconds: 156, survives: 1, routingControls: {} } as const;
const input = sample({ recovery });
const edge = stackOf(input, "edge");
const upstream = "data.terraform_remote_state.Upstream-Recovery.outputs";

const checksOf = (stack: typeof edge, type: string) =>
  Object.entries(resourcesOf(stack, "aws_route53_health_check")).filter(([, check]) => check.type === type);

describe("routing controls of an environment", () => {
  it("are in a stack of their own, which only the bootstrap precedes", () => {
    const stack = stackOf(input, "recovery");

    expect(stack.dependencies.map(({ node }) => node.id)).toEqual(["sample-bootstrap"]);
    expect(resourceAt(stack, "aws_route53recoverycontrolconfig_cluster")).toEqual({
      name: "sample",
      lifecycle: { prevent_destroy: true },
    });
    expect(Object.keys(synthesize(stack).output ?? {}).sort()).toEqual([
      "routing_control_eu_central_1",
      "routing_control_eu_west_1",
      "routing_controls",
    ]);
  });

  it("come with a role that may flip them and write down who did", () => {
    const stack = stackOf(input, "recovery");

    expect(resourceAt(stack, "aws_iam_role")).toMatchObject({ name: "sample-meridian-evacuate" });
    const { policy } = resourceAt(stack, "aws_iam_role_policy");
    expect(policy).toContain(
      "arn:aws:s3:::sample-111122223333-meridian-state-replica/sample/region-changes/*",
    );
    expect(policy).toContain("parameter/meridian/sample/routing-controls");
  });

  it("are written down in every region, to be found while another is dark", () => {
    for (const region of ["eu-west-1", "eu-central-1"]) {
      expect(resourceAt(stackOf(input, region), "aws_ssm_parameter", "RoutingControls")).toEqual({
        name: "/meridian/sample/routing-controls",
        description: "Where the routing controls are, for `meridian region`",
        type: "String",
        value: `\${${upstream}.routing_controls}`,
      });
    }
  });

  it("are followed by the health of each region, beside the service and the certificate", () => {
    const followers = checksOf(edge, "RECOVERY_CONTROL");

    expect(followers.map(([, check]) => check.routing_control_arn)).toEqual([
      `\${${upstream}.routing_control_eu_central_1}`,
      `\${${upstream}.routing_control_eu_west_1}`,
    ]);
    const [ofFrankfurt] = followers.map(([id]) => `\${aws_route53_health_check.${id}.id}`);
    const [[, calculated] = []] = checksOf(edge, "CALCULATED");
    expect(calculated?.child_health_threshold).toBe(3);
    expect(calculated?.child_healthchecks).toContain(ofFrankfurt);
  });

  it("lead users past an accelerator while any of its regions is out", () => {
    const stack = stackOf(
      sample({ recovery, services: { web: service({ routing: { entry: "accelerator" } }) } }),
      "edge",
    );
    const accelerated = checksOf(stack, "CALCULATED").find(([id]) => id.includes("_accelerator_"));

    // The service, and for each of two regions its certificate and its control.
    expect(accelerated?.[1]).toMatchObject({ child_health_threshold: 5 });
  });

  it("are counted with App Runner's own answer", () => {
    const stack = stackOf(
      sample({
        recovery,
        appRunner: { existingCustomer: true },
        services: { web: service({ runtime: "app-runner" }) },
      }),
      "edge",
    );

    expect(checksOf(stack, "CALCULATED").map(([, check]) => check.child_health_threshold)).toEqual([2, 2]);
  });

  it("are not made where nobody asked for what they cost", () => {
    const stacks = stacksOf(sample());

    expect(Object.keys(stacks)).not.toContain("recovery");
    expect(checksOf(stackOf(sample(), "edge"), "RECOVERY_CONTROL")).toEqual([]);
    expect(resourcesOf(stackOf(sample(), "eu-west-1"), "aws_ssm_parameter")).toEqual({});
  });
});
