import type { CommandError } from "../../../cli/base/errors";
import { switchOnNewControls } from "../../../cli/region/switch-on";
import { StateHome } from "../../../cli/state/state-home";
import { type FakeContext, fakeContext, stateWith } from "../support/fake-context";
import { fakeSession } from "../support/fake-session";
import { type FixtureStack, s3Stack } from "../support/fixture-stacks";

const set = {
  endpoints: [{ endpoint: "https://a.example.com/v1", region: "us-west-2" }],
  controlPanelArn: "arn:panel",
  safetyRuleArns: ["arn:rule"],
  minimumOn: 1,
  controls: { "eu-west-1": "arn:ireland", "eu-central-1": "arn:frankfurt" },
};
const follows = (region: string) => ({
  type: "RECOVERY_CONTROL",
  routing_control_arn: `\${data.terraform_remote_state.Upstream-Recovery.outputs.routing_control_${region}}`,
});
const edge = s3Stack("dev-edge", { "dev-recovery": ["routing_controls"] });
const stacks: readonly FixtureStack[] = [
  s3Stack("dev-recovery", {}, ["routing_controls"]),
  {
    ...edge,
    configuration: {
      ...edge.configuration,
      resource: {
        aws_route53_health_check: {
          Probe: { type: "HTTPS", fqdn: "web.example.com" },
          Ireland: follows("eu_west_1"),
          Frankfurt: follows("eu_central_1"),
        },
      },
    },
  },
];

/** Both controls are off; the names of the checks that stand follow. */
function contextWith(...standing: string[]): FakeContext {
  const context = fakeContext(stacks);
  context.aws.states.set(
    "dev-recovery.tfstate",
    stateWith(1, {
      routing_controls: JSON.stringify(set),
      routing_control_eu_west_1: "arn:ireland",
      routing_control_eu_central_1: "arn:frankfurt",
    }),
  );
  context.aws.states.set("dev-edge.tfstate", {
    ...stateWith(0),
    resources: standing.map((name) => ({
      mode: "managed" as const,
      type: "aws_route53_health_check",
      name,
      instances: [{}],
    })),
  });
  context.aws.controls.set("arn:ireland", false).set("arn:frankfurt", false);
  return context;
}

async function pass(context: FakeContext): Promise<ReadonlyMap<string, boolean>> {
  const session = await fakeSession(context);
  const home = await StateHome.find(session);
  for (const stack of session.synthesis.stacks) {
    await switchOnNewControls(session, home, stack);
  }
  return context.aws.controls;
}

describe("a deploy whose health checks follow new routing controls", () => {
  it("turns them on first, since new ones are off", async () => {
    const context = contextWith();

    expect([...(await pass(context)).values()]).toEqual([true, true]);
    expect(context.written.err).toContain(
      "2 new routing controls were turned on, before health checks follow them.",
    );
  });

  it("leaves those as they are that a check follows already: somebody took the region out", async () => {
    const context = contextWith("Ireland");

    expect(Object.fromEntries(await pass(context))).toEqual({ "arn:ireland": false, "arn:frankfurt": true });
  });

  it("asks nothing where no check is new, and where no control is off", async () => {
    const standing = contextWith("Ireland", "Frankfurt");
    standing.aws.routingControls.states = () => Promise.reject(new Error("asked"));
    const on = contextWith();
    on.aws.controls.set("arn:ireland", true).set("arn:frankfurt", true);
    on.aws.routingControls.set = () => Promise.reject(new Error("set"));

    expect([...(await pass(standing)).values()]).toEqual([false, false]);
    expect([...(await pass(on)).values()]).toEqual([true, true]);
  });

  it("refuses to continue where no earlier stack has the controls", async () => {
    const context = contextWith();
    context.aws.states.set("dev-recovery.tfstate", stateWith(1));

    const error = await pass(context).then(
      () => undefined,
      (thrown: unknown) => thrown as CommandError,
    );

    expect([error?.message, error?.remedy]).toEqual([
      "dev-edge follows routing controls that no earlier stack has.",
      "Deploy dev-recovery first.",
    ]);
  });
});
