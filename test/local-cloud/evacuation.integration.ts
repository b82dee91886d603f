/**
 * An evacuation as it is on its day: the home region and four of the five endpoints are dark. Real Terraform
 * with the real AWS provider makes the routing controls and what follows them; the real command flips them.
 */
import { Lazy, TerraformOutput } from "cdktf";

import { clientSettings } from "../../cli/aws/client";
import { HealthCheck } from "../../modules/dns";
import { RoutingControls } from "../../modules/routing-controls";
import { demo, demoStack, LocalRunner } from "../cli/support/local-runner";
import { emptyStack, synthesize } from "../support/synth";

jest.setTimeout(600_000);

const regions = ["eu-west-1", "eu-central-1"];
const outputOf = (region: string): string => `routing_control_${region.replaceAll("-", "_")}`;

/** The states of the stacks before, as another stack reads them. */
const recoveryState = {
  terraform_remote_state: {
    Recovery: {
      backend: "s3",
      config: { bucket: "demo-states", key: "demo/demo-recovery.tfstate", region: demo.homeRegion },
    },
  },
};
const recoveryOutputs = "data.terraform_remote_state.Recovery.outputs";

/** Routing controls of two regions, what says there where they are, a service, and checks that follow. */
function switchedStacks() {
  const controlled = emptyStack();
  const { document, controlArns } = new RoutingControls(controlled, "Controls", {
    name: "demo",
    regions,
    waitPeriodSeconds: 0,
    deletionProtection: false,
  });
  new TerraformOutput(controlled, "Document", { value: document }).overrideLogicalId("routing_controls");
  for (const [region, value] of Object.entries(controlArns)) {
    new TerraformOutput(controlled, region, { value }).overrideLogicalId(outputOf(region));
  }
  const following = emptyStack();
  for (const region of regions) {
    const { healthCheckId } = new HealthCheck(following, region, {
      name: region,
      check: {
        kind: "routing-control",
        routingControlArn: Lazy.stringValue({
          produce: () => `\${${recoveryOutputs}.${outputOf(region)}}`,
        }),
      },
    });
    new TerraformOutput(following, `Id-${region}`, { value: healthCheckId }).overrideLogicalId(
      region.replaceAll("-", "_"),
    );
  }
  const { resource, output } = synthesize(controlled);
  const edge = synthesize(following);
  return [
    demoStack("demo-recovery", { resource, output }),
    ...regions.map((region) =>
      demoStack(
        `demo-${region}`,
        {
          data: recoveryState,
          resource: {
            aws_ssm_parameter: {
              Controls: {
                name: "/meridian/demo/routing-controls",
                type: "String",
                value: `\${${recoveryOutputs}.routing_controls}`,
              },
            },
            aws_apprunner_service: {
              Web: {
                service_name: "demo-web",
                source_configuration: [
                  {
                    auto_deployments_enabled: false,
                    image_repository: [
                      {
                        image_identifier: "public.ecr.aws/aws-containers/hello-app-runner:latest",
                        image_repository_type: "ECR_PUBLIC",
                      },
                    ],
                  },
                ],
              },
            },
          },
        },
        ["demo-recovery"],
        region,
      ),
    ),
    demoStack("demo-edge", { data: recoveryState, resource: edge.resource, output: edge.output }, [
      "demo-recovery",
      ...regions.map((region) => `demo-${region}`),
    ]),
  ];
}

/** The demo with two regions and a service in both, whose regions routing controls take out. */
const switched = {
  ...demo,
  regions: Object.fromEntries(regions.map((region) => [region, {}])),
  domain: { name: "demo.example.com" },
  recovery: { rtoSeconds: 156, survives: 1, routingControls: { minimumOn: 1 } },
  services: {
    web: {
      regions,
      runtimes: { "app-runner": 100 },
      peakTasks: 1,
      healthCheck: { path: "/health" },
      routing: { entry: "dns" as const, subdomain: "web", hostname: "web.demo.example.com" },
    },
  },
};

describe("an evacuation", () => {
  let runner: LocalRunner;

  beforeAll(async () => {
    runner = await LocalRunner.start(switched);
  });

  afterAll(async () => {
    await runner.stop();
  });

  it("leads users out of a dark home region while four of five endpoints are dark, and back again", async () => {
    runner.stacks = switchedStacks();
    const deployed = await runner.succeeds("deploy", "demo", "--auto-approve");
    await runner.succeeds("plan", "demo", "--detailed-exitcode");
    const ids = await runner.outputsOf("demo-edge");
    expect(deployed).toContain("2 new routing controls were turned on, before health checks follow them.");
    expect(await statusesOf(ids)).toEqual({ "eu-west-1": "Success", "eu-central-1": "Success" });
    await runner.replicateStates();
    await runner.beUnkind("dark-home-region", "dark-cluster-endpoints");

    const evacuated = await runner.succeeds("region", "evacuate", "demo", "eu-west-1", "--auto-approve");
    const status = await runner.succeeds("region", "status", "demo");
    const last = await runner.meridian("region", "evacuate", "demo", "eu-central-1", "--auto-approve");

    expect(evacuated).toContain("The routing control of eu-west-1 is Off, set by arn:aws:");
    expect(evacuated).toContain("Found by: parameter /meridian/demo/routing-controls in eu-central-1");
    expect(evacuated).toMatch(
      /Recorded in s3:\/\/demo-states-replica\/demo\/region-changes\/\S+-eu-west-1\.json\./,
    );
    expect(status).toMatch(/eu-west-1\s+Off/);
    expect(await statusesOf(ids)).toEqual({ "eu-west-1": "Failure", "eu-central-1": "Success" });
    expect(last.exitCode).toBe(1);
    expect(last.text).toContain(
      "The safety rule keeps 1 region on, and this would leave 0. Nothing was changed.",
    );

    await runner.beUnkind();
    await runner.succeeds("region", "restore", "demo", "eu-west-1", "--auto-approve");
    expect(await statusesOf(ids)).toEqual({ "eu-west-1": "Success", "eu-central-1": "Success" });
    await runner.succeeds("destroy", "demo", "--auto-approve");
  });

  /** What Route 53 says of the regions' health checks. */
  async function statusesOf(ids: Readonly<Record<string, string>>): Promise<Record<string, string>> {
    const { GetHealthCheckStatusCommand, Route53Client } = await import("@aws-sdk/client-route-53");
    const client = new Route53Client(clientSettings(runner.access, "us-east-1"));
    const statuses = regions.map(async (region) => {
      const HealthCheckId = ids[region.replaceAll("-", "_")];
      const { HealthCheckObservations } = await client.send(
        new GetHealthCheckStatusCommand({ HealthCheckId }),
      );
      return [region, HealthCheckObservations?.[0]?.StatusReport?.Status?.split(":")[0] ?? ""] as const;
    });
    return Object.fromEntries(await Promise.all(statuses));
  }
});
