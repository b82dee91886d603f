/**
 * One service on App Runner in two regions, under one name: whoever asks gets the region with the
 * lowest latency whose HTTPS check is good. Each region pulls the image from its own registry and has
 * a stack of its own, so that it can be changed while another is down.
 */
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { App, TerraformStack } from "cdktf";

import {
  AppRunnerService,
  DnsRouting,
  HostedZone,
  ImageRepository,
  type HealthCheckTiming,
  type IHostedZone,
} from "../../index";

const account = "111122223333";
const zoneName = "example.com";
const recordName = `web.${zoneName}`;
const timing: HealthCheckTiming = { requestIntervalSeconds: 30, failureThreshold: 3 };

function stackIn(app: App, id: string, region: string): TerraformStack {
  const stack = new TerraformStack(app, id);
  new AwsProvider(stack, "Aws", { region });
  stack.addOverride("terraform.required_providers.aws.version", ">= 5.100.0, < 7.0.0");
  return stack;
}

function serviceIn(app: App, region: string, zone: IHostedZone): AppRunnerService {
  return new AppRunnerService(stackIn(app, `app-runner-${region}`, region), "Web", {
    name: "example-web",
    account,
    region,
    existingCustomer: true,
    source: { kind: "repository", repository: ImageRepository.fromName("web", account), version: "1.0.0" },
    port: 8080,
    cpu: 256,
    memoryMiB: 512,
    autoScaling: { minimum: 1, maximum: 4 },
    healthCheck: { path: "/health" },
    customDomain: { name: recordName, zone },
  });
}

const app = new App();
const zone = new HostedZone(stackIn(app, "app-runner-zone", "eu-west-1"), "Zone", { name: zoneName });
const west = serviceIn(app, "eu-west-1", zone);
const central = serviceIn(app, "eu-central-1", zone);
new DnsRouting(stackIn(app, "app-runner-name", "eu-west-1"), "Name", {
  zone,
  recordName,
  endpoints: {
    [west.region]: { target: west, healthCheck: west.httpsCheck(timing) },
    [central.region]: { target: central, healthCheck: central.httpsCheck(timing) },
  },
  policy: { kind: "latency" },
});
app.synth();
