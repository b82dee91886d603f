import { standIns } from "../../../../local-cloud/stand-ins";
import { Unkindness } from "../../../../local-cloud/unkind";
import { GatewayUnderTest } from "../../support/cloud";

const configuration = "route53-recovery-control-config";

interface Made {
  readonly panelArn: string;
  readonly controls: readonly string[];
  readonly ruleArn: string;
}

describe("the stand-in of routing controls", () => {
  let cloud: GatewayUnderTest;
  const unkind = new Unkindness();

  beforeEach(async () => {
    cloud = await GatewayUnderTest.start(undefined, standIns(unkind), unkind);
  });
  afterEach(() => {
    unkind.set([]);
    cloud.stop();
  });

  async function configure(method: string, path: string, input?: object) {
    const body = input === undefined ? "" : JSON.stringify(input);
    const { status, text } = await cloud.send(
      configuration,
      method,
      path,
      { "content-type": "application/json" },
      body,
      "us-west-2",
    );
    return { status, output: JSON.parse(text) as Record<string, Record<string, unknown>> };
  }
  const at = (kind: string, arn: string) => `/${kind}/${encodeURIComponent(arn)}`;
  const flip = (action: string, input: object, region = "us-west-2") =>
    cloud.json("route53-recovery-cluster", `ToggleCustomerAPI.${action}`, input, region);
  const to = (states: Record<string, string>, overridden?: string[]) =>
    flip("UpdateRoutingControlStates", {
      UpdateRoutingControlStateEntries: Object.entries(states).map(([RoutingControlArn, state]) => ({
        RoutingControlArn,
        RoutingControlState: state,
      })),
      SafetyRulesToOverride: overridden,
    });

  async function made(WaitPeriodMs = 0): Promise<Made> {
    const { output: cluster } = await configure("POST", "/cluster", { ClusterName: "prod" });
    const { ClusterArn } = cluster.Cluster ?? {};
    const { output: panel } = await configure("POST", "/controlpanel", {
      ClusterArn,
      ControlPanelName: "prod",
    });
    const ControlPanelArn = String(panel.ControlPanel?.ControlPanelArn);
    const controls: string[] = [];
    for (const RoutingControlName of ["eu-west-1", "eu-central-1"]) {
      const input = { ClusterArn, ControlPanelArn, RoutingControlName };
      const { output } = await configure("POST", "/routingcontrol", input);
      controls.push(String(output.RoutingControl?.RoutingControlArn));
    }
    const { output: rule } = await configure("POST", "/safetyrule", {
      AssertionRule: {
        ControlPanelArn,
        Name: "prod",
        AssertedControls: controls,
        RuleConfig: { Type: "ATLEAST", Threshold: 1, Inverted: false },
        WaitPeriodMs,
      },
    });
    return { panelArn: ControlPanelArn, controls, ruleArn: String(rule.AssertionRule?.SafetyRuleArn) };
  }

  it("gives a cluster five endpoints in five regions, at the gateway itself", async () => {
    const { output } = await configure("POST", "/cluster", { ClusterName: "prod", Tags: { a: "b" } });
    const { ClusterArn = "", ClusterEndpoints } = output.Cluster as Record<string, string>;

    expect(ClusterEndpoints).toEqual(
      ["ap-northeast-1", "ap-southeast-2", "eu-west-1", "us-east-1", "us-west-2"].map((region) => ({
        Endpoint: `${cloud.endpoint}/${region}/v1`,
        Region: region,
      })),
    );
    expect((await configure("GET", at("tags", ClusterArn))).output).toEqual({ Tags: { a: "b" } });
    expect((await configure("DELETE", at("cluster", ClusterArn))).status).toBe(200);
    expect((await configure("GET", at("cluster", ClusterArn))).status).toBe(404);
  });

  it("makes controls that are off, and lists and flips them at any endpoint", async () => {
    const { panelArn, controls } = await made();
    const [ireland = "", frankfurt = ""] = controls;
    const states = async (region: string) => {
      const { output } = await flip("ListRoutingControls", { ControlPanelArn: panelArn }, region);
      return (output.RoutingControls as Record<string, string>[]).map(
        ({ RoutingControlState }) => RoutingControlState,
      );
    };

    expect(await states("us-east-1")).toEqual(["Off", "Off"]);
    expect((await to({ [ireland]: "On", [frankfurt]: "On" })).status).toBe(200);
    expect(await states("eu-west-1")).toEqual(["On", "On"]);
    await flip("UpdateRoutingControlState", { RoutingControlArn: ireland, RoutingControlState: "Off" });
    expect(
      (await flip("GetRoutingControlState", { RoutingControlArn: ireland })).output.RoutingControlState,
    ).toBe("Off");
  });

  it("keeps a rule unless it is overridden, and changes all or nothing", async () => {
    const { controls, ruleArn } = await made();
    const [ireland = "", frankfurt = ""] = controls;
    await to({ [ireland]: "On" });

    const refused = await to({ [ireland]: "Off", [frankfurt]: "Off" });
    const overridden = await to({ [ireland]: "Off" }, [ruleArn]);

    expect(refused.status).toBe(409);
    expect(refused.output).toMatchObject({
      __type: "ConflictException",
      message: `The safety rule prod (${ruleArn}) refuses this change: it would leave 0 routing controls on`,
    });
    expect(overridden.status).toBe(200);
  });

  it("refuses changes during the wait period after the last one", async () => {
    const { controls, ruleArn } = await made(60_000);
    const [ireland = "", frankfurt = ""] = controls;
    await to({ [ireland]: "On" });

    expect((await to({ [frankfurt]: "On" })).output.message).toBe(
      `The safety rule prod (${ruleArn}) refuses this change: its wait period after the last change is not over`,
    );
  });

  it("answers at one endpoint of five while the others are dark", async () => {
    const { panelArn } = await made();
    unkind.set(["dark-cluster-endpoints"]);
    const ask = async (region: string) =>
      (await flip("ListRoutingControls", { ControlPanelArn: panelArn }, region)).status;

    expect(
      await Promise.all(["ap-northeast-1", "ap-southeast-2", "eu-west-1", "us-east-1"].map(ask)),
    ).toEqual([503, 503, 503, 503]);
    expect(await ask("us-west-2")).toBe(200);
  });

  it("shows its health check whether a control is on", async () => {
    const { controls } = await made();
    const [ireland = ""] = controls;
    const space = 'xmlns="https://route53.amazonaws.com/doc/2013-04-01/"';
    const config = `<HealthCheckConfig><Type>RECOVERY_CONTROL</Type><RoutingControlArn>${ireland}</RoutingControlArn></HealthCheckConfig>`;
    const xml = (method: string, path: string, body = "") =>
      cloud.send("route53", method, `/2013-04-01/${path}`, { "content-type": "application/xml" }, body);
    const { text } = await xml(
      "POST",
      "healthcheck",
      `<CreateHealthCheckRequest ${space}><CallerReference>r</CallerReference>${config}</CreateHealthCheckRequest>`,
    );
    const id = /<Id>([^<]+)<\/Id>/.exec(text)?.[1] ?? "";
    const status = async () =>
      /<Status>([^<]+)<\/Status>/.exec((await xml("GET", `healthcheck/${id}/status`)).text)?.[1];

    expect(await status()).toBe("Failure: the routing control is Off");
    await to({ [ireland]: "On" });
    expect(await status()).toBe("Success: the routing control is On");
  });

  it("deletes from the rule up, and nothing that is still in use", async () => {
    const { panelArn, controls, ruleArn } = await made();
    const [ireland = "", frankfurt = ""] = controls;
    const remove = async (kind: string, arn: string) => (await configure("DELETE", at(kind, arn))).status;

    expect(await remove("routingcontrol", ireland)).toBe(409);
    expect(await remove("controlpanel", panelArn)).toBe(409);
    expect(await remove("safetyrule", ruleArn)).toBe(200);
    expect(await remove("routingcontrol", ireland)).toBe(200);
    expect(await remove("routingcontrol", frankfurt)).toBe(200);
    expect(await remove("controlpanel", panelArn)).toBe(200);
    expect(await remove("controlpanel", panelArn)).toBe(404);
  });
});
